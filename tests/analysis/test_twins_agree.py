"""The pool's SQL and risk table agree with the naive twins on random small cohorts."""

from __future__ import annotations

import math
from urllib.parse import quote

import numpy as np
import pytest
from hypothesis import strategies as st

from igcore import analysis
from igcore.errors import Refused
from igcore.store import Pool
from tests.twins import recovery as recovery_twin
from tests.twins import survival as survival_twin
from tests.twins.cohorts import UNITS, cohorts
from tests.twins.together import Case, Tables, agree, query, told, united

FINALS = st.sampled_from(["last", "best", "confirmed", "month"])
SWITCH = st.sampled_from(["on", "on", "off"])
RULES = st.fixed_dictionaries(
    {
        "range": st.sampled_from(["own", "own", "Exeter UK", "Mayo nephelometry"]),
        "baseline_window": st.sampled_from([35, 35, 14, 0]),
        "progression": SWITCH,
        "transplant": SWITCH,
        "next_therapy": SWITCH,
        "washout": st.sampled_from([183, 0, 30]),
    }
)
MONTHS = st.fixed_dictionaries(
    {"month": st.sampled_from([1, 2, 4, 0.5]), "window": st.sampled_from([14, 30, 3])}
)
MISSING = st.sampled_from(["left-out", "not-improved"])
DENOMINATORS = st.sampled_from(["treated", "assessable", "evaluable", "low"])
TIMINGS = st.sampled_from(["time-dependent", "landmark", "ever"])
RESPONDERS = st.sampled_from(["CR", "VGPR", "PR", "MR"])
LANDMARKS = st.sampled_from([0, 1, 2, 3])


ASKED = st.fixed_dictionaries(
    {"final": FINALS, "denominator": DENOMINATORS, "rule": RULES, "at": MONTHS, "missing": MISSING}
)


def test_recovery_equals_the_naive_twin() -> None:
    agree(st.tuples(cohorts(), ASKED), compare_recovery, n=20, start=1)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(1000, 1025))
def test_recovery_equals_the_naive_twin_500_times(start) -> None:
    agree(st.tuples(cohorts(), ASKED), compare_recovery, n=20, start=start)


def compare_recovery(pool: Pool, cases: list[Case]) -> None:
    """All cohorts at once by each of several rules, and the first few by themselves, pooled."""
    for asked in varied([asked for _, asked in cases]):
        compare_recovery_by(pool, [tables for tables, _ in cases], asked)
    for tables, asked in cases[1:4]:
        compare_recovery_by(pool, [tables], asked)


def varied(rules: list[dict]) -> list[dict]:
    """As few of these rules as have every final value, denominator, range and switch of them all."""
    seen: set[tuple] = set()
    chosen = []
    for asked in rules:
        own = {(name, asked[name]) for name in ("final", "denominator", "missing")}
        own |= set(asked["rule"].items())
        if not own <= seen:
            chosen.append(asked)
            seen |= own
    return chosen


def compare_recovery_by(pool: Pool, named: list[Tables], asked: dict) -> None:
    rule = {"final": asked["final"], **asked["rule"]}
    rule |= asked["at"] if asked["final"] == "month" else {}
    share = {"denominator": asked["denominator"]}
    if asked["denominator"] in ("evaluable", "low"):
        share["missing"] = asked["missing"]
    rest = "&".join(f"{name}={quote(str(value))}" for name, value in (rule | share).items())
    found = analysis.ask(pool, query("recovery", united(named), rest))
    for analyte in UNITS:
        judged = [recovery_twin.verdicts(tables, analyte, **rule) for tables in named]
        compare_verdicts(found, named, judged, analyte, asked)
        compare_shares(found, judged, analyte, share)
    compare_sensitivity(found, named, rule)


def compare_sensitivity(found, named: list[Tables], rule: dict) -> None:
    """Every rule and denominator at once is what each says alone."""
    table = found.table("sensitivity").set_index(["analyte", "final", "denominator"])
    judged = {}
    for analyte, final, denominator in table.index:
        if (analyte, final) not in judged:
            one = {**rule, "final": final}
            judged[analyte, final] = [
                row for tables in named for row in recovery_twin.verdicts(tables, analyte, **one)
            ]
        twin = recovery_twin.one_share("pooled", judged[analyte, final], denominator)
        row = table.loc[(analyte, final, denominator)]
        assert (row.improved, row.n) == (twin["improved"], twin["n"]), (analyte, final, denominator)


