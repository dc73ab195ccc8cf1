"""At the end a pool is one file, whatever was being asked; what cannot be written is kept beside it."""

from __future__ import annotations

import contextlib
import logging
import threading
from pathlib import Path
from typing import Any

import duckdb
import pytest

from igcore.__main__ import main
from igcore.errors import PoolError
from igcore.store import Pool
from tests.conftest import write_tables

PATIENTS = {"patients": [{"trial": "A", "patient": "1"}]}
LONG = "select count(*) from range(1000000000000) where range % 7 = 3"


def log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def update(pool: Pool) -> None:
    """A commit that DuckDB does not write into the file by itself while a question runs."""
    insert = "insert into trials by name select '{}' as trial, 1 as upload, 1 as added"
    with pool.writing() as cursor:
        cursor.execute(insert.format("A"))
    with pool.writing() as cursor:
        cursor.execute("update trials set title = 'A'")
        cursor.execute(insert.format("B"))


@pytest.mark.parametrize(("trial", "code"), [("A", 0), ("", 2)], ids=["done", "refused"])
def test_a_command_leaves_one_file_also_when_it_refuses(trial, code, tmp_path, capsys):
    path = tmp_path / "pool.duckdb"
    (file,) = write_tables(tmp_path / "files", PATIENTS)
    assert main(["add", str(file), "--pool", str(path)]) == 0
    assert not log_of(path).exists()
    why = ["--why", "it was a test"] if trial else ["--why", " "]
    assert main(["remove", "1", *why, "--pool", str(path)]) == code
    assert path.exists() and not log_of(path).exists()


def test_a_pool_that_was_open_before_a_command_stays_open(pool, capsys):
    assert main(["uploads", "--pool", str(pool.path)]) == 0
    assert pool.newest() == 0
    assert Pool.open(pool.path) is pool


def test_closing_stops_the_questions_that_run_and_leaves_one_file(pool):
    told: list[BaseException] = []
    asking: list[duckdb.DuckDBPyConnection] = []
    begun = threading.Event()

    def ask() -> None:
        try:
            with pool.reading() as cursor:
                asking.append(cursor)
                begun.set()
                cursor.execute(LONG).fetchall()
        except PoolError as error:
            told.append(error)

    reader = threading.Thread(target=ask)
    reader.start()
    begun.wait()
    update(pool)
    assert log_of(pool.path).stat().st_size > 0
    try:
        pool.close()
    finally:
        with contextlib.suppress(duckdb.Error):  # closed, as it should be
            asking[0].interrupt()
        reader.join(20)
    assert not log_of(pool.path).exists()
    assert "has been closed" in str(told[0])
    with pytest.raises(PoolError, match="has been closed"):
        pool.newest()


def test_closing_a_pool_twice_does_not_close_the_one_opened_between(pool):
    pool.close()
    other = Pool.open(pool.path)
    pool.close()
    assert Pool.open(pool.path) is other
    other.close()


class Held:
    """A connection that cannot write its log into the file; it keeps what it was asked."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.asked: list[str] = []

    def execute(self, question: str, *values: Any) -> duckdb.DuckDBPyConnection:
        self.asked.append(question)
        if "checkpoint" in question:
            raise duckdb.TransactionException("Cannot CHECKPOINT: other write transactions")
        return self._connection.execute(question, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def test_a_checkpoint_that_cannot_run_is_logged_and_is_no_error_of_the_command(
    tmp_path, monkeypatch, capsys, caplog
):
    made: list[Held] = []
    prepare = Pool._prepare

    def prepared(pool: Pool) -> None:
        prepare(pool)
        made.append(Held(pool.engine._connection))  # type: ignore[attr-defined]
        pool.engine._connection = made[0]  # type: ignore[attr-defined]

    monkeypatch.setattr(Pool, "_prepare", prepared)
    with caplog.at_level(logging.WARNING, logger="igcore"):
        assert (
            main(
                ["add", *map(str, write_tables(tmp_path, PATIENTS)), "--pool", str(tmp_path / "p")]
            )
            == 0
        )
    assert "Cannot CHECKPOINT" in caplog.text
    assert made[0].asked == ["checkpoint"]
    monkeypatch.undo()
    pool = Pool.open(tmp_path / "p")
    assert pool.newest() == 1
    pool.close()
