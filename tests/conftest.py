"""Pools made of template rows, through the ordinary door or the command line."""

from __future__ import annotations

import csv
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from igcore import ingest
from igcore.__main__ import main
from igcore.ingest import Options, Report, demo
from igcore.store import ROOT, Pool, closing, schema

# The time of an example says more about the machine than about us. `make test` draws the same
# examples everywhere, so that it never fails for luck; `make test-slow` looks for new ones.
settings.register_profile(
    "fixed",
    deadline=None,
    database=None,
    derandomize=True,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "search", settings.get_profile("fixed"), derandomize=False, max_examples=500, print_blob=True
)
settings.load_profile("fixed")

SHARED = ROOT.parent / "shared" / "data"
TRIALS = ("A & B", "50% = +x?", "SIM")  # the first two are real; their names strain the link


def write_tables(folder: Path, tables: dict[str, list[dict]]) -> list[Path]:
    """Template CSV files of these rows; missing cells stay empty."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, rows in tables.items():
        columns = [column.name for column in schema.BY_NAME[name].columns]
        path = folder / f"{name}.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", extrasaction="raise")
            writer.writeheader()
            writer.writerows(rows)
        paths.append(path)
    return paths


@pytest.fixture(scope="session", autouse=True)
def closed_at_the_end() -> Iterator[None]:
    """Whatever pool a test left open is closed before the interpreter ends."""
    with closing():
        yield


def opened_copy(file: Path, folder: Path) -> Pool:
    """A pool of its own in that folder: a copy of a closed one, so that its tables are there."""
    path = folder / "pool.duckdb"
    assert not path.exists(), "an open pool may not be written over"
    shutil.copyfile(file, path)
    return Pool.open(path)


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a new pool that `Pool.open` made, closed; to be copied."""
    path = tmp_path_factory.mktemp("empty") / "pool.duckdb"
    Pool.open(path).close()
    return path


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a pool with the two simulated trials, closed; to be copied, never opened.

    The first process of the run that needs it makes it; the others wait for that.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # the folder of all workers of this run
    file = folder / "demo.duckdb"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            made = Pool.open(folder / "demo-in-making.duckdb")
            demo.fill(made)
            made.close()
            made.path.rename(file)
    return file


@pytest.fixture(scope="session")
def demo_pool(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """The two simulated trials, one open pool per process; tests must leave it as it is."""
    pool = opened_copy(demo_file, tmp_path_factory.mktemp("demo"))
    yield pool
    assert pool.newest() == 2, "a test has changed the pool that all share"
    pool.close()


@pytest.fixture
def pool(tmp_path: Path, empty_file: Path) -> Iterator[Pool]:
    """An empty pool of its own."""
    made = opened_copy(empty_file, tmp_path)
    made.new = True
    yield made
    made.close()


@pytest.fixture
def add(pool: Pool, tmp_path: Path) -> Callable[..., Report]:
    """Add template rows to the pool: `add(patients=[...], measurements=[...])`."""

    def add_rows(options: Options = Options(), **tables: list[dict]) -> Report:
        folder = tmp_path / f"files-{len(list(tmp_path.glob('files-*')))}"
        return ingest.add(pool, write_tables(folder, tables), options)

    return add_rows


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real input beside the project; tests that need it say so when it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder shared/data is not beside the project")
    return SHARED


def rows_of(trial: str) -> dict[str, list[dict]]:
    """Twelve patients, i = 1..12: all die on day 30 i but the fourth; even ones respond."""
    who = [{"trial": trial, "patient": f"<{i}>"} for i in range(1, 13)]
    tables: dict[str, list[dict]] = {"patients": [], "outcomes": [], "responses": []}
    tables["measurements"] = []
    for i, one in enumerate(who, 1):
        arm = "Len, high" if i % 3 else "Dex/low"
        sex = "F" if i % 2 else "M"
        tables["patients"].append({**one, "arm": arm, "sex": sex, "m_protein": "IgG kappa"})
        for endpoint, days in (("OS", 30 * i), ("PFS", 20 * i)):
            event = int(i != 4)
            tables["outcomes"].append(
                {**one, "endpoint": endpoint, "time_days": days, "event": event}
            )
        tables["responses"].append({**one, "day": 40, "response": "SD" if i % 2 else "VGPR"})
        for day, value in ((-1, 56), (29, 56 + 2 * i)):
            iga = {"analyte": "IgA", "day": day, "value": value, "unit": "mg/dL"}
            tables["measurements"].append({**one, **iga, "low": 70, "high": 400})
    return tables


@pytest.fixture(scope="session")
def command_pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A pool of two real trials and a simulated one, filled by the command itself."""
    folder = tmp_path_factory.mktemp("cli")
    where = str(folder / "pool.duckdb")
    held = Pool.open(where)  # a command closes what it has opened, and opening takes time
    for number, trial in enumerate(TRIALS):
        files = [str(file) for file in write_tables(folder / str(number), rows_of(trial))]
        extra = ["--simulated"] if trial == "SIM" else ["--title", f"Title of {trial}"]
        assert main(["add", *files, "--pool", where, "--by", "Ada", *extra]) == 0
    yield where
    held.close()


@pytest.fixture
def run(command_pool: str, capsys) -> Callable[..., tuple[int, str, str]]:
    """Exit code, output and errors of a command, on that pool unless it names another."""
    capsys.readouterr()

    def command(*arguments: str) -> tuple[int, str, str]:
        pool = [] if "--pool" in arguments else ["--pool", command_pool]
        try:
            code = main([*arguments, *pool])
        except SystemExit as stop:  # argparse's own refusals
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return command
