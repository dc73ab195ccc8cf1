"""Groups by recovery and PFS made from dates agree with naive twins on random small cohorts."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest
from hypothesis import strategies as st

from igcore import analysis
from igcore.errors import Refused
from igcore.store import Cohort, Pool
from tests.analysis.test_twins_agree import compare_curves
from tests.twins import recovery as recovery_twin
from tests.twins import states as twin
from tests.twins import survival as survival_twin
from tests.twins.cohorts import UNITS, cohorts
from tests.twins.together import Case, Tables, agree, query, told, trials, united

LIKE = {"FDA": "PFS-FDA-like", "EMA": "PFS-EMA-like"}
ASKED = st.fixed_dictionaries(
    {
        "analyte": st.sampled_from(["IgA", "IgG", "IgM"]),
        "final": st.sampled_from(["best", "confirmed"]),
        "state": st.sampled_from(["stays", "reversible"]),
        "timing": st.sampled_from(["time-dependent", "time-dependent", "landmark", "ever"]),
        "landmark": st.sampled_from([0, 1, 2, 3]),
        "rise": st.sampled_from([25, 25, 0, 60]),
    }
)


@st.composite
def recovering(draw: st.DrawFn) -> dict[str, list[dict]]:
    """Cohorts of `cohorts` with patients more who start low and go in and out of the range.

    They come from a seed: drawn value by value, most of them would be alike.
    """
    tables, dice = draw(cohorts()), random.Random(draw(st.integers(0, 2**32)))
    for number in range(dice.randint(4, 8)):
        who = {"trial": dice.choice(["one", "two"]), "patient": f"R{number}"}
        protein = dice.choice(["IgD l", "IgD l", "LC kappa", "IgG kappa"])
        tables["patients"].append({**who, "m_protein": protein, "arm": "A"})
        for analyte, (low, high) in UNITS.items():
            limits = {"analyte": analyte, "unit": "mg/dL", "low": low, "high": high}
            first = {"day": -1, "time": None, "value": f"{low * 0.6:g}"}
            tables["measurements"].append({**who, **limits, **first})
            for day in dice.sample(range(2, 190), dice.randint(2, 7)):
                level = dice.choice([low * 0.9, low, low * 1.3, low * 1.3, high * 1.1])
                later = {"day": day, "time": None, "value": f"{level:g}"}
                tables["measurements"].append({**who, **limits, **later})
        if dice.random() < 0.3:
            start = dice.randint(1, 150)
            span = {"kind": "immunoglobulin replacement", "start_day": start, "end_day": start + 9}
            tables["therapies"].append({**who, **span})
        ends = {"time_days": dice.randint(20, 260), "event": dice.randint(0, 1)}
        origin = dice.choice([None, 1, -10, 15])
        tables["outcomes"].append({**who, "endpoint": "OS", **ends, "origin_day": origin})
    return tables


def test_groups_by_recovery_equal_the_naive_twin() -> None:
    agree(st.tuples(recovering(), ASKED), compare_recoveries, n=20, start=3)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(3000, 3025))
def test_groups_by_recovery_equal_the_naive_twin_500_times(start) -> None:
    agree(st.tuples(recovering(), ASKED), compare_recoveries, n=20, start=start)


def compare_recoveries(pool: Pool, cases: list[Case]) -> None:
    for tables, asked in cases:
        with told(tables, asked):
            compare_recovery(pool, tables, asked)


def compare_recovery(pool: Pool, named: Tables, asked: dict) -> None:
    of = ("analyte", "final", "state")
    common = (named, "OS", *(asked[name] for name in of))
    spans = twin.intervals(*common, asked["timing"], asked["landmark"], rise=asked["rise"])
    shown = spans
    if asked["timing"] == "time-dependent":
        shown = twin.simon_makuch(*common, asked["landmark"], rise=asked["rise"])
    rest = "endpoint=OS&group=recovery&" + "&".join(f"{n}={asked[n]}" for n in (*of, "rise"))
    rest += f"&timing={asked['timing']}"
    rest += "" if asked["timing"] == "ever" else f"&landmark={asked['landmark']}"
    if not shown:
        with pytest.raises(Refused):
            analysis.ask(pool, query("survival", named, rest))
        return
    found = analysis.ask(pool, query("survival", named, rest))
    assert set(found.table("groups").group) == {span[1] for span in shown}
    compare_curves(found, shown)
    if asked["timing"] == "ever":
        assert found.banner.startswith("Biased: patients had to survive until they recovered.")
        assert found.table("test").empty
        assert found.table("comparison").empty
    elif spans:
        compare_test(found, spans)
    compare_left_out(found, named, asked)


def compare_test(found, spans) -> None:
    expected = survival_twin.logrank(spans)
    numbers = [math.nan if expected[n] is None else expected[n] for n in ("statistic", "p")]
    test = found.table("test").iloc[0]
    np.testing.assert_allclose([test.statistic, test.p], numbers, rtol=1e-6, atol=1e-9)
    row = found.table("comparison").set_index("group").loc[twin.YES]
    hazard = row[["hazard_ratio", "hr_lower", "hr_upper"]].astype(float)
    ratio = None
    if {span[1] for span in spans} == {twin.YES, twin.NO}:
        ratio = survival_twin.efron_hr(spans, twin.YES, twin.NO)
    if ratio is None:
        assert hazard.isna().all()
    else:
        np.testing.assert_allclose(hazard, ratio, rtol=1e-6)


def compare_left_out(found, named, asked) -> None:
    """Every patient with the endpoint, in a trial that measured it, has a group or is told."""
    known = twin.measured(named, asked["analyte"])
    options = recovery_twin.USUAL | {"rise": asked["rise"]}
    without = sum(
        twin.course(named, patient, asked["analyte"], asked["final"], asked["state"], options)
        is None
        for patient in named["patients"]
        if patient["trial"] in known and survival_twin.outcome_of(named, patient, "OS")
    )
    told = [note for note in found.said if "cannot be judged" in note]
    assert len(told) == bool(without)
    if without:
        assert f"cannot be judged: {without} patient" in told[0]


def test_pfs_made_from_dates_equals_the_naive_twin() -> None:
    agree(st.tuples(cohorts(), st.none()), compare_pfs, n=20, start=4)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(4000, 4025))
def test_pfs_made_from_dates_equals_the_naive_twin_500_times(start) -> None:
    agree(st.tuples(cohorts(), st.none()), compare_pfs, n=20, start=start)


def compare_pfs(pool: Pool, cases: list[Case]) -> None:
    """All cohorts at once by every rule: the groups are the trials."""
    for rules, every in itertools.product(["FDA", "EMA"], [7, 14, 30, 60]):
        found = dated_pfs(pool, united([tables for tables, _ in cases]), rules, every)
        for tables, _ in cases:
            expected: dict[tuple, int] = {}
            for patient in tables["patients"]:
                one = twin.dated_pfs(tables, patient, rules, every)
                if one is not None:
                    time, event = one
                    key = (patient["trial"], time, bool(event))
                    expected[key] = expected.get(key, 0) + 1
            with told(tables, (rules, every)):
                own = {key: n for key, n in found.items() if key[0] in trials(tables)}
                assert own == expected
        assert {key[0] for key in found} <= {
            trial for tables, _ in cases for trial in trials(tables)
        }


def dated_pfs(pool: Pool, tables: Tables, rules: str, every: int) -> dict[tuple, int]:
    """Patients by trial, time in days and whether it is an event."""
    cohort = Cohort(pool.newest(), (("trial", tuple(trials(tables))),)).values()
    made = {"endpoint": LIKE[rules], "assessed_every": float(every)}
    labels = {"relations": {"spans": "label_spans"}, "group": "trial", "stratify": "trial"}
    rows = pool.rows("risk_table", **labels, **cohort, **made)
    return {
        (row.group, row.time, bool(event)): n
        for row in rows.itertuples()
        for event, n in ((1, row.events), (0, row.censored))
        if n
    }
