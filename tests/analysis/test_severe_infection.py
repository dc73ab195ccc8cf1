"""Survival by the first severe infection (S17): R on the simulated trials, a naive twin on others.

Golden values: tests/golden/severe_infection.R (R 4.2.2, survival 3.5-3).
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from igcore import analysis, ingest
from igcore.errors import Refused
from igcore.store import Pool
from tests.analysis.test_twins_agree import compare_curves
from tests.conftest import write_tables
from tests.twins import infection_state as twin
from tests.twins import survival as survival_twin

R = json.loads((Path(__file__).parents[1] / "golden" / "severe_infection.json").read_text())
RATIO = ["hazard_ratio", "hr_lower", "hr_upper"]
COHORTS = 20  # each two trials of one upload
TERMS = ["pneumonia", " Pneumonia", "pneumonia ", "zoster", "herpes  zoster", None]


def test_who_had_a_severe_infection_counts_as_such_from_its_day_on_as_in_r(demo_pool: Pool) -> None:
    answer = analysis.ask(demo_pool, "survival?group=infection&timing=time-dependent")
    ratio = answer.table("comparison").set_index("group").loc["severe infection", RATIO]
    np.testing.assert_allclose(ratio.to_numpy(float), R["hazard_ratio"], rtol=1e-8)
    test = answer.table("test").iloc[0]
    assert test["name"] == "Mantel-Byar"
    assert test.statistic == pytest.approx(R["mantel_byar"], rel=1e-8)


def test_the_groups_at_a_landmark_are_as_in_r(demo_pool: Pool) -> None:
    answer = analysis.ask(demo_pool, "survival?group=infection&timing=landmark&landmark=6")
    groups = answer.table("groups").set_index("group").n
    expected = R["landmark_6"]
    assert [groups["severe infection"], groups["no severe infection"]] == expected["n"]
    ratio = answer.table("comparison").set_index("group").loc["severe infection", RATIO]
    np.testing.assert_allclose(ratio.to_numpy(float), expected["hazard_ratio"], rtol=1e-8)
    assert answer.table("test").statistic[0] == pytest.approx(expected["log_rank"], rel=1e-8)


@pytest.mark.parametrize("name", ["subgroups", "adjusted"])
def test_subgroups_and_the_adjusted_model_take_the_state_as_well(
    demo_pool: Pool, name: str
) -> None:
    answer = analysis.ask(demo_pool, f"{name}?group=infection")
    (table, *_) = answer.tables.values()
    assert table.hazard_ratio.iloc[0] > 1
    assert "severe infection" in set(table.get("group", table.get("term")))


def infected(dice: random.Random, trial: str, name: str) -> dict[str, list[dict]]:
    """One patient with infections that join, worsen, end before they start or begin too early."""
    who = {"trial": trial, "patient": name}
    rows = {}
    for _ in range(dice.choice([0, 1, 1, 2, 3, 5])):
        start = dice.choice([-20, -2, -1, 1, 2, 10, 24, 25, 60, 61, 90])
        end = dice.choice([None, None, start, start + 12, start + 3])
        if end == 0 or (end is not None and start < 0 < end):
            end = None
        term, grade = dice.choice(TERMS), dice.choice([None, 1, 2, 3, 4, 5])
        rows[start, (term or "").strip()] = {
            **who,
            "start_day": start,
            "end_day": end,
            "term": term,
            "grade": grade,
        }
    ends = {"time_days": dice.randint(1, 120), "event": dice.randint(0, 1)}
    origin = dice.choice([None, 1, 1, -10, 15])
    return {
        "patients": [{**who, "m_protein": "IgG kappa"}],
        "infections": list(rows.values()),
        "outcomes": [{**who, "endpoint": "OS", **ends, "origin_day": origin}],
    }


@pytest.fixture(scope="module")
def cohorts(tmp_path_factory) -> Iterator[tuple[Pool, dict[str, dict]]]:
    """A pool of random cohorts, and their rows by the name of the cohort."""
    folder, dice, drawn = tmp_path_factory.mktemp("cohorts"), random.Random(17), {}
    together: dict[str, list[dict]] = {"patients": [], "infections": [], "outcomes": []}
    for number in range(COHORTS):
        tables: dict[str, list[dict]] = {"patients": [], "infections": [], "outcomes": []}
        for trial in ("a", "b"):
            for place in range(dice.randint(2, 9)):
                one = infected(dice, f"{number}{trial}", f"P{place}")
                for name, rows in one.items():
                    tables[name] += rows
        drawn[str(number)] = tables
        for name, rows in tables.items():
            together[name] += rows
    pool = Pool.open(folder / "pool.duckdb")
    report = ingest.add(pool, write_tables(folder / "files", together))
    assert report.errors == []
    yield pool, drawn
    pool.close()


@pytest.mark.parametrize("timing", ["time-dependent", "landmark", "ever"])
@pytest.mark.parametrize("number", range(COHORTS))
def test_groups_by_severe_infection_equal_the_naive_twin(cohorts, number: int, timing: str) -> None:
    pool, drawn = cohorts
    tables, month = drawn[str(number)], number % 3
    link = f"survival?trial={number}a&trial={number}b&endpoint=OS&group=infection&timing={timing}"
    link += "" if timing == "ever" else f"&landmark={month}"
    shown = twin.intervals(tables, "OS", "curves" if timing == "time-dependent" else timing, month)
    if not shown:
        with pytest.raises(Refused):
            analysis.ask(pool, link)
        return
    answer = analysis.ask(pool, link)
    assert set(answer.table("groups").group) == {span[1] for span in shown}, tables
    compare_curves(answer, shown)
    if timing != "ever":
        spans = twin.intervals(tables, "OS", timing, month)
        compare_numbers(answer, spans, tables)


def compare_numbers(answer, spans, tables) -> None:
    """Test and hazard ratio; the twin's Efron likelihood is maximised by brute force."""
    if {span[1] for span in spans} != {twin.YES, twin.NO}:
        assert answer.table("comparison").hazard_ratio.isna().all()
        return
    expected = survival_twin.logrank(spans)
    numbers = [math.nan if expected[n] is None else expected[n] for n in ("statistic", "p")]
    test = answer.table("test").iloc[0]
    np.testing.assert_allclose(
        [test.statistic, test.p], numbers, rtol=1e-6, atol=1e-9, err_msg=str(tables)
    )
    row = answer.table("comparison").set_index("group").loc[twin.YES, RATIO].astype(float)
    ratio = survival_twin.efron_hr(spans, twin.YES, twin.NO)
    if ratio is None:
        assert row.isna().all()
    else:
        np.testing.assert_allclose(row, ratio, rtol=1e-6, err_msg=str(tables))


