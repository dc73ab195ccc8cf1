"""Responders against non-responders by their data: bars, odds ratios, words and the lists behind."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from urllib.parse import quote

import numpy as np
import pytest

from igcore import analysis
from igcore.figures import style
from igcore.figures.recovery import response_words
from igcore.figures.recovery.responders import describe, responders_figure
from tests.analysis.test_specification import pair, person, pool_of, together

Counts = tuple[int, int, int, int]


def compared(trials: dict[str, Counts], *, m_protein: str = "LC kappa") -> dict[str, list[dict]]:
    """Patients of IgA by trial: improved and n of responders (PR), then of the others (SD)."""
    tables: dict[str, list[dict]] = {"patients": [], "measurements": [], "responses": []}
    for trial, (improved, n, improved_others, others) in trials.items():
        for response, some, many in (("PR", improved, n), ("SD", improved_others, others)):
            for number in range(many):
                name = f"{response}{number}"
                final = 100 if number < some else 62
                tables["patients"].append(person(name, m_protein, trial))
                tables["measurements"] += pair(name, 60, final, trial=trial)
                one = {"trial": trial, "patient": name, "day": 30, "response": response}
                tables["responses"].append(one)
    return tables


MARKUP = "<i>T</i> & <a href='x'>"
OTHERS = "Non-responders: all others"
# DOMAIN h8, A and B: crude 26/100 v 74/100, and the same odds in each trial; C and D: a true
# difference. E: 28/60 v 0/40 of DOMAIN b4.
TRIALS = {
    "A": (18, 20, 72, 80),
    "B": (8, 80, 2, 20),
    "C": (30, 54, 8, 46),
    "D": (20, 40, 5, 30),
    "E": (28, 60, 0, 40),
    "F": (1, 4, 0, 4),
    "no non-responders": (2, 3, 0, 0),
    "no responders": (0, 0, 1, 3),
    "nobody improved": (0, 3, 0, 3),
    "all improved": (3, 3, 2, 2),
    "one": (1, 1, 0, 1),
    MARKUP: (1, 2, 0, 2),
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Ask for some of these trials, all in one pool."""
    silent = {**compared({"silent": (1, 1, 0, 1)}), "responses": []}
    involved = compared({"involved": (1, 1, 0, 1)}, m_protein="IgA kappa")
    unseen = {"patients": [person("unseen", "LC kappa", "C")]}  # without a measurement
    pool = pool_of(
        tmp_path_factory.mktemp("pool"), together(compared(TRIALS), silent, involved, unseen)
    )

    def ask(*trials: str, query: str = "analyte=IgA"):
        which = "&".join(f"trial={quote(trial, safe='')}" for trial in trials)
        return analysis.ask(pool, f"recovery?{which}&{query}")

    yield ask
    pool.close()


