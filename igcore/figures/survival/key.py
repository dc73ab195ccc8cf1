"""Key, medians, hazard ratios and tests above the curves, where they cannot cover one."""

from __future__ import annotations

import textwrap

import pandas as pd

from igcore.analysis.result import Result
from igcore.definitions import LEVEL
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.step_curves import ROW
from igcore.figures.style import Ink


def key_lines(result: Result, groups: list[str], compact: bool) -> int:
    """Lines that the key needs."""
    return len(groups) + _words(result, compact).count("<br>") + 1


def key(
    drawing: Drawing, result: Result, groups: list[str], colours: Ink, head: int, *, compact: bool
) -> None:
    """A line per group with its median, then the comparison."""
    facts = {row.group: row for row in result.table("groups").itertuples()}
    for place, group in enumerate(groups):
        row = facts[group]
        own = style.colour(group, result, colours)
        top = head - 64 - place * ROW
        drawing.shape(
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
        known = pd.notna([row.median, row.median_lower]).any()
        if compact:
            median, known = style.number(row.median, 1, style.NOT_REACHED), pd.notna(row.median)
        words = f"n = {row.n:,}, {row.events:,} events, median {median}"
        words += " months" if known else ""
        name = f'<span style="color:{own}"><b>{style.name_of(group, result)}</b></span>'
        style.line(drawing, f"{name}: {words}", top, colours.text, left=42)
    top = head - 64 - len(groups) * ROW
    colour = colours.stamp if result.banner else colours.text
    style.line(drawing, _words(result, compact), top, colour)


def _words(result: Result, compact: bool) -> str:
    """The comparison in words, or the banner in its place, broken into lines."""
    width = 54 if compact else 84
    # A line a clause, and no break at a hyphen: "log-rank" stays one word.
    lines = "<br>".join(
        line
        for clause in _clauses(result, compact)
        for line in textwrap.wrap(clause, width, break_on_hyphens=False)
    )
    if not result.banner:
        return lines
    return f"{lines}<br><b>{style.wrap(result.banner, 52 if compact else 78)}</b>"


def compared_words(result: Result, *, compact: bool = False) -> str:
    """The comparison in one line; for "ever" the reason why there is none.

    Where hazards are not proportional the restricted mean comes first.
    """
    return "; ".join(_clauses(result, compact))


def _clauses(result: Result, compact: bool) -> list[str]:
    """Hazard ratios with the test, and restricted means; what leads comes first."""
    if result.banner:
        return ["No hazard ratio and no p-value: descriptive only."]
    ratios, means = "; ".join(_ratios(result, compact)), "; ".join(_means(result, compact))
    if _mean_leads(result):
        p = style.p_value(float(result.table("proportional_hazards").p.iloc[-1]))
        return [means, f"Hazards not proportional ({p}): the ratio below is an average.", ratios]
    return [line for line in ((ratios,) if compact else (ratios, means)) if line]


def _mean_leads(result: Result) -> bool:
    found = result.tables.get("proportional_hazards")
    return found is not None and "rmst" in result.tables and float(found.p.iloc[-1]) < LEVEL


def _pair(row, result: Result, compact: bool) -> str:
    """Who is compared, left out where there is only one pair and little room."""
    if compact and len(result.table("groups")) == 2:
        return ""
    group, reference = (style.name_of(g, result) for g in (row.group, row.reference))
    return f"{group} v {reference}: "


def _ratios(result: Result, compact: bool) -> list[str]:
    words = []
    for row in result.table("comparison").itertuples():
        if row.hazard_ratio == row.hazard_ratio:
            ratio = style.interval(row.hazard_ratio, row.hr_lower, row.hr_upper, 2)
            words.append(f"{_pair(row, result, compact)}HR {ratio}")
        else:
            words.append(f"{style.name_of(row.group, result)}: HR not estimable")
    for row in result.table("test").head(1).itertuples():
        words.append(f"{row.name} {style.p_value(row.p)}")
    return words


def _means(result: Result, compact: bool) -> list[str]:
    words = []
    several = len(result.table("groups")) > 2
    for row in result.tables.get("rmst_difference", result.table("test").head(0)).itertuples():
        size = style.interval(row.difference, row.lower, row.upper)
        pair = _pair(row, result, compact) if several else ""
        words.append(f"{pair}Restricted mean to month {row.horizon:g} differs by {size} months")
    return words
