"""Exact odds ratio of one table, Mantel-Haenszel over several (R: tests/golden/recovery.R)."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats.contingency import odds_ratio
from statsmodels.stats.contingency_tables import StratifiedTable

from igcore.analysis.estimators.two_by_two import stratified, two_by_two

R = json.loads((Path(__file__).parents[1] / "golden" / "recovery.json").read_text())
RTOL = 1e-8
GROUP = st.integers(0, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
TABLE = st.tuples(GROUP, GROUP).map(lambda pair: (*pair[0], *pair[1]))


def inverse(x: float) -> float:
    return math.inf if x == 0 else 1 / x


@pytest.mark.parametrize("case", R["two_by_two"], ids=lambda case: str(case["counts"]))
def test_fisher_s_test_is_r_s(case):
    found = two_by_two(*case["counts"])
    assert found.p == pytest.approx(case["p"], rel=RTOL)
    printed = [float(text) for text in case["fisher"]]
    ratios = (found.odds_ratio, found.lower, found.upper)
    for value, about in zip(ratios, printed, strict=True):
        # fisher.test searches the ratio below 1, its inverse above, to 1.2e-4.
        gap = abs(value - about) if value <= 1 else abs(inverse(value) - inverse(about))
        assert gap < 2e-4 or value == about
    for value, name in zip(ratios, ("estimate", "lower", "upper"), strict=True):
        root = case["exact"][name]
        assert value in (0, math.inf) if root is None else value == pytest.approx(root, rel=RTOL)


def test_only_responders_normalised_reads_as_in_the_specification():
    found = two_by_two(28, 60, 0, 40)
    assert found.second.share == 0
    assert round(100 * found.second.upper, 1) == 8.8
    assert f"{found.p:.1e}" == "2.7e-08"
    assert found.odds_ratio == math.inf
    assert (round(found.lower, 1), found.upper) == (7.9, math.inf)
    turned = two_by_two(0, 40, 28, 60)
    assert (turned.odds_ratio, turned.lower) == (0, 0)
    assert turned.upper == pytest.approx(1 / found.lower, rel=1e-9)


def test_a_group_without_patients_is_a_row_with_a_note():
    empty = two_by_two(0, 0, 3, 8)
    assert empty.note == "A group has no patients."
    assert math.isnan(empty.odds_ratio)
    assert math.isnan(empty.p)
    assert empty.second.share == 3 / 8


@pytest.mark.parametrize(
    "counts, note",
    [
        ((0, 5, 0, 9), "Nobody improved in either group."),
        ((5, 5, 9, 9), "All improved in both groups."),
    ],
)
def test_where_all_or_none_improved_the_odds_ratio_is_unknown(counts, note):
    found = two_by_two(*counts)
    assert (found.lower, found.upper, found.p, found.note) == (0, math.inf, 1, note)
    assert math.isnan(found.odds_ratio)


def test_a_table_of_a_million_patients_is_near_its_normal_limits():
    found = two_by_two(280_000, 600_000, 170_000, 400_000)
    cells = np.array([280_000, 320_000, 170_000, 230_000])
    log_ratio = math.log(280_000 * 230_000 / (320_000 * 170_000))
    reach = 1.959964 * math.sqrt((1 / cells).sum())
    limits = [math.log(found.lower), math.log(found.odds_ratio), math.log(found.upper)]
    # The exact limits keep a count of one half, here 2e-5 on the log scale.
    assert limits == pytest.approx([log_ratio - reach, log_ratio, log_ratio + reach], abs=3e-5)


@given(TABLE)
def test_exchanging_the_groups_inverts_the_odds_ratio(counts):
    x_1, n_1, x_2, n_2 = counts
    one, two = two_by_two(x_1, n_1, x_2, n_2), two_by_two(x_2, n_2, x_1, n_1)
    assert one.p == pytest.approx(two.p, rel=1e-9, nan_ok=True)
    expected = [inverse(two.odds_ratio), inverse(two.upper), inverse(two.lower)]
    found = [one.odds_ratio, one.lower, one.upper]
    assert found == pytest.approx(expected, rel=1e-8, nan_ok=True)


@given(TABLE)
def test_scipy_s_conditional_odds_ratio_is_the_same(counts):
    x_1, n_1, x_2, n_2 = counts
    found = two_by_two(*counts)
    if math.isnan(found.odds_ratio):
        return
    scipy = odds_ratio([[x_1, n_1 - x_1], [x_2, n_2 - x_2]])
    limits = scipy.confidence_interval()
    expected = [scipy.statistic, limits.low, limits.high]
    assert [found.odds_ratio, found.lower, found.upper] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("case", R["stratified"], ids=lambda case: str(list(case["counts"])))
def test_mantel_haenszel_cmh_and_breslow_day_are_r_s(case):
    found = stratified(case["counts"])
    assert [found.lower, found.upper] == pytest.approx(case["interval"], rel=RTOL)
    assert found.breslow_day_df == case["breslow_day_df"]
    for name in ("odds_ratio", "cmh", "cmh_p", "cmh_corrected", "cmh_corrected_p"):
        assert getattr(found, name) == pytest.approx(case[name], rel=RTOL, abs=1e-12), name
    for name in ("breslow_day", "breslow_day_p"):
        assert getattr(found, name) == pytest.approx(case[name], rel=RTOL, abs=1e-12), name


def test_a_difference_between_trials_is_not_taken_for_one_between_groups():
    crude = two_by_two(26, 100, 74, 100)
    assert round(26 * 26 / (74 * 74), 3) == 0.123
    assert crude.upper < 0.3
    found = stratified({"A": (18, 20, 72, 80), "B": (8, 80, 2, 20)})
    assert (found.odds_ratio, found.cmh, found.cmh_p) == pytest.approx((1, 0, 1), abs=1e-12)
    assert (round(found.lower, 3), round(found.upper, 3)) == (0.315, 3.174)


def test_two_trials_that_agree_read_as_in_the_specification():
    found = stratified({"A": (30, 54, 8, 46), "B": (20, 40, 5, 30)})
    estimate = [round(x, 3) for x in (found.odds_ratio, found.lower, found.upper)]
    assert estimate == [5.538, 2.688, 11.406]
    assert (round(found.cmh, 3), round(found.cmh_corrected, 3)) == (23.310, 21.801)


def test_strata_that_compare_nothing_are_left_out_and_told():
    informative = {"A": (30, 54, 8, 46), "B": (20, 40, 5, 30)}
    empty = {"C": (0, 0, 3, 4), "D": (0, 5, 0, 6), "E": (2, 2, 3, 3), "F": (0, 0, 0, 0)}
    found, plain = stratified({**empty, **informative}), stratified(informative)
    assert found.strata == ("A", "B")
    assert found.left_out == {
        "C": "no patients in one group",
        "D": "nobody improved",
        "E": "all improved",
        "F": "no patients in either group",
    }
    assert found.notes[0] == "Stratum C left out: no patients in one group."
    for name in ("odds_ratio", "lower", "cmh", "cmh_corrected", "breslow_day", "breslow_day_df"):
        assert getattr(found, name) == getattr(plain, name), name


def test_no_informative_stratum_is_a_row_with_a_note():
    found = stratified({"A": (0, 0, 3, 4)})
    assert math.isnan(found.odds_ratio)
    assert math.isnan(found.cmh_p)
    assert found.notes[-1] == "No stratum compares the two groups."


@pytest.mark.parametrize("counts, ratio", [((0, 9, 4, 8), 0), ((4, 8, 0, 9), math.inf)])
def test_a_zero_in_every_stratum_gives_a_bound_without_interval(counts, ratio):
    found = stratified({"A": counts, "B": counts})
    assert found.odds_ratio == ratio
    assert math.isnan(found.lower)
    assert math.isnan(found.breslow_day)
    assert 0 < found.cmh_p < 0.05
    assert "no interval" in found.notes[0]


def test_a_count_above_n_is_an_error():
    with pytest.raises(ValueError, match="7 of 4"):
        stratified({"A": (7, 4, 1, 2)})


@given(TABLE)
def test_one_stratum_has_its_own_crude_odds_ratio(counts):
    x_1, n_1, x_2, n_2 = counts
    found = stratified({"A": counts})
    if found.strata:
        with np.errstate(divide="ignore"):
            crude = np.divide(float(x_1 * (n_2 - x_2)), (n_1 - x_1) * x_2)
        assert found.odds_ratio == pytest.approx(crude, rel=1e-12)
        assert found.breslow_day_df == 0


@given(st.lists(TABLE, min_size=1, max_size=3))
def test_exchanging_the_groups_inverts_the_pooled_odds_ratio_and_keeps_the_tests(tables):
    one = stratified({f"T{i}": table for i, table in enumerate(tables)})
    two = stratified({f"T{i}": (*table[2:], *table[:2]) for i, table in enumerate(tables)})
    assert one.odds_ratio == pytest.approx(inverse(two.odds_ratio), rel=1e-9, nan_ok=True)
    assert one.lower == pytest.approx(inverse(two.upper), rel=1e-9, nan_ok=True)
    for name in ("cmh", "cmh_corrected", "breslow_day"):
        first, second = getattr(one, name), getattr(two, name)
        assert first == pytest.approx(second, rel=1e-7, abs=1e-9, nan_ok=True), name


@given(st.lists(TABLE, min_size=2, max_size=3))
def test_statsmodels_finds_the_same_tests_where_it_can(tables):
    found = stratified({f"T{i}": table for i, table in enumerate(tables)})
    ratio = found.odds_ratio
    if not found.strata or not 0 < ratio < math.inf or abs(ratio - 1) < 1e-6:
        return
    used = [tables[int(name[1:])] for name in found.strata]
    theirs = StratifiedTable([[[a, n - a], [c, m - c]] for a, n, c, m in used])
    assert found.cmh == pytest.approx(theirs.test_null_odds().statistic, rel=1e-9, abs=1e-12)
    if len(used) > 1:
        statistic = theirs.test_equal_odds().statistic
        assert found.breslow_day == pytest.approx(statistic, rel=1e-6, abs=1e-8)
