"""Trials one by one and together equal R's `coxph`, `anova` and `metafor` (survival_more.R)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import combine_effects

from igcore.analysis.estimators.comparison import hazard_ratios
from igcore.analysis.estimators.pooling import Pooled, interaction, per_trial, pool
from igcore.analysis.risk_table import RiskTable
from tests.analysis.test_proportionality import COHORT, MORE, case_table, spans_of
from tests.analysis.test_survival_golden import fixed_table, same, table_of

TRIALS = sorted(MORE["trials"])
R_METHOD = {"common effect": "FE", "DerSimonian-Laird": "DL"}
# DOMAIN h8: 0.50 (0.30-0.83) and 0.80 (0.50-1.28).
EFFECTS = np.log([0.5, 0.8])
ERRORS = np.log([0.83 / 0.3, 1.28 / 0.5]) / (2 * 1.959963984540054)


def two_stage(
    table: RiskTable, reference: str, *, method: str = "common effect"
) -> dict[str, Pooled]:
    """Group -> its hazard ratio pooled over the trials' own estimates: the check of one stage."""
    rows = per_trial(table, reference)
    if rows.empty:
        return {}
    return {
        str(group): pool(part["coefficient"], part["standard_error"], method=method)
        for group, part in rows.groupby("group", sort=True)
    }


def check_pooled(found, r: dict) -> None:
    same([found.ratio, found.lower, found.upper], [r["hr"], r["lower"], r["upper"]])
    same([found.standard_error, found.p], [r["se"], r["p"]])
    same([found.q, found.q_p], [r["q"], r["q_p"]])


def test_two_trials_give_the_printed_pooled_ratios_and_no_automatic_switch() -> None:
    """DOMAIN h8: common 0.644 (0.456-0.910), Q 1.769, p 0.184, I2 43.5 %, tau2 0.0480;
    DL 0.639 (0.403-1.013), where the significance flips."""
    common, random = pool(EFFECTS, ERRORS), pool(EFFECTS, ERRORS, method="DerSimonian-Laird")
    for found, printed in ((common, [0.644, 0.456, 0.910]), (random, [0.639, 0.403, 1.013])):
        assert np.round([found.ratio, found.lower, found.upper], 3).tolist() == printed
        assert np.round([found.q, found.q_p, found.i2], 3).tolist() == [1.769, 0.184, 0.435]
        assert round(found.tau2, 4) == 0.0480
        assert found.df == 1
        assert found.remark.startswith("With 2 trials I² and Q say little")
    assert (common.method, random.method) == ("common effect", "DerSimonian-Laird")
    assert common.p < 0.05 < random.p
    for found in (common, random):
        check_pooled(found, MORE["two_stage"][R_METHOD[found.method]])
    same([random.tau2, random.i2], [MORE["two_stage"]["DL"][name] for name in ("tau2", "i2")])


@pytest.mark.parametrize("case", TRIALS)
def test_each_trial_alone_equals_coxph_on_its_rows(case: str) -> None:
    expected = MORE["trials"][case]
    rows = per_trial(case_table(case), expected["reference"])
    for trial, r in expected["trials"].items():
        found = rows[(rows.trial == trial) & (rows.note == "")]
        same(found["coefficient"], r["coef"])
        same(found["standard_error"], r["se"])


@pytest.mark.parametrize("case", TRIALS)
@pytest.mark.parametrize("method", list(R_METHOD))
def test_two_stages_equal_metafor(case: str, method: str) -> None:
    expected = MORE["trials"][case]
    found = two_stage(case_table(case), expected["reference"], method=method)
    check_pooled(next(iter(found.values())), expected["pooled"][R_METHOD[method]])


