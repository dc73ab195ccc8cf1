"""Survival of groups of patients, honestly: responders are counted as such from their response on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from igcore.analysis.comparing import (
    RESPONDERS,
    Endpoint,
    Group,
    Interval,
    Landmark,
    Reference,
    Responder,
    RiskEvery,
    Stratify,
    Timing,
)
from igcore.analysis.comparison import hazard_ratios, log_rank
from igcore.analysis.groups import Comparison, count
from igcore.analysis.kaplan_meier import Curve, crossing, kaplan_meier, median
from igcore.analysis.result import Result
from igcore.analysis.risk_table import RiskTable
from igcore.analysis.spec import DAYS_PER_MONTH, analysis
from igcore.errors import Refused
from igcore.params import SUGGESTED
from igcore.store import Cohort, Pool

BANNER = (
    "Biased: responders had to survive until they responded. "
    "Not evidence that response or IgA recovery prolongs survival."
)
COLUMNS = {
    "groups": ["group", "n", "events", "median", "median_lower", "median_upper"],
    "risk": ["group", "month", "at_risk", "events", "censored"],
    "comparison": ["group", "reference", "hazard_ratio", "hr_lower", "hr_upper"],
    "test": ["name", "statistic", "df", "p"],
    "follow_up": ["group", "median"],
}


@analysis(title="Survival")
def survival(
    pool: Pool,
    cohort: Cohort,
    *,
    endpoint: Endpoint = SUGGESTED,
    group: Group = "response",
    responder: Responder = "PR",
    timing: Timing = "time-dependent",
    landmark: Landmark = 4,
    stratify: Stratify = SUGGESTED,
    reference: Reference = SUGGESTED,
    interval: Interval = "log-log",
    risk_every: RiskEvery = SUGGESTED,
) -> Result:
    """Kaplan-Meier curves of groups, their risk table, stratified test and hazard ratios.

    Groups by response are counted from the response on (Mantel-Byar test, Cox model with a
    time-dependent state, Simon-Makuch curves from the landmark) or fixed at a landmark. "Ever" is
    descriptive only: it carries a banner, and neither p-value nor hazard ratio.

    Returns:
        groups (n, events, median with limits in months), curve (month, survival in [0, 1] with
        limits), risk (at risk just before the month, events and censored before it), comparison
        (hazard ratio with Wald limits against the reference), test (statistic, df, p) and
        follow_up (median by reverse Kaplan-Meier, months).

    Raises:
        Refused: the endpoint starts at response, or no trial has responses to group by.

    Source: rules S1 to S10 of the Methods page; Anderson, Cain and Gelber 1983 for the bias, Mantel
        and Byar 1974, Simon and Makuch 1984; R `survfit`, `survdiff`, `coxph(ties = "efron")`,
        with `Surv(start, stop, event)` for the time-dependent state.
    """
    asked = Comparison(
        cohort=cohort,
        endpoint=endpoint,
        group=group,
        responder=responder,
        timing=timing if group == "response" else "fixed",
        landmark=landmark,
        stratify=stratify,
    )
    table, notes = count(pool, asked)
    shown = table.after(asked.landmark_days) if asked.simon_makuch else table
    if not shown.entering.any():
        raise Refused(
            f"Landmark: nobody is at risk at month {landmark:g}. Choose an earlier landmark."
        )
    curves = {g: kaplan_meier(shown, i, interval=interval) for i, g in enumerate(shown.groups)}
    compared, tested, more = _compare(table, asked, reference)
    return Result(
        query="",
        data_version=cohort.version,
        title=_title(asked),
        method=_method(asked, interval),
        notes=(*notes, *more),
        banner=BANNER if timing == "ever" and group == "response" else "",
        population=f"n = {int(table.entering[:, table.time <= 0].sum())}; {cohort.words()}",
        tables={
            "groups": _groups(shown, curves),
            "curve": _curve(curves),
            "risk": _risk(shown, risk_every),
            "comparison": compared,
            "test": tested,
            "follow_up": _follow_up(table, asked),
        },
    )


def _frame(name: str, rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS[name])


def _compare(
    table: RiskTable, asked: Comparison, reference: str
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Hazard ratios and the main test; what cannot be computed is a row with a note."""
    if asked.timing == "ever":
        return _frame("comparison", []), _frame("test", []), []
    name = "Mantel-Byar" if asked.simon_makuch else "log-rank"
    if asked.stratify == "trial" and not asked.simon_makuch:
        name = "stratified log-rank"
    if reference not in table.groups or len(table.groups) < 2:
        return _incomparable(table, asked, reference, name)
    found = hazard_ratios(table, reference)
    notes = [
        f"{r.group}: the hazard ratio has no finite estimate (no events to compare)."
        for r in found
        if np.isnan(r.ratio)
    ]
    test = log_rank(table)
    if np.isnan(test.p):
        notes.append(f"{name}: no time at which an event could fall in either group; no test.")
    return (
        _frame("comparison", [(r.group, reference, r.ratio, r.lower, r.upper) for r in found]),
        _frame("test", [(name, test.statistic, test.df, test.p)]),
        notes,
    )


