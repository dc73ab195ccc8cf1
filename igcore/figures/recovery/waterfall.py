"""Waterfall: percent change at the final value, one bar per evaluable patient, greatest first.

Many patients are drawn as a profile of equal steps; the table keeps every one of them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from igcore.analysis.result import Result, counted
from igcore.analysis.rule import VERDICTS
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.recovery import footers
from igcore.figures.recovery.waterfall_bars import (
    STEPS,
    alone,
    changes,
    count,
    draw,
    hollow,
    known,
    labelled,
    percent,
    picked,
    whole_percent,
)
from igcore.figures.recovery.waterfall_words import beside, cap_of, final_words, heading, rise_of
from igcore.figures.style import Ink

TALL, GAP, ENTRY = 270, 52, 128  # pixels of the tallest panel, between panels, of a legend entry
LEAST = 0.3  # of the tallest panel, for panels whose changes are small


def waterfall_figure(result: Result, *, dark: bool = False) -> go.Figure:
    """A panel per isotype on one scale; bars coloured by verdict, hollow where only bounds are
    known, capped at 300 % (twice the rule's rise, if that is more), with the rise as a line.

    A bar carries ["patient", patient_key, analyte] as customdata, a bar of the profile ["step",
    analyte, verdict, first, past] with places among the known changes, see `picked`.
    """
    colours = style.ink(dark)
    rows = result.table("waterfall")
    panels = [part for _, part in rows.groupby("analyte", sort=False)]
    spans = _spans(panels, result)
    scale = TALL / max((high - low for low, high in spans), default=1.0)  # pixels of 1 %
    inner = sum((high - low) * scale + GAP for low, high in spans) - GAP if spans else 40.0
    drawing = Drawing(go.Figure(layout={"barmode": "relative", "bargap": 0.0}))
    top = inner
    for place, (part, span) in enumerate(zip(panels, spans, strict=True), start=1):
        height = (span[1] - span[0]) * scale
        domain = (max(0.0, (top - height) / inner), top / inner)
        axis = "" if place == 1 else str(place)
        _panel(drawing, axis, part, result, colours)
        _axes(drawing, axis, domain, span, count(part), colours)
        _rise(drawing, axis, rise_of(result), colours)
        top -= height + GAP
    _foot(drawing, panels, colours)
    lines = _legend(drawing, rows, inner, colours)
    style.frame(
        drawing,
        footers.waterfall(result),
        colours,
        title=f"Change from baseline to the {final_words(result)}",
        inner=int(inner),
        top=106 + 22 * lines,
        below=50 if all(map(alone, panels)) else 68,
    )
    drawing.figure.update_layout(margin={"l": 74, "r": 62}, hovermode="closest")
    return drawing.finished()


def _spans(panels: list[pd.DataFrame], result: Result) -> list[tuple[float, float]]:
    """Percent from bottom to top of each panel: all at one scale, none too low to read."""
    spans = []
    for rows in panels:
        shown = rows.change_percent.clip(upper=cap_of(result))
        low = float(np.fmin(shown.min(), -40.0))
        most = float(np.fmax(shown.max(), max(1.3 * rise_of(result), 40.0)))
        above = labelled(known(rows)) and (rows.change_percent > cap_of(result)).any()
        spans.append((1.04 * low, (1.16 if above else 1.04) * most))
    widest = max((high - low for low, high in spans), default=1.0)
    return [(low, max(high, low + widest * LEAST)) for low, high in spans]


def _panel(drawing: Drawing, axis: str, rows: pd.DataFrame, result: Result, colours: Ink) -> None:
    draw(drawing, rows, {"xaxis": f"x{axis}", "yaxis": f"y{axis}"}, cap_of(result), colours)
    words = "; ".join(beside(rows, cap_of(result)))
    for x, anchor, text, size in ((0, "left", heading(rows), 15), (1, "right", words, 13)):
        drawing.note(
            text=text,
            xref=f"x{axis} domain",
            yref=f"y{axis} domain",
            x=x,
            y=1,
            yshift=8,
            xanchor=anchor,
            yanchor="bottom",
            showarrow=False,
            font={"size": size, "color": colours.text if anchor == "left" else colours.quiet},
        )


def _axes(
    drawing: Drawing,
    axis: str,
    domain: tuple[float, float],
    span: tuple[float, float],
    n: int,
    colours: Ink,
) -> None:
    """Percent at the left; patients have no numbers."""
    wide = span[1] - span[0]
    step = 50 if wide < 200 else 100 if wide < 600 else 10 ** np.floor(np.log10(wide / 2))
    ticks = [t for t in np.arange(-100, span[1], step) if t >= span[0]]
    drawing.figure.update_layout(
        {
            f"yaxis{axis}": style.axis(
                colours,
                domain=domain,
                range=span,
                tickvals=ticks,
                ticktext=[whole_percent(t) for t in ticks],
                zeroline=True,
                zerolinecolor=colours.quiet,
                zerolinewidth=1.2,
                anchor=f"x{axis}",
                fixedrange=True,
            ),
            f"xaxis{axis}": style.axis(
                colours,
                anchor=f"y{axis}",
                range=[0.4, max(n, 1) + 0.6],
                showgrid=False,
                showline=False,
                showticklabels=False,
                ticks="",
                fixedrange=True,
            ),
        }
    )


def _rise(drawing: Drawing, axis: str, rise: float, colours: Ink) -> None:
    """The rise that the rule asks for, as a line."""
    where = {"xref": f"x{axis} domain", "yref": f"y{axis}"}
    line = {"color": colours.text, "width": 1.3, "dash": "dash"}
    drawing.shape(type="line", x0=0, x1=1, y0=rise, y1=rise, line=line, **where)
    drawing.note(
        text=whole_percent(rise),
        **where,
        x=1,
        y=rise,
        xanchor="left",
        xshift=5,
        showarrow=False,
        font={"size": 13, "color": colours.text},
    )


def _foot(drawing: Drawing, panels: list[pd.DataFrame], colours: Ink) -> None:
    """What the bars stand for, once for all panels."""
    text = "Patients, the greatest change first"
    if len(panels) > 1:
        text += "; one scale in all panels"
    if not all(map(alone, panels)):
        text += f"<br>{STEPS} bars: height is the patients' median, colours are their verdicts"
    drawing.note(
        text=text,
        xref="paper",
        yref="paper",
        x=0.5,
        y=0,
        yshift=-8,
        yanchor="top",
        showarrow=False,
        font={"size": 13, "color": colours.quiet},
    )


def _legend(drawing: Drawing, rows: pd.DataFrame, inner: float, colours: Ink) -> int:
    """An entry per verdict that occurs, and what hollow bars mean; how many lines it may take."""
    found = [verdict for verdict in VERDICTS if (rows.verdict == verdict).any()]
    entries = [(VERDICTS[verdict], style.verdict_colour(verdict, colours)) for verdict in found]
    if hollow(rows):
        entries.append(("hollow: a bound", colours.ground))
    for name, ink in entries:
        line = {"color": colours.quiet if ink == colours.ground else ink, "width": 1.6}
        drawing.bar(x=[None], y=[None], name=name, marker={"color": ink, "line": line})
    drawing.figure.update_layout(
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1 + 34 / inner,
            "yanchor": "bottom",
            "entrywidth": ENTRY,
            "traceorder": "normal",
            "itemclick": False,
            "itemdoubleclick": False,
            "font": {"size": 13, "color": colours.text},
        }
    )
    return -(-len(entries) // 3)


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    rise, parts = rise_of(result), []
    for analyte, rows in result.table("waterfall").groupby("analyte", sort=False):
        drawn = known(rows)
        rose = int((drawn.change_percent >= rise * (1 - 1e-9)).sum())
        words = f"{analyte}: {counted(len(rows), 'patient')}"
        if len(drawn):
            most, least = (
                percent(*pair) for pair in zip(*changes(drawn.iloc[[0, -1]]), strict=True)
            )
            words += f", from {most} to {least}, {rose:,} at or above {whole_percent(rise)}"
        parts.append(words)
    return f"Percent change from baseline to the {final_words(result)}. {'; '.join(parts)}."


__all__ = ["describe", "picked", "waterfall_figure"]
