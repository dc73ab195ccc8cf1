"""Hazard ratios by choice: Breslow's or exact ties, profile-likelihood limits.

Wald limits with Efron's ties are in `comparison`; what is here is asked for by name.
"""

from __future__ import annotations

import numpy as np

from igcore.analysis.estimators.comparison import HazardRatio
from igcore.analysis.estimators.partial_likelihood import Likelihood, maximum, partial_likelihood
from igcore.analysis.risk_table import RiskTable
from igcore.analysis.states.listed import said
from igcore.definitions import Z


def comparable(table: RiskTable, reference: str, ties: str = "efron") -> list[int]:
    """Positions of the reference and of the groups with a finite hazard ratio against it.

    Ford's condition: each reaches the other along "has an event while somebody of the next group
    could have had it instead". The exact likelihood needs this somebody to stay without the event.
    """
    from scipy.sparse.csgraph import connected_components

    rivals = table.at_risk - (table.events if ties == "exact" else 0)
    beats = np.einsum("stg,sth->gh", table.events, rivals > 0) > 0
    _, part = connected_components(beats, connection="strong")
    home = table.groups.index(reference)
    return [home, *(g for g in np.flatnonzero(part == part[home]).tolist() if g != home)]


def why_empty(table: RiskTable, group: str, reference: str) -> str:
    """The sentence for a hazard ratio that is left empty (NaN)."""
    events = dict(zip(table.groups, table.events.sum(axis=(0, 1)), strict=True))
    first, within = ({n: said(n)[i] for n in (group, reference)} for i in (0, 1))
    if group not in events or reference not in events:
        absent = reference if reference not in events else group
        return f"{first[absent]}: nobody is in this group; no hazard ratio."
    without = [within[name] for name in (group, reference) if not events[name]]
    if without:
        return (
            f"{first[group]}: no hazard ratio, because there is no event in "
            f"{' and '.join(without)}."
        )
    return (
        f"{first[group]}: no hazard ratio, because its events and those of {within[reference]} do "
        "not fall while both are at risk."
    )


def cox_ratios(
    table: RiskTable, reference: str, *, ties: str = "efron", limits: str = "profile"
) -> list[HazardRatio]:
    """Hazard ratio of every other group against the reference, stratified; NaN: no finite one.

    Args:
        ties: "efron", "breslow" or "exact".
        limits: "profile" (where twice the log likelihood, maximised over the other groups, lies
            3.84 below its top) or "wald".

    Raises:
        Refused: exact ties that are too many to add up.

    Source: Venzon and Moolgavkar 1988; R `coxph(..., ties = ties)`, for the profile `uniroot` on
        the `loglik` of `coxph(... + offset(b * (group == g)))`; SAS `risklimits = pl`.
    """
    columns = comparable(table, reference, ties)
    found = {}
    if len(columns) > 1:
        at = partial_likelihood(table, columns, ties)
        beta, top, information = maximum(at, np.zeros(len(columns)), range(1, len(columns)))
        error = np.sqrt(np.diag(np.linalg.inv(information[1:, 1:])))
        for j, column in enumerate(columns[1:], start=1):
            b, se = beta[j], error[j - 1]
            low, high = b - Z * se, b + Z * se
            if limits == "profile":
                low, high = (_limit(at, beta, top, j, wald) for wald in (low, high))
            found[column] = (*np.exp([b, low, high]), b, se)
    empty = (np.nan,) * 5
    return [
        HazardRatio(group, *map(float, found.get(g, empty)))
        for g, group in enumerate(table.groups)
        if group != reference
    ]


def _limit(at: Likelihood, best: np.ndarray, top: float, j: int, start: float) -> float:
    """Coefficient j where the profile lies Z^2 / 2 below the top, on the side of `start`.

    The drop is convex in b, so Newton's method cannot miss the root on either side.
    """
    others = [k for k in range(1, len(best)) if k != j]
    beta = best.copy()
    beta[j] = start
    for _ in range(100):
        beta, value, _ = maximum(at, beta, others)
        step = (2 * (top - value) - Z**2) / (-2 * at(beta)[1][j])
        beta[j] -= step
        if abs(step) < 1e-10:
            break
    return float(beta[j])


def only(table: RiskTable, groups: list[str]) -> RiskTable:
    """The table of these groups alone, in the table's order."""
    kept = [g for g, name in enumerate(table.groups) if name in groups]
    return RiskTable(
        tuple(table.groups[g] for g in kept),
        table.strata,
        table.time,
        *(x[:, :, kept] for x in (table.entering, table.events, table.censored)),
    )
