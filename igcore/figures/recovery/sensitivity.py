"""Sensitivity: the share of the improved under every rule and denominator, the choice in sight."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from igcore.analysis.result import Result, counted
from igcore.analysis.rule import DENOMINATORS, FINALS, INTERVALS, Rule
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.recovery.words import departing
from igcore.figures.style import Ink

ROW = 23
LEFT = 0.2  # share of the width for the rules' names
GROUPS = {
    "treated": "Of all treated",
    "assessable": "Of the assessable",
    "evaluable": "Of the evaluable",
    "low": "Of the evaluable, low at baseline",
}


def sensitivity_figure(result: Result, *, dark: bool = False) -> go.Figure:
    """A column per isotype, a row per combination: dot, 95 % limits and n/N; the choice marked."""
    colours = style.ink(dark)
    table = result.table("sensitivity")
    names = list(dict.fromkeys(table.analyte))
    drawing = Drawing(go.Figure(layout={"showlegend": False}))
    for place, analyte in enumerate(names):
        rows = table[table.analyte == analyte].set_index(["denominator", "final"])
        wide = (1 - LEFT) / len(names)
        left = LEFT + place * wide
        axis = "" if place == 0 else str(place + 1)
        span = (left, left + wide - _room(table, len(names)))
        _column(drawing, axis, analyte, rows, result, colours)
        _axes(drawing, axis, span, result, colours)
        _head(drawing, span[0], 0, analyte, colours.text, 15)
        _head(drawing, span[1], 8, "n/N", colours.quiet, 12)
    _names(drawing, result, colours)
    style.frame(
        drawing,
        result,
        colours,
        title="Share improved under every rule",
        inner=ROW * len(lines()),
        top=124,
        below=60,
        method=_method(result),
    )
    style.line(drawing, key(result), 124 - 64, colours.quiet, size=13)
    return drawing.finished(margin={"l": 8, "r": 8})


def _method(result: Result) -> str:
    """What all rows share."""
    rise, limits = result.asked["rise"], result.asked["range"]
    limits = "normal range" if limits == "own" else f"normal range of {limits}"
    interval = INTERVALS[result.asked["interval"]]
    return departing(
        f"In every row, improved is a rise of at least {rise:g} % over baseline and a final "
        f"value within the {limits}; rows differ in which value is the final one and in who the "
        f"share is out of. {interval} 95 % interval; shares are crude (sum over trials).",
        result,
    )


def _room(table: pd.DataFrame, columns: int) -> float:
    """The share of the plots' width that the longest n/N takes, on a narrow page."""
    longest = max((len(counts(row)) for row in table.itertuples()), default=0)
    return min((7.0 * longest + 30) / 660, 0.6 / max(columns, 1))


