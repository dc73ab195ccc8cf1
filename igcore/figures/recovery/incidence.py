"""Cumulative incidence of the first confirmed normalisation by response at the landmark."""

from __future__ import annotations

import textwrap
from dataclasses import replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from igcore.analysis.result import Result, counted
from igcore.analysis.rule import Rule
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.recovery import response_words as words
from igcore.figures.recovery.response_words import GROUPS
from igcore.figures.step_curves import ROW, drawn
from igcore.figures.style import Ink

PLOT, GAP = 300, 50  # pixels: the curves; tick labels and axis title between them and the table
STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120)
MOST = {1: 9, 2: 6}  # steps of the time axis by panels; 4 where there are three or more


def incidence_figure(result: Result, *, dark: bool = False, compact: bool = False) -> go.Figure:
    """A panel per isotype: step curves with 95 % bands above their numbers at risk.

    The clock starts at the landmark; progression, death and the end of the observation compete.
    """
    colours = style.ink(dark)
    names = shown(result)
    columns = max(len(names), 1)
    table = 3 * ROW + 10
    inner = PLOT + GAP + table
    drawing = Drawing(
        make_subplots(
            rows=2,
            cols=columns,
            shared_xaxes=True,
            row_heights=[PLOT, table],
            vertical_spacing=GAP / inner,
            horizontal_spacing=0.05,
        )
    )
    ticks = _months(result, columns)
    for column, analyte in enumerate(names, 1):
        for group in GROUPS:
            _curve(drawing, result, analyte, group, column, colours)
            _at_risk(drawing, result, analyte, group, column, ticks, colours)
        _heading(drawing, result, analyte, column, colours)
    _axes(drawing, result, ticks, columns, colours)
    lines = _foot(drawing, result, compact, colours)
    style.frame(
        drawing,
        result,
        colours,
        title="Confirmed normalisation by response at the landmark",
        inner=inner,
        top=146,
        below=22 + 18 * lines,
        compact=compact,
        method=_method(result),
    )
    return drawing.finished(legend=words.key(inner, colours))


def _method(result: Result) -> str:
    """The rule of this figure, which is confirmed normalisation whatever the final value is."""
    rule = replace(Rule.asked(result.asked), final="confirmed")
    return (
        f"Low at baseline and observed after {landmark(result)}. Normalised: {rule.words()}, at "
        "most 84 days apart. Progression, death and the end of the observation compete "
        "(Aalen-Johansen, 95 % limits by log(-log)). Curves add the trials; Gray's test compares "
        "within them. "
        f"{rule.departures()}"
    ).rstrip()


def _months(result: Result, columns: int) -> np.ndarray:
    """Months of the ticks and of the table, few enough for their numbers to stand apart."""
    table = result.table("incidence")
    last = float(table.month.max()) if len(table) else 1.0
    most = MOST.get(columns, 4)
    if len(table) and table.n.max() >= 10_000:  # wide numbers
        most //= 2
    step = next((step for step in STEPS if last / step <= most + 0.5), last / most)
    return np.arange(0, last + 1e-9, step)


def _curve(
    drawing: Drawing, result: Result, analyte: str, group: str, column: int, colours: Ink
) -> None:
    rows = course(result, analyte, group)
    if rows.empty:
        return
    curve = drawn(rows.assign(survival=rows.incidence))
    own, name = words.colour(group, colours), style.WORDS[group]
    band = curve[curve.lower.notna()]
    place = {"row": 1, "col": column}
    for limit, fill in (("upper", None), ("lower", "tonexty")):
        drawing.scatter(
            x=band.month,
            y=100 * band[limit],
            mode="lines",
            line={"width": 0, "shape": "hv", "color": own},
            fill=fill,
            fillcolor=style.faint(own),
            hoverinfo="skip",
            showlegend=False,
            name=f"{analyte}, {name}, {limit} limit",
            **place,
        )
    first = next(one for one in shown(result) if len(course(result, one, group)))
    drawing.scatter(
        x=curve.month,
        y=100 * curve.incidence,
        mode="lines",
        line={"width": 3, "shape": "hv", "color": own, "dash": words.dash(group)},
        customdata=np.stack([100 * curve.lower, 100 * curve.upper, curve.at_risk], axis=1),
        hovertemplate=f"<b>{name}</b>, {analyte}<br>month %{{x:.1f}} after the landmark<br>"
        "%{y:.1f} % (%{customdata[0]:.1f} to %{customdata[1]:.1f})<br>"
        "at risk %{customdata[2]:,.0f}<extra></extra>",
        name=_key(group, result),
        legendgroup=group,
        showlegend=analyte == first,
        **place,
    )


def _key(group: str, result: Result) -> str:
    if group == "responder":
        return f"Responders: {words.least(result)} by {landmark(result)}"
    return "Non-responders: all others"


def _at_risk(
    drawing: Drawing,
    result: Result,
    analyte: str,
    group: str,
    column: int,
    ticks: np.ndarray,
    colours: Ink,
) -> None:
    """Numbers just before each tick, in the row of their group."""
    rows = course(result, analyte, group)
    at = np.append(rows.at_risk.to_numpy(int), 0)
    numbers = at[np.searchsorted(rows.month.to_numpy(float), ticks)]
    drawing.scatter(
        x=ticks,
        y=np.full(len(ticks), 1.0 + GROUPS.index(group)),
        mode="text",
        text=[f"{n:,}" for n in numbers],
        textfont={"size": 14, "color": words.colour(group, colours)},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
        name=f"{analyte}, {style.WORDS[group]}, at risk",
        row=2,
        col=column,
    )


