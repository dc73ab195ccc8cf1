"""An add that is stopped, by its reader or by the machine, stores all of the upload or nothing."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from igcore import ingest
from igcore.store import ROOT, Pool, history
from igcore.store.relations import composed
from tests.ingest.corpus.case import MEASURED
from tests.ingest.corpus.examine import base_pool

PATIENTS, DAYS, KILLS = 1000, 300, 50
UPLOAD = [2, 1 + PATIENTS, PATIENTS * DAYS]  # version, patients and measurements, when all is there
NOTHING = [1, 1, 0]
PROBE = """
import json, sys
from igcore.__main__ import main
from igcore.store import Pool
from igcore.store.relations import composed
code = main(["check", "--pool", sys.argv[1]])
pool = Pool.open(sys.argv[1], create=False)
newest = pool.newest()
with pool.reading() as cursor:
    counts = [
        cursor.execute(composed(f"select count(*) from {name}()"), {"version": newest}).fetchall()[0][0]
        for name in ("patients", "measurements")
    ]
print(json.dumps([code, newest, *counts]))
"""


class Stop(Exception):
    """The reader's cancel, or a fault in the page that shows the progress."""


def upload(folder: Path, patients: int, days: int) -> list[Path]:
    """Template files of so many patients, each with a measurement on so many days."""
    folder.mkdir()
    people, values = folder / "patients.csv", folder / "measurements.csv"
    people.write_text("trial,patient\n" + "".join(f"Large,{i}\n" for i in range(patients)))
    rows = (
        f"Large,{patient},IgA,{day},,{50 + (patient + day) % 300},mg/dL,70,400\n"
        for patient in range(patients)
        for day in range(1, days + 1)
    )
    with values.open("w") as file:
        file.write(MEASURED)
        file.writelines(rows)
    return [people, values]


def contents(pool: Pool) -> list[int]:
    """Version, patients and measurements of the pool."""
    newest = pool.newest()
    with pool.reading() as cursor:
        counts = [
            cursor.execute(
                composed(f"select count(*) from {name}()"), {"version": newest}
            ).fetchall()
            for name in ("patients", "measurements")
        ]
    return [newest, *(rows[0][0] for rows in counts)]


def test_a_progress_that_fails_at_any_call_leaves_the_pool_as_it_was(tmp_path: Path):
    pool = base_pool(tmp_path)
    files = upload(tmp_path / "files", 20, 30)
    calls: list[str] = []
    ingest.add(pool, files, rehearse=True, progress=lambda share, words: calls.append(words))
    assert len(calls) >= 4
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    for stop_at in range(1, len(calls) + 1):
        left = iter(range(stop_at - 1))

        def progress(share: float, words: str, left=left) -> None:
            if next(left, None) is None:
                raise Stop

        with pytest.raises(Stop):
            ingest.add(pool, files, progress=progress)
        assert contents(pool) == NOTHING
        assert history.check(pool) == []
        assert {path for path in tmp_path.rglob("*") if path.is_file()} == before
    report = ingest.add(pool, files)
    assert report.errors == [] and contents(pool) == [2, 21, 600]
    assert history.check(pool) == []
    pool.close()


@dataclass
class Killed:
    """What was found after a kill: when it came, what the pool holds, what lies beside it."""

    after: float
    held: list[int]
    beside: dict[str, int]


def moment(number: int, share: float) -> float:
    """When to kill, as a share of the whole: half spread over all of it, half about the commit.

    The commit comes last; the interpreter needs the first fifth to start.
    """
    low, high = (0.2, 1.0) if number % 2 else (0.8, 1.02)
    return low + (high - low) * (number // 2 % (KILLS // 2) + share) / (KILLS // 2)


def add_in_child(where: Path, files: list[Path], after: float | None) -> tuple[bool, float]:
    """Run `add` in a child, killed after so many seconds; whether it had ended, and when."""
    started = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-m", "igcore", "add", *map(str, files), "--pool", str(where)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        child.wait(after)
    except subprocess.TimeoutExpired:
        child.kill()
    code = child.wait()
    assert code in (0, -9)
    return code == 0, time.monotonic() - started


def probe(where: Path) -> list[int]:
    """What a fresh process finds in the pool; its check must pass."""
    found = subprocess.run(
        [sys.executable, "-c", PROBE, str(where)], cwd=ROOT, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr
    code, *held = json.loads(found.stdout.splitlines()[-1])
    assert code == 0, found.stdout
    return held


def beside(where: Path) -> dict[str, int]:
    """Sizes of the files that lie beside the pool, in bytes."""
    return {
        str(path.relative_to(where.parent)): path.stat().st_size
        for path in sorted(where.parent.rglob("*"))
        if path.is_file() and path != where
    }


def restore(base: Path, where: Path) -> None:
    """The pool as it was before, with nothing of its log; other leftovers stay."""
    where.with_name(f"{where.name}.wal").unlink(missing_ok=True)
    shutil.copy(base, where)


@pytest.mark.slow
def test_a_kill_at_any_of_fifty_moments_leaves_all_of_the_upload_or_nothing(tmp_path: Path, capsys):
    (tmp_path / "base").mkdir()
    base_pool(tmp_path / "base").close()
    base = tmp_path / "base" / "pool.duckdb"
    (tmp_path / "pool").mkdir()
    where = tmp_path / "pool" / "pool.duckdb"
    files = upload(tmp_path / "files", PATIENTS, DAYS)
    restore(base, where)
    ended, whole = add_in_child(where, files, None)
    assert ended and probe(where) == UPLOAD
    seed = random.randrange(1_000_000)
    moments = random.Random(seed)
    restore(base, where)
    kills: list[Killed] = []
    too_late = 0
    while len(kills) < KILLS and too_late < KILLS:
        after = whole * moment(len(kills) + too_late, moments.random())
        ended, took = add_in_child(where, files, after)
        left = beside(where)
        held = probe(where)
        if ended:  # the machine is faster than it was
            assert held == UPLOAD
            whole, too_late = took, too_late + 1
        else:
            assert held in (UPLOAD, NOTHING)
            kills.append(Killed(after, held, left))
            if held == NOTHING and after > 0.9 * whole:
                whole *= 1.05
        if held == UPLOAD:
            restore(base, where)
    with capsys.disabled():
        print(told(kills, whole, seed, too_late))
    assert len(kills) == KILLS
    add_in_child(where, files, None)
    assert probe(where) == UPLOAD
    left = beside(where)
    assert sum(left.values()) <= 2 * sum(file.stat().st_size for file in files), left
    assert len(left) <= 10, left


def told(kills: list[Killed], whole: float, seed: int, too_late: int) -> str:
    """The count, and the most that lay beside the pool after a kill."""
    nothing = sum(kill.held == NOTHING for kill in kills)
    most = max(kills, key=lambda kill: sum(kill.beside.values()))
    return (
        f"\n{len(kills)} kills over {whole:.1f} s (seed {seed}): {nothing} times nothing is stored, "
        f"{len(kills) - nothing} times all; {too_late} adds ended before their kill.\n"
        f"Most beside the pool, after {most.after:.1f} s: {most.beside}; "
        f"after the last kill: {kills[-1].beside}"
    )
