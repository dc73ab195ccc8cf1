"""Hazard ratios, tests and what speaks against them, as tidy tables; nothing for "ever" (S7)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from igcore.analysis.estimators import pooling
from igcore.analysis.estimators.comparison import HazardRatio, log_rank
from igcore.analysis.estimators.profile import cox_ratios, why_empty
from igcore.analysis.estimators.proportionality import GLOBAL, proportionality
from igcore.analysis.result import Note, NoteKind, noted
from igcore.analysis.risk_table import RiskTable
from igcore.analysis.states.listed import said
from igcore.analysis.survival.groups import Comparison
from igcore.definitions import LEVEL
from igcore.errors import Refused

COLUMNS = {
    "comparison": ["group", "reference", "hazard_ratio", "hr_lower", "hr_upper"],
    "test": ["name", "statistic", "df", "p"],
    "proportional_hazards": ["group", "statistic", "df", "p"],
    "trials": [
        *("trial", "group", "reference", "n", "events", "reference_n", "reference_events"),
        *("hazard_ratio", "hr_lower", "hr_upper", "weight", "note"),
    ],
    "pooling": [
        *("group", "reference", "trials", "hazard_ratio", "hr_lower", "hr_upper", "p"),
        *("q", "df", "q_p", "i2", "tau2", "remark"),
    ],
    "interaction": ["name", "statistic", "df", "p"],
}


@dataclass(frozen=True)
class Contrasts:
    """Tables of COLUMNS and notes; `moving` is the p-value against proportional hazards."""

    tables: dict[str, pd.DataFrame]
    notes: list[Note] = field(default_factory=list)
    moving: float = float("nan")

    @property
    def mean_leads(self) -> bool:
        """True where hazards are not proportional, so that one ratio cannot stand for them."""
        return self.moving < LEVEL


def frame(name: str, rows: list) -> pd.DataFrame:
    """Rows as one of the tables."""
    return pd.DataFrame(rows, columns=COLUMNS[name])


def compare(
    table: RiskTable, asked: Comparison, reference: str, *, test: str, ties: str, limits: str
) -> Contrasts:
    """Every comparison of the groups; what cannot be computed is an empty cell with a note."""
    tables = {name: frame(name, []) for name in COLUMNS}
    if asked.timing == "ever":
        return Contrasts(tables)
    name = name_of_test(asked, test)
    if reference not in table.groups or len(table.groups) < 2:
        return _incomparable(tables, table, asked, reference, name)
    ratios, notes = _ratios(table, reference, ties, limits)
    tables["comparison"] = frame(
        "comparison", [(r.group, reference, r.ratio, r.lower, r.upper) for r in ratios]
    )
    tested = log_rank(table, weight=test)
    if np.isnan(tested.p):
        no_test = f"{name}: no time at which an event could fall in either group; no test."
        notes.append(Note(NoteKind.NOT_ESTIMABLE, no_test))
    tables["test"] = frame("test", [(name, tested.statistic, tested.df, tested.p)])
    moving = proportionality(table, reference)
    tables["proportional_hazards"] = moving.tests
    p = float(moving.tests.set_index("group").p[GLOBAL])
    if p < LEVEL:
        changing = (
            f"The hazards are not proportional (score test as R's cox.zph, {p_words(p)}): the ratio "
            "changes with time, and the hazard ratio is only its average over these events. The "
            "restricted mean survival time leads."
        )
        notes.append(Note(NoteKind.METHOD, changing))
    if len(table.strata) > 1:
        tables.update(by_trial(table, reference, ties=ties, limits=limits))
    return Contrasts(tables, notes, p)


def name_of_test(asked: Comparison, test: str) -> str:
    """What the test is called."""
    name = {"log-rank": "log-rank", "gehan": "Gehan", "peto-peto": "Peto-Peto"}[test]
    if asked.changing:
        return "Mantel-Byar" if test == "log-rank" else f"Mantel-Byar, {name} weights"
    return f"stratified {name}" if asked.stratify == "trial" else name


def p_words(p: float) -> str:
    """A p-value within a sentence."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _ratios(
    table: RiskTable, reference: str, ties: str, limits: str
) -> tuple[list[HazardRatio], list[Note]]:
    try:
        ratios = cox_ratios(table, reference, ties=ties, limits=limits)
    except Refused as refusal:
        empty = (float("nan"),) * 5
        others = [g for g in table.groups if g != reference]
        return [HazardRatio(g, *empty) for g in others], noted(
            NoteKind.NOT_ESTIMABLE, [str(refusal)]
        )
    why = [why_empty(table, r.group, reference) for r in ratios if np.isnan(r.ratio)]
    return ratios, noted(NoteKind.NOT_ESTIMABLE, why)


def _incomparable(
    tables: dict[str, pd.DataFrame], table: RiskTable, asked: Comparison, reference: str, name: str
) -> Contrasts:
    """Empty cells where a group has nobody, and the note that says so."""
    groups, note = set(table.groups), f"{reference}: fewer than two groups to compare."
    if asked.names:
        groups |= set(asked.names)
        when = f" by month {asked.landmark:g}" if asked.timing == "landmark" else ""
        missing = sorted(groups - set(table.groups))
        absent = ", ".join(f"0 {said(g)[0].lower()}{when}" for g in missing)
        note = f"{absent}: no test and no hazard ratio."
    rows = [(g, reference, np.nan, np.nan, np.nan) for g in sorted(groups - {reference})]
    tables["comparison"] = frame("comparison", rows)
    tables["test"] = frame("test", [(name, np.nan, 0, np.nan)])
    return Contrasts(tables, [Note(NoteKind.NOT_ESTIMABLE, note)])


def by_trial(
    table: RiskTable, reference: str, *, ties: str = "efron", limits: str = "wald"
) -> dict[str, pd.DataFrame]:
    """Trials one by one, their two-stage pooling with heterogeneity, group-by-trial interaction.

    All with these ties; `limits` are those of the trials, the pool of two stages has Wald's.
    """
    rows = pooling.per_trial(table, reference, ties=ties, limits=limits)
    rows["weight"] = np.nan
    pooled = []
    for group, part in rows.groupby("group", sort=True):
        found = pooling.pool(part.coefficient, part.standard_error)
        known = part.index[part.coefficient.notna()]
        rows.loc[known, "weight"] = found.weights
        ratio = (found.ratio, found.lower, found.upper, found.p)
        spread = (found.q, found.df, found.q_p, found.i2, found.tau2, found.remark)
        pooled.append((group, reference, found.trials, *ratio, *spread))
    rows["reference"] = reference
    named = {"ratio": "hazard_ratio", "lower": "hr_lower", "upper": "hr_upper"}
    whole = dict.fromkeys(("n", "events", "reference_n", "reference_events"), int)
    met = pooling.interaction(table, reference, ties=ties)
    tested = [("group by trial", met.statistic, met.df, met.p)]
    return {
        "trials": rows.rename(columns=named).astype(whole)[COLUMNS["trials"]],
        "pooling": frame("pooling", pooled),
        "interaction": frame("interaction", tested),
    }
