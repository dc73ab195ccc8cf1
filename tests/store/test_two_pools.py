"""Two pools in one folder have nothing in common; what a killed process has left goes away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from igcore import ingest
from igcore.__main__ import main
from igcore.errors import PoolError
from igcore.ingest import staging
from igcore.store import ROOT, Pool, history
from tests.conftest import write_tables

# Adds to a pool of its own, and waits for a line where the files are read and not yet checked.
SLOW = """
import sys
from igcore import ingest
from igcore.store import Pool

def told(share, words):
    if share >= 0.4 and not stopped:
        stopped.append(words)
        print("read", flush=True)
        sys.stdin.readline()

stopped = []
pool = Pool.open(sys.argv[1])
report = ingest.add(pool, sys.argv[2:], progress=told)
print(report.upload, flush=True)
"""
PATIENTS = {"patients": [{"trial": "A", "patient": str(i)} for i in range(3)]}


def test_an_upload_in_hand_survives_an_upload_to_the_pool_beside_it(tmp_path, capsys):
    files = [str(file) for file in write_tables(tmp_path / "files", PATIENTS)]
    first, second = (str(tmp_path / name) for name in ("a.duckdb", "b.duckdb"))
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, first, *files],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as slow:
        try:
            assert slow.stdout.readline() == "read\n"
            assert main(["add", *files, "--pool", second]) == 0
            assert main(["uploads", "--pool", second]) == 0
            slow.stdin.write("go on\n")
            slow.stdin.flush()
            assert slow.stdout.readline() == "1\n"
        finally:
            slow.kill()
    for path in (first, second):
        assert main(["check", "--pool", path]) == 0


def test_opening_clears_what_a_killed_process_left_of_this_pool_alone(tmp_path):
    left = {}
    for name in ("a.duckdb", "b.duckdb"):
        for folder in (f".{name}.uploads/staged", f".{name}.staging"):
            (tmp_path / folder).mkdir(parents=True)
            left[folder] = tmp_path / folder / "of-patients"
            left[folder].write_text("Miller")
            os.utime(left[folder], (1, 1))
    Pool.open(tmp_path / "a.duckdb").close()
    assert [folder for folder, file in left.items() if file.exists()] == [
        ".b.duckdb.uploads/staged",
        ".b.duckdb.staging",
    ]


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_only_the_own_user_may_look_into_the_folders_of_a_pool(tmp_path):
    for folder in (".a.duckdb.uploads", ".a.duckdb.staging"):
        (tmp_path / folder).mkdir(mode=0o755)
    pool = Pool.open(tmp_path / "a.duckdb")
    with staging.folder(pool) as made:
        assert {mode(made), mode(made.parent), mode(tmp_path / ".a.duckdb.staging")} == {0o700}
        assert made.parent == tmp_path / ".a.duckdb.uploads"
    with pool.reading() as cursor:
        spill = cursor.execute("select current_setting('temp_directory')").fetchall()[0][0]
    assert spill == str(tmp_path / ".a.duckdb.staging")
    pool.close()


def test_a_folder_that_cannot_be_made_is_told_in_words(pool, tmp_path):
    (tmp_path / ".pool.duckdb.uploads").write_text("a file in its place")
    with pytest.raises(PoolError, match="uploads cannot be made"):
        ingest.add(pool, write_tables(tmp_path / "files", PATIENTS))
    assert history.uploads(pool).empty
