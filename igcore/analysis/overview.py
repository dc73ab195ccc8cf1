"""The pool on one screen: its trials and how far they reach."""

from __future__ import annotations

from igcore.analysis.result import Result
from igcore.analysis.spec import analysis
from igcore.store import Cohort, Pool


@analysis(title="Overview")
def overview(pool: Pool, cohort: Cohort) -> Result:
    """What the pool holds: one row per trial of the cohort.

    Returns:
        trials (trial, title, cutoff, flags, patients, measurements, patients with response records,
        longest follow-up in months, analytes, endpoints).
    """
    trials = pool.rows("trial_cards", **cohort.values())
    return Result(
        title="The pool",
        method="Counts of stored rows; follow-up is the longest time of any endpoint.",
        population=f"n = {int(trials.patients.sum())}; {cohort.words()}",
        tables={"trials": trials},
    )
