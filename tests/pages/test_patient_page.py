"""The patient page: finding, stepping, the folded rule, empty states, and keys in a real browser."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from igcore import ingest
from pages.patient import choose as parts
from tests.conftest import write_tables
from tests.pages.conftest import settle
from tests.pages.test_pages import link, words

PAGE = "patient"
WHO = {"trial": "T", "patient": "1"}


def button(at, label: str):
    return next(one for one in at.button if one.label == label)


def controls(at) -> set[str]:
    """Keys of the page's own controls."""
    found = (*at.selectbox, *at.multiselect, *at.number_input)
    return {one.key.removeprefix("patient.") for one in found if one.key}


def figures(at) -> list[dict]:
    return [json.loads(one.proto.spec) for one in at.get("plotly_chart")]


def test_stepping_keeps_the_filtered_patients_and_the_rest_of_the_link(
    demo_pool, open_page
) -> None:
    """184 patients of the first trial and 176 of the second; the last of the first has key 184."""
    at = open_page(
        demo_pool, PAGE, trial=["SIM-LEN-1", "SIM-LEN-2"], key="184", rise="50", others="trial"
    )
    assert "184 of 360 patients" in words(at)
    button(at, "Next").click().run()
    assert "185 of 360 patients" in words(at)
    address = link(at)
    assert (address["key"], address["rise"], address["others"]) == (["185"], ["50"], ["trial"])
    assert address["trial"] == ["SIM-LEN-1", "SIM-LEN-2"]
    at.number_input(key="patient.rise").set_value(25.0).run()
    assert link(at)["trial"] == ["SIM-LEN-1", "SIM-LEN-2"]
    assert link(at)["key"] == ["185"]
    button(at, "Previous").click().run()
    assert link(at)["key"] == ["184"]


def test_at_the_ends_there_is_no_further_step(demo_pool, open_page) -> None:
    first = open_page(demo_pool, PAGE, key="1")
    assert button(first, "Previous").disabled
    assert not button(first, "Next").disabled
    last = open_page(demo_pool, PAGE, key="184")
    assert button(last, "Next").disabled


def test_the_whole_rule_is_at_hand_and_month_and_window_only_when_they_apply(
    demo_pool, open_page
) -> None:
    at = open_page(demo_pool, PAGE, key="3")
    detail = {"range", "baseline_window", "progression", "transplant", "next_therapy", "washout"}
    assert detail <= controls(at)
    assert not {"month", "window"} & controls(at)
    at.selectbox(key="patient.final").set_value("month").run()
    assert {"month", "window"} <= controls(at)
    assert not at.exception


def test_a_few_patients_are_one_list_and_many_are_searched(
    demo_pool, open_page, monkeypatch
) -> None:
    at = open_page(demo_pool, PAGE, key="3")
    assert len(at.selectbox(key=parts.CHOSEN).options) == 184
    assert not at.text_input
    at.selectbox(key=parts.CHOSEN).set_value(7).run()
    assert link(at)["key"] == ["7"]

    monkeypatch.setattr(parts, "LISTED", 100)
    at = open_page(demo_pool, PAGE, key="184")
    assert at.selectbox(key=parts.CHOSEN).options[:3] == ["1184", "1001", "1002"]
    assert len(at.selectbox(key=parts.CHOSEN).options) == 51
    at.text_input(key=parts.SEARCH).set_value("11").run()
    assert "1 id contains" not in words(at)
    assert link(at)["key"] == ["184"]  # 1011 and 1110 to 1119: nothing is opened by itself
    assert "ids contain “11”" in words(at)
    at.text_input(key=parts.SEARCH).set_value("1042").run()
    assert link(at)["key"] == ["42"]
    at.text_input(key=parts.SEARCH).set_value("<b>'; *x*").run()
    assert r"No id contains “\<b\>'; \*x\*”." in [one.value for one in at.caption]
    assert not at.exception


def test_a_patient_whom_a_filter_leaves_out_is_shown_with_the_way_back(
    demo_pool, open_page
) -> None:
    arms = {"Len", "Len + Dex"}
    at = open_page(demo_pool, PAGE, key="1")
    (own,) = (arm for arm in arms if f"n = 1; {arm};" in json.dumps(figures(at)[0]))
    (other,) = arms - {own}
    at = open_page(demo_pool, PAGE, key="1", arm=other)
    assert "This patient is not among those that the filters leave" in words(at)
    assert figures(at)
    way = next(one for one in at.button if one.label.startswith("Show the first of the"))
    way.click().run()
    assert link(at)["key"] != ["1"]
    assert link(at)["arm"] == [other]
    assert "not among those" not in words(at)


def test_a_patient_of_another_trial_is_not_shown_and_the_way_back_is_offered(
    demo_pool, open_page
) -> None:
    at = open_page(demo_pool, PAGE, key="1", trial="SIM-LEN-2")
    assert "is of another trial than those chosen" in words(at)
    assert not figures(at)
    button(at, "Show the first of the 176 filtered patients").click().run()
    assert link(at)["key"] == ["185"]
    assert figures(at)


def test_a_patient_without_any_record_has_a_page_that_says_so(pool, open_page, tmp_path) -> None:
    ingest.add(pool, write_tables(tmp_path / "one", {"patients": [WHO]}))
    at = open_page(pool, PAGE)
    assert not at.exception
    assert not at.error
    said = words(at)
    assert "No immunoglobulin was measured in this patient" in said
    assert "Nothing was recorded of this patient" in said
    assert "1 of 1 patients" in said


def test_other_analytes_are_a_figure_of_their_own_and_can_be_chosen(
    pool, open_page, tmp_path
) -> None:
    rows = [
        {**WHO, "analyte": name, "day": 1, "value": 4, "unit": "U/L", "low": 3, "high": 5}
        for name in ("ALT", "AST", "GGT", "LDH", "AP", "CK", "Lipase", "Amylase")
    ]
    ingest.add(pool, write_tables(tmp_path / "one", {"patients": [WHO], "measurements": rows}))
    at = open_page(pool, PAGE)
    assert "2 other analytes not drawn" in words(at)
    heads = json.dumps(figures(at)[1]["layout"]["annotations"])
    assert "<b>ALT</b>" in heads
    assert "<b>Lipase</b>" not in heads  # the seventh by name
    at.multiselect(key="patient.measured").set_value(["Lipase"]).run()
    assert link(at)["measured"] == ["Lipase"]
    heads = json.dumps(figures(at)[1]["layout"]["annotations"])
    assert "<b>Lipase</b>" in heads
    assert "<b>ALT</b>" not in heads
    assert at.get("plotly_chart")[1].proto.alt.startswith("Other analytes, Patient 1, T.")


def key_of(page) -> str:
    return parse_qs(urlsplit(page.url).query)["key"][0]


def test_the_keyboard_steps_at_once_and_not_while_typing(visit) -> None:
    page = visit("patient?key=20&rise=50")
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_url("**key=21&**")
    settle(page)
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_url("**key=22&**")
    settle(page)
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_url("**key=21&**")
    settle(page)
    assert "rise=50" in page.url
    field = page.get_by_role("spinbutton", name="Rise at least (%)")
    field.click()
    page.keyboard.press("Shift+ArrowLeft")  # selects in the field
    page.wait_for_timeout(700)
    settle(page)
    assert key_of(page) == "21"
