"""Responders against non-responders: shares improved, and beside them the odds ratio by trial."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go

from igcore.analysis.result import Result
from igcore.analysis.rule import INTERVALS
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.recovery import denominator
from igcore.figures.recovery import response_words as words
from igcore.figures.recovery.response_ratios import (
    SAID,
    Line,
    estimate,
    lines_of,
    ratio_axis,
    reach_of,
    write,
)
from igcore.figures.recovery.response_words import GROUPS
from igcore.figures.style import Ink
from igcore.figures.survival.curves import parameter

ROW = 52  # pixels of a trial: two bars, and two lines of words beside the odds ratio
SHARES, COUNTS = (0.0, 0.3), 0.312  # shares of the width: the bars, and the counts behind them
OFFSET = {"responder": -0.2, "non-responder": 0.2}


def responders_figure(result: Result, *, dark: bool = False, compact: bool = False) -> go.Figure:
    """Bars with exact 95 % limits and n/N; on the same rows odds ratios on a logarithmic axis.

    Bars carry `customdata` ["response", isotype, trial, group].
    """
    colours = style.ink(dark)
    lines = lines_of(result)
    drawing = Drawing(go.Figure(layout={"barmode": "overlay"}))
    for group in GROUPS:
        _bars(drawing, result, lines, group, colours)
        _counts(drawing, lines, group, colours)
    reach = reach_of(lines)
    for line in lines:
        estimate(drawing, line, reach, result, colours)
    inner = int((max((line.y for line in lines), default=0) + 1.15) * ROW)
    _heads(drawing, lines, colours)
    _axes(drawing, result, lines, colours)
    ratio_axis(drawing, reach, colours)
    style.frame(
        drawing,
        replace(result, method=_method(result)),
        colours,
        title="Improved by response",
        inner=inner,
        top=146,
        below=72,
        compact=compact,
    )
    return drawing.finished(legend=words.key(inner, colours))


def _method(result: Result) -> str:
    """The rule as the shares have it; the interval and the odds ratios are this figure's own."""
    rule = result.method.partition(INTERVALS[parameter(result, "interval") or "wilson"])[0]
    return (
        f"{rule}Exact (Clopper-Pearson) 95 % limits. Odds ratios: conditional with exact limits by "
        "trial; Mantel-Haenszel for all trials, whose shares are sums. Responders are sampled "
        "longer and must live to respond: an association, not an effect."
    )


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    parts = []
    for line in lines_of(result):
        row = line.row
        shares = ", ".join(
            f"{style.WORDS[group].lower()} {_counted(row, group)}" for group in GROUPS
        )
        ratio = words.ratio(line.ratio, line.lower, line.upper)
        name = style.name_of(row["trial"], result)
        parts.append(f"{row['analyte']}, {name}: {shares}, odds ratio {ratio}")
    return f"Share improved by response ({words.least(result)}). {'; '.join(parts)}."


def _counted(row: dict, group: str) -> str:
    column = group.replace("-", "_")
    n = row[f"{column}_n"]
    share = style.percent(row[f"{column}_share"])
    return f"{row[f'{column}_improved']} of {n} ({share})" if n else "no patients"


