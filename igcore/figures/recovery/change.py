"""Paired change: final value against baseline, as a ratio on a log axis and as a printed table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from igcore.analysis.result import Result, counted
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.recovery import footers
from igcore.figures.style import Ink

ROW = 42
PLOT = (0.24, 0.66)  # shares of the width: names before, numbers behind
TICKS = (0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10)


def change_figure(result: Result, *, dark: bool = False) -> go.Figure:
    """Geometric mean of final / baseline with 95 % limits per isotype, on a logarithmic axis."""
    colours = style.ink(dark)
    rows = result.table("change")
    drawing = Drawing(go.Figure(layout={"showlegend": False}))
    for place, row in enumerate(rows.itertuples()):
        _row(drawing, place, row, result, colours)
    for x, anchor, words in (
        (0.0, "left", "Isotype"),
        (0.21, "right", "Pairs"),
        (0.69, "left", "Ratio (95 % interval)"),
        (1.0, "right", "p, Holm"),
    ):
        _text(drawing, x, -0.85, f"<b>{words}</b>", colours.quiet, anchor=anchor, size=13)
    _axes(drawing, rows, colours)
    style.frame(
        drawing,
        footers.change(result),
        colours,
        title="Final value against baseline, within patients",
        inner=ROW * len(rows) + 34,
        top=76,
        below=84,
    )
    drawing.figure.update_layout(margin={"l": 8, "r": 16})
    return drawing.finished()


def _row(drawing: Drawing, place: int, row: object, result: Result, colours: Ink) -> None:
    own = style.colour(row.analyte, result, colours)
    _text(drawing, 0.0, place, f"<b>{style.plain(row.analyte)}</b>", colours.text)
    _text(drawing, 0.21, place, f"{row.n:,}", colours.text, anchor="right")
    _text(drawing, 0.69, place, ratio(row), colours.text)
    _text(drawing, 1.0, place, _bare(row.p_holm), colours.text, anchor="right")
    if row.ratio == row.ratio:
        known = row.ratio_lower == row.ratio_lower
        drawing.scatter(
            x=[row.ratio],
            y=[place],
            mode="markers",
            marker={"symbol": "square", "size": 12, "color": own},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [row.ratio_upper - row.ratio if known else 0],
                "arrayminus": [row.ratio - row.ratio_lower if known else 0],
                "color": own,
                "thickness": 2.2,
                "width": 6,
            },
            name=row.analyte,
            hovertemplate=f"<b>{row.analyte}</b>: {ratio(row)}<extra></extra>",
        )


def _text(
    drawing: Drawing,
    x: float,
    place: float,
    text: str,
    ink: str,
    *,
    anchor: str = "left",
    size: int = 15,
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
        font={"size": size, "color": ink},
    )


def _axes(drawing: Drawing, rows: pd.DataFrame, colours: Ink) -> None:
    """One in the middle, halves and doubles at like distances."""
    edges = np.array([*rows.get("ratio_lower", []), *rows.get("ratio_upper", []), 0.8, 1.25])
    edges = edges[np.isfinite(edges) & (edges > 0)]
    reach = float(1.06 * np.exp(np.abs(np.log(edges)).max()))
    ticks = [tick for tick in TICKS if 1 / reach <= tick <= reach]
    if len(ticks) > 6:
        close = (0.33, 0.67, 1.5, 3) if reach < 4 else (0.33, 0.67, 0.8, 1.25, 1.5, 3)
        ticks = [tick for tick in ticks if tick not in close]
    drawing.figure.update_xaxes(
        **style.axis(colours, type="log", tickvals=ticks, ticktext=[f"{t:g}" for t in ticks]),
        title_text="Final value ÷ baseline, geometric mean",
        title_standoff=8,
        domain=list(PLOT),
        range=[-np.log10(reach), np.log10(reach)],
        showline=True,
        fixedrange=True,
    )
    drawing.figure.update_yaxes(
        range=[len(rows) - 0.5, -1.3],
        showticklabels=False,
        showgrid=False,
        zeroline=False,
        ticks="",
        fixedrange=True,
    )
    line = {"width": 1.2, "color": colours.quiet, "dash": "dot"}
    drawing.shape(type="line", x0=1, x1=1, y0=-0.6, y1=len(rows) - 0.5, line=line, layer="below")


def ratio(row: object) -> str:
    """Geometric mean ratio with limits, or why there are none."""
    if not row.n or row.ratio != row.ratio:
        return "no pairs"
    if row.ratio_lower != row.ratio_lower:
        return f"{style.number(row.ratio, 2)}, no interval"
    return style.interval(row.ratio, row.ratio_lower, row.ratio_upper, 2)


def printed(result: Result) -> pd.DataFrame:
    """The paired change as a journal prints it: measures in rows, isotypes in columns, text."""
    columns = {row.analyte: _column(row) for row in result.table("change").itertuples()}
    return pd.DataFrame(columns)


def _column(row: object) -> dict[str, str]:
    def spread(name: str, digits: int) -> str:
        values = (getattr(row, name + end) for end in ("", "_q1", "_q3"))
        middle, low, high = (_minus(style.number(value, digits)) for value in values)
        return f"{middle} ({low} to {high})" if row.n else "-"

    limits = (row.shift_lower, row.shift_upper)
    shift = " to ".join(_minus(style.number(value, 2, "NE")) for value in limits)
    return {
        "Pairs": f"{row.n:,}",
        "Baseline, median (IQR), g/L": spread("baseline_g_per_l", 2),
        "Final value, median (IQR), g/L": spread("final_g_per_l", 2),
        "Change, median (IQR), g/L": spread("change_g_per_l", 2),
        "Change, median (IQR), %": spread("change_percent", 1),
        "Geometric mean ratio (95 %)": ratio(row),
        "Hodges-Lehmann shift (95 %), g/L": f"{_minus(style.number(row.shift_g_per_l, 2))} ({shift})"
        if row.shift_g_per_l == row.shift_g_per_l
        else "-",
        "Wilcoxon signed rank, p": _bare(row.p),
        "p, Holm-adjusted": _bare(row.p_holm),
    }


def _bare(p: float) -> str:
    words = style.p_value(p)
    return words.removeprefix("p = ").removeprefix("p ")


def _minus(text: str) -> str:
    """A typographic minus, and none before a zero; the sign of a missing number stays."""
    if text == "-" or not text.strip("-0."):
        return text if text == "-" else text.removeprefix("-")
    return text.replace("-", "\N{MINUS SIGN}")


def remarks(result: Result) -> list[str]:
    """What must be said beside the numbers, a sentence each."""
    rows = result.table("change")
    said = []
    bounded = [f"{row.analyte} {row.bounded:,}" for row in rows.itertuples() if row.bounded]
    if bounded:
        said.append(
            f'Pairs with a value beyond quantification: {", ".join(bounded)}; here "<x" counts '
            'as x/2 and ">x" as x, while the verdicts go by the bounds.'
        )
    said += [f"{row.analyte}: {row.note}" for row in rows.itertuples() if row.note]
    exact = [row.analyte for row in rows.itertuples() if row.exact]
    if exact:
        said.append(f"Exact distribution of the signed rank: {', '.join(exact)}.")
    return said


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    words = [
        f"{row.analyte}: {ratio(row)} in {counted(int(row.n), 'pair')}, "
        f"Holm-adjusted {style.p_value(row.p_holm)}"
        for row in result.table("change").itertuples()
    ]
    return f"Geometric mean ratio of final value to baseline. {'; '.join(words)}."
