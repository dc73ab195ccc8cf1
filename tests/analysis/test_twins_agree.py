"""The pool's SQL and risk table agree with the naive twins on random small cohorts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from urllib.parse import quote

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from igcore import analysis
from igcore.errors import Refused
from tests.twins import recovery as recovery_twin
from tests.twins import survival as survival_twin
from tests.twins.cohorts import UNITS, Pools, cohorts, query, store

COMMON = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
QUICK = settings(max_examples=20, derandomize=True, **COMMON)
SLOW = settings(max_examples=500, **COMMON)
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


@pytest.fixture(scope="module")
def pools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pools]:
    made = Pools(tmp_path_factory.mktemp("twins"))
    yield made
    made.close()


ASKED = st.fixed_dictionaries(
    {"final": FINALS, "denominator": DENOMINATORS, "rule": RULES, "at": MONTHS, "missing": MISSING}
)


@QUICK
@given(tables=cohorts(), asked=ASKED)
def test_recovery_equals_the_naive_twin(pools, tmp_path, tables, asked) -> None:
    compare_recovery(pools.pool(), tmp_path, tables, asked)


@pytest.mark.slow
@SLOW
@given(tables=cohorts(), asked=ASKED)
def test_recovery_equals_the_naive_twin_500_times(pools, tmp_path, tables, asked) -> None:
    compare_recovery(pools.pool(), tmp_path, tables, asked)


def compare_recovery(pool, folder, tables, asked) -> None:
    named, trials = store(pool, tables, folder)
    rule = {"final": asked["final"], **asked["rule"]}
    rule |= asked["at"] if asked["final"] == "month" else {}
    share = {"denominator": asked["denominator"]}
    if asked["denominator"] in ("evaluable", "low"):
        share["missing"] = asked["missing"]
    rest = "&".join(f"{name}={quote(str(value))}" for name, value in (rule | share).items())
    found = analysis.ask(pool, query("recovery", trials, rest))
    for analyte in UNITS:
        compare_verdicts(found, named, analyte, rule)
        compare_shares(found, named, analyte, rule, share)
    compare_sensitivity(found, named, rule)


def compare_sensitivity(found, named, rule) -> None:
    """Every rule and denominator at once is what each says alone."""
    table = found.table("sensitivity").set_index(["analyte", "final", "denominator"])
    judged = {}
    for analyte, final, denominator in table.index:
        if (analyte, final) not in judged:
            one = {**rule, "final": final}
            judged[analyte, final] = recovery_twin.verdicts(named, analyte, **one)
        twin = recovery_twin.one_share("pooled", judged[analyte, final], denominator)
        row = table.loc[(analyte, final, denominator)]
        assert (row.improved, row.n) == (twin["improved"], twin["n"]), (analyte, final, denominator)


def compare_verdicts(found, named, analyte, rule) -> None:
    frame = found.table("verdicts")
    mine = {
        (row.trial, row.patient): (row.verdict, row.reason or None)
        for row in frame[frame.analyte == analyte].itertuples()
    }
    twin = {
        (row["trial"], row["patient"]): (row["verdict"], row["reason"])
        for row in recovery_twin.verdicts(named, analyte, **rule)
    }
    assert mine == twin
    table = found.table("shift")
    shift = {
        (row.trial, row.baseline_class, row.final_class): row.n
        for row in table[table.analyte == analyte].itertuples()
    }
    assert shift == recovery_twin.shift(named, analyte, **rule)


def compare_shares(found, named, analyte, rule, share) -> None:
    table = found.table("shares").set_index(["analyte", "trial"])
    for twin in recovery_twin.shares(named, analyte, **share, **rule):
        row = table.loc[(analyte, twin["trial"])]
        for name in ("n_treated", "n_assessable", "n_evaluable", "n_low", "n", "improved"):
            assert row[name] == twin[name], (twin["trial"], name)
        for name in ("share", "lower", "upper"):
            expected = math.nan if twin[name] is None else twin[name]
            np.testing.assert_allclose(row[name], expected, rtol=1e-9, atol=1e-12)


@QUICK
@given(cohorts(), TIMINGS, RESPONDERS, LANDMARKS)
def test_survival_equals_the_naive_twin(
    pools, tmp_path, tables, timing, responder, landmark
) -> None:
    compare_survival(pools.pool(), tmp_path, tables, timing, responder, landmark)


@pytest.mark.slow
@SLOW
@given(cohorts(), TIMINGS, RESPONDERS, LANDMARKS)
def test_survival_equals_the_naive_twin_500_times(
    pools, tmp_path, tables, timing, responder, landmark
) -> None:
    compare_survival(pools.pool(), tmp_path, tables, timing, responder, landmark)


def compare_survival(pool, folder, tables, timing, responder, landmark) -> None:
    named, trials = store(pool, tables, folder)
    spans = survival_twin.intervals(named, "OS", responder, timing, landmark)
    shown = spans
    if timing == "time-dependent":
        shown = survival_twin.simon_makuch(named, "OS", responder, landmark)
    rest = f"endpoint=OS&responder={responder}&timing={timing}"
    rest += "" if timing == "ever" else f"&landmark={landmark}"
    if not shown:
        with pytest.raises(Refused):
            analysis.ask(pool, query("survival", trials, rest))
        return
    found = analysis.ask(pool, query("survival", trials, rest))
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
