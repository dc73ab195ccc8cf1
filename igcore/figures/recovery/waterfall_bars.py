"""Bars of the waterfall: one per patient, or a profile of equal steps where there are many."""

from __future__ import annotations

import numpy as np
import pandas as pd

from igcore.analysis.rule import VERDICTS
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.style import Ink

MOST, STEPS = 2000, 200  # bars of an isotype that a browser draws at ease; bars of the profile
LABELLED = 24  # bars that leave room for a number over each


def percent(change: float, operator: object = None) -> str:
    """A change as printed: "+57.1 %", or a bound of it, "≥ +1340 %"."""
    sign = {">=": "≥ ", "<=": "≤ "}.get(operator, "")
    digits = 0 if abs(change) >= 1000 else 1
    return f"{sign}{change:+.{digits}f} %".replace("-", "\N{MINUS SIGN}")


def whole_percent(change: float) -> str:
    """A round change as printed: "+25 %"."""
    return f"{change:+g} %".replace("-", "\N{MINUS SIGN}") if change else "0 %"


def known(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows whose change is a number."""
    return rows[rows.change_percent.notna()]


def alone(rows: pd.DataFrame) -> bool:
    """Whether every patient of an isotype has a bar of their own."""
    return len(known(rows)) <= MOST


def count(rows: pd.DataFrame) -> int:
    """How many bars an isotype has."""
    return len(known(rows)) if alone(rows) else STEPS


def labelled(rows: pd.DataFrame) -> bool:
    """Whether a capped bar of an isotype has its value over it."""
    return len(rows) <= LABELLED


def hollow(rows: pd.DataFrame) -> bool:
    """Whether any bar of any isotype is drawn hollow, because its change is a bound."""
    bounds = rows[rows.change_operator.notna()].analyte.unique()
    return any(alone(rows[rows.analyte == analyte]) for analyte in bounds)


def draw(drawing: Drawing, rows: pd.DataFrame, own: dict, cap: float, colours: Ink) -> None:
    """The known changes of one isotype.

    Args:
        rows: of the table waterfall, the greatest change first.
        own: names of the axes.
        cap: percent at which bars end.
    """
    (_bars if alone(rows) else _profile)(drawing, known(rows), own, cap, colours)


def changes(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Changes with their bounds."""
    return rows.change_percent, rows.change_operator


def _bars(drawing: Drawing, rows: pd.DataFrame, own: dict, cap: float, colours: Ink) -> None:
    """One bar per patient in one trace, so that a bar is found by its place alone."""
    inks = [style.verdict_colour(verdict, colours) for verdict in rows.verdict]
    bound = rows.change_operator.notna().tolist()
    places = np.arange(1, len(rows) + 1)
    drawing.bar(
        x=places,
        y=rows.change_percent.clip(upper=cap),
        width=0.84 if len(rows) <= 120 else 1.0,
        marker={
            "color": [
                colours.ground if open_end else ink
                for ink, open_end in zip(inks, bound, strict=True)
            ],
            "line": {"color": inks, "width": [1.6 if open_end else 0 for open_end in bound]},
        },
        customdata=[
            ["patient", int(key), analyte]
            for key, analyte in zip(rows.patient_key, rows.analyte, strict=True)
        ],
        hovertext=[_hover(row) for row in rows.itertuples()],
        hovertemplate="%{hovertext}<extra></extra>",
        name=rows.analyte.iloc[0] if len(rows) else "",
        showlegend=False,
        **own,
    )
    _caps(drawing, places, rows, own, cap, inks)


def _hover(row: object) -> str:
    change = percent(row.change_percent, row.change_operator)
    return (
        f"<b>{style.plain(row.patient)}</b>, {style.plain(row.trial)}"
        f"<br>{row.analyte} {change}<br>{VERDICTS[row.verdict].capitalize()}"
    )


def _caps(
    drawing: Drawing,
    places: np.ndarray,
    rows: pd.DataFrame,
    own: dict,
    cap: float,
    inks: list[str],
) -> None:
    """A mark over every capped bar, with its value where there is room."""
    beyond = (rows.change_percent > cap).to_numpy()
    if not beyond.any():
        return
    roomy = labelled(rows)
    drawing.scatter(
        x=places[beyond],
        y=[cap] * int(beyond.sum()),
        mode="markers+text" if roomy else "markers",
        text=[percent(*pair) for pair in zip(*changes(rows[beyond]), strict=True)],
        textposition="top center",
        textfont={"size": 12},
        marker={
            "symbol": "triangle-up",
            "size": 9 if len(rows) <= 400 else 6,
            "color": [ink for ink, over in zip(inks, beyond, strict=True) if over],
        },
        cliponaxis=False,
        hoverinfo="skip",
        name="above the cap",
        showlegend=False,
        **own,
    )


def _profile(drawing: Drawing, rows: pd.DataFrame, own: dict, cap: float, colours: Ink) -> None:
    """Steps of equally many patients: height is their median, colours are shares of verdicts."""
    edges = np.linspace(0, len(rows), STEPS + 1).round().astype(int)
    step = np.repeat(np.arange(STEPS), np.diff(edges))
    change = rows.change_percent.groupby(step).median()
    height = change.clip(upper=cap)
    drawn = pd.DataFrame({"change_percent": change, "change_operator": None})
    _caps(drawing, np.arange(1, STEPS + 1), drawn, own, cap, [colours.text] * STEPS)
    for verdict in VERDICTS:
        n = pd.Series(step[rows.verdict == verdict]).value_counts().sort_index()
        if n.empty:
            continue
        share = n / np.diff(edges)[n.index]
        words = [f"{i:,} of {of:,}" for i, of in zip(n, np.diff(edges)[n.index], strict=True)]
        drawing.bar(
            x=n.index + 1,
            y=height[n.index] * share,
            width=1.0,
            marker={"color": style.verdict_colour(verdict, colours), "line": {"width": 0}},
            customdata=[
                ["step", rows.analyte.iloc[0], verdict, int(edges[i]), int(edges[i + 1])]
                for i in n.index
            ],
            hovertext=[
                f"{rows.analyte.iloc[0]}, step {i + 1} of {STEPS}: median {percent(change[i])}"
                f"<br>{VERDICTS[verdict].capitalize()}: {word}"
                for i, word in zip(n.index, words, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            name=VERDICTS[verdict],
            showlegend=False,
            **own,
        )
