"""Adjusted hazard ratios: equal to R's coxph with strata (tests/golden/adjusted.R), and by hand.

rtol is 1e-6: lifelines ends its steps before the last digits; what is measured is 5e-8.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from igcore import analysis
from igcore.analysis.survival import adjusted as module
from igcore.analysis.survival import adjusted_model as model
from igcore.errors import Refused
from igcore.store import Pool
from tests.analysis.test_specification import pool_of
from tests.analysis.test_survival_golden import GOLDEN

R = json.loads((GOLDEN / "adjusted.json").read_text())
JOINT = ["hazard_ratio", "hr_lower", "hr_upper", "p"]
SINGLE = ["unadjusted", "unadjusted_lower", "unadjusted_upper", "unadjusted_p"]
QUESTIONS = {
    "lung_states": ("lung", ""),
    "lung_landmark": ("lung", "timing=landmark&landmark=4&covariates=age&covariates=sex"),
    "lung_arm": ("lung", "group=arm"),
    "stanford_states": ("stanford", ""),
    "nested_states": ("nested", ""),
}


def tables_of(case: str) -> dict[str, list[dict]]:
    """The case as template rows; a response at r on the clock of time_days is on study day r."""
    with (GOLDEN / "cases" / f"adjusted_{case}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    tables: dict[str, list[dict]] = {"patients": [], "outcomes": [], "responses": []}
    for row in rows:
        who = {name: row[name] for name in ("trial", "patient")}
        about = {name: row[name] for name in ("arm", "sex", "age_years")}
        tables["patients"].append({**who, **about})
        course = {"endpoint": "OS", "time_days": row["time"], "event": row["event"]}
        tables["outcomes"].append({**who, **course})
        time = float(row["response_time"] or "nan")
        day = time if time >= 1 else time - 1  # there is no day 0
        response = {"day": day, "response": "PR"} if time == time else {"day": 1, "response": "SD"}
        tables["responses"].append({**who, **response})
    return tables


@pytest.fixture(scope="module")
def pools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Pool]]:
    made = {
        case: pool_of(tmp_path_factory.mktemp(case), tables_of(case))
        for case in ("lung", "stanford", "nested")
    }
    yield made
    for pool in made.values():
        pool.close()


def named(row) -> str:
    """R's name of a coefficient."""
    if row.variable == "response":
        return "state"
    return f"{row.variable}{row.term}"


@pytest.mark.parametrize("question", QUESTIONS)
def test_ratios_together_and_alone_equal_coxph(pools: dict[str, Pool], question: str) -> None:
    case, asked = QUESTIONS[question]
    result = analysis.ask(pools[case], f"adjusted?{asked}")
    expected, whole = R[question], result.table("model").iloc[0]
    without_group = sum("without arm left out" in note for note in result.said)  # one in lung
    found = [whole.n, whole.events, whole.left_out + without_group]
    assert found == [expected[name] for name in ("n", "events", "left_out")]
    seen = 0
    for row in result.table("terms").itertuples():
        if row.reference.startswith("B "):
            continue  # R compares with another arm, see below
        for columns, values in ((JOINT, "together"), (SINGLE, "alone")):
            r = expected[values][named(row)]
            found = [getattr(row, name) for name in columns]
            wanted = [r[name] for name in ("hr", "lower", "upper", "p")]
            np.testing.assert_allclose(found, wanted, rtol=1e-6)
        seen += 1
    assert seen == sum(r["hr"] is not None for r in expected["together"].values()) - (
        case == "nested"
    )


def test_an_arm_of_another_trial_is_compared_with_an_arm_of_its_own(pools) -> None:
    """R takes the last arm of trial B, which it leaves out, as reference: the inverse ratio."""
    terms = analysis.ask(pools["nested"], "adjusted").table("terms").set_index("term")
    row = terms.loc["B well"]
    assert row.reference == "B less well"
    assert terms.loc["A well"].reference == "A less well"
    for columns, values in ((JOINT, "together"), (SINGLE, "alone")):
        r = R["nested_states"][values]["armB less well"]
        wanted = [1 / r["hr"], 1 / r["upper"], 1 / r["lower"], r["p"]]
        np.testing.assert_allclose(row[columns].astype(float), wanted, rtol=1e-6)


def test_who_lacks_a_covariate_is_left_out_and_counted(pools: dict[str, Pool]) -> None:
    """lung: every 15th of 228 ages is gone, 15 of them; one ECOG status, of another patient."""
    result = analysis.ask(pools["lung"], "adjusted")
    told = "16 patients of 228 left out (1 without arm, 15 without age)."
    assert any(note.endswith(told) for note in result.said)
    whole = analysis.ask(pools["lung"], "adjusted?covariates=sex")
    assert whole.table("model").left_out.tolist() == [0]
    # With sex alone nobody is left out, and the ratio by itself is that of the survival page.
    survival = analysis.ask(pools["lung"], "survival").table("comparison").iloc[0]
    row = whole.table("terms").iloc[0]
    np.testing.assert_allclose(row.unadjusted, survival.hazard_ratio, rtol=1e-12)


