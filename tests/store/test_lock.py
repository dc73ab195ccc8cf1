"""While a pool is open nobody else may write into it: nothing in its process lets go of the lock."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from igcore import ingest
from igcore.__main__ import main
from igcore.errors import Refused
from igcore.ingest import Options
from igcore.ingest.mapping import suggestions
from igcore.store import Pool, history, refuse_open_pool
from tests.conftest import write_tables

INTRUDER = """
import os, sys, duckdb
file = os.path.realpath(sys.argv[1])
try:
    duckdb.connect(file).execute("create table intruded (i integer)")
except duckdb.Error as error:
    # The log has a lock of its own, and keeps only while it is there.
    print("locked" if f'lock on file "{file}"' in str(error) else error)
else:
    print("written")
"""
PATIENTS = {"patients": [{"trial": "A", "patient": "1"}]}


def intruder(pool: Pool) -> str:
    """What a second process meets that wants to write into the pool."""
    command = [sys.executable, "-c", INTRUDER, str(pool.path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def log_of(pool: Pool) -> Path:
    return pool.path.with_name(f"{pool.path.name}.wal")


@pytest.fixture
def filled(pool: Pool, add: Callable) -> Pool:
    """A pool with an upload whose log is not yet written into its file."""
    add(**PATIENTS)
    assert log_of(pool).stat().st_size > 0
    return pool


def itself(pool: Pool, folder: Path) -> Path:
    return pool.path


def soft_link(pool: Pool, folder: Path) -> Path:
    (folder / "soft.csv").symlink_to(pool.path)
    return folder / "soft.csv"


def hard_link(pool: Pool, folder: Path) -> Path:
    os.link(pool.path, folder / "hard.csv")
    return folder / "hard.csv"


def its_log(pool: Pool, folder: Path) -> Path:
    os.link(log_of(pool), folder / "log.csv")
    return folder / "log.csv"


def renamed(pool: Pool, folder: Path) -> Path:
    """The file under another name; the old name leads to it, so that an intruder finds it."""
    pool.path.rename(folder / "renamed.csv")
    pool.path.symlink_to(folder / "renamed.csv")
    return folder / "renamed.csv"


@pytest.mark.parametrize("named", [itself, soft_link, hard_link, its_log, renamed])
def test_a_file_that_is_the_pool_is_refused_before_it_is_opened(named, filled, tmp_path, capsys):
    file = named(filled, tmp_path)
    opened: list[object] = []
    watched = {str(file), os.path.realpath(file)}
    auditing.append(lambda path: opened.append(path) if str(path) in watched else None)
    try:
        with pytest.raises(Refused, match="itself or its log"):
            ingest.add(filled, [file])
        with pytest.raises(Refused, match="itself or its log"):
            suggestions.suggested(filled, [file], trial=None)
        assert main(["add", str(file), "--pool", str(filled.path)]) == 2
        assert "python -m igcore backup" in capsys.readouterr().err
        given = [str(path) for path in write_tables(tmp_path / "more", PATIENTS)]
        assert main(["add", *given, "--mapping", str(file), "--pool", str(filled.path)]) == 2
    finally:
        auditing.clear()
    assert opened == []
    assert intruder(filled) == "locked"
    assert filled.newest() == 1


auditing: list[Callable[[object], None]] = []  # an audit hook stays for the whole process


def _audit(event: str, arguments: tuple) -> None:
    if event == "open":
        for hear in auditing:
            hear(arguments[0])


sys.addaudithook(_audit)


def test_problems_and_a_backup_are_not_written_into_the_log(filled, tmp_path):
    with filled.reading() as cursor:
        cursor.execute("checkpoint")
    assert not log_of(filled).exists()
    files = write_tables(tmp_path / "more", PATIENTS)
    with pytest.raises(Refused, match="itself or its log"):
        ingest.add(filled, files, Options(problems=log_of(filled)))
    with pytest.raises(Refused, match="itself or its log"):
        history.backup(filled, log_of(filled))
    assert not log_of(filled).exists()


def test_a_pool_is_not_opened_twice_by_two_names(filled, tmp_path):
    with pytest.raises(Refused, match="in use"):
        Pool.open(hard_link(filled, tmp_path))
    assert intruder(filled) == "locked"


def test_the_lock_holds_after_a_backup_a_look_into_it_and_a_check(filled, tmp_path, capsys):
    copy = history.backup(filled, tmp_path / "copy.duckdb")
    assert copy.read_bytes()
    Pool.open(copy).close()
    assert intruder(filled) == "locked"
    assert main(["check", "--pool", str(filled.path)]) == 0
    assert history.check(filled) == []
    assert intruder(filled) == "locked"
    refuse_open_pool(copy)  # a closed pool is a file like any other


def test_the_intruder_would_write_where_a_handle_of_the_file_was_closed(filled):
    with filled.reading() as cursor:
        cursor.execute("checkpoint")
    assert intruder(filled) == "locked"
    filled.path.open("rb").close()
    assert intruder(filled) == "written"
