"""The test of proportional hazards equals R's `cox.zph` (values: tests/golden/survival_more.R)."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from igcore.analysis.estimators.comparison import hazard_ratios
from igcore.analysis.estimators.proportionality import (
    GLOBAL,
    TRANSFORMS,
    proportionality,
    smooth,
)
from igcore.analysis.risk_table import RiskTable
from tests.analysis.test_survival_golden import (
    GOLDEN,
    fixed_table,
    null,
    rows_of,
    same,
    state_spans,
    table_of,
)

MORE = json.loads((GOLDEN / "survival_more.json").read_text())
CASES = sorted(MORE["proportionality"])


def case_table(case: str) -> RiskTable:
    """A case of survival_more.R: fixed groups, time-dependent groups, or delayed entry."""
    if case.endswith("_timed"):
        return table_of(state_spans(case.removesuffix("_timed")))
    if case in MORE["late_entry"]:
        entries, rows = MORE["late_entry"][case], rows_of(case.removesuffix("_late"))
        return table_of(
            [
                (row["trial"], row["group"], entry, float(row["time"]), row["event"] == "1")
                for row, entry in zip(rows, entries, strict=True)
            ]
        )
    return fixed_table(case)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("case", CASES)
def test_each_group_and_all_together_equal_cox_zph(case: str, transform: str) -> None:
    expected = MORE["proportionality"][case]
    found = proportionality(case_table(case), expected["reference"], transform=transform)
    r = expected["tests"][transform]
    assert found.tests["group"].tolist() == list(r)
    assert found.tests["df"].tolist() == [row["df"] for row in r.values()]
    same(found.tests["statistic"], [row["chisq"] for row in r.values()])
    same(found.tests["p"], [row["p"] for row in r.values()])
    assert found.notes == ()


@pytest.mark.parametrize("case", CASES)
def test_scaled_residuals_equal_those_of_cox_zph(case: str) -> None:
    expected = MORE["proportionality"][case]
    found = proportionality(case_table(case), expected["reference"])
    same(found.variance, expected["var"])
    names = list(found.compared)
    ours = found.residuals.loc[found.residuals.index.repeat(found.residuals["events"].astype(int))]
    theirs = pd.DataFrame({name: null(expected["residuals"][name]) for name in names})
    theirs["time"], theirs["x"] = null(expected["time"]), null(expected["x"])
    theirs["stratum"] = expected.get("strata", ours["stratum"].iloc[0])
    # R keeps the order of the patients among ties: compare them sorted. To ten digits, so that
    # rounding does not decide the order.
    by = ["stratum", "time", *names]
    ours, theirs = (f[[*by, "x"]].round(10).sort_values(by) for f in (ours, theirs))
    assert ours["stratum"].tolist() == theirs["stratum"].tolist()
    same(ours.drop(columns="stratum"), theirs.drop(columns="stratum").to_numpy())


@pytest.mark.parametrize("case", [c for c in CASES if "smooth" in MORE["proportionality"][c]])
def test_smooth_equals_the_line_and_band_of_plot_cox_zph(case: str) -> None:
    expected = MORE["proportionality"][case]
    found = proportionality(case_table(case), expected["reference"])
    for group, r in expected["smooth"].items():
        drawn = smooth(found, group)
        same(drawn["x"], r["x"])
        same(drawn["log_ratio"], r["y"])
        same(drawn["standard_error"], r["se"])
        assert (drawn["lower"] < drawn["upper"]).all()
        assert drawn["time"].is_monotonic_increasing


def test_freireich_is_proportional_with_the_printed_p() -> None:
    """DOMAIN h9: zph p 0.88; the older approximation says 0.948."""
    found = proportionality(fixed_table("freireich"), "Placebo")
    assert found.tests["group"].tolist() == ["6-MP", GLOBAL]
    assert found.tests["p"].round(2).tolist() == [0.88, 0.88]


def test_a_group_without_events_is_not_tested_and_the_others_are() -> None:
    spans = [("A", "ref", 0, t, t != 4) for t in (1, 4, 6, 8)]
    spans += [("A", "drug", 0, t, t != 7) for t in (2, 3, 7, 9)]
    alone = proportionality(table_of(spans), "ref")
    more = [("A", "none", 0, t, False) for t in (5, 9)]
    found = proportionality(table_of(spans + more), "ref")
    assert found.notes == ("none: without a finite hazard ratio it is not tested.",)
    tests = found.tests.set_index("group")
    assert np.isnan(tests.loc["none", "p"]) and tests.loc["none", "df"] == 0
    assert tests.loc[GLOBAL, "df"] == 1
    assert list(found.residuals.columns[5:]) == ["drug"]
    # Who never has the event moves the axis of the test (S of everyone) but not the hazard ratio.
    identity = [
        proportionality(t, "ref", transform="identity").tests.set_index("group")
        for t in (table_of(spans), table_of(spans + more))
    ]
    same(identity[1].loc["drug", "statistic"], [identity[0].loc["drug", "statistic"]])
    assert alone.notes == ()


def test_no_event_or_a_single_event_time_is_a_note_and_empty_cells() -> None:
    nobody = proportionality(fixed_table("all_censored"), "a")
    assert nobody.tests["p"].isna().all() and nobody.residuals.empty
    assert nobody.notes == ("b: without a finite hazard ratio it is not tested.",)
    once = table_of([("A", g, 0, t, t == 3) for g in ("a", "b") for t in (3, 5, 6)])
    found = proportionality(once, "a")
    assert found.tests["p"].isna().all() and (found.tests["df"] == 0).all()
    assert found.notes == (
        "Proportional hazards: too few event times to tell whether the ratio moves.",
    )
    assert smooth(found, "b").empty


def test_a_trial_that_compares_nobody_changes_no_test_and_has_no_residuals() -> None:
    """One more trial has a single group, another no events."""
    spans = [("A", "ref", 0, t, t != 4) for t in (1, 4, 6, 8)]
    spans += [("A", "drug", 0, t, t != 7) for t in (2, 3, 7, 9)]
    more = [("B", "drug", 0, t, True) for t in (2, 5)]
    more += [("C", g, 0, 6, False) for g in ("ref", "drug")]
    one, other = (
        proportionality(table_of(s), "ref", transform="identity") for s in (spans, spans + more)
    )
    same(other.tests["statistic"], one.tests["statistic"].tolist())
    same(other.variance, one.variance.tolist())
    silent = other.residuals["stratum"] == "B"
    assert silent.sum() == 2 and other.residuals.loc[silent, "drug"].isna().all()
    same(other.residuals.loc[~silent, "drug"], one.residuals["drug"].tolist())


def test_trials_that_share_too_few_groups_are_tested_as_far_as_possible_and_not_drawn() -> None:
    """b meets c alone, in trial A, at one time: nothing can move; c meets a at two times."""
    spans = [("A", "b", 0, 5, True), ("A", "c", 0, 5, True), ("B", "a", 0, 1, True)]
    spans += [("B", "a", 0, 6, False), ("B", "c", 0, 5, True)]
    found = proportionality(table_of(spans), "a")
    assert found.tests["df"].tolist() == [0, 1, 0]
    assert found.residuals[["b", "c"]].isna().all(axis=None)
    assert found.notes[1].endswith("on too few events to draw the ratio.")
    assert smooth(found, "c").empty


COHORT = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.sampled_from(("x", "y", "z")), st.integers(1, 9), st.booleans()
    ),
    min_size=6,
    max_size=30,
)


def spans_of(cohort: list[tuple], unit: float = 1.0) -> list[tuple]:
    return [(s, g, 0.0, unit * t, e) for s, g, t, e in cohort]


@given(COHORT, st.sampled_from(TRANSFORMS), st.randoms())
def test_neither_unit_of_time_nor_order_of_rows_moves_the_test(cohort, transform, random) -> None:
    table = table_of(spans_of(cohort))
    shuffled = random.sample(cohort, len(cohort))
    for other in (table_of(spans_of(cohort, 30.4375)), table_of(spans_of(shuffled))):
        found, again = (
            proportionality(t, table.groups[0], transform=transform).tests for t in (table, other)
        )
        assert found["df"].tolist() == again["df"].tolist()
        np.testing.assert_allclose(found["statistic"], again["statistic"], rtol=1e-6, atol=1e-9)


@given(COHORT)
def test_the_global_test_does_not_depend_on_the_reference(cohort) -> None:
    table = table_of(spans_of(cohort))
    finite = [
        g
        for g in table.groups
        if all(np.isfinite(r.ratio) for r in hazard_ratios(table, g)) and len(table.groups) > 1
    ]
    found = [proportionality(table, g).tests.iloc[-1] for g in finite]
    for one in found[1:]:
        assert one["df"] == found[0]["df"]
        np.testing.assert_allclose(one["statistic"], found[0]["statistic"], rtol=1e-6, atol=1e-9)
