"""Survival of groups, adjusted for covariates that were known at the start."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd

from igcore.analysis.comparing import COUNTED, Reference, words_of
from igcore.analysis.result import Note, NoteKind, Result, counted, noted
from igcore.analysis.spec import analysis, size
from igcore.analysis.survival import adjusted_model as model
from igcore.analysis.survival import words as words
from igcore.analysis.survival.compared import Compared
from igcore.analysis.survival.groups import Comparison, bound, counts, without_label
from igcore.analysis.survival.returns import returns
from igcore.definitions import DAYS_PER_MONTH
from igcore.errors import Refused
from igcore.params import SUGGESTED, Choices
from igcore.store import Cohort, Pool

MOST = 20_000  # patients; some seconds of one processor, which every reader of the server waits for
AGE_UNIT = 10.0  # years
COVARIATES = {"arm": "Arm", "age": "Age", "sex": "Sex"}
COLUMNS = {"arm": "arm", "age": "age_years", "sex": "sex"}
TERMS = [
    *("variable", "term", "reference", "n", "events", "hazard_ratio", "hr_lower", "hr_upper", "p"),
    *("unadjusted", "unadjusted_lower", "unadjusted_upper", "unadjusted_p", "note"),
]


def _covariates(facts: Any, values: Any) -> dict[str, str]:
    """What can be adjusted for: not what makes the groups, nor what all patients share."""
    found = {}
    for name, label in COVARIATES.items():
        shared = name != "age" and len(facts.labels(name, values["trial"])) < 2
        if name != values.get("group") and not shared:
            found[name] = label
    return found


Covariates = Annotated[
    tuple[str, ...],
    Choices(
        label="Adjusted for",
        options=_covariates,
        fallback=lambda facts, values: tuple(sorted(_covariates(facts, values))),
        otherwise="all that the pool has",
        says="What else is in the model, as it was at the start: arm, age (per 10 years), sex.",
    ),
]


@analysis(title="Survival, adjusted")
def adjusted(
    pool: Pool,
    cohort: Cohort,
    *,
    compared: Compared = Compared(),
    reference: Reference = SUGGESTED,
    covariates: Covariates = SUGGESTED,
) -> Result:
    """Hazard ratios of the groups in one Cox model with arm, age and sex, stratified by trial.

    The groups are those of the survival analysis: from the day of the response or recovery on, or
    fixed at the landmark or from the start. Patients with all covariates known (complete cases).

    Returns:
        terms (variable, term, reference, patients n and events in it; hazard ratio with 95 %
        limits and p beside the other terms, and by itself in the same patients; age per 10 years;
        note where there is no finite ratio) and model (n, events, left_out: patients without a
        covariate).

    Raises:
        Refused: counted as "ever", more than 20,000 patients, or nobody with all covariates.

    Source: R `coxph(Surv(start, stop, event) ~ group + arm + age + sex + strata(trial), ties =
        "efron")`, to about 1e-7, where lifelines ends its steps.
    """
    if compared.timing == "ever" and compared.state:
        raise Refused(
            f'{COUNTED}: "ever" is biased, and no covariate mends that, so it is '
            'not adjusted. Choose "time-dependent" or "landmark".'
        )
    asked = Comparison.of(cohort, compared)
    spans, back, notes = _spans(pool, asked)
    known, kept, more = _complete(spans, covariates)
    table, last = _terms(known, back, asked, reference, kept)
    n = _patients(known)
    whole = {"n": n, "events": int(known.event.sum()), "left_out": _patients(spans) - n}
    return Result(
        title=f"{words.title(asked)}, adjusted",
        method=_method(asked, kept),
        notes=(*notes, *more, *last),
        population=f"n = {n}, {whole['events']} events; {cohort.words()}",
        tables={"terms": table, "model": pd.DataFrame([whole])},
    )


def _patients(spans: pd.DataFrame) -> int:
    """Everyone has one span that starts with the clock."""
    return int((spans.entry <= 0).sum())


def _spans(pool: Pool, asked: Comparison) -> tuple[pd.DataFrame, pd.DataFrame, list[Note]]:
    """Spans of the comparison with their stratum, which of them are entered again, and notes on
    trials that are left out."""
    n = size(pool, asked.cohort)
    if n > MOST:
        raise Refused(
            f"Adjusted: a model of several covariates goes through the patients one by one, and "
            f"{n:,} are too many for it; at most {MOST:,}. Choose fewer trials or narrow the "
            "cohort. The comparison without covariates has no such limit."
        )
    values, notes = bound(pool, asked)
    rows = counts(pool, asked, values, "adjusted_spans")
    notes = [*notes, *without_label(asked, _patients(rows[rows["group"].isna()]))]
    rows = rows[rows["group"].notna()].reset_index(drop=True)
    rows["stratum"] = rows.trial if asked.stratify == "trial" else ""
    return rows, returns(pool, asked, values), notes


def _complete(
    spans: pd.DataFrame, covariates: tuple[str, ...]
) -> tuple[pd.DataFrame, list[str], list[Note]]:
    """Spans of patients with all covariates, the covariates that are known, and what is told."""
    asked = [name for name in COVARIATES if name in covariates]
    kept = [name for name in asked if spans[COLUMNS[name]].notna().any()]
    absent = [name for name in asked if name not in kept]
    notes = noted(
        NoteKind.LEFT_OUT,
        (
            f"{COVARIATES[name]}: not known of anybody here, so it is not in the model."
            for name in absent
        ),
    )
    missing = pd.DataFrame({name: spans[COLUMNS[name]].isna() for name in kept}, index=spans.index)
    known = spans[~missing.any(axis=1)] if kept else spans
    left = _patients(spans) - _patients(known)
    if left:
        first = spans.entry <= 0
        lacks = [(name, int((missing[name] & first).sum())) for name in kept]
        why = ", ".join(f"{n:,} without {name}" for name, n in lacks if n)
        who = (
            f"Only patients with all covariates are in the model: {counted(left, 'patient')} of "
            f"{_patients(spans):,} left out ({why})."
        )
        notes.append(Note(NoteKind.LEFT_OUT, who))
    if known.empty:
        raise Refused(
            "Adjusted: nobody is left whose covariates are all known. Choose fewer covariates or a "
            "wider cohort."
        )
    return known.reset_index(drop=True), kept, notes


def _known(kept: list[str]) -> list[str]:
    return [{"age": "age_group"}.get(name, name) for name in kept]


def _terms(
    spans: pd.DataFrame,
    back: pd.DataFrame,
    asked: Comparison,
    reference: str,
    kept: list[str],
) -> tuple[pd.DataFrame, list[Note]]:
    """The table of terms, and notes on what has no ratio."""
    blocks = [model.dummies(asked.group, spans["group"], reference, spans.stratum)]
    for name in kept:
        column = spans[COLUMNS[name]]
        if name == "age":
            blocks.append([model.number(name, column / AGE_UNIT)])
        else:
            blocks.append(model.dummies(name, column, min(column), spans.stratum))
    if not (spans["group"] == reference).any() or not blocks[0]:
        raise Refused("Adjusted: fewer than two groups are left to compare. Choose a wider cohort.")
    rows = []
    notes = [
        f"{COVARIATES[name]}: the same in all who are compared, so it has no hazard ratio."
        for name, block in zip(kept, blocks[1:], strict=True)
        if not block
    ]
    for term, joint, single, note in model.solve(spans, blocks):
        here = term.column == 1 if term.level else np.ones(len(spans), bool)
        # Who reaches a state has a span in it as well, and another with each return to it;
        # everything else is known from the start.
        n = _patients(spans[here])
        if term.variable == asked.group:
            again = back[(back["group"] == term.level) & back[_known(kept)].notna().all(axis=1)]
            n = int(here.sum()) - int(again.returning.sum())
        row = (term.variable, term.level, term.reference, n, int(spans.event[here].sum()))
        rows.append((*row, *joint, *single, note))
        notes += [note] if note else []
    return pd.DataFrame(rows, columns=TERMS), noted(NoteKind.NOT_ESTIMABLE, dict.fromkeys(notes))


def _method(asked: Comparison, kept: list[str]) -> str:
    named = {"arm": "arm", "age": f"age (per {AGE_UNIT:g} years)", "sex": "sex"}
    others = [named[name] for name in kept]
    with_ = [", ".join(others[:-1]), others[-1]] if others[1:] else others
    strata = "stratified by trial" if asked.stratify == "trial" else "not stratified"
    together = f"Cox model of {words_of(asked.group)} with {' and '.join(with_)} together"
    since = words.since(asked)
    parts = [
        f"{together if others else 'Cox model'}, {strata}, Efron ties, Wald 95 % limits",
        f"{since}, all follow-up from the start" if asked.changing else since,
        "by itself: each alone in the same patients",
        f"1 month = {DAYS_PER_MONTH} days",
    ]
    return "; ".join(part for part in parts if part) + "."
