"""Many patients against the normal ranges, over months from first treatment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from igcore.analysis import trajectory_notes
from igcore.analysis.comparing import Responder
from igcore.analysis.groups import DEPTHS
from igcore.analysis.recovery import recovery
from igcore.analysis.result import Result
from igcore.analysis.rule import Month, Rule, Window
from igcore.analysis.spec import analysis
from igcore.analysis.trajectory_choices import (
    MOST_ANALYTES,
    AnyAnalytes,
    Arrangement,
    Axis,
    Group,
    Involved,
    JudgedFinal,
    JudgedRise,
    Marks,
    Scale,
    ShownRange,
    Style,
    Time,
    Unit,
    main_units,
)
from igcore.errors import Refused
from igcore.params import SUGGESTED
from igcore.store import Cohort, Pool

POINTS = 20_000  # drawn at most; a browser moves so many without delay
ORDER = (
    *("responder", "non-responder"),
    *("improved", "not improved", "indeterminate", "not evaluable", "not assessable"),
)
FEW = 5  # patients; a visit with fewer is not drawn beside visits of twice as many
MARK_AFTER = 31 / 30.4375  # months after a patient's last value in which an event is still marked


@analysis(title="Trajectories")
def trajectories(
    pool: Pool,
    cohort: Cohort,
    *,
    analyte: AnyAnalytes = SUGGESTED,
    style: Style = "median",
    range: ShownRange = "own",
    y: Scale = SUGGESTED,
    unit: Unit = SUGGESTED,
    axis: Axis = "linear",
    group: Group = "none",
    responder: Responder = "PR",
    rise: JudgedRise = 25,
    final: JudgedFinal = "last",
    month: Month = 6,
    window: Window = 14,
    time: Time = "days",
    involved: Involved = "hidden",
    marks: Marks = "shown",
    arrangement: Arrangement = "rows",
) -> Result:
    """Values of many patients over time: a line each, or a summary per visit with its n.

    A visit is month m, its value the one nearest to m x 30.4375 days within 14 days, of two as near
    the later one; month 0 is the baseline of rule R2. Nothing is carried forward. Isotypes that
    contain M-protein, or may, and IgG under replacement (R3) enter no summary. A value below
    quantification stands at half its limit.

    Returns:
        summary (analyte, group, month, n, median with quartiles or geometric mean with 95 %
        limits, and whether it is drawn), panels (patients, points and limits per analyte and
        group), lines (one row per drawn value: month, study day, y, level and limits in the shown
        unit, what it contains) and marks (kind, month and y of each event on a line); the last two
        are empty without lines.

    Raises:
        Refused: nothing was measured, more than four analytes, or nobody to group by response.

    Source: rules R1 to R3 and R6 of the Methods page; quartiles as R `quantile(type = 7)`, mean
        and limits as R `exp(t.test(log(y))$conf.int)`.
    """
    if len(analyte) > MOST_ANALYTES:
        raise Refused(
            f"Analytes: at most {MOST_ANALYTES} fit on a page, and {len(analyte)} are chosen. "
            "Leave some out."
        )
    measured = pool.facts(cohort.version).measured(dict(cohort.filters)["trial"])
    units = main_units(measured)
    usable, told = _response_trials(pool, cohort, group)
    rule = Rule(analyte=analyte, rise=rise, range=range, final=final, month=month, window=window)
    asked = {
        "analytes": list(analyte),
        "units": [units[name] for name in analyte],
        "range": range,
        "group": group,
        "least_depth": DEPTHS[responder],
        "response_trials": usable,
        "y": y,
        "factor": 100.0 if unit == "mg/dL" else 1.0,
    }
    shown = {name: (unit or "g/L") if units[name] == "g/L" else units[name] for name in analyte}
    values = {**cohort.values(), "asked": asked, "judged": _judged(None)}
    if group == "verdict":
        values["judged"] = _judged(_verdicts(pool, cohort, rule))
    positive = style == "mean" or axis == "log2"
    tables = _tables(
        pool,
        values,
        style=style,
        positive=positive,
        windows=time == "visits",
        grey=involved == "grey",
        marks=marks == "shown",
    )
    tables["panels"]["unit"] = tables["panels"].analyte.map(shown)
    people = pool.rows("trajectories_people", **values).iloc[0]
    counts = pool.rows("trajectories_counts", **values)
    seen = trajectory_notes.Seen(
        tables, counts, measured, style, y, group, positive, involved == "grey"
    )
    return Result(
        query="",
        data_version=cohort.version,
        title=trajectory_notes.title(analyte, y, group),
        method=trajectory_notes.method(style, y, rule, group, responder=responder, time=time),
        notes=(*told, *trajectory_notes.notes(seen)),
        population=f"n = {people.shown:,} of {people.treated:,} treated; {cohort.words()}",
        tables=tables,
    )


def _response_trials(pool: Pool, cohort: Cohort, group: str) -> tuple[list[str], list[str]]:
    """Trials that can be grouped by dated response, and sentences on the others."""
    if group != "response":
        return [], []
    trials = pool.rows("response_trials", **cohort.values())
    usable = list(trials[trials.dated > 0].trial)
    if not usable:
        raise Refused("Groups by response need dated responses, and these trials have none.")
    return usable, [
        f"Trial {row.trial} is left out ({row.n:,} patients): it has no dated responses."
        for row in trials[trials.dated == 0].itertuples()
    ]


def _verdicts(pool: Pool, cohort: Cohort, rule: Rule) -> pd.DataFrame:
    """The verdicts of recovery as groups: patient_key, analyte, class."""
    judged = recovery(
        pool,
        cohort,
        analyte=rule.analyte,
        rise=rule.rise,
        range=rule.range,
        final=rule.final,
        month=rule.month,
        window=rule.window,
    )
    rows = judged.table("verdicts")
    kept = ("indeterminate", "not_evaluable", "not_assessable")
    coarse = np.where(rows.verdict.str.startswith("improved"), "improved", "not improved")
    words = rows.verdict.str.replace("_", " ").where(rows.verdict.isin(kept), coarse)
    return rows[["patient_key", "analyte"]].assign(group=words)


def _judged(verdicts: pd.DataFrame | None) -> dict[str, list]:
    """Verdicts as they are bound; none of them where they are not the groups."""
    if verdicts is None:
        return {"keys": [], "analytes": [], "classes": []}
    return {
        "keys": verdicts.patient_key.tolist(),
        "analytes": verdicts.analyte.tolist(),
        "classes": verdicts.group.tolist(),
    }


def _tables(
    pool: Pool,
    values: dict[str, Any],
    *,
    style: str,
    positive: bool,
    windows: bool,
    grey: bool,
    marks: bool,
) -> dict[str, pd.DataFrame]:
    """Everything that is drawn; lines and their events where they are asked for."""
    summary = _summary(pool.rows("trajectories_summary", **values), style)
    summarised = style != "lines"
    panels = pool.rows(
        "trajectories_panels",
        **values,
        grey=grey,
        positive=positive,
        windows=windows or summarised,
        summary=summarised,
    )
    lines = pool.rows(
        "trajectories_lines",
        **values,
        grey=grey,
        positive=positive,
        windows=windows,
        points=0 if summarised else POINTS,
    )
    found = pd.DataFrame({"analyte": [], "group": [], "kind": [], "month": [], "y": []})
    if marks and len(lines):
        events = pool.rows(
            "trajectories_marks",
            version=values["version"],
            keys=lines.patient_key.unique().tolist(),
        )
        found = on_lines(events, lines)
    return {
        "summary": _ordered(summary.assign(drawn=_enough(summary))),
        "panels": _ordered(panels),
        "lines": lines,
        "marks": found,
    }


def _enough(summary: pd.DataFrame) -> pd.Series:
    """Which visits are drawn: not the last few patients of a group, whose median jumps about."""
    most = summary.groupby(["analyte", "group"]).n.transform("max")
    return (summary.n >= FEW) | (most < 2 * FEW)


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order of their groups' names, our own names in their natural order."""
    places = {name: place for place, name in enumerate(ORDER)}
    rank = rows["group"].map(lambda name: (places.get(name, len(ORDER)), name))
    by = ["analyte", "rank", "month"] if "month" in rows else ["analyte", "rank"]
    return rows.assign(rank=rank).sort_values(by, ignore_index=True).drop(columns="rank")


