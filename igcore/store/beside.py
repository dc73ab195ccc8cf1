"""What lies beside a pool: its log, and the folders of its own in which others may not look.

Every name is made of the pool's, so that pools in one folder have nothing in common.
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from igcore.errors import PoolError


def uploads(pool: Path) -> Path:
    """The folder of staged uploads."""
    return pool.with_name(f".{pool.name}.uploads")


def spilled(pool: Path) -> Path:
    """The folder into which DuckDB writes what does not fit into memory."""
    return pool.with_name(f".{pool.name}.staging")


def private(folder: Path) -> Path:
    """The folder, made if need be, for this user alone.

    Raises:
        PoolError: it cannot be made, or belongs to somebody else.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise PoolError(
            f"The folder {folder} cannot be made or kept private. Take away what is there."
        ) from error
    return folder


def clear(pool: Path, *, before: float) -> None:
    """Delete what a killed process has left; only for the process that holds the pool.

    Args:
        before: seconds since the epoch when the opening began; what DuckDB wrote since, as it read
            the log, is in use.
    """
    for left in _inside(uploads(pool)):
        _delete(left)
    for left in _inside(spilled(pool)):
        with contextlib.suppress(OSError):
            if left.lstat().st_mtime < before:
                _delete(left)


def _inside(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # it is not there, or no folder
        return []


def _delete(left: Path) -> None:
    if left.is_dir() and not left.is_symlink():
        shutil.rmtree(left, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            left.unlink()
