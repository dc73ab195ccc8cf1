"""Pools made of template rows, through the ordinary door."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from igcore import ingest
from igcore.ingest import Options, Report
from igcore.store import ROOT, Pool, schema

SHARED = ROOT.parent / "shared" / "data"


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


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Pool]:
    """An empty pool of its own."""
    made = Pool.open(tmp_path / "pool.duckdb")
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
