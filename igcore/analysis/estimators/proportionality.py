"""Are hazards proportional? The score test of R's `cox.zph` on counts, and data for its pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from igcore.analysis.estimators.partial_likelihood import TiedEvents, maximum, partial_likelihood
from igcore.analysis.estimators.profile import comparable
from igcore.analysis.risk_table import RiskTable
from igcore.definitions import Z

TRANSFORMS = ("km", "identity", "rank", "log")
GLOBAL = "all groups"
# Below this share of the information nothing is left to tell a moving ratio from a constant one.
SINGULAR = 1e-9


@dataclass(frozen=True)
class Proportionality:
    """Test of proportional hazards, and the residuals behind it.

    Attributes:
        tests: one row per group that is not the reference, and "all groups" last: group,
            statistic (chi-square), df, p. NaN with df 0: not testable.
        residuals: one row per time, stratum and group with events: stratum, time (unit of the
            table), x (the time transformed), group, events (how many share the row), and one
            column per compared group: log hazard ratio at this time, as scaled Schoenfeld
            residual plus coefficient; NaN where that group is not compared in the stratum.
        variance: (P, P) of one such residual, for the band of a smooth; P compared groups.
        compared: names of the P groups, in the order of these columns.
        notes: sentences about what is left empty.
    """

    tests: pd.DataFrame
    residuals: pd.DataFrame
    variance: np.ndarray
    compared: tuple[str, ...]
    notes: tuple[str, ...]


def proportionality(table: RiskTable, reference: str, *, transform: str = "km") -> Proportionality:
    """Score test that the log hazard ratio of each group does not move with transformed time.

    Stratified, Efron's ties; tables with delayed entry and time-dependent groups alike. Groups
    without a finite hazard ratio are not tested. `transform` is one of TRANSFORMS.

    Source: Grambsch and Therneau 1994, as the score test that R's survival has since 3.0:
        `cox.zph(coxph(Surv(...) ~ group + strata(trial)), transform, terms = FALSE)`. Not the
        older approximation, which takes the variance to be the same at every time.
    """
    columns = comparable(table, reference)
    compared = tuple(table.groups[g] for g in columns[1:])
    others = [g for g in table.groups if g != reference]
    notes = [
        f"{g}: without a finite hazard ratio it is not tested." for g in others if g not in compared
    ]
    rows = TiedEvents.of(table, columns)
    beta, _, information = maximum(
        partial_likelihood(table, columns), np.zeros(len(columns)), range(1, len(columns))
    )
    share = rows.shares(beta)[0][:, 1:]
    x = transformed(table, transform)
    found, whole = _score(table, columns, rows, share, x)
    if compared and np.isnan(whole):
        notes.append("Proportional hazards: too few event times to tell whether the ratio moves.")
    residuals, variance = _scaled(table, columns, rows, share, information[1:, 1:], x, beta[1:])
    if np.isnan(variance).any():
        notes.append("The trials compare different groups on too few events to draw the ratio.")
    values = dict(zip(compared, found, strict=True))
    tests = [(g, values.get(g, np.nan), 1) for g in others] + [(GLOBAL, whole, len(compared))]
    return Proportionality(_tests(tests), residuals, variance, compared, tuple(notes))


def transformed(table: RiskTable, transform: str) -> np.ndarray:
    """(T,) time on the axis of the test, as `cox.zph(transform = ...)` has it.

    km is 1 - S(t-) of everyone together, rank the middle rank of t among all leaving times (a
    change of group leaves, too), identity and log are t and its logarithm.
    """
    events = table.events.sum(axis=(0, 2))
    leaving = events + table.censored.sum(axis=(0, 2))
    if transform == "identity":
        return table.time
    if transform == "log":  # nobody has the event at 0, but somebody may enter there
        return np.log(np.where(table.time > 0, table.time, 1.0))
    if transform == "rank":
        return np.cumsum(leaving) - leaving + (leaving + 1) / 2
    survival = np.cumprod(1 - events / np.maximum(table.at_risk.sum(axis=(0, 2)), 1))
    return 1 - np.concatenate([[1.0], survival[:-1]])


def _score(
    table: RiskTable, columns: list[int], rows: TiedEvents, share: np.ndarray, x: np.ndarray
) -> tuple[np.ndarray, float]:
    """(P,) chi-squares of the groups one by one, and of all together."""
    count, nothing = len(columns) - 1, (np.full(len(columns) - 1, np.nan), float("nan"))
    if not count:
        return nothing
    at, steps = x[rows.moment], rows.steps
    middle = np.average(at, weights=steps)
    spread = np.average((at - middle) ** 2, weights=steps) ** 0.5
    if spread <= SINGULAR * np.abs(at).max():
        return nothing
    # The statistic does not depend on origin and unit of the axis; these keep the digits.
    g, at = (x - middle) / spread, (at - middle) / spread

    def information(weight: np.ndarray) -> np.ndarray:
        weighted = weight[:, None] * share
        return np.diag(weighted.sum(axis=0)) - share.T @ weighted

    events = table.events[:, :, columns[1:]].sum(axis=0)
    score = g @ events - (steps * at) @ share
    own, cross = information(steps), information(steps * at)
    left = information(steps * at**2) - cross @ np.linalg.solve(own, cross)
    informed = np.diag(left) > SINGULAR * np.diag(own)
    alone = np.where(informed, score**2 / np.where(informed, np.diag(left), 1.0), np.nan)
    if np.linalg.eigvalsh(left)[0] < SINGULAR * np.linalg.eigvalsh(own)[-1]:
        return alone, float("nan")
    return alone, float(score @ np.linalg.solve(left, score))


def _tests(rows: list[tuple[str, float, int]]) -> pd.DataFrame:
    from scipy.special import chdtrc

    frame = pd.DataFrame(rows, columns=["group", "statistic", "df"])
    frame["df"] = frame["df"].where(frame["statistic"].notna(), 0)
    frame["p"] = np.where(frame["df"] > 0, chdtrc(frame["df"], frame["statistic"]), np.nan)
    return frame


def _scaled(
    table: RiskTable,
    columns: list[int],
    rows: TiedEvents,
    share: np.ndarray,
    information: np.ndarray,
    x: np.ndarray,
    beta: np.ndarray,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Scaled Schoenfeld residuals plus coefficient, and their variance."""
    frame, plain, stratum = _plain(table, columns, rows, share, x)
    # A group that has nobody or everybody in a stratum tells nothing there.
    n = table.entering.sum(axis=1)
    informed = (n > 0) & (n < n.sum(axis=1, keepdims=True))
    used = informed[:, columns[1:]] * table.events.sum(axis=(1, 2))[:, None]
    pairs = np.minimum(used[:, :, None], used[:, None, :]).sum(axis=0)
    average = information / np.where(pairs > 0, pairs, 1)
    scaled, variance = np.full(plain.shape, np.nan), np.full(average.shape, np.nan)
    # The average over strata that compare different groups need not be a variance.
    spread = np.linalg.eigvalsh(average)
    sound = len(spread) > 0 and spread[0] > SINGULAR * spread[-1]
    if sound:
        variance = np.linalg.inv(average)
    for s in np.unique(stratum) if sound else ():
        here, k = np.flatnonzero(stratum == s), np.flatnonzero(used[s] > 0)
        block = np.linalg.solve(average[np.ix_(k, k)], plain[np.ix_(here, k)].T).T
        scaled[np.ix_(here, k)] = block + beta[k]
    values = pd.DataFrame(scaled, columns=[table.groups[g] for g in columns[1:]])
    ordered = pd.concat([frame, values], axis=1).sort_values(["time", "stratum", "group"])
    return ordered.reset_index(drop=True), variance


