"""What is read off the curves, as tidy tables in months: all of it from counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from igcore.analysis.estimators import rates
from igcore.analysis.estimators.kaplan_meier import Curve, median, restricted_mean
from igcore.analysis.result import Note, NoteKind
from igcore.analysis.risk_table import RiskTable
from igcore.definitions import DAYS_PER_MONTH, Z


def groups(table: RiskTable, curves: dict[str, Curve]) -> pd.DataFrame:
    """n, events and median with limits (months) of every group."""
    rows = []
    for g, (name, curve) in enumerate(curves.items()):
        n, events = table.patients[:, g].sum(), table.events[:, :, g].sum()
        rows.append((name, int(n), int(events), *(x / DAYS_PER_MONTH for x in median(curve))))
    columns = ["group", "n", "events", "median", "median_lower", "median_upper"]
    return pd.DataFrame(rows, columns=columns)


def curve(table: RiskTable, curves: dict[str, Curve]) -> pd.DataFrame:
    """Every step of every curve: month, survival in [0, 1], its limits, at risk just before."""
    at_risk = table.at_risk.sum(axis=0)
    parts = []
    for g, (name, one) in enumerate(curves.items()):
        n = at_risk[np.searchsorted(table.time, one.time), g]
        n[0] = table.entering[:, table.time <= 0, g].sum()
        parts.append(
            pd.DataFrame(
                {
                    "group": name,
                    "month": one.time / DAYS_PER_MONTH,
                    "survival": one.survival,
                    "lower": one.lower,
                    "upper": one.upper,
                    "at_risk": n.astype(int),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def risk(table: RiskTable, every: float, *, changing: bool = False) -> pd.DataFrame:
    """At risk just before each month, events and censored before it (S9).

    Where patients change groups (`changing`), those who changed over are not among the censored
    but in changed_over; with them the four add up to whoever had entered the group.
    """
    months = np.arange(0, table.time[-1] / DAYS_PER_MONTH + 1e-9, every)
    rows = []
    for month in months:
        status = table.status_at(month * DAYS_PER_MONTH).astype(int)
        over = table.changing[:, table.time < month * DAYS_PER_MONTH].sum(axis=(0, 1)).astype(int)
        rows += [
            (name, float(month), *status[:, g], over[g]) for g, name in enumerate(table.groups)
        ]
    columns = ["group", "month", "at_risk", "events", "censored", "changed_over"]
    frame = pd.DataFrame(rows, columns=columns)
    if changing:
        frame["censored"] -= frame.changed_over
    else:
        frame = frame.drop(columns="changed_over")
    return frame.sort_values(["group", "month"], kind="stable", ignore_index=True)


def rates_at(table: RiskTable, months: Sequence[str], interval: str) -> pd.DataFrame:
    """Survival of every group at these months, with limits."""
    asked = np.array(sorted(map(float, months)))
    found = rates.rates(table, asked * DAYS_PER_MONTH, interval=interval)
    found.insert(1, "month", np.tile(asked, len(table.groups)))
    found["at_risk"] = found.at_risk.astype(int)
    return found.drop(columns="time")


def quantiles(table: RiskTable, interval: str) -> pd.DataFrame:
    """Months by which 25, 50 and 75 % have had the event, with limits (S8)."""
    return _months(rates.quantiles(table, interval=interval).rename(columns={"time": "month"}))


def follow_up(table: RiskTable, *, changing: bool) -> pd.DataFrame:
    """Median follow-up by reverse Kaplan-Meier, months, with limits (S10)."""
    found = _months(rates.follow_up(table, changing=changing))
    found["n"] = found.n.astype(int)
    return found


def _months(frame: pd.DataFrame) -> pd.DataFrame:
    for name in ("month", "median", "lower", "upper"):
        if name in frame:
            frame[name] = frame[name] / DAYS_PER_MONTH
    return frame


def horizon_of(table: RiskTable, asked: str) -> float:
    """The horizon in months: the one asked for, or the last whole month that all curves reach.

    NaN where a curve ends before its first whole month.
    """
    if asked != "longest":
        return float(asked)
    last = table.events.sum(axis=0) + table.censored.sum(axis=0)
    if not last.any(axis=0).all():  # a state that nobody ends in has no curve to average
        return float("nan")
    ends = [table.time[np.flatnonzero(last[:, g])[-1]] for g in range(len(table.groups))]
    months = float(np.floor(min(ends) / DAYS_PER_MONTH + 1e-9))
    return months or float("nan")


MEANS = ["group", "horizon", "mean", "standard_error", "lower", "upper"]
DIFFERENCES = [
    *("group", "reference", "horizon", "difference", "standard_error", "lower", "upper", "p"),
]


def restricted_means(
    table: RiskTable, reference: str, horizon: float
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note]]:
    """Restricted mean of every group and its difference to the reference, months, up to `horizon`.

    Empty tables and a note where a curve does not reach the horizon.
    """
    nothing = pd.DataFrame(columns=MEANS), pd.DataFrame(columns=DIFFERENCES)
    ends = 0.0 if np.isnan(horizon) else rates.longest_horizon(table) / DAYS_PER_MONTH
    if not 0 < horizon <= ends + 1e-9:
        known = not np.isnan(horizon)
        reach = f"up to {ends:.1f} months" if known else "less than a month"
        asked = f" {horizon:g} months lie beyond; choose less." if known else ""
        told = f"Restricted mean: all curves together reach {reach}.{asked}"
        return *nothing, [Note(NoteKind.NOT_ESTIMABLE, told)]
    days = min(horizon, ends) * DAYS_PER_MONTH
    means = []
    for g, group in enumerate(table.groups):
        mean, error = (x / DAYS_PER_MONTH for x in restricted_mean(table, g, days))
        bounds = (mean - Z * error, mean + Z * error) if error > 0 else (np.nan, np.nan)
        means.append((group, horizon, mean, error, *bounds))
    differences = []
    for group in table.groups:
        if group != reference and reference in table.groups:
            d = rates.mean_difference(table, group, reference, days)
            sizes = (d.difference, d.standard_error, d.lower, d.upper)
            months = (x / DAYS_PER_MONTH for x in sizes)
            differences.append((group, reference, horizon, *months, d.p))
    return (
        pd.DataFrame(means, columns=MEANS),
        pd.DataFrame(differences, columns=DIFFERENCES),
        [],
    )
