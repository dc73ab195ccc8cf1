"""Forest of the terms of an adjusted Cox model: together, and each by itself in the same patients."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from igcore.analysis.comparing import words_of
from igcore.analysis.result import Result
from igcore.definitions import SEXES
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.style import Ink

ROW = 23  # pixels of a line; a term takes two
PLOT = (0.39, 0.67)  # shares of the width: names and counts before, numbers behind
COUNTS, RATIO, P = 0.36, 0.69, 1.0  # where the columns of text stand
WIDEST = 16.0  # ratios beyond 1/16 to 16 end in an arrow
LONGEST = 24  # characters of a name


def adjusted_figure(result: Result, *, dark: bool = False, compact: bool = False) -> go.Figure:
    """Filled squares with limits for the model, hollow ones for each term by itself."""
    colours = style.ink(dark)
    reach = _reach(result.table("terms"))
    drawing, place, variable = Drawing(go.Figure()), 0.0, None
    for row in result.table("terms").to_dict("records"):
        if row["variable"] != variable:
            variable = row["variable"]
            _text(drawing, 0.0, place, f"<b>{_heading(row)}</b>", colours.text)
            place += 1
        for shift, words in enumerate(_label(row, result)):
            _text(drawing, 0.0, place + shift, f"   {words}", (colours.text, colours.quiet)[shift])
        _numbers(drawing, place, row, colours)
        for shift, kind in enumerate(("together", "alone")):
            _estimate(drawing, place + shift, row, kind, reach, colours)
        place += 2.3
    _heads(drawing, colours)
    inner = int(ROW * place) + 14
    _axes(drawing, place, reach, colours)
    style.frame(
        drawing,
        result,
        colours,
        title=result.title,
        inner=inner,
        top=118,
        below=88,
        compact=compact,
    )
    return drawing.finished(margin={"l": 8, "r": 16})


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    parts = [
        f"{_plain_label(row)}: {_ratio(row)}, {style.p_value(row['p'])}"
        for row in result.table("terms").to_dict("records")
    ]
    return (
        f"{result.title}. Hazard ratios with 95 % limits, adjusted for one another: "
        f"{'; '.join(parts)}. {result.population}."
    )


def _heading(row: dict) -> str:
    words = style.plain(words_of(row["variable"]))
    return words[:1].upper() + words[1:]


def _label(row: dict, result: Result) -> tuple[str, ...]:
    """What is compared with what, a line each."""
    if not row["term"]:
        return ("per 10 years",)
    names = [_named(row, name, result) for name in (row["term"], row["reference"])]
    first, second = (name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names)
    return first, f"v {second}"


def _named(row: dict, name: str, result: Result) -> str:
    if row["variable"] == "sex":
        return SEXES.get(name, name).lower()
    return style.name_of(name, result) if row["variable"] != "arm" else style.plain(name)


def _plain_label(row: dict) -> str:
    return (
        f"{row['term']} v {row['reference']}" if row["term"] else f"{row['variable']} per 10 years"
    )


def _ratio(
    row: dict, name: str = "hazard_ratio", low: str = "hr_lower", high: str = "hr_upper"
) -> str:
    if row[name] != row[name]:
        return "not estimable"
    return style.interval(row[name], row[low], row[high], 2)


def _alone(row: dict) -> str:
    return _ratio(row, "unadjusted", "unadjusted_lower", "unadjusted_upper")


def _numbers(drawing: Drawing, place: float, row: dict, colours: Ink) -> None:
    """Counts; the ratio and p beside the other terms, and in the next line by itself."""
    counts = f"{row['events']:,}/{row['n']:,}"
    _text(drawing, COUNTS, place, counts, colours.text, anchor="right")
    for shift, (words, p, ink) in enumerate(
        (
            (_ratio(row), row["p"], colours.text),
            (_alone(row), row["unadjusted_p"], colours.quiet),
        )
    ):
        _text(drawing, RATIO, place + shift, words, ink)
        if p == p:
            shown = style.p_value(p).removeprefix("p ").removeprefix("= ")
            _text(drawing, P, place + shift, shown, ink, anchor="right")


def _reach(terms: pd.DataFrame) -> float:
    """The axis goes from 1/reach to reach, so that 1 is in the middle."""
    columns = ["hr_lower", "hr_upper", "unadjusted_lower", "unadjusted_upper"]
    edges = terms[columns].to_numpy(float).ravel()
    edges = np.concatenate([edges[np.isfinite(edges) & (edges > 0)], [0.5, 2.0]])
    return float(min(WIDEST, 1.08 * np.exp(np.abs(np.log(edges)).max())))


def _estimate(
    drawing: Drawing, place: float, row: dict, kind: str, reach: float, colours: Ink
) -> None:
    names = ["hazard_ratio", "hr_lower", "hr_upper"]
    if kind == "alone":
        names = ["unadjusted", "unadjusted_lower", "unadjusted_upper"]
    ratio, low, high = (row[name] for name in names)
    if ratio != ratio:
        return
    ink = colours.groups[0] if kind == "together" else colours.quiet
    drawing.scatter(
        x=[max(low, 1 / reach), min(high, reach)],
        y=[place, place],
        mode="lines",
        line={"width": 2.2 if kind == "together" else 1.2, "color": ink},
        hoverinfo="skip",
        showlegend=False,
    )
    for beyond, x, symbol in (
        (low < 1 / reach, 1 / reach, "triangle-left"),
        (high > reach, reach, "triangle-right"),
    ):
        if beyond:
            drawing.scatter(
                x=[x],
                y=[place],
                mode="markers",
                marker={"symbol": symbol, "size": 8, "color": ink},
                hoverinfo="skip",
                showlegend=False,
            )
    if 1 / reach <= ratio <= reach:
        words = "with the other terms" if kind == "together" else "by itself"
        drawing.scatter(
            x=[ratio],
            y=[place],
            mode="markers",
            marker={
                "symbol": "square",
                "size": 10 if kind == "together" else 7,
                "color": ink if kind == "together" else colours.ground,
                "line": {"width": 1.4, "color": ink},
            },
            name=f"{_heading(row)} {style.plain(row['term'])}, {words}".replace(" ,", ","),
            hovertext=f"{words}: {_ratio(row) if kind == 'together' else _alone(row)}",
            hovertemplate="<b>%{fullData.name}</b><br>%{hovertext}<extra></extra>",
            showlegend=False,
        )


def _text(
    drawing: Drawing, x: float, place: float, text: str, colour: str, *, anchor: str = "left"
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
        font={"size": 14, "color": colour},
    )


def _heads(drawing: Drawing, colours: Ink) -> None:
    for x, anchor, words in (
        (COUNTS, "right", "events/n"),
        (RATIO, "left", "Hazard ratio (95 %)<br>■ together, □ by itself"),
        (P, "right", "p"),
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
            align=anchor,
            showarrow=False,
            font={"size": 13, "color": colours.quiet},
        )


def _axes(drawing: Drawing, count: float, reach: float, colours: Ink) -> None:
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
    middle = sum(PLOT) / 2
    for x, anchor, words in (
        (middle - 0.012, "right", "← fewer events"),
        (middle + 0.012, "left", "more events →"),
    ):
        drawing.note(
            text=f"associated with<br>{words}",
            xref="paper",
            yref="paper",
            x=x,
            y=0,
            yshift=-26,
            xanchor=anchor,
            yanchor="top",
            align=anchor,
            showarrow=False,
            font={"size": 13, "color": colours.quiet},
        )
