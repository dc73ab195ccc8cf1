"""Cox's partial likelihood of groups on counts: Efron's, Breslow's and exact ties, and its top."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import comb

import numpy as np

from igcore.analysis.risk_table import RiskTable
from igcore.errors import Refused

AFFORDABLE = 2_000_000  # ways to spread tied events over the groups; seconds and about 100 MB
MOST_STEPS = 40  # more than these gain nothing over one step per event
# Coefficients (G,) -> log likelihood, score (G,), information (G, G).
Likelihood = Callable[[np.ndarray], tuple[float, np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class TiedEvents:
    """The event times of a table, one row for every step of the likelihood, in order of time.

    Attributes:
        weight: (N, G) patients at risk, less the share of the tied events that went before.
        stratum, moment: (N,) positions in the table's strata and times.
        steps: (N,) how many events the row stands for; over a time they add up to its events.
    """

    weight: np.ndarray
    stratum: np.ndarray
    moment: np.ndarray
    steps: np.ndarray

    @classmethod
    def of(cls, table: RiskTable, columns: list[int], ties: str = "efron") -> TiedEvents:
        """Rows of these groups. `ties` is "efron" or "breslow", which has one row per time."""
        events, at_risk = table.events[:, :, columns], table.at_risk[:, :, columns]
        stratum, moment = np.nonzero(events.sum(axis=2) > 0)
        d, n = events[stratum, moment], at_risk[stratum, moment]
        tied = d.sum(axis=1)
        if ties == "breslow":
            return cls(n, stratum, moment, tied)
        row, turn, steps = _turns(d, n)
        weight = n[row] - (turn / tied[row])[:, None] * d[row]
        return cls(weight, stratum[row], moment[row], steps)

    def shares(self, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(N, G) probability that the event falls in each group, (N,) log of their common sum."""
        top = beta.max()
        ratio = np.exp(beta - top)
        total = self.weight @ ratio
        return self.weight * ratio / total[:, None], np.log(total) + top


