"""Numbers read off Kaplan-Meier curves: rates, quantiles, follow-up, difference of RMST.

Times are in the unit of the risk table (days in the pool), survival is a share in [0, 1].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from igcore.analysis.estimators.kaplan_meier import crossing, kaplan_meier, restricted_mean
from igcore.analysis.risk_table import RiskTable
from igcore.definitions import Z
from igcore.errors import Refused


def rates(table: RiskTable, times: Sequence[float], *, interval: str = "log-log") -> pd.DataFrame:
    """Survival of every group at chosen times, with 95 % limits.

    Returns:
        one row per group and time: group, time, at_risk (just before it), survival, lower, upper;
        survival is NaN (shown as "-") where nobody is at risk any more, the limits also where S is
        1 or 0. At time 0 survival is 1.

    Source: R `summary(survfit(..., conf.type = interval), times = times)`.
    """
    at_risk = np.array([table.status_at(t)[0] for t in times]).reshape(
        len(times), len(table.groups)
    )
    frames = []
    for g, group in enumerate(table.groups):
        curve = kaplan_meier(table, g, interval=interval)
        last = np.searchsorted(curve.time, times, side="right") - 1
        anybody = at_risk[:, g] > 0
        values = {
            name: np.where(anybody, getattr(curve, name)[last], np.nan)
            for name in ("survival", "lower", "upper")
        }
        frames.append(
            pd.DataFrame({"group": group, "time": times, "at_risk": at_risk[:, g], **values})
        )
    return pd.concat(frames, ignore_index=True)


def quantiles(
    table: RiskTable,
    shares: Sequence[float] = (0.25, 0.5, 0.75),
    *,
    interval: str = "log-log",
) -> pd.DataFrame:
    """When a share of each group has had the event, with Brookmeyer-Crowley limits.

    Returns:
        one row per group and share: group, share in (0, 1), time, lower, upper; NaN: not reached
        ("NR") or, for a limit, not estimable ("NE").

    Source: Brookmeyer and Crowley 1982; R `quantile(survfit(..., conf.type = interval), shares)`,
        and `print(survfit(...))` for the median, whose rule it follows where the two differ: of a
        curve that ends flat at exactly the share, the time at which it got there, where
        `quantile` takes the middle between that and the last time.
    """
    rows = []
    for g, group in enumerate(table.groups):
        curve = kaplan_meier(table, g, interval=interval)
        for share in shares:
            found = (
                crossing(curve.time, level, 1 - share)
                for level in (curve.survival, curve.lower, curve.upper)
            )
            rows.append((group, share, *found))
    return pd.DataFrame(rows, columns=["group", "share", "time", "lower", "upper"])


def follow_up(table: RiskTable, *, changing: bool = False) -> pd.DataFrame:
    """Median follow-up by reverse Kaplan-Meier, of all and of every group, with limits.

    Args:
        changing: groups are states that patients change; then only "all" has a follow-up, because
            a change of state would count as its end.

    Returns:
        group ("all" first), n, median, lower, upper (log-log 95 %); NaN: not reached.

    Source: Schemper and Smith 1996; R `survfit(Surv(time, 1 - event) ~ group)`.
    """
    frames = []
    everyone = table.together(changing=changing)
    for part in (everyone,) if changing else (everyone, table):
        found = quantiles(part.swapped(), (0.5,)).rename(columns={"time": "median"})
        found.insert(1, "n", part.entering.sum(axis=(0, 1)))
        frames.append(found.drop(columns="share"))
    return pd.concat(frames, ignore_index=True)


def longest_horizon(table: RiskTable) -> float:
    """The latest horizon that every group's curve reaches; NaN without groups.

    A curve is known up to the last patient, and for ever once it is 0. If all curves fall to 0, it
    is the last of their last times.

    Source: R survRM2, the largest `tau` it accepts.
    """
    reach, last = [], []
    for g in range(len(table.groups)):
        curve = kaplan_meier(table, g)
        last.append(float(curve.time[-1]))
        reach.append(float("inf") if curve.survival[-1] == 0 else last[-1])
    if not reach:
        return float("nan")
    return min(reach) if np.isfinite(min(reach)) else max(last)


@dataclass(frozen=True)
class MeanDifference:
    """Restricted mean of a group less that of the reference; limits 95 %, unit of the table."""

    group: str
    reference: str
    horizon: float
    difference: float
    standard_error: float
    lower: float
    upper: float
    p: float


def mean_difference(table: RiskTable, group: str, reference: str, horizon: float) -> MeanDifference:
    """Difference of restricted mean survival up to `horizon`, which must be fixed in advance.

    Strata are added up. NaN limits and p where neither curve has a variance.

    Raises:
        Refused: the horizon is not above 0, or lies beyond the end of a curve of any group.

    Source: Royston and Parmar 2013; R `print(survfit(...), rmean = horizon)` for each group, the
        variances added; survRM2 `rmst2(...)$unadjusted.result`.
    """
    from scipy.special import erfc

    pair = [table.groups.index(name) for name in (group, reference)]
    ends = longest_horizon(table)
    if not 0 < horizon <= ends:
        raise Refused(
            f"Horizon: {horizon:g} days is outside the time for which all curves are known: above "
            f"0 and up to {ends:g} days. Choose one inside."
        )
    (mean, error), (other, its_error) = (restricted_mean(table, g, horizon) for g in pair)
    difference, se = mean - other, float(np.hypot(error, its_error))
    if se == 0:
        return MeanDifference(group, reference, horizon, difference, se, *(float("nan"),) * 3)
    p = float(erfc(abs(difference / se) / 2**0.5))
    return MeanDifference(
        group, reference, horizon, difference, se, difference - Z * se, difference + Z * se, p
    )