def test_a_covariate_that_nobody_has_is_told_and_left_out(pools: dict[str, Pool]) -> None:
    result = analysis.ask(pools["stanford"], "adjusted?covariates=age&covariates=arm")
    assert "&covariates=age&covariates=arm&" in result.query
    assert set(result.table("terms").variable) == {"response", "arm", "age"}
    with pytest.raises(Refused, match="Adjusted for"):
        analysis.read(pools["stanford"], "adjusted?covariates=sex")


def small(deaths: str, **labels: str) -> dict[str, list[dict]]:
    """Patients of one trial from "5 6+ 7": day of death or, with +, of censoring; arms in order."""
    tables: dict[str, list[dict]] = {"patients": [], "outcomes": []}
    words = deaths.split()
    for number, word in enumerate(words):
        who = {"trial": "T", "patient": str(number)}
        given = {name: values.split()[number] for name, values in labels.items()}
        tables["patients"].append({**who, **given})
        event = int(not word.endswith("+"))
        course = {"endpoint": "OS", "time_days": word.rstrip("+"), "event": event}
        tables["outcomes"].append({**who, **course})
    return tables


def test_a_level_without_an_event_has_an_empty_cell_and_leaves_the_others_alone(
    tmp_path: Path,
) -> None:
    """The arm c without an event weighs nothing in the limit: as if its patients were not there."""
    arms = "a b a b a b a b a c c"
    sexes = "F M M F F M F F M F M"
    ages = "50 61 72 43 54 65 56 67 48 59 51"
    with_c = small("3 4 5 7 8 9+ 11 12 14 20+ 25+", arm=arms, sex=sexes, age_years=ages)
    pool = pool_of(tmp_path / "with", with_c)
    terms = analysis.ask(pool, "adjusted?group=arm&covariates=age&covariates=sex")
    pool.close()
    found = terms.table("terms").set_index("term")
    assert found.loc["c", JOINT].isna().all()
    assert found.loc["c", SINGLE].isna().all()
    assert found.loc["c", "note"] == "c: no hazard ratio, because there is no event in it."
    assert found.loc["c", "note"] in terms.said

    less = {name: rows[:9] for name, rows in with_c.items()}
    pool = pool_of(tmp_path / "without", less)
    without = analysis.ask(pool, "adjusted?group=arm&covariates=age&covariates=sex")
    pool.close()
    for level in ("b", "M"):
        other = without.table("terms").set_index("term").loc[level]
        np.testing.assert_allclose(
            found.loc[level, JOINT].astype(float), other[JOINT].astype(float), rtol=1e-7
        )


def test_separation_is_a_note_and_an_empty_cell_never_a_great_number(tmp_path: Path) -> None:
    """Everyone of arm b dies before anybody of arm a: the partial likelihood has no maximum."""
    tables = small(
        "1 2 3 4 11 12 13 14",
        arm="b b b b a a a a",
        sex="F M M F M F F M",
        age_years="50 60 55 65 52 62 57 66",
    )
    pool = pool_of(tmp_path, tables)
    result = analysis.ask(pool, "adjusted?group=arm&covariates=sex")
    pool.close()
    row = result.table("terms").iloc[0]
    assert row[JOINT].isna().all()
    assert row[SINGLE].isna().all()
    assert "no finite hazard ratio" in row.note or "does not converge" in row.note
    assert (result.table("terms")[JOINT + SINGLE].max(numeric_only=True).fillna(0) < 1e4).all()


def test_a_covariate_that_is_the_same_in_all_is_told(tmp_path: Path) -> None:
    tables = small(
        "3 4 5 7 8 9", arm="a b a b b a", sex="F F F F F F", age_years="60 60 60 60 60 60"
    )
    pool = pool_of(tmp_path, tables)
    result = analysis.ask(pool, "adjusted?group=arm&covariates=age")
    pool.close()
    age = result.table("terms").set_index("variable").loc["age"]
    assert age[JOINT + SINGLE].isna().all()
    assert any(note.startswith("Age") for note in result.said)
    assert np.isfinite(result.table("terms").hazard_ratio[0])


def test_a_term_that_another_tells_has_no_ratio_of_its_own() -> None:
    """Beside x and y their sum says nothing; within its stratum z never varies."""
    import pandas as pd

    strata = pd.Series(["s"] * 4 + ["t"] * 4)
    x, y = np.array([0, 1, 0, 1, 0, 1, 1, 0.0]), np.array([1, 1, 0, 0, 1, 0, 1, 0.0])
    z = np.array([0, 0, 0, 0, 1, 1, 1, 1.0])
    terms = [model.Term("v", "", "", column, x) for column in (x, y, x + y, z)]
    assert model.aliased(terms, strata) == [False, False, True, True]


def test_ever_is_not_adjusted(pools: dict[str, Pool]) -> None:
    with pytest.raises(Refused, match="no covariate mends that"):
        analysis.ask(pools["lung"], "adjusted?timing=ever")


def test_a_cohort_too_large_for_rows_is_refused_in_words(pools, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST", 100)
    with pytest.raises(Refused, match="228 are too many for it; at most 100"):
        analysis.ask(pools["lung"], "adjusted")
