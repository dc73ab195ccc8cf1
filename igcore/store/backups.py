"""A copy of the whole pool while it stays in use."""

from __future__ import annotations

import shutil
from pathlib import Path

from igcore.errors import PoolError, Refused
from igcore.store import Pool, refuse_open_pool
from igcore.store.engines.base import NOT_COPIED


def backup(pool: Pool, target: Path | str) -> Path:
    """A copy of the whole pool while it stays in use; it is a pool itself.

    Raises:
        Refused: something is there already, its folder is not there, or it is the pool's log.
    """
    where = Path(target).expanduser().resolve()
    if where.exists():
        raise Refused(f"There is a file at {where} already; give another name.")
    if not where.parent.is_dir():
        raise Refused(f"There is no folder {where.parent}; make it first.")
    refuse_open_pool(where)
    beside = pool.path.with_name(f"{pool.path.name}.backup-in-progress")
    with pool.copying:
        try:
            beside.unlink(missing_ok=True)
            pool.engine.copy(beside)
            shutil.move(beside, where)
        except OSError as error:
            raise PoolError(NOT_COPIED) from error
        finally:
            beside.unlink(missing_ok=True)
    return where