def _bars(drawing: Drawing, result: Result, lines: list[Line], group: str, colours: Ink) -> None:
    own, column = words.colour(group, colours), group.replace("-", "_")
    rows = [line.row for line in lines]
    where = np.array([line.y for line in lines]) + OFFSET[group]
    share, lower, upper = (
        100 * np.array([row[f"{column}_{name}"] for row in rows], float)
        for name in ("share", "lower", "upper")
    )
    points = {
        "customdata": [["response", row["analyte"], row["trial"], group] for row in rows],
        "hovertext": [_told(row, group, result) for row in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    drawing.bar(
        x=share,
        y=where,
        orientation="h",
        width=0.34,
        marker=_fill(group, own),
        error_x={
            **{"type": "data", "symmetric": False, "array": upper - share},
            **{"arrayminus": share - lower, "color": colours.text, "thickness": 1.5, "width": 4},
        },
        unselected={"marker": {"opacity": 0.45}},
        name=f"{style.WORDS[group]}: {_definition(group, result)}",
        **points,
    )
    # A bar of 0 % has no area: a click finds this point of no ink instead.
    drawing.scatter(
        x=share,
        y=where,
        mode="markers",
        marker={"size": 16, "color": own, "opacity": 0},
        selected={"marker": {"opacity": 1, "size": 9}},
        unselected={"marker": {"opacity": 0}},
        showlegend=False,
        name=f"{style.WORDS[group]}, to click",
        **points,
    )


def _fill(group: str, own: str) -> dict:
    """Plain for responders, hatched for the others: bars have no dash that a print would keep."""
    line = {"color": own, "width": 1.5}
    if group == "responder":
        return {"color": style.faint(own, 0.55), "line": line}
    hatched = {"shape": "/", "size": 5, "solidity": 0.35, "fgcolor": own}
    return {"color": style.faint(own, 0.12), "line": line, "pattern": hatched}


def _counts(drawing: Drawing, lines: list[Line], group: str, colours: Ink) -> None:
    """n/N and share in words beside the bars, smaller where the numbers are long."""
    column, own = group.replace("-", "_"), words.colour(group, colours)
    for line in lines:
        row, y = line.row, line.y + OFFSET[group]
        n, share = row[f"{column}_n"], style.percent(row[f"{column}_share"])
        if n:
            text = f"{row[f'{column}_improved']:,}/{n:,} ({share})"
            write(drawing, COUNTS, y, text, own, size=14 if len(text) < 19 else 12)
        else:
            write(drawing, COUNTS, y, "no patients", colours.quiet)


def _told(row: dict, group: str, result: Result) -> str:
    """What the reader's pointer finds at a bar."""
    column = group.replace("-", "_")
    lower, upper = (style.percent(row[f"{column}_{name}"]) for name in ("lower", "upper"))
    return (
        f"<b>{style.WORDS[group]}</b>, {row['analyte']}, {style.name_of(row['trial'], result)}<br>"
        f"{_counted(row, group)} improved<br>exact 95 % limits {lower} to {upper}"
    )


def _definition(group: str, result: Result) -> str:
    return f"{words.least(result)} at any time" if group == "responder" else "all others"


def _heads(drawing: Drawing, lines: list[Line], colours: Ink) -> None:
    """Isotypes above their rows, and what the columns of words are."""
    first: dict[str, float] = {}
    for line in lines:
        first.setdefault(line.row["analyte"], line.y)
    for place, (analyte, y) in enumerate(first.items()):
        write(drawing, 0.0, y - 0.73, f"<b>{analyte}</b>", colours.text, size=16)
        if place:
            drawing.shape(
                type="line",
                **{"xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": y - 1.05, "y1": y - 1.05},
                line={"width": 1, "color": colours.grid},
            )
    for x, text in ((COUNTS, "Improved/n (share)"), (SAID, "Odds ratio<br>(95 % limits)")):
        drawing.note(
            text=f"<b>{text}</b>",
            **{"xref": "paper", "yref": "paper", "x": x, "y": 1, "yshift": 4},
            **{"xanchor": "left", "yanchor": "bottom", "align": "left", "showarrow": False},
            font={"size": 13, "color": colours.quiet},
        )


def _axes(drawing: Drawing, result: Result, lines: list[Line], colours: Ink) -> None:
    drawing.figure.update_layout(
        xaxis=style.axis(
            colours,
            range=[0, 102],
            domain=list(SHARES),
            tickvals=[0, 25, 50, 75, 100],
            title={
                "text": style.wrap(f"Improved, % of the {denominator(result)}", 30),
                "standoff": 6,
            },
            fixedrange=True,
        )
    )
    # A little air between the names and the axis.
    names = [f"{words.trial_name(line.row['trial'], result)}\N{NO-BREAK SPACE}" for line in lines]
    last = max((line.y for line in lines), default=0)
    drawing.figure.update_yaxes(
        **style.rows(names, colours)
        | {"tickvals": [line.y for line in lines], "range": [last + 0.6, -0.55]},
        fixedrange=True,
    )
