"""Forest plot: hazard ratios in all, by trial and by subgroup, with counts and interaction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from igcore.analysis.result import Result
from igcore.analysis.survival.subgroups import KINDS
from igcore.definitions import SEX_ADJECTIVES
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.style import Ink

ROW = 25  # pixels of a line
PLOT = (0.45, 0.73)  # shares of the width: names and counts before, numbers behind
WIDEST = 16.0  # ratios beyond 1/16 to 16 end in an arrow
HEADINGS = {"trial": "Trial", **KINDS}


@dataclass(frozen=True)
class Line:
    """One line of the plot: a heading with its interaction, or an estimate."""

    label: str
    row: dict | None = None
    interaction: str = ""


def forest_figure(result: Result, *, dark: bool = False) -> go.Figure:
    """Squares with 95 % limits on a logarithmic axis, a diamond for all patients."""
    colours = style.ink(dark)
    lines = _lines(result)
    drawing = Drawing(go.Figure())
    reach = _reach(result.table("forest"))
    for place, line in enumerate(lines):
        if line.row is None:
            _text(drawing, 0.0, place, f"<b>{line.label}</b>", colours.text)
            _text(drawing, 1.0, place, line.interaction, colours.text, anchor="right")
        else:
            _estimate(drawing, place, line, reach, result, colours)
    _heads(drawing, result, colours)
    inner = ROW * len(lines) + 14
    _axes(drawing, result, len(lines), reach, inner, colours)
    style.frame(drawing, result, colours, title=result.title, inner=inner, top=116, below=88)
    drawing.figure.update_layout(margin={"l": 8, "r": 16})
    return drawing.finished()


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    words = [
        f"{_label(row, result) or 'All patients'}: "
        f"{style.interval(row['hazard_ratio'], row['hr_lower'], row['hr_upper'], 2)}"
        if row["hazard_ratio"] == row["hazard_ratio"]
        else f"{_label(row, result) or 'All patients'}: not estimable"
        for row in result.table("forest").to_dict("records")
    ]
    return f"{result.title}. Hazard ratios with 95 % limits: {'; '.join(words)}."


def _label(row: dict, result: Result) -> str:
    """Name of the line, with the group compared where there are several."""
    several = result.table("forest").group.nunique() > 1
    name = style.name_of(row["group"], result)
    label = SEX_ADJECTIVES.get(row["label"], row["label"]) if row["kind"] == "sex" else row["label"]
    label = style.plain(label if len(label) <= 16 else f"{label[:15]}…")
    if not several:
        return label
    return f"{label}: {name}" if label else name


def _lines(result: Result) -> list[Line]:
    rows = result.table("forest").to_dict("records")
    tests = {row.kind: row for row in result.table("interactions").itertuples()}
    lines, kind = [], None
    for row in rows:
        if row["kind"] != kind and row["kind"] != "all":
            test = tests.get(row["kind"])
            lines.append(Line(HEADINGS[row["kind"]], None, style.p_value(test.p) if test else ""))
        kind = row["kind"]
        label = _label(row, result) or "All patients"
        lines.append(Line(f"<b>{label}</b>" if kind == "all" else f"   {label}", row))
    return lines


def _reach(forest: pd.DataFrame) -> float:
    """The axis goes from 1/reach to reach, so that 1 is in the middle."""
    known = forest[forest.hazard_ratio.notna()]
    edges = np.concatenate([known.hr_lower, known.hr_upper, [0.5, 2.0]])
    return float(min(WIDEST, 1.08 * np.exp(np.abs(np.log(edges)).max())))


def _text(
    drawing: Drawing,
    x: float,
    place: float,
    text: str,
    colour: str,
    *,
    anchor: str = "left",
    size: int = 14,
) -> None:
    drawing.note(
        text=text,
        xref="paper",
        yref="y",
        x=x,
        y=place,
        xanchor=anchor,
        yanchor="middle",
        showarrow=False,
        font={"size": size, "color": colour},
    )


def _estimate(
    drawing: Drawing, place: int, line: Line, reach: float, result: Result, colours: Ink
) -> None:
    row = line.row
    _text(drawing, 0.0, place, line.label, colours.text)
    _text(drawing, 0.25, place, f"{row['events']:,}/{row['n']:,}", colours.text, anchor="right")
    counts = f"{row['reference_events']:,}/{row['reference_n']:,}"
    _text(drawing, 0.435, place, counts, colours.text, anchor="right")
    ratio, low, high = row["hazard_ratio"], row["hr_lower"], row["hr_upper"]
    if ratio != ratio:
        _text(drawing, 0.745, place, "not estimable", colours.quiet)
        return
    _text(drawing, 0.745, place, style.interval(ratio, low, high, 2), colours.text)
    whole = row["kind"] == "all"
    colour = colours.text if whole else colours.groups[0]
    drawing.scatter(
        x=[max(low, 1 / reach), min(high, reach)],
        y=[place, place],
        mode="lines",
        line={"width": 2, "color": colour},
        hoverinfo="skip",
        showlegend=False,
    )
    _arrows(drawing, place, low, high, reach, colour)
    if 1 / reach <= ratio <= reach:
        drawing.scatter(
            x=[ratio],
            y=[place],
            mode="markers",
            marker={
                "symbol": "diamond" if whole else "square",
                "size": 15 if whole else _size(row),
                "color": colour,
            },
            name=line.label.strip(),
            hoverinfo="skip",
            showlegend=False,
        )


def _size(row: dict) -> float:
    """Side of the square: its area grows with the information in the estimate."""
    error = (np.log(row["hr_upper"]) - np.log(row["hr_lower"])) / 3.92
    return float(np.clip(1.6 / error, 5, 15))


def _arrows(
    drawing: Drawing, place: int, low: float, high: float, reach: float, colour: str
) -> None:
    """A limit beyond the axis ends in an arrow."""
    for beyond, x, symbol in (
        (low < 1 / reach, 1 / reach, "triangle-left"),
        (high > reach, reach, "triangle-right"),
    ):
        if beyond:
            drawing.scatter(
                x=[x],
                y=[place],
                mode="markers",
                marker={"symbol": symbol, "size": 9, "color": colour},
                hoverinfo="skip",
                showlegend=False,
            )


def _names(result: Result) -> tuple[str, str]:
    """Words for the compared groups and for the reference."""
    forest = result.table("forest")
    groups = list(dict.fromkeys(forest.group))
    group = style.name_of(groups[0], result) if len(groups) == 1 else "group"
    return group, style.name_of(forest.reference.iloc[0], result)


def _heads(drawing: Drawing, result: Result, colours: Ink) -> None:
    group, reference = (_short(name) for name in _names(result))
    for x, anchor, words in (
        (0.25, "right", f"{group}<br>events/n"),
        (0.435, "right", f"{reference}<br>events/n"),
        (0.745, "left", "Hazard ratio<br>(95 % interval)"),
        (1.0, "right", "Inter-<br>action"),
    ):
        drawing.note(
            text=f"<b>{words}</b>",
            xref="paper",
            yref="paper",
            x=x,
            y=1,
            yshift=6,
            xanchor=anchor,
            yanchor="bottom",
            align="right" if anchor == "right" else "left",
            showarrow=False,
            font={"size": 13, "color": colours.quiet},
        )


def _short(name: str) -> str:
    return name if len(name) <= 15 else f"{name[:14]}…"


def _axes(
    drawing: Drawing, result: Result, count: int, reach: float, inner: int, colours: Ink
) -> None:
    ticks = [t for t in (0.1, 0.25, 0.5, 1, 2, 4, 8, 16) if 1 / reach <= t <= reach]
    drawing.figure.update_xaxes(
        **style.axis(colours, type="log", tickvals=ticks, ticktext=[f"{t:g}" for t in ticks]),
        domain=list(PLOT),
        range=[-np.log10(reach) * 1.04, np.log10(reach) * 1.04],
        showgrid=False,
        showline=True,
        fixedrange=True,
    )
    drawing.figure.update_yaxes(
        range=[count - 0.4, -0.6],
        showticklabels=False,
        showgrid=False,
        zeroline=False,
        ticks="",
        fixedrange=True,
    )
    line = {"width": 1.2, "color": colours.quiet, "dash": "dot"}
    one = {"x0": 1, "x1": 1, "y0": 0, "y1": 1, "xref": "x", "yref": "y domain"}
    drawing.shape(type="line", **one, line=line, layer="below")
    group, reference = (_short(name) for name in _names(result))
    middle = sum(PLOT) / 2
    for x, anchor, words in (
        (middle - 0.012, "right", f"← favours {group}"),
        (middle + 0.012, "left", f"favours {reference} →"),
    ):
        drawing.note(
            text=words,
            xref="paper",
            yref="paper",
            x=x,
            y=0,
            yshift=-28,
            xanchor=anchor,
            yanchor="top",
            showarrow=False,
            font={"size": 13, "color": colours.quiet},
        )
