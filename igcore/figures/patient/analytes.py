"""What else was measured in a patient: small panels, each analyte against its own limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from igcore.analysis.patient import immunoglobulin
from igcore.analysis.result import Result
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.patient import extent, who
from igcore.figures.patient.course import month
from igcore.figures.style import Ink

COLUMNS, PANEL, ROW_GAP, COLUMN_GAP = 3, 130, 62, 0.075
HUE = 7  # not that of an isotype


def analytes_figure(result: Result, *, dark: bool = False) -> go.Figure:
    """One panel per chosen analyte and unit in which it is stored; hollow where a limit of
    quantification, the band from the record's own limits where it has both."""
    colours, groups = style.ink(dark), panels(result)
    rows = max(1, -(-len(groups) // COLUMNS))
    inner = rows * PANEL + (rows - 1) * ROW_GAP
    drawing = Drawing(
        make_subplots(
            rows=rows,
            cols=COLUMNS,
            vertical_spacing=ROW_GAP / inner if rows > 1 else 0,
            horizontal_spacing=COLUMN_GAP,
        )
    )
    reach = _reach(result, groups)
    for number, (analyte, unit, data) in enumerate(groups):
        where = {"row": number // COLUMNS + 1, "col": number % COLUMNS + 1}
        _panel(drawing, data, reach, colours, where)
        _head(drawing, f"<b>{style.plain(analyte)}</b>, {style.plain(unit)}", number, colours)
        _axes(drawing, data, reach, colours, where)
    for number in range(len(groups), rows * COLUMNS):
        where = {"row": number // COLUMNS + 1, "col": number % COLUMNS + 1}
        drawing.figure.update_xaxes(**where, visible=False)
        drawing.figure.update_yaxes(**where, visible=False)
    drawing.figure.update_layout(showlegend=False)
    title = f"Other analytes, {result.title[:1].lower()}{result.title[1:]}"
    said = {"method": _method(groups), "who": who(result)}
    style.frame(drawing, result, colours, title=title, inner=inner, top=98, below=58, **said)
    style.beneath(drawing, "Months from first treatment", 26, colours.text)
    return drawing.finished()


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    parts = []
    for analyte, unit, data in panels(result):
        first, last = data.iloc[0], data.iloc[-1]
        ends = f"{_given(first)} on day {first.day:g}"
        if len(data) > 1:
            ends += f" to {_given(last)} on day {last.day:g}"
        parts.append(f"{analyte}: {ends} {unit}, {len(data)} values")
    return f"Other analytes, {result.title}. {'; '.join(parts)}."


def panels(result: Result) -> list[tuple[str, str, pd.DataFrame]]:
    """Chosen analytes with each unit in which they are stored, and the values of each."""
    rows = result.table("measurements")
    rows = rows[~immunoglobulin(rows) & rows.analyte.isin(result.table("shown").analyte)]
    return [
        (str(analyte), str(unit), data)
        for (analyte, unit), data in rows.groupby(["analyte", "unit"], sort=True)
    ]


def _given(row) -> str:
    return f"{row.operator if isinstance(row.operator, str) else ''}{row.value:g}"


def _method(groups: list[tuple[str, str, pd.DataFrame]]) -> str:
    """Which limits are drawn."""
    bands = [data.low.notna() & data.high.notna() for _, _, data in groups]
    parts = ["Values and limits as stored, in their own units."]
    if any(band.any() for band in bands):
        parts.append("Band: the limits of each record.")
    if not all(band.any() for band in bands):
        parts.append("No band: the records have no limits.")
    if any(data.operator.notna().any() for _, _, data in groups):
        parts.append("Hollow: a limit of quantification; one below it stands at half.")
    return " ".join(parts)


def _reach(result: Result, groups: list) -> list[float]:
    """As in the profile above, but not beyond what is drawn here."""
    last = max([1.0, *(float(month(data.day).max()) for _, _, data in groups)])
    first = min(extent(result)[0], 0.0)
    return [first, last * 1.04]


def _shown(data: pd.DataFrame) -> pd.Series:
    return data.value / np.where(data.operator == "<", 2, 1)


def _panel(
    drawing: Drawing, data: pd.DataFrame, reach: list[float], colours: Ink, where: dict
) -> None:
    """Band and values of one analyte."""
    own, limited = colours.groups[HUE], data[data.low.notna() & data.high.notna()]
    if len(limited):
        x = [reach[0], *month(limited.day.iloc[1:]), reach[1]]
        for column, fill in (("high", None), ("low", "tonexty")):
            drawing.scatter(
                x=x,
                y=[*limited[column], limited[column].iloc[-1]],
                mode="lines",
                line={"width": 0.8, "shape": "hv", "color": colours.band},
                fill=fill,
                fillcolor=colours.band,
                hoverinfo="skip",
                name="limits",
                **where,
            )
    drawing.scatter(
        x=month(data.day),
        y=_shown(data),
        mode="lines+markers",
        line={"color": own, "width": 1.8},
        marker={
            "size": 6,
            "color": np.where(data.operator.notna(), colours.ground, own),
            "line": {"color": own, "width": 1.5},
        },
        customdata=[_hover(row) for row in data.itertuples()],
        hovertemplate="%{customdata}<extra></extra>",
        name=style.plain(data.analyte.iloc[0]),
        **where,
    )


def _hover(row) -> str:
    limits = "no limits"
    if row.low == row.low or row.high == row.high:
        limits = f"limits {row.low:g} to {row.high:g}".replace("nan", "not given")
    classes = {"low": ": low", "normal": ": in range", "high": ": high"}
    return (
        f"<b>{style.plain(_given(row))} {style.plain(row.unit)}</b><br>"
        f"{limits}{classes.get(row.range_class, '')}<br>day {row.day:g}"
    )


def _head(drawing: Drawing, text: str, number: int, colours: Ink) -> None:
    """Analyte and unit above its panel."""
    name = "" if number == 0 else str(number + 1)
    drawing.note(
        text=text,
        xref=f"x{name} domain",
        yref=f"y{name} domain",
        x=0,
        y=1,
        xanchor="left",
        yanchor="bottom",
        yshift=3,
        showarrow=False,
        font={"size": 14, "color": colours.text},
    )


def _axes(
    drawing: Drawing, data: pd.DataFrame, reach: list[float], colours: Ink, where: dict
) -> None:
    """Months, and the values with their limits; from 0 where that is near."""
    step = next((step for step in (1, 2, 3, 6, 12, 24) if reach[1] / step <= 6), 48)
    drawing.figure.update_xaxes(
        **where, **style.axis(colours, range=reach, tick0=0, dtick=step, fixedrange=True)
    )
    edges = [float(edge) for edge in (*_shown(data), *data.low, *data.high) if edge == edge]
    low, high = min(edges), max(edges)
    if 0 <= low < 0.3 * high:
        low = 0.0
    air = 0.06 * (high - low) or abs(high) * 0.1 or 1.0
    drawing.figure.update_yaxes(
        **where,
        **style.axis(colours, range=[low - (air if low else 0), high + air], nticks=4),
        fixedrange=True,
    )
