"""Odds ratios by trial and over all trials, as a forest on the rows of the compared shares."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from igcore.analysis.recovery.counts import POOLED
from igcore.analysis.result import Result
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.recovery import response_words as words
from igcore.figures.recovery.response_words import compared
from igcore.figures.style import Ink

RATIOS, SAID = (0.52, 0.73), 0.75  # shares of the width: the plot, and the words behind it
WIDEST = 100.0  # odds ratios beyond 1/100 to 100 end in an arrow


@dataclass(frozen=True)
class Line:
    """A row of the figure: one trial of an isotype, or all of them, with its odds ratio.

    `ratio`, `lower` and `upper` are exact for a trial and Mantel-Haenszel for all trials.
    """

    y: float
    row: dict
    ratio: float
    lower: float
    upper: float
    p: str

    @property
    def whole(self) -> bool:
        return self.row["trial"] == POOLED


def lines_of(result: Result) -> list[Line]:
    """Rows from top to bottom, isotypes apart."""
    pooled = result.table("stratified").set_index("analyte")
    lines: list[Line] = []
    y, before = -0.55, None
    for row in compared(result).to_dict("records"):
        y += 1 if row["analyte"] == before else 1.6 if before else 1.25
        before = row["analyte"]
        if row["trial"] == POOLED:
            one = pooled.loc[before]
            p = f"CMH {style.p_value(one.cmh_p)}"
            lines.append(Line(y, row, one.odds_ratio, one.lower, one.upper, p))
        else:
            p = f"Fisher {style.p_value(row['p'])}"
            lines.append(Line(y, row, row["odds_ratio"], row["lower"], row["upper"], p))
    return lines


def reach_of(lines: list[Line]) -> float:
    """The axis goes from 1/reach to reach, so that 1 is in the middle."""
    edges = np.array([v for line in lines for v in (line.ratio, line.lower, line.upper)])
    edges = edges[np.isfinite(edges) & (edges > 0)]
    widest = np.exp(np.abs(np.log(edges)).max(initial=0.0)) if len(edges) else 1.0
    return float(np.clip(1.15 * widest, 5.0, WIDEST))


def estimate(drawing: Drawing, line: Line, reach: float, result: Result, colours: Ink) -> None:
    """Square or diamond with its limits, arrows where they go beyond, and the numbers in words."""
    ratio, low, high = line.ratio, line.lower, line.upper
    said = words.ratio(ratio, low, high)
    if math.isnan(ratio):
        why = words.unknown(line.row) if not line.whole else "no trial compares"
        write(drawing, SAID, line.y, f"{said}<br>{why}", colours.quiet)
        return
    bold = f"<b>{said}</b>" if line.whole else said
    write(drawing, SAID, line.y, f"{bold}<br>{line.p}", colours.text)
    # At 0 and infinity Mantel-Haenszel has no limits; the arrow says where the estimate is.
    low, high = (ratio if math.isnan(limit) else limit for limit in (low, high))
    name = f"{line.row['analyte']}, {style.name_of(line.row['trial'], result)}"
    shown = {"xaxis": "x2", "hoverinfo": "skip", "showlegend": False}
    drawing.scatter(
        x=[float(np.clip(limit, 1 / reach, reach)) for limit in (low, high)],
        y=[line.y, line.y],
        mode="lines",
        line={"width": 2, "color": colours.text},
        name=f"{name}, limits",
        **shown,
    )
    whole = {"symbol": "diamond", "size": 15} if line.whole else {"symbol": "square", "size": 11}
    for is_there, x, marker, part in (
        (low < 1 / reach, 1 / reach, {"symbol": "triangle-left", "size": 11}, ", below"),
        (high > reach, reach, {"symbol": "triangle-right", "size": 11}, ", beyond"),
        (1 / reach <= ratio <= reach, ratio, whole, ""),
    ):
        if is_there:
            drawing.scatter(
                x=[x],
                y=[line.y],
                mode="markers",
                marker={"color": colours.text, **marker},
                name=f"{name}{part}",
                cliponaxis=False,
                **shown,
            )


def ratio_axis(drawing: Drawing, reach: float, colours: Ink) -> None:
    """Logarithmic axis with a line at 1, and what lies on either side of it."""
    steps = (0.01, 0.1, 1, 10, 100) if reach > 10 else (0.2, 0.5, 1, 2, 5)
    ticks = [tick for tick in steps if 1 / reach <= tick <= reach]
    end = 1.06 * math.log10(reach)
    axis = style.axis(colours, type="log", tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks])
    own = {"range": [-end, end], "domain": list(RATIOS), "anchor": "y", "fixedrange": True}
    drawing.figure.update_layout(xaxis2={**axis, **own, "showgrid": False, "showline": True})
    drawing.shape(
        type="line",
        **{"xref": "x2", "x0": 1, "x1": 1, "yref": "paper", "y0": 0, "y1": 1},
        line={"width": 1.2, "color": colours.quiet, "dash": "dot"},
        layer="below",
    )
    middle = sum(RATIOS) / 2
    for x, anchor, text in (
        (middle - 0.012, "right", "← more often in<br>non-responders"),
        (middle + 0.012, "left", "more often in →<br>responders"),
    ):
        drawing.note(
            text=text,
            **{"xref": "paper", "yref": "paper", "x": x, "y": 0, "yshift": -26},
            **{"xanchor": anchor, "yanchor": "top", "align": anchor, "showarrow": False},
            font={"size": 13, "color": colours.quiet},
        )


def write(drawing: Drawing, x: float, y: float, text: str, colour: str, *, size: int = 14) -> None:
    """Words at a row, from a share of the width on."""
    drawing.note(
        text=text,
        **{"xref": "paper", "yref": "y", "x": x, "y": y, "xanchor": "left", "yanchor": "middle"},
        showarrow=False,
        align="left",
        font={"size": size, "color": colour},
    )