def _column(
    drawing: Drawing, axis: str, analyte: str, rows: pd.DataFrame, result: Result, colours: Ink
) -> None:
    """Dots of one isotype; those of no patients have none."""
    own, mine = style.colour(analyte, result, colours), chosen(result)
    drawn = [(i, line, rows.loc[line]) for i, line in enumerate(lines()) if line[1]]
    for i, line, row in drawn:
        bold = line == mine
        text = f"<b>{counts(row)}</b>" if bold else counts(row)
        _count(drawing, axis, i, text, colours.text if bold or row.n else colours.quiet)
    full = [(i, line, row) for i, line, row in drawn if row.n]
    drawing.scatter(
        **_dots(full, own, mine, colours),
        hovertext=[
            f"<b>{analyte}</b>, {final_label(line[1], result)}<br>{GROUPS[line[0]]}<br>"
            f"{counts(row)} = {with_limits(row)}"
            for _, line, row in full
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        name=analyte,
        xaxis=f"x{axis}",
        yaxis=f"y{axis}",
    )


def _dots(full: list[tuple], own: str, mine: tuple[str, str] | None, colours: Ink) -> dict:
    """Places, limits and looks of (row's place, combination, row): the choice is a diamond."""
    share, lower, upper = (
        [100 * row[name] for *_, row in full] for name in ("share", "lower", "upper")
    )
    chosen_ = [line == mine for _, line, _ in full]
    return {
        "x": share,
        "y": [place for place, *_ in full],
        "mode": "markers",
        "cliponaxis": False,
        "marker": {
            "color": [own if here else colours.quiet for here in chosen_],
            "opacity": 1,
            "line": {"width": 0},
            "size": [12 if here else 6 for here in chosen_],
            "symbol": ["diamond" if here else "circle" for here in chosen_],
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [high - at for high, at in zip(upper, share, strict=True)],
            "arrayminus": [at - low for low, at in zip(lower, share, strict=True)],
            "color": colours.quiet,
            "thickness": 1.5,
            "width": 0,
        },
    }


def _count(drawing: Drawing, axis: str, place: int, text: str, ink: str) -> None:
    """n/N behind the plot of its column."""
    drawing.note(
        text=text,
        xref=f"x{axis} domain",
        yref=f"y{axis}",
        x=1,
        y=place,
        xanchor="left",
        xshift=8,
        showarrow=False,
        font={"size": 12, "color": ink},
    )


def _head(drawing: Drawing, x: float, shift: float, text: str, ink: str, size: int) -> None:
    drawing.note(
        text=f"<b>{style.plain(text)}</b>",
        xref="paper",
        yref="paper",
        x=x,
        y=1,
        xshift=shift,
        yshift=4,
        xanchor="left",
        yanchor="bottom",
        showarrow=False,
        font={"size": size, "color": ink},
    )


def _axes(
    drawing: Drawing,
    axis: str,
    span: tuple[float, float],
    result: Result,
    colours: Ink,
) -> None:
    """Percent on one scale in all columns."""
    most = result.table("sensitivity").upper.max()
    most = 100.0 if most != most or most > 0.55 else (60.0 if most > 0.25 else 30.0)
    drawing.figure.update_layout(
        {
            f"xaxis{axis}": style.axis(
                colours,
                domain=list(span),
                range=[-most / 60, most * 1.02],
                dtick=most / 2 if most != 60 else 20,
                anchor=f"y{axis}",
                title={"text": "Improved, %", "standoff": 4},
                tickfont={"size": 12, "color": colours.text},
                title_font={"size": 13, "color": colours.text},
                fixedrange=True,
            ),
            f"yaxis{axis}": style.rows([""] * len(lines()), colours)
            | {"anchor": f"x{axis}", "fixedrange": True, "showticklabels": False},
        }
    )


def _names(drawing: Drawing, result: Result, colours: Ink) -> None:
    """Names of the rows at the left, and a band behind the page's own rule."""
    mine = chosen(result)
    for place, line in enumerate(lines()):
        denominator, final = line
        text = f"<b>{GROUPS[denominator]}</b>" if not final else final_label(final, result)
        drawing.note(
            text=f"<b>{text}</b>" if line == mine else text,
            xref="paper",
            yref="y",
            x=0,
            y=place,
            xanchor="left",
            xshift=14 if final else 0,
            showarrow=False,
            font={"size": 13, "color": colours.text},
        )
    if mine in lines():
        place = lines().index(mine)
        drawing.shape(
            type="rect",
            xref="paper",
            yref="y",
            x0=-1,
            x1=1.1,
            y0=place - 0.48,
            y1=place + 0.48,
            fillcolor=colours.band,
            line={"width": 0},
            layer="below",
        )


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    return f"Share improved under every rule and denominator. {' '.join(spread(result))}"


def lines() -> list[tuple[str, str]]:
    """(denominator, final) from top to bottom; a group's heading has no final."""
    return [(denominator, final) for denominator in DENOMINATORS for final in ("", *FINALS)]


def counts(row: object) -> str:
    """Improved and all: "124/234"."""
    return f"{row.improved:,}/{row.n:,}"


def with_limits(row: object) -> str:
    """A share with its limits: "53.0 % (46.6 to 59.3)"."""
    return f"{style.percent(row.share)} ({100 * row.lower:.1f} to {100 * row.upper:.1f})"


def chosen(result: Result) -> tuple[str, str] | None:
    """(denominator, final) of the page; None if it counts missing values, which no row here does."""
    if result.asked.get("missing") == "not-improved":
        return None
    return result.asked["denominator"], result.asked["final"]


def final_label(final: str, result: Result) -> str:
    """A rule's name in a row."""
    rule = Rule.asked(result.asked)
    return {
        "last": "Last on treatment",
        "best": "Best",
        "confirmed": "Confirmed by two",
        "month": f"At month {rule.month:g} ± {rule.window:g} d",
    }[final]


def key(result: Result) -> str:
    """Which row is the page's own."""
    if chosen(result) in lines():
        return "◆ and the band: the rule of this page; lines: 95 % intervals"
    return (
        "Lines: 95 % intervals; missing values are left out here, while this page counts them as "
        "not improved"
    )


def spread(result: Result) -> list[str]:
    """How far the rules disagree, a sentence per isotype."""
    table, mine, said = result.table("sensitivity"), chosen(result), []
    for analyte, rows in table.groupby("analyte", sort=False):
        known = rows[rows.n > 0]
        if known.empty:
            said.append(f"{analyte}: no rule has a patient to judge.")
            continue
        words = _extent(known) + (
            f" ({len(rows) - len(known)} more have no patient)" if len(known) < len(rows) else ""
        )
        own = rows[(rows.denominator + " " + rows.final) == " ".join(mine or ())]
        for row in own.itertuples():
            words += "; by the rule of this page " + (
                f"{style.percent(row.share)} ({counts(row)})" if row.n else "nobody is judged"
            )
        said.append(f"{analyte}: {words}.")
    return said


def _extent(rows: pd.DataFrame) -> str:
    low, high = rows.loc[rows.share.idxmin()], rows.loc[rows.share.idxmax()]
    if low.share == high.share:
        return f"{style.percent(low.share)} over {counted(len(rows), 'combination')}"
    return (
        f"between {style.percent(low.share)} ({counts(low)}) and {style.percent(high.share)} "
        f"({counts(high)}) over {len(rows)} combinations"
    )


def printed(result: Result) -> pd.DataFrame:
    """Every combination as text, isotypes in columns: "124/234 = 53.0 % (46.6 to 59.3)"."""
    table = result.table("sensitivity")
    found = [
        {
            "Out of": GROUPS[row.denominator],
            "Final value": final_label(row.final, result),
            "analyte": row.analyte,
            "text": f"{counts(row)} = {with_limits(row)}" if row.n else "0/0",
        }
        for row in table.itertuples()
    ]
    if not found:
        return pd.DataFrame(columns=["Out of", "Final value"])
    wide = pd.DataFrame(found).pivot(
        index=["Out of", "Final value"], columns="analyte", values="text"
    )
    order = [(GROUPS[row], final_label(final, result)) for row, final in lines() if final]
    wide.columns.name = None
    return wide.reindex(order).reset_index()
