"""Survival of groups of patients, honestly: responders are counted as such from their response on."""

from __future__ import annotations

from typing import Annotated

import pandas as pd

from igcore.analysis.comparing import Reference, Stratify
from igcore.analysis.estimating import (
    Horizon,
    Interval,
    Limits,
    Picture,
    Rates,
    RiskEvery,
    Test,
    Ties,
)
from igcore.analysis.estimators.kaplan_meier import kaplan_meier
from igcore.analysis.result import Note, Result
from igcore.analysis.risk_table import RiskTable
from igcore.analysis.spec import analysis
from igcore.analysis.survival import tables as tables
from igcore.analysis.survival import words as words
from igcore.analysis.survival.compared import Compared
from igcore.analysis.survival.groups import Comparison, count
from igcore.analysis.survival.landmarks import landmarks
from igcore.analysis.survival.state_words import whereabouts
from igcore.analysis.survival.tested import compare, name_of_test
from igcore.errors import Refused
from igcore.params import SUGGESTED, Fold
from igcore.store import Cohort, Pool

ESTIMATES, MONTHS = Fold("Test and estimates"), Fold("Months of the tables")


@analysis(title="Survival")
def survival(
    pool: Pool,
    cohort: Cohort,
    *,
    compared: Compared = Compared(),
    stratify: Annotated[Stratify, ESTIMATES] = SUGGESTED,
    reference: Annotated[Reference, ESTIMATES] = SUGGESTED,
    test: Annotated[Test, ESTIMATES] = "log-rank",
    ties: Annotated[Ties, ESTIMATES] = "efron",
    limits: Annotated[Limits, ESTIMATES] = "wald",
    horizon: Annotated[Horizon, MONTHS] = "longest",
    interval: Annotated[Interval, ESTIMATES] = "log-log",
    rates: Annotated[Rates, MONTHS] = SUGGESTED,
    risk_every: Annotated[RiskEvery, MONTHS] = SUGGESTED,
    curve: Picture = "survival",
) -> Result:
    """Survival curves of groups, their risk table, tests, hazard ratios and restricted means.

    Groups by response or by recovery are counted from its day on (Mantel-Byar test, Cox model with
    a time-dependent state, Simon-Makuch curves from the landmark) or fixed at a landmark. "Ever" is
    descriptive only: it carries a banner, and neither p-value nor hazard ratio nor restricted mean.

    Returns:
        groups (n, events, median with limits in months), curve (month, survival in [0, 1] with
        limits), risk (at risk just before the month, events and censored before it), rates
        (survival at the chosen months), quantiles and follow_up (reverse Kaplan-Meier; months with
        limits), comparison (hazard ratio with limits against the reference), test,
        proportional_hazards (cox.zph's score test), rmst and rmst_difference (months, up to the
        horizon), trials, pooling and interaction (each trial, two-stage check, group by trial), and
        for groups fixed at a landmark landmarks (two of them, and who is left out).

    Raises:
        Refused: the endpoint starts at response or cannot be made from dates, or no trial has what
            the groups are made of.

    Source: rules S1 to S15 of the Methods page; Anderson, Cain and Gelber 1983 for the bias, Mantel
        and Byar 1974, Simon and Makuch 1984; R `survfit`, `survdiff`, `coxph(ties = "efron")`,
        with `Surv(start, stop, event)` for the time-dependent state.
    """
    asked = Comparison.of(cohort, compared, stratify)
    counted = count(pool, asked)
    table = counted.table
    shown = counted.shown(asked)
    if not shown.entering.any():
        raise Refused(
            f"Landmark: nobody is at risk at month {asked.landmark:g}. Choose an earlier landmark."
        )
    where = whereabouts(table, shown, asked.landmark) if asked.changing else []
    contrasts = compare(table, asked, reference, test=test, ties=ties, limits=limits)
    means, reached, more = _means(shown, asked, reference, horizon)
    found = {**_read_off(shown, table, asked, interval, rates, risk_every), **contrasts.tables}
    found |= means
    if asked.timing == "landmark":
        how = {"test": test, "ties": ties, "limits": limits}
        found["landmarks"] = landmarks(pool, asked, counted, reference, **how)
    return Result(
        title=words.title(asked),
        method=words.method(
            asked,
            interval,
            test=name_of_test(asked, test),
            ties=ties,
            limits=limits,
            horizon=reached,
            mean_leads=contrasts.mean_leads,
        ),
        notes=(*counted.notes, *where, *contrasts.notes, *more),
        banner=words.banner(asked),
        population=f"n = {int(table.entering[:, table.time <= 0].sum())}; {cohort.words()}",
        tables={n: t for n, t in found.items() if len(t) or n in ("comparison", "test")},
    )


def _read_off(
    shown: RiskTable,
    table: RiskTable,
    asked: Comparison,
    interval: str,
    rates: tuple[str, ...],
    risk_every: float,
) -> dict[str, pd.DataFrame]:
    """What describes each group by itself."""
    curves = {g: kaplan_meier(shown, i, interval=interval) for i, g in enumerate(shown.groups)}
    return {
        "groups": tables.groups(shown, curves),
        "curve": tables.curve(shown, curves),
        "risk": tables.risk(shown, risk_every, changing=asked.changing),
        "rates": tables.rates_at(shown, rates, interval),
        "quantiles": tables.quantiles(shown, interval),
        "follow_up": tables.follow_up(table, changing=asked.changing),
    }


def _means(
    shown: RiskTable, asked: Comparison, reference: str, horizon: str
) -> tuple[dict[str, pd.DataFrame], float, list[Note]]:
    """Restricted means and their horizon in months (NaN: none); empty for "ever"."""
    means = pd.DataFrame(columns=tables.MEANS)
    differences = pd.DataFrame(columns=tables.DIFFERENCES)
    notes: list[Note] = []
    if asked.timing != "ever":
        reached = tables.horizon_of(shown, horizon)
        means, differences, notes = tables.restricted_means(shown, reference, reached)
    found = {"rmst": means, "rmst_difference": differences}
    return found, float(means.horizon.iloc[0]) if len(means) else float("nan"), notes
