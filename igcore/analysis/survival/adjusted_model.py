"""A Cox model of several covariates on spans of patients, stratified; what has no ratio is told."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from igcore.analysis.estimators.profile import cox_ratios
from igcore.analysis.risk_table import RiskTable
from igcore.analysis.states.listed import said
from igcore.definitions import Z

NAN = float("nan")
EMPTY = (NAN,) * 4
WIDEST = 10.0  # a standard error of a log ratio beyond it says that there is no finite ratio
PRECISE = {"precision": 1e-14, "r_precision": 1e-15, "max_steps": 100}


@dataclass(frozen=True)
class Term:
    """One coefficient: a level of a variable against its reference, or a number per unit.

    `level` is "" for a number; `column` (N,) holds its values on the N spans, `against` (N,) is 1
    on those of the reference.
    """

    variable: str
    level: str
    reference: str
    column: np.ndarray
    against: np.ndarray

    def among(self, spans: np.ndarray) -> Term:
        """The same on some of the spans."""
        return replace(self, column=self.column[spans], against=self.against[spans])


def dummies(variable: str, labels: pd.Series, reference: str, strata: pd.Series) -> list[Term]:
    """A term for each level but the reference, in order of their names.

    Levels that no stratum has beside the reference, such as the arms of another trial, are compared
    with the first level that they share a stratum with; a level alone in its strata has no term.
    """
    parts = [{reference}, *(set(part) for _, part in labels.groupby(strata))]
    joined: list[set[str]] = []
    for part in parts:
        apart = [one for one in joined if not one & part]
        joined = [*apart, part.union(*(one for one in joined if one & part))]
    terms = []
    for part in joined:
        first = reference if reference in part else min(part)
        against = (labels == first).to_numpy(float)
        for level in sorted(part - {first}):
            column = (labels == level).to_numpy(float)
            terms.append(Term(variable, level, first, column, against))
    return terms


def number(variable: str, values: pd.Series) -> Term:
    """A term per unit, centred: ratios stay the same and the powers in the model small."""
    column = values.to_numpy(float)
    return Term(variable, "", "", column - column.mean(), np.ones(len(column)))


def solve(
    spans: pd.DataFrame, blocks: list[list[Term]]
) -> list[tuple[Term, tuple[float, ...], tuple[float, ...], str]]:
    """Every term with its ratio beside the others, by itself, and why it has none ("": it has).

    Ratios as of `fit`. Where the groups (the first block) have no ratio at all, nothing is fitted.
    """
    terms = [term for block in blocks for term in block]
    why, inside = reasons(spans, blocks)
    used = [place for place, words in enumerate(why) if not words]
    answer: list | None = []
    if any(not words for words in why[: len(blocks[0])]):
        kept = [terms[place].among(inside) for place in used]
        answer = fit(spans[inside], kept)
    found = dict.fromkeys(range(len(terms)), EMPTY)
    found |= dict(zip(used, answer or [], strict=False))
    by_itself = [row for block in blocks if block for row in single(spans, block)]
    return [
        (term, found[place], by_itself[place], why[place] or _unfound(term, found[place], answer))
        for place, term in enumerate(terms)
    ]


def _unfound(term: Term, found: tuple[float, ...], answer: list | None) -> str:
    if np.isfinite(found[0]):
        return ""
    if answer is None:
        return "The model has no maximum (it does not converge), so it has no hazard ratios."
    if not answer:
        return "There is no hazard ratio of the groups, so the model was not fitted."
    return (
        f"{_name(term)}: no finite hazard ratio; beside the other terms it tells all events apart."
    )


def _name(term: Term) -> str:
    return said(term.level)[0] or term.variable.capitalize()


def _within(term: Term) -> str:
    return said(term.reference)[1]


def reasons(spans: pd.DataFrame, blocks: list[list[Term]]) -> tuple[list[str], np.ndarray]:
    """Why a term has no ratio ("": it is fitted), and the (N,) spans that are fitted.

    A level without an event has a ratio of 0; in that limit its patients weigh nothing in the
    model, so they are left out of the fit, which leaves the other ratios what they are there.
    """
    event = spans.event.to_numpy(bool)
    inside, why = np.ones(len(spans), bool), []
    for block in blocks:
        for term in block:
            words = ""
            if not event[term.against == 1].any():
                words = (
                    f"{_name(term)}: no hazard ratio, because there is no event in {_within(term)}."
                )
            elif term.level and not event[term.column == 1].any():
                words = f"{_name(term)}: no hazard ratio, because there is no event in it."
                inside &= term.column != 1
            why.append(words)
    terms = [term for block in blocks for term in block]
    open_ = [place for place, words in enumerate(why) if not words]
    kept = [terms[place].among(inside) for place in open_]
    for place, alike in zip(open_, aliased(kept, spans.stratum[inside]), strict=True):
        if alike:
            why[place] = (
                f"{_name(terms[place])}: no ratio of its own; within each trial the other terms "
                "tell who belongs to it, so it is what they are compared with."
            )
    return why, inside


def aliased(terms: list[Term], strata: pd.Series) -> list[bool]:
    """Whether a term is told by those before it within every stratum, so that it has no ratio.

    As R, which gives NA for the later one: what never varies within a stratum, and the last arm of
    a trial whose other arms have terms of their own.
    """
    found, basis = [], np.empty((len(strata), 0))
    for term in terms:
        column = pd.Series(term.column)
        column = (column - column.groupby(strata.to_numpy()).transform("mean")).to_numpy()
        size = float(np.linalg.norm(column))
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)  # once more, against rounding
        alike = size < 1e-12 or float(np.linalg.norm(rest)) < 1e-7 * size
        found.append(alike)
        if not alike:
            basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
    return found


def fit(spans: pd.DataFrame, terms: list[Term]) -> list[tuple[float, float, float, float]] | None:
    """Hazard ratio, 95 % Wald limits and p of every term; None where the model does not converge.

    Args:
        spans: stratum, entry, exit (days; spans are (entry, exit]) and event of every span.

    Numbers agree with R to about 1e-7: lifelines ends its steps before the last digits.

    Source: Efron 1977; R `coxph(Surv(entry, exit, event) ~ ... + strata(stratum), ties = "efron")`.
    """
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError

    if not terms:
        return []
    frame = pd.DataFrame({f"x{place}": term.column for place, term in enumerate(terms)})
    frame["stratum"] = spans.stratum.to_numpy()
    frame["exit"], frame["event"] = spans.exit.to_numpy(float), spans.event.to_numpy(int)
    late = {}
    if (spans.entry > 0).any():  # delayed entry takes lifelines a hundred times longer
        frame["entry"], late = spans.entry.to_numpy(float), {"entry_col": "entry"}
    try:
        with warnings.catch_warnings():
            # It warns of what is checked here by the answer itself.
            warnings.simplefilter("ignore")
            model = CoxPHFitter().fit(
                frame, "exit", "event", strata="stratum", fit_options=PRECISE, **late
            )
    except ConvergenceError:
        return None
    names = [f"x{place}" for place in range(len(terms))]
    return _ratios(model.params_[names].to_numpy(), model.standard_errors_[names].to_numpy())


def _ratios(
    beta: Sequence[float], error: Sequence[float]
) -> list[tuple[float, float, float, float]]:
    from scipy.special import ndtr

    rows = []
    for b, se in zip(beta, error, strict=True):
        if not (np.isfinite(b) and np.isfinite(se)) or se > WIDEST or se == 0:
            rows.append(EMPTY)
            continue
        ratio, low, high = np.exp([b, b - Z * se, b + Z * se])
        rows.append((float(ratio), float(low), float(high), float(2 * ndtr(-abs(b / se)))))
    return rows


def single(spans: pd.DataFrame, block: list[Term]) -> list[tuple[float, float, float, float]]:
    """The ratios of one variable by itself; of levels on counts, which is exact."""
    if not block[0].level:
        return fit(spans, block) or [EMPTY]
    found: dict[str, tuple[float, float, float, float]] = {}
    for reference in dict.fromkeys(term.reference for term in block):
        terms = [term for term in block if term.reference == reference]
        labels = np.where(terms[0].against == 1, reference, "").astype(object)
        for term in terms:
            labels[term.column == 1] = term.level
        here = labels != ""
        for one in cox_ratios(_table(spans[here], labels[here]), reference, limits="wald"):
            found[one.group] = _ratios([one.coefficient], [one.standard_error])[0]
    return [found[term.level] for term in block]


def _table(spans: pd.DataFrame, labels: np.ndarray) -> RiskTable:
    """The risk table of the spans in the groups of these labels."""
    who = {"stratum": spans.stratum.to_numpy(), "group": labels}
    one, none = np.ones(len(spans), int), np.zeros(len(spans), int)
    event = spans.event.to_numpy(int)
    names = ["entering", "events", "censored"]
    rows = [
        pd.DataFrame({**who, "time": time.to_numpy(float), **dict(zip(names, n, strict=True))})
        for time, n in ((spans.entry, (one, none, none)), (spans.exit, (none, event, 1 - event)))
    ]
    keys = ["stratum", "group", "time"]
    return RiskTable.from_rows(pd.concat(rows).groupby(keys, as_index=False).sum())
