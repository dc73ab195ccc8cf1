"""Survival of groups of patients, honestly: responders are counted as such from their response on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd

from igcore.analysis.comparison import hazard_ratios, log_rank
from igcore.analysis.kaplan_meier import Curve, crossing, kaplan_meier, median
from igcore.analysis.result import Result
from igcore.analysis.risk_table import RiskTable
from igcore.analysis.spec import DAYS_PER_MONTH, analysis
from igcore.errors import Refused
from igcore.params import Choice, Number
from igcore.store import Cohort, Pool

GROUPS = {"response": "Response", "arm": "Arm", "sex": "Sex", "trial": "Trial"}
RESPONDERS = {
    "CR": "CR or better",
    "VGPR": "VGPR or better",
    "PR": "PR or better",
    "MR": "MR or better",
}
DEPTHS = {"CR": 5, "VGPR": 4, "PR": 3, "MR": 2}
TIMINGS = {
    "time-dependent": "From the response on",
    "landmark": "At a landmark",
    "ever": "Ever (biased)",
}
INTERVALS = {"log-log": "log-log", "log": "log", "plain": "plain"}
BANNER = (
    "Biased: responders had to survive until they responded. "
    "Not evidence that response or IgA recovery prolongs survival."
)
FROM_RESPONSE = ("DOR", "DOCR", "RSD", "DUR")


def _by_response(values: Any) -> bool:
    return values.get("group") == "response"


def _has_landmark(values: Any) -> bool:
    return _by_response(values) and values.get("timing") in ("time-dependent", "landmark")


def _endpoints(facts: Any, values: Any) -> dict[str, str]:
    return {name: name for name in facts.endpoints(values["trial"])}


def _first_endpoint(facts: Any, values: Any) -> str:
    names = facts.endpoints(values["trial"])
    if not names:
        raise Refused("Endpoint: these trials have no outcomes. Add them on the Upload page.")
    return names[0]


def _strata(facts: Any, values: Any) -> dict[str, str]:
    if values["group"] == "trial":
        return {"none": "Not stratified"}
    return {"trial": "By trial", "none": "Not stratified"}


def _references(facts: Any, values: Any) -> dict[str, str]:
    if values["group"] == "response":
        return {"non-responder": "Non-responders", "responder": "Responders"}
    names = facts.labels(values["group"], values["trial"])
    if values["group"] == "arm" and values["arm"]:
        names = [name for name in names if name in values["arm"]]
    return {name: name for name in sorted(names)}


def _first_reference(facts: Any, values: Any) -> str:
    names = list(_references(facts, values))
    if not names:
        raise Refused(f"Groups: these trials have no {values['group']} to group by.")
    return names[0]


def _risk_step(facts: Any, values: Any) -> float:
    """A step in months that gives at most nine columns."""
    months = facts.span_days(values["trial"], values["endpoint"]) / DAYS_PER_MONTH
    steps = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240)
    return next((step for step in steps if months / step <= 8), 240)


@dataclass(frozen=True)
class _Comparison:
    """What the survival question settled on before counting."""

    cohort: Cohort
    endpoint: str
    group: str
    responder: str
    timing: str
    landmark: float
    stratify: str

    @property
    def landmark_days(self) -> float:
        return self.landmark * DAYS_PER_MONTH

    @property
    def simon_makuch(self) -> bool:
        return self.timing == "time-dependent"


@analysis(title="Survival")
def survival(
    pool: Pool,
    cohort: Cohort,
    *,
    endpoint: Annotated[
        str,
        Choice(
            label="Endpoint",
            options=_endpoints,
            fallback=_first_endpoint,
            says="Any uploaded endpoint; OS where there is one.",
        ),
    ] = None,
    group: Annotated[
        str, Choice(label="Groups", options=GROUPS, says="What the curves compare.")
    ] = "response",
    responder: Annotated[
        str,
        Choice(
            label="Responder",
            options=RESPONDERS,
            applies=_by_response,
            when="the groups are by response",
            says="The least response that counts.",
        ),
    ] = "PR",
    timing: Annotated[
        str,
        Choice(
            label="Response counted",
            options=TIMINGS,
            applies=_by_response,
            when="the groups are by response",
            says="Since when a responder counts as one.",
        ),
    ] = "time-dependent",
    landmark: Annotated[
        float,
        Number(
            label="Landmark",
            low=0,
            high=120,
            unit="months",
            applies=_has_landmark,
            when="the groups are by response, time-dependent or at a landmark",
            says="Month at which the curves start (time-dependent) or the groups are fixed.",
        ),
    ] = 4,
    stratify: Annotated[
        str,
        Choice(
            label="Stratified",
            options=_strata,
            fallback=lambda facts, values: next(iter(_strata(facts, values))),
            says="Pooled trials are compared within each trial.",
        ),
    ] = None,
    reference: Annotated[
        str,
        Choice(
            label="Reference",
            options=_references,
            fallback=_first_reference,
            applies=lambda values: values.get("timing") != "ever",
            when='the response is not counted as "ever"',
            says="The group that hazard ratios compare with.",
        ),
    ] = None,
    interval: Annotated[
        str,
        Choice(label="Interval", options=INTERVALS, says="Type of the pointwise 95 % interval."),
    ] = "log-log",
    risk_every: Annotated[
        float,
        Number(
            label="Risk table every",
            low=0.5,
            high=240,
            unit="months",
            step=1,
            fallback=_risk_step,
            says="Distance of the columns of the risk table.",
        ),
    ] = None,
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

    Source: DOMAIN e, f, f2; R `survfit`, `survdiff`, `coxph(ties = "efron")` with
    `Surv(start, stop, event)` for the time-dependent state.
    """
    asked = _Comparison(
        cohort,
        endpoint,
        group,
        responder or "PR",
        timing if group == "response" else "fixed",
        landmark or 0.0,
        stratify,
    )
    table, notes = _count(pool, asked)
    shown = table.after(asked.landmark_days) if asked.simon_makuch else table
    curves = {name: kaplan_meier(shown, g, interval=interval) for g, name in enumerate(shown.groups)}
    honest = asked.timing != "ever"
    comparison, test, more = _compare(table, asked, reference) if honest else (_HR, _TEST, [])
    n = int(table.entering[:, table.time <= 0].sum()) if len(table.groups) else 0
    return Result(
        query="",
        data_version=cohort.version,
        title=_title(asked),
        method=_method(asked, interval, honest),
        notes=(*notes, *more),
        banner="" if honest else BANNER,
        population=f"n = {n}; {cohort.words()}",
        tables={
            "groups": _groups(shown, curves),
            "curve": _curve(curves),
            "risk": _risk(shown, risk_every),
            "comparison": comparison,
            "test": test,
            "follow_up": _follow_up(table, asked),
        },
    )


