"""Many patients against the normal ranges, over months from first treatment."""

from __future__ import annotations

from typing import Annotated

from igcore.analysis.result import Note, NoteKind, Result, noted
from igcore.analysis.rule import Month, Rule, Window
from igcore.analysis.spec import analysis
from igcore.analysis.states.response import DEPTHS, Responder
from igcore.analysis.trajectories import notes as trajectory_notes
from igcore.analysis.trajectories import tables as trajectory_tables
from igcore.analysis.trajectories.choices import (
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
from igcore.params import SUGGESTED, Fold
from igcore.store import Cohort, Pool
from igcore.store.schema import ISOTYPES

VERDICT, DRAWING = Fold("Rule of the verdict"), Fold("Drawing", last=True)
USUAL = Rule()


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
    axis: Annotated[Axis, DRAWING] = "linear",
    group: Group = "none",
    responder: Responder = "PR",
    rise: Annotated[JudgedRise, VERDICT] = USUAL.rise,
    final: Annotated[JudgedFinal, VERDICT] = USUAL.final,
    month: Annotated[Month, VERDICT] = USUAL.month,
    window: Annotated[Window, VERDICT] = USUAL.window,
    time: Annotated[Time, DRAWING] = "days",
    involved: Annotated[Involved, DRAWING] = "hidden",
    marks: Annotated[Marks, DRAWING] = "shown",
    arrangement: Annotated[Arrangement, DRAWING] = "rows",
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
    judged = tuple(name for name in analyte if name in ISOTYPES)
    rule = Rule(analyte=judged, rise=rise, range=range, final=final, month=month, window=window)
    asked = {
        "analytes": list(analyte),
        "units": [units[name] for name in analyte],
        "range": range,
        "group": group,
        "least_depth": DEPTHS[responder],
        "response_trials": usable,
        "y": y,
        "factor": 100.0 if unit == "mg/dL" else 1.0,
        "verdicts": group == "verdict" or (style == "lines" and bool(judged)),
    }
    shown = {name: (unit or "g/L") if units[name] == "g/L" else units[name] for name in analyte}
    positive = style == "mean" or axis == "log2"
    drawing = trajectory_tables.Drawing(
        style=style,
        positive=positive,
        windows=time == "visits",
        grey=involved == "grey",
        marks=marks == "shown",
    )
    tables, counts, people = trajectory_tables.tables(
        pool, {**rule.values(cohort), "asked": asked}, drawing
    )
    tables["panels"]["unit"] = tables["panels"].analyte.map(shown)
    seen = trajectory_notes.Seen(
        tables, counts, measured, style, y, group, positive, involved == "grey"
    )
    return Result(
        title=trajectory_notes.title(analyte, y, group),
        method=trajectory_notes.method(
            style, y, rule, group, responder=responder, time=time, judged=asked["verdicts"]
        ),
        notes=(*told, *trajectory_notes.notes(seen)),
        population=f"n = {people.shown:,} of {people.treated:,} treated; {cohort.words()}",
        tables=tables,
    )


def _response_trials(pool: Pool, cohort: Cohort, group: str) -> tuple[list[str], list[Note]]:
    """Trials that can be grouped by dated response, and notes on the others."""
    if group != "response":
        return [], []
    trials = pool.rows("response_trials", **cohort.values())
    usable = list(trials[trials.dated > 0].trial)
    if not usable:
        raise Refused("Groups by response need dated responses, and these trials have none.")
    left_out = [
        f"Trial {row.trial} is left out ({row.n:,} patients): it has no dated responses."
        for row in trials[trials.dated == 0].itertuples()
    ]
    return usable, noted(NoteKind.LEFT_OUT, left_out)
