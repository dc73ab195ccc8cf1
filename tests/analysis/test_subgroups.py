"""Hazard ratios by trial and subgroup, and the interaction test, equal R's (4.2.2, survival 3.5-3).

Forty patients, i = 0..39: trial i mod 2, arm (i div 2) mod 2, sex (i div 4) mod 2, age 50 + 7i mod
35, time 30 (1 + 37i mod 53), all with the event but each fifth. In R: coxph(Surv(time, event) ~ arm
+ strata(trial)); interaction anova of arm + strata(trial, k) against arm:k + strata(trial, k).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from igcore import analysis
from igcore.errors import Refused
from igcore.store import Pool
from tests.analysis.test_specification import pool_of


def forty(n: int = 40) -> dict[str, list[dict]]:
    tables: dict[str, list[dict]] = {"patients": [], "outcomes": [], "responses": []}
    for i in range(n):
        who = {"trial": "AB"[i % 2], "patient": str(i)}
        labels = {"arm": "XY"[i // 2 % 2], "sex": "FM"[i // 4 % 2], "age_years": 50 + 7 * i % 35}
        time = {"endpoint": "OS", "time_days": 30 * (1 + 37 * i % 53), "event": int(i % 5 != 0)}
        tables["patients"].append({**who, **labels})
        tables["outcomes"].append({**who, **time})
        tables["responses"].append({**who, "day": 40, "response": "PR" if i % 3 else "SD"})
    return tables


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    made = pool_of(tmp_path_factory.mktemp("subgroups"), forty())
    yield made
    made.close()


def test_ratios_of_all_and_of_each_subgroup_equal_r(pool: Pool) -> None:
    forest = analysis.ask(pool, "subgroups?group=arm").table("forest")
    found = forest.set_index(["kind", "label"])[["hazard_ratio", "hr_lower", "hr_upper"]]
    expected = {
        ("all", ""): [0.8605300074, 0.4239433303, 1.746723773],
        ("sex", "F"): [1.034176238, 0.3698612575, 2.891680245],
        ("sex", "M"): [1.020973269, 0.3671855288, 2.838854839],
    }
    for key, numbers in expected.items():
        np.testing.assert_allclose(found.loc[key].astype(float), numbers, rtol=1e-8)
    counts = forest.set_index(["kind", "label"])[["n", "events", "reference_n", "reference_events"]]
    assert counts.loc[("sex", "F")].tolist() == [10, 8, 10, 8]


def test_interactions_equal_the_likelihood_ratio_tests_of_r(pool: Pool) -> None:
    tests = analysis.ask(pool, "subgroups?group=arm").table("interactions").set_index("kind")
    # atol: the statistic is a difference of two log likelihoods of 60.
    np.testing.assert_allclose(tests.statistic["sex"], 0.0003015993378, atol=1e-9)
    np.testing.assert_allclose(tests.p["sex"], 0.9861441420198, rtol=1e-7)
    np.testing.assert_allclose(tests.statistic["age"], 1.7827505632, rtol=1e-8)
    np.testing.assert_allclose(tests.p["age"], 0.4100913736, rtol=1e-8)
    assert tests.df[["sex", "age"]].tolist() == [1, 2]


def test_age_has_three_groups_and_the_groups_themselves_are_no_subgroup(pool: Pool) -> None:
    forest = analysis.ask(pool, "subgroups?group=arm").table("forest")
    ages = forest[forest.kind == "age"]
    assert ages.label.tolist() == ["under 65", "65 to 74", "75 and over"]
    assert (ages.n + ages.reference_n).tolist() == [24, 8, 8]
    assert set(forest.kind) == {"all", "trial", "sex", "age"}
    by_trial = analysis.ask(pool, "subgroups?group=trial").table("forest")
    assert set(by_trial.kind) == {"all", "arm", "sex", "age"}


def test_the_ratio_of_all_is_the_one_of_the_survival_analysis(pool: Pool) -> None:
    for question in ("group=arm", "group=response", "group=response&timing=landmark&landmark=3"):
        (row, *_) = analysis.ask(pool, f"subgroups?{question}").table("forest").itertuples()
        main = analysis.ask(pool, f"survival?{question}").table("comparison").iloc[0]
        numbers = (row.hazard_ratio, row.hr_lower, row.hr_upper)
        np.testing.assert_allclose(
            numbers, main[["hazard_ratio", "hr_lower", "hr_upper"]].astype(float), rtol=1e-9
        )


def test_no_forest_grows_from_the_biased_comparison(pool: Pool) -> None:
    with pytest.raises(Refused, match="is biased, so no hazard ratios are drawn from it"):
        analysis.ask(pool, "subgroups?timing=ever&group=response")


def test_a_subgroup_without_events_is_a_row_with_a_note_and_no_interaction(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    tables = forty()
    for patient, outcome in zip(tables["patients"], tables["outcomes"], strict=True):
        if patient["sex"] == "F" and patient["arm"] == "Y":
            outcome["event"] = 0
    made = pool_of(tmp_path_factory.mktemp("empty"), tables)
    answer = analysis.ask(made, "subgroups?group=arm")
    made.close()
    (row,) = answer.table("forest").query("kind == 'sex' and label == 'F'").itertuples()
    assert np.isnan(row.hazard_ratio)
    assert row.note == "Y: no hazard ratio, because there is no event in Y."
    tests = answer.table("interactions").set_index("kind")
    assert (tests.df["sex"], tests.note["sex"]) == (0, "Not all ratios are finite; no test.")
