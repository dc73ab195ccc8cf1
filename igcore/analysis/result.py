"""The answer to one canonical query: tidy tables of unrounded numbers, notes, one method sentence."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from igcore import __version__
from igcore.spreadsheet import inert


@dataclass(frozen=True)
class Result:
    """Tables, what a reader must see beside them, and where they come from.

    `banner` is a warning that belongs into the figure itself; `population` and `cutoff` are the
    words for its title; `simulated` is true when any row comes from a simulated trial. `labels`
    are all trials, arms and sexes of the version, so that a group keeps its colour under filters.
    """

    query: str
    data_version: int
    title: str
    method: str
    tables: dict[str, pd.DataFrame]
    notes: tuple[str, ...] = ()
    banner: str = ""
    population: str = ""
    cutoff: str = ""
    simulated: bool = False
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    igcore_version: str = __version__

    def table(self, name: str) -> pd.DataFrame:
        """One of the tables; KeyError if the analysis has none of that name."""
        return self.tables[name]

    def as_json(self) -> dict[str, Any]:
        """Plain values for `--format json`; what was not reached or not computed is null."""
        notes = [self.banner, *self.notes] if self.banner else list(self.notes)
        return {
            "query": self.query,
            "data_version": self.data_version,
            "igcore_version": self.igcore_version,
            "title": self.title,
            "population": self.population,
            "simulated": self.simulated,
            "method": self.method,
            "notes": notes,
            "tables": {name: records(frame) for name, frame in self.tables.items()},
        }


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame as plain Python values."""
    columns = [[plain(value) for value in frame[name]] for name in frame.columns]
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def counted(n: int, noun: str) -> str:
    """A number with its noun: "1 patient", "2 patients"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def to_csv(frame: pd.DataFrame) -> str:
    """CSV in which no spreadsheet takes a text for a formula."""
    safe = frame.copy()
    for name in safe.columns:
        if safe[name].dtype == object:
            safe[name] = [inert(value) for value in safe[name]]
    return safe.to_csv(index=False)


def plain(value: Any) -> Any:
    """One value for JSON: missing as None, numpy numbers as Python's, dates as ISO text."""
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(item) for item in value]
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.bool_ | bool):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return None if math.isnan(value) or math.isinf(value) else float(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value
