"""Forests: ratios with their limits on a logarithmic axis, and words in columns beside them.

A figure describes its rows; how a ratio, its limits and what is out of sight are drawn is here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.style import Ink

WIDEST = 16.0  # hazard ratios beyond 1/16 to 16 end in an arrow
TICKS = (0.1, 0.25, 0.5, 1, 2, 4, 8, 16)


@dataclass(frozen=True)
class Cell:
    """Words at a share `x` of the figure's width, `down` lines below the first of their row."""

    x: float
    text: str
    ink: str
    anchor: str = "left"
    down: float = 0
    size: int = 14
    align: str | None = None


@dataclass(frozen=True, kw_only=True)
class Mark:
    """An estimate with its limits: marker as Plotly has it, name and hover; NaN is not drawn."""

    ratio: float
    lower: float
    upper: float
    ink: str
    marker: dict
    name: str
    line: float = 2
    down: float = 0
    hover: dict | None = None


@dataclass(frozen=True)
class Row:
    """What stands at a height `y`: words beside the plot, estimates in it."""

    y: float
    cells: Sequence[Cell]
    marks: Sequence[Mark] = ()


def reach_of(edges: Iterable[float], *, air: float, most: float, least: float = 1.0) -> float:
    """The axis goes from 1/reach to reach, so that 1 is in the middle and `edges` are in sight.

    Args:
        air: factor beyond the outermost edge.
        least, most: limits of the reach.
    """
    known = np.array([edge for edge in edges if np.isfinite(edge) and edge > 0])
    return float(np.clip(air * np.exp(np.abs(np.log(known)).max(initial=0.0)), least, most))


@dataclass(frozen=True, kw_only=True)
class Forest:
    """The part of a figure in which ratios are drawn.

    Args:
        reach, span, ticks: of the axis; `span` in shares of the figure's width.
        axis: its number in Plotly's names: "", "2".
        arrow: pixels of an arrow for what is out of sight.
        capped: limits with ends, for a reach that holds all of them.
        named: limits and arrows carry the estimate's name, too.
    """

    drawing: Drawing
    colours: Ink
    reach: float
    span: tuple[float, float]
    ticks: Sequence[float] = TICKS
    axis: str = ""
    arrow: int = 9
    capped: bool = False
    named: bool = False

    def rows(self, rows: Iterable[Row]) -> None:
        """Words and estimates of all rows."""
        for row in rows:
            for cell in row.cells:
                write(self.drawing, cell, row.y + cell.down)
            for mark in row.marks:
                if mark.ratio == mark.ratio:
                    (self._capped if self.capped else self._mark)(mark, row.y + mark.down)

    def _capped(self, mark: Mark, y: float) -> None:
        known = mark.lower == mark.lower
        self.drawing.scatter(
            x=[mark.ratio],
            y=[y],
            mode="markers",
            marker=mark.marker | {"color": mark.ink},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [mark.upper - mark.ratio if known else 0],
                "arrayminus": [mark.ratio - mark.lower if known else 0],
                "color": mark.ink,
                "thickness": mark.line,
                "width": 6,
            },
            name=mark.name,
            **(mark.hover or {}),
        )

    def _mark(self, mark: Mark, y: float) -> None:
        """The line of the limits, arrows where they go on, and the estimate if it is in sight."""
        low, high, reach = mark.lower, mark.upper, self.reach
        self._trace(
            [float(np.clip(limit, 1 / reach, reach)) for limit in (low, high)],
            y,
            "limits",
            mark,
            mode="lines",
            line={"width": mark.line, "color": mark.ink},
        )
        for is_beyond, x, symbol, part in (
            (low < 1 / reach, 1 / reach, "triangle-left", "below"),
            (high > reach, reach, "triangle-right", "beyond"),
        ):
            if is_beyond:
                arrow = {"symbol": symbol, "size": self.arrow, "color": mark.ink}
                self._trace([x], y, part, mark, **self._markers(arrow))
        if 1 / reach <= mark.ratio <= reach:
            marker = {"color": mark.ink} | mark.marker
            self._trace([mark.ratio], y, "", mark, **self._markers(marker))

    def _markers(self, marker: dict) -> dict:
        drawn = {"mode": "markers", "marker": marker}
        return drawn | {"cliponaxis": False} if self.named else drawn

    def _trace(self, x: list[float], y: float, part: str, mark: Mark, **own: object) -> None:
        """One part of a mark; `part` is empty for the estimate itself."""
        names = {"name": f"{mark.name}, {part}" if part else mark.name}
        place = {"xaxis": f"x{self.axis}"} if self.axis else {}
        hover = {"hoverinfo": "skip"} if part or mark.hover is None else mark.hover
        shown = names if self.named or not part else {}
        self.drawing.scatter(
            x=x, y=[y] * len(x), **own, **shown, **place, **hover, showlegend=False
        )

    def heads(self, columns: Iterable[tuple[float, str, str]], *, yshift: int = 6) -> None:
        """Headings above the columns: share of the width, anchor, words."""
        for x, anchor, words in columns:
            self.drawing.note(
                text=f"<b>{words}</b>",
                xref="paper",
                yref="paper",
                x=x,
                y=1,
                yshift=yshift,
                xanchor=anchor,
                yanchor="bottom",
                align=anchor,
                showarrow=False,
                font={"size": 13, "color": self.colours.quiet},
            )

    def ratio_axis(self, *, air: float = 1.04, **own: object) -> None:
        """The logarithmic axis; `air` beyond its ends, as a factor of their logarithm."""
        ticks = [tick for tick in self.ticks if 1 / self.reach <= tick <= self.reach]
        end = float(np.log10(self.reach)) * air
        usual = {
            "domain": list(self.span),
            "range": [-end, end],
            "showgrid": False,
            "showline": True,
            "fixedrange": True,
        }
        words = {"tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
        axis = style.axis(self.colours, type="log", **words)
        self.drawing.figure.update_layout({f"xaxis{self.axis}": axis | usual | own})

    def one(self, **where: object) -> None:
        """The line of no difference, from the lower to the upper end of the plot unless told."""
        usual = {"y0": 0, "y1": 1, "xref": f"x{self.axis}", "yref": "y domain"}
        line = {"width": 1.2, "color": self.colours.quiet, "dash": "dot"}
        self.drawing.shape(type="line", x0=1, x1=1, **(where or usual), line=line, layer="below")

    def sides(self, left: str, right: str, *, yshift: int, align: bool = True) -> None:
        """What lies on either side of 1, below the axis; words of one line need no `align`."""
        middle = sum(self.span) / 2
        for x, anchor, words in ((middle - 0.012, "right", left), (middle + 0.012, "left", right)):
            self.drawing.note(
                text=words,
                xref="paper",
                yref="paper",
                x=x,
                y=0,
                yshift=yshift,
                xanchor=anchor,
                yanchor="top",
                align=anchor if align else None,
                showarrow=False,
                font={"size": 13, "color": self.colours.quiet},
            )

    def places(self, top: float, bottom: float) -> None:
        """The axis of the rows, which have words instead of ticks."""
        self.drawing.figure.update_yaxes(
            range=[bottom, top],
            showticklabels=False,
            showgrid=False,
            zeroline=False,
            ticks="",
            fixedrange=True,
        )


def write(drawing: Drawing, cell: Cell, y: float) -> None:
    """Words at a row, beside its plot."""
    drawing.note(
        text=cell.text,
        xref="paper",
        yref="y",
        x=cell.x,
        y=y,
        xanchor=cell.anchor,
        yanchor="middle",
        align=cell.align,
        showarrow=False,
        font={"size": cell.size, "color": cell.ink},
    )
