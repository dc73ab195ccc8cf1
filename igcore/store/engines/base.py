"""What a pool needs of an engine. `duck.py` is the one there is."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from igcore.errors import PoolError

NOT_COPIED = (
    "The backup could not be written. Is there room on the disk? "
    "If there is, run `python -m igcore check`."
)


class EngineFault(PoolError):
    """The engine gave the database up for a fault of its own; it has been opened afresh."""


class Cursor(Protocol):
    """One statement at a time, its values bound by place or by $name."""

    def execute(self, statement: str, values: Any = None, /) -> Cursor:
        """Run it; the cursor itself, from which the answer is fetched."""

    def executemany(self, statement: str, values: Any, /) -> Cursor:
        """Run it once for each of these."""

    def fetchall(self) -> list[Any]:
        """The rows of the last answer, as tuples."""

    def df(self) -> pd.DataFrame:
        """The last answer as a frame."""


class Engine(Protocol):
    """One pool as an engine holds it. Reading is safe from any thread, writing is one at a time.

    Whatever goes wrong in it comes out as a PoolError in words, whose reader can do something:
    a full disk, a block that cannot be read, a pool that has been closed, an EngineFault.
    """

    read_only: bool
    closed: bool

    def frame(self, question: str, values: Mapping[str, Any]) -> pd.DataFrame:
        """The answer to one statement that binds exactly these values, as unrounded numbers."""

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """The answer to one statement that binds nothing, as tuples."""

    def reading(self) -> AbstractContextManager[Cursor]:
        """A cursor of its own, for questions that follow one another."""

    def writing(self) -> AbstractContextManager[Cursor]:
        """A cursor inside one transaction, alone: everything in it is stored, or nothing.

        Raises:
            Refused: the pool was opened to be read alone.
        """

    def copy(self, target: Path) -> None:
        """Write the whole pool, as of one moment, to a file that is not there yet; one at a time.

        Raises:
            PoolError: it could not be written.
        """

    def close(self) -> None:
        """Give the pool back as one file; questions that still run are stopped."""
