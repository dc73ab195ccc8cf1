"""Survival as specified: the worked examples of DOMAIN h6 to h9.

Times are uploaded as study days of 30.4375 a month (f), so that months come back as printed. All of
these patients are invented, but for Freireich's published trial of 6-MP.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from igcore import analysis, ingest
from igcore.analysis import Result
from igcore.analysis.estimators.comparison import hazard_ratios, log_rank
from igcore.analysis.estimators.kaplan_meier import restricted_mean
from igcore.analysis.risk_table import RiskTable
from igcore.analysis.survival.compared import Compared
from igcore.analysis.survival.groups import Comparison, count
from igcore.store import Cohort, Pool
from tests.analysis.test_specification import pool_of, shown, together, written

MONTH = 30.4375
SPANS = ["median", "median_lower", "median_upper"]
NR = None  # not reached, not estimable


def course(trial: str, words: str, arm: str | None = None) -> dict[str, list[dict]]:
    """Patients from "2 9+ 6@3": months of OS, + where censored, @ the month of a PR."""
    tables: dict[str, list[dict]] = {"patients": [], "outcomes": [], "responses": []}
    for number, word in enumerate(words.split()):
        who = {"trial": trial, "patient": f"{arm}-{number}"}
        time, _, response = word.partition("@")
        days, event = MONTH * float(time.rstrip("+")), int(not time.endswith("+"))
        tables["patients"].append({**who, "arm": arm})
        tables["outcomes"].append({**who, "endpoint": "OS", "time_days": days, "event": event})
        if response:
            day = MONTH * float(response)
            tables["responses"].append({**who, "day": day, "response": "PR"})
    return tables


# Each example is a trial of its own, or two: h8A and h8B.
EARLY, LATE = " ".join(map(str, range(1, 9))), " ".join(map(str, range(13, 21)))
EXAMPLES = together(
    # h7: two die at each month 1 to 24; of each pair after month 12 one responds at month 12.
    course("h7", " ".join(f"{m} {m}" + ("@12" if m > 12 else "") for m in range(1, 25))),
    course("second", "2 3 4 6@3 7+ 9 10@5 12 14+@2 15@4 18 20+@8"),
    # h8: at each time 1 R and 3 NR in trial A, 3 R and 1 NR in trial B.
    course("h8A", EARLY, "R"),
    course("h8A", f"{EARLY} {EARLY} {EARLY}", "NR"),
    course("h8B", f"{LATE} {LATE} {LATE}", "R"),
    course("h8B", LATE, "NR"),
    # h9: Freireich's trial, and three small examples.
    course("F", "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+", "6-MP"),
    course("F", "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23", "placebo"),
    course("small", "5 5+ 8 9+", "tie"),
    course("small", "1 2 3 4", "even"),
    course("small", "2 4 4+ 6+ 7+", "high"),
)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """All of them in one upload, for questions only."""
    made = pool_of(tmp_path_factory.mktemp("examples"), EXAMPLES)
    yield made
    made.close()


def by_group(answer: Result, name: str) -> pd.DataFrame:
    return answer.table(name).set_index("group")


def printed(row: Iterable[float], digits: int) -> list[float | None]:
    """The numbers of a row as DOMAIN prints them, None where it prints NR, NE or "-"."""
    return [None if value != value else round(float(value), digits) for value in row]


def ratio(answer: Result) -> list[float | None]:
    """Hazard ratio with its limits, of the one group beside the reference."""
    (row,) = answer.table("comparison")[["hazard_ratio", "hr_lower", "hr_upper"]].to_numpy()
    return printed(row, 3)


def mantel_byar(table: RiskTable, digits: int) -> list[float]:
    """O, E and V of the responders (e.3)."""
    tested, r = log_rank(table), table.groups.index("responder")
    return shown([tested.observed[r], tested.expected[r], tested.variance[r, r]], digits)


def at(answer: Result, group: str, month: float) -> list[float]:
    """S(month) of a group to four places, and its limits."""
    curve = by_group(answer, "curve").loc[group]
    rate, *bounds = curve[curve.month <= month].iloc[-1][["survival", "lower", "upper"]]
    return [round(rate, 4), *bounds]


def counted(pool: Pool, trial: str, timing: str, group: str = "response") -> RiskTable:
    """The counts behind a question about OS, for what the analysis withholds or does not ask."""
    cohort = Cohort(pool.newest(), (("trial", (trial,)),))
    asked = Compared(endpoint="OS", group=group, timing=timing, landmark=0)
    return count(pool, Comparison.of(cohort, asked)).table


def person_months(table: RiskTable, group: str = "responder") -> float:
    steps = np.diff(table.time, prepend=0.0)
    at_risk = table.at_risk[:, :, table.groups.index(group)].sum(axis=0)
    return float(at_risk @ steps) / MONTH


def test_cnsr_0_is_the_event_and_any_other_number_a_censoring(pool: Pool, tmp_path: Path) -> None:
    """h6: 3 events, median 12 (3-NE), S(12) = 0.4167; CNSR taken for the event: 15 and 0.80."""
    codings = {"printed": "010011", "reasons": "020013", "mistaken": "101100"}
    subjects, times = ["STUDYID,USUBJID,TRTSDT"], ["STUDYID,USUBJID,PARAMCD,AVAL,AVALU,CNSR"]
    for trial, codes in codings.items():
        for time, code in zip((3, 5, 8, 12, 15, 20), codes, strict=True):
            subjects.append(f"{trial},P{time},2008-01-15")
            times.append(f"{trial},P{time},OS,{time},MONTHS,{code}")
    ingest.add(
        pool, [written(tmp_path, "adsl.csv", subjects), written(tmp_path, "adtte.csv", times)]
    )
    answer = analysis.ask(pool, "survival?endpoint=OS&group=trial&risk_every=12")
    groups, risk = by_group(answer, "groups"), answer.table("risk")
    for trial in ("printed", "reasons"):
        assert (groups.n[trial], groups.events[trial]) == (6, 3)
        assert printed(groups.loc[trial][SPANS], 9) == [12, 3, NR]
        assert shown(at(answer, trial, 12), 4) == [0.4167, 0.0560, 0.7665]
        month_12 = risk[(risk.group == trial) & (risk.month == 12)]
        assert month_12.at_risk.tolist() == [3]
    assert printed(groups.loc["mistaken"][SPANS[:1]], 9) == [15]
    assert at(answer, "mistaken", 12)[0] == 0.80


def test_time_counts_the_day_of_the_start_as_day_1(pool: Pool, tmp_path: Path) -> None:
    """h6: from 2008-01-15, PD on 2008-07-08 is 176 d, alive on 2008-09-30 is 260 d censored."""
    start = datetime.date(2008, 1, 15)
    subjects, responses = ["STUDYID,USUBJID,TRTSDT"], ["STUDYID,USUBJID,PARAMCD,AVALC,ADT"]
    times = ["STUDYID,USUBJID,PARAMCD,AVAL,STARTDT,ADT,CNSR"]
    for name, end, response, cnsr in (("i", "2008-07-08", "PD", 0), ("ii", "2008-09-30", "SD", 1)):
        days = (datetime.date.fromisoformat(end) - start).days + 1
        subjects.append(f"S,{name},{start}")
        responses.append(f"S,{name},OVR,{response},{end}")
        times.append(f"S,{name},PFS,{days},{start},{end},{cnsr}")
    files = {"adsl.csv": subjects, "adrs.csv": responses, "adtte.csv": times}
    ingest.add(pool, [written(tmp_path, name, lines) for name, lines in files.items()])
    for key, days, event in ((1, 176, True), (2, 260, False)):
        found = analysis.ask(pool, f"patient?key={key}")
        outcome = found.table("outcomes").iloc[0]
        assert (outcome.time_days, outcome.event, outcome.origin_day) == (days, event, 1)
        assert found.table("responses").day.tolist() == [days]  # one clock for both
    curve = analysis.ask(pool, "survival?endpoint=PFS&group=trial").table("curve")
    assert shown(curve.month, 2) == [0, 5.78, 8.54]


def test_ever_shows_medians_under_a_banner_and_withholds_the_naive_test(examples: Pool) -> None:
    """h7, naive, and f2.7: 18.5 v 9.5 months, but neither p nor hazard ratio beside them."""
    answer = analysis.ask(examples, "survival?trial=h7&timing=ever")
    assert answer.banner.startswith("Biased: responders had to survive until they responded.")
    assert answer.table("test").empty
    assert answer.table("comparison").empty
    medians = by_group(answer, "groups")["median"]
    assert (medians["responder"], medians["non-responder"]) == (18.5, 9.5)
    # What is withheld: log-rank 6.525, p 0.0106, HR 0.448 (0.231-0.868).
    naive = counted(examples, "h7", "ever")
    tested = log_rank(naive)
    assert shown([tested.statistic], 3) + shown([tested.p], 4) == [6.525, 0.0106]
    (hr,) = hazard_ratios(naive, "non-responder")
    assert shown([hr.ratio, hr.lower, hr.upper], 3) == [0.448, 0.231, 0.868]
    # Person-months as responder: true 78, naive 222, 144 of them immortal.
    timed = counted(examples, "h7", "time-dependent")
    assert [person_months(timed), person_months(naive)] == [78, 222]


def test_a_worthless_response_has_hazard_ratio_1_when_timed(examples: Pool) -> None:
    """h7: landmark 12 and time-dependent HR 1.000 (0.449-2.226); Mantel-Byar O = E = 12."""
    for timing in ("landmark", "time-dependent"):
        answer = analysis.ask(examples, f"survival?trial=h7&timing={timing}&landmark=12")
        assert ratio(answer) == [1.000, 0.449, 2.226]
        test = answer.table("test").iloc[0]
        assert shown([test.statistic, test.p], 9) == [0, 1]
        groups = by_group(answer, "groups")
        assert groups.n.to_dict() == {"non-responder": 12, "responder": 12}
        assert groups["median"].tolist() == [6.5, 6.5]  # after the landmark
    timed = counted(examples, "h7", "time-dependent")
    assert timed.entering.sum() == 60  # rows (start, stop]
    assert mantel_byar(timed, 3) == [12, 12, 4.888]


def test_a_landmark_without_responders_is_said_and_not_tested(examples: Pool) -> None:
    """h7, landmark 6: 0 responders of 36, no test and no crash; at 12, 24 patients are out."""
    answer = analysis.ask(examples, "survival?trial=h7&timing=landmark&landmark=6")
    assert by_group(answer, "groups").n.to_dict() == {"non-responder": 36}
    assert "0 responders by month 6: no test and no hazard ratio." in answer.said
    assert answer.table("test")[["statistic", "p"]].isna().all(axis=None)
    assert ratio(answer) == [NR, NR, NR]
    later = analysis.ask(examples, "survival?trial=h7&timing=landmark&landmark=12")
    assert any("0 responders and 24 non-responders" in note for note in later.said)


def test_the_second_set_of_h7_gives_the_printed_ratios(examples: Pool) -> None:
    """h7, second set: naive HR 0.402, time-dependent 0.640, landmark 5 (n = 9) 2.080."""
    assert analysis.ask(examples, "survival?trial=second&timing=ever").table("comparison").empty
    naive = counted(examples, "second", "ever")
    (hr,) = hazard_ratios(naive, "non-responder")
    assert shown([hr.ratio, hr.lower, hr.upper], 3) == [0.402, 0.099, 1.638]
    assert shown([log_rank(naive).statistic], 3) == [1.721]

    timed = analysis.ask(examples, "survival?trial=second&timing=time-dependent")
    assert ratio(timed) == [0.640, 0.138, 2.974]
    test = timed.table("test").iloc[0]
    assert test["name"] == "Mantel-Byar"
    assert (round(test.statistic, 4), round(test.p, 3)) == (0.3282, 0.567)
    table = counted(examples, "second", "time-dependent")
    assert mantel_byar(table, 4) == [3, 3.7401, 1.6689]

    fixed = analysis.ask(examples, "survival?trial=second&timing=landmark&landmark=5")
    assert by_group(fixed, "groups").n.to_dict() == {"non-responder": 5, "responder": 4}
    assert ratio(fixed) == [2.080, 0.344, 12.587]
    assert shown(fixed.table("test").statistic, 3) == [0.663]
    assert any("1 who responded later stay" in note for note in fixed.said)  # patient 12


def test_stratifying_by_trial_removes_a_difference_between_trials(examples: Pool) -> None:
    """h8: naive HR 0.475 (0.288-0.783), p 0.0017, median 15 v 6; stratified 1.000, chi2 0."""
    expected = {"none": [0.475, 0.288, 0.783], "trial": [1.000, 0.568, 1.761]}
    for strata, numbers in expected.items():
        answer = analysis.ask(
            examples, f"survival?trial=h8A&trial=h8B&group=arm&stratify={strata}&reference=NR"
        )
        assert ratio(answer) == numbers
        medians = by_group(answer, "groups")["median"]
        assert (medians["R"], medians["NR"]) == (15, 6)
        test = answer.table("test").iloc[0]
        if strata == "none":
            assert round(test.p, 4) == 0.0017
        else:
            assert test["name"] == "stratified log-rank"
            assert shown([test.statistic], 9) == [0]


def test_medians_and_rates_of_freireich_are_printed_with_each_interval(examples: Pool) -> None:
    """h9: median 23 v 8; S(10) = 0.7529 with three types of limits; placebo S(12) = 0.1905."""
    limits = {"log": [0.586, 0.968], "log-log": [0.503, 0.889], "plain": [0.564, 0.942]}
    medians = {"log": [16, NR, 4, 12], "log-log": [13, NR, 4, 11]}
    for interval, expected in limits.items():
        answer = analysis.ask(examples, f"survival?trial=F&group=arm&interval={interval}")
        rate, *bounds = at(answer, "6-MP", 10)
        assert (rate, shown(bounds, 3)) == (0.7529, expected)
        groups = by_group(answer, "groups")
        assert groups["median"].tolist() == [23, 8]
        if interval in medians:
            found = [*groups.loc["6-MP"][SPANS[1:]], *groups.loc["placebo"][SPANS[1:]]]
            assert printed(found, 9) == medians[interval]
    answer = analysis.ask(examples, "survival?trial=F&group=arm")  # log-log unless asked otherwise
    rate, *bounds = at(answer, "placebo", 12)
    assert (rate, shown(bounds, 3)) == (0.1905, [0.059, 0.377])


def test_freireich_is_tested_and_compared_as_published(examples: Pool) -> None:
    """h9: log-rank 16.793 (9/19.25, 21/10.75), Gehan 13.458, Peto-Peto 14.457, Efron HR 0.208."""
    answer = analysis.ask(examples, "survival?trial=F&group=arm&reference=placebo")
    assert shown(answer.table("test").statistic, 3) == [16.793]
    assert ratio(answer) == [0.208, 0.093, 0.466]
    table = counted(examples, "F", "fixed", group="arm")
    tested = log_rank(table)
    assert shown(tested.observed, 0) == [9, 21]
    assert shown(tested.expected, 2) == [19.25, 10.75]
    assert shown([log_rank(table, weight="gehan").statistic], 3) == [13.458]
    assert shown([log_rank(table, weight="peto-peto").statistic], 3) == [14.457]
    (drug, error), (placebo, its_error) = (
        np.array(restricted_mean(table, g, 23 * MONTH)) / MONTH for g in (0, 1)
    )
    assert shown([drug, placebo], 3) == [17.909, 8.667]
    assert shown([drug - placebo, np.hypot(error, its_error)], 2) == [9.24, 2.08]


def test_follow_up_and_risk_table_count_as_stated(examples: Pool) -> None:
    """h9 and f2.9: reverse Kaplan-Meier 32; at risk just before t, and the three sum to n."""
    answer = analysis.ask(examples, "survival?trial=F&group=arm&risk_every=1")
    assert by_group(answer, "follow_up")["median"]["all"] == 32  # wrong: 10.5 and 19.5
    risk = answer.table("risk").set_index(["group", "month"])
    assert risk.loc[("placebo", 12)].tolist() == [6, 15, 0]
    assert risk.loc[("6-MP", 10)].tolist() == [15, 4, 2]
    assert (risk.sum(axis=1) == 21).all()


def test_ties_exact_halves_and_medians_never_reached(examples: Pool) -> None:
    """h9: S(5) = 0.75 and S(8) = 0.375; the median of 1 2 3 4 is 2.5; never below 0.6 is NR."""
    answer = analysis.ask(examples, "survival?trial=small&group=arm")
    assert [at(answer, "tie", month)[0] for month in (5, 8)] == [0.75, 0.375]
    assert at(answer, "high", 7)[0] == 0.6
    medians = {row["group"]: row["median"] for row in answer.as_json()["tables"]["groups"]}
    assert medians == {"tie": 8, "even": 2.5, "high": NR}
