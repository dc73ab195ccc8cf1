"""Survival curves in journal form: bands, censor ticks and the table at risk on the same axis."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from igcore.analysis.result import Result
from igcore.figures import style
from igcore.figures.style import Ink

ROW = 21  # pixels of one line of the table or the legend
STEPS = 2_000  # more are not visible on a screen
LINES = (("at_risk", "At risk"), ("censored", "Censored"), ("events", "Events"))


def survival_figure(result: Result, *, dark: bool = False, compact: bool = False) -> go.Figure:
    """Curves above their risk table (KMunicate, BMJ Open 2019;9:e030215).

    Args:
        compact: at risk only and a lower plot, for the overview.
    """
    colours = style.ink(dark)
    groups = [str(name) for name in result.table("groups").group]
    lines = LINES[:1] if compact else LINES
    rows = len(groups) * (len(lines) + 1) if not compact else len(groups) + 1
    plot, below = (300 if compact else 430), rows * ROW + 16
    head = 72 + ROW * (len(groups) + _words(result, compact).count("<br>") + 1)
    inner = plot + below + 52
    figure = make_subplots(
        rows=2,
        cols=1,
        shared_xaxes=True,
        row_heights=[plot, below],
        vertical_spacing=52 / inner,
    )
    for group in groups:
        _curve(figure, result, group, colours)
    _table(figure, result, groups, lines, colours)
    _axes(figure, result, colours, rows)
    style.frame(
        figure,
        result,
        colours,
        title=result.title,
        inner=inner,
        top=head,
        below=24,
        compact=compact,
    )
    _key(figure, result, groups, colours, head, compact=compact)
    return figure


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    groups = [
        f"{style.name_of(row.group, result)}: {row.n} patients, {row.events} events, median "
        f"{style.interval(row.median, row.median_lower, row.median_upper)} months"
        for row in result.table("groups").itertuples()
    ]
    return f"{result.title}. {'; '.join(groups)}. {_test_words(result)}"


def drawn(curve: pd.DataFrame) -> pd.DataFrame:
    """The rows that are drawn: every drop of a short curve, a visible selection of a long one."""
    if len(curve) <= STEPS:
        return curve
    drops = curve.survival.diff().fillna(-1) != 0
    kept = curve[drops | (np.arange(len(curve)) == len(curve) - 1)]
    every = int(np.ceil(len(kept) / STEPS))
    return kept.iloc[np.unique([*range(0, len(kept), every), len(kept) - 1])]


def _curve(figure: go.Figure, result: Result, group: str, colours: Ink) -> None:
    """Band, steps and censor ticks of one group."""
    own, name = style.colour(group, result, colours), style.name_of(group, result)
    full = result.table("curve")
    full = full[full.group == group]
    curve = drawn(full)
    _band(figure, curve[curve.lower.notna()], own, name)
    figure.add_scatter(
        x=curve.month,
        y=curve.survival,
        mode="lines",
        line={"width": 3, "shape": "hv", "color": own, "dash": style.dash(group, result)},
        name=name,
        customdata=np.stack([curve.lower, curve.upper], axis=1),
        hovertemplate="<b>%{fullData.name}</b><br>month %{x:.1f}<br>survival %{y:.3f} "
        "(%{customdata[0]:.3f} to %{customdata[1]:.3f})<extra></extra>",
        showlegend=False,
        row=1,
        col=1,
    )
    ticks = drawn(_censored(full))
    figure.add_scatter(
        x=ticks.month,
        y=ticks.survival,
        mode="markers",
        marker={"symbol": "line-ns", "size": 9, "line": {"width": 1.5, "color": own}, "color": own},
        name=f"{name}, censored",
        hoverinfo="skip",
        showlegend=False,
        row=1,
        col=1,
    )


def _band(figure: go.Figure, band: pd.DataFrame, own: str, name: str) -> None:
    """The pointwise interval, between an upper and a lower line of no width."""
    for bound, fill in (("upper", None), ("lower", "tonexty")):
        figure.add_scatter(
            x=band.month,
            y=band[bound],
            mode="lines",
            line={"width": 0, "shape": "hv", "color": own},
            fill=fill,
            fillcolor=style.faint(own),
            hoverinfo="skip",
            showlegend=False,
            name=f"{name}, {bound} limit",
            row=1,
            col=1,
        )


def _censored(curve: pd.DataFrame) -> pd.DataFrame:
    """Rows at which the curve does not drop: somebody was censored there."""
    return curve[(curve.survival.diff() == 0) & (curve.month > 0)]


def _table(figure: go.Figure, result: Result, groups: list[str], lines, colours: Ink) -> None:
    """Counts as text on the curve's own axis, rows in the colours of their curves."""
    risk, short = result.table("risk"), len(lines) == 1
    labels = [f'<span style="color:{colours.text}"><b>At risk</b></span>'] if short else []
    for group in groups:
        own = style.colour(group, result, colours)
        heading = f'<span style="color:{own}"><b>{style.name_of(group, result)}</b></span>'
        if not short:
            labels.append(heading)
        for column, words in lines:
            part = risk[risk.group == group]
            figure.add_scatter(
                x=part.month,
                y=np.full(len(part), float(len(labels))),
                mode="text",
                text=[f"{n:,}" for n in part[column]],
                textfont={"size": 14, "color": own},
                cliponaxis=False,
                hoverinfo="skip",
                showlegend=False,
                name=f"{style.name_of(group, result)}, {words.lower()}",
                row=2,
                col=1,
            )
            labels.append(heading if short else words)
    figure.update_yaxes(row=2, col=1, **style.rows(labels, colours))