def compare_verdicts(found, named: list[Tables], judged: list[list[dict]], analyte, asked) -> None:
    frame = found.table("verdicts")
    mine = {
        (row.trial, row.patient): (row.verdict, row.reason or None)
        for row in frame[frame.analyte == analyte].itertuples()
    }
    table = found.table("shift")
    shift = {
        (row.trial, row.baseline_class, row.final_class): row.n
        for row in table[table.analyte == analyte].itertuples()
    }
    for tables, rows in zip(named, judged, strict=True):
        with told(tables, asked):
            twin = {(r["trial"], r["patient"]): (r["verdict"], r["reason"]) for r in rows}
            assert {who: mine.pop(who, None) for who in twin} == twin
            cells = recovery_twin.cells(rows)
            assert {cell: shift.pop(cell, None) for cell in cells} == cells
    assert (mine, shift) == ({}, {})


def compare_shares(found, judged: list[list[dict]], analyte, share) -> None:
    table = found.table("shares").set_index(["analyte", "trial"])
    rows = [row for one in judged for row in one]
    for twin in recovery_twin.shares_of(rows, **share):
        row = table.loc[(analyte, twin["trial"])]
        for name in ("n_treated", "n_assessable", "n_evaluable", "n_low", "n", "improved"):
            assert row[name] == twin[name], (twin["trial"], name)
        for name in ("share", "lower", "upper"):
            expected = math.nan if twin[name] is None else twin[name]
            np.testing.assert_allclose(row[name], expected, rtol=1e-9, atol=1e-12)


COMPARED = st.fixed_dictionaries(
    {"timing": TIMINGS, "responder": RESPONDERS, "landmark": LANDMARKS}
)


def test_survival_equals_the_naive_twin() -> None:
    agree(st.tuples(cohorts(), COMPARED), compare_survivals, n=20, start=2)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(2000, 2025))
def test_survival_equals_the_naive_twin_500_times(start) -> None:
    agree(st.tuples(cohorts(), COMPARED), compare_survivals, n=20, start=start)


def compare_survivals(pool: Pool, cases: list[Case]) -> None:
    for tables, asked in cases:
        with told(tables, asked):
            compare_survival(pool, tables, **asked)


def compare_survival(pool: Pool, named: Tables, timing, responder, landmark) -> None:
    spans = survival_twin.intervals(named, "OS", responder, timing, landmark)
    shown = spans
    if timing == "time-dependent":
        shown = survival_twin.simon_makuch(named, "OS", responder, landmark)
    rest = f"endpoint=OS&responder={responder}&timing={timing}"
    rest += "" if timing == "ever" else f"&landmark={landmark}"
    if not shown:
        with pytest.raises(Refused):
            analysis.ask(pool, query("survival", named, rest))
        return
    found = analysis.ask(pool, query("survival", named, rest))
    compare_curves(found, shown)
    if timing == "ever":
        assert found.banner.startswith("Biased")
        assert found.table("test").empty
        assert found.table("comparison").empty
    elif spans:
        compare_tests(found, spans)


def compare_curves(found, spans) -> None:
    for name in {span[1] for span in spans}:
        group = [span for span in spans if span[1] == name]
        curve = found.table("curve").query("group == @name").iloc[1:]
        twin = survival_twin.km(group)
        np.testing.assert_allclose(curve.month * 30.4375, [row[0] for row in twin], rtol=1e-12)
        np.testing.assert_allclose(curve.survival, [row[4] for row in twin], rtol=1e-9, atol=1e-12)
        limits = np.array([row[5:7] for row in twin], dtype=float)
        np.testing.assert_allclose(curve[["lower", "upper"]], limits, rtol=1e-9, atol=1e-12)
        median = np.array(survival_twin.median(group), dtype=float)
        row = found.table("groups").set_index("group").loc[name]
        np.testing.assert_allclose(
            row[["median", "median_lower", "median_upper"]].astype(float) * 30.4375,
            median,
            rtol=1e-12,
        )
        for step in found.table("risk").query("group == @name").itertuples():
            expected = survival_twin.risk_row(group, step.month * 30.4375)
            left = step.censored + getattr(step, "changed_over", 0)  # the twin has them as one
            assert (step.at_risk, step.events, left) == expected


def compare_tests(found, spans) -> None:
    test = found.table("test").iloc[0]
    twin = survival_twin.logrank(spans)
    expected = [math.nan if twin[name] is None else twin[name] for name in ("statistic", "p")]
    np.testing.assert_allclose([test.statistic, test.p], expected, rtol=1e-6, atol=1e-9)
    ratio = None
    if len({span[1] for span in spans}) == 2:
        ratio = survival_twin.efron_hr(spans)
    row = found.table("comparison").set_index("group").loc["responder"]
    hazard = row[["hazard_ratio", "hr_lower", "hr_upper"]].astype(float)
    if ratio is None:
        assert hazard.isna().all()
    else:
        np.testing.assert_allclose(hazard, ratio, rtol=1e-6)
