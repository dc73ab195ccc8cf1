"""The course of a patient below the panels: a strip each, its marks and its words without overlap.

Words are placed by their estimated width on the narrowest plot that the page shows; what finds no
room on the lines of its strip keeps its mark and is told on hover.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from igcore.analysis.result import Result
from igcore.definitions import DAYS_PER_MONTH
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.style import Ink

LINE = 22  # pixels of one line of words
NARROWEST, LETTER, GAP = 480, 5.8, 8  # pixels: plot, letter of small type, between two things
MOST_LINES = {"Response": 3, "Infections": 4}
HUES = {  # place in the palette, so that a strip looks the same for every patient
    "Study treatment": 0,
    "Response": 2,
    "Replacement": 8,
    "Infections": 1,
    "Transplant": 3,
    "Next therapy": 4,
    "Anti-CD38 antibody": 5,
}


def month(day: pd.Series | float) -> np.ndarray:
    """Months from first treatment of study days: day 1 is 0, there is no day 0."""
    days = np.asarray(day, dtype=float)
    return np.where(days > 0, days - 1, days) / DAYS_PER_MONTH


@dataclass
class Strip:
    """One strip: its marks in months, and on which of its lines the words of each stand."""

    name: str
    marks: pd.DataFrame
    top: int = 0
    lines: int = 1
    line: list[int] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # empty: no room for words, or none to say
    side: list[str] = field(default_factory=list)  # of the mark: right, left, inside or above


def strips(result: Result, reach: list[float]) -> list[Strip]:
    """The strips from top to bottom, placed on lines for an x axis of that reach in months."""
    table = result.table("course")
    found, top = [], 0
    for name, rows in table.groupby("strip", sort=False):
        marks = rows.assign(
            start=month(rows.start_day),
            end=month(rows.end_day.fillna(rows.start_day)),
            short=_grades(result) if name == "Infections" else "",
        )
        strip = Strip(str(name), marks, top)
        _place(strip, reach)
        found.append(strip)
        top += strip.lines
    return found


def _grades(result: Result) -> list[str]:
    """What is said of each infection where its term finds no room; of none recorded nothing."""
    grades = result.table("infections").grade
    return [f"G{grade}" if isinstance(grade, str) else "" for grade in grades] or [""]


def height(found: list[Strip]) -> int:
    """Pixels of the strips."""
    return LINE * sum(strip.lines for strip in found) + 8


def _place(strip: Strip, reach: list[float]) -> None:
    """Put each mark's words on the first line that has room; a response's stand above its marks."""
    per = (reach[1] - reach[0]) / NARROWEST  # months of a pixel
    dots = int(strip.marks.mark.iloc[0] == "dot")
    ends = [-np.inf] * (MOST_LINES.get(strip.name, 8) - dots)
    for row in strip.marks.itertuples():
        line, told = None, ""
        for told in _wordings(row, reach):
            width = (len(told) * LETTER + GAP) * per if told else 0
            side, first, last = _span(row, width, GAP * per, reach)
            line = next((n for n, taken in enumerate(ends) if taken <= first), None)
            if line is not None:
                break
        if line is not None and (told or not dots):
            ends[line] = last
        # A mark without any room stands on a line below, where there are no words.
        strip.line.append(len(ends) if line is None else line)
        strip.told.append(told if line is not None else "")
        strip.side.append(side)
    used = [n for n, told in zip(strip.line, strip.told, strict=True) if told or not dots]
    strip.lines = max([0, *used]) + 1 + dots


def _wordings(row, reach: list[float]) -> list[str]:
    """What to say beside a mark, from the whole to nothing; of an infection last its grade alone.

    A bar that begins beyond the axis says when.
    """
    begins = f"from month {row.start:.1f} " if _bar(row) and row.start > reach[1] else ""
    whole = (begins + row.words).replace(" end not", ", end not") if begins else row.words
    return list(dict.fromkeys([whole, row.short, ""]))


def _bar(row) -> bool:
    return row.mark in ("bar", "open bar")


def _span(row, width: float, gap: float, reach: list[float]) -> tuple[str, float, float]:
    """On which side of a mark its words of that width stand, and from where to where both reach."""
    if row.mark == "none":
        return "right", reach[0], reach[1]
    start = min(max(row.start, reach[0]), reach[1])
    end = min(row.end, reach[1])
    if row.mark == "dot":
        return "above", start - width / 2, start + width / 2
    if end - start > width:
        return "inside", start, end + gap
    if end + width <= reach[1]:
        return "right", start, end + width + gap
    return "left", start - width, end + gap


def draw_course(
    drawing: Drawing, found: list[Strip], row: int, reach: list[float], colours: Ink
) -> None:
    """Draw the strips into that row of the figure."""
    where, number = {"row": row, "col": 1}, "" if row == 1 else str(row)
    refs = {"xref": f"x{number}", "yref": f"y{number}"}
    for strip in found:
        own = colours.groups[HUES.get(strip.name, 6)]
        _marks(drawing, strip, reach, own, colours, where)
        _words(drawing, strip, reach, colours, refs)
    bottom = sum(strip.lines for strip in found)
    drawing.figure.update_yaxes(
        **where,
        **{
            **style.rows([style.plain(strip.name) for strip in found], colours),
            "tickvals": [_height(strip, _base(strip)) for strip in found],
            "range": [bottom - 0.3, -0.5],
        },
    )
    for strip in found[1:]:
        edge = {"x0": 0, "x1": 1, "y0": strip.top - 0.5, "y1": strip.top - 0.5}
        line = {"width": 1, "color": colours.grid}
        whole = refs | {"xref": f"x{number} domain"}
        drawing.shape(type="line", **edge, **whole, line=line, layer="below")


def _base(strip: Strip) -> int:
    """The line on which a strip's single marks stand: the lowest of responses, else the first."""
    return strip.lines - 1 if strip.name == "Response" else 0


