"""Late entry and strata that compare nothing equal R's `survival` (tests/golden/survival_late.R)."""

from __future__ import annotations

import json

import numpy as np
import pytest

from igcore import analysis
from igcore.analysis.estimators import rates
from igcore.analysis.estimators.comparison import hazard_ratios, log_rank
from igcore.analysis.estimators.kaplan_meier import restricted_mean
from igcore.analysis.estimators.pooling import per_trial
from igcore.analysis.estimators.profile import cox_ratios
from igcore.analysis.risk_table import RiskTable
from tests.analysis.test_specification import pool_of, shown
from tests.analysis.test_specification_survival import EXAMPLES, course
from tests.analysis.test_survival_golden import (
    GOLDEN,
    check_curves,
    fixed_table,
    rows_of,
    same,
    state_spans,
    table_of,
)

R = json.loads((GOLDEN / "survival_late.json").read_text())
CASES = ["aids", "empty_strata"]


def late_table(case: str, *, stratified: bool = True) -> RiskTable:
    return table_of(
        [
            (
                row["trial"] if stratified else "",
                row["group"],
                float(row.get("start", 0)),
                float(row["time"]),
                row["event"] == "1",
            )
            for row in rows_of(case)
        ]
    )


@pytest.mark.parametrize("case", CASES)
def test_curves_limits_medians_and_means_equal_survfit(case: str) -> None:
    table = late_table(case)
    check_curves(table, R[case]["groups"])
    for name, r in R[case]["rmst"].items():
        found = restricted_mean(table, table.groups.index(name), R[case]["tau"])
        same(found, [r["rmst"], r["se"]])


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("stratified", [True, False])
def test_log_rank_equals_its_definition_in_r(case: str, stratified: bool) -> None:
    expected = R[case]["log_rank" if stratified else "log_rank_unstratified"]
    found = log_rank(late_table(case, stratified=stratified))
    same(found.observed, list(expected["observed"].values()))
    same(found.expected, list(expected["expected"].values()))
    same([found.statistic, found.p], [expected["chisq"], expected["p"]])
    assert found.df == expected["df"]
    if stratified and R[case]["survdiff"]:
        same([found.statistic], [R[case]["survdiff"]["chisq"]])


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_hazard_ratios_equal_coxph(case: str, ties: str) -> None:
    expected = R[case]["cox"][ties]
    (found,) = cox_ratios(late_table(case), expected["reference"], ties=ties, limits="wald")
    r = expected["groups"][found.group]
    same(
        [found.ratio, found.lower, found.upper, found.standard_error],
        [r["hr"], r["lower"], r["upper"], r["se"]],
    )


@pytest.mark.parametrize("case", CASES)
def test_hazard_ratios_without_strata_equal_coxph(case: str) -> None:
    expected = R[case]["cox_unstratified"]
    (found,) = hazard_ratios(late_table(case, stratified=False), expected["reference"])
    r = expected["groups"][found.group]
    same([found.ratio, found.lower, found.upper], [r["hr"], r["lower"], r["upper"]])


@pytest.mark.parametrize("case", CASES)
def test_follow_up_of_all_equals_reverse_kaplan_meier_with_late_entry(case: str) -> None:
    row = rates.follow_up(late_table(case)).iloc[0]
    r = R[case]["follow_up"]
    assert (row.group, row.n) == ("all", len(rows_of(case)))
    np.testing.assert_array_equal(
        row[["median", "lower", "upper"]].astype(float),
        [np.nan if r[name] is None else r[name] for name in ("median", "lower", "upper")],
    )


def test_who_comes_late_is_no_change_of_group() -> None:
    """By hand: of a (0, 4+], b (2, 6+] and c (2, 2.5], two are followed from 2 on; median 6."""
    spans = [("", "x", 0, 4, 0), ("", "y", 2, 6, 0), ("", "y", 2, 2.5, 1)]
    together = table_of(spans).together()
    assert together.entering.sum() == 3
    assert together.at_risk[0, :, 0].tolist() == [0, 1, 3, 2, 1]
    # Two censored: at 4 of 2, at 6 of 1.
    assert rates.follow_up(table_of(spans)).iloc[0]["median"] == 5  # S = 0.5 from 4 to 6


