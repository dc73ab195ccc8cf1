"""One patient: measurements against limits, course, outcomes, and the verdict with its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pandas as pd

from igcore.analysis.patient.course import course
from igcore.analysis.result import Note, NoteKind, Result, counted
from igcore.analysis.rule import DETAIL, REASONS, UNJUDGED, VERDICTS, Judged, Observed, Rule
from igcore.analysis.spec import analysis, nobody
from igcore.errors import Refused
from igcore.params import BESIDE, SUGGESTED, Choice, Choices, Fold, PatientKey
from igcore.store import Cohort, Pool
from igcore.store.cohort import FILTERS
from igcore.store.schema import ISOTYPES

OTHERS = {"hidden": "Hidden", "trial": "Pale, in the background"}
DRAWN = 100  # other patients in the background: more lines are one grey
FIRST = 6  # other analytes that are shown unless some are chosen
FOUND = 50  # patients that a search lists


def _first_patient(facts: Any, values: Any) -> int:
    trials = values.get("trial") or [trial.trial for trial in facts.trials]
    others = ((f.name, values[f.name]) for f in FILTERS if f.name in values and f.name != "trial")
    asked = Cohort(facts.version, (("trial", tuple(trials)), *others))
    key = facts.first_patient(facts.settled(asked, Rule().bound()))
    if key is None:
        raise nobody(asked)
    return key


def _measured(facts: Any, values: Any) -> dict[str, str]:
    """Everything else that was measured in these trials."""
    names = sorted(set(facts.measured(values["trial"]).analyte) - set(ISOTYPES))
    return {name: name for name in names}


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
        BESIDE,
    ] = SUGGESTED,
    others: Annotated[
        str,
        Choice(
            label="Other patients",
            options=OTHERS,
            says="Other patients of the same trial and the same filters behind this one; of many, "
            f"{DRAWN} drawn by lot. Never their involved isotypes.",
        ),
    ] = "hidden",
    measured: Annotated[
        tuple[str, ...],
        Choices(
            label="Other analytes",
            options=_measured,
            otherwise=f"the first {FIRST}",
            says=f"What else was measured, against its own limits; the first {FIRST} unless named.",
        ),
        BESIDE,
    ] = (),
    judged: Annotated[Judged, Fold(DETAIL.heading, ("range", "month", "window"))] = Judged(),
    observed: Annotated[Observed, DETAIL] = Observed(),
) -> Result:
    """One patient's measurements, limits, responses, therapies, outcomes and verdicts.

    Returns:
        patient (one row), measurements (value and limits as given, limits in use, what each value
        is to the rule; day as study day), responses, therapies, infections, outcomes, course (the
        strips of the figure), verdicts (as in recovery, with the sentence behind each), others
        (values of other patients of the trial, in g/L), shown (the chosen other analytes).

    Raises:
        Refused: no patient of that key is in the trials.

    Source: rules R0 to R8 of the Methods page.
    """
    rule = Rule.of(judged, observed)
    verdicts = pool.rows("verdicts", **rule.values(cohort.whole(), key))
    if verdicts.empty:
        raise Refused(
            f"Patient key: {key} is not among {cohort.whole().words()}. Leave the trials out, or "
            "name others."
        )
    tables = _records(pool, cohort.whole(), rule, key)
    tables["course"] = course(tables)
    tables["outcomes"] = tables["outcomes"].drop(columns="day")  # the JSON's shape is relied on
    tables["verdicts"] = verdicts.assign(
        says=[told(row)[0] for row in verdicts.itertuples()],
        because=[told(row)[1] for row in verdicts.itertuples()],
        sentence=[sentence(row) for row in verdicts.itertuples()],
    )
    row = tables["patient"].iloc[0]
    names, hidden = _chosen(tables["measurements"], measured)
    tables["shown"] = pd.DataFrame({"analyte": names}, dtype=object)
    tables["others"] = pd.DataFrame(columns=["patient_key", "analyte", "day", "level", "patients"])
    if others == "trial":
        asked = {"trial": row.trial, "patient_key": key, "most": DRAWN}
        tables["others"] = pool.rows("patient_others", **rule.values(cohort, key), **asked)
    return Result(
        title=f"Patient {row.patient}, {row.trial}",
        method=" ".join(
            part
            for part in (
                f"Improved: {rule.words()}.",
                rule.departures(),
                _behind(tables["others"]) if others == "trial" else "",
                "Day 1 is the first day of treatment.",
            )
            if part
        ),
        population="n = 1",
        notes=(*_outside(pool, cohort, key), *_notes(tables["measurements"], rule, hidden)),
        tables=tables,
    )


def _outside(pool: Pool, cohort: Cohort, key: int) -> tuple[Note, ...]:
    """A link to one patient is never refused because of a filter; it is told instead."""
    found = pool.rows("patient_place", **cohort.values(), patient_key=key)
    if found.place.iloc[0]:
        return ()
    told = f"This patient is not among those that the filters leave: {cohort.words()}."
    return (Note(NoteKind.LEFT_OUT, told),)


def _records(pool: Pool, cohort: Cohort, rule: Rule, key: int) -> dict[str, pd.DataFrame]:
    """Everything stored of the patient."""
    version = {"version": cohort.version, "patient_key": key}
    judged = {**rule.values(cohort, key), "patient_key": key}
    names = ("responses", "therapies", "infections", "outcomes")
    return {
        "patient": pool.rows("patient", **version),
        "measurements": pool.rows("patient_measurements", **judged),
        **{name: pool.rows(f"patient_{name}", **version) for name in names},
    }


def immunoglobulin(measurements: pd.DataFrame) -> pd.Series:
    """Which rows are one of the three isotypes as a mass concentration; the rest is judged by no
    rule and shown among the other analytes."""
    return measurements.analyte.isin(ISOTYPES) & measurements.value_g_per_l.notna()


def _chosen(measurements: pd.DataFrame, asked: tuple[str, ...]) -> tuple[list[str], int]:
    """The patient's other analytes that are shown, and how many are not."""
    found = sorted(set(measurements[~immunoglobulin(measurements)].analyte))
    shown = [name for name in found if name in asked] if asked else found[:FIRST]
    return shown, len(found) - len(shown)


