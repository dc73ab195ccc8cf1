"""A copy of the whole pool while it stays in use."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from igcore.errors import PoolError, Refused
from igcore.store import Pool, refuse_open_pool


def backup(pool: Pool, target: Path | str) -> Path:
    """A copy of the whole pool while it stays in use; it is a pool itself.

    Raises:
        Refused: something is there already, its folder is not there, or it is the pool's log.
    """
    where = Path(target).expanduser().resolve()
    if where.exists():
        raise Refused(f"There is a file at {where} already; give another name.")
    if not where.parent.is_dir():
        raise Refused(f"There is no folder {where.parent}; make it first.")
    refuse_open_pool(where)
    beside = pool.path.with_name(f"{pool.path.name}.backup-in-progress")
    with pool.copying, pool.reading() as cursor:
        try:
            beside.unlink(missing_ok=True)
            _copy(cursor, beside)
            shutil.move(beside, where)
        except (OSError, duckdb.IOException) as error:
            beside.unlink(missing_ok=True)
            raise PoolError(
                "The backup could not be written. Is there room on the disk? "
                "If there is, run `python -m igcore check`."
            ) from error
    return where


def _copy(cursor: duckdb.DuckDBPyConnection, target: Path) -> None:
    name = cursor.execute("select current_database()").fetchall()[0][0]
    cursor.execute(f"attach '{_quoted(target)}' as copy_of_pool")
    try:
        cursor.execute(f'copy from database "{name}" to copy_of_pool')
    finally:
        cursor.execute("detach copy_of_pool")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