def test_a_trial_without_records_is_left_out_and_told(pool, add) -> None:
    add(**infected(random.Random(3), "T", "1"))
    rows = [{"trial": "U", "patient": "1"}]
    ends = [{**rows[0], "endpoint": "OS", "time_days": 9, "event": 1}]
    add(patients=rows, outcomes=ends)
    answer = analysis.ask(pool, "survival?group=infection&timing=ever")
    assert "Trial U is left out (1 patient): it has no infection records." in answer.said
    with pytest.raises(Refused, match="need infection records"):
        analysis.ask(pool, "survival?trial=U&group=infection&timing=ever")


def test_the_worsening_of_an_infection_that_began_before_the_start_counts(pool, add) -> None:
    """INFECTIONS.md g1: herpes zoster G2 -5 to 10, G3 6 to 20: severe on day 6."""
    who = {"trial": "T", "patient": "1"}
    zoster = {**who, "term": "herpes zoster"}
    add(
        patients=[who],
        outcomes=[{**who, "endpoint": "OS", "time_days": 400, "event": 1}],
        infections=[
            {**zoster, "start_day": -5, "end_day": 10, "grade": 2},
            {**zoster, "start_day": 6, "end_day": 20, "grade": 3},
        ],
    )
    rows = pool.rows(
        "adjusted_spans",
        relations={"spans": "state_spans", "course": "state_infection"},
        **analysis.read(pool, "survival").cohort.values(),
        **{"endpoint": "OS", "assessed_every": 0.0, "landmark_days": 0.0, "group": "infection"},
        **{"timing": "time-dependent", "state_trials": ["T"], "grade": 3, "gap_days": 14.0},
        names=["severe infection", "no severe infection"],
        may_end=False,
    )
    spans = [
        tuple(row) for row in rows[["group", "entry", "exit", "event"]].itertuples(index=False)
    ]
    assert sorted(spans) == [
        ("no severe infection", 0, 6, False),
        ("severe infection", 6, 400, True),
    ]
