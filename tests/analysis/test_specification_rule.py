"""The recovery rule in the reader's hand: ranges, months, missing values, switches, comparisons."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from igcore import analysis
from igcore.errors import Refused
from igcore.ingest import Report
from igcore.store import Pool
from tests.analysis.test_specification import (
    h1_tables,
    improved,
    of_iga,
    pair,
    person,
    pool_of,
    sample,
    share,
    shown,
    together,
    verdicts,
)

Add = Callable[..., Report]


@pytest.fixture(scope="module")
def h1(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """A pool of the patients of h1, for questions only."""
    made = pool_of(tmp_path_factory.mktemp("h1"), h1_tables())
    yield made
    made.close()


def test_all_rules_and_denominators_of_h1_stand_in_one_table(h1: Pool) -> None:
    """h1: D0 = 12, D1 = 9, D2 = 7, D3 = 6; at month 6 nobody has a value, so nobody is evaluable."""
    table = of_iga(h1).table("sensitivity")
    cells = table.improved.astype(str) + "/" + table.n.astype(str)
    found = dict(zip(zip(table.final, table.denominator, strict=True), cells, strict=True))
    names = ("treated", "assessable", "evaluable", "low")
    assert {final: " ".join(found[final, name] for name in names) for final in table.final} == {
        "last": "4/12 4/9 4/7 3/6",
        "best": "6/12 6/9 6/7 5/6",
        "confirmed": "5/12 5/9 5/7 4/6",
        "month": "0/12 0/9 0/0 0/0",
    }


def test_missing_values_are_left_out_or_count_as_not_improved(h1: Pool) -> None:
    """b4: improved/D1 is 4/9; P08, low at baseline without a later value, makes 3/6 into 3/7."""
    assert share(of_iga(h1, "&missing=not-improved")) == "4/9"
    assert share(of_iga(h1, "&missing=not-improved&denominator=low")) == "3/7"
    with pytest.raises(Refused, match="Missing values does not apply here"):
        of_iga(h1, "&missing=not-improved&denominator=treated")


def test_the_flow_tells_how_many_left_and_why(h1: Pool) -> None:
    """h1: three involved, P08 and P09 without values, P06 normal at baseline."""
    answer = of_iga(h1)
    flow = answer.table("flow").query("trial == 'pooled'")
    assert flow.n.tolist() == [12, 9, 7, 6]
    assert flow.left.tolist() == [0, 3, 2, 1]
    told = answer.table("reasons").query("trial == 'pooled'").set_index("reason").n.to_dict()
    assert told == {
        "involved": 3,
        "no_baseline": 1,
        "no_post_baseline": 1,
        "normal_at_baseline": 1,
    }


def test_the_value_nearest_to_the_month_is_judged(h1: Pool) -> None:
    """Month 2 is elapsed day 60.875: the value of day 60, as h1 prints them second."""
    found = verdicts(of_iga(h1, "&final=month&month=2&window=5"))
    names = ["P01", "P02", "P05", "P06", "P07", "P10", "P11"]
    assert found.final[names].tolist() == [60, 70, 65, 260, 450, 90, 80]
    assert improved(of_iga(h1, "&final=month&month=2&window=5")) == "P02 P06 P10 P11"
    far = verdicts(of_iga(h1, "&final=month&month=3&window=1"))
    assert far.reason[["P01", "P02", "P08"]].tolist() == [
        "not_in_window",
        "not_in_window",
        "no_post_baseline",
    ]
    with pytest.raises(Refused, match="It applies when the final value is at a month"):
        of_iga(h1, "&month=2")


def test_of_two_values_equally_near_to_the_month_the_later_is_judged(pool: Pool, add: Add) -> None:
    """Month 8 is elapsed day 243.5: study days 244 and 245 are half a day away."""
    rows = [sample("P", day, value) for day, value in [(1, 40), (244, 60), (245, 80), (300, 90)]]
    add(patients=[person("P")], measurements=rows)
    found = verdicts(of_iga(pool, "&final=month&month=8"))
    assert (found.final["P"], found.final_day["P"]) == (80, 245)


def test_of_samples_at_one_moment_one_is_taken_with_all_that_is_its_own(
    pool: Pool, add: Add
) -> None:
    """Days 0.5 and -0.5 are one moment, as there is no day 0: P has one baseline, the first stored.

    The same on the last day, where ">" goes before a plain value; the other's limits stay behind.
    """
    other = {"low": 10, "high": 90}
    rows = [sample("P", 0.5, 40, low=None, high=None), sample("P", -0.5, 60, **other)]
    rows += [sample("P", 60.0000001, 80, **other), sample("P", 60.0000002, ">500")]
    add(patients=[person("P")], measurements=rows)
    answer = of_iga(pool)
    assert share(answer) == "0/1"
    row = verdicts(answer).loc["P"]
    assert (row.baseline, row.baseline_day, row.baseline_class) == (40, 0.5, "low")
    assert (row.final, row.final_operator, row.final_day) == (500, ">", 60.0000002)
    assert shown([row.low, row.high], 9) == [70, 400]


def test_a_named_laboratory_replaces_the_limits_of_the_records(pool: Pool, add: Add) -> None:
    """h3: 45 -> 65 is improved by Mayo's 61-356, not by the 70-400 that came with the values."""
    add(patients=[person("P")], measurements=pair("P", 45, 65))
    assert verdicts(of_iga(pool)).verdict["P"] == "rise_still_low"
    answer = of_iga(pool, "&range=Mayo nephelometry")
    found = verdicts(answer).loc["P"]
    assert (found.verdict, *shown([found.low, found.high], 9)) == ("improved_from_low", 61, 356)
    assert "normal range of Mayo nephelometry" in answer.method