def test_a_change_of_group_is_neither_entry_nor_censoring_even_beside_late_entry() -> None:
    """Patient a changes at 3; b comes at 1 and c at 3.5: three enter, three leave at the end."""
    spans = [
        *[("", "no", 0, 3, 0), ("", "yes", 3, 8, 0)],
        *[("", "no", 1, 5, 0), ("", "no", 3.5, 6, 1)],
    ]
    one = table_of(spans).together(changing=True)
    assert (one.entering.sum(), one.censored.sum(), one.events.sum()) == (3, 2, 1)
    assert one.entering[0, :, 0][one.time == 3].tolist() == [0]


@pytest.mark.parametrize("case", ["h7_first", "h7_second", "stanford", "timing_edges"])
def test_follow_up_of_groups_that_change_is_that_of_the_patients(case: str) -> None:
    """Together, the states of every patient are one span from 0 to its end."""
    whole = [
        (row["trial"], "all", 0.0, float(row["time"]), row["event"] == "1") for row in rows_of(case)
    ]
    changing = rates.follow_up(table_of(state_spans(case)), changing=True)
    patients = rates.follow_up(table_of(whole)).iloc[:1]
    np.testing.assert_array_equal(
        changing.drop(columns="group").to_numpy(float), patients.drop(columns="group")
    )


# ---------------------------------------------------------------- ties and limits by trial


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("ties=breslow", [0.221, 0.099, 0.493]),
        ("ties=exact", [0.196, 0.084, 0.459]),  # limits: R coxph(ties = "exact")
        ("limits=profile", [0.208, 0.088, 0.452]),  # R: uniroot on loglik of coxph with offset
    ],
)
def test_rows_of_trials_and_the_forest_follow_ties_and_limits(
    tmp_path, question: str, expected: list[float]
) -> None:
    """h9: Freireich's trial beside a second one has the ratios that R gives it alone."""
    tables = {name: [*rows] for name, rows in EXAMPLES.items()}
    for arm, words in (("6-MP", "4 9 11 15"), ("placebo", "2 5 7 8")):
        for name, rows in course("F2", words, arm).items():
            tables[name] += rows
    pool = pool_of(tmp_path, tables)
    asked = f"trial=F&trial=F2&group=arm&reference=placebo&{question}"
    survival = analysis.ask(pool, f"survival?{asked}")
    forest = analysis.ask(pool, f"subgroups?{asked}")
    pool.close()
    columns = ["hazard_ratio", "hr_lower", "hr_upper"]
    rows = [survival.table("trials").query("trial == 'F'"), forest.table("forest")]
    rows[1] = rows[1].query("kind == 'trial' and label == 'F'")
    for row in rows:
        assert shown(row[columns].to_numpy(float)[0], 3) == expected
    # All together: the forest's first row is the answer itself.
    np.testing.assert_array_equal(
        forest.table("forest").iloc[0][columns].astype(float),
        survival.table("comparison").iloc[0][columns].astype(float),
    )
    assert question.partition("=")[2].split()[0].lower() in forest.method.lower()


def test_exact_ties_that_are_too_many_are_said_in_the_row_of_the_trial() -> None:
    """Three thousand deaths on a day of each of three groups are 10^9 ways to spread them."""
    spans = [
        ("t", group, 0, day, 1) for group in "abc" for day in (1, 2) for _ in range(1500 * day)
    ]
    rows = per_trial(table_of(spans), "a", ties="exact")
    assert rows.ratio.isna().all()
    assert rows.note.str.startswith("Ties: the exact likelihood would have to add up").all()


def test_ties_of_the_trials_are_those_of_each_trial_alone() -> None:
    table = fixed_table("three_groups")
    rows = per_trial(table, "high", ties="breslow", limits="profile").set_index(["trial", "group"])
    for s, trial in enumerate(table.strata):
        counts = (x[s : s + 1] for x in (table.entering, table.events, table.censored))
        kept = np.flatnonzero(table.entering[s].sum(axis=0))
        alone = RiskTable(
            tuple(table.groups[g] for g in kept),
            (trial,),
            table.time,
            *(x[:, :, kept] for x in counts),
        )
        for ratio in cox_ratios(alone, "high", ties="breslow", limits="profile"):
            row = rows.loc[(trial, ratio.group)]
            same([row.ratio, row.lower, row.upper], [ratio.ratio, ratio.lower, ratio.upper])