def _height(strip: Strip, line: int) -> float:
    return strip.top + line


def _marks(
    drawing: Drawing, strip: Strip, reach: list[float], own: str, colours: Ink, where: dict
) -> None:
    """Bars as thick lines, visits and events as symbols; what lies beyond the axis at its edge."""
    for row, line in zip(strip.marks.itertuples(), strip.line, strict=True):
        if row.mark == "none":
            continue
        y = _height(strip, _base(strip) if row.mark == "dot" else line)
        ends = [row.start, row.end] if _bar(row) else [row.start]
        beyond = ends[-1] > reach[1]
        hue = colours.text if row.mark in ("event", "open") else own
        says = style.plain(_hover(strip, row))
        drawing.scatter(
            x=[min(max(x, reach[0]), reach[1]) for x in ends],
            y=[y] * len(ends),
            mode="lines+markers" if len(ends) > 1 else "markers",
            line={"width": 15, "color": style.faint(own, 0.35)},
            marker={
                "symbol": _symbols(row, beyond),
                "size": {"dot": 7, "event": 9, "open": 9}.get(row.mark, 13),
                "color": hue,
                "opacity": 1,
                "line": {"width": 1 if row.mark in ("dot", "event") else 2, "color": hue},
            },
            customdata=[says] * len(ends),
            hovertemplate="%{customdata}<extra></extra>",
            name=strip.name,
            cliponaxis=False,
            **where,
        )


def _symbols(row, beyond: bool) -> list[str] | str:
    """Both ends of a bar, or the one symbol of a visit or an event."""
    if _bar(row):
        return ["line-ns", "triangle-right" if beyond or row.mark == "open bar" else "line-ns"]
    if beyond:
        return "triangle-right-open" if row.mark == "open" else "triangle-right"
    return {"dot": "circle", "event": "x", "open": "circle-open"}[row.mark]


def _hover(strip: Strip, row) -> str:
    """Strip, what it was, and its days."""
    response = strip.marks.words.where(strip.marks.words != "").ffill()
    words = response[row.Index] if row.mark == "dot" else row.words
    day = f"day {row.start_day:g}"
    if row.mark == "bar" and row.end_day != row.start_day:
        day += f" to {row.end_day:g}"
    return f"{strip.name}: {words}, {day}"


def _words(drawing: Drawing, strip: Strip, reach: list[float], colours: Ink, refs: dict) -> None:
    for row, line, told, side in zip(
        strip.marks.itertuples(), strip.line, strip.told, strip.side, strict=True
    ):
        if not told:
            continue
        absent = row.mark == "none"
        x = row.start if side in ("left", "inside") else row.end
        anchor = {"above": "center", "left": "right"}.get(side, "left")
        drawing.note(
            text=style.plain(told),
            x=reach[0] if absent else min(max(x, reach[0]), reach[1]),
            y=_height(strip, line),
            xanchor=anchor,
            yanchor="middle",
            xshift={"center": 0, "left": GAP, "right": -GAP}[anchor],
            showarrow=False,
            font={"size": 13, "color": colours.quiet if absent else colours.text},
            **refs,
        )
