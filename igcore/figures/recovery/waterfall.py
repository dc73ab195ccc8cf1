"""Waterfall: percent change at the final value, one bar per evaluable patient, greatest first.

Many patients are drawn as a profile of equal steps; the table keeps every one of them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from igcore.analysis.result import Result, counted
from igcore.analysis.rule import VERDICTS, Rule
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.recovery.waterfall_bars import (
    MOST,
    STEPS,
    alone,
    changes,
    count,
    draw,
    hollow,
    known,
    labelled,
    percent,
    whole_percent,
)
from igcore.figures.recovery.words import departing, final_words
from igcore.figures.style import Ink

TALL, GAP, ENTRY = 270, 52, 128  # pixels of the tallest panel, between panels, of a legend entry
CAP = 300.0  # percent; bars beyond end there, with a mark
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
        _rise(drawing, axis, result.asked["rise"], colours)
        top -= height + GAP
    _foot(drawing, panels, colours)
    lines = _legend(drawing, rows, inner, colours)
    style.frame(
        drawing,
        result,
        colours,
        title=f"Change from baseline to the {final_words(result)}",
        inner=int(inner),
        top=106 + 22 * lines,
        below=50 if all(map(alone, panels)) else 68,
        method=_method(result),
    )
    return drawing.finished(margin={"l": 74, "r": 62}, hovermode="closest")


def _method(result: Result) -> str:
    return departing(
        f"Evaluable patients, each isotype by itself. Improved: {Rule.asked(result.asked).words()}. "
        "Bars are single patients' changes and have no interval.",
        result,
    )


def _cap(result: Result) -> float:
    """Where bars end, in percent."""
    return max(CAP, 2 * result.asked["rise"])


def _spans(panels: list[pd.DataFrame], result: Result) -> list[tuple[float, float]]:
    """Percent from bottom to top of each panel: all at one scale, none too low to read."""
    spans = []
    for rows in panels:
        shown = rows.change_percent.clip(upper=_cap(result))
        low = float(np.fmin(shown.min(), -40.0))
        most = float(np.fmax(shown.max(), max(1.3 * result.asked["rise"], 40.0)))
        above = labelled(known(rows)) and (rows.change_percent > _cap(result)).any()
        spans.append((1.04 * low, (1.16 if above else 1.04) * most))
    widest = max((high - low for low, high in spans), default=1.0)
    return [(low, max(high, low + widest * LEAST)) for low, high in spans]


def _panel(drawing: Drawing, axis: str, rows: pd.DataFrame, result: Result, colours: Ink) -> None:
    draw(drawing, rows, {"xaxis": f"x{axis}", "yaxis": f"y{axis}"}, _cap(result), colours)
    words = "; ".join(_beside(rows, _cap(result)))
    for x, anchor, text, size in ((0, "left", _heading(rows), 15), (1, "right", words, 13)):
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


def _heading(rows: pd.DataFrame) -> str:
    """Who a panel shows: isotype, n, and patients a bar where they are many."""
    name = f"<b>{style.plain(rows.analyte.iloc[0])}</b>   {len(rows):,} evaluable"
    if alone(rows):
        return f"{name} patient" + ("s" if len(rows) != 1 else "")
    return f"{name}, {len(known(rows)) / STEPS:,.0f} a bar"


def _beside(rows: pd.DataFrame, cap: float) -> list[str]:
    """What the bars cannot show: how far the capped go, changes that are not known."""
    parts, drawn = [], known(rows)
    beyond = drawn[drawn.change_percent > cap]
    if len(beyond) > 4:
        most = percent(beyond.change_percent.iloc[0], beyond.change_operator.iloc[0])
        parts.append(f"▲ {len(beyond):,} above {whole_percent(cap)}, up to {most}")
    elif len(beyond) and not labelled(drawn):
        each = [percent(*pair) for pair in zip(*changes(beyond), strict=True)]
        parts.append(f"▲ {', '.join(each)}")
    if len(rows) > len(drawn):
        parts.append(f"{len(rows) - len(drawn):,} without a bar")
    return parts


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
    rise, parts = result.asked["rise"], []
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


def picked(result: Result, picks: list[list]) -> pd.DataFrame:
    """Patients of the chosen bars: analyte and patient_key, without repeats.

    Args:
        picks: customdata of bars; other things among them are passed over.
    """
    found = [(pick[2], int(pick[1])) for pick in picks if pick[0] == "patient"]
    rows = result.table("waterfall")
    for pick in picks:
        if pick[0] == "step":
            _, analyte, verdict, first, past = pick
            step = known(rows[rows.analyte == analyte]).iloc[int(first) : int(past)]
            found += [(analyte, int(key)) for key in step[step.verdict == verdict].patient_key]
    return pd.DataFrame(list(dict.fromkeys(found)), columns=["analyte", "patient_key"])


def reading(result: Result) -> str:
    """How to read the bars, for the page."""
    parts = [rows for _, rows in result.table("waterfall").groupby("analyte")]
    if all(map(alone, parts)):
        bar, click = "Each bar is a patient", "Click a bar to see the patient."
    else:
        bar = f"Above {MOST:,} patients an isotype has {STEPS} bars of equally many patients"
        click = "Click a bar to see its patients; the table and the download hold every one."
    return (
        f"{bar}: how far the judged value lies above or below the baseline. Above the dashed line "
        f"the rise is large enough; colours say whether the value is in the normal range, too. "
        f"{click}"
    )


def remarks(result: Result) -> list[str]:
    """What must be said below the figure, a sentence each."""
    rows, said = result.table("waterfall"), []
    bounds = int(rows.change_operator.notna().sum())
    if bounds:
        looks = "Hollow: " if hollow(rows) else ""
        said.append(
            f"{looks}{counted(bounds, 'change')} known only as a bound, because a value is beyond "
            "quantification; drawn at the bound."
        )
    missing = int(rows.change_percent.isna().sum())
    if missing:
        verb = "is unknown and has" if missing == 1 else "are unknown and have"
        said.append(
            f"{counted(missing, 'change')} {verb} no bar: baseline and final value are both beyond "
            "quantification, or the baseline is 0. The verdicts count them."
        )
    return said


def picked_words(rows: pd.DataFrame) -> str:
    """A heading for the picked rows of verdicts."""
    names = " and ".join(dict.fromkeys(rows.analyte))
    return f"{names}: {counted(rows.patient_key.nunique(), 'patient')} picked in the waterfall"
