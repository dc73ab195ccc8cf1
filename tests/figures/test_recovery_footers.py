"""What stands below the figures of recovery: each has its own method, and the improved are parted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from igcore import analysis
from igcore.analysis import Result
from igcore.figures.recovery import origins_in_words, response_words
from igcore.figures.recovery.change import change_figure
from igcore.figures.recovery.flow import flow_figure
from igcore.figures.recovery.sensitivity import sensitivity_figure
from igcore.figures.recovery.shift import shift_figure
from igcore.figures.recovery.waterfall import waterfall_figure
from igcore.store import Pool

FIGURES = {
    "flow": flow_figure,
    "shift": shift_figure,
    "waterfall": waterfall_figure,
    "change": change_figure,
    "sensitivity": sensitivity_figure,
}


@pytest.fixture(scope="module")
def result(demo_pool: Pool) -> Result:
    return analysis.ask(demo_pool, "recovery")


def footer(draw: Callable, result: Result) -> str:
    notes = " ".join(note.text or "" for note in draw(result).layout.annotations)
    return notes.replace("<br>", " ")


@pytest.mark.parametrize("name", ["flow", "shift", "waterfall", "change"])
def test_a_figure_without_shares_names_no_interval_of_shares(name, result):
    shown = footer(FIGURES[name], result)
    assert "Wilson" not in shown
    assert "Data version" in shown


def test_the_ratio_has_its_own_interval(result):
    assert "95 % t interval on the log scale" in footer(change_figure, result)


def test_every_rule_has_no_single_final_value_in_its_footer(result, demo_pool):
    shown = footer(sensitivity_figure, result)
    assert "last value on treatment within" not in shown
    assert "Wilson 95 % interval" in shown
    exact = analysis.ask(demo_pool, "recovery?interval=clopper-pearson")
    assert "Clopper-Pearson (exact) 95 % interval" in footer(sensitivity_figure, exact)


@pytest.fixture(scope="module")
def departed(demo_pool: Pool) -> Result:
    return analysis.ask(demo_pool, "recovery?analyte=IgA&progression=off")


@pytest.mark.parametrize("name", FIGURES)
def test_what_departs_from_the_usual_observation_is_in_every_footer(name, departed):
    assert "Values after progression count." in footer(FIGURES[name], departed)


@pytest.mark.parametrize("query", ["recovery", "recovery?denominator=low", "recovery?rise=10"])
def test_the_improved_are_parted_by_their_class_at_baseline(query, demo_pool):
    asked = analysis.ask(demo_pool, query)
    shares = asked.table("shares")
    classes = ["improved_from_low", "improved_from_normal", "improved_from_high"]
    assert (shares[classes].sum(axis=1) == shares.improved).all()
    verdicts = asked.table("verdicts")
    pooled = shares[shares.trial == "pooled"].set_index("analyte")
    low = verdicts[verdicts.verdict == "improved_from_low"].groupby("analyte").size()
    assert (pooled.improved_from_low == low.reindex(pooled.index, fill_value=0)).all()
    if "low" in query:
        assert not shares[classes[1:]].any(axis=None)


def test_the_sentence_below_the_figure_has_these_numbers(result):
    said = origins_in_words(result)
    row = result.table("shares").query("analyte == 'IgA' and trial == 'pooled'").iloc[0]
    assert (
        f"IgA {row.improved_from_low} from low, {row.improved_from_normal} already normal" in said
    )


def test_the_comparison_begins_with_what_was_found(result):
    said = response_words.conclusion(result)
    row = result.table("two_by_two").query("analyte == 'IgA' and trial == 'pooled'").iloc[0]
    responders = f"{row.responder_improved}/{row.responder_n} responders"
    assert f"IgA in {responders} and {row.non_responder_improved}/{row.non_responder_n}" in said


def test_remarks_have_no_words_of_the_trade(result):
    said = " ".join(response_words.remarks(result))
    assert "Stratum" not in said
    assert "stratum" not in said
    assert "Without trial SIM-LEN-2: nobody improved." in said
