"""Survival in journal form: curves, what they say in words, and the table at risk on their axis."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from igcore.analysis.result import Result
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.step_curves import ROW
from igcore.figures.style import Ink
from igcore.figures.survival import curves as survival_curves
from igcore.figures.survival.curves import FEWER, thin
from igcore.figures.survival.key import compared_words, key, key_lines
from igcore.figures.survival.table import at_risk, lines_of

GAP = 52  # pixels between the curves and the table: tick labels and the axis title
Y_TITLES = {
    "survival": "Survival probability",
    "events": "Cumulative share with event",
    "log-log": "log(-log survival)",
    "rmst": "Survival probability",
}


def survival_figure(result: Result, *, dark: bool = False, compact: bool = False) -> go.Figure:
    """Curves above their risk table (KMunicate, BMJ Open 2019;9:e030215).

    The picture is the query's `curve`: survival, cumulative events, log(-log) against the logarithm
    of time (without table), or the restricted mean as the area under the curve.

    Args:
        compact: at risk only and a lower plot, for the overview.
    """
    colours = style.ink(dark)
    picture = result.asked["curve"]
    groups = [str(name) for name in result.table("groups").group]
    head = 72 + ROW * key_lines(result, groups, compact)
    plot = 300 if compact else 430
    if picture == "log-log":
        drawing, inner = Drawing(make_subplots(rows=1, cols=1)), plot
    else:
        lines = lines_of(result, compact=compact)
        rows = len(groups) + 1 if compact else len(groups) * (len(lines) + 1)
        below = rows * ROW + 16
        inner = plot + below + GAP
        drawing = Drawing(
            make_subplots(
                rows=2,
                cols=1,
                shared_xaxes=True,
                row_heights=[plot, below],
                vertical_spacing=GAP / inner,
            )
        )
        at_risk(drawing, result, groups, lines, colours)
    survival_curves.draw(drawing, result, groups, picture, colours)
    _axes(drawing, result, picture, colours)
    style.frame(
        drawing,
        result,
        colours,
        title=result.title,
        inner=inner,
        top=head,
        below=66 if picture == "log-log" else 24,
        compact=compact,
        more=FEWER if thin(result) else "",
    )
    key(drawing, result, groups, colours, head, compact=compact)
    return drawing.finished()


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    groups = [
        f"{style.name_of(row.group, result)}: {row.n} patients, {row.events} events, median "
        f"{style.interval(row.median, row.median_lower, row.median_upper)} months"
        for row in result.table("groups").itertuples()
    ]
    return f"{result.title}. {'; '.join(groups)}. {compared_words(result)}"


def _axes(drawing: Drawing, result: Result, picture: str, colours: Ink) -> None:
    y = {"title_text": Y_TITLES[picture], "fixedrange": True}
    if picture == "log-log":
        drawing.figure.update_yaxes(**style.axis(colours, **y))
        month = result.table("curve").month
        reach = [np.log10(month[month > 0].min()) - 0.03, np.log10(month.max()) + 0.03]
        ticks = [0.1, 0.25, 0.5, 1, 2, 3, 6, 12, 24, 60, 120, 240]
        drawing.figure.update_xaxes(
            **style.axis(colours, type="log", tickvals=ticks, ticktext=[f"{t:g}" for t in ticks]),
            range=reach,
            title_text=x_label(result) + ", logarithmic",
            fixedrange=True,
            showgrid=False,
        )
        return
    months = result.table("risk").month
    step = float(months[months > 0].min()) if (months > 0).any() else 1.0
    last = float(result.table("curve").month.max())
    reach = [-0.035 * last, last * 1.03]
    drawing.figure.update_xaxes(
        **style.axis(colours, tick0=0, dtick=step, range=reach, showgrid=False, fixedrange=True)
    )
    drawing.figure.update_xaxes(
        row=1, col=1, showticklabels=True, title_text=x_label(result), title_standoff=6
    )
    drawing.figure.update_xaxes(row=2, col=1, showticklabels=False, ticks="", showline=False)
    drawing.figure.update_yaxes(
        row=1, col=1, **style.axis(colours, range=[0, 1.02], dtick=0.25), tickformat=".2f", **y
    )
    drawing.figure.update_yaxes(row=2, col=1, fixedrange=True)


def x_label(result: Result) -> str:
    """What month 0 is."""
    landmark = result.asked.get("landmark")
    if landmark:
        return f"Months from the {landmark:g}-month landmark"
    return "Months from the start"
