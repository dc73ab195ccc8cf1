"""One patient's profile: an isotype a panel, its normal range, and the course below."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from igcore.analysis.result import Result
from igcore.figures import style
from igcore.figures.course import course_of, draw_course, last_day, month
from igcore.figures.style import Ink
from igcore.store.schema import ISOTYPES

PANEL, STRIP = 190, 24
SHOWN = {"mg/dL": 100.0, "g/L": 1.0}


def profile_figure(result: Result, *, dark: bool = False) -> go.Figure:
    """Three panels (value, normal band, baseline, 25 % line, final ringed) and the course strip."""
    colours = style.ink(dark)
    course = course_of(result)
    below = max(len(course), 1) * STRIP + 18
    heights = [PANEL] * len(ISOTYPES) + [below]
    gap = 34
    inner = sum(heights) + gap * len(ISOTYPES)
    figure = make_subplots(
        rows=len(heights),
        cols=1,
        shared_xaxes=True,
        row_heights=heights,
        vertical_spacing=gap / inner,
    )
    unit = _unit(result)
    for row, analyte in enumerate(ISOTYPES, 1):
        _panel(figure, result, analyte, row, unit, colours)
    draw_course(figure, course, len(heights), colours)
    figure.update_layout(showlegend=False)
    reach = _reach(result)
    figure.update_xaxes(
        **style.axis(colours, range=reach, tick0=0, dtick=_step(reach[1]), fixedrange=True)
    )
    figure.update_xaxes(
        row=len(heights), col=1, title_text="Months from first treatment", title_standoff=6
    )
    figure.update_yaxes(fixedrange=True)
    shown = _with_population(result)
    return style.frame(figure, shown, colours, title=result.title, inner=inner, top=92, below=64)


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    verdicts = [f"{row.analyte}: {row.sentence}" for row in result.table("verdicts").itertuples()]
    return f"{result.title}. {'; '.join(verdicts)}."


def _with_population(result: Result) -> Result:
    row = result.table("patient").iloc[0]
    words = [
        "n = 1",
        row.arm or "arm not stated",
        row.m_protein or "monoclonal protein unknown",
        f"{row.age_years:g} years" if row.age_years == row.age_years else "",
        {"F": "female", "M": "male"}.get(row.sex, ""),
    ]
    return replace(result, population="; ".join(word for word in words if word))


def _unit(result: Result) -> str:
    """mg/dL or g/L: the unit of most of the patient's immunoglobulin values."""
    rows = result.table("measurements")
    units = rows[rows.analyte.isin(ISOTYPES)].unit.value_counts()
    return "g/L" if len(units) and units.index[0].replace(" ", "").lower() == "g/l" else "mg/dL"


def _samples(result: Result, analyte: str, unit: str) -> pd.DataFrame:
    """The analyte's values in `unit` with their limits: month, shown, low, high and as given.

    A value below quantification is shown at half its limit.
    """
    data, factor = result.table("measurements"), SHOWN[unit]
    data = data[(data.analyte == analyte) & data.value_g_per_l.notna()]
    return data.assign(
        month=month(data.day),
        shown=data.value_g_per_l * factor / np.where(data.operator == "<", 2, 1),
        low=data.low_g_per_l.fillna(data.default_low) * factor,
        high=data.high_g_per_l.fillna(data.default_high) * factor,
    )


def _panel(
    figure: go.Figure, result: Result, analyte: str, row: int, unit: str, colours: Ink
) -> None:
    """Band, values, marks and the verdict's sentence of one isotype."""
    data = _samples(result, analyte, unit)
    verdict = result.table("verdicts").set_index("analyte").loc[analyte]
    involved = verdict.reason == "involved"
    own = colours.quiet if involved else style.colour(analyte, result, colours)
    _band(figure, data[data.low.notna() & data.high.notna()], row, colours)
    _values(figure, data, analyte, unit, row, own, colours)
    if verdict.verdict not in ("not_assessable", "not_evaluable"):
        _marks(figure, data, verdict, row, colours)
        _rise_line(figure, result, data, verdict, row, colours)
    says = "not assessable: contains the M-protein" if involved else style.plain(verdict.sentence)
    figure.add_annotation(
        text=f"<b>{analyte}</b>  {says}",
        **_corner(row, y="domain"),
        x=0,
        y=1,
        xanchor="left",
        yanchor="bottom",
        yshift=3,
        showarrow=False,
        font={"size": 14, "color": colours.text},
    )
    figure.update_yaxes(
        row=row, col=1, **style.axis(colours, title_text=unit, rangemode="tozero", nticks=5)
    )