@pytest.mark.parametrize("case", TRIALS)
def test_interaction_equals_the_likelihood_ratio_of_two_coxph_models(case: str) -> None:
    expected = MORE["trials"][case]["interaction"]
    found = interaction(case_table(case), MORE["trials"][case]["reference"])
    assert found.df == expected["df"]
    # A difference of log likelihoods: its last digits are lost where it is small against them.
    np.testing.assert_allclose(found.statistic, expected["chisq"], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(found.p, expected["p"], rtol=1e-8)
    assert found.notes == ()


def test_the_worked_trials_show_no_difference_within_any_trial() -> None:
    """DOMAIN h8: both trials have ratio 1, so Q, I2 and the interaction are nothing."""
    table = fixed_table("h8_survival")
    found = two_stage(table, "NR")["R"]
    assert found.ratio == pytest.approx(1, abs=1e-12)
    assert (found.q, found.i2, found.tau2) == (pytest.approx(0, abs=1e-12), 0, 0)
    assert found.weights.tolist() == pytest.approx([0.5, 0.5])
    tested = interaction(table, "NR")
    assert (tested.statistic, tested.df, tested.p) == (pytest.approx(0, abs=1e-9), 1, 1)
    # One stage and two stages agree where the assumptions do.
    (one,) = hazard_ratios(table, "NR")
    assert [found.lower, found.upper] == pytest.approx([one.lower, one.upper])


def test_a_trial_without_events_in_a_group_is_an_empty_row_with_its_reason() -> None:
    both = [("A", g, 0, t, True) for g, t in (("x", 1), ("y", 2), ("x", 3), ("y", 4), ("x", 5))]
    none = [("B", "x", 0, 2, True), ("B", "x", 0, 5, True), ("B", "y", 0, 6, False)]
    only_x = [("C", "x", 0, 3, True), ("C", "x", 0, 4, True)]
    table = table_of(both + none + only_x)
    rows = per_trial(table, "x").set_index("trial")
    assert rows["n"].tolist() == [2, 1, 0]
    assert np.isnan(rows.loc[["B", "C"], "ratio"]).all()
    assert rows["note"].tolist() == [
        "",
        "y: no hazard ratio, because there is no event in y.",
        "y: nobody is in this group; no hazard ratio.",
    ]
    found = two_stage(table, "x")["y"]
    assert found.trials == 1
    assert found.ratio == rows.loc["A", "ratio"]
    assert found.remark.startswith("2 without a finite hazard ratio left out.")
    assert np.isnan(found.i2)
    tested = interaction(table, "x")
    assert (tested.df, np.isnan(tested.p)) == (0, True)
    assert tested.notes == (
        "Interaction: B is left out, not all its ratios are finite.",
        "Interaction: C is left out, not all its ratios are finite.",
        "Interaction: fewer than two trials to compare; no test.",
    )


def test_nothing_to_pool_is_empty_and_not_an_error() -> None:
    found = pool(np.array([np.nan]), np.array([np.nan]))
    assert (found.trials, np.isnan(found.ratio), np.isnan(found.i2)) == (0, True, True)
    assert found.remark == "1 without a finite hazard ratio left out."
    assert two_stage(fixed_table("h6"), "all") == {}


@given(
    st.lists(st.tuples(st.floats(-3, 3), st.floats(0.05, 2)), min_size=2, max_size=8),
    st.permutations(range(8)),
)
def test_pooling_equals_statsmodels_in_any_order_of_trials(trials, order) -> None:
    y, se = np.array(trials).T
    with np.errstate(all="ignore"):  # it goes on with a tau2 below 0
        expected = combine_effects(y, se**2, method_re="dl")
    order = [i for i in order if i < len(y)]
    found = pool(y[order], se[order])
    random = pool(y[order], se[order], method="DerSimonian-Laird")
    np.testing.assert_allclose(found.coefficient, expected.mean_effect_fe, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.standard_error, expected.sd_eff_w_fe, rtol=1e-9)
    np.testing.assert_allclose(found.q, expected.q, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.tau2, max(expected.tau2, 0), rtol=1e-7, atol=1e-9)
    assert 0 <= found.i2 <= 1
    if expected.tau2 > 0:
        expected = expected.mean_effect_re, expected.sd_eff_w_re
        np.testing.assert_allclose(random.coefficient, expected[0], rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(random.standard_error, expected[1], rtol=1e-7)
    else:
        assert (random.tau2, random.coefficient) == (0, found.coefficient)


@given(COHORT)
def test_exchanging_two_groups_turns_the_ratio_and_keeps_the_interaction(cohort) -> None:
    table = table_of(spans_of([row for row in cohort if row[1] != "z"] or cohort))
    if len(table.groups) != 2:
        return
    a, b = table.groups
    forth, back = two_stage(table, a)[b], two_stage(table, b)[a]
    np.testing.assert_allclose(forth.coefficient, -back.coefficient, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(forth.q, back.q, rtol=1e-7, atol=1e-9)
    one, other = interaction(table, a), interaction(table, b)
    assert one.df == other.df
    np.testing.assert_allclose(one.statistic, other.statistic, rtol=1e-7, atol=1e-8)