def _plain(
    table: RiskTable, columns: list[int], rows: TiedEvents, share: np.ndarray, x: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Cells with events, their (N, P) Schoenfeld residuals (group less mean) and (N,) strata."""
    changes = np.diff(rows.stratum, prepend=-1) | np.diff(rows.moment, prepend=-1)
    starts = np.flatnonzero(changes)
    stratum, moment = rows.stratum[starts], rows.moment[starts]
    events = table.events[:, :, columns][stratum, moment]
    mean = share[:0]
    if len(starts):
        mean = np.add.reduceat(rows.steps[:, None] * share, starts) / events.sum(axis=1)[:, None]
    cell, column = np.nonzero(events)
    frame = pd.DataFrame(
        {
            "stratum": np.array(table.strata)[stratum[cell]],
            "time": table.time[moment[cell]],
            "x": x[moment[cell]],
            "group": np.array(table.groups)[np.array(columns)[column]],
            "events": events[cell, column],
        }
    )
    return frame, np.eye(len(columns))[column][:, 1:] - mean[cell], stratum[cell]


def smooth(found: Proportionality, group: str, *, points: int = 40, df: int = 4) -> pd.DataFrame:
    """Natural spline through one group's residuals: how the log hazard ratio moves with time.

    Returns:
        `points` rows: x (transformed time), time (read off between event times), log_ratio,
        standard_error, lower and upper (95 %); no rows where too few times have an event.

    Source: R `plot(cox.zph(...), df = 4, nsmo = 40)`, whose band is two standard errors wide.
    """
    from scipy.interpolate import CubicSpline

    all_x, count = found.residuals["x"].to_numpy(), found.residuals["events"].to_numpy()
    known = found.residuals[group].notna().to_numpy()
    columns = ["x", "time", "log_ratio", "standard_error", "lower", "upper"]
    nothing = pd.DataFrame(columns=columns, dtype=float)
    if not known.any():
        return nothing
    grid = np.linspace(all_x.min(), all_x.max(), points)
    everything = np.concatenate([grid, np.repeat(all_x, count.astype(int))])
    knots = np.quantile(everything, np.linspace(0, 1, df))
    if (np.diff(knots) <= 0).any():
        return nothing
    basis = CubicSpline(knots, np.eye(df), bc_type="natural")
    weight, design = count[known], basis(all_x[known])
    normal = design.T @ (weight[:, None] * design)
    if np.linalg.matrix_rank(normal, hermitian=True, tol=SINGULAR * np.abs(normal).max()) < df:
        return nothing
    inverse = np.linalg.inv(normal)
    fitted = inverse @ (design.T @ (weight * found.residuals[group].to_numpy()[known]))
    line, j = basis(grid), found.compared.index(group)
    error = np.sqrt(found.variance[j, j] * np.einsum("pd,de,pe->p", line, inverse, line))
    value = line @ fitted
    time = np.interp(grid, all_x, found.residuals["time"])
    return pd.DataFrame(
        dict(zip(columns, (grid, time, value, error, value - Z * error, value + Z * error),
                 strict=True))
    )  # fmt: skip
