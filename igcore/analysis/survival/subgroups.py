"""The hazard ratio in every trial and subgroup, and whether it differs between them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from igcore.analysis.comparing import COUNTED, Reference
from igcore.analysis.estimating import LIMITS, TIES, ForestLimits, ForestTies
from igcore.analysis.estimators import pooling
from igcore.analysis.estimators.comparison import HazardRatio
from igcore.analysis.estimators.profile import cox_ratios, why_empty
from igcore.analysis.result import Note, Result
from igcore.analysis.risk_table import RiskTable
from igcore.analysis.spec import analysis
from igcore.analysis.survival import words as words
from igcore.analysis.survival.compared import Compared
from igcore.analysis.survival.groups import Comparison, bound, counts
from igcore.analysis.survival.returns import per_group, returns
from igcore.analysis.survival.tested import by_trial
from igcore.definitions import DAYS_PER_MONTH
from igcore.errors import Refused
from igcore.params import SUGGESTED
from igcore.store import Cohort, Pool

KINDS = {"arm": "Arm", "sex": "Sex", "age": "Age at start"}
RETURN_COLUMNS = {"arm": "arm", "sex": "sex", "age": "age_group"}
AGES = ("under 65", "65 to 74", "75 and over")
COLUMNS = [
    *("kind", "label", "group", "reference", "n", "events", "reference_n", "reference_events"),
    *("hazard_ratio", "hr_lower", "hr_upper", "weight", "note"),
]
INTERACTIONS = ["kind", "statistic", "df", "p", "note"]


@analysis(title="Survival by trial and subgroup")
def subgroups(
    pool: Pool,
    cohort: Cohort,
    *,
    compared: Compared = Compared(),
    reference: Reference = SUGGESTED,
    ties: ForestTies = SUGGESTED,
    limits: ForestLimits = SUGGESTED,
) -> Result:
    """Hazard ratios in all patients, by trial, and by arm, sex and age where the pool has them.

    Stratified by trial. Subgroups are looked at one kind at a time; a patient without the label is
    in "all" alone.

    Returns:
        forest (kind "all", "trial", "arm", "sex" or "age", label, group, reference, n, events,
        hazard ratio with limits, weight of a trial in the two-stage pool, note), interactions (per
        kind: likelihood-ratio test that the ratio is the same in all its subgroups) and pooling
        (two-stage check with Q, I2 and their remark).

    Raises:
        Refused: the response is counted as "ever", or fewer than two groups are left.

    Source: R `coxph(Surv(...) ~ group + strata(trial), ties = ties)`; interaction by `anova` of `group +
        strata(trial, subgroup)` against `group:subgroup + strata(trial, subgroup)`.
    """
    if compared.timing == "ever" and compared.state:
        raise Refused(
            f'{COUNTED}: "ever" is biased, so no hazard ratios are drawn from it. '
            'Choose "time-dependent" or "landmark".'
        )
    asked = Comparison.of(cohort, compared)
    how = {"ties": ties, "limits": limits}
    parts, notes = _tables(pool, asked)
    whole = parts.pop(("all", ""), None)
    if whole is None or reference not in whole.groups or len(whole.groups) < 2:
        raise Refused(
            "Subgroups: fewer than two groups are left to compare. Choose a wider cohort."
        )
    rows = _rows("all", "", whole, reference, how)
    tested, pooled = [], {}
    if asked.group != "trial" and len(whole.strata) > 1:
        found = by_trial(whole, reference, **how)
        trials = found["trials"].rename(columns={"trial": "label"}).assign(kind="trial")
        rows += trials[COLUMNS].to_dict("records")
        met = pooling.interaction(whole, reference, ties=ties)
        tested.append(("trial", met.statistic, met.df, met.p, " ".join(met.notes)))
        pooled = {"pooling": found["pooling"]}
    for kind in KINDS:
        labels = sorted((label for k, label in parts if k == kind), key=_place)
        if len(labels) > 1:
            for label in labels:
                rows += _rows(kind, label, parts[kind, label], reference, how)
            tables = [parts[kind, one] for one in labels]
            tested.append((kind, *interaction(tables, reference, ties=ties)))
    return Result(
        title=f"{words.title(asked)}: trials and subgroups",
        method=_method(asked, ties, limits),
        notes=tuple(notes),
        population=f"n = {int(whole.entering[:, whole.time <= 0].sum())}; {cohort.words()}",
        tables={
            "forest": pd.DataFrame(rows, columns=COLUMNS),
            "interactions": pd.DataFrame(tested, columns=INTERACTIONS),
            **pooled,
        },
    )


def _tables(pool: Pool, asked: Comparison) -> tuple[dict[tuple[str, str], RiskTable], list[Note]]:
    """(kind, label) -> risk table of the subgroup, stratified by trial."""
    values, notes = bound(pool, asked)
    rows = counts(pool, asked, values, "risk_subgroups")
    if asked.stratify == "none":
        names = ["kind", "label", "group", "time"]
        rows = rows.drop(columns="stratum").groupby(names, as_index=False).sum().assign(stratum="")
    back, parts = returns(pool, asked, values), {}
    for (kind, label), part in rows.groupby(["kind", "label"]):
        table = RiskTable.from_rows(part)
        here = back if kind == "all" else back[back[RETURN_COLUMNS[kind]] == label]
        parts[str(kind), str(label)] = replace(table, returning=per_group(here, table))
    return parts, notes


def _place(label: str) -> tuple[int, str]:
    return (AGES.index(label) if label in AGES else 0, label)


def _rows(
    kind: str, label: str, table: RiskTable, reference: str, how: dict[str, str]
) -> list[dict]:
    """One row per group that is not the reference."""
    n = dict(zip(table.groups, table.patients.sum(axis=0).astype(int), strict=True))
    events = dict(zip(table.groups, table.events.sum(axis=(0, 1)).astype(int), strict=True))
    rows, refused = [], ""
    try:
        found = cox_ratios(table, reference, **how) if reference in table.groups else []
    except Refused as refusal:
        empty, refused = (float("nan"),) * 5, str(refusal)
        found = [HazardRatio(g, *empty) for g in table.groups if g != reference]
    for r in found:
        empty = np.isnan(r.ratio)
        values = (
            *(kind, label, r.group, reference, n[r.group], events[r.group]),
            *(n[reference], events[reference], r.ratio, r.lower, r.upper, np.nan),
            (refused or why_empty(table, r.group, reference)) if empty else "",
        )
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows


def interaction(
    parts: list[RiskTable], reference: str, *, ties: str = "efron"
) -> tuple[float, int, float, str]:
    """Likelihood-ratio test of own ratios in each subgroup against common ones.

    Each (S, T, G) table of `parts` is one subgroup with its trials as strata, on whatever times.

    Returns:
        statistic, df, p (NaN, 0, NaN: no test) and a sentence on what was left out.
    """
    from scipy.special import chdtrc

    try:
        own = [pooling.top(part, reference, ties) for part in parts if reference in part.groups]
        common, least = pooling.top(_side_by_side(parts), reference, ties)
    except Refused as refusal:
        return float("nan"), 0, float("nan"), str(refusal)
    df = sum(count for _, count in own) - least
    whole = all(set(part.groups) == set(parts[0].groups) for part in parts)
    if not whole or any(count < len(parts[0].groups) - 1 for _, count in own) or df < 1:
        return float("nan"), 0, float("nan"), "Not all ratios are finite; no test."
    statistic = max(0.0, 2 * (sum(value for value, _ in own) - common))
    return statistic, df, float(chdtrc(df, statistic)), ""


def _side_by_side(parts: list[RiskTable]) -> RiskTable:
    """Subgroups as further strata of one table."""
    frames = []
    for place, part in enumerate(parts):
        counts = np.stack([part.entering, part.events, part.censored])
        s, t, g = np.nonzero(counts.sum(axis=0))
        entering, events, censored = counts[:, s, t, g]
        frames.append(
            pd.DataFrame(
                {
                    "stratum": [f"{place:03d} {part.strata[i]}" for i in s],
                    "time": part.time[t],
                    "group": np.array(part.groups)[g],
                    **{"entering": entering, "events": events, "censored": censored},
                }
            )
        )
    return RiskTable.from_rows(pd.concat(frames, ignore_index=True))


def _method(asked: Comparison, ties: str, limits: str) -> str:
    strata = "" if asked.stratify == "none" else " stratified by trial"
    first = f"Cox models{strata}, {TIES[ties]} ties, {LIMITS[limits]} 95 % limits"
    timing = words.from_start(asked)
    last = (
        "interaction by likelihood-ratio test; subgroups are not adjusted for one another and their "
        "p-values not for their number"
    )
    month = f"1 month = {DAYS_PER_MONTH} days"
    return "; ".join(part for part in (first, timing, last, month) if part) + "."
