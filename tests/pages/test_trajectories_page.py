"""The trajectories page: controls and link, empty states, and the page in a real browser."""

from __future__ import annotations

import json
from pathlib import Path

from igcore import ingest
from tests.conftest import write_tables
from tests.pages.test_pages import link, words

PAGE = "trajectories"
WHO = {"trial": "T", "patient": "1"}


def figure(at) -> dict:
    return json.loads(at.get("plotly_chart")[0].proto.spec)


def test_first_look_is_the_canonical_default_view_and_says_why(demo_pool, open_page) -> None:
    at = open_page(demo_pool, PAGE)
    assert not at.exception
    assert not at.error
    address = link(at)
    assert (address["y"], address["style"]) == (["position"], ["median"])
    assert "unit" not in address
    assert "Limits differ between records" in words(at)
    assert "SIMULATED" in json.dumps(figure(at)["layout"])
    assert at.get("plotly_chart")[0].proto.alt.startswith("IgA, IgG and IgM: position")


def test_controls_change_link_and_figure_and_drop_what_no_longer_applies(
    demo_pool, open_page
) -> None:
    at = open_page(demo_pool, PAGE)
    at.selectbox(key="trajectories.y").set_value("concentration").run()
    at.selectbox(key="trajectories.unit").set_value("g/L").run()
    assert link(at)["unit"] == ["g/L"]
    assert figure(at)["layout"]["yaxis"]["title"]["text"] == "g/L"
    at.selectbox(key="trajectories.y").set_value("change").run()
    assert "axis" not in link(at)
    at.selectbox(key="trajectories.style").set_value("mean").run()  # a change has no logarithm
    assert not at.error
    assert link(at)["y"] == ["multiple"]


def test_an_empty_choice_says_so_and_offers_the_way_on(pool, open_page, tmp_path) -> None:
    tables = {
        "patients": [{**WHO, "m_protein": "IgA kappa"}],
        "measurements": [{**WHO, "analyte": "IgA", "day": 1, "value": 9, "unit": "g/L"}],
    }
    ingest.add(pool, write_tables(tmp_path / "one", tables))
    at = open_page(pool, PAGE)
    assert "Nothing can be drawn for this choice" in words(at)
    assert "IgA of 1 (involved) patients" in words(at)
    assert not at.get("plotly_chart")
    next(b for b in at.button if b.label == "Show the myeloma's own isotype in grey").click().run()
    assert link(at)["involved"] == ["grey"]
    assert "contains M-protein" in json.dumps(figure(at))


def test_without_immunoglobulins_other_analytes_are_offered(pool, open_page, tmp_path) -> None:
    rows = [
        {**WHO, "analyte": name, "day": 1, "value": 4, "unit": "g/dL", "low": 3, "high": 5}
        for name in ("Albumin", "Protein")
    ]
    tables = {"patients": [WHO], "measurements": rows}
    ingest.add(pool, write_tables(tmp_path / "one", tables))
    at = open_page(pool, PAGE)
    assert "No immunoglobulins have been added" in words(at)
    assert link(at)["analyte"] == ["Albumin"]
    next(b for b in at.button if b.label == "Show Protein").click().run()
    assert link(at)["analyte"] == ["Protein"]


def test_the_rule_of_the_verdict_is_folded_and_asks_for_the_month_where_it_applies(
    demo_pool, open_page
) -> None:
    at = open_page(demo_pool, PAGE)
    assert [one.label for one in at.expander].count("Rule of the verdict") == 0
    at.selectbox(key="trajectories.group").set_value("verdict").run()
    assert "Rule of the verdict" in [one.label for one in at.expander]
    assert "month" not in link(at)
    at.selectbox(key="trajectories.final").set_value("month").run()
    assert (link(at)["month"], link(at)["window"]) == (["6"], ["14"])
    assert at.number_input(key="trajectories.window").value == 14
    assert "value at month 6 (± 14 days)" in json.dumps(figure(at)).replace("<br>", " ").replace(
        "\\u00b1", "±"
    )


def test_a_click_on_a_dot_shows_whose_it_is(visit) -> None:
    page = visit("trajectories?style=lines&analyte=IgA&final=best")
    chart = page.locator(".st-key-figure-trajectories .js-plotly-plot")
    chart.wait_for(timeout=60_000)
    dot = chart.locator(".points path.point").first
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(500)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_text("Clicked: 1 patient").wait_for(timeout=60_000)
    page.get_by_text("A double click on the figure takes the choice back.").wait_for()


def test_the_figure_of_trajectories_is_saved_by_the_browser(visit) -> None:
    page = visit("trajectories?style=lines&analyte=IgA")
    page.locator(".st-key-figure-trajectories .js-plotly-plot").wait_for(timeout=60_000)
    for kind, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=f"Figure ({kind})").click()
        saved = Path(waiting.value.path()).read_bytes()
        assert saved.startswith(start)
        assert len(saved) > 10_000