def _axes(figure: go.Figure, result: Result, colours: Ink, rows: int) -> None:
    months = result.table("risk").month
    step = float(months[months > 0].min()) if (months > 0).any() else 1.0
    last = float(result.table("curve").month.max())
    reach = [-0.035 * last, last * 1.03]
    figure.update_xaxes(
        **style.axis(colours, tick0=0, dtick=step, range=reach, showgrid=False, fixedrange=True)
    )
    figure.update_xaxes(
        row=1, col=1, showticklabels=True, title_text=x_label(result), title_standoff=6
    )
    figure.update_xaxes(row=2, col=1, showticklabels=False, ticks="", showline=False)
    figure.update_yaxes(
        row=1,
        col=1,
        **style.axis(colours, range=[0, 1.02], dtick=0.25, fixedrange=True),
        tickformat=".2f",
        title_text="Survival probability",
    )
    figure.update_yaxes(row=2, col=1, fixedrange=True)


def x_label(result: Result) -> str:
    """What month 0 is."""
    landmark = _parameter(result, "landmark")
    if landmark and landmark != "0":
        return f"Months from the {landmark}-month landmark"
    return "Months from the start"


def _parameter(result: Result, name: str) -> str | None:
    pairs = [pair.split("=", 1) for pair in result.query.partition("?")[2].split("&")]
    return next((value for key, value in pairs if key == name), None)


def _key(
    figure: go.Figure, result: Result, groups: list[str], colours: Ink, head: int, *, compact: bool
) -> None:
    """Key, medians and test above the plot, where they cannot cover a curve."""
    facts = {row.group: row for row in result.table("groups").itertuples()}
    for place, group in enumerate(groups):
        row = facts[group]
        own = style.colour(group, result, colours)
        top = head - 64 - place * ROW
        figure.add_shape(
            type="line",
            xref="paper",
            yref="paper",
            xsizemode="pixel",
            ysizemode="pixel",
            xanchor=0,
            yanchor=1,
            x0=0,
            x1=34,
            y0=top - 11,
            y1=top - 11,
            line={"color": own, "width": 3, "dash": style.dash(group, result)},
        )
        median = style.interval(row.median, row.median_lower, row.median_upper)
        if compact:
            median = style.number(row.median, 1, style.NOT_REACHED)
        words = f"n = {row.n:,}, {row.events:,} events, median {median}"
        words += "" if median == style.NOT_REACHED else " months"
        name = f'<span style="color:{own}"><b>{style.name_of(group, result)}</b></span>'
        style.line(figure, f"{name}: {words}", top, colours.text, left=42)
    top = head - 64 - len(groups) * ROW
    style.line(
        figure, _words(result, compact), top, colours.stamp if result.banner else colours.text
    )


def _words(result: Result, compact: bool) -> str:
    """The comparison in words, or the banner in its place, broken into lines."""
    words = _test_words(result, compact=compact)
    lines = style.wrap(words, 54 if compact else 84)
    return (
        f"{lines}<br><b>{style.wrap(result.banner, 52 if compact else 78)}</b>"
        if (result.banner)
        else lines
    )


def _test_words(result: Result, *, compact: bool = False) -> str:
    """Hazard ratios and the main test in one line; for "ever" the reason why there are none."""
    if result.banner:
        return "No hazard ratio and no p-value: descriptive only."
    words = []
    for row in result.table("comparison").itertuples():
        group, reference = (style.name_of(g, result) for g in (row.group, row.reference))
        pair = "" if compact and len(result.table("groups")) == 2 else f"{group} v {reference}: "
        estimable = row.hazard_ratio == row.hazard_ratio
        ratio = style.interval(row.hazard_ratio, row.hr_lower, row.hr_upper, 2)
        words.append(f"{pair}HR {ratio}" if estimable else f"{group}: HR not estimable")
    for row in result.table("test").head(1).itertuples():
        words.append(f"{row.name} {style.p_value(row.p)}")
    return "; ".join(words)
