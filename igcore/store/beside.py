"""What lies beside a pool: its log, and the folders of its own in which others may not look.

Every name is made of the pool's, so that pools in one folder have nothing in common.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from igcore.errors import PoolError

Identity = tuple[int, int]


def log(pool: Path) -> Path:
    """The log into which DuckDB writes before it writes into the pool's file."""
    return pool.with_name(f"{pool.name}.wal")


def identity(file: Path) -> Identity | None:
    """Device and inode of what the name leads to; None where nothing is. It opens nothing."""
    try:
        found = os.stat(file)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def belongs(file: Path, pool: Path, opened: Identity | None) -> bool:
    """True if a name leads to an open pool or its log, by a link of any kind; it opens nothing.

    Args:
        opened: identity of the pool's file when it was opened; it may have been renamed since.
    """
    found = identity(file)
    if found is None:  # the log may be made at any moment
        return os.path.realpath(file) in (str(pool), str(log(pool)))
    return found in (opened, identity(pool), identity(log(pool)))


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
