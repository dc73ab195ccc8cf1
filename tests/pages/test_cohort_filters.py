"""The cohort's filters as a reader meets them: controls, n of N, nobody left, the way back."""

from __future__ import annotations

import pytest

from igcore import analysis
from tests.pages.test_pages import link, words

PAGES = {
    "overview": "overview",
    "patient": "patient",
    "trajectories": "trajectories",
    "recovery": "recovery",
    "survival": "survival",
}
FOLDED = {"sex", "age_from", "age_to", "isotype", "response", "verdict", "follow_up"}


def way_back(at, key: str = "everyone"):
    """The button that takes the filters off, or None."""
    return next((button for button in at.button if button.key == key), None)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_all_filters_and_says_how_many_patients_they_leave(
    demo_pool, open_page, page
) -> None:
    at = open_page(demo_pool, page)
    name = PAGES[page]
    keys = {widget.key for widget in (*at.multiselect, *at.number_input)}
    assert {f"{name}.{one}" for one in FOLDED} <= keys
    folds = [fold for fold in at.expander if fold.label == "Cohort"]
    assert len(folds) == 1
    inside = {widget.key for widget in (*folds[0].multiselect, *folds[0].number_input)}
    assert inside == {f"{name}.{one}" for one in FOLDED}
    assert "All 360 patients" in words(at)
    assert way_back(at) is None


@pytest.mark.parametrize("page", PAGES)
def test_a_chosen_filter_is_in_the_link_the_count_and_the_caption_and_comes_off_again(
    demo_pool, open_page, page
) -> None:
    at, name = open_page(demo_pool, page), PAGES[page]
    before = link(at)
    at.multiselect(key=f"{name}.sex").set_value(["F"]).run()
    at.number_input(key=f"{name}.age_from").set_value(65.0).run()
    assert not at.exception
    assert (link(at)["sex"], link(at)["age_from"]) == (["F"], ["65"])
    assert "74 of 360 patients" in words(at).replace("*", "")
    if name not in ("patient", "overview"):
        assert "women; aged 65 or more" in at.get("plotly_chart")[0].proto.spec
    at.number_input(key=f"{name}.age_from").set_value(None).run()
    assert "age_from" not in link(at)
    way_back(at).click().run()
    assert not at.exception
    assert {one: link(at)[one] for one in before if one != "key"} == {
        one: before[one] for one in before if one != "key"
    }
    assert "All 360 patients" in words(at)


@pytest.mark.parametrize("page", PAGES)
def test_filters_that_leave_nobody_say_so_and_offer_the_way_back(
    demo_pool, open_page, page
) -> None:
    at = open_page(demo_pool, page, isotype="IgE", age_from="89")
    assert not at.exception
    assert not at.error
    told = words(at)
    assert "Nobody is left: no patient is in all of these: trials SIM-LEN-1, SIM-LEN-2" in told
    assert "aged 89 or more; monoclonal protein IgE. Leave a filter out, or widen it." in told
    assert not at.get("plotly_chart")
    way_back(at, "everyone-instead").click().run()
    assert not at.exception
    assert at.get("plotly_chart")
    assert not {"isotype", "age_from"} & set(link(at))
    assert "All 360 patients" in words(at)


def test_the_way_back_keeps_the_trials_and_what_else_was_chosen(demo_pool, open_page) -> None:
    at = open_page(
        demo_pool, "survival", trial="SIM-LEN-2", arm="Len", response="CR", endpoint="PFS"
    )
    count = analysis.read(demo_pool, "overview?trial=SIM-LEN-2&arm=Len&response=CR").cohort
    n = analysis.spec.size(demo_pool, count)
    assert f"{n} of 176 patients" in words(at).replace("*", "")
    way_back(at).click().run()
    assert link(at)["trial"] == ["SIM-LEN-2"]
    assert "All 176 patients" in words(at)
    assert link(at)["endpoint"] == ["PFS"]
    assert not {"arm", "response"} & set(link(at))


def test_where_nobody_is_left_the_way_back_keeps_the_trials(demo_pool, open_page) -> None:
    at = open_page(demo_pool, "recovery", trial="SIM-LEN-2", age_from="89")
    way_back(at, "everyone-instead").click().run()
    assert link(at)["trial"] == ["SIM-LEN-2"]
    assert "age_from" not in link(at)
    assert "All 176 patients" in words(at)


def test_survival_of_responders_alone_is_told_to_be_conditioned_on_the_future(
    demo_pool, open_page
) -> None:
    at = open_page(demo_pool, "survival", response="CR", group="arm")
    assert "they had to live long enough for it" in words(at)
    assert "they had to live" not in words(open_page(demo_pool, "survival", sex="F"))


def test_a_patient_outside_the_filters_is_shown_and_the_page_says_so(demo_pool, open_page) -> None:
    at = open_page(demo_pool, "patient", key="1", sex="M")  # a woman
    assert not at.exception
    assert not at.error
    assert "This patient is not among those that the filters leave: trials SIM-LEN-1; men." in (
        words(at)
    )
    assert at.get("plotly_chart")


def test_a_verdict_leads_to_the_profile_among_the_same_patients(demo_pool, open_page) -> None:
    at = open_page(demo_pool, "recovery", sex="F", verdict="IgA-improved")
    result = analysis.ask(demo_pool, at.code[0].value.partition("'")[2].rstrip("'"))
    from pages.shared.people import profiles

    keys = result.table("verdicts").patient_key
    links = profiles(result, keys)
    query = analysis.read(demo_pool, links[-1].removeprefix("/"))
    assert query.values["key"] == keys.iloc[-1]
    assert query.values["sex"] == ("F",)
    assert query.values["verdict"] == ("IgA-improved",)
    told = analysis.answer(demo_pool, query)
    assert not any("not among" in note for note in told.said)
