"""Files -> sheets of text with line numbers. Nothing but the header is interpreted here.

Every kind of file has its module. What is guessed (the encoding, where the header stands) is told
in the sheet's notes and can be stated instead with a `Reading`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from igcore.errors import UnreadableFile
from igcore.ingest.read import (
    columnar,
    dataset_json,
    packed,
    statistics,
    text,
    workbook,
)
from igcore.ingest.read.sheet import Reading, Sheet
from igcore.ingest.read.signatures import refuse_others

# Ending -> kind.
_ENDINGS = {
    ".csv": "text", ".tsv": "text", ".txt": "text",
    ".csv.gz": "gz", ".tsv.gz": "gz", ".txt.gz": "gz",
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".xlsb": "xlsb", ".xls": "xls", ".ods": "ods",
    ".xpt": "xpt", ".sas7bdat": "sas7bdat", ".sav": "sav", ".dta": "dta",
    ".parquet": "parquet", ".json": "json", ".ndjson": "json",
}  # fmt: skip


def kinds() -> tuple[str, ...]:
    """The endings of file names that are read."""
    return tuple(_ENDINGS)


def read(path: Path, name: str, reading: Reading = Reading()) -> Iterator[Sheet]:
    """The sheets of a file, one after the other.

    Args:
        name: what the reader calls the file; its ending says of what kind it is.
        reading: what is stated instead of being decided by looking.

    Raises:
        UnreadableFile: the kind is not known, or the file is empty, torn, protected, too large,
            something else than its name says, or without rows. Also while batches are taken.
    """
    if not path.stat().st_size:
        raise UnreadableFile("The file is empty.", "Save it again from the program it came from.")
    endings = [suffix.lower() for suffix in Path(name).suffixes]
    ending = "".join(endings[-2:] if endings[-1:] == [".gz"] else endings[-1:])
    kind = _ENDINGS.get(ending)
    if kind is None:
        raise UnreadableFile(
            f'Files of the kind "{ending}" are not read.',
            f"Give one of {', '.join(kind.removeprefix('.') for kind in kinds())}.",
        )
    refuse_others(path, kind)
    yield from _sheets(path, name, reading, kind)


def _sheets(path: Path, name: str, reading: Reading, kind: str) -> Iterator[Sheet]:
    if kind == "gz":
        with packed.unpacked(path) as inside:
            refuse_others(inside, "text")
            yield from text.read(inside, name, reading)
    elif kind == "text":
        yield from text.read(path, name, reading)
    elif kind in ("xlsx", "xlsb", "xls", "ods"):
        yield from workbook.read(path, name, reading, kind)
    elif kind == "parquet":
        yield from columnar.read(path, name)
    elif kind == "json":
        yield from dataset_json.read(path, name)
    else:
        yield from statistics.read(path, name, kind)


__all__ = ["Reading", "Sheet", "kinds", "read"]
