"""Forest plot: hazard ratios in all, by trial and by subgroup, with counts and interaction."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from igcore.analysis.result import Result
from igcore.analysis.survival.subgroups import KINDS
from igcore.definitions import SEX_ADJECTIVES
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.forest import WIDEST, Cell, Forest, Mark, Row, reach_of
from igcore.figures.style import Ink

ROW = 25  # pixels of a line
PLOT = (0.45, 0.73)  # shares of the width: names and counts before, numbers behind
GROUP, REFERENCE, RATIO, TEST = 0.25, 0.435, 0.745, 1.0  # where the columns of words stand
HEADINGS = {"trial": "Trial", **KINDS}


def forest_figure(result: Result, *, dark: bool = False) -> go.Figure:
    """Squares with 95 % limits on a logarithmic axis, a diamond for all patients."""
    colours = style.ink(dark)
    rows = _rows(result, colours)
    drawing = Drawing(go.Figure())
    known = result.table("forest")
    forest = Forest(
        drawing=drawing,
        colours=colours,
        reach=reach_of([*known.hr_lower, *known.hr_upper, 0.5, 2.0], air=1.08, most=WIDEST),
        span=PLOT,
    )
    forest.rows(rows)
    group, reference = (_short(name) for name in _names(result))
    forest.heads(
        [
            (GROUP, "right", f"{group}<br>events/n"),
            (REFERENCE, "right", f"{reference}<br>events/n"),
            (RATIO, "left", "Hazard ratio<br>(95 % interval)"),
            (TEST, "right", "Inter-<br>action"),
        ]
    )
    forest.ratio_axis()
    forest.places(-0.6, len(rows) - 0.4)
    forest.one()
    forest.sides(f"← favours {group}", f"favours {reference} →", yshift=-28, align=False)
    inner = ROW * len(rows) + 14
    style.frame(drawing, result, colours, title=result.title, inner=inner, top=116, below=88)
    return drawing.finished(margin={"l": 8, "r": 16})


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    words = [
        f"{_label(row, result) or 'All patients'}: "
        f"{style.interval(row['hazard_ratio'], row['hr_lower'], row['hr_upper'], 2)}"
        if row["hazard_ratio"] == row["hazard_ratio"]
        else f"{_label(row, result) or 'All patients'}: not estimable"
        for row in result.table("forest").to_dict("records")
    ]
    return f"{result.title}. Hazard ratios with 95 % limits: {'; '.join(words)}."


def _label(row: dict, result: Result) -> str:
    """Name of the line, with the group compared where there are several."""
    several = result.table("forest").group.nunique() > 1
    name = style.name_of(row["group"], result)
    label = SEX_ADJECTIVES.get(row["label"], row["label"]) if row["kind"] == "sex" else row["label"]
    label = style.plain(label if len(label) <= 16 else f"{label[:15]}…")
    if not several:
        return label
    return f"{label}: {name}" if label else name


def _rows(result: Result, colours: Ink) -> list[Row]:
    """Estimates from top to bottom, each kind of subgroup under its heading and interaction."""
    tests = {row.kind: row for row in result.table("interactions").itertuples()}
    rows, kind = [], "all"
    for row in result.table("forest").to_dict("records"):
        if row["kind"] != kind:
            kind = row["kind"]
            test = style.p_value(tests[kind].p) if kind in tests else ""
            heading = Cell(0.0, f"<b>{HEADINGS[kind]}</b>", colours.text)
            rows.append(Row(len(rows), (heading, Cell(TEST, test, colours.text, "right"))))
        rows.append(_row(len(rows), row, result, colours))
    return rows


def _row(place: int, row: dict, result: Result, colours: Ink) -> Row:
    whole, text = row["kind"] == "all", colours.text
    label = _label(row, result) or "All patients"
    label = f"<b>{label}</b>" if whole else f"   {label}"
    ratio, low, high = row["hazard_ratio"], row["hr_lower"], row["hr_upper"]
    counts = f"{row['events']:,}/{row['n']:,}"
    reference = f"{row['reference_events']:,}/{row['reference_n']:,}"
    said = Cell(RATIO, "not estimable", colours.quiet)
    marks = ()
    if ratio == ratio:
        said = Cell(RATIO, style.interval(ratio, low, high, 2), text)
        marker = {"symbol": "diamond", "size": 15}
        if not whole:
            marker = {"symbol": "square", "size": _size(row)}
        ink = text if whole else colours.groups[0]
        name = {"name": label.strip(), "marker": marker, "ink": ink}
        marks = (Mark(ratio=ratio, lower=low, upper=high, **name),)
    columns = (Cell(GROUP, counts, text, "right"), Cell(REFERENCE, reference, text, "right"))
    return Row(place, (Cell(0.0, label, text), *columns, said), marks)


def _size(row: dict) -> float:
    """Side of the square: its area grows with the information in the estimate."""
    error = (np.log(row["hr_upper"]) - np.log(row["hr_lower"])) / 3.92
    return float(np.clip(1.6 / error, 5, 15))


def _names(result: Result) -> tuple[str, str]:
    """Words for the compared groups and for the reference."""
    forest = result.table("forest")
    groups = list(dict.fromkeys(forest.group))
    group = style.name_of(groups[0], result) if len(groups) == 1 else "group"
    return group, style.name_of(forest.reference.iloc[0], result)


def _short(name: str) -> str:
    return name if len(name) <= 15 else f"{name[:14]}…"
