"""Paired change: final value against baseline, as a ratio on a log axis and as a printed table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from igcore.analysis.result import Result, counted
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.forest import Cell, Forest, Mark, Row, reach_of
from igcore.figures.recovery.words import departing, final_words
from igcore.figures.style import Ink

ROW = 42
PLOT = (0.24, 0.66)  # shares of the width: names before, numbers behind
PAIRS, RATIO, P = 0.21, 0.69, 1.0  # where the columns of words stand
TICKS = (0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10)


def change_figure(result: Result, *, dark: bool = False) -> go.Figure:
    """Geometric mean of final / baseline with 95 % limits per isotype, on a logarithmic axis."""
    colours = style.ink(dark)
    rows = result.table("change")
    drawing = Drawing(go.Figure(layout={"showlegend": False}))
    edges = [*rows.get("ratio_lower", []), *rows.get("ratio_upper", []), 0.8, 1.25]
    reach = reach_of(edges, air=1.06, most=np.inf)
    look = {"reach": reach, "span": PLOT, "ticks": _ticks(reach), "capped": True}
    forest = Forest(drawing=drawing, colours=colours, **look)
    forest.rows(_row(place, row, result, colours) for place, row in enumerate(rows.itertuples()))
    forest.rows([_head(colours)])
    # One in the middle, halves and doubles at like distances.
    words = {"title_text": "Final value ÷ baseline, geometric mean", "title_standoff": 8}
    forest.ratio_axis(air=1.0, showgrid=None, **words)
    forest.places(-1.3, len(rows) - 0.5)
    forest.one(y0=-0.6, y1=len(rows) - 0.5)
    style.frame(
        drawing,
        result,
        colours,
        title="Final value against baseline, within patients",
        inner=ROW * len(rows) + 34,
        top=76,
        below=84,
        method=_method(result),
    )
    return drawing.finished(margin={"l": 8, "r": 16})


def _method(result: Result) -> str:
    return departing(
        f"Evaluable patients, all trials together. Final value: {final_words(result)}. Geometric mean "
        "of final value ÷ baseline with a 95 % t interval on the log scale; p of the Wilcoxon "
        "signed rank test, adjusted over the isotypes (Holm).",
        result,
    )


def _head(colours: Ink) -> Row:
    """What the columns of words are."""
    columns = (
        (0.0, "left", "Isotype"),
        (PAIRS, "right", "Pairs"),
        (RATIO, "left", "Ratio (95 % interval)"),
        (P, "right", "p, Holm"),
    )
    cells = [Cell(x, f"<b>{words}</b>", colours.quiet, on, size=13) for x, on, words in columns]
    return Row(-0.85, cells)


def _row(place: int, row: object, result: Result, colours: Ink) -> Row:
    own, text = style.colour(row.analyte, result, colours), colours.text
    cells = (
        Cell(0.0, f"<b>{style.plain(row.analyte)}</b>", text, size=15),
        Cell(PAIRS, f"{row.n:,}", text, "right", size=15),
        Cell(RATIO, ratio(row), text, size=15),
        Cell(P, style.bare_p(row.p_holm), text, "right", size=15),
    )
    mark = Mark(
        ratio=row.ratio,
        lower=row.ratio_lower,
        upper=row.ratio_upper,
        ink=own,
        marker={"symbol": "square", "size": 12},
        name=row.analyte,
        line=2.2,
        hover={"hovertemplate": f"<b>{row.analyte}</b>: {ratio(row)}<extra></extra>"},
    )
    return Row(place, cells, (mark,))


def _ticks(reach: float) -> list[float]:
    """Ticks in sight, fewer where they would stand close."""
    ticks = [tick for tick in TICKS if 1 / reach <= tick <= reach]
    if len(ticks) > 6:
        close = (0.33, 0.67, 1.5, 3) if reach < 4 else (0.33, 0.67, 0.8, 1.25, 1.5, 3)
        ticks = [tick for tick in ticks if tick not in close]
    return ticks


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
        "Wilcoxon signed rank, p": style.bare_p(row.p),
        "p, Holm-adjusted": style.bare_p(row.p_holm),
    }


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
