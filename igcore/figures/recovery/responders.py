"""Responders against non-responders: shares improved, and beside them the odds ratio by trial."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from igcore.analysis.recovery import counted_words
from igcore.analysis.recovery.counts import POOLED
from igcore.analysis.result import Result
from igcore.analysis.rule import Rule
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.forest import Cell, Forest, Mark, Row, reach_of, write
from igcore.figures.recovery import response_words as words
from igcore.figures.recovery.response_words import GROUPS
from igcore.figures.recovery.words import denominator
from igcore.figures.style import Ink

ROW = 52  # pixels of a trial: two bars, and two lines of words beside the odds ratio
SHARES, COUNTS = (0.0, 0.3), 0.312  # shares of the width: the bars, and the counts behind them
RATIOS, SAID = (0.52, 0.73), 0.75  # the plot of odds ratios, and the words behind it
WIDEST = 100.0  # odds ratios beyond 1/100 to 100 end in an arrow
OFFSET = {"responder": -0.2, "non-responder": 0.2}


@dataclass(frozen=True)
class Line:
    """A row of the figure: one trial of an isotype, or all of them, with its odds ratio.

    `ratio`, `lower` and `upper` are exact for a trial and Mantel-Haenszel for all trials.
    """

    y: float
    row: dict
    ratio: float
    lower: float
    upper: float
    p: str

    @property
    def whole(self) -> bool:
        return self.row["trial"] == POOLED


def _lines(result: Result) -> list[Line]:
    """Rows from top to bottom, isotypes apart."""
    pooled = result.table("stratified").set_index("analyte")
    lines: list[Line] = []
    y, before = -0.55, None
    for row in words.compared(result).to_dict("records"):
        y += 1 if row["analyte"] == before else 1.6 if before else 1.25
        before = row["analyte"]
        if row["trial"] == POOLED:
            one = pooled.loc[before]
            p = f"CMH {style.p_value(one.cmh_p)}"
            lines.append(Line(y, row, one.odds_ratio, one.lower, one.upper, p))
        else:
            p = f"Fisher {style.p_value(row['p'])}"
            lines.append(Line(y, row, row["odds_ratio"], row["lower"], row["upper"], p))
    return lines


def responders_figure(result: Result, *, dark: bool = False, compact: bool = False) -> go.Figure:
    """Bars with exact 95 % limits and n/N; on the same rows odds ratios on a logarithmic axis.

    Bars carry `customdata` ["response", isotype, trial, group].
    """
    colours = style.ink(dark)
    lines = _lines(result)
    drawing = Drawing(go.Figure(layout={"barmode": "overlay"}))
    for group in GROUPS:
        _bars(drawing, result, lines, group, colours)
        _counts(drawing, lines, group, colours)
    forest = _forest(drawing, lines, colours)
    forest.rows(_ratio(line, result, colours) for line in lines)
    inner = int((max((line.y for line in lines), default=0) + 1.15) * ROW)
    _heads(drawing, lines, colours)
    forest.heads(
        [(COUNTS, "left", "Improved/n (share)"), (SAID, "left", "Odds ratio<br>(95 % limits)")],
        yshift=4,
    )
    _axes(drawing, result, lines, colours)
    forest.ratio_axis(air=1.06, anchor="y")
    forest.one(xref="x2", yref="paper", y0=0, y1=1)
    left, right = "← more often in<br>non-responders", "more often in →<br>responders"
    forest.sides(left, right, yshift=-26)
    style.frame(
        drawing,
        result,
        colours,
        title="Improved by response",
        inner=inner,
        top=146,
        below=72,
        compact=compact,
        method=_method(result),
    )
    return drawing.finished(legend=words.key(inner, colours))


def _method(result: Result) -> str:
    """The rule as the shares have it; the interval and the odds ratios are this figure's own."""
    asked = result.asked
    rule = Rule.asked(asked)
    counted = counted_words(rule, asked["denominator"], asked.get("missing", ""))
    return (
        f"{counted} Exact (Clopper-Pearson) 95 % limits. Odds ratios: conditional with exact limits by "
        "trial; Mantel-Haenszel for all trials, whose shares are sums. Responders are sampled "
        "longer and must live to respond: an association, not an effect."
    )


def _forest(drawing: Drawing, lines: list[Line], colours: Ink) -> Forest:
    edges = [v for line in lines for v in (line.ratio, line.lower, line.upper)]
    reach = reach_of(edges, air=1.15, least=5.0, most=WIDEST)
    ticks = (0.01, 0.1, 1, 10, 100) if reach > 10 else (0.2, 0.5, 1, 2, 5)
    place = {"reach": reach, "span": RATIOS, "ticks": ticks, "axis": "2"}
    return Forest(drawing=drawing, colours=colours, **place, arrow=11, named=True)


def _ratio(line: Line, result: Result, colours: Ink) -> Row:
    """The odds ratio of a row, a diamond for all trials, and its numbers in words."""
    said = words.ratio(line.ratio, line.lower, line.upper)
    if math.isnan(line.ratio):
        why = words.unknown(line.row) if not line.whole else "no trial compares"
        return Row(line.y, (Cell(SAID, f"{said}<br>{why}", colours.quiet, align="left"),))
    bold = f"<b>{said}</b>" if line.whole else said
    # At 0 and infinity Mantel-Haenszel has no limits; the arrow says where the estimate is.
    low, high = (line.ratio if math.isnan(limit) else limit for limit in (line.lower, line.upper))
    mark = Mark(
        ratio=line.ratio,
        lower=low,
        upper=high,
        ink=colours.text,
        marker={"symbol": "diamond", "size": 15}
        if line.whole
        else {"symbol": "square", "size": 11},
        name=f"{line.row['analyte']}, {style.name_of(line.row['trial'], result)}",
    )
    cell = Cell(SAID, f"{bold}<br>{line.p}", colours.text, align="left")
    return Row(line.y, (cell,), (mark,))


def _write(drawing: Drawing, x: float, y: float, text: str, ink: str, *, size: int = 14) -> None:
    write(drawing, Cell(x, text, ink, size=size, align="left"), y)


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    parts = []
    for line in _lines(result):
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
    ends = {"array": upper - share, "arrayminus": share - lower}
    limits = {"type": "data", "symmetric": False, **ends}
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
        error_x=limits | {"color": colours.text, "thickness": 1.5, "width": 4},
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
            _write(drawing, COUNTS, y, text, own, size=14 if len(text) < 19 else 12)
        else:
            _write(drawing, COUNTS, y, "no patients", colours.quiet)


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
    """Isotypes above their rows."""
    first: dict[str, float] = {}
    for line in lines:
        first.setdefault(line.row["analyte"], line.y)
    for place, (analyte, y) in enumerate(first.items()):
        _write(drawing, 0.0, y - 0.73, f"<b>{analyte}</b>", colours.text, size=16)
        if place:
            drawing.shape(
                type="line",
                xref="paper",
                x0=0,
                x1=1,
                yref="y",
                y0=y - 1.05,
                y1=y - 1.05,
                line={"width": 1, "color": colours.grid},
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