def traces(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def texts(figure) -> str:
    return " ".join(note.text for note in figure.layout.annotations).replace("<br>", " ")


def said(figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_bars_are_the_shares_of_each_trial_and_of_all(asked):
    """h8: 18/20, 8/80 and 26/100 of the responders; 72/80, 2/20 and 74/100 of the others."""
    figure = responders_figure(asked("A", "B"))
    drawn = traces(figure)
    responders = drawn["Responders: PR or better at any time"]
    others = drawn["Non-responders: all others"]
    np.testing.assert_allclose(responders.x, [90, 10, 26])
    np.testing.assert_allclose(others.x, [90, 10, 74])
    # R 4.2.2 binom.test(18, 20)$conf.int: 0.6830173 to 0.9876515
    np.testing.assert_allclose(90 - responders.error_x.arrayminus[0], 68.30173, atol=1e-5)
    np.testing.assert_allclose(90 + responders.error_x.array[0], 98.76515, atol=1e-5)
    for words in ("18/20 (90.0 %)", "72/80 (90.0 %)", "26/100 (26.0 %)", "74/100 (74.0 %)"):
        assert words in said(figure)


def test_the_odds_ratio_of_all_trials_is_mantel_haenszel_s_not_the_crude_one(asked):
    """h8: MH OR 1.000 (0.315-3.174), CMH 0, where the crude odds ratio is 0.123."""
    figure = responders_figure(asked("A", "B"))
    diamond = traces(figure)["IgA, All trials"]
    assert diamond.marker.symbol == "diamond"
    np.testing.assert_allclose(diamond.x, [1.0], rtol=1e-9)
    limits = traces(figure)["IgA, All trials, limits"].x
    np.testing.assert_allclose(limits, [0.315, 3.174], atol=5e-4)
    assert "<b>1.00 (0.32 to 3.17)</b><br>CMH p = 1.000" in said(figure)
    assert "sums over the trials" in " ".join(response_words.remarks(asked("A", "B")))


def test_odds_ratios_stand_on_the_rows_of_their_shares(asked):
    figure = responders_figure(asked("C", "D"))
    drawn = traces(figure)
    middle = (drawn["Responders: PR or better at any time"].y + drawn[OTHERS].y) / 2
    rows = [drawn[f"IgA, {name}"].y[0] for name in ("C", "D", "All trials")]
    np.testing.assert_allclose(rows, middle)
    assert drawn["IgA, C"].xaxis == "x2"
    assert figure.layout.xaxis2.type == "log"
    assert figure.layout.xaxis2.anchor == "y"
    np.testing.assert_allclose(figure.layout.yaxis.tickvals, middle)


def test_the_tests_are_printed_as_domain_has_them_and_told_in_words(asked):
    """h8: MH OR 5.538 (2.688-11.406); CMH 23.310, 21.801 with the continuity correction."""
    result = asked("C", "D")
    column = response_words.tests(result)["IgA"]
    assert column["Mantel-Haenszel odds ratio (95 % limits)"] == "5.54 (2.69 to 11.4)"
    assert column["CMH test (df 1)"] == "χ² 23.31, p < 0.001"
    assert column["Same, continuity correction"] == "χ² 21.80, p < 0.001"
    assert column["Breslow-Day test"].startswith("χ² 0.0")
    words = " ".join(response_words.tests_in_words(result))
    assert "less than 0.1 % of samples" in words
    assert "With one odds ratio in all trials" in words
    none = " ".join(response_words.tests_in_words(asked("A", "B")))
    assert "100.0 % of samples" in none


def test_an_infinite_odds_ratio_is_an_arrow_and_its_sign(asked):
    """28/60 v 0/40 (DOMAIN b4): odds ratio infinite, exact limits 7.9 to infinity."""
    figure = responders_figure(asked("E", "F"))
    drawn = traces(figure)
    assert drawn["IgA, E, beyond"].marker.symbol == "triangle-right"
    assert "IgA, E" not in drawn
    np.testing.assert_allclose(drawn["IgA, E, limits"].x[0], 7.9, atol=0.05)
    assert any(re.match(r"∞ \(7\.\d\d to ∞\)<br>Fisher p < 0", text) for text in said(figure))
    # Mantel-Haenszel has no interval there: the arrow alone tells where the estimate is.
    assert any(text.startswith("<b>∞ (no limits)</b><br>CMH p") for text in said(figure))
    assert drawn["IgA, All trials, beyond"].x[0] == drawn["IgA, E, beyond"].x[0]


@pytest.mark.parametrize(
    "trial", ["no non-responders", "no responders", "nobody improved", "all improved"]
)
def test_a_table_that_says_nothing_says_so_in_words(asked, trial):
    result = asked(trial)
    assert f"not estimable<br>{trial}" in said(responders_figure(result))
    assert "not estimable" in describe(result)
    assert response_words.tests(result).empty
    assert "Nothing is tested" in response_words.tests_in_words(result)[0]


def test_a_group_without_patients_has_words_in_the_place_of_its_bar(asked):
    figure = responders_figure(asked("no non-responders"))
    assert "no patients" in said(figure)
    assert math.isnan(traces(figure)[OTHERS].x[0])


def test_one_trial_is_not_summed_over_trials(asked):
    result = asked("C")
    assert list(responders_figure(result).layout.yaxis.ticktext) == ["C\N{NO-BREAK SPACE}"]
    assert "there are no trials to combine" in " ".join(response_words.remarks(result))
    assert response_words.tests(result)["IgA"]["Breslow-Day test"] == "not estimable"


def test_an_isotype_with_nobody_to_compare_is_a_sentence_not_a_row(asked):
    query = "analyte=IgA&analyte=IgM"
    result = asked("C", "D", query=query)
    assert "<b>IgM</b>" not in said(responders_figure(result))
    assert response_words.remarks(result)[0].startswith("IgM: nobody is among the evaluable")
    assert list(response_words.tests(result)) == ["IgA"]
    involved = asked("involved", query=query)
    assert response_words.compared(involved).empty
    assert response_words.remarks(involved) == [
        "IgA, IgM: nobody is among the evaluable, so there is nothing to compare."
    ]
    assert response_words.tests(involved).empty
    assert len(traces(responders_figure(involved))["Non-responders: all others"].x) == 0


def test_what_an_odds_ratio_of_all_trials_has_not_is_said_from_the_counts(asked):
    assert response_words.remarks(asked("E", "F"))[1] == f"IgA: {response_words.NO_INTERVAL}"
    assert response_words.remarks(asked("all improved", "nobody improved", "no responders"))[1] == (
        "IgA: Without trial all improved: all improved. Without trial no responders: no patients "
        "in one group. Without trial nobody improved: nobody improved. No trial compares the two "
        "groups."
    )


def test_without_dated_responses_nothing_is_compared(asked):
    result = asked("silent")
    assert response_words.compared(result).empty
    assert response_words.remarks(result) == []


def test_bars_and_points_of_nothing_carry_where_a_click_leads(asked):
    drawn = traces(responders_figure(asked("C", "D")))
    wanted = [["response", "IgA", trial, "non-responder"] for trial in ("C", "D", "pooled")]
    for name in (OTHERS, "Non-responders, to click"):
        assert [list(one) for one in drawn[name].customdata] == wanted
    assert all(trace.customdata is None for name, trace in drawn.items() if name.startswith("IgA"))


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("", 100),
        ("&denominator=low", 100),
        ("&denominator=assessable", 101),
        ("&missing=not-improved", 101),
        ("&denominator=treated", 101),
    ],
)
def test_the_list_behind_a_bar_is_its_denominator(asked, query, n):
    """Trial C: 54 and 46 patients with values, and one without, whose response is unknown."""
    result = asked("C", query=f"analyte=IgA{query}")
    both = [
        response_words.behind(["response", "IgA", "C", group], result)[1]
        for group in ("responder", "non-responder")
    ]
    if "responder" in both[0]:
        assert [len(rows) for rows in both] == [54, n - 54]
    else:
        assert [len(rows) for rows in both] == [n, n]


