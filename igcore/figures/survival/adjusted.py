"""Forest of the terms of an adjusted Cox model: together, and each by itself in the same patients."""

from __future__ import annotations

import plotly.graph_objects as go

from igcore.analysis.comparing import words_of
from igcore.analysis.result import Result
from igcore.definitions import SEXES
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.forest import WIDEST, Cell, Forest, Mark, Row, reach_of
from igcore.figures.style import Ink

ROW = 23  # pixels of a line; a term takes two
PLOT = (0.39, 0.67)  # shares of the width: names and counts before, numbers behind
COUNTS, RATIO, P = 0.36, 0.69, 1.0  # where the columns of text stand
LONGEST = 24  # characters of a name


def adjusted_figure(result: Result, *, dark: bool = False, compact: bool = False) -> go.Figure:
    """Filled squares with limits for the model, hollow ones for each term by itself."""
    colours = style.ink(dark)
    terms = result.table("terms")
    rows, height = _rows(result, colours)
    drawing = Drawing(go.Figure())
    edges = terms[["hr_lower", "hr_upper", "unadjusted_lower", "unadjusted_upper"]]
    forest = Forest(
        drawing=drawing,
        colours=colours,
        reach=reach_of([*edges.to_numpy(float).ravel(), 0.5, 2.0], air=1.08, most=WIDEST),
        span=PLOT,
        arrow=8,
    )
    forest.rows(rows)
    forest.heads(
        [
            (COUNTS, "right", "events/n"),
            (RATIO, "left", "Hazard ratio (95 %)<br>■ together, □ by itself"),
            (P, "right", "p"),
        ]
    )
    forest.ratio_axis()
    forest.places(-0.6, height - 0.4)
    forest.one()
    forest.sides(
        "associated with<br>← fewer events", "associated with<br>more events →", yshift=-26
    )
    heights = {"inner": int(ROW * height) + 14, "top": 118, "below": 88}
    style.frame(drawing, result, colours, title=result.title, **heights, compact=compact)
    return drawing.finished(margin={"l": 8, "r": 16})


def _rows(result: Result, colours: Ink) -> tuple[list[Row], float]:
    """Terms of two lines under the name of their variable; and the height of all of them."""
    rows, place, variable = [], 0.0, None
    for row in result.table("terms").to_dict("records"):
        if row["variable"] != variable:
            variable = row["variable"]
            rows.append(Row(place, (Cell(0.0, f"<b>{_heading(row)}</b>", colours.text),)))
            place += 1
        marks = (_mark(row, "together", colours), _mark(row, "alone", colours))
        rows.append(Row(place, _cells(row, result, colours), marks))
        place += 2.3
    return rows, place


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    parts = [
        f"{_plain_label(row)}: {_ratio(row)}, {style.p_value(row['p'])}"
        for row in result.table("terms").to_dict("records")
    ]
    return (
        f"{result.title}. Hazard ratios with 95 % limits, adjusted for one another: "
        f"{'; '.join(parts)}. {result.population}."
    )


def _heading(row: dict) -> str:
    words = style.plain(words_of(row["variable"]))
    return words[:1].upper() + words[1:]


def _label(row: dict, result: Result) -> tuple[str, ...]:
    """What is compared with what, a line each."""
    if not row["term"]:
        return ("per 10 years",)
    names = [_named(row, name, result) for name in (row["term"], row["reference"])]
    first, second = (name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names)
    return first, f"v {second}"


def _named(row: dict, name: str, result: Result) -> str:
    if row["variable"] == "sex":
        return SEXES.get(name, name).lower()
    return style.name_of(name, result) if row["variable"] != "arm" else style.plain(name)


def _plain_label(row: dict) -> str:
    return (
        f"{row['term']} v {row['reference']}" if row["term"] else f"{row['variable']} per 10 years"
    )


def _ratio(
    row: dict, name: str = "hazard_ratio", low: str = "hr_lower", high: str = "hr_upper"
) -> str:
    if row[name] != row[name]:
        return "not estimable"
    return style.interval(row[name], row[low], row[high], 2)


def _alone(row: dict) -> str:
    return _ratio(row, "unadjusted", "unadjusted_lower", "unadjusted_upper")


def _cells(row: dict, result: Result, colours: Ink) -> list[Cell]:
    """Label and counts; the ratio and p beside the other terms, and in the next line by itself."""
    inks = (colours.text, colours.quiet)
    cells = [
        Cell(0.0, f"   {words}", inks[down], down=down)
        for down, words in enumerate(_label(row, result))
    ]
    cells.append(Cell(COUNTS, f"{row['events']:,}/{row['n']:,}", colours.text, "right"))
    said = ((_ratio(row), row["p"]), (_alone(row), row["unadjusted_p"]))
    for down, (words, p) in enumerate(said):
        cells.append(Cell(RATIO, words, inks[down], down=down))
        if p == p:
            cells.append(Cell(P, style.bare_p(p), inks[down], "right", down))
    return cells


def _mark(row: dict, kind: str, colours: Ink) -> Mark:
    """The ratio beside the other terms, or hollow in the next line the one by itself."""
    name = f"{_heading(row)} {style.plain(row['term'])}".rstrip()
    if kind == "together":
        ink, words, said = colours.groups[0], "with the other terms", _ratio(row)
        numbers = [row[name] for name in ("hazard_ratio", "hr_lower", "hr_upper")]
        looks = {"size": 10, "color": ink}
    else:
        ink, words, said = colours.quiet, "by itself", _alone(row)
        numbers = [row[f"unadjusted{end}"] for end in ("", "_lower", "_upper")]
        looks = {"size": 7, "color": colours.ground}
    return Mark(
        ratio=numbers[0],
        lower=numbers[1],
        upper=numbers[2],
        ink=ink,
        marker={"symbol": "square", "line": {"width": 1.4, "color": ink}, **looks},
        name=f"{name}, {words}",
        line=2.2 if kind == "together" else 1.2,
        down=0 if kind == "together" else 1,
        hover={
            "hovertext": f"{words}: {said}",
            "hovertemplate": "<b>%{fullData.name}</b><br>%{hovertext}<extra></extra>",
        },
    )
