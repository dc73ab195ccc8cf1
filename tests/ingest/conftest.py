"""Raw files sent through the door, and what the pool then holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from igcore import ingest
from igcore.ingest import Options, Report
from igcore.store import Pool
from igcore.store.relations import composed


@pytest.fixture
def send(pool: Pool, tmp_path: Path) -> Callable[..., Report]:
    """Add files by name and content: `send({"patients.csv": "trial,patient\\nA,1\\n"})`."""

    def send_files(
        files: dict[str, str | bytes], options: Options = Options(), *, rehearse: bool = False
    ) -> Report:
        folder = tmp_path / f"sent-{len(list(tmp_path.glob('sent-*')))}"
        paths = []
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            paths.append(path)
        return ingest.add(pool, paths, options, rehearse=rehearse)

    return send_files


@pytest.fixture
def stored(pool: Pool) -> Callable[..., list[tuple]]:
    """Rows of a table as of a version: `stored("responses", "patient, day, response")`."""

    def rows(table: str, columns: str, version: int | None = None) -> list[tuple]:
        at = pool.newest() if version is None else version
        with pool.reading() as cursor:
            question = composed(f"select {columns} from named_{table}() order by all")
            return cursor.execute(question, {"version": at}).fetchall()

    return rows


@pytest.fixture
def cursor(pool: Pool) -> Iterator[duckdb.DuckDBPyConnection]:
    with pool.writing() as open_cursor:
        yield open_cursor
