"""One panel of trajectories: an analyte of a group, and where it stands in the grid."""

from __future__ import annotations

import pandas as pd

from igcore.analysis.result import Result
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.style import Ink


def label(group: str, result: Result) -> str:
    """A group's name for readers, safe to show."""
    by = result.asked["group"]
    if by == "verdict":
        return group.capitalize()
    return "All patients" if by == "none" else style.name_of(group, result)


def hue(analyte: str, group: str, result: Result, colours: Ink) -> tuple[str, str]:
    """Colour and dash: the group's own, or the isotype's where there are no groups."""
    by = result.asked["group"]
    if by == "verdict":
        return style.verdict_colour(group, colours), style.verdict_dash(group)
    if by == "none":
        return style.colour(analyte, result, colours), "solid"
    return style.colour(group, result, colours), style.dash(group, result)


class Panel:
    """One analyte of one group at its place in the grid, with its colour, dash and rows."""

    def __init__(
        self,
        drawing: Drawing,
        result: Result,
        colours: Ink,
        analyte: str,
        group: str,
        where: dict[str, int],
        columns: int,
        across: bool,
    ) -> None:
        self.drawing, self.result, self.colours = drawing, result, colours
        self.analyte, self.group, self.where = analyte, group, where
        self.columns, self.across = columns, across
        self.asked = result.asked
        self.own, self.dash = hue(analyte, group, result, colours)
        self.who = label(group, result)
        self.name = f"{style.plain(analyte)}, {self.who}"

    def rows(self, table: str) -> pd.DataFrame:
        """This panel's rows of a table of the result."""
        found = self.result.table(table)
        return found[(found.analyte == self.analyte) & (found["group"] == self.group)]

    @property
    def unit(self) -> str:
        """The unit in which values and limits of the panel's analyte are shown."""
        rows = self.result.table("panels")
        found = rows[rows.analyte == self.analyte].unit
        return found.iloc[0] if len(found) else ""

    @property
    def number(self) -> str:
        """The panel's number in the names of its axes: none for the first."""
        number = (self.where["row"] - 1) * self.columns + self.where["col"]
        return "" if number == 1 else str(number)

    def add(self, name: str, **trace) -> None:
        """A trace of this panel; `name` says which."""
        self.drawing.scatter(name=f"{self.name}, {name}", **trace, **self.where)
