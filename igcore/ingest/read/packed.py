"""gz -> a temporary file beside it, with a bound."""

from __future__ import annotations

import gzip
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from igcore.errors import UnreadableFile

SUSPICIOUS = 200 << 20
RATIO = 200
LARGEST = 50 << 30
CHUNK = 1 << 20


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The unpacked file for the time of the block; it lies beside the packed one.

    Raises:
        UnreadableFile: the file is no gz, is torn, or unpacks to more than is sensible.
    """
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".unpacked-", delete=False) as target:
        try:
            _unpack(path, target)
            target.close()
            yield Path(target.name)
        finally:
            Path(target.name).unlink(missing_ok=True)


def _unpack(path: Path, target) -> None:
    packed, size = path.stat().st_size, 0
    try:
        with gzip.open(path) as source:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if size > LARGEST or (size > SUSPICIOUS and size > RATIO * packed):
                    raise UnreadableFile(
                        f"Unpacked, it takes more than {size >> 20:,} MB, from {packed:,} bytes.",
                        "Unpack it and give the file itself, if that is right.",
                    )
                target.write(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFile(
            "The gz file is torn or is none.", "Copy it again, or give the unpacked file."
        ) from error
    if not size:
        raise UnreadableFile("The file is empty.", "Save it again from the program it came from.")


__all__ = ["unpacked"]
