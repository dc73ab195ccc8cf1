"""The end of the server: the pool is filled, closed, and one file."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Iterator

import pytest

from igcore import ingest
from igcore.errors import PoolError
from igcore.store import Pool
from pages.shared import server
from tests.conftest import write_tables
from tests.pages.conftest import serve


def left(folder) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()} - {"log"}


def test_a_server_that_is_stopped_at_once_leaves_its_filled_pool_as_one_file(tmp_path) -> None:
    running = serve(tmp_path)
    next(running)
    running.close()
    assert left(tmp_path) == {"pool.duckdb"}
    pool = Pool.open(tmp_path / "pool.duckdb")
    assert pool.newest() == 2
    pool.close()


@pytest.fixture
def thawed() -> Iterator[None]:
    """What the server's start took out of the collector's sight is collected at the end again.

    Frozen, DuckDB's own objects outlive their module, and its binding tells of a leak at the exit.
    """
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("thawed")
def test_the_end_waits_for_the_opening_and_no_page_opens_the_pool_again(
    tmp_path, monkeypatch
) -> None:
    path = tmp_path / "pool" / "pool.duckdb"
    files = write_tables(tmp_path, {"patients": [{"trial": "A", "patient": "1"}]})
    filling = threading.Event()

    def fill(pool: Pool) -> None:
        filling.set()
        time.sleep(0.3)  # the server is told to stop meanwhile
        ingest.add(pool, files)

    monkeypatch.setenv("IGCORE_POOL", str(path))
    monkeypatch.setattr(server.demo, "fill", fill)
    monkeypatch.setattr(server, "_stopping", threading.Event())

    async def live() -> None:
        async with server.opened(None):
            await asyncio.to_thread(filling.wait)

    asyncio.run(live())
    assert left(path.parent) == {"pool.duckdb"}
    with pytest.raises(PoolError, match="being stopped"):
        server.pool()
    pool = Pool.open(path)
    assert pool.newest() == 1
    pool.close()
