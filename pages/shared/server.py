"""The server's life: its pool is opened before the first reader comes, and closed as one file."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from igcore.errors import IgcoreError, PoolError
from igcore.ingest import demo
from igcore.store import Pool, closing
from pages.shared import memory

_filling = threading.Lock()
_stopping = threading.Event()


@asynccontextmanager
async def opened(app: object) -> AsyncIterator[None]:
    """The server's life: the pool is opened, and filled if new, while the first browser loads.

    At its end the pool is closed as one file, once it is open and filled: half of a filling would
    stay for good.
    """
    _stopping.clear()
    opening = threading.Thread(target=_open_early, daemon=True)
    with closing():
        opening.start()
        try:
            yield
        finally:
            await asyncio.to_thread(_stop, opening)


def _stop(opening: threading.Thread) -> None:
    opening.join()
    with _filling:  # no page opens the pool again
        _stopping.set()


def _open_early() -> None:
    with contextlib.suppress(IgcoreError):  # the page says it, in words, to the reader
        pool()
    memory.settle()


def pool() -> Pool:
    """The pool of this server; a new one is filled with the simulated trials, by upload."""
    with _filling:
        if _stopping.is_set():
            raise PoolError("The dashboard is being stopped; open the page again later.")
        found = Pool.open()
        if found.new and not found.newest():
            demo.fill(found)
    return found