def test_a_range_goes_by_age_and_unknown_age_takes_that_of_the_oldest(pool: Pool, add: Add) -> None:
    """Exeter, IgA: 0.80-2.80 g/L to the age of 45, 0.80-4.00 above; 300 mg/dL lies between."""
    ages = {"young": 30, "edge": 45, "older": 46, "unknown": None}
    people = [person(name, age_years=age) for name, age in ages.items()]
    rows = [row for name in ages for row in pair(name, 60, 300)]
    add(patients=people, measurements=rows)
    found = verdicts(of_iga(pool, "&range=Exeter UK"))
    assert (
        found.verdict[list(ages)].tolist() == ["rise_above_range"] * 2 + ["improved_from_low"] * 2
    )


def test_each_end_of_observation_can_be_switched_off(pool: Pool, add: Add) -> None:
    """80 comes after progression, transplant or next therapy; without them it is the last value."""
    ends = {"progression": "responses", "transplant": "therapies", "next_therapy": "therapies"}
    tables: dict[str, list[dict]] = {"patients": [], "measurements": []}
    for name, table in ends.items():
        tables["patients"].append(person(name))
        tables["measurements"] += [sample(name, d, v) for d, v in [(1, 40), (30, 45), (90, 80)]]
        row = {"trial": "A", "patient": name}
        if table == "responses":
            row |= {"day": 60, "response": "PD"}
        else:
            row |= {"kind": name.replace("_", " "), "start_day": 60}
        tables.setdefault(table, []).append(row)
    add(**tables)
    assert improved(of_iga(pool)) == ""
    for name in ends:
        answer = of_iga(pool, f"&{name}=off")
        assert improved(answer) == name
        assert "count." in answer.method


def test_baseline_window_and_washout_are_the_readers(pool: Pool, add: Add) -> None:
    """A value 60 days old, and IgG 100 days after replacement, count only when asked to."""
    where = {"analyte": "IgG", "low": 700, "high": 1600}
    rows = [sample("P", -60, 300, **where), sample("P", 29, 320, **where)]
    rows.append(sample("P", 140, 850, **where))
    given = {"trial": "A", "patient": "P", "kind": "immunoglobulin replacement"}
    add(
        patients=[person("P", "IgA kappa")],
        measurements=rows,
        therapies=[{**given, "start_day": 40, "end_day": 40}],
    )

    def verdict(rest: str) -> str:
        answer = analysis.ask(pool, f"recovery?analyte=IgG{rest}")
        return verdicts(answer).verdict["P"]

    assert verdict("") == "not_evaluable"
    assert verdict("&baseline_window=60") == "low_no_rise"
    assert verdict("&baseline_window=60&washout=90") == "improved_from_low"
    with pytest.raises(Refused, match="It applies when IgG is judged"):
        of_iga(pool, "&washout=90")


def compared(trial: str, groups: dict[str, tuple[int, int]]) -> dict[str, list[dict]]:
    """A trial in which so many of n responders (PR) and of n others (SD) improve."""
    tables: dict[str, list[dict]] = {"patients": [], "measurements": [], "responses": []}
    for response, (better, n) in groups.items():
        for number in range(n):
            name = f"{response}{number}"
            tables["patients"].append(person(name, trial=trial))
            tables["measurements"] += pair(name, 40, 80 if number < better else 40, trial=trial)
            who = {"trial": trial, "patient": name}
            tables["responses"].append({**who, "day": 30, "response": response})
    return tables