def _notes(measurements: pd.DataFrame, rule: Rule, hidden: int) -> tuple[Note, ...]:
    notes = []
    rows = measurements[immunoglobulin(measurements)]
    borrowed = rows[rows.range_of.notna() & (rule.range == "own")]
    if rows.empty:
        none = "No immunoglobulin was measured in this patient."
        notes.append(Note(NoteKind.NOT_ESTIMABLE, none))
    for name in sorted(set(borrowed.range_of)):
        of = ", ".join(sorted(set(borrowed[borrowed.range_of == name].analyte)))
        told = f"{of}: records without limits of their own; the range of {name} stands in."
        notes.append(Note(NoteKind.LIMITS, told))
    if hidden:
        told = f"{counted(hidden, 'other analyte')} not drawn; all are in the table below."
        notes.append(Note(NoteKind.LEFT_OUT, told))
    return tuple(notes)


def _behind(others: pd.DataFrame) -> str:
    """Who stands behind the patient, as a sentence."""
    if others.empty:
        return "No other patient of the trial has immunoglobulin values to show."
    n, drawn = int(others.patients.iloc[0]), others.patient_key.nunique()
    lot = f"{drawn} of {n:,} other patients of the trial, drawn by lot" if n > DRAWN else ""
    return (
        f"Pale lines: {lot or counted(drawn, 'other patient') + ' of the trial'}; never the "
        "isotype of their own myeloma, nor IgG under replacement."
    )


def told(row: Any) -> tuple[str, str]:
    """The verdict in words, and the numbers or the reason behind it."""
    verdict = VERDICTS[row.verdict]
    if row.verdict in UNJUDGED:
        return verdict, REASONS[row.reason]
    if row.verdict == "improved_from_low":
        verdict = "improved"
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
    return verdict, (
        f"baseline {row.baseline_operator or ''}{row.baseline:g}, "
        f"final {row.final_operator or ''}{row.final:g} {row.unit}{change}, {limit}"
    )


def sentence(row: Any) -> str:
    """The verdict with its numbers: "baseline 56, final 70 mg/dL, +25.0 %, limit 70: improved"."""
    verdict, because = told(row)
    if row.verdict in UNJUDGED:
        return f"{verdict}: {because}"
    return f"{because}: {verdict}"


@dataclass(frozen=True)
class Place:
    """Where a patient stands among the n of the cohort: place from 1 (0: not among them), keys."""

    n: int
    place: int
    first: int | None
    previous: int | None
    next: int | None


def place(pool: Pool, cohort: Cohort, key: int) -> Place:
    """The patient's place among those of the cohort, by trial and id, and who stands beside."""
    row = pool.rows("patient_place", **cohort.values(), patient_key=key).iloc[0]
    keys = (
        None if pd.isna(row[name]) else int(row[name]) for name in ("first", "previous", "next")
    )
    return Place(int(row.n), int(row.place), *keys)


def matches(pool: Pool, cohort: Cohort, text: str, most: int = FOUND) -> tuple[pd.DataFrame, int]:
    """Patients of the cohort whose id contains the text, the nearest first, and how many there are.

    Returns:
        rows (patient_key, trial, patient), at most `most`; and the number of all that match.
    """
    found = pool.rows("patient_matches", **cohort.values(), text=text, most=most)
    return found[["patient_key", "trial", "patient"]], int(found.n.iloc[0]) if len(found) else 0