def _heading(drawing: Drawing, result: Result, analyte: str, column: int, colours: Ink) -> None:
    domain = next(drawing.figure.select_xaxes(row=1, col=column)).domain
    drawing.note(
        text=f"<b>{analyte}</b><br>{tested(result, analyte)}",
        xref="paper",
        yref="paper",
        x=domain[0],
        y=1,
        yshift=4,
        xanchor="left",
        yanchor="bottom",
        align="left",
        showarrow=False,
        font={"size": 14, "color": colours.text},
    )


def _axes(drawing: Drawing, result: Result, ticks: np.ndarray, columns: int, colours: Ink) -> None:
    table = result.table("incidence")
    last = float(table.month.max()) if len(table) else 1.0
    since = f"Months since {landmark(result)}"
    drawing.figure.update_xaxes(
        **style.axis(colours, tickvals=ticks, range=[-0.09 * last, 1.06 * last], fixedrange=True),
        showgrid=False,
        ticktext=[f"{tick:g}" for tick in ticks],
    )
    drawing.figure.update_xaxes(row=1, showticklabels=True, title_text=since, title_standoff=5)
    drawing.figure.update_xaxes(row=2, showticklabels=False, ticks="", showline=False)
    percent = style.axis(colours, range=[-1.5, 102], tick0=0, dtick=25, fixedrange=True)
    drawing.figure.update_yaxes(row=1, **percent, showticklabels=False)
    drawing.figure.update_yaxes(
        row=1,
        col=1,
        showticklabels=True,
        title_text="Normalised, %",
        title_standoff=6,
    )
    air = 2 * "\N{NO-BREAK SPACE}"  # before the numbers of month 0
    labels = [f'<span style="color:{colours.text}"><b>At risk</b></span>{air}'] + [
        f'<span style="color:{words.colour(group, colours)}"><b>{style.WORDS[group]}</b></span>'
        + air
        for group in GROUPS
    ]
    drawing.figure.update_yaxes(row=2, **style.rows(labels, colours), fixedrange=True)
    for column in range(2, columns + 1):
        drawing.figure.update_yaxes(row=2, col=column, showticklabels=False)


def _foot(drawing: Drawing, result: Result, compact: bool, colours: Ink) -> int:
    """Who is not in the curves, below them; the number of lines it takes."""
    width = style.NARROW if compact else style.WIDE
    lines = [
        part
        for sentence in left(result)
        for part in textwrap.wrap(sentence, width, break_on_hyphens=False)
    ]
    drawing.note(
        text="<br>".join(lines),
        xref="paper",
        yref="paper",
        x=0,
        y=0,
        yshift=-6,
        xanchor="left",
        yanchor="top",
        align="left",
        showarrow=False,
        font={"size": 13, "color": colours.text},
    )
    return len(lines)


def shown(result: Result) -> list[str]:
    """Isotypes with anybody still observed after the landmark."""
    table = result.table("incidence")
    return list(dict.fromkeys(table.analyte[table.n > 0]))


def course(result: Result, analyte: str, group: str) -> pd.DataFrame:
    """The rows of a curve; empty where nobody of the group is left after the landmark."""
    table = result.table("incidence")
    return table[(table.analyte == analyte) & (table.group == group) & (table.n > 0)]


def landmark(result: Result) -> str:
    """The landmark in words: "month 4"."""
    return f"month {result.asked['landmark']:g}"


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    parts = []
    for analyte in shown(result):
        said = []
        for group in GROUPS:
            curve = course(result, analyte, group)
            if len(curve):
                last = curve.iloc[-1]
                said.append(
                    f"{style.WORDS[group].lower()} {style.percent(last.incidence)} by month "
                    f"{last.month:.1f} after the landmark (n = {int(last.n):,})"
                )
        parts.append(f"{analyte}: {', '.join(said)}; {tested(result, analyte)}")
    return (
        f"Cumulative incidence of the first confirmed normalisation from {landmark(result)} on. "
        f"{'. '.join(parts)}. {' '.join(left(result))}"
    )


def tested(result: Result, analyte: str) -> str:
    """Gray's test of a panel in words, or why there is none."""
    for group in GROUPS:
        if course(result, analyte, group).empty:
            return f"Not tested: no {style.WORDS[group].lower()} left"
    test = result.table("incidence_test").set_index("analyte").loc[analyte]
    if test.p == test.p:
        return f"Gray's test {style.p_value(test.p)}"
    table = result.table("incidence")
    if table[table.analyte == analyte].incidence.max() == 0:
        return "Not tested: nobody normalised"
    return f"Not tested: {test.note[:1].lower()}{test.note[1:].rstrip('.')}"


def left(result: Result) -> list[str]:
    """Who is not in the curves, as sentences; at least one."""
    table = result.table("incidence")
    nobody, found, gone = [], [], []
    for analyte in dict.fromkeys(result.table("shares").analyte):
        part = table[table.analyte == analyte].groupby("group")[["n", "left"]].first()
        if part.empty:
            nobody.append(analyte)
        elif not part.n.any():
            found.append(
                f"{analyte}: all {counted(int(part.left.sum()), 'patient')} low at baseline had "
                f"left by {landmark(result)}."
            )
        else:
            each = (f"{int(part.left.get(g, 0)):,} {style.WORDS[g].lower()}" for g in GROUPS)
            gone.append(f"{analyte} {' and '.join(each)}")
    if nobody:
        found.append(
            f"{', '.join(nobody)}: nobody who can be judged was low at baseline in a trial with "
            "dated responses, so nobody can normalise."
        )
    if not gone:
        return found
    why = "they had normalised, progressed, stopped, died or had their last sample"
    return [f"Left out, because by {landmark(result)} {why}: {'; '.join(gone)}.", *found]