def _incomparable(
    table: RiskTable, asked: Comparison, reference: str, name: str
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Empty cells where a group has nobody, and the note that says so."""
    groups, note = set(table.groups), f"{reference}: fewer than two groups to compare."
    if asked.group == "response":
        groups |= {"responder", "non-responder"}
        when = f" by month {asked.landmark:g}" if asked.timing == "landmark" else ""
        absent = ", ".join(f"0 {g}s{when}" for g in sorted(groups - set(table.groups)))
        note = f"{absent}: no test and no hazard ratio."
    rows = [(g, reference, np.nan, np.nan, np.nan) for g in sorted(groups - {reference})]
    return _frame("comparison", rows), _frame("test", [(name, np.nan, 0, np.nan)]), [note]


def _groups(table: RiskTable, curves: dict[str, Curve]) -> pd.DataFrame:
    rows = []
    for g, (name, curve) in enumerate(curves.items()):
        n, events = table.entering[:, :, g].sum(), table.events[:, :, g].sum()
        rows.append((name, int(n), int(events), *(x / DAYS_PER_MONTH for x in median(curve))))
    return _frame("groups", rows)


def _curve(curves: dict[str, Curve]) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "group": name,
                "month": curve.time / DAYS_PER_MONTH,
                "survival": curve.survival,
                "lower": curve.lower,
                "upper": curve.upper,
            }
        )
        for name, curve in curves.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _risk(table: RiskTable, every: float) -> pd.DataFrame:
    months = np.arange(0, table.time[-1] / DAYS_PER_MONTH + 1e-9, every)
    rows = []
    for month in months:
        status = table.status_at(month * DAYS_PER_MONTH).astype(int)
        rows += [(name, float(month), *status[:, g]) for g, name in enumerate(table.groups)]
    return _frame("risk", rows).sort_values(["group", "month"], kind="stable", ignore_index=True)


def _follow_up(table: RiskTable, asked: Comparison) -> pd.DataFrame:
    """Median follow-up by reverse Kaplan-Meier, months, of all and of each fixed group (S10).

    Groups that change have none of their own: a change would count as the end of follow-up.
    """
    rows = []
    for part in (table.together(),) if asked.simon_makuch else (table.together(), table):
        for g, group in enumerate(part.groups):
            curve = kaplan_meier(part.swapped(), g)
            rows.append((group, crossing(curve.time, curve.survival) / DAYS_PER_MONTH))
    return _frame("follow_up", rows)


def _title(asked: Comparison) -> str:
    if asked.group == "response":
        return f"{asked.endpoint} by response ({RESPONDERS[asked.responder]})"
    return f"{asked.endpoint} by {asked.group}"


def _method(asked: Comparison, interval: str) -> str:
    """The method in one sentence, for the caption."""
    curve = "Simon-Makuch" if asked.simon_makuch else "Kaplan-Meier"
    who = f"({RESPONDERS[asked.responder]})"
    timing = {
        "time-dependent": f"response {who} counted from its day on; curves from month "
        f"{asked.landmark:g}, hazard ratio and Mantel-Byar test from the start",
        "landmark": f"responders {who} by the landmark at month {asked.landmark:g}, clock "
        "restarted there",
        "ever": f"responders {who} at any time; no test",
    }.get(asked.timing)
    test = "Mantel-Byar" if asked.simon_makuch else "log-rank"
    strata = "stratified by trial" if asked.stratify == "trial" else "not stratified"
    model = None if asked.timing == "ever" else f"{test} and Cox model (Efron ties) {strata}"
    month = f"1 month = {DAYS_PER_MONTH} days"
    first = f"{curve} with {interval} 95 % interval"
    return "; ".join(part for part in (first, timing, model, month) if part) + "."