def _summary(rows: pd.DataFrame, style: str) -> pd.DataFrame:
    """Counts per visit with what is drawn: median and quartiles, or mean and limits."""
    keys = ["analyte", "group", "month"]
    if style != "mean":
        return rows[[*keys, "n", "median", "q1", "q3"]]
    from scipy.stats import t

    rows = rows[rows.log_n > 0].reset_index(drop=True)
    n = rows.log_n.to_numpy(float)
    reach = t.ppf(0.975, np.maximum(n - 1, 1)) * rows.log_sd.to_numpy(float) / np.sqrt(n)
    centre = rows.log_mean.to_numpy(float)
    return rows[keys].assign(
        n=rows.log_n,
        mean=np.exp(centre),
        lower=np.exp(centre - reach),
        upper=np.exp(centre + reach),
    )


def on_lines(events: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Where each event stands on the lines of its patient: between the values around it.

    An event before the first value, or more than 31 days after the last one, has no place on a
    line. A replacement is marked on IgG alone, which it raises.
    """
    own = lines.loc[lines.contains.isna(), ["patient_key", "analyte", "group", "month", "y"]]
    own = own.astype({"month": float}).sort_values("month")
    names = own[["patient_key", "analyte", "group"]].drop_duplicates()
    asked = events.astype({"month": float}).merge(names, on="patient_key").sort_values("month")
    asked = asked[(asked.kind != "immunoglobulin replacement") | (asked.analyte == "IgG")]
    by = ["patient_key", "analyte"]
    right = own.drop(columns="group")
    before = right.assign(at=right.month).rename(columns={"at": "month_1", "y": "y_1"})
    after = right.assign(at=right.month).rename(columns={"at": "month_2", "y": "y_2"})
    found = pd.merge_asof(asked, before, on="month", by=by)
    found = pd.merge_asof(found, after, on="month", by=by, direction="forward")
    ends = found.month_2.isna()
    gap = (found.month_2 - found.month_1).where(lambda wide: wide > 0, np.inf)
    between = found.y_1 + (found.y_2 - found.y_1) * (found.month - found.month_1) / gap
    found["y"] = np.where(ends, found.y_1, between)
    near = ~ends | (found.month - found.month_1 <= MARK_AFTER)
    found = found[found.month_1.notna() & near]
    keys = ["analyte", "group", "kind", "month"]
    return found[[*keys, "y"]].sort_values(keys, ignore_index=True)
