"""What the reader says about an upload, and how it is cancelled."""

from __future__ import annotations

import datetime
import threading
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from igcore.errors import IgcoreError
from igcore.ingest.mapping.document import Mapping


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the reader says about an upload.

    Attributes:
        trial: the one trial that all rows belong to.
        cutoff: date of the data cut-off.
        simulated, no_m_protein: mark every trial of the upload.
        laboratory: whose ranges serve records without limits of their own, in all its trials.
        from_zero: days of templates count from 0 for the day of first treatment.
        mapping: what the columns of sheets of other layouts mean.
        drop: columns, by header, that are left behind at once.
        harmless: (column, why) of columns that look personal and are not.
        problems: a CSV file that takes every problem.
    """

    trial: str | None = None
    title: str | None = None
    cutoff: datetime.date | None = None
    simulated: bool = False
    no_m_protein: bool = False
    replace: bool = False
    all_or_nothing: bool = False
    from_zero: bool = False
    laboratory: str | None = None
    mapping: Mapping = field(default_factory=Mapping)
    drop: tuple[str, ...] = ()
    harmless: tuple[tuple[str, str], ...] = ()
    stated_by: str = ""
    problems: Path | None = None


class Cancelled(IgcoreError):
    """The reader cancelled; nothing of the upload was stored."""

    def __init__(self) -> None:
        super().__init__("Cancelled. Nothing of this upload was stored.")


class Cancel:
    """Set from one thread, looked at from another; stops the statement that is running, too."""

    def __init__(self) -> None:
        self._set = threading.Event()
        self._cursor: duckdb.DuckDBPyConnection | None = None

    def set(self) -> None:
        """Ask for the end; what runs in the database is interrupted."""
        self._set.set()
        if self._cursor is not None:
            self._cursor.interrupt()

    def watch(self, cursor: duckdb.DuckDBPyConnection | None) -> None:
        """The cursor whose statements are interrupted; None once they must not be any more."""
        self._cursor = cursor

    @property
    def is_set(self) -> bool:
        return self._set.is_set()

    def look(self) -> None:
        """Raises Cancelled if `set` was called."""
        if self._set.is_set():
            raise Cancelled
