"""The pool: one DuckDB file, opened once per process, read through a cursor per call.

Rows are never overwritten. An upload adds rows marked with the version that added them; removing
marks them with the version that removed them; a question asks as of a version.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from igcore.errors import PoolError, Refused
from igcore.store import beside, ddl
from igcore.store.cohort import Cohort
from igcore.store.engines.base import Cursor, Engine
from igcore.store.engines.duck import Duck
from igcore.store.facts import Facts, Trial
from igcore.store.ranges import laboratories
from igcore.store.relations import question as question_of

ROOT = Path(__file__).parents[2]

_open_pools: dict[Path, Pool] = {}
_open_lock = threading.Lock()


def default_path() -> Path:
    """Where the pool is unless a command says otherwise: IGCORE_POOL or data/pool.duckdb."""
    return Path(os.environ.get("IGCORE_POOL") or ROOT / "data" / "pool.duckdb")


class Pool:
    """One pool file. Use `Pool.open`; reading is safe from any thread, writing is one at a time."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.new = not path.exists()
        self.copying = threading.Lock()  # held by a backup, which has one place for its copy
        self._facts: dict[int, Facts] = {}
        if read_only:
            self.engine: Engine = Duck(path, read_only=True)
            self.identity = beside.identity(path)
        else:
            self._open_to_write()
        self._prepare()

    def _open_to_write(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PoolError(
                f"The folder {self.path.parent} cannot be made; name another."
            ) from error
        began = time.time()
        self.engine = Duck(self.path)
        self.identity = beside.identity(self.path)
        beside.clear(self.path, before=began)
        beside.private(beside.spilled(self.path))

    @classmethod
    def open(
        cls, path: Path | str | None = None, *, create: bool = True, read_only: bool = False
    ) -> Pool:
        """The pool at that path, opened once per process.

        To be read alone where `read_only` says so, or its file or folder may not be written.

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
                _open_pools[where] = cls(where, read_only=read_only or not _may_be_written(where))
            return _open_pools[where]

    def close(self) -> None:
        """Give the pool back as one file; the next `open` reads it afresh.

        Questions that still run are stopped, and what was being written is not stored.
        """
        with _open_lock:
            if self.engine.closed:
                return
            _open_pools.pop(self.path, None)
            self.engine.close()

    def _prepare(self) -> None:
        """Give a new pool its tables, and one of an older Igcore those that it lacks.

        A pool of this schema is left as it is, to the last byte.
        """
        known: dict[str, set[str]] = {}
        for table, column in self.engine.rows(
            "select table_name, column_name from information_schema.columns"
        ):
            known.setdefault(table, set()).add(column)
        if known and "versions" not in known:
            raise PoolError(f"{self.path.name} is a database, but not a pool of Igcore.")
        lacking = ddl.lacking(known)
        if lacking and self.engine.read_only:
            raise PoolError(
                f"The pool {self.path.name} was made by an older Igcore and lacks tables. Let its "
                "file and its folder be written, and open it once."
            )
        if lacking:
            with self.writing() as cursor:
                cursor.execute(lacking)

    def reading(self) -> AbstractContextManager[Cursor]:
        """A cursor of its own for questions that follow one another."""
        return self.engine.reading()

    def writing(self) -> AbstractContextManager[Cursor]:
        """A cursor inside one transaction, alone: everything in it is stored, or nothing."""
        return self.engine.writing()

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
        return self.engine.frame(text, bound)

    def newest(self) -> int:
        """The newest data version; 0 for an empty pool."""
        return self.engine.rows("select coalesce(max(version), 0) from versions")[0][0]

    def facts(self, version: int) -> Facts:
        """What may be chosen in questions about that version; a version never changes."""
        if version not in self._facts:
            if len(self._facts) >= 64:
                self._facts.clear()
            self._facts[version] = Facts(self, version)
        return self._facts[version]


def _may_be_written(file: Path) -> bool:
    return not file.exists() or all(os.access(one, os.W_OK) for one in (file, file.parent))


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
