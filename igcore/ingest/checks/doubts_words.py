"""What each doubt says, and what can be done about it."""

from __future__ import annotations

# kind: (problem, cure). {about} is what the question's column of that name holds.
WORDS: dict[str, tuple[str, str]] = {
    "implausible": (
        "The value lies outside what is plausible for {about}.",
        "Check the value and its unit; if they are right, nothing need be done.",
    ),
    "jump": (
        "The value is about {about} times its neighbour's in time, as if units were mixed.",
        "Compare the unit of this value with that of the patient's other values.",
    ),
    "foreign_limits": (
        "Nearly all values of {about} lie ten times or more beyond their limits, as if value and "
        "limits were in different units.",
        "Give the limits in the unit of the value, or leave them empty.",
    ),
    "far_limits": (
        "The value lies fifty times or more beyond its limits, as if they were in different units.",
        "Give the limits in the unit of the value, or leave them empty.",
    ),
    "units": (
        "The analyte comes in several units: {about}.",
        "All are converted to g/L where that is known; check that each unit belongs to its rows.",
    ),
    "unknown_analyte": (
        'The analyte "{about}" is none of IgA, IgG and IgM; its rows are kept as they are.',
        "If it is one of the three, assign it in the mapping; otherwise nothing need be done.",
    ),
    "no_limits": (
        "Rows lack a limit of normal, so a default range applies: {about}.",
        "Give the limits of the laboratory that measured, or choose another laboratory's range.",
    ),
    "all_equal": (
        "All values of this patient's analyte are equal, as if one had been copied.",
        "Compare them with the laboratory's reports; if they are right, nothing need be done.",
    ),
    "same_day": (
        "Another value of the analyte was taken on the same day, and this one has no time.",
        "Give the time of both samples; without it this one counts as the first of the day.",
    ),
    "far_day": (
        "The sample lies more than 10 years before treatment or 40 years after its start.",
        "Check the date of the sample and the start of treatment.",
    ),
    "after_death": (
        "It is dated after the patient's death.",
        "Check this day, and the time and event of the outcome OS.",
    ),
    "after_last_seen": (
        "It is dated after the day on which the patient was last known alive.",
        "Check this day, or give the outcome OS with its later follow-up.",
    ),
    "os_before_pfs": (
        "OS ends before PFS, but nobody is followed for progression beyond death or last contact.",
        "Check time_days and origin_day of both outcomes.",
    ),
    "death_no_event": (
        "The patient died, but PFS is censored on that day or later; death is an event of PFS.",
        "Check event and time_days of the outcome PFS.",
    ),
    "early_response": (
        "The response is dated before the first treatment.",
        "Check the day of the assessment and the start of treatment.",
    ),
    "response_after_progress": (
        "The first response of PR or better is dated after the event of PFS.",
        "Check the day of the response and the time of the outcome PFS.",
    ),
    "progress_no_event": (
        "It is a progression, but the outcome PFS runs on past this day without an event.",
        "Check event and time_days of the outcome PFS; if it was censored on purpose, leave it.",
    ),
    "age_young": (
        "The patient is younger than 18.",
        "Check the age; it is counted in years.",
    ),
    "age_90": (
        "Ages over 89 can tell who a patient is; the age is stored as 90.",
        "Nothing need be done.",
    ),
    "no_start": (
        "The start of treatment is missing in trial {about}; dates of these patients cannot become "
        "study days, and days are taken as given.",
        "Give treatment_start, if the files have dates.",
    ),
    "end_before_start": (
        "Treatment ends before it starts.",
        "Check treatment_end_day; day 1 is the first treatment.",
    ),
    "best_response": (
        "The best response and the dated responses disagree on PR or better.",
        "Correct best_response or add the missing assessment.",
    ),
    "two_trials": (
        "The trials {about} share this patient id. They are kept as two patients.",
        "If it is one person, leave them out of one of the trials.",
    ),
}
