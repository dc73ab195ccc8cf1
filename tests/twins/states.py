"""Naive twins of groups by recovery and of PFS made from dates, patient by patient.

Written from the words of DOMAIN.md (e, f, f2, b3 to b5) and of rules S14 and S15. Spans are tuples
(trial, group, entry, exit, event) in days and mean (entry, exit], as in twins/survival.py.
"""

from __future__ import annotations

import math

from tests.twins import recovery
from tests.twins.survival import MONTH, ORIGIN_COUNTS_AS, elapsed, outcome_of, rows_of

YES, NO = "recovered", "not recovered"
GAP = 84  # b5.4, days between the two samples of a confirmed recovery


# ---------------------------------------------------------------- recovery (S14)


def course(tables, patient, analyte, final, state, options):
    """(elapsed day, recovered from then on) after each counted sample; None without a group."""
    if recovery.not_assessable_reason(tables, patient, analyte, frozenset()):
        return None
    samples = recovery.samples_of(tables, patient, analyte, options)
    base = recovery.baseline_of(samples, patient, options)
    if base is None:
        return None
    before = recovery.counted_before_replacement(tables, patient, samples, options)
    counted = recovery.without_replaced(tables, patient, before, analyte, options)
    recovered, last, found = False, None, []
    for one in counted:
        good = recovery.meets_both(base, one, options["rise"])
        confirms = good and last is not None and last[1] and one["elapsed"] - last[0] <= GAP
        if (good and final == "best") or confirms:
            recovered = True
        elif not good and state == "reversible":
            recovered = False
        found.append((one["elapsed"], recovered))
        last = (one["elapsed"], good)
    return found


def measured(tables, analyte):
    """Trials with any value of the isotype."""
    rows = tables.get("measurements") or []
    return {row["trial"] for row in rows if recovery.letter(row["analyte"]) == analyte[-1]}


def followed(tables, endpoint, analyte, final, state, options):
    """(trial, [(time, recovered)], T, event) of each patient who has a group."""
    found = []
    for patient in tables["patients"]:
        outcome = outcome_of(tables, patient, endpoint)
        if outcome is None or patient["trial"] not in measured(tables, analyte):
            continue
        days = course(tables, patient, analyte, final, state, options)
        if days is not None:
            steps = [(day - outcome[2] + ORIGIN_COUNTS_AS, now) for day, now in days]
            found.append((patient["trial"], steps, outcome[0], outcome[1]))
    return found


def at(steps, time):
    """The state reached at a time, what happens on it included."""
    reached = [now for when, now in steps if when <= time]
    return reached[-1] if reached else False


def pieces(trial, steps, start, end, event):
    """The spans of a patient from `start` on, whose clock then restarts."""
    times = sorted({start, *(when for when, _ in steps if start < when < end)})
    spans = []
    for time in times:
        now = YES if at(steps, time) else NO
        if not spans or spans[-1][0] != now:
            spans.append((now, time))
    ends = [time for _, time in spans[1:]] + [end]
    return [
        (trial, now, time - start, stop - start, event if stop == end else 0)
        for (now, time), stop in zip(spans, ends, strict=True)
    ]


def intervals(tables, endpoint, analyte, final, state, timing, landmark_months, **options):
    """All spans, on the endpoint's clock, from the landmark for `landmark`."""
    people = followed(tables, endpoint, analyte, final, state, recovery.USUAL | options)
    start, found = landmark_months * MONTH, []
    for trial, steps, time, event in people:
        if timing == "ever":
            found.append((trial, YES if any(now for _, now in steps) else NO, 0.0, time, event))
        elif timing == "time-dependent":
            found += pieces(trial, steps, 0.0, time, event)
        elif time > start:
            found.append((trial, YES if at(steps, start) else NO, 0.0, time - start, event))
    return found


def simon_makuch(tables, endpoint, analyte, final, state, landmark_months, **options):
    """The spans from the landmark on, in the states reached."""
    people = followed(tables, endpoint, analyte, final, state, recovery.USUAL | options)
    start, found = landmark_months * MONTH, []
    for trial, steps, time, event in people:
        if time > start:
            found += pieces(trial, steps, start, time, event)
    return found


# ---------------------------------------------------------------- PFS made from dates (S15)


def dated_pfs(tables, patient, rules, every=None):
    """(time, event) on the clock of OS; None without OS, or with progression before the start."""
    outcome = outcome_of(tables, patient, "OS")
    if outcome is None:
        return None
    shift = ORIGIN_COUNTS_AS - outcome[2]
    assessed, progressed, treated = [1.0], math.inf, math.inf
    for row in rows_of(tables, "responses", patient):
        if row["response"] != "NE":
            assessed.append(elapsed(row["day"]) + shift)
        if row["response"] == "PD":
            progressed = min(progressed, elapsed(row["day"]) + shift)
    for row in rows_of(tables, "therapies", patient):
        if row["kind"] == "next therapy":
            treated = min(treated, elapsed(row["start_day"]) + shift)
    end = min(progressed, outcome[0] if outcome[1] else math.inf)
    if end <= 0:
        return None
    stop = min(end, treated) if rules == "FDA" else end
    last = max(1.0, *(time for time in assessed if time < stop), 1.0)
    if end == math.inf:
        return last, 0
    if rules == "FDA" and (treated < end or end - last > 2 * every):
        return last, 0
    return end, 1
