"""Kaplan-Meier on counts: curve with pointwise limits, median by R's rule, restricted mean.

Equal to R's `survfit(..., conf.type = "log-log" | "log" | "plain")`; with delayed entry it is the
Simon-Makuch curve (tests/golden).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from igcore.analysis.risk_table import RiskTable
from igcore.definitions import Z

TOLERANCE = np.finfo(float).eps ** 0.5  # R's tolerance for S(t) = 0.5


@dataclass(frozen=True)
class Curve:
    """One group's curve: (T,) arrays at 0 and at every event or censoring time.

    `time` in days, `survival` in [0, 1]; `lower` and `upper` are NaN where S is 1 or 0, because
    no interval exists there.
    """

    time: np.ndarray
    survival: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def kaplan_meier(table: RiskTable, group: int, *, interval: str = "log-log") -> Curve:
    """Curve of one group, strata added up. `interval` is log-log, log or plain.

    Source: Kaplan and Meier 1958; Greenwood's variance; R `survfit`.
    """
    at_risk = table.at_risk.sum(axis=0)[:, group]
    events = table.events.sum(axis=0)[:, group]
    leaving = events + table.censored.sum(axis=0)[:, group]
    seen = leaving > 0
    n, d = at_risk[seen], events[seen]
    survival = np.cumprod(1 - d / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        sigma = np.sqrt(np.cumsum(d / (n * (n - d))))
    lower, upper = limits(survival, sigma, interval)
    return Curve(
        np.concatenate([[0.0], table.time[seen]]),
        np.concatenate([[1.0], survival]),
        np.concatenate([[np.nan], lower]),
        np.concatenate([[np.nan], upper]),
    )


def limits(survival: np.ndarray, sigma: np.ndarray, interval: str) -> tuple[np.ndarray, np.ndarray]:
    """Pointwise 95 % limits from S and Greenwood's sigma of log S; NaN where S is 1 or 0."""
    inside = (survival > 0) & (survival < 1)
    s = np.where(inside, survival, np.nan)
    if interval == "log-log":
        width = Z * sigma / np.log(s)
        low, high = s ** np.exp(-width), s ** np.exp(width)
    elif interval == "log":
        low, high = s * np.exp(-Z * sigma), s * np.exp(Z * sigma)
    else:
        low, high = s * (1 - Z * sigma), s * (1 + Z * sigma)
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def crossing(time: np.ndarray, level: np.ndarray, share: float = 0.5) -> float:
    """First time at which a curve is at or below `share`; NaN if never.

    Met exactly, R and SAS take the midpoint to the next drop. Limits need not fall steadily, so
    the first crossing in time counts; NaN levels are passed over.
    """
    known = ~np.isnan(level)
    time, level = time[known], level[known]
    reached = np.flatnonzero(level < share + TOLERANCE)
    if not len(reached):
        return float("nan")
    first = reached[0]
    if abs(level[first] - share) < TOLERANCE:
        later = np.flatnonzero(level[first:] < level[first])
        if len(later):
            return float((time[first] + time[first + later[0]]) / 2)
    return float(time[first])


def median(curve: Curve) -> tuple[float, float, float]:
    """Median survival with its Brookmeyer-Crowley limits in days; NaN: not reached."""
    return (
        crossing(curve.time, curve.survival),
        crossing(curve.time, curve.lower),
        crossing(curve.time, curve.upper),
    )


def restricted_mean(table: RiskTable, group: int, horizon: float) -> tuple[float, float]:
    """Area under the curve up to `horizon` (days) and its standard error, in days.

    Source: Klein and Moeschberger; R `print(survfit(...), rmean = horizon)`.
    """
    at_risk = table.at_risk.sum(axis=0)[:, group]
    events = table.events.sum(axis=0)[:, group]
    seen = (events > 0) & (table.time <= horizon)
    n, d, time = at_risk[seen], events[seen], table.time[seen]
    survival = np.concatenate([[1.0], np.cumprod(1 - d / n)])
    areas = survival * np.diff(np.concatenate([[0.0], time, [horizon]]))
    after = areas[::-1].cumsum()[::-1][1:]
    left = n > d
    variance = np.sum(after[left] ** 2 * d[left] / (n[left] * (n[left] - d[left])))
    return float(areas.sum()), float(np.sqrt(variance))
