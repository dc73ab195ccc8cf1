"""Swimmer plot: a lane per patient with what happened on it, and what each sign means below."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from igcore.analysis.result import Result
from igcore.analysis.survival.swimmer import ORDERS, WORDS
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.style import Ink

LANE = 15  # pixels
UNKNOWN = "not known"
# Share of the ink by depth: the deeper the response the stronger the colour.
DEPTHS = {"CR": 0.95, "VGPR": 0.68, "PR": 0.45, "MR": 0.27}
STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120)


@dataclass(frozen=True)
class Sign:
    """How one kind of marker is drawn: its words in the key, symbol, size, and place in `Ink`."""

    words: str
    symbol: str
    size: int
    ink: str


SIGNS = {
    "response": Sign("First response", "circle", 9, "text"),
    "deeper": Sign("Deeper response", "triangle-up", 10, "text"),
    "normalised": Sign("Isotype normalised (A, G, M)", "circle", 14, "letter"),
    "transplant": Sign("Transplant", "diamond", 9, "ground"),
    "next therapy": Sign("Next therapy", "square", 8, "ground"),
    "progression": Sign("Progression", "x", 9, "stamp"),
    "death": Sign("Death", "square", 9, "text"),
    "alive": Sign("Alive when last seen", "triangle-right", 11, "text"),
}


def swimmer_figure(result: Result, *, dark: bool = False) -> go.Figure:
    """Thick lanes for the time on treatment, thin ones for the time after it.

    Lanes and markers carry ["patient", patient_key] as customdata.
    """
    colours = style.ink(dark)
    lanes, marks = result.table("lanes"), result.table("marks")
    drawing = Drawing(go.Figure(layout={"barmode": "overlay", "bargap": 0.0}))
    _after(drawing, lanes, colours)
    _treated(drawing, result, lanes, colours)
    for kind, sign in SIGNS.items():
        _signs(drawing, marks[marks.kind == kind], lanes, kind, sign, colours)
    inner = LANE * len(lanes) + 16
    _axes(drawing, lanes, marks, colours)
    top = 142
    style.frame(drawing, result, colours, title=result.title, inner=inner, top=top, below=162)
    drawing.figure.update_layout(
        margin={"l": 30},
        hovermode="closest",
        legend={
            "orientation": "h",
            "x": 0,
            "y": -54 / inner,
            "yanchor": "top",
            "entrywidth": 205,
            "itemclick": False,
            "itemdoubleclick": False,
            "traceorder": "normal",
            "font": {"size": 13, "color": colours.text},
        },
    )
    style.line(drawing, _colour_words(result, lanes, colours), top - 64, colours.text)
    style.line(drawing, style.wrap(_which(result), 84), top - 88, colours.quiet, size=13)
    return drawing.finished()


def _which(result: Result) -> str:
    """Which lanes of how many are drawn."""
    pages = result.table("pages").iloc[0]
    order = ORDERS[result.asked["order"]].lower()
    words = f"Lanes {pages['first']:,} to {pages['last']:,} of {pages.n:,}, by {order}. "
    words += "Thick: on treatment; thin: afterwards."
    if (result.table("lanes").treatment_end != "known").any():
        words += " Without an end of treatment the thick lane goes on."
    return words


def _label(row: object, result: Result) -> str:
    """What colours a lane: its arm or its best response."""
    value = row.best_response if result.asked["colour"] == "response" else row.arm
    return UNKNOWN if value is None or value != value else str(value)


def _fill(label: str, result: Result, colours: Ink) -> str:
    if label == UNKNOWN:
        return style.faint(colours.quiet, 0.35)
    if result.asked["colour"] != "response":
        return style.faint(style.colour(label, result, colours), 0.6)
    if label in DEPTHS:
        return style.faint(colours.groups[0], DEPTHS[label])
    return style.faint(colours.quiet if label == "SD" else colours.groups[1], 0.5)


def _labels(result: Result, lanes: pd.DataFrame) -> list[str]:
    """Labels of the lanes that are drawn, in the order of the key."""
    found = {_label(row, result) for row in lanes.itertuples()}
    known = list(WORDS.values()) if result.asked["colour"] == "response" else sorted(found)
    last = [UNKNOWN] if UNKNOWN in found else []
    return [one for one in known if one in found and one != UNKNOWN] + last


def _colour_words(result: Result, lanes: pd.DataFrame, colours: Ink) -> str:
    kind = "Best response" if result.asked["colour"] == "response" else "Arm"
    parts = [
        f'<span style="color:{_fill(label, result, colours)}">\N{BLACK SQUARE}</span> '
        + (label if label == UNKNOWN else style.plain(label))
        for label in _labels(result, lanes)
    ]
    return f"{kind}:  " + "    ".join(parts)


def _treated(drawing: Drawing, result: Result, lanes: pd.DataFrame, colours: Ink) -> None:
    for label in _labels(result, lanes):
        rows = lanes[[_label(row, result) == label for row in lanes.itertuples()]]
        drawing.bar(
            x=rows.treated_months,
            y=rows.place,
            orientation="h",
            width=0.66,
            marker={"color": _fill(label, result, colours), "line": {"width": 0}},
            customdata=_keys(rows),
            hovertext=[_hover(row) for row in rows.itertuples()],
            hovertemplate="%{hovertext}<extra></extra>",
            name=style.plain(label),
            showlegend=False,
        )


def _after(drawing: Drawing, lanes: pd.DataFrame, colours: Ink) -> None:
    drawing.bar(
        x=lanes.months - lanes.treated_months,
        base=lanes.treated_months,
        y=lanes.place,
        orientation="h",
        width=0.13,
        marker={"color": style.faint(colours.quiet, 0.6), "line": {"width": 0}},
        customdata=_keys(lanes),
        hovertext=[_hover(row) for row in lanes.itertuples()],
        hovertemplate="%{hovertext}<extra></extra>",
        name="after treatment",
        showlegend=False,
    )


def _keys(rows: pd.DataFrame) -> list[list]:
    return [["patient", int(key)] for key in rows.patient_key]


def _hover(row: object) -> str:
    arm = "" if row.arm is None or row.arm != row.arm else f", {style.plain(row.arm)}"
    best = row.best_response if isinstance(row.best_response, str) else "none recorded"
    treated = style.number(row.treated_months)
    end = "" if row.treatment_end == "known" else " or longer, its end is not known"
    until = "died at month" if row.dead else "alive at month"
    return (
        f"<b>{style.plain(row.patient)}</b>, {style.plain(row.trial)}{arm}<br>Best response {best}"
        f"<br>On treatment {treated} months{end}<br>{until.capitalize()} {style.number(row.months)}"
    )


def _signs(
    drawing: Drawing,
    marks: pd.DataFrame,
    lanes: pd.DataFrame,
    kind: str,
    sign: Sign,
    colours: Ink,
) -> None:
    """The markers of one kind; those filled with the ground have an edge in the text's colour."""
    hollow = sign.ink in ("letter", "ground")
    ink = colours.ground if hollow else getattr(colours, sign.ink)
    names = dict(zip(lanes.place, map(style.plain, lanes.patient), strict=True))
    letters = [what[-1] for what in marks.what] if sign.ink == "letter" else None
    drawing.scatter(
        x=marks.month if len(marks) else [None],
        y=marks.place if len(marks) else [None],
        mode="markers+text" if letters else "markers",
        text=letters,
        textfont={"size": 10, "color": colours.text},
        marker={
            "symbol": sign.symbol,
            "size": sign.size,
            "color": ink,
            "line": {"width": 1.3, "color": colours.text if hollow else colours.ground},
        },
        customdata=_keys(marks),
        hovertext=[
            f"<b>{names[row.place]}</b><br>{_told(kind, row.what)} at month {row.month:.1f}"
            for row in marks.itertuples()
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
        name=sign.words,
        showlegend=True,
    )


def _told(kind: str, what: str) -> str:
    """A marker in words for its hover."""
    if kind == "normalised":
        return f"{what} normalised"
    if kind in ("response", "deeper"):
        return f"{SIGNS[kind].words} ({what})"
    return SIGNS[kind].words


def _axes(drawing: Drawing, lanes: pd.DataFrame, marks: pd.DataFrame, colours: Ink) -> None:
    last = max(float(lanes.months.max()), float(marks.month.max()), 1.0)
    start = min(float(marks.month.min()), 0.0)
    step = next((step for step in STEPS if last / step <= 10), 240)
    drawing.figure.update_xaxes(
        **style.axis(colours, range=[start - 0.01 * last, 1.03 * last], tick0=0, dtick=step),
        title_text="Months from first treatment",
        title_standoff=6,
        fixedrange=True,
    )
    places = [float(lanes.place.max()) + 0.9, float(lanes.place.min()) - 0.9]
    drawing.figure.update_yaxes(
        range=places,
        showticklabels=False,
        showgrid=False,
        zeroline=False,
        ticks="",
        title={"text": "Patients", "font": {"color": colours.text, "size": 15}},
        fixedrange=True,
    )


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    marks = result.table("marks")
    counts = marks.kind.value_counts()
    parts = [f"{sign.words} {counts.get(kind, 0)}" for kind, sign in SIGNS.items()]
    return f"{result.title}. {_which(result)} Markers: {', '.join(parts).lower()}."
