"""One patient's profile: an isotype a panel, its normal range, and the course below."""

from __future__ import annotations

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from igcore.analysis.patient import immunoglobulin
from igcore.analysis.recovery.members import assessable, evaluable
from igcore.analysis.result import Result
from igcore.definitions import SEX_ADJECTIVES
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.patient.course import draw_course, height, month, strips
from igcore.figures.patient.panel import Panel
from igcore.figures.style import Ink
from igcore.store.schema import ISOTYPES

PANEL, EMPTY, GAP = 190, 64, 34
BEYOND = 1.5  # a course longer than this many times what was measured ends at the edge, with arrows

LEAST = 3.0  # months that the axis has at least where it ends before the course does


def profile_figure(result: Result, *, dark: bool = False) -> go.Figure:
    """Three panels (value, normal band, baseline, rise line, final ringed) and the course strips.

    A patient without any immunoglobulin value has the course alone.
    """
    colours, reach = style.ink(dark), extent(result)
    course, unit = strips(result, reach), shown_unit(result)
    rows = result.table("measurements")
    found = set(rows[immunoglobulin(rows)].analyte)
    panels = ISOTYPES if found else ()
    heights = [PANEL if name in found else EMPTY for name in panels] + [height(course)]
    inner = sum(heights) + GAP * len(panels)
    drawing = Drawing(
        make_subplots(
            rows=len(heights),
            cols=1,
            shared_xaxes=True,
            row_heights=heights,
            vertical_spacing=GAP / inner,
        )
    )
    for row, analyte in enumerate(panels, 1):
        Panel(drawing, result, analyte, row, unit, colours, reach).draw()
        if analyte not in found:
            drawing.figure.update_yaxes(
                row=row, col=1, showticklabels=False, showgrid=False, ticks=""
            )
    draw_course(drawing, course, len(heights), reach, colours)
    _months(drawing, len(heights), reach, colours)
    drawing.figure.update_layout(showlegend=False)
    drawing.figure.update_yaxes(fixedrange=True)
    marks = style.wrap(key(result), 88) if found else ""
    top = 122 + 18 * marks.count("<br>") if found else 72
    heights = {"inner": inner, "top": top, "below": 64}
    style.frame(drawing, result, colours, title=result.title, **heights, who=who(result))
    if found:
        style.line(drawing, marks, top - 64, colours.quiet, size=13)
    return drawing.finished()


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    verdicts = [f"{row.analyte}: {row.sentence}" for row in result.table("verdicts").itertuples()]
    course = result.table("course")
    said = course[(course.words != "") & (course.mark != "none")]
    strips_ = [
        f"{name}: {', '.join(rows.words)}" for name, rows in said.groupby("strip", sort=False)
    ]
    return f"{result.title}. {'; '.join(verdicts)}. {'; '.join(strips_)}."


def who(result: Result) -> str:
    """The patient in words: arm, monoclonal protein, age and sex."""
    row = result.table("patient").iloc[0]
    age = ""
    if row.age_years == row.age_years and row.age_years is not None:
        age = "over 89 years" if row.age_years > 89 else f"{row.age_years:g} years"
    words = [
        "n = 1",
        row.arm if isinstance(row.arm, str) else "arm not stated",
        row.m_protein if isinstance(row.m_protein, str) else "monoclonal protein unknown",
        age,
        SEX_ADJECTIVES.get(row.sex, "").lower(),
    ]
    return "; ".join(word for word in words if word)


def key(result: Result) -> str:
    """What the marks mean, of those that are drawn."""
    rows, verdicts = result.table("measurements"), result.table("verdicts")
    mine = rows[immunoglobulin(rows)]
    judged = evaluable(verdicts)
    left_out = mine.counts.isin(["replaced", "ended", "too old"]) & mine.analyte.isin(
        verdicts[assessable(verdicts)].analyte
    )
    parts = {
        "shaded: normal range": mine.used_low.notna().any(),
        "◇ baseline": judged.any(),
        "◯ final value": judged.any(),
        "dashed: rise asked for": judged.any(),
        "small: not counted": left_out.any(),
        "hollow: limit of quantification": mine.operator.notna().any(),
        "grey: contains M-protein": (verdicts.reason == "involved").any(),
        "grey: may contain M-protein": (verdicts.reason == "isotype_unknown").any(),
        "pale: other patients": len(result.table("others")) > 0,
    }
    whole = [part.replace(" ", "\N{NO-BREAK SPACE}") for part, present in parts.items() if present]
    return " \N{MIDDLE DOT} ".join(whole)


def shown_unit(result: Result) -> str:
    """mg/dL or g/L: the unit of most of the patient's immunoglobulin values."""
    rows = result.table("measurements")
    units = rows[rows.analyte.isin(ISOTYPES)].unit.value_counts()
    return "g/L" if len(units) and units.index[0].replace(" ", "").lower() == "g/l" else "mg/dL"


def extent(result: Result) -> list[float]:
    """The x axis in months: all that was recorded, or what was measured if the rest goes far on."""
    course, rows = result.table("course"), result.table("measurements")
    marks = course[course.mark != "none"]
    everything = [*month(rows.day), *month(marks.start_day), *month(marks.end_day.dropna())]
    measured = [*month(rows.day), *month(marks[marks.mark == "dot"].start_day)]
    last = max([1.0, *everything])
    near = max(measured, default=last)
    if last > BEYOND * max(near, LEAST):
        last = 1.1 * max(near, LEAST)
    first = min([0.0, *everything])
    return [first - 0.03 * (last - first), last + 0.04 * (last - first)]


def _months(drawing: Drawing, row: int, reach: list[float], colours: Ink) -> None:
    step = next((step for step in (1, 2, 3, 6, 12, 24) if reach[1] / step <= 12), 48)
    drawing.figure.update_xaxes(
        **style.axis(colours, range=reach, tick0=0, dtick=step, fixedrange=True)
    )
    drawing.figure.update_xaxes(
        row=row, col=1, title_text="Months from first treatment", title_standoff=6
    )