def _turns(events: np.ndarray, at_risk: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Efron's sums over the turns 0 ... k - 1 of k tied events: row of (C, G), turn and weight (N,).

    A daily time with hundreds of events does not need hundreds of turns. What is summed is smooth
    in the turn, with its pole where the turns would have used up a group, so that a few nodes of
    Gauss's quadrature for equal weights at 0 ... k - 1 give the sum to the last digit: the error
    falls like rho^(-2 nodes), rho the sum of the axes of the ellipse through the pole.
    """
    tied = events.sum(axis=1).astype(int)
    with np.errstate(divide="ignore", invalid="ignore"):
        slack = np.where(events > 0, at_risk / events, np.inf).min(axis=1, initial=np.inf)
        pole = 2 * slack - 1
        enough = np.ceil(20 / np.log(pole + np.sqrt(pole**2 - 1))) + 2  # exp(-40) = 4e-18
    few = enough < np.minimum(tied, MOST_STEPS)
    count = np.where(few, np.where(few, enough, 0).astype(int), tied)
    start = np.cumsum(count) - count
    row = np.repeat(np.arange(len(count)), count)
    turn = (np.arange(len(row)) - start[row]).astype(float)
    steps = np.ones(len(row))
    for nodes in np.unique(count[few]).tolist():
        here = np.flatnonzero(few & (count == nodes))
        sizes, which = np.unique(tied[here], return_inverse=True)
        place = start[here][:, None] + np.arange(nodes)
        at, weight = _gauss(sizes, nodes)
        turn[place], steps[place] = at[which], weight[which]
    return row, turn, steps


def _gauss(sizes: np.ndarray, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """(K, nodes) places and weights that sum over 0 ... k - 1, for each k of `sizes` (K,).

    Source: Golub and Welsch 1969, with the recurrence of Gram's (discrete Chebyshev) polynomials.
    """
    k, n = sizes[:, None].astype(float), np.arange(1, nodes)
    matrix = np.zeros((len(sizes), nodes, nodes))
    matrix[:, n - 1, n] = matrix[:, n, n - 1] = np.sqrt(n**2 * (k**2 - n**2) / (16 * n**2 - 4))
    place, vector = np.linalg.eigh(matrix)
    return place + (k - 1) / 2, k * vector[:, 0, :] ** 2


def partial_likelihood(table: RiskTable, columns: list[int], ties: str = "efron") -> Likelihood:
    """Log partial likelihood of the groups in `columns`, stratified, as a function of their logs.

    The value leaves out the same constants as R's `coxph(...)$loglik`.

    Args:
        ties: "efron", "breslow" or "exact" (conditional logistic).

    Raises:
        Refused: "exact" where the tied events can be spread over the groups in too many ways.

    Source: Cox 1972; Breslow 1974; Efron 1977; Gail, Lubin and Rubinstein 1981 for the exact one;
        R `coxph(Surv(...) ~ group + strata(trial), ties = "efron" | "breslow" | "exact")`.
    """
    observed = table.events[:, :, columns].sum(axis=(0, 1))
    if ties == "exact":
        return _exact(table, columns, observed)
    rows = TiedEvents.of(table, columns, ties)

    def at(beta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        share, total = rows.shares(beta)
        expected = rows.steps @ share
        information = np.diag(expected) - share.T @ (rows.steps[:, None] * share)
        # Not a dot product: BLAS would hand one of this length to threads, and wait for them.
        value = observed @ beta - np.sum(rows.steps * total)
        return float(value), observed - expected, information

    return at


def _exact(table: RiskTable, columns: list[int], observed: np.ndarray) -> Likelihood:
    """Given how many events fell on a time, every set of that many patients at risk competes."""
    events, at_risk = table.events[:, :, columns], table.at_risk[:, :, columns]
    seen = events.sum(axis=2) > 0
    d, n = events[seen].sum(axis=1).astype(int), at_risk[seen]
    ways = sum(comb(int(k) + len(columns) - 1, len(columns) - 1) for k in d)
    if ways > AFFORDABLE:
        raise Refused(
            f"Ties: the exact likelihood would have to add up {ways:,} ways to spread the tied "
            f"events over {len(columns)} groups; at most {AFFORDABLE:,} are affordable. "
            "Choose ties Efron or Breslow."
        )
    parts = [_spread(int(k), at_risk_) for k, at_risk_ in zip(d, n, strict=True)]
    points = np.concatenate([p for p, _ in parts])
    weight = np.concatenate([w for _, w in parts])
    sizes = np.array([len(p) for p, _ in parts])
    starts = np.cumsum(sizes) - sizes

    def at(beta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        power = weight + points @ beta
        top = np.maximum.reduceat(power, starts)
        chance = np.exp(power - np.repeat(top, sizes))
        total = np.add.reduceat(chance, starts)
        chance /= np.repeat(total, sizes)
        mean = np.add.reduceat(chance[:, None] * points, starts)
        information = points.T @ (chance[:, None] * points) - mean.T @ mean
        value = observed @ beta - np.sum(np.log(total) + top)
        return float(value), observed - mean.sum(axis=0), information

    return at


def _spread(events: int, at_risk: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(M, G) ways to spread tied events over the groups, (M,) log of the sets behind each."""
    from scipy.special import gammaln

    points = np.zeros((1, 0))
    for _ in at_risk[:-1]:
        left = (events - points.sum(axis=1)).astype(int) + 1
        row = np.repeat(np.arange(len(points)), left)
        taken = np.arange(len(row)) - np.repeat(np.cumsum(left) - left, left)
        points = np.column_stack([points[row], taken])
    points = np.column_stack([points, events - points.sum(axis=1)])
    points = points[(points <= at_risk).all(axis=1)]
    ways = gammaln(at_risk + 1) - gammaln(points + 1) - gammaln(at_risk - points + 1)
    return points, ways.sum(axis=1)


def maximum(
    at: Likelihood, beta: np.ndarray, free: Iterable[int]
) -> tuple[np.ndarray, float, np.ndarray]:
    """Newton's method over the `free` coefficients: where, log likelihood, information there.

    The likelihood is concave, so a step that overshoots is halved until it climbs.
    """
    beta, free = beta.copy(), list(free)
    value, score, information = at(beta)
    for _ in range(100):
        if not free:
            break
        step = np.zeros_like(beta)
        step[free] = np.linalg.solve(information[np.ix_(free, free)], score[free])
        step *= min(1.0, 5.0 / max(np.abs(step).max(), 1e-300))
        new = at(beta + step)
        while new[0] < value - 1e-12 * abs(value) and np.abs(step).max() > 1e-9:
            step /= 2
            new = at(beta + step)
        beta, (value, score, information) = beta + step, new
        if np.abs(step).max() < 1e-11:
            break
    return beta, value, information
