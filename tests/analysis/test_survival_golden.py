"""Risk-table statistics equal R's `survival` (values: tests/golden/survival.R, R 4.2.2, 3.5-3)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from igcore.analysis.estimators.comparison import hazard_ratios, log_rank
from igcore.analysis.estimators.kaplan_meier import crossing, kaplan_meier, median, restricted_mean
from igcore.analysis.risk_table import RiskTable

GOLDEN = Path(__file__).parents[1] / "golden"
R = json.loads((GOLDEN / "survival.json").read_text())
FIXED = sorted(name for name in R["fixed"] if (GOLDEN / "cases" / f"{name}.csv").exists())
TIMED = sorted(R["timed"])
RTOL = 1e-8


def rows_of(case: str) -> list[dict]:
    with (GOLDEN / "cases" / f"{case}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def table_of(spans: list[tuple]) -> RiskTable:
    """Spans (stratum, group, entry, exit, event) -> risk table, without the pool's SQL."""
    moments = [(s, g, a, 1, 0, 0) for s, g, a, _, _ in spans]
    moments += [(s, g, b, 0, int(e), 1 - int(e)) for s, g, _, b, e in spans]
    names = ["stratum", "group", "time", "entering", "events", "censored"]
    frame = pd.DataFrame(moments, columns=names)
    return RiskTable.from_rows(frame.groupby(names[:3], as_index=False).sum())


def fixed_table(case: str) -> RiskTable:
    return table_of(
        [
            (row["trial"], row["group"], 0.0, float(row["time"]), row["event"] == "1")
            for row in rows_of(case)
        ]
    )


def state_spans(case: str) -> list[tuple]:
    """DOMAIN f2.4, patient by patient."""
    spans = []
    for row in rows_of(case):
        end, event = float(row["time"]), row["event"] == "1"
        response = float(row["response_time"]) if row["response_time"] else np.inf
        if response > 0:
            stays = response >= end
            spans.append((row["trial"], "non-responder", 0.0, min(response, end), event and stays))
        if response < end:
            spans.append((row["trial"], "responder", max(response, 0.0), end, event))
    return spans


def null(values: list) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def same(found, expected, rtol: float = RTOL) -> None:
    np.testing.assert_allclose(found, null(np.atleast_1d(expected).tolist()), rtol=rtol, atol=1e-12)


def check_curves(table: RiskTable, groups: dict) -> None:
    for name, expected in groups.items():
        g = table.groups.index(name)
        for interval, limits in expected["intervals"].items():
            curve = kaplan_meier(table, g, interval=interval)
            inside = (curve.survival > 0) & (curve.survival < 1)
            same(curve.time[1:], expected["time"])
            same(curve.survival[1:], expected["survival"])
            # R shows 1 and 1 at S = 1 for two of the types; no interval exists there.
            for found, bound in ((curve.lower, "lower"), (curve.upper, "upper")):
                same(found[inside], null(limits[bound])[inside[1:]])
            exact = [expected["median"], limits["median_lower"], limits["median_upper"]]
            np.testing.assert_array_equal(median(curve), null(exact))


@pytest.mark.parametrize("case", FIXED)
def test_curves_limits_and_medians_equal_survfit(case: str) -> None:
    check_curves(fixed_table(case), R["fixed"][case]["groups"])


@pytest.mark.parametrize("case", FIXED)
def test_log_rank_equals_survdiff(case: str) -> None:
    expected = R["fixed"][case]["log_rank"]
    if not expected:
        return
    found = log_rank(fixed_table(case))
    same(found.observed, list(expected["observed"].values()))
    same(found.expected, list(expected["expected"].values()))
    if expected["p"] is None:
        assert np.isnan(found.p)
        return
    same([found.statistic, found.p], [expected["chisq"], expected["p"]])
    assert found.df == expected["df"]


@pytest.mark.parametrize("case", FIXED)
def test_hazard_ratios_equal_coxph_with_efron_ties(case: str) -> None:
    expected = R["fixed"][case]["cox"]
    if not expected:
        return
    found = hazard_ratios(fixed_table(case), expected["reference"])
    for ratio in found:
        r = expected["groups"][ratio.group]
        if r["coef"] is None or abs(r["coef"]) > 15:  # R's stand-in for an infinite estimate
            assert np.isnan(ratio.ratio)
        else:
            same(
                [ratio.ratio, ratio.lower, ratio.upper, ratio.standard_error],
                [r["hr"], r["lower"], r["upper"], r["se"]],
            )


@pytest.mark.parametrize("case", FIXED)
def test_restricted_means_and_follow_up_equal_survfit(case: str) -> None:
    table = fixed_table(case)
    for horizon in R["fixed"][case]["rmst"]:
        for name, r in horizon["groups"].items():
            found = restricted_mean(table, table.groups.index(name), horizon["tau"])
            same(found, [r["rmst"], r["se"]])
    reverse = kaplan_meier(table.together().swapped(), 0)
    same(
        crossing(reverse.time, reverse.survival),
        [R["fixed"][case]["follow_up"]["median"]],
    )


@pytest.mark.parametrize("case", TIMED)
def test_time_dependent_state_equals_coxph_and_mantel_byar(case: str) -> None:
    expected = R["timed"][case]["time_dependent"]
    table = table_of(state_spans(case))
    (ratio,) = hazard_ratios(table, "non-responder")
    r = expected["cox"]["groups"]["responder"]
    same([ratio.ratio, ratio.lower, ratio.upper], [r["hr"], r["lower"], r["upper"]])
    tested = log_rank(table)
    mantel_byar = expected["mantel_byar"]
    g = table.groups.index("responder")
    same(
        [tested.observed[g], tested.expected[g], tested.variance[g, g], tested.statistic],
        [mantel_byar[name] for name in ("observed", "expected", "variance", "chisq")],
    )


@pytest.mark.parametrize("case", TIMED)
def test_simon_makuch_curves_equal_survfit_with_delayed_entry(case: str) -> None:
    table = table_of(state_spans(case))
    for expected in R["timed"][case]["simon_makuch"]:
        shown = table.after(expected["landmark"])
        check_curves(shown, expected["groups"])
        for name, group in expected["groups"].items():
            g = shown.groups.index(name)
            assert shown.entering[:, :, g].sum() == group["n"]
            assert shown.events[:, :, g].sum() == group["events"]


def test_gehan_and_peto_peto_weights_equal_published_freireich_values() -> None:
    table = fixed_table("freireich")
    gehan, peto = log_rank(table, weight="gehan"), log_rank(table, weight="peto-peto")
    secondary = R["fixed"]["freireich"]["secondary"]
    same(gehan.statistic, [secondary["gehan"]["chisq"]])
    same(peto.statistic, [secondary["peto_peto"]["chisq"]])


def test_changing_the_unit_of_time_changes_no_statistic() -> None:
    days = fixed_table("gbsg2")
    weeks = RiskTable(
        days.groups, days.strata, days.time / 7, days.entering, days.events, days.censored
    )
    assert log_rank(days).statistic == log_rank(weeks).statistic
    assert hazard_ratios(days, days.groups[0]) == hazard_ratios(weeks, weeks.groups[0])
