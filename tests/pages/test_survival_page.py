"""The survival page behind its tabs, and the proof on the Methods page."""

from __future__ import annotations

import json

import pytest

from igcore import analysis
from pages.methods import rules as methods
from pages.survival.closer import SECTIONS

PAGE = "survival"
FIGURES = {"Read off the curves": 1, "By trial and subgroup": 2, "Adjusted": 2}
FIGURES |= {"Patient by patient": 2}


def look(at, tab: str):
    """The page with another tab opened."""
    at.session_state["survival-closer"] = tab
    return at.run()


@pytest.mark.parametrize("timing", ["time-dependent", "landmark"])
@pytest.mark.parametrize("tab", SECTIONS)
def test_every_tab_draws_its_figure_below_the_curves(tab, timing, demo_pool, open_page) -> None:
    at = look(open_page(demo_pool, PAGE, timing=timing), tab)
    assert not at.exception and not at.error
    assert len(at.get("plotly_chart")) == FIGURES[tab]


@pytest.mark.parametrize("tab", ["By trial and subgroup", "Adjusted"])
def test_no_tab_draws_a_ratio_from_the_biased_comparison(tab, demo_pool, open_page) -> None:
    at = look(open_page(demo_pool, PAGE, timing="ever"), tab)
    assert len(at.get("plotly_chart")) == 1
    assert any("biased" in info.value for info in at.info)


def test_the_model_has_the_covariates_that_are_chosen(demo_pool, open_page) -> None:
    at = look(open_page(demo_pool, PAGE, group="arm"), "Adjusted")
    assert at.pills(key="adjusted-covariates-age-sex").value == ["age", "sex"]
    at.pills(key="adjusted-covariates-age-sex").set_value(["age"]).run()
    assert any("covariates=age&data=" in code.value for code in at.code)
    figure = json.loads(at.get("plotly_chart")[1].proto.spec)
    said = " ".join(note["text"] for note in figure["layout"]["annotations"])
    assert "per 10 years" in said
    assert "women" not in said
    at.pills(key="adjusted-covariates-age-sex").set_value([]).run()
    assert any("at least one" in info.value for info in at.info)


def test_lanes_are_turned_page_by_page(demo_pool, open_page) -> None:
    at = look(open_page(demo_pool, PAGE), "Patient by patient")
    page = next(one for one in at.number_input if one.label == "Page, of 6")
    page.set_value(6).run()
    figure = json.loads(at.get("plotly_chart")[1].proto.spec)
    said = " ".join(note["text"] for note in figure["layout"]["annotations"])
    assert "Lanes 301 to 360 of 360" in said
    text = next(code.value for code in at.code if "swimmer?" in code.value)
    asked = text.split("'")[1]
    assert analysis.ask(demo_pool, asked).table("lanes").place.tolist()[0] == 301


def test_the_methods_page_tells_how_often_noise_looks_like_a_benefit(demo_pool, open_page) -> None:
    at = open_page(demo_pool, "methods")
    at.pills[0].set_value(methods.NOISE).run()
    assert not at.exception
    told = " ".join(one.value for one in at.markdown)
    assert "responses drawn at random" in told
    assert "**93.3 %**" in told
    assert at.table[0].value["Difference found"].tolist() == ["93.3 %", "6.2 %", "5.3 %"]


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"timing": "time-dependent"}, "a responder counts as one from the day of the response on"),
        ({"timing": "landmark", "landmark": "6"}, "known by the landmark at month 6"),
        ({"timing": "ever"}, "nothing can be concluded from them"),
        ({"group": "recovery"}, "counts as recovered from the day of the recovery on"),
        ({"group": "arm"}, "Everyone belongs to one group from the start"),
    ],
)
def test_the_lead_is_true_for_the_groups_that_are_chosen(
    choices, words, demo_pool, open_page
) -> None:
    at = open_page(demo_pool, PAGE, **choices)
    assert not at.exception
    assert any(words in one.value for one in at.markdown)


def test_months_and_doubts_are_said_in_words(demo_pool, open_page) -> None:
    at = open_page(demo_pool, PAGE)
    captions = " ".join(one.value for one in at.caption)
    assert "All months in the table are months after the landmark at month 4." in captions
    assert "months from the start." in captions
    told = " ".join(one.value for one in at.markdown).replace("\\", "")
    assert "No sign that the ratio changes over time (p = 0.094)." in told
    assert told.count("With 2 trials I² and Q say little") == 1
