"""DuckDB behind a pool: one locked-down connection to its file, and a cursor per question.

After a fault of DuckDB's own the file is opened afresh, in place, so that whoever holds the pool goes
on with it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pandas as pd

from igcore.errors import PoolError, Refused
from igcore.store import beside
from igcore.store.engines.base import NOT_COPIED, EngineFault

PATIENCE = 5.0  # seconds in which the questions of other threads leave a database to be closed
_LOG = logging.getLogger("igcore")

Answer = TypeVar("Answer")

# What the system says of a full disk, a full quota or a file that may not grow.
FULL = re.compile(r"no space|quota|too large|could not (write|sync)|disk", re.IGNORECASE)
_FULL_DISK = (
    "The pool could not be written, most likely because the disk is full. "
    "Nothing of this step was stored. Make room and try again."
)
_CLOSED = "The pool has been closed, as its program is ending; start it again."


class Duck:
    """The `Engine` of a DuckDB file; see `base.py`."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.read_only = read_only
        self.closed = False
        self._path = path
        self._writing = threading.Lock()
        self._opening = threading.Lock()
        self._asking: set[duckdb.DuckDBPyConnection] = set()  # cursors of questions that run
        self._connection = connect(path, read_only=read_only)

    def frame(self, question: str, values: Mapping[str, Any]) -> pd.DataFrame:
        return self._answer(lambda cursor: cursor.execute(question, values).df())

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        return self._answer(lambda cursor: cursor.execute(question).fetchall())

    def _answer(self, ask: Callable[[duckdb.DuckDBPyConnection], Answer]) -> Answer:
        """The answer to one question, asked once more where DuckDB stopped at it or beside it."""
        try:
            with self.reading() as cursor:
                return ask(cursor)
        except EngineFault:
            with self.reading() as cursor:
                return ask(cursor)

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        try:
            with self._opening:  # a connection refuses two calls at once
                if self.closed:
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
            if self.closed:
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
        if self.read_only:
            raise Refused(
                f"The pool {self._path.name} is open to be read alone, so nothing was stored. Let "
                "its file and its folder be written, and open it again."
            )
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

    def copy(self, target: Path) -> None:
        with self.reading() as cursor:
            try:
                name = cursor.execute("select current_database()").fetchall()[0][0]
                cursor.execute(f"attach '{_quoted(target)}' as copy_of_pool")
                try:
                    cursor.execute(f'copy from database "{name}" to copy_of_pool')
                finally:
                    cursor.execute("detach copy_of_pool")
            except duckdb.IOException as error:
                raise PoolError(NOT_COPIED) from error

    def close(self) -> None:
        if self.closed:
            return
        with self._opening:
            self.closed = True
        give_back(self._connection, self._asking, self._path.name)

    def _invalidated(self, connection: duckdb.DuckDBPyConnection, error: Exception) -> None:
        """Open a database afresh that DuckDB has given up, after a full disk or a fault of its own.

        By the first who meets it only.
        """
        with self._opening:
            if self.closed:
                raise PoolError(_CLOSED) from error
            if self._connection is connection:
                self._connection = reconnect(self._path, connection, read_only=self.read_only)
        if FULL.search(str(error)):
            raise PoolError(_FULL_DISK) from error
        raise EngineFault(
            "The database engine stopped at a fault of its own and was started again. The pool is "
            "unharmed; what was being stored just then was not. Try again; if it happens again, "
            "report it together with the link of the page."
        ) from error


def connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """A locked-down connection: no extensions, no files outside the pool's own folder."""
    config = {
        "memory_limit": os.environ.get("IGCORE_MEMORY", "1200MB"),
        "temp_directory": str(beside.spilled(path)),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
    }
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=config)
        connection.execute(f"set allowed_directories = ['{_quoted(path.parent)}']")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
    except duckdb.IOException as error:
        holder = re.search(r"PID (\d+)", str(error))
        if holder:
            raise PoolError(
                f"The pool {path.name} is in use by another program, process {holder.group(1)}. "
                "Stop that dashboard or command first, or work in its browser window."
            ) from None
        raise PoolError(
            f"The pool {path.name} cannot be opened. Check that the file may be read and written, "
            "and that it is a pool; a backup can be put in its place."
        ) from error
    except duckdb.Error as error:
        raise PoolError(
            f"The pool {path.name} is damaged or not a pool. Put a backup in its place."
        ) from error
    return connection


def reconnect(
    path: Path, old: duckdb.DuckDBPyConnection, *, read_only: bool
) -> duckdb.DuckDBPyConnection:
    """A new connection once the last question has left the given-up database.

    Until then that one cannot be closed, or DuckDB hands it out again, already locked down.
    """
    last = time.monotonic() + PATIENCE
    while True:
        try:
            old.close()
            return connect(path, read_only=read_only)
        except (PoolError, duckdb.Error) as error:
            if time.monotonic() > last:
                raise PoolError("The pool is being opened afresh; try again soon.") from error
        time.sleep(0.05)


def give_back(
    connection: duckdb.DuckDBPyConnection, asking: Collection[duckdb.DuckDBPyConnection], name: str
) -> None:
    """Write the log into the file and close it; the questions that still run are stopped.

    Where the log cannot be written, its reason is logged: nothing is lost, as the next opening
    reads the log. So a checkpoint is never forced; that would wait for every reader.

    Args:
        asking: cursors that other threads may be using; they leave it when they have ended.
        name: what the log calls the pool.
    """
    last = time.monotonic() + PATIENCE
    while True:
        for cursor in tuple(asking):
            with contextlib.suppress(duckdb.Error):  # closed meanwhile
                cursor.interrupt()
        late = time.monotonic() > last
        try:
            _checkpoint(connection, name, may_wait=bool(asking) and not late)
            connection.close()
            return
        except duckdb.Error as error:
            if late:
                _LOG.warning("The pool %s was still in use when it was closed: %s", name, error)
                return
        time.sleep(0.02)


def _checkpoint(connection: duckdb.DuckDBPyConnection, name: str, *, may_wait: bool) -> None:
    """Write the log into the file, if it can be; an error only if waiting may help."""
    try:
        connection.execute("checkpoint")
    except duckdb.Error as error:
        if may_wait:
            raise
        _LOG.warning("The pool %s keeps its log beside it until it is opened: %s", name, error)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
