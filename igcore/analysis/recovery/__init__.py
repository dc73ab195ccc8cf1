"""Who improved, by which rule, out of whom."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from igcore.analysis.later import Tables
from igcore.analysis.recovery import counts as recovery_counts
from igcore.analysis.recovery import details as recovery_details
from igcore.analysis.recovery.members import CLASSES
from igcore.analysis.result import Result
from igcore.analysis.rule import (
    DENOMINATORS,
    DETAIL,
    INTERVALS,
    Analytes,
    Denominator,
    Interval,
    Judged,
    Landmark,
    Missing,
    Observed,
    Responder,
    Rule,
)
from igcore.analysis.spec import analysis
from igcore.analysis.states.response import DEPTHS
from igcore.store import Cohort, Pool
from igcore.store.schema import ISOTYPES

ORDER = (
    "verdicts",
    "shares",
    "shift",
    "flow",
    "reasons",
    "trials_test",
    "two_by_two",
    "stratified",
    "sensitivity",
    "change",
    "waterfall",
    "incidence",
    "incidence_test",
)


@analysis(title="Recovery")
def recovery(
    pool: Pool,
    cohort: Cohort,
    *,
    analyte: Analytes = ISOTYPES,
    judged: Judged = Judged(),
    denominator: Denominator = "evaluable",
    missing: Missing = "left-out",
    observed: Annotated[Observed, DETAIL] = Observed(),
    interval: Annotated[Interval, DETAIL] = "wilson",
    responder: Annotated[Responder, DETAIL] = "PR",
    landmark: Annotated[Landmark, DETAIL] = 4,
) -> Result:
    """Share of patients whose immunoglobulin improved: a rise, and a final value in range.

    The involved isotype of a myeloma is never judged; limits are the final record's own; values
    below quantification are judged by bounds and are "indeterminate" where that leaves it open.

    Returns:
        verdicts (one row per treated patient and isotype; values and limits in the final record's
        unit, change in percent), shares (n/N with limits, improved by class at
            baseline, per trial and pooled), shift (baseline
        class x final class of the assessable), flow and reasons (patients who remain and why the
        others left), trials_test (are the shares equal), two_by_two and stratified (responders
        against non-responders), sensitivity (all rules x denominators), change (paired, g/L),
        waterfall (percent change of the evaluable), incidence and incidence_test (first confirmed
        normalisation by response at the landmark). All but shares are made when they are first
        read; those after stratified, and verdicts, ask the pool again.

    Raises:
        Refused: the cohort is empty.

    Source: rules R0 to R10 of the Methods page; Wilson 1927, Clopper and Pearson 1934; for the other
    tables the functions of proportions, two_by_two, paired and competing name theirs.
    """
    rule = Rule.of(judged, observed, analyte=analyte or ISOTYPES)
    depth = {"least_depth": DEPTHS[responder]}
    cells = pool.rows("recovery_counts", **rule.values(cohort), **depth)
    out_of = (denominator, missing)
    shares = recovery_counts.shares(cells, *out_of, interval=interval)
    shares = shares.merge(recovery_counts.origins(cells, *out_of), on=["analyte", "trial"])
    dated = _trials_with_response(pool, cohort)
    treated = int(cells.groupby("analyte").n.sum().max()) if len(cells) else 0
    counts = {
        "shift": partial(recovery_counts.shift, cells),
        "flow": partial(recovery_counts.flow, cells),
        "reasons": partial(recovery_counts.reasons, cells),
        "trials_test": partial(recovery_counts.trials_test, shares),
        "two_by_two": partial(recovery_counts.by_response, cells, dated, *out_of),
        "stratified": partial(recovery_counts.by_trial, cells, dated, *out_of),
    }
    moment = {"landmark": landmark, "trials": dated, **depth}
    return Result(
        title="Immunoglobulin recovery",
        method=_method(rule, denominator, missing, interval),
        notes=tuple(
            recovery_counts.notes(
                cells,
                rule,
                responder,
                dated,
                _unmeasured(pool, cohort, recovery_counts.unjudged(cells)),
            )
        ),
        population=f"n = {treated} treated; {cohort.words()}",
        tables=Tables(
            {"shares": shares},
            {**counts, **_later(pool, cohort, rule, interval, moment)},
            ORDER,
        ),
    )


def counted_words(rule: Rule, denominator: str, missing: str) -> str:
    """What counts as improved, out of whom, and what departs from the usual, as sentences."""
    out_of = DENOMINATORS[denominator].lower()
    if missing == "not-improved" and denominator in ("evaluable", "low"):
        out_of += ", missing values counted as not improved"
    return f"Improved: {rule.words()}. Out of: {out_of}. {rule.departures()}".rstrip()


def _method(rule: Rule, denominator: str, missing: str, interval: str) -> str:
    return (
        f"{counted_words(rule, denominator, missing)} "
        f"{INTERVALS[interval]} 95 % interval; pooled share is crude (sum over trials)."
    )


def _later(
    pool: Pool, cohort: Cohort, rule: Rule, interval: str, moment: dict[str, Any]
) -> dict[str, partial]:
    """Tables that need rows of patients, or other rules."""
    asked = (pool.path, cohort, rule)
    return {
        "verdicts": partial(recovery_details.verdicts, *asked, moment["least_depth"]),
        "sensitivity": partial(recovery_details.sensitivity, *asked, interval),
        "change": partial(recovery_details.change, *asked),
        "waterfall": partial(recovery_details.waterfall, *asked),
        "incidence": partial(recovery_details.incidence, *asked, **moment),
        "incidence_test": partial(recovery_details.incidence_test, *asked, **moment),
    }


def _unmeasured(pool: Pool, cohort: Cohort, trials: list[str]) -> list[str]:
    """Those of these trials in which no immunoglobulin was measured at all."""
    if not trials:  # what was measured is asked of the whole pool
        return []
    measured = pool.facts(cohort.version).measured(trials)
    some = set(measured[measured.analyte.isin(ISOTYPES)].trial)
    return [trial for trial in trials if trial not in some]


def _trials_with_response(pool: Pool, cohort: Cohort) -> list[str]:
    """Trials with dated responses; in the others nobody is a non-responder (S2)."""
    trials = pool.rows("response_trials", **cohort.values())
    return list(trials[trials.dated > 0].trial)


__all__ = ["CLASSES", "counted_words", "recovery"]
