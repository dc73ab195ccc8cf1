"""The pool: one DuckDB file, opened once per process, read through a cursor per call.

Rows are never overwritten. An upload adds rows marked with the version that added them; removing
marks them with the version that removed them; a question asks as of a version.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pandas as pd

from igcore.errors import PoolError, Refused
from igcore.store import beside, ddl
from igcore.store.cohort import Cohort
from igcore.store.connection import connect, give_back, reconnect
from igcore.store.facts import Facts, Trial
from igcore.store.ranges import laboratories
from igcore.store.relations import question as question_of

ROOT = Path(__file__).parents[2]

Answer = TypeVar("Answer")

# What the system says of a full disk, a full quota or a file that may not grow.
FULL = re.compile(r"no space|quota|too large|could not (write|sync)|disk", re.IGNORECASE)
_FULL_DISK = (
    "The pool could not be written, most likely because the disk is full. "
    "Nothing of this step was stored. Make room and try again."
)
_CLOSED = "The pool has been closed, as its program is ending; start it again."

_open_pools: dict[Path, Pool] = {}
_open_lock = threading.Lock()


def default_path() -> Path:
    """Where the pool is unless a command says otherwise: IGCORE_POOL or data/pool.duckdb."""
    return Path(os.environ.get("IGCORE_POOL") or ROOT / "data" / "pool.duckdb")


class _EngineFault(PoolError):
    """DuckDB gave the database up for a fault of its own; the pool has been opened afresh."""


class Pool:
    """One pool file. Use `Pool.open`; reading is safe from any thread, writing is one at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.new = not path.exists()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PoolError(f"The folder {path.parent} cannot be made; name another.") from error
        self.copying = threading.Lock()  # held by a backup: DuckDB attaches one copy at a time
        self._writing = threading.Lock()
        self._opening = threading.Lock()
        self._facts: dict[int, Facts] = {}
        self._asking: set[duckdb.DuckDBPyConnection] = set()  # cursors of questions that run
        self._closed = False
        began = time.time()
        self._connection = connect(path)
        self.identity = beside.identity(path)
        beside.clear(path, before=began)
        beside.private(beside.spilled(path))
        self._prepare()

    @classmethod
    def open(cls, path: Path | str | None = None, *, create: bool = True) -> Pool:
        """The pool at that path, opened once per process.

        Raises:
            PoolError: it is held by another process, damaged, or absent and not to be created.
            Refused: it is open in this process already, under another name.
        """
        try:
            where = Path(path or default_path()).expanduser().resolve()
        except RuntimeError as error:
            raise PoolError(f"There is no home folder for {path}; write the path out.") from error
        with _open_lock:
            if where not in _open_pools:
                refuse_open_pool(where)
                if not create and not where.exists():
                    raise PoolError(
                        f"There is no pool at {where}. Make one with: python -m igcore add FILE..."
                    )
                _open_pools[where] = cls(where)
            return _open_pools[where]

    def close(self) -> None:
        """Give the pool back as one file; the next `open` reads it afresh.

        Questions that still run are stopped, and what was being written is not stored.
        """
        with _open_lock:
            if self._closed:
                return
            _open_pools.pop(self.path, None)
            with self._opening:
                self._closed = True
            give_back(self._connection, self._asking, self.path.name)

    def _prepare(self) -> None:
        """Tables of a new pool, and the views of this version of Igcore."""
        with self.writing() as cursor:
            known = {
                row[0]
                for row in cursor.execute("select table_name from duckdb_tables()").fetchall()
            }
            if known and "versions" not in known:
                raise PoolError(f"{self.path.name} is a database, but not a pool of Igcore.")
            cursor.execute(ddl.tables(known))

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own for one question."""
        try:
            with self._opening:  # a connection refuses two calls at once
                if self._closed:
                    raise PoolError(_CLOSED)
                connection = self._connection
                cursor = connection.cursor()
                self._asking.add(cursor)
            try:
                yield cursor
            finally:
                self._asking.discard(cursor)
                cursor.close()
        except (duckdb.InterruptException, duckdb.ConnectionException) as error:
            if self._closed:
                raise PoolError(_CLOSED) from error
            raise
        except (duckdb.FatalException, duckdb.InternalException) as error:
            self._invalidated(connection, error)
        except duckdb.IOException as error:
            if FULL.search(str(error)):
                raise PoolError(_FULL_DISK) from error
            raise PoolError(
                "A block of the pool cannot be read; its check sum is wrong or the disk failed. "
                "Run `python -m igcore check` and put a backup in its place."
            ) from error

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor inside one transaction, alone: everything in it is stored, or nothing."""
        with self._writing, self.reading() as cursor:
            cursor.begin()
            try:
                yield cursor
            except BaseException:
                try:
                    cursor.rollback()
                except duckdb.Error:
                    pass  # a fatal error has already ended the transaction
                raise
            cursor.commit()

    def _invalidated(self, connection: duckdb.DuckDBPyConnection, error: Exception) -> None:
        """DuckDB gives a database up after a full disk or a fault of its own: open it afresh.

        In place, so that whoever holds this pool goes on with it; by the first who meets it only.
        """
        with self._opening:
            if self._closed:
                raise PoolError(_CLOSED) from error
            if self._connection is connection:
                self._connection = reconnect(self.path, connection)
        if FULL.search(str(error)):
            raise PoolError(_FULL_DISK) from error
        raise _EngineFault(
            "The database engine stopped at a fault of its own and was started again. The pool is "
            "unharmed; what was being stored just then was not. Try again; if it happens again, "
            "report it together with the link of the page."
        ) from error

    def _answer(self, ask: Callable[[duckdb.DuckDBPyConnection], Answer]) -> Answer:
        """The answer to one question, asked once more where the engine stopped at it or beside it."""
        try:
            with self.reading() as cursor:
                return ask(cursor)
        except _EngineFault:
            with self.reading() as cursor:
                return ask(cursor)

    def rows(
        self, question: str, *, relations: Mapping[str, str] | None = None, **values: Any
    ) -> pd.DataFrame:
        """The answer to one question of `sql/`, as a frame of unrounded numbers.

        Args:
            relations: names that the question calls -> the relations that they mean here.
            values: what it binds; what it does not ask for is left out.

        Raises:
            LookupError: a relation is not known, or no such name is called.
            TypeError: the question asks for a value that is not given.
        """
        text, asked = question_of(question, tuple(sorted((relations or {}).items())))
        if asked - values.keys():
            raise TypeError(f"{question} also asks for {', '.join(sorted(asked - values.keys()))}")
        bound = {name: values[name] for name in asked}
        return self._answer(lambda cursor: cursor.execute(text, bound).df())

    def newest(self) -> int:
        """The newest data version; 0 for an empty pool."""
        newest = "select coalesce(max(version), 0) from versions"
        return self._answer(lambda cursor: cursor.execute(newest).fetchall()[0][0])

    def facts(self, version: int) -> Facts:
        """What may be chosen in questions about that version; a version never changes."""
        if version not in self._facts:
            if len(self._facts) >= 64:
                self._facts.clear()
            self._facts[version] = Facts(self, version)
        return self._facts[version]


def refuse_open_pool(file: Path | str) -> None:
    """Refuse a file that is a pool open in this process, or its log, before anybody opens it.

    Closing any handle of that file takes away the lock by which DuckDB keeps other processes out
    (POSIX: a lock ends when its process closes any descriptor of the file).

    Raises:
        Refused: it is one, under whatever name.
    """
    for pool in list(_open_pools.values()):
        if beside.belongs(Path(file), pool.path, pool.identity):
            raise Refused(
                f"{file} is the pool {pool.path.name} itself or its log, and in use. Name another "
                "file; a copy of the pool is made with: python -m igcore backup PATH"
            )


@contextmanager
def closing() -> Iterator[None]:
    """Close at the end of the block the pools that it has opened; others stay open."""
    before = set(_open_pools.values())
    try:
        yield
    finally:
        for pool in set(_open_pools.values()) - before:
            pool.close()


__all__ = [
    "Cohort",
    "Facts",
    "Pool",
    "Trial",
    "closing",
    "default_path",
    "laboratories",
    "refuse_open_pool",
]
