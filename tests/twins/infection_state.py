"""Naive twin of the state "first severe infection", patient by patient.

Written from the words of INFECTIONS.md (G1, G2, G4, G5) and of rule S17. Spans are tuples (trial,
group, entry, exit, event) in days and mean (entry, exit], as in twins/survival.py.
"""

from __future__ import annotations

from tests.twins.states import MONTH, ORIGIN_COUNTS_AS, at, pieces
from tests.twins.survival import elapsed, outcome_of, rows_of

YES, NO = "severe infection", "no severe infection"
GAP, SEVERE = 14, 3


def episodes(rows):
    """Rows of one patient joined: same term (trimmed, lower case, single blanks), 14 days apart."""
    by_term = {}
    for row in rows:
        term = " ".join((row.get("term") or "").lower().split())
        start = elapsed(row["start_day"])
        end = start if row.get("end_day") is None else max(start, elapsed(row["end_day"]))
        by_term.setdefault(term, []).append((start, end, row.get("grade")))
    found = []
    for same in by_term.values():
        reach = None
        for one in sorted(same, key=lambda row: row[:2]):
            if reach is None or one[0] - reach > GAP:
                found.append([])
            found[-1].append(one)
            reach = one[1] if reach is None else max(reach, one[1])
    return found


def first_severe(rows):
    """Elapsed day on which the first infection became severe after the start; None if none did."""
    days = []
    for episode in episodes(rows):
        severe = [
            start for start, _, grade in episode if grade is not None and int(grade) >= SEVERE
        ]
        if severe and min(severe) >= 0:
            days.append(min(severe))
    return min(days, default=None)


def recorded(tables):
    """Trials with any infection of any patient."""
    return {row["trial"] for row in tables.get("infections") or []}


def followed(tables, endpoint):
    """(trial, [(time, reached)], T, event) of each patient in a trial that records infections."""
    found = []
    for patient in tables["patients"]:
        outcome = outcome_of(tables, patient, endpoint)
        if outcome is None or patient["trial"] not in recorded(tables):
            continue
        day = first_severe(rows_of(tables, "infections", patient))
        steps = [] if day is None else [(day - outcome[2] + ORIGIN_COUNTS_AS, True)]
        found.append((patient["trial"], steps, outcome[0], outcome[1]))
    return found


def intervals(tables, endpoint, timing, landmark_months):
    """All spans, on the endpoint's clock, from the landmark for "landmark" and "curves"."""
    start, found = landmark_months * MONTH, []
    for trial, steps, time, event in followed(tables, endpoint):
        if timing == "ever":
            found.append((trial, bool(steps), 0.0, time, event))
        elif timing == "time-dependent":
            found += pieces(trial, steps, 0.0, time, event)
        elif time > start and timing == "curves":
            found += pieces(trial, steps, start, time, event)
        elif time > start:
            found.append((trial, at(steps, start), 0.0, time - start, event))
    return [(trial, _named(group), *rest) for trial, group, *rest in found]


def _named(group):
    """`pieces` speaks of recovery; here a group is reached or not."""
    return YES if group in (True, "recovered") else NO
