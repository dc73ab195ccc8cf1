"""Ties, profile limits and Peto's ratio equal R's (values: tests/golden/survival_more.R)."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from igcore.analysis.estimators.comparison import hazard_ratios
from igcore.analysis.estimators.partial_likelihood import AFFORDABLE, TiedEvents, partial_likelihood
from igcore.analysis.estimators.profile import comparable, cox_ratios, why_empty
from igcore.analysis.risk_table import RiskTable
from igcore.errors import Refused
from tests.analysis.test_proportionality import COHORT, MORE, case_table, spans_of
from tests.analysis.test_survival_golden import fixed_table, same, table_of

ASKED = [(case, ties) for case, found in MORE["likelihoods"].items() for ties in found]


def numbers(ratio) -> list[float]:
    return [ratio.ratio, ratio.lower, ratio.upper]


@pytest.mark.parametrize("case, ties", ASKED)
def test_ratio_and_wald_limits_equal_coxph_for_each_kind_of_ties(case: str, ties: str) -> None:
    expected = MORE["likelihoods"][case][ties]
    table = case_table(case)
    reference = MORE["proportionality"][case]["reference"]
    for ratio in cox_ratios(table, reference, ties=ties, limits="wald"):
        r = expected[ratio.group]
        same(numbers(ratio), [r["hr"], r["wald_lower"], r["wald_upper"]])
        same(ratio.standard_error, [r["se"]])


@pytest.mark.parametrize("case, ties", ASKED)
def test_profile_limits_lie_where_the_likelihood_of_coxph_has_dropped(case: str, ties: str) -> None:
    expected = MORE["likelihoods"][case][ties]
    reference = MORE["proportionality"][case]["reference"]
    for ratio in cox_ratios(case_table(case), reference, ties=ties):
        r = expected[ratio.group]
        # To 1e-7: R's root is sought on log likelihoods, of which ten digits survive subtraction.
        same([ratio.lower, ratio.upper], [r["lower"], r["upper"]], rtol=1e-7)


@pytest.mark.parametrize("case, ties", ASKED)
def test_log_likelihood_at_its_top_equals_that_of_coxph(case: str, ties: str) -> None:
    expected = next(iter(MORE["likelihoods"][case][ties].values()))["loglik"]
    table, reference = case_table(case), MORE["proportionality"][case]["reference"]
    columns = comparable(table, reference, ties)
    found = {r.group: r.coefficient for r in cox_ratios(table, reference, ties=ties)}
    beta = np.array([found.get(table.groups[c], 0.0) for c in columns])
    same(partial_likelihood(table, columns, ties)(beta)[0], [expected])


def test_freireich_has_the_printed_ratio_for_each_kind_of_ties() -> None:
    """DOMAIN h9: Efron 0.208 (0.093-0.466), Breslow 0.221 (0.099-0.493), exact 0.196."""
    table = fixed_table("freireich")
    printed = {"efron": [0.208, 0.093, 0.466], "breslow": [0.221, 0.099, 0.493], "exact": [0.196]}
    for ties, expected in printed.items():
        (found,) = cox_ratios(table, "Placebo", ties=ties, limits="wald")
        assert np.round(numbers(found), 3).tolist()[: len(expected)] == expected


def test_exact_likelihood_adds_up_every_set_of_patients_one_by_one() -> None:
    """Two of five at risk die at 2, with delayed entry: the sets are counted by hand."""
    spans = [("A", "x", 0, 2, True), ("A", "x", 0, 4, False), ("A", "y", 1, 2, True)]
    spans += [("A", "y", 0, 3, False), ("A", "z", 1, 5, False), ("A", "z", 2, 6, False)]
    beta = np.array([0.0, 0.4, -0.7])
    at_risk = [0, 0, 1, 1, 2]  # the groups of those who entered before 2
    sets = [np.exp(beta[list(pair)].sum()) for pair in combinations(at_risk, 2)]
    expected = beta[0] + beta[1] - np.log(sum(sets))
    found, _, _ = partial_likelihood(table_of(spans), [0, 1, 2], "exact")(beta)
    assert found == pytest.approx(expected, rel=1e-12)


def test_too_many_tied_events_for_the_exact_likelihood_are_refused_in_words() -> None:
    groups = tuple("abcdef")
    counts = np.full((1, 1, 6), 100.0)
    start, nobody = np.concatenate([2 * counts, 0 * counts], axis=1), np.zeros((1, 2, 6))
    events = np.concatenate([0 * counts, counts], axis=1)
    table = RiskTable(groups, ("A",), np.array([0.0, 1.0]), start, events, nobody)
    with pytest.raises(Refused, match=f"at most {AFFORDABLE:,} are affordable. Choose ties Efron"):
        cox_ratios(table, "a", ties="exact")
    assert len(cox_ratios(table, "a")) == 5


def test_hundreds_of_tied_events_take_a_few_steps_and_give_the_same_sums() -> None:
    """Against the turns 0 ... k - 1 written out, from many at risk down to nobody left."""
    random = np.random.default_rng(5)
    events = random.integers(0, 90, (2, 40, 3)).astype(float)
    start = np.zeros_like(events)
    start[:, 0] = np.add(events[:, 1:].sum(axis=1), [0, 5, 4000])  # the first group dies out
    events[:, 0] = 0
    left = start[:, :1] - events.sum(axis=1, keepdims=True)
    censored = np.concatenate([0 * events[:, 1:], left], axis=1)
    table = RiskTable(tuple("abc"), tuple("AB"), np.arange(40.0), start, events, censored)
    beta = np.array([0.0, 1.5, -2.0])
    rows = TiedEvents.of(table, [0, 1, 2])
    assert len(rows.steps) < events.sum() / 4
    assert rows.steps.sum() == pytest.approx(events.sum(), rel=1e-13)
    value, expected, information = 0.0, np.zeros(3), np.zeros((3, 3))
    for n, d in zip(table.at_risk.reshape(-1, 3), events.reshape(-1, 3), strict=True):
        for turn in range(int(d.sum())):
            weight = (n - turn / d.sum() * d) * np.exp(beta)
            share = weight / weight.sum()
            value += d @ beta / d.sum() - np.log(weight.sum())
            expected += share
            information += np.diag(share) - np.outer(share, share)
    found = partial_likelihood(table, [0, 1, 2])(beta)
    np.testing.assert_allclose(found[0], value, rtol=1e-13)
    np.testing.assert_allclose(events.sum(axis=(0, 1)) - found[1], expected, rtol=1e-12)
    np.testing.assert_allclose(found[2], information, rtol=1e-12)


def test_a_group_without_events_is_empty_and_says_why() -> None:
    table = fixed_table("one_event")
    for ties in ("efron", "breslow", "exact"):
        (found,) = cox_ratios(table, "a", ties=ties)
        assert np.isnan([*numbers(found), found.coefficient, found.standard_error]).all()
    assert why_empty(table, "b", "a") == "b: no hazard ratio, because there is no event in b."
    nobody = fixed_table("all_censored")
    assert why_empty(nobody, "b", "a").endswith("because there is no event in b and a.")
    assert why_empty(table, "c", "a") == "c: nobody is in this group; no hazard ratio."
    apart = table_of([("A", "a", 0, 1, True), ("B", "b", 0, 2, True)])
    assert np.isnan(cox_ratios(apart, "a")[0].ratio)
    assert "do not fall while both are at risk" in why_empty(apart, "b", "a")


def test_everybody_dying_at_once_tells_nothing_to_the_exact_likelihood() -> None:
    """There is one set only, so any ratio fits; Efron and Breslow still compare."""
    table = table_of([("A", g, 0, 3, True) for g in "aab"])
    assert np.isnan(cox_ratios(table, "a", ties="exact")[0].ratio)
    assert np.isfinite(cox_ratios(table, "a", ties="efron")[0].ratio)


@given(COHORT, st.sampled_from(("efron", "breslow", "exact")), st.randoms())
def test_neither_unit_of_time_nor_order_of_rows_moves_a_limit(cohort, ties, random) -> None:
    table = table_of(spans_of(cohort))
    found = cox_ratios(table, table.groups[0], ties=ties)
    for other in (spans_of(cohort, 1 / 7), spans_of(random.sample(cohort, len(cohort)))):
        again = cox_ratios(table_of(other), table.groups[0], ties=ties)
        for one, two in zip(found, again, strict=True):
            np.testing.assert_allclose(numbers(one), numbers(two), rtol=1e-8)


@given(COHORT)
def test_efron_with_wald_limits_is_what_the_comparison_gives(cohort) -> None:
    table = table_of(spans_of(cohort))
    for reference in table.groups:
        for ours, theirs in zip(
            cox_ratios(table, reference, limits="wald"),
            hazard_ratios(table, reference),
            strict=True,
        ):
            np.testing.assert_allclose(numbers(ours), numbers(theirs), rtol=1e-7)


@given(COHORT, st.sampled_from(("efron", "breslow", "exact")))
def test_exchanging_the_reference_turns_ratio_and_limits(cohort, ties) -> None:
    table = table_of(spans_of(cohort))
    if len(table.groups) < 2:
        return
    a, b, *_ = table.groups
    forth = next(r for r in cox_ratios(table, a, ties=ties) if r.group == b)
    back = next(r for r in cox_ratios(table, b, ties=ties) if r.group == a)
    expected = [1 / back.ratio, 1 / back.upper, 1 / back.lower]
    np.testing.assert_allclose(numbers(forth), expected, rtol=1e-7)
    if np.isfinite(forth.ratio):
        assert forth.lower < forth.ratio < forth.upper
