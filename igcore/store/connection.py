"""The connection to a pool's file: locked down, made afresh after a fault, given back at the end."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import time
from collections.abc import Collection
from pathlib import Path

import duckdb

from igcore.errors import PoolError
from igcore.store import beside

PATIENCE = 5.0  # seconds in which the questions of other threads leave a database to be closed
_LOG = logging.getLogger("igcore")


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """A locked-down connection: no extensions, no files outside the pool's own folder."""
    config = {
        "memory_limit": os.environ.get("IGCORE_MEMORY", "1200MB"),
        "temp_directory": str(beside.spilled(path)),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
    }
    try:
        connection = duckdb.connect(str(path), config=config)
        folder = str(path.parent).replace("'", "''")
        connection.execute(f"set allowed_directories = ['{folder}']")
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


def reconnect(path: Path, old: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A new connection once the last question has left the given-up database.

    Until then that one cannot be closed, or DuckDB hands it out again, already locked down.
    """
    last = time.monotonic() + PATIENCE
    while True:
        try:
            old.close()
            return connect(path)
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
