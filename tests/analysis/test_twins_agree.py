"""The pool's SQL and risk table agree with the naive twins on random small cohorts."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from igcore import analysis, ingest
from igcore.errors import Refused
from igcore.store import Pool
from tests.conftest import write_tables
from tests.twins import recovery as recovery_twin
from tests.twins import survival as survival_twin

COMMON = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
QUICK = settings(max_examples=20, derandomize=True, **COMMON)
SLOW = settings(max_examples=500, **COMMON)
FINALS = st.sampled_from(["last", "best", "confirmed"])
DENOMINATORS = st.sampled_from(["treated", "assessable", "evaluable", "low"])
TIMINGS = st.sampled_from(["time-dependent", "landmark", "ever"])
RESPONDERS = st.sampled_from(["CR", "VGPR", "PR", "MR"])
LANDMARKS = st.sampled_from([0, 1, 2, 3])
PROTEINS = ["IgG kappa", "IgA lambda", "LC kappa", "non-secretory", "IgD l", "IgG k + IgA l", None]
WORDS = ["CR", "VGPR", "PR", "MR", "SD", "PD", "NE"]
UNITS = {"IgA": (70, 400), "IgG": (700, 1600), "IgM": (40, 230)}
trial_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def shared_pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    made = Pool.open(tmp_path_factory.mktemp("twins") / "pool.duckdb")
    yield made
    made.close()


def days(first: int, last: int) -> st.SearchStrategy[int]:
    return st.integers(first, last).filter(bool)


@st.composite
def values(draw: st.DrawFn, analyte: str) -> dict:
    """A value near the thresholds, as clinics write it, in either unit, with or without limits."""
    low, high = UNITS[analyte]
    number = draw(
        st.sampled_from([low * 0.8, low, low * 1.25, low * 1.6, high, high * 1.2, low * 0.1])
    )
    sign = draw(st.sampled_from(["", "", "", "", "<", ">"]))
    per_litre = draw(st.booleans())
    factor = 0.01 if per_litre else 1
    limits = draw(st.booleans())
    return {
        "value": f"{sign}{round(number * factor, 6):g}",
        "unit": "g/L" if per_litre else "mg/dL",
        "low": round(low * factor, 6) if limits else None,
        "high": round(high * factor, 6) if limits else None,
    }


@st.composite
def patient_rows(draw: st.DrawFn, trial: str, name: str) -> dict[str, list[dict]]:
    """All template rows of one patient, full of edge cases."""
    who = {"trial": trial, "patient": name}
    person = {
        **who,
        "m_protein": draw(st.sampled_from(PROTEINS)),
        "best_response": None,
        "treatment_start_time": draw(st.sampled_from([None, "09:00"])),
        "treatment_end_day": draw(st.none() | days(1, 120)),
        "arm": draw(st.sampled_from(["A", "B"])),
    }
    measurements = []
    for analyte in UNITS:
        moments = draw(
            st.lists(
                st.tuples(days(-40, 150), st.sampled_from([None, "08:00", "10:00"])),
                max_size=7,
                unique=True,
            )
        )
        measurements += [
            {**who, "analyte": analyte, "day": day, "time": time, **draw(values(analyte))}
            for day, time in moments
        ]
    responses = [
        {**who, "day": day, "response": draw(st.sampled_from(WORDS))}
        for day in draw(st.lists(days(-5, 150), max_size=4, unique=True))
    ]
    kinds = ["immunoglobulin replacement", "transplant", "next therapy"]
    therapies = [
        {**who, "kind": kind, "start_day": day, "end_day": draw(st.none() | days(day, day + 30))}
        for kind, day in draw(
            st.lists(st.tuples(st.sampled_from(kinds), days(-60, 150)), max_size=2, unique=True)
        )
    ]
    outcomes = [
        {
            **who,
            "endpoint": endpoint,
            "time_days": draw(st.integers(1, 200)),
            "event": draw(st.integers(0, 1)),
            "origin_day": draw(st.sampled_from([None, 1, 1, -10, 15])),
        }
        for endpoint in ("OS", "PFS")
        if draw(st.integers(0, 9))
    ]
    return {
        "patients": [person],
        "measurements": measurements,
        "responses": responses,
        "therapies": therapies,
        "outcomes": outcomes,
    }


@st.composite
def cohorts(draw: st.DrawFn) -> dict[str, list[dict]]:
    """Two trials of a few patients each."""
    tables: dict[str, list[dict]] = {}
    for trial in ("one", "two"):
        for number in range(draw(st.integers(1, 6))):
            for name, rows in draw(patient_rows(trial, f"P{number}")).items():
                tables.setdefault(name, []).extend(rows)
    return tables


def store(pool: Pool, tables: dict[str, list[dict]], folder: Path) -> tuple[dict, list[str]]:
    """Add the cohort under trial names of its own; the tables with these names."""
    number = next(trial_numbers)
    named = {
        name: [{**row, "trial": f"{row['trial']}-{number}"} for row in rows]
        for name, rows in tables.items()
    }
    report = ingest.add(pool, write_tables(folder / str(number), named))
    assert not report.errors
    return named, sorted({row["trial"] for row in named["patients"]})


def query(name: str, trials: list[str], rest: str) -> str:
    return f"{name}?" + "".join(f"trial={trial}&" for trial in trials) + rest


@QUICK
@given(tables=cohorts(), final=FINALS, denominator=DENOMINATORS)
def test_recovery_equals_the_naive_twin(shared_pool, tmp_path, tables, final, denominator) -> None:
    compare_recovery(shared_pool, tmp_path, tables, final, denominator)


@pytest.mark.slow
@SLOW
@given(tables=cohorts(), final=FINALS, denominator=DENOMINATORS)
def test_recovery_equals_the_naive_twin_500_times(
    shared_pool, tmp_path, tables, final, denominator
) -> None:
    compare_recovery(shared_pool, tmp_path, tables, final, denominator)


def compare_recovery(pool, folder, tables, final, denominator) -> None:
    named, trials = store(pool, tables, folder)
    found = analysis.ask(
        pool, query("recovery", trials, f"final={final}&denominator={denominator}")
    )
    for analyte in UNITS:
        compare_verdicts(found, named, analyte, final)
        compare_shares(found, named, analyte, final, denominator)


def compare_verdicts(found, named, analyte, final) -> None:
    frame = found.table("verdicts")
    mine = {
        (row.trial, row.patient): (row.verdict, row.reason or None)
        for row in frame[frame.analyte == analyte].itertuples()
    }
    twin = {
        (row["trial"], row["patient"]): (row["verdict"], row["reason"])
        for row in recovery_twin.verdicts(named, analyte, final=final)
    }
    assert mine == twin
    table = found.table("shift")
    shift = {
        (row.trial, row.baseline_class, row.final_class): row.n
        for row in table[table.analyte == analyte].itertuples()
    }
    assert shift == recovery_twin.shift(named, analyte, final=final)


def compare_shares(found, named, analyte, final, denominator) -> None:
    table = found.table("shares").set_index(["analyte", "trial"])
    for twin in recovery_twin.shares(named, analyte, denominator, final=final):
        row = table.loc[(analyte, twin["trial"])]
        for name in ("n_treated", "n_assessable", "n_evaluable", "n_low", "n", "improved"):
            assert row[name] == twin[name], (twin["trial"], name)
        for name in ("share", "lower", "upper"):
            expected = math.nan if twin[name] is None else twin[name]
            np.testing.assert_allclose(row[name], expected, rtol=1e-9, atol=1e-12)


@QUICK
@given(cohorts(), TIMINGS, RESPONDERS, LANDMARKS)
def test_survival_equals_the_naive_twin(
    shared_pool, tmp_path, tables, timing, responder, landmark
) -> None:
    compare_survival(shared_pool, tmp_path, tables, timing, responder, landmark)


@pytest.mark.slow
@SLOW
@given(cohorts(), TIMINGS, RESPONDERS, LANDMARKS)
def test_survival_equals_the_naive_twin_500_times(
    shared_pool, tmp_path, tables, timing, responder, landmark
) -> None:
    compare_survival(shared_pool, tmp_path, tables, timing, responder, landmark)


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
            assert (step.at_risk, step.events, step.censored) == expected


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