_HR = pd.DataFrame(
    {name: [] for name in ("group", "reference", "hazard_ratio", "hr_lower", "hr_upper")}
)
_TEST = pd.DataFrame({name: [] for name in ("name", "statistic", "df", "p")})


def _count(pool: Pool, asked: _Comparison) -> tuple[RiskTable, list[str]]:
    """The risk table of the question, and who is left out of it."""
    cohort = asked.cohort.values()
    values = {**cohort, "endpoint": asked.endpoint, "least_depth": DEPTHS[asked.responder]}
    values["landmark_days"] = asked.landmark_days
    with_response, notes = [], []
    if asked.group == "response":
        with_response, notes = _trials_with_response(pool, asked, cohort)
    values["trials_with_response"] = with_response
    told = pool.rows("survival_notes", **values).iloc[0]
    if asked.group == "response":
        _refuse_from_response(asked, told)
    rows = pool.rows(
        "risk_table", **values, group=asked.group, timing=asked.timing, stratify=asked.stratify
    )
    if rows.empty:
        raise Refused(
            f"Nobody of the cohort can be compared: no {asked.endpoint} for {asked.cohort.words()}"
            f"{' after the landmark' if asked.timing == 'landmark' else ''}. Choose a wider cohort."
        )
    return RiskTable.from_rows(rows), notes + _left_out(asked, told)


def _trials_with_response(
    pool: Pool, asked: _Comparison, cohort: dict
) -> tuple[list[str], list[str]]:
    """Trials that can be grouped by response; the others are told (DOMAIN f2.2, f2.3)."""
    trials = pool.rows("response_trials", **cohort)
    usable = trials.dated > 0
    if asked.timing == "ever":
        usable |= trials.undated > 0
    notes = []
    for row in trials[~usable].itertuples():
        if row.undated:
            what = 'best responses without dates; they serve "ever" alone'
        else:
            what = "no response records"
        notes.append(f"Trial {row.trial} is left out ({row.n} patients): it has {what}.")
    if not usable.any():
        raise Refused("Groups by response need response records. " + " ".join(notes))
    return list(trials[usable].trial), notes


def _refuse_from_response(asked: _Comparison, told: Any) -> None:
    starts = told.starts_at_response > 0 and 2 * told.starts_at_response > told.n
    if asked.endpoint.upper() in FROM_RESPONSE or starts:
        raise Refused(
            f"Endpoint: {asked.endpoint} starts at the response, so everyone in it is a responder. "
            "Group it by arm, sex or trial."
        )


def _left_out(asked: _Comparison, told: Any) -> list[str]:
    notes = []
    if asked.group in ("arm", "sex") and told[f"without_{asked.group}"]:
        notes.append(f"{told[f'without_{asked.group}']} patients without {asked.group} are left out.")
    if asked.group != "response":
        return notes
    if told.without_response_record:
        notes.append(
            f"{told.without_response_record} patients without any response record count as "
            "non-responders."
        )
    if asked.timing == "landmark":
        notes.append(
            f"Left out because event or censoring came by month {asked.landmark:g}: "
            f"{told.left_responder} responders and {told.left_non_responder} non-responders. "
            f"{told.later_responders} who responded later stay with the non-responders."
        )
    if asked.simon_makuch:
        notes.append(
            f"The curves start at month {asked.landmark:g}, for those still at risk; later responders "
            "change over. They are not the survival of fixed groups of patients."
        )
    return notes


