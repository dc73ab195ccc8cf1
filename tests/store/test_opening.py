"""Opening a pool of this schema writes nothing; one that may not be written is read alone."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from igcore import analysis, ingest
from igcore.errors import PoolError, Refused
from igcore.store import Pool, history
from tests.conftest import rows_of, write_tables

OLD = Path(__file__).parents[1] / "fixtures" / "pools" / "schema_1" / "pool.duckdb.gz"
READER = """
import sys, duckdb
pool = duckdb.connect(sys.argv[1], read_only=True)
print(pool.execute("select count(*) from patients").fetchall()[0][0])
"""
LINK = "recovery?trial=A&final=best"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """A closed pool in a folder of its own, and an answer that needs ranges of normal."""
    folder = tmp_path_factory.mktemp("opening")
    pool = Pool.open(folder / "pool.duckdb")
    ingest.add(pool, write_tables(folder / "files", rows_of("A")))
    answer = analysis.ask(pool, LINK).as_json()
    pool.close()
    shutil.rmtree(folder / "files")
    return pool.path, answer


def seen(path: Path) -> dict[str, tuple[bytes, int]]:
    """Content and time of change of every file in the pool's folder."""
    files = [file for file in path.parent.rglob("*") if file.is_file()]
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in files}


def test_opening_asking_and_closing_leave_the_file_as_it_was(asked):
    path, answer = asked
    before = seen(path)
    pool = Pool.open(path)
    assert analysis.ask(pool, LINK).as_json() == answer
    assert history.check(pool) == []
    assert not path.with_name(f"{path.name}.wal").exists()
    pool.close()
    assert seen(path) == before
    assert list(before) == ["pool.duckdb"]


@pytest.fixture
def locked_away(asked, tmp_path: Path) -> Path:
    """A copy whose file and folder may not be written; root may all the same."""
    path = tmp_path / "shelf" / "pool.duckdb"
    path.parent.mkdir()
    shutil.copyfile(asked[0], path)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    yield path
    path.parent.chmod(0o755)


def barred(path: Path) -> Callable[..., bool]:
    """`os.access` as it is for everybody but root."""

    def access(file: str | Path, how: int) -> bool:
        return not (how == os.W_OK and Path(file) in (path, path.parent))

    return access


def test_a_pool_whose_file_may_not_be_written_is_asked_and_nothing_is_made_beside_it(
    asked, locked_away, monkeypatch
):
    before = seen(locked_away)
    monkeypatch.setattr(os, "access", barred(locked_away))
    pool = Pool.open(locked_away)
    assert pool.engine.read_only
    assert analysis.ask(pool, LINK).as_json() == asked[1]
    pool.close()
    assert seen(locked_away) == before
    assert os.listdir(locked_away.parent) == ["pool.duckdb"]


def test_a_pool_that_is_read_alone_refuses_to_be_changed_and_lets_others_read_it(locked_away):
    pool = Pool.open(locked_away, read_only=True)
    command = [sys.executable, "-c", READER, str(locked_away)]
    other = subprocess.run(command, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == "12"
    with pytest.raises(Refused, match="read alone, so nothing was stored"):
        history.remove(pool, 1, why="x")
    assert pool.newest() == 1
    pool.close()


def test_a_new_pool_holds_tables_and_no_macro_or_view_of_ours(pool):
    with pool.reading() as cursor:
        macros = "select function_name from duckdb_functions() where not internal"
        assert cursor.execute(macros).fetchall() == []
        views = "select view_name from duckdb_views() where not internal"
        assert cursor.execute(views).fetchall() == []


@pytest.fixture
def older(tmp_path: Path) -> Path:
    path = tmp_path / "older.duckdb"
    path.write_bytes(gzip.decompress(OLD.read_bytes()))
    return path


def test_macros_and_ranges_that_an_older_igcore_left_in_a_pool_are_not_asked(older):
    with duckdb.connect(str(older)) as connection:
        connection.execute("create or replace macro elapsed(day) as error('asked')")
        connection.execute("create or replace macro cohort_at(v, who) as table select 1 as one")
        connection.execute("delete from reference_ranges")
    pool = Pool.open(older)
    trial = pool.facts(pool.newest()).names[0]
    assert not analysis.ask(pool, f"recovery?trial={trial}").table("shares").empty
    pool.close()


def test_an_older_pool_that_lacks_tables_must_be_opened_once_to_be_written(older):
    with duckdb.connect(str(older)) as connection:
        connection.execute("drop table upload_mappings; drop table layouts")
    with pytest.raises(PoolError, match="made by an older Igcore and lacks tables"):
        Pool.open(older, read_only=True)
    Pool.open(older).close()
    pool = Pool.open(older, read_only=True)
    assert (pool.newest(), history.check(pool)) == (8, [])
    pool.close()
