"""Doubts about deaths, outcomes, responses and ages, on a few typed rows."""

from __future__ import annotations

import pytest

from igcore.ingest.checks.doubts import doubts
from tests.ingest.doubtful import IGA, PATIENT, found, put


def test_everything_after_death_is_told_with_its_table(cursor) -> None:
    # OS of 100 days from day 11 ends on day 110; a day's grace makes 112 the first day too late.
    dead = {"endpoint": "OS", "time_days": 100, "event": True, "origin_day": 11}
    put(
        cursor,
        outcomes=[dead],
        patients=[PATIENT | {"treatment_end_day": 112}],
        measurements=[IGA | {"day": 111, "value": 80}, IGA | {"day": 112, "value": 90}],
        responses=[{"day": 112, "response": "SD"}],
        therapies=[{"kind": "transplant", "start_day": 112}],
        infections=[{"start_day": 111}],
    )
    told = doubts(cursor, 0)
    assert {doubt.kind for doubt in told} == {"after_death"}
    assert {doubt.table: (doubt.rows, doubt.examples[0].value) for doubt in told} == dict.fromkeys(
        ("patients", "measurements", "responses", "therapies"), (1, "112")
    )


def test_records_after_last_contact_are_another_doubt(cursor) -> None:
    alive = {"endpoint": "OS", "time_days": 100, "event": False}
    told = found(cursor, outcomes=[alive], infections=[{"start_day": 102}, {"start_day": 101}])
    assert told["after_last_seen"].rows == 1
    assert "after_death" not in told


def test_a_death_in_the_pool_counts_for_a_new_measurement(cursor, pool) -> None:
    cursor.execute("insert into subjects (patient_key, trial, patient) values (7, 'T', '1')")
    cursor.execute(
        "insert into outcomes (patient_key, endpoint, time_days, event, upload, added) "
        "values (7, 'OS', 50, true, 1, 1)"
    )
    put(cursor, measurements=[IGA | {"day": 60, "value": 80}])
    assert [doubt.kind for doubt in doubts(cursor, 1)] == ["after_death"]
    assert doubts(cursor, 0) == []


def outcomes(os: float, died: bool, pfs: float, progressed: bool) -> list[dict]:
    """OS and PFS of the one patient."""
    return [
        {"endpoint": "PFS", "time_days": pfs, "event": progressed},
        {"endpoint": "OS", "time_days": os, "event": died},
    ]


def test_os_shorter_than_pfs_is_told_at_the_row_of_os(cursor) -> None:
    doubt = found(cursor, outcomes=outcomes(99, True, 100, True))["os_before_pfs"]
    assert (doubt.rows, doubt.examples[0].line, doubt.examples[0].value) == (1, 3, "OS 99")
    assert not found(cursor, outcomes=outcomes(100, True, 100, True))


def test_os_and_pfs_are_compared_from_their_own_origins(cursor) -> None:
    rows = outcomes(99, True, 100, True)
    rows[1]["origin_day"] = 2  # both end on day 100
    assert not found(cursor, outcomes=rows)


def test_a_death_without_event_of_pfs_is_told(cursor) -> None:
    assert found(cursor, outcomes=outcomes(100, True, 100, False))["death_no_event"].rows == 1
    assert not found(cursor, outcomes=outcomes(100, True, 60, False))


def test_a_response_before_treatment_is_told_but_not_an_unevaluable_one(cursor) -> None:
    rows = [
        {"day": -3, "response": "SD"},
        {"day": -2, "response": "NE"},
        {"day": 1, "response": "SD"},
    ]
    doubt = found(cursor, responses=rows)["early_response"]
    assert (doubt.rows, doubt.examples[0].value) == (1, "SD on day -3")


def test_a_first_response_after_the_event_of_pfs_is_told(cursor) -> None:
    late = [{"day": 50, "response": "SD"}, {"day": 90, "response": "VGPR"}]
    told = found(cursor, responses=late, outcomes=outcomes(300, True, 60, True))
    assert told["response_after_progress"].examples[0].value == "VGPR on day 90"
    early = [{"day": 50, "response": "PR"}, *late]
    assert not found(cursor, responses=early, outcomes=outcomes(300, True, 60, True))


def test_a_progression_that_pfs_ignores_is_told(cursor) -> None:
    rows = [{"day": 60, "response": "PD"}]
    told = found(cursor, responses=rows, outcomes=outcomes(300, False, 300, False))
    assert told["progress_no_event"].rows == 1
    assert not found(cursor, responses=rows, outcomes=outcomes(300, False, 40, False))


def test_ages_are_told_below_18_and_above_89_years(cursor) -> None:
    rows = [PATIENT | {"patient": str(age), "age_years": age} for age in (17.9, 18, 89, 89.5, 101)]
    told = found(cursor, patients=rows)
    assert {kind: [e.value for e in doubt.examples] for kind, doubt in told.items()} == {
        "age_young": ["17.9"],
        "age_90": ["89.5", "101"],
    }


def test_missing_starts_of_treatment_are_told_once_for_the_trial(cursor) -> None:
    rows = [{"patient": str(n)} for n in range(5)] + [PATIENT | {"patient": "9"}]
    doubt = found(cursor, patients=rows)["no_start"]
    assert (doubt.rows, len(doubt.examples)) == (5, 3)
    assert "trial T;" in doubt.problem


def test_treatment_that_ends_before_day_1_is_told(cursor) -> None:
    told = found(cursor, patients=[PATIENT | {"treatment_end_day": -4}])
    assert told["end_before_start"].examples[0].value == "-4"


@pytest.mark.parametrize(
    ("best", "dated", "doubtful"),
    [("PR", "SD", True), ("SD", "PR", True), ("CR", "PR", False), ("SD", "PD", False)],
)
def test_best_and_dated_responses_must_agree_on_pr(cursor, best, dated, doubtful) -> None:
    told = found(
        cursor,
        patients=[PATIENT | {"best_response": best}],
        responses=[{"day": 30, "response": dated}],
    )
    assert ("best_response" in told) == doubtful
