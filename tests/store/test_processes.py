"""Other processes, threads and sudden death: a pool is as it was, or as it was promised."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from igcore import ingest
from igcore.__main__ import main
from igcore.errors import PoolError
from igcore.ingest import Options
from igcore.store import ROOT, Cohort, Pool, history
from igcore.store.relations import composed
from tests.conftest import write_tables

# Version v of this pool holds patients 1 to v with one response each, all of them in arm v.
WRITER = """
import sys
from pathlib import Path
from igcore import ingest
from igcore.ingest import Options
from igcore.store import Pool

pool = Pool.open(sys.argv[1])
files = [Path(sys.argv[2]) / name for name in ("patients.csv", "responses.csv")]
print("ready", flush=True)
while sys.argv[3] == "write":
    version = pool.newest() + 1
    patients = range(1, version + 1)
    files[0].write_text(
        "trial,patient,arm\\n" + "".join(f"A,{p},{version}\\n" for p in patients))
    files[1].write_text("trial,patient,day,response\\n" + "".join(f"A,{p},5,PR\\n" for p in patients))
    ingest.add(pool, files, Options(replace=True))
    print(version, flush=True)
sys.stdin.read()
"""


@contextmanager
def other_process(pool: Path, folder: Path, what: str) -> Iterator[subprocess.Popen]:
    """A process that holds the pool, and perhaps writes into it, until it is killed."""
    command = [sys.executable, "-c", WRITER, str(pool), str(folder), what]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def counted(pool: Pool, version: int) -> tuple[int, set[str], int]:
    """Patients, their arms and responses of a version."""
    with pool.reading() as cursor:
        at = {"version": version}
        arms = cursor.execute(composed("select arm from patients()"), at).fetchall()
        ((responses,),) = cursor.execute(
            composed("select count(*) from responses()"), at
        ).fetchall()
    return len(arms), {arm for (arm,) in arms}, responses


@pytest.mark.parametrize(("promised", "delay"), [(1, 0.0), (1, 0.06), (2, 0.11)])
def test_a_kill_in_the_middle_of_a_transaction_leaves_what_was_promised_and_nothing_torn(
    promised, delay, tmp_path
):
    path = tmp_path / "pool.duckdb"
    with other_process(path, tmp_path, "write") as process:
        last = [int(process.stdout.readline()) for _ in range(promised)][-1]
        time.sleep(delay)
    pool = Pool.open(path)
    newest = pool.newest()
    assert last <= newest
    for version in range(1, newest + 1):
        assert counted(pool, version) == (version, {str(version)}, version)
    assert history.check(pool) == []
    history.remove(pool, newest, why="the pool can still be written")
    pool.close()


def test_a_pool_held_by_another_process_gives_its_number_and_the_remedy(tmp_path, capsys):
    path = tmp_path / "pool.duckdb"
    with other_process(path, tmp_path, "hold") as process:
        with pytest.raises(PoolError, match=f"process {process.pid}. Stop that dashboard"):
            Pool.open(path)
        assert main(["check", "--pool", str(path)]) == 1
        said = capsys.readouterr()
        assert f"process {process.pid}" in said.err
        assert said.out == ""
    assert main(["check", "--pool", str(path)]) == 0
    Pool.open(path).close()


def test_reads_from_many_threads_are_right_while_another_one_writes(pool, tmp_path):
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            newest = pool.newest()
            for version in {newest, newest // 2} - {0}:
                found = counted(pool, version)
                if found != (version, {str(version)}, version):
                    wrong.append((version, found))

    def guarded(work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                work()
            except Exception as error:
                wrong.append(error)

        return run

    readers = [threading.Thread(target=guarded(read)) for _ in range(3)]
    for reader in readers:
        reader.start()
    for version in range(1, 5):
        who = [{"trial": "A", "patient": str(p)} for p in range(1, version + 1)]
        rows = {
            "patients": [{**one, "arm": str(version)} for one in who],
            "responses": [{**one, "day": 5, "response": "PR"} for one in who],
        }
        ingest.add(pool, write_tables(tmp_path / str(version), rows), Options(replace=True))
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert counted(pool, 4) == (4, {"4"}, 4)


def test_two_threads_that_write_get_two_versions_and_lose_nothing(pool, tmp_path):
    def write(trial: str) -> Callable[[], None]:
        rows = {"patients": [{"trial": trial, "patient": "1"}]}
        return lambda: ingest.add(pool, write_tables(tmp_path / trial, rows)) and None

    threads = [threading.Thread(target=write(trial)) for trial in "ABC"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = pool.rows(
        "patients",
        **Cohort(
            3,
            (
                (
                    "trial",
                    (
                        "A",
                        "B",
                        "C",
                    ),
                ),
            ),
        ).values(),
    )
    assert (pool.newest(), list(rows.trial), sorted(rows.patient_key)) == (
        3,
        list("ABC"),
        [1, 2, 3],
    )
    assert history.check(pool) == []
