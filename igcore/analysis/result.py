"""The answer to one canonical query: what was asked, tidy tables of unrounded numbers, notes."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from igcore import __version__
from igcore.spreadsheet import inert


class NoteKind(StrEnum):
    """What a note is about; code asks for the kind, never for the words."""

    CAUTION = "caution"  # must not be overlooked
    CHOSEN_LATER = "chosen later"  # the patients were chosen by what came later
    LEFT_OUT = "left out"  # who or what is not in the numbers
    UNKNOWN = "unknown"  # counted although something of them is not known
    NOT_ESTIMABLE = "not estimable"  # what has no number, and why
    LIMITS = "limits"  # whose limits of normal apply
    METHOD = "method"  # how it was done, and how it must be read


@dataclass(frozen=True)
class Note:
    """A sentence that a reader must see beside the numbers."""

    kind: NoteKind
    text: str

    def __str__(self) -> str:
        return f"{CAUTION_WORDS} {self.text}" if self.kind is NoteKind.CAUTION else self.text


CAUTION_WORDS = "Read with caution:"


class Asked(Mapping[str, Any]):
    """The checked values of a query by the names of its parameters; read only."""

    def __init__(self, values: Mapping[str, Any] = {}) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Asked({self._values})"


@dataclass(frozen=True, kw_only=True)
class Result:
    """Tables, what a reader must see beside them, and where they come from.

    `asked` holds every parameter that applied, with its checked value; `query` is the same as a
    text, for printing. `banner` is a warning that belongs into the figure itself; `population` and
    `cutoff` are the words for its title; `simulated` is true when any row comes from a simulated
    trial. `labels` are all trials, arms and sexes of the version, so that a group keeps its colour
    under filters. An analysis gives its tables and words; `spec.answer` signs them with the rest.
    """

    title: str
    method: str
    tables: Mapping[str, pd.DataFrame]
    asked: Mapping[str, Any] = field(default_factory=Asked)
    query: str = ""
    data_version: int = 0
    notes: tuple[Note, ...] = ()
    banner: str = ""
    population: str = ""
    cutoff: str = ""
    simulated: bool = False
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    igcore_version: str = __version__

    def table(self, name: str) -> pd.DataFrame:
        """One of the tables; KeyError if the analysis has none of that name."""
        return self.tables[name]

    @property
    def said(self) -> tuple[str, ...]:
        """The notes in words."""
        return tuple(map(str, self.notes))

    def as_json(self) -> dict[str, Any]:
        """Plain values for `--format json`; what was not reached or not computed is null."""
        notes = [self.banner, *self.said] if self.banner else list(self.said)
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


def noted(kind: NoteKind, sentences: Iterable[str]) -> list[Note]:
    """Sentences of one kind as notes."""
    return [Note(kind, sentence) for sentence in sentences]


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