def test_a_difference_that_is_the_trials_vanishes_when_they_are_strata(
    pool: Pool, add: Add
) -> None:
    """h8: crude 26/100 v 74/100, OR 0.123; Mantel-Haenszel 1.000 (0.315-3.174), CMH 0."""
    trials = {"A": {"PR": (18, 20), "SD": (72, 80)}, "B": {"PR": (8, 80), "SD": (2, 20)}}
    add(**together(*(compared(*trial) for trial in trials.items())))
    answer = of_iga(pool)
    crude = answer.table("two_by_two").set_index("trial").loc["pooled"]
    assert (crude.responder_improved, crude.responder_n) == (26, 100)
    assert (crude.non_responder_improved, crude.non_responder_n) == (74, 100)
    assert 0.11 < crude.odds_ratio < 0.14 and crude.p < 1e-9
    found = answer.table("stratified").iloc[0]
    assert shown([found.odds_ratio, found.lower, found.upper], 3) == [1.000, 0.315, 3.174]
    assert found.cmh == pytest.approx(0, abs=1e-12)


def test_responders_are_compared_within_trials(pool: Pool, add: Add) -> None:
    """h8: 30/54 v 8/46 and 20/40 v 5/30: MH 5.538 (2.688-11.406), CMH 23.310, corrected 21.801."""
    trials = {"A": {"PR": (30, 54), "SD": (8, 46)}, "B": {"PR": (20, 40), "SD": (5, 30)}}
    add(**together(*(compared(*trial) for trial in trials.items())))
    found = of_iga(pool).table("stratified").iloc[0]
    assert shown([found.odds_ratio, found.lower, found.upper], 3) == [5.538, 2.688, 11.406]
    assert shown([found.cmh, found.cmh_corrected], 3) == [23.310, 21.801]
    assert found.strata == 2


def test_none_of_forty_against_28_of_60_has_an_exact_interval(pool: Pool, add: Add) -> None:
    """b4: 0 % (0-8.8 %), Fisher p 2.7e-8, odds ratio infinite, exact interval 7.9 to infinity."""
    add(**compared("A", {"PR": (28, 60), "SD": (0, 40)}))
    found = of_iga(pool).table("two_by_two").set_index("trial").loc["A"]
    assert shown([100 * found.non_responder_upper, found.lower], 1) == [8.8, 7.9]
    assert (found.odds_ratio, found.upper) == (np.inf, np.inf)
    assert found.p == pytest.approx(2.7e-8, rel=0.02)


def test_paired_changes_are_those_of_h10(pool: Pool, add: Add) -> None:
    """h10: W- 5 (V 50), exact p 0.0195, Hodges-Lehmann 15 (4-26), here in mg/dL of IgA."""
    changes = [12, 25, -4, 40, 5, 8, 31, -10, 18, 22]
    names = [f"P{number}" for number in range(len(changes))]
    rows = [
        row for name, by in zip(names, changes, strict=True) for row in pair(name, 100, 100 + by)
    ]
    add(patients=[person(name) for name in names], measurements=rows)
    answer = of_iga(pool)
    found = answer.table("change").iloc[0]
    assert (found.n, found.v, found.exact) == (10, 50, True)
    assert shown([found.p, found.p_holm], 4) == [0.0195, 0.0195]
    shift = [found.shift_g_per_l, found.shift_lower, found.shift_upper]
    assert shown(100 * np.array(shift), 9) == [15, 4, 26]
    assert shown([found.change_percent], 9) == [15]  # the median: between 12 and 18
    drawn = answer.table("waterfall").change_percent
    assert shown(drawn, 9) == sorted(changes, reverse=True)


def test_normalisation_is_counted_from_the_landmark_against_competing_events(
    pool: Pool, add: Add
) -> None:
    """Of four responders one is confirmed on study day 90, one progresses on 200, two go on."""
    tables: dict[str, list[dict]] = {"patients": [], "measurements": [], "responses": []}
    courses = {"normal": [80, 80], "worse": [45, 45], "same": [45, 45], "also": [45, 45]}
    for name, values in courses.items():
        tables["patients"].append(person(name))
        tables["responses"].append({"trial": "A", "patient": name, "day": 20, "response": "PR"})
        days = (1, 60, 90 if name == "normal" else 250)
        rows = zip(days, [40, *values], strict=True)
        tables["measurements"] += [sample(name, day, value) for day, value in rows]
    tables["responses"].append({"trial": "A", "patient": "worse", "day": 200, "response": "PD"})
    add(**tables)
    answer = of_iga(pool, "&landmark=1")
    curve = answer.table("incidence").set_index("group").loc["responder"]
    assert curve.n.tolist()[0] == 4 and curve.left.tolist()[0] == 0
    assert shown(curve.incidence, 9) == [0, 0.25, 0.25, 0.25]
    assert curve.at_risk.tolist() == [4, 4, 3, 2]
    days = [0, 90 - 30.4375, 200 - 30.4375, 250 - 30.4375]  # as times of survival: day 1 is 1
    np.testing.assert_allclose(curve.month, np.array(days) / 30.4375, rtol=1e-12)
    late = of_iga(pool, "&landmark=4").table("incidence").set_index("group").loc["responder"]
    assert (late.n.iloc[0], late.left.iloc[0], late.incidence.max()) == (3, 1, 0)
