"""Every page as a reader meets it: first look, controls, wrong links, empty and older pools."""

from __future__ import annotations

import json

import pytest

from igcore import analysis, ingest
from igcore.ingest import Options
from igcore.store import history
from tests.conftest import write_tables

PAGES = {
    "overview": "What treatment does to a patient's own antibodies",
    "upload": "Upload",
    "pool": "Pool",
    "patient": "Patient",
    "trajectories": "Trajectories",
    "recovery": "Recovery",
    "survival": "Survival",
    "methods": "Methods",
}
ONE = {
    "patients": [{"trial": "<b>T</b> *x*", "patient": "1", "m_protein": "IgG kappa"}],
    "outcomes": [
        {"trial": "<b>T</b> *x*", "patient": "1", "endpoint": "OS", "time_days": 9, "event": 1}
    ],
}


def link(at) -> dict[str, list[str]]:
    """The page's address as parameters, each a list."""
    found = {name: at.query_params[name] for name in at.query_params}
    return {name: [text] if isinstance(text, str) else text for name, text in found.items()}


def words(at) -> str:
    """All text of a page, with the backslashes of Markdown taken out."""
    elements = (*at.error, *at.info, *at.success, *at.markdown, *at.caption, *at.title)
    return "\n".join(str(element.value) for element in elements).replace("\\", "")


@pytest.mark.parametrize("page", PAGES)
def test_page_opens_without_an_error_and_says_that_the_data_are_simulated(
    demo_pool, open_page, page
) -> None:
    at = open_page(demo_pool, page)
    assert not at.exception
    assert not at.error
    assert PAGES[page] in [title.value for title in at.title]
    assert "Simulated data only" in words(at)


def test_first_look_at_survival_is_the_canonical_default_view(demo_pool, open_page) -> None:
    at = open_page(demo_pool, "survival")
    address = link(at)
    assert address["timing"] == ["time-dependent"]
    assert address["trial"] == ["SIM-LEN-1", "SIM-LEN-2"]
    assert list(address)[-1] == "data"
    assert analysis.read(demo_pool, "survival").text in at.code[0].value


def test_changing_a_control_changes_the_link_and_the_figure(demo_pool, open_page) -> None:
    at = open_page(demo_pool, "survival")
    at.selectbox(key="survival.timing").set_value("landmark").run()
    at.number_input(key="survival.landmark").set_value(6.0).run()
    assert link(at)["landmark"] == ["6"]
    assert link(at)["timing"] == ["landmark"]
    figure = json.loads(at.get("plotly_chart")[0].proto.spec)
    assert "6-month landmark" in figure["layout"]["xaxis"]["title"]["text"]


def test_a_change_drops_what_no_longer_applies_and_keeps_what_was_chosen(
    demo_pool, open_page
) -> None:
    at = open_page(demo_pool, "survival", landmark="6", interval="log")
    at.selectbox(key="survival.group").set_value("arm").run()
    assert not at.error
    assert "landmark" not in at.query_params
    assert link(at)["interval"] == ["log"]
    assert link(at)["reference"] == ["Len"]


@pytest.mark.parametrize(
    ("page", "address", "sentence"),
    [
        ("survival", {"endpoint": "relaps"}, 'Endpoint: "relaps" is not one of OS, PFS'),
        ("survival", {"landmark": "-1"}, "is not a number from 0 to 120 months"),
        ("survival", {"group": "arm", "landmark": "4"}, "does not apply here"),
        ("recovery", {"rises": "25"}, '"rises" is not one of'),
        ("patient", {"key": "999999"}, "is not the key of a patient"),
        ("overview", {"data": "99"}, 'Data version: "99" is not one of 0 to 2'),
    ],
)
def test_a_wrong_link_is_refused_in_words_with_a_way_to_the_defaults(
    demo_pool, open_page, page, address, sentence
) -> None:
    at = open_page(demo_pool, page, **address)
    assert sentence in words(at)
    at.button[0].click().run()
    assert not at.error
    assert not at.exception


def test_ever_shows_the_banner_in_the_figure_and_on_the_page(demo_pool, open_page) -> None:
    at = open_page(demo_pool, "survival", timing="ever")
    assert any("had to survive until they responded" in error.value for error in at.error)
    figure = json.loads(at.get("plotly_chart")[0].proto.spec)
    texts = " ".join(note["text"] for note in figure["layout"]["annotations"])
    assert "Biased: responders had to survive" in texts.replace("<br>", " ")
    assert "HR" not in texts
    assert "p =" not in texts


def test_stepping_to_the_next_patient_changes_the_link(demo_pool, open_page) -> None:
    at = open_page(demo_pool, "patient", key="5")
    next(button for button in at.button if button.label == "Next").click().run()
    assert link(at)["key"] == ["6"]


def test_an_empty_pool_offers_the_upload_and_the_simulated_trials(
    pool, open_page, tmp_path
) -> None:
    ingest.add(pool, write_tables(tmp_path / "one", ONE))
    history.remove(pool, 1, why="test")
    at = open_page(pool, "survival")
    assert "the pool holds no trials" in words(at)
    assert not at.exception


def test_a_link_to_an_older_version_says_so_and_shows_the_newest_on_demand(
    pool, open_page, tmp_path
) -> None:
    ingest.add(pool, write_tables(tmp_path / "one", ONE))
    other = {"patients": [{"trial": "U", "patient": "2"}]}
    ingest.add(pool, write_tables(tmp_path / "two", other))
    at = open_page(pool, "overview", data="1")
    assert "This view shows data version 1; the newest is 2." in words(at)
    next(button for button in at.button if button.label == "Show the newest").click().run()
    assert link(at)["data"] == ["2"]


def test_user_text_is_shown_as_it_stands_and_never_as_markup(pool, open_page, tmp_path) -> None:
    ingest.add(pool, write_tables(tmp_path / "one", ONE))
    at = open_page(pool, "survival", group="trial")
    figure = json.loads(at.get("plotly_chart")[0].proto.spec)
    shown = json.dumps(figure["layout"])
    assert "&lt;b&gt;T&lt;/b&gt; *x*" in shown
    assert "<b>T</b>" not in shown


def test_simulated_trials_join_a_real_one_only_when_named(demo_pool, open_page, tmp_path) -> None:
    copy = history.backup(demo_pool, tmp_path / "copy.duckdb")
    pool = type(demo_pool).open(copy)
    ingest.add(pool, write_tables(tmp_path / "one", ONE), Options(title="A real trial"))
    at = open_page(pool, "overview")
    assert link(at)["trial"] == ["<b>T</b> *x*"]
    assert "Simulated data only" not in words(at)
    pool.close()