def _compare(
    table: RiskTable, asked: _Comparison, reference: str
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Hazard ratios and the main test; what cannot be computed is a row with a note."""
    name = "Mantel-Byar" if asked.simon_makuch else "log-rank"
    if asked.stratify == "trial" and not asked.simon_makuch:
        name = "stratified log-rank"
    notes = []
    if reference not in table.groups or len(table.groups) < 2:
        others = [g for g in ("responder", "non-responder") if g not in table.groups]
        if asked.group == "response" and others:
            when = f" by month {asked.landmark:g}" if asked.timing == "landmark" else ""
            notes.append(f"0 {others[0]}s{when}: no test and no hazard ratio.")
        else:
            notes.append(f"{reference}: fewer than two groups to compare.")
        rows = [(g, reference, *[np.nan] * 3) for g in table.groups if g != reference]
        rows += [(g, reference, *[np.nan] * 3) for g in others if asked.group == "response"
                 and g != reference]
        test = (name, np.nan, 0, np.nan)
    else:
        found = hazard_ratios(table, reference)
        rows = [(r.group, reference, r.ratio, r.lower, r.upper) for r in found]
        notes += [
            f"{r.group}: the hazard ratio has no finite estimate (no events to compare)."
            for r in found
            if np.isnan(r.ratio)
        ]
        tested = log_rank(table)
        test = (name, tested.statistic, tested.df, tested.p)
    return (
        pd.DataFrame(rows, columns=list(_HR.columns)),
        pd.DataFrame([test], columns=list(_TEST.columns)),
        notes,
    )


def _months(days: float) -> float:
    return days / DAYS_PER_MONTH


def _groups(table: RiskTable, curves: dict[str, Curve]) -> pd.DataFrame:
    rows = []
    for g, (name, curve) in enumerate(curves.items()):
        n, events = table.entering[:, :, g].sum(), table.events[:, :, g].sum()
        rows.append((name, int(n), int(events), *map(_months, median(curve))))
    names = ("group", "n", "events", "median", "median_lower", "median_upper")
    return pd.DataFrame(rows, columns=list(names))


def _curve(curves: dict[str, Curve]) -> pd.DataFrame:
    return pd.concat(
        [
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
        ],
        ignore_index=True,
    )


def _risk(table: RiskTable, every: float) -> pd.DataFrame:
    last = table.time[-1] / DAYS_PER_MONTH
    rows = []
    for month in np.arange(0, last + 1e-9, every):
        status = table.status_at(month * DAYS_PER_MONTH).astype(int)
        rows += [(name, float(month), *status[:, g]) for g, name in enumerate(table.groups)]
    frame = pd.DataFrame(rows, columns=["group", "month", "at_risk", "events", "censored"])
    return frame.sort_values(["group", "month"], kind="stable", ignore_index=True)


def _follow_up(table: RiskTable, asked: _Comparison) -> pd.DataFrame:
    """Median follow-up by reverse Kaplan-Meier, months; by group where the groups are fixed."""
    rows = []
    for name, part in (("all", table.together()), ("", table)):
        if name == "all" and asked.simon_makuch:
            continue  # a change of group would count as the end of follow-up
        for g, group in enumerate(part.groups):
            curve = kaplan_meier(part.swapped(), g)
            rows.append((name or group, _months(crossing(curve.time, curve.survival))))
        if asked.simon_makuch:
            return pd.DataFrame([], columns=["group", "median"])
    return pd.DataFrame(rows, columns=["group", "median"])


def _title(asked: _Comparison) -> str:
    if asked.group == "response":
        return f"{asked.endpoint} by response ({RESPONDERS[asked.responder]})"
    return f"{asked.endpoint} by {asked.group}"


def _method(asked: _Comparison, interval: str, honest: bool) -> str:
    curve = "Simon-Makuch" if asked.simon_makuch else "Kaplan-Meier"
    parts = [f"{curve} with {interval} 95 % interval"]
    if asked.simon_makuch:
        parts.append(
            f"response ({RESPONDERS[asked.responder]}) counted from its day on; curves from month "
            f"{asked.landmark:g}, hazard ratio and Mantel-Byar test from the start"
        )
    if asked.timing == "landmark":
        parts.append(
            f"responders ({RESPONDERS[asked.responder]}) by the landmark at month "
            f"{asked.landmark:g}, clock restarted there"
        )
    if asked.timing == "ever":
        parts.append(f"responders ({RESPONDERS[asked.responder]}) at any time; no test")
    if honest:
        test = "Mantel-Byar" if asked.simon_makuch else "log-rank"
        strata = "stratified by trial" if asked.stratify == "trial" else "not stratified"
        parts.append(f"{test} and Cox model (Efron ties) {strata}")
    parts.append(f"1 month = {DAYS_PER_MONTH} days")
    return "; ".join(parts) + "."