def test_the_list_behind_a_bar_of_all_trials_leaves_out_trials_without_responses(asked):
    result = asked("one", "F", "silent")
    place = ["response", "IgA", "pooled", "non-responder"]
    heading, rows = response_words.behind(place, result)
    assert heading.startswith("IgA, all trials: ")
    assert set(rows.trial) == {"one", "F"}


def test_a_responder_column_parts_the_list_behind_a_bar(asked):
    """By hand: two patients, one of them a responder."""
    result = asked("one")
    verdicts = result.table("verdicts").assign(responder=[True, False])
    tables = {"verdicts": verdicts, "two_by_two": result.table("two_by_two")}
    given = replace(result, tables=tables)
    for group, patient in (("responder", "PR0"), ("non-responder", "SD0")):
        heading, rows = response_words.behind(["response", "IgA", "one", group], given)
        assert heading == f"IgA, one: {group}s"
        assert list(rows.patient) == [patient]


def test_the_footer_has_this_figure_s_interval_and_says_why_it_is_not_enough(asked):
    shown = texts(responders_figure(asked("C", "D")))
    assert "Exact (Clopper-Pearson) 95 % limits" in shown
    assert "Wilson" not in shown
    assert "an association, not an effect" in shown
    assert "rise of at least 25 %" in shown


@pytest.mark.parametrize("dark", [False, True])
def test_groups_have_the_colours_of_the_house(asked, dark):
    ink = style.ink(dark)
    drawn = traces(responders_figure(asked("C", "D"), dark=dark))
    assert drawn["Responders: PR or better at any time"].marker.line.color == ink.groups[0]
    assert drawn[OTHERS].marker.line.color == ink.groups[1]
    assert drawn[OTHERS].marker.pattern.shape == "/"


def test_a_trial_s_name_cannot_put_markup_into_the_figure(asked):
    result = asked(MARKUP, "F")
    figure = responders_figure(result)
    figure.update_traces(customdata=None)  # the name as it is stored, never shown
    text = figure.to_json() + describe(result)
    for tag in ("<i>T", "<a href", "\\u003ci\\u003eT", "\\u003ca href"):
        assert tag not in text
    assert "&lt;i&gt;T" in describe(result)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (math.inf, "∞"),
        (0.0, "0.00"),
        (0.004, "< 0.01"),
        (5.538, "5.54"),
        (11.406, "11.4"),
        (1234.5, "1,234"),
    ],
)
def test_odds_ratios_have_few_figures(value, words):
    assert response_words.bound(value) == words
