"""Comparisons of groups on counts: log-rank family, Mantel-Byar and hazard ratios (Cox, Efron)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from igcore.analysis.estimators.partial_likelihood import maximum, partial_likelihood
from igcore.analysis.risk_table import RiskTable
from igcore.definitions import Z


@dataclass(frozen=True)
class LogRank:
    """A stratified test: (G,) observed and expected, (G, G) variance, chi-square, df and p.

    `statistic` and `p` are NaN and `df` is 0 where no time compares two groups.
    """

    observed: np.ndarray
    expected: np.ndarray
    variance: np.ndarray
    statistic: float
    df: int
    p: float


def log_rank(table: RiskTable, *, weight: str = "log-rank") -> LogRank:
    """Stratified k-group test; on a table of time-dependent groups it is the Mantel-Byar test.

    Args:
        weight: "log-rank" (1), "gehan" (number at risk) or "peto-peto" (pooled S just before t).

    Source: R `survdiff(Surv(time, event) ~ group + strata(trial), rho = 0 | 1)`; Mantel and Byar
    1974 for groups that change.
    """
    at_risk, events = table.at_risk, table.events
    n, d = at_risk.sum(axis=2), events.sum(axis=2)
    seen = d > 0
    n_, d_ = n[seen], d[seen]
    share = at_risk[seen] / n_[:, None]
    w = _weights(n, d, weight)[seen]
    observed = (w[:, None] * events[seen]).sum(axis=0)
    expected = (w[:, None] * d_[:, None] * share).sum(axis=0)
    spread = w**2 * d_ * (n_ - d_) / np.maximum(n_ - 1, 1)
    variance = np.diag((spread[:, None] * share).sum(axis=0)) - np.einsum(
        "t,tg,th->gh", spread, share, share
    )
    return LogRank(observed, expected, variance, *_chi_square(observed - expected, variance))


def _weights(n: np.ndarray, d: np.ndarray, weight: str) -> np.ndarray:
    """(S, T) weights of the event times."""
    if weight == "gehan":
        return n
    if weight == "peto-peto":
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = np.where(n > 0, 1 - d / n, 1.0)
        return np.cumprod(np.concatenate([np.ones((len(n), 1)), steps[:, :-1]], axis=1), axis=1)
    return np.ones_like(n)


def _chi_square(difference: np.ndarray, variance: np.ndarray) -> tuple[float, int, float]:
    """Quadratic form of a singular variance over the groups that carry information."""
    from scipy.special import chdtrc

    informed = np.diag(variance) > 1e-12 * max(variance.max(initial=0), 1e-300)
    if informed.sum() < 2:
        return float("nan"), 0, float("nan")
    u, v = difference[informed], variance[np.ix_(informed, informed)]
    # The rows of v add up to 0, so rounding must not pass for a further degree of freedom.
    df = int(np.linalg.matrix_rank(v, tol=1e-9 * v.max(), hermitian=True))
    statistic = float(u @ np.linalg.pinv(v, rcond=1e-9, hermitian=True) @ u)
    return statistic, df, float(chdtrc(df, statistic))


@dataclass(frozen=True)
class HazardRatio:
    """Hazard ratio of one group against the reference with Wald limits; NaN: not estimable."""

    group: str
    ratio: float
    lower: float
    upper: float
    coefficient: float
    standard_error: float


def hazard_ratios(table: RiskTable, reference: str) -> list[HazardRatio]:
    """Stratified Cox model of the groups against a reference, Efron's ties unrolled on counts.

    A group whose hazard ratio has no finite estimate (no event in it or in the reference, or never
    at risk together) gets NaN instead of a number that stands for infinity.

    Source: Efron 1977; R `coxph(Surv(...) ~ group + strata(trial), ties = "efron")`.
    """
    usable = _estimable(table, reference)
    ratios = []
    columns = [table.groups.index(reference), *(table.groups.index(g) for g in usable)]
    beta, error = _fit(table, columns) if usable else ([], [])
    found = dict(zip(usable, zip(beta, error, strict=True), strict=True))
    for group in table.groups:
        if group == reference:
            continue
        b, se = found.get(group, (float("nan"), float("nan")))
        limits_ = np.exp([b, b - Z * se, b + Z * se])
        ratios.append(HazardRatio(group, *map(float, limits_), float(b), float(se)))
    return ratios


def _estimable(table: RiskTable, reference: str) -> list[str]:
    """Groups with a finite estimate.

    A group's estimate is finite when, among the groups connected with the reference, it both has
    an event while another is at risk and is at risk while another has one: every group can be
    reached from the reference along "beats" in both directions (Ford's condition).
    """
    at_risk, events = table.at_risk, table.events
    beats = np.einsum("stg,sth->gh", events, at_risk > 0) > 0
    reach = beats | np.eye(len(table.groups), dtype=bool)
    for middle in range(len(table.groups)):
        reach |= np.outer(reach[:, middle], reach[middle])
    home = table.groups.index(reference)
    return [
        group
        for g, group in enumerate(table.groups)
        if g != home and reach[g, home] and reach[home, g]
    ]


def _fit(table: RiskTable, columns: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients against the first of `columns`, and their standard errors."""
    at = partial_likelihood(table, columns)
    beta, _, information = maximum(at, np.zeros(len(columns)), range(1, len(columns)))
    return beta[1:], np.sqrt(np.diag(np.linalg.inv(information[1:, 1:])))
