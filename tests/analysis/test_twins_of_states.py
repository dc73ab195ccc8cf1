"""Groups by recovery and PFS made from dates agree with naive twins on random small cohorts."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from igcore import analysis
from igcore.errors import Refused
from igcore.store import Cohort
from tests.analysis.test_twins_agree import QUICK, SLOW, compare_curves
from tests.twins import recovery as recovery_twin
from tests.twins import states as twin
from tests.twins import survival as survival_twin
from tests.twins.cohorts import UNITS, Pools, cohorts, query, store

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


@pytest.fixture(scope="module")
def pools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pools]:
    made = Pools(tmp_path_factory.mktemp("twins"))
    yield made
    made.close()


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


@QUICK
@given(recovering(), ASKED)
def test_groups_by_recovery_equal_the_naive_twin(pools, tmp_path, tables, asked) -> None:
    compare_recovery(pools.pool(), tmp_path, tables, asked)


@pytest.mark.slow
@SLOW
@given(recovering(), ASKED)
def test_groups_by_recovery_equal_the_naive_twin_500_times(pools, tmp_path, tables, asked) -> None:
    compare_recovery(pools.pool(), tmp_path, tables, asked)


def compare_recovery(pool, folder, tables, asked) -> None:
    named, trials = store(pool, tables, folder)
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
            analysis.ask(pool, query("survival", trials, rest))
        return
    found = analysis.ask(pool, query("survival", trials, rest))
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


@QUICK
@given(cohorts(), st.sampled_from(["FDA", "EMA"]), st.sampled_from([7, 14, 30, 60]))
def test_pfs_made_from_dates_equals_the_naive_twin(pools, tmp_path, tables, rules, every) -> None:
    compare_pfs(pools.pool(), tmp_path, tables, rules, every)


@pytest.mark.slow
@SLOW
@given(cohorts(), st.sampled_from(["FDA", "EMA"]), st.sampled_from([7, 14, 30, 60]))
def test_pfs_made_from_dates_equals_the_naive_twin_500_times(
    pools, tmp_path, tables, rules, every
) -> None:
    compare_pfs(pools.pool(), tmp_path, tables, rules, every)


def compare_pfs(pool, folder, tables, rules, every) -> None:
    named, trials = store(pool, tables, folder)
    expected = []
    for patient in named["patients"]:
        one = twin.dated_pfs(named, patient, rules, every)
        if one is not None:
            expected.append((patient["trial"], patient["trial"], 0.0, *one))
    cohort = Cohort(pool.newest(), (("trial", tuple(trials)),)).values()
    made = {"endpoint": LIKE[rules], "assessed_every": float(every)}
    rows = pool.rows(
        "risk_table",
        relations={"spans": "label_spans"},
        **cohort,
        **made,
        group="trial",
        stratify="trial",
    )
    found = {
        (row.group, row.time, bool(event)): n
        for row in rows.itertuples()
        for event, n in ((1, row.events), (0, row.censored))
        if n
    }
    counts: dict[tuple, int] = {}
    for trial, _, _, time, event in expected:
        key = (trial, time, bool(event))
        counts[key] = counts.get(key, 0) + 1
    assert found == counts
