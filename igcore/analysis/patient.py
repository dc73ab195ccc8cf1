"""One patient: measurements against limits, course, outcomes, and the verdict with its numbers."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd

from igcore.analysis.result import Result
from igcore.analysis.rule import (
    REASONS,
    VERDICTS,
    BaselineWindow,
    Final,
    Month,
    NextTherapy,
    Progression,
    Range,
    Rise,
    Rule,
    Transplant,
    Washout,
    Window,
)
from igcore.analysis.spec import analysis
from igcore.errors import Refused
from igcore.params import SUGGESTED, PatientKey
from igcore.store import Cohort, Pool
from igcore.store.cohort import FILTERS


def _first_patient(facts: Any, values: Any) -> int:
    trials = values.get("trial") or [trial.trial for trial in facts.trials]
    others = tuple((f.name, tuple(values.get(f.name, ()))) for f in FILTERS if f.name != "trial")
    key = facts.first_patient(Cohort(facts.version, (("trial", tuple(trials)), *others)))
    if key is None:
        raise Refused("The pool holds no patients in this version. Add files on the Upload page.")
    return key


@analysis(title="Patient", first=("key",))
def patient(
    pool: Pool,
    cohort: Cohort,
    *,
    key: Annotated[
        int,
        PatientKey(
            label="Patient key",
            fallback=_first_patient,
            says="The pool's own key of the patient, never the patient's text id.",
        ),
    ] = SUGGESTED,
    rise: Rise = 25,
    range: Range = "own",
    final: Final = "last",
    month: Month = 6,
    window: Window = 14,
    baseline_window: BaselineWindow = 35,
    progression: Progression = "on",
    transplant: Transplant = "on",
    next_therapy: NextTherapy = "on",
    washout: Washout = 183,
) -> Result:
    """One patient's measurements, limits, responses, therapies, outcomes and verdicts.

    Returns:
        patient (one row), measurements (value and limits as given, day as study day), responses,
        therapies, infections, outcomes, verdicts (as in recovery, with the sentence behind each).

    Raises:
        Refused: no patient of that key is in the cohort.

    Source: rules R0 to R8 of the Methods page.
    """
    rule = Rule(
        rise=rise,
        range=range,
        final=final,
        month=month,
        window=window,
        baseline_window=baseline_window,
        progression=progression,
        transplant=transplant,
        next_therapy=next_therapy,
        washout=washout,
    )
    version = {"version": cohort.version, "patient_key": key}
    who = pool.rows("patient", **version)
    verdicts = pool.rows("verdicts", **rule.values(cohort, key))
    if verdicts.empty:
        raise Refused(
            f"Patient key: {key} is not among {cohort.words()}. Leave the filters out, or widen them."
        )
    verdicts["sentence"] = [sentence(row) for row in verdicts.itertuples()]
    row = who.iloc[0]
    return Result(
        query="",
        data_version=cohort.version,
        title=f"Patient {row.patient}, {row.trial}",
        method=" ".join(
            part
            for part in (
                f"Improved: {rule.words()}.",
                rule.departures(),
                "Day 1 is the first day of treatment.",
            )
            if part
        ),
        population="n = 1",
        tables={
            "patient": who,
            "measurements": pool.rows("patient_measurements", **version),
            "responses": pool.rows("patient_responses", **version),
            "therapies": pool.rows("patient_therapies", **version),
            "infections": pool.rows("patient_infections", **version),
            "outcomes": pool.rows("patient_outcomes", **version),
            "verdicts": verdicts,
        },
    )


def sentence(row: Any) -> str:
    """The verdict with its numbers: "baseline 56, final 70 mg/dL, +25.0 %, limit 70: improved"."""
    verdict = VERDICTS[row.verdict]
    if row.verdict.startswith("improved"):
        verdict = "improved" if row.verdict == "improved_from_low" else verdict
    if row.verdict in ("not_assessable", "not_evaluable"):
        return f"{verdict}: {REASONS[row.reason]}"
    if row.reason == "not_confirmed":
        verdict = f"rise in range, {REASONS[row.reason]}"
    limits = "default limits" if row.default_limits else "limits"
    if row.low == row.low and "low" in row.verdict:
        limit = f"{limits.removesuffix('s')} {row.low:g}"
    else:
        limit = f"{limits} {row.low:g} to {row.high:g}"
    change = ""
    if row.change_percent == row.change_percent:
        sign = f"{row.change_operator} " if row.change_operator else ""
        change = f", {sign}{row.change_percent:+.1f} %"
    return (
        f"baseline {row.baseline_operator or ''}{row.baseline:g}, "
        f"final {row.final_operator or ''}{row.final:g} {row.unit}{change}, {limit}: "
        f"{verdict}"
    )


def neighbours(pool: Pool, cohort: Cohort) -> pd.DataFrame:
    """The patients of the cohort in order, to step through: patient_key, trial, patient, ..."""
    return pool.rows("patients", **cohort.values())