def _corner(row: int, *, y: str = "") -> dict:
    """References of an annotation to the panel of that row."""
    number = "" if row == 1 else str(row)
    return {"xref": f"x{number} domain", "yref": f"y{number} {y}".strip()}


def _values(
    figure: go.Figure, data: pd.DataFrame, analyte: str, unit: str, row: int, own: str, colours: Ink
) -> None:
    """The measured values; hollow where they are limits of quantification."""
    given = [data.operator.fillna(""), data.value, data.unit.map(style.plain), data.day]
    figure.add_scatter(
        x=data.month,
        y=data.shown,
        mode="lines+markers",
        line={"color": own, "width": 2},
        marker={
            "size": 8,
            "color": np.where(data.operator.notna(), colours.ground, own),
            "line": {"color": own, "width": 1.8},
        },
        customdata=np.stack([*given, data.low.round(2), data.high.round(2)], axis=1),
        hovertemplate="day %{customdata[3]}: <b>%{customdata[0]}%{customdata[1]} "
        "%{customdata[2]}</b><br>range %{customdata[4]} to %{customdata[5]} "
        f"{unit}<extra>{analyte}</extra>",
        name=analyte,
        row=row,
        col=1,
    )


def _band(figure: go.Figure, data: pd.DataFrame, row: int, colours: Ink) -> None:
    """The normal range in force at each sample, held until the next one."""
    if data.empty:
        return
    ends = [*data.month, data.month.iloc[-1] + 0.5]
    for column, fill in (("high", None), ("low", "tonexty")):
        figure.add_scatter(
            x=ends,
            y=[*data[column], data[column].iloc[-1]],
            mode="lines",
            line={"width": 0.8, "shape": "hv", "color": colours.band},
            fill=fill,
            fillcolor=colours.band,
            hoverinfo="skip",
            name="normal range",
            row=row,
            col=1,
        )


def _sample(data: pd.DataFrame, day: float, time: str | None) -> pd.DataFrame:
    """The one sample of that day and time."""
    return data[
        (data.day == day) & (data.time.fillna("") == (time if isinstance(time, str) else ""))
    ]


def _marks(figure: go.Figure, data: pd.DataFrame, verdict, row: int, colours: Ink) -> None:
    """Baseline as a diamond, the final value ringed."""
    for side, name, symbol, size in (
        ("baseline", "baseline", "diamond-open", 15),
        ("final", "final value", "circle-open", 19),
    ):
        part = _sample(data, verdict[f"{side}_day"], verdict[f"{side}_time"])
        figure.add_scatter(
            x=part.month,
            y=part.shown,
            mode="markers",
            marker={"symbol": symbol, "size": size, "color": colours.text, "line": {"width": 2}},
            hoverinfo="skip",
            name=name,
            row=row,
            col=1,
        )


def _rise_line(
    figure: go.Figure, result: Result, data: pd.DataFrame, verdict, row: int, colours: Ink
) -> None:
    """The level that the rise asked for begins at."""
    rise = float(next(pair[5:] for pair in result.query.split("&") if pair.startswith("rise=")))
    base = _sample(data, verdict.baseline_day, verdict.baseline_time).shown.iloc[0]
    whole = 2 if verdict.baseline_operator == "<" else 1  # the bound itself, not half of it
    target = float(base) * whole * (1 + rise / 100)
    figure.add_hline(
        y=target, row=row, col=1, line={"dash": "dash", "width": 1.2, "color": colours.quiet}
    )
    figure.add_annotation(
        text=f"+{rise:g} %",
        **_corner(row),
        x=1,
        y=target,
        xanchor="right",
        yanchor="bottom",
        showarrow=False,
        font={"size": 12, "color": colours.quiet},
    )


def _reach(result: Result) -> list[float]:
    first = min([*month(result.table("measurements").day), -0.5])
    last = float(month(last_day(result)))
    return [first - 0.03 * (last - first), last + 0.06 * (last - first)]


def _step(last: float) -> float:
    return next((step for step in (1, 2, 3, 6, 12, 24) if last / step <= 12), 48)
