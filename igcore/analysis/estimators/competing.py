"""Cumulative incidence of a first event where other events compete, and Gray's test of groups.

The complement of Kaplan-Meier takes those who had a competing event for patients who could still
have the event, and is too high; Aalen-Johansen does not. Like the rest of the house it needs only
counts per time and group. Several competing events are counted together: the incidence of the
event of interest is the same whether or not they are told apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from igcore.definitions import Z


@dataclass(frozen=True)
class CompetingTable:
    """Counts of patients on a common time axis; everyone is at risk from the start.

    Attributes:
        groups, strata: names of the G groups and S strata, sorted.
        time: (T,) ascending days at which somebody leaves.
        events, competing, censored: (S, T, G) patients whose follow-up ends at that time with the
            event of interest, with a competing event, or without any.
    """

    groups: tuple[str, ...]
    strata: tuple[str, ...]
    time: np.ndarray
    events: np.ndarray
    competing: np.ndarray
    censored: np.ndarray

    @classmethod
    def from_rows(cls, rows: pd.DataFrame) -> CompetingTable:
        """From rows (stratum, group, time, events, competing, censored), one per combination."""
        groups, group = np.unique(rows["group"].to_numpy(str), return_inverse=True)
        strata, stratum = np.unique(rows["stratum"].to_numpy(str), return_inverse=True)
        time, moment = np.unique(rows["time"].to_numpy(float), return_inverse=True)
        counts = np.zeros((3, len(strata), len(time), len(groups)))
        for i, name in enumerate(("events", "competing", "censored")):
            np.add.at(counts[i], (stratum, moment, group), rows[name].to_numpy(float))
        return cls(tuple(map(str, groups)), tuple(map(str, strata)), time, *counts)

    @property
    def at_risk(self) -> np.ndarray:
        """(S, T, G) not yet left just before each time; who is censored at it still counts."""
        leaving = self.events + self.competing + self.censored
        return np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1]


@dataclass(frozen=True)
class Incidence:
    """One group's cumulative incidence: (T,) arrays at 0 and at every time somebody leaves.

    `time` in days, `incidence` in [0, 1] with its standard error; `lower` and `upper` are NaN where
    the incidence is 0 or 1, because no interval exists there. `n` patients; see `note` if 0.
    """

    n: int
    time: np.ndarray
    incidence: np.ndarray
    standard_error: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    note: str = ""

    def at(self, day: float) -> tuple[float, float, float, float]:
        """Incidence, standard error and limits at `day`; NaN after the last patient has left.

        As R `cmprsk::timepoints`, nothing is carried beyond the last time of the group.
        """
        if not self.n or not 0 <= day <= self.time[-1]:
            return (float("nan"),) * 4
        i = int(np.searchsorted(self.time, day, side="right")) - 1
        columns = (self.incidence, self.standard_error, self.lower, self.upper)
        return tuple(float(column[i]) for column in columns)


def cumulative_incidence(table: CompetingTable, group: str) -> Incidence:
    """Aalen-Johansen estimate of one group, strata added up; 95 % limits by log(-log).

    A group that is not in the table has n = 0 and a note. The standard error is Aalen's with the
    factor for ties, as in R `cmprsk::cuminc(ftime, fstatus, group)`, because Gray's test comes from
    the same place; `survival::survfit(Surv(time, factor(status)) ~ group)` gives the same estimate
    with the infinitesimal jackknife's slightly different error. R's cuminc has no limits; these are
    F ** exp(-+ z se / (F log F)) (Choudhury 2002).
    """
    if group not in table.groups:
        zero, none = np.zeros(1), np.full(1, np.nan)
        return Incidence(0, zero, zero, none, none, none, "No patients.")
    g = table.groups.index(group)
    events, competing, at_risk = (
        x.sum(axis=0)[:, g] for x in (table.events, table.competing, table.at_risk)
    )
    leaving = events + competing + table.censored.sum(axis=0)[:, g]
    seen = leaving > 0
    n, d, other = at_risk[seen], events[seen], competing[seen]
    _, survival, _, incidence = _estimates(n, d, other)
    variance = _variance(n, d, other, survival, incidence)
    error = np.sqrt(np.maximum(variance, 0))
    # A sum of shares that is 1 may miss it by rounding.
    inside = (incidence > 0) & (incidence < 1 - 1e-12)
    f = np.where(inside, incidence, np.nan)
    width = Z * error / (f * np.log(f))
    return Incidence(
        int(leaving.sum()),
        *(
            np.concatenate([[start], values])
            for start, values in (
                (0.0, table.time[seen]),
                (0.0, incidence),
                (0.0, error),
                (np.nan, f ** np.exp(-width)),
                (np.nan, f ** np.exp(width)),
            )
        ),
    )


def _estimates(n: np.ndarray, d: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, ...]:
    """Free of any event, and incidence: (T, ...) each just before and at every time."""
    some = np.maximum(n, 1)
    first = np.ones_like(n[:1])
    survival = np.cumprod(1 - (d + other) / some, axis=0)
    survival_before = np.concatenate([first, survival[:-1]])
    incidence = np.cumsum(survival_before * d / some, axis=0)
    return survival_before, survival, np.concatenate([0 * first, incidence[:-1]]), incidence


def _variance(
    n: np.ndarray, d: np.ndarray, other: np.ndarray, survival: np.ndarray, incidence: np.ndarray
) -> np.ndarray:
    """(T,) variance of the incidence at each time from the increments before it.

    Of those free of events at u, the share q = (F(t) - F(u)) / S(u) has the event by t. An event at
    u adds 1 - q, a competing one -q, each with a variance of S(u-)^2 d (n - d) / (n^2 (n - 1)).
    """
    before = np.concatenate([[1.0], survival[:-1]])
    scale = before**2 / (n**2 * np.maximum(n - 1, 1))
    # At n = d = 1 the factor for ties is 1: a single event varies.
    spread = scale * d * np.where(n > 1, n - d, 1)
    spread_other = scale * other * np.where(n > 1, n - other, 1)
    alive = survival > 0
    s = np.where(alive, survival, 1.0)
    # Where nobody is left q is 0: an event adds 1, a competing one nothing.
    ended = np.cumsum(np.where(alive, 0.0, spread))
    w, w_other = (np.where(alive, x, 0.0) / s**2 for x in (spread, spread_other))
    reach = survival + incidence
    f = incidence
    own = np.cumsum(w * reach**2) - 2 * f * np.cumsum(w * reach) + f**2 * np.cumsum(w)
    rest = np.cumsum(w_other * f**2) - 2 * f * np.cumsum(w_other * f) + f**2 * np.cumsum(w_other)
    return own + rest + ended


@dataclass(frozen=True)
class GrayTest:
    """Gray's test of equal incidence: chi-square, df and p; NaN and df 0 where none compares."""

    statistic: float
    df: int
    p: float
    note: str = ""


