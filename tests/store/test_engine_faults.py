"""A fault of the database engine throws nobody out; a full disk is told as one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from igcore import analysis
from igcore.errors import PoolError
from igcore.store import Pool

FAULT = "dict-surviving join: narrowed column 0 received a non-dictionary chunk with values"
GIVEN_UP = (
    "FATAL Error: Failed: database has been invalidated because of a previous fatal error. "
    'The database must be restarted prior to being used again.\nOriginal error: "{}"'
)
NO_SPACE = "Could not write all bytes to file pool.duckdb.wal: No space left on device"
VECTOR = 2048  # rows that DuckDB hands on at a time


class Failing:
    """A connection whose cursors raise these errors at their next questions, then answer."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, errors: list[Exception]) -> None:
        self._connection = connection
        self._errors = errors

    def cursor(self) -> Failing:
        return Failing(self._connection.cursor(), self._errors)

    def execute(self, *asked: Any) -> duckdb.DuckDBPyConnection:
        if self._errors:
            raise self._errors.pop(0)
        return self._connection.execute(*asked)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@contextmanager
def failing(pool: Pool, *errors: Exception) -> Iterator[None]:
    """The pool with a connection that fails so; what it opens afterwards is sound."""
    engine = pool.engine
    engine._connection = Failing(engine._connection, list(errors))  # type: ignore[attr-defined]
    yield


def insert(pool: Pool) -> None:
    with pool.writing() as cursor:
        cursor.execute("insert into trials (trial) values ('lost')")


# Each is made when it is raised: an error that stands here would hold, by its traceback, the pool of
# its test until the interpreter ends, and DuckDB's binding tells of a leak then.
FAULTS = [
    (duckdb.InternalException, f"INTERNAL Error: {FAULT}"),
    (duckdb.FatalException, GIVEN_UP.format(FAULT)),
]


@pytest.mark.parametrize("kind, words", FAULTS, ids=["first", "beside"])
def test_a_question_at_which_the_engine_stops_is_answered_by_the_second_try(
    pool, kind, words
) -> None:
    with failing(pool, kind(words)):
        assert pool.rows("trials", version=0).empty
    with failing(pool, kind(words)):
        assert pool.newest() == 0
    assert Pool.open(pool.path) is pool


def test_a_fault_that_comes_back_is_told_as_one_of_the_engine(pool, monkeypatch) -> None:
    again = [duckdb.InternalException(FAULT), duckdb.InternalException(FAULT)]
    monkeypatch.setattr(
        "igcore.store.engines.duck.reconnect", lambda path, old, read_only: Failing(old, again)
    )
    said = "engine stopped at a fault of its own"
    with (
        failing(pool, duckdb.InternalException(FAULT)),
        pytest.raises(PoolError, match=said) as told,
    ):
        pool.newest()
    assert "disk" not in str(told.value)
    assert len(again) == 1


def test_nothing_is_written_twice_after_a_fault(pool) -> None:
    with failing(pool, duckdb.InternalException(FAULT)), pytest.raises(PoolError, match="engine"):
        insert(pool)
    with pool.reading() as cursor:
        assert cursor.execute("select count(*) from trials").fetchall() == [(0,)]


@pytest.mark.parametrize(
    "kind, words",
    [
        (duckdb.FatalException, GIVEN_UP.format(NO_SPACE)),
        (duckdb.IOException, f"IO Error: {NO_SPACE}"),
    ],
    ids=["given up", "refused"],
)
def test_a_full_disk_is_told_as_a_full_disk_and_the_pool_goes_on(pool, kind, words) -> None:
    with failing(pool, kind(words)), pytest.raises(PoolError, match="the disk is full"):
        insert(pool)
    assert pool.newest() == 0


def test_a_block_that_cannot_be_read_is_no_full_disk(pool) -> None:
    error = duckdb.IOException("Corrupt database file: computed checksum 1 does not match stored")
    with failing(pool, error), pytest.raises(PoolError, match="check sum is wrong"):
        pool.newest()


def test_the_pool_waits_for_a_question_of_another_thread_to_leave_the_old_database(pool) -> None:
    held = pool.engine._connection.cursor()
    held.execute("select 1")
    leaving = threading.Timer(0.3, held.close)
    leaving.start()
    with failing(pool, duckdb.InternalException(FAULT)):
        assert pool.newest() == 0
    leaving.join()


def stored(path: Path, first: int, rest: int) -> Pool:
    """A pool whose trial B has so many patients at the end of one vector, and the rest after it."""
    pool = Pool.open(path)
    ahead, n = VECTOR - first, VECTOR + rest
    with pool.writing() as cursor:
        cursor.execute("insert into versions values (1, 'add', 1, 'x', '', now()::timestamp, '')")
        cursor.execute(
            "insert into trials by name select unnest(['A', 'B']) as trial, false as simulated, "
            "false as no_m_protein, 1 as upload, 1 as added"
        )
        cursor.execute(
            "insert into subjects select i + 1, if(i < $ahead, 'A', 'B'), 'P' || i "
            "from range($n) t(i)",
            {"ahead": ahead, "n": n},
        )
        cursor.execute(
            "insert into patients by name select (i + 1)::integer as patient_key, []::varchar[] "
            "as involved, 1 as upload, 1 as added from range($n) t(i)",
            {"n": n},
        )
        cursor.execute(
            "insert into measurements by name select (i + 1)::integer as patient_key, analyte, "
            "day::double as day, 1.0 + day / 60 as value, 'g/L' as unit, value as value_g_per_l, "
            "1 as upload, 1 as added from range($n) t(i), "
            "(select unnest(['IgA', 'IgG', 'IgM']) as analyte), (select unnest([1, 60]) as day)",
            {"n": n},
        )
    return pool


@pytest.mark.parametrize("final", ["last", "best", "confirmed", "month&month=2"])
@pytest.mark.parametrize("rest", [1, 2])
def test_a_trial_with_its_last_patients_in_a_vector_of_their_own_is_answered(
    tmp_path, monkeypatch, final, rest
) -> None:
    pool = stored(tmp_path / "pool.duckdb", 5, rest)
    monkeypatch.setattr(pool.engine, "_answer", lambda ask: once(pool, ask))
    try:
        found = analysis.ask(pool, f"recovery?trial=B&final={final}")
        shares = found.table("shares")
        assert set(shares[shares.trial == "B"].n_treated) == {5 + rest}
        assert len(found.table("verdicts")) == 3 * (5 + rest)
        assert not found.table("sensitivity").empty
    finally:
        pool.close()


def once(pool: Pool, ask: Any) -> Any:
    """A question without the second try, so that a fault is seen."""
    with pool.reading() as cursor:
        return ask(cursor)
