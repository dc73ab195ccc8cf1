"""Shares, the crude pooled share and the test between trials (R: tests/golden/recovery.R)."""

from __future__ import annotations

import json
import math
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from igcore.analysis.estimators.proportions import between_trials, pooled, share

R = json.loads((Path(__file__).parents[1] / "golden" / "recovery.json").read_text())
RTOL = 1e-8
COUNTS = st.integers(0, 15).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def trials(case: dict) -> dict[str, tuple[int, int]]:
    return {f"T{i}": pair for i, pair in enumerate(zip(case["x"], case["n"], strict=True))}


@pytest.mark.parametrize("case", R["shares"], ids=lambda case: f"{case['x']} of {case['n']}")
def test_both_intervals_of_a_share_are_those_of_r(case):
    for interval in ("wilson", "clopper-pearson"):
        found = share(case["x"], case["n"], interval=interval)
        expected = case[interval.replace("-", "_")]
        assert [found.lower, found.upper] == pytest.approx(expected, rel=RTOL, abs=1e-12)
        assert found.share == case["x"] / case["n"]


def test_four_of_seven_has_the_intervals_of_the_specification():
    wilson, exact = share(4, 7), share(4, 7, interval="clopper-pearson")
    assert [round(100 * x, 1) for x in (wilson.share, wilson.lower, wilson.upper)] == [
        57.1, 25.0, 84.2
    ]  # fmt: skip
    assert [round(100 * x, 1) for x in (exact.lower, exact.upper)] == [18.4, 90.1]


def test_the_pooled_share_adds_counts_and_never_averages_percentages():
    even = pooled({"A": (28, 50), "B": (25, 50)})
    assert (even.improved, even.n, even.share) == (53, 100, 0.53)
    assert [round(100 * x, 1) for x in (even.lower, even.upper)] == [43.3, 62.5]
    uneven = pooled({"A": (28, 50), "B": (100, 200)})
    assert uneven.share == 128 / 250
    assert uneven.share != pytest.approx((0.56 + 0.50) / 2)


def test_no_patients_make_an_empty_cell_with_a_note():
    for empty in (share(0, 0), pooled({}), pooled({"A": (0, 0)})):
        assert (empty.improved, empty.n, empty.note) == (0, 0, "No patients.")
        assert all(math.isnan(x) for x in (empty.share, empty.lower, empty.upper))


def test_a_count_above_n_is_an_error():
    with pytest.raises(ValueError, match="5 of 4"):
        share(5, 4)


@pytest.mark.parametrize("case", R["between"], ids=lambda case: f"{case['x']} of {case['n']}")
def test_the_test_between_trials_is_r_s_and_says_its_name(case):
    found = between_trials(trials(case))
    if case["least_expected"] < 5:
        assert found.name == "Fisher exact"
        assert found.p == pytest.approx(case["fisher_p"], rel=RTOL)
    else:
        assert (found.name, found.df) == ("chi-squared", case["df"])
        assert found.statistic == pytest.approx(case["chisq"], rel=RTOL)
        assert found.p == pytest.approx(case["chisq_p"], rel=RTOL)


def test_the_golden_tests_between_trials_use_both_methods():
    assert {case["least_expected"] < 5 for case in R["between"]} == {True, False}


def test_a_trial_without_patients_is_left_out_by_name():
    with_empty = between_trials({"A": (28, 50), "C": (0, 0), "B": (25, 50)})
    without = between_trials({"A": (28, 50), "B": (25, 50)})
    assert with_empty.p == without.p
    assert with_empty.note == "Left out, no patients: C."


def test_one_trial_is_not_compared():
    alone = between_trials({"A": (3, 9), "B": (0, 0)})
    assert (alone.name, alone.df) == ("none", 0)
    assert math.isnan(alone.p)
    assert alone.note == "Left out, no patients: B. Fewer than two trials to compare."


def test_too_many_tables_for_fisher_leave_a_rough_chi_squared_that_says_so():
    counts = {f"T{i}": (2 + i % 3, 40) for i in range(9)}
    rough = between_trials(counts)
    assert rough.name == "chi-squared"
    assert "rough" in rough.note
    # By hand: 27 of 360, expected 3 of 40; sum of (x - 3)^2 = 6; 6 / (3 * 37 / 40).
    assert rough.statistic == pytest.approx(6 / (3 * 37 / 40), rel=1e-12)


def test_large_trials_of_which_nobody_improved_are_not_distinguished():
    result = between_trials({f"T{i}": (0, 5000) for i in range(9)})
    assert (result.name, result.p) == ("Fisher exact", 1.0)


def fisher_by_hand(counts: list[tuple[int, int]]) -> float:
    """All tables with these margins, one after the other."""
    improved = sum(x for x, _ in counts)
    tables = [
        math.prod(math.comb(n, x) for x, (_, n) in zip(xs, counts, strict=True))
        for xs in product(*(range(n + 1) for _, n in counts))
        if sum(xs) == improved
    ]
    seen = math.prod(math.comb(n, x) for x, n in counts)
    return sum(ways for ways in tables if ways <= seen) / sum(tables)


@given(st.lists(COUNTS.filter(lambda c: c[1] > 0), min_size=2, max_size=3))
def test_fisher_visits_every_table(counts):
    found = between_trials({f"T{i}": pair for i, pair in enumerate(counts)})
    if found.name == "Fisher exact":
        assert found.p == pytest.approx(fisher_by_hand(counts), rel=1e-9)


@given(COUNTS, st.sampled_from(["wilson", "clopper-pearson"]))
def test_those_not_improved_have_the_mirrored_interval(counts, interval):
    x, n = counts
    some, others = share(x, n, interval=interval), share(n - x, n, interval=interval)
    expected = [1 - others.upper, 1 - others.lower]
    assert [some.lower, some.upper] == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert n == 0 or some.lower <= some.share <= some.upper


@given(st.lists(COUNTS, min_size=2, max_size=3))
def test_the_order_of_the_trials_does_not_matter(counts):
    named = {f"T{i}": pair for i, pair in enumerate(counts)}
    turned = dict(reversed(named.items()))
    assert between_trials(named).p == pytest.approx(between_trials(turned).p, rel=1e-9, nan_ok=True)
    assert pooled(named) == pooled(turned)


@given(COUNTS)
def test_one_trial_pooled_is_that_trial(counts):
    if counts[1]:
        assert pooled({"A": counts}) == share(*counts)