def gray(table: CompetingTable) -> GrayTest:
    """Test of the groups' cumulative incidences, stratified where the table has several strata.

    Where the pooled incidence of the groups still compared reaches 1, the test is not defined (R
    stops with an error): NaN and a note.

    Source: Gray 1988 (rho = 0); R `cmprsk::cuminc(ftime, fstatus, group, strata)$Tests`.
    """
    from scipy.special import chdtrc

    size = len(table.groups)
    score, variance = np.zeros(size), np.zeros((size, size))
    for at_risk, d, other in zip(table.at_risk, table.events, table.competing, strict=True):
        seen = (d + other).sum(axis=1) > 0
        if seen.any():
            with np.errstate(divide="ignore", invalid="ignore"):
                u, v = _gray_terms(at_risk[seen], d[seen], other[seen])
            score, variance = score + u, variance + v
    if not np.isfinite(variance).all():
        return GrayTest(float("nan"), 0, float("nan"), "The pooled incidence reaches 1 too early.")
    informed = np.diag(variance) > 1e-12 * max(variance.max(initial=0), 1e-300)
    if informed.sum() < 2:
        return GrayTest(float("nan"), 0, float("nan"), "No time compares two groups.")
    # The scores add up to 0, so the last group follows from the others.
    u, v = score[informed][:-1], variance[np.ix_(informed, informed)][:-1, :-1]
    statistic = float(u @ np.linalg.pinv(v, rcond=1e-10, hermitian=True) @ u)
    df = int(np.linalg.matrix_rank(v, tol=1e-10 * v.max(), hermitian=True))
    return GrayTest(statistic, df, float(chdtrc(df, statistic)))


def _gray_terms(n: np.ndarray, d: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(G,) score and (G, G) variance of one stratum from (T, G) counts."""
    before, after, incidence_before, _ = _estimates(n, d, other)
    present = n > 0
    safe = np.where(present, before, 1.0)
    total = d.sum(axis=1, keepdims=True)
    # Patients at risk, with those who had a competing event replaced by what they stand for.
    kept = np.where(present, n * (1 - incidence_before) / safe, 0.0)
    score = (d - total * kept / kept.sum(axis=1, keepdims=True)).sum(axis=0)

    inflated = np.where(present, n / safe, 0.0)
    sum_ = inflated.sum(axis=1, keepdims=True)
    pooled = np.cumsum(total / sum_, axis=0)  # incidence under equality
    pooled = np.where(np.abs(1 - pooled) < 1e-12, 1.0, pooled)  # 1, missed by rounding
    pooled_before = np.concatenate([np.zeros((1, 1)), pooled[:-1]])
    weight = inflated[:, :, None] * (np.eye(n.shape[1]) - (inflated / sum_)[:, None, :])
    # Where one group is left nothing is compared, and the pooled incidence may have reached 1.
    step = weight * (total / (sum_ * (1 - pooled_before)))[:, :, None]
    step = np.where(weight == 0, 0.0, step)
    later = step.sum(axis=0) - np.cumsum(step, axis=0)

    left = np.where(after > 0, after, 1.0)
    share = np.where(after > 0, (1 - pooled) / left, 0.0)
    own = weight + (1 - share)[:, None, :] * later
    ties = 1 - np.where(total > 1, total - 1, 0) / _or_one(sum_ * before - 1)
    v_own = np.where(present, ties * before * total / (sum_ * _or_one(n)), 0.0)
    ties = 1 - np.where(other > 1, other - 1, 0) / _or_one(n - 1)
    v_other = np.where(present, ties * before**2 * other / _or_one(n) ** 2, 0.0)
    rest = share[:, None, :] * later
    variance = np.einsum("tik,tjk,tk->ij", own, own, v_own)
    return score, variance + np.einsum("tik,tjk,tk->ij", rest, rest, v_other)


def _or_one(x: np.ndarray) -> np.ndarray:
    """Denominators, with 1 where nothing is divided."""
    return np.where(x > 0, x, 1.0)
