"""SAS (xpt 5 and 8, sas7bdat), SPSS (sav) and Stata (dta) -> a sheet, some thousand rows at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyreadstat

from igcore.errors import UnreadableFile
from igcore.ingest.read.sheet import (
    HEADER_ONLY,
    NO_ROWS,
    Reading,
    Sheet,
    cell,
    names,
    numbers_as_text,
    table,
)
from igcore.ingest.read.signatures import KINDS

CELLS = 4_000_000  # of a batch, as Python objects about 300 MB
READERS = {
    "xpt": pyreadstat.read_xport,
    "sas7bdat": pyreadstat.read_sas7bdat,
    "sav": pyreadstat.read_sav,
    "dta": pyreadstat.read_dta,
}
_MEMBERS = (b"HEADER RECORD*******MEMBER  HEADER", b"HEADER RECORD*******MEMBV8  HEADER")


def read(path: Path, name: str, kind: str) -> Iterator[Sheet]:
    """The one data set of a file; value labels stand in place of their codes, and that is told.

    Raises:
        UnreadableFile: torn, not of that kind, several data sets in it, or no rows.
    """
    if kind == "xpt":
        _refuse_torn_transport(path)
    load = _Loader(path, kind)
    _, meta = load(row_limit=1)
    if not meta.column_names:
        raise UnreadableFile(*NO_ROWS)
    made = Sheet(name, None, names(meta.column_names), iter(()), notes=load.notes)
    made.reading = Reading(header_row=0)
    labels = {
        column: {key: str(label) for key, label in values.items()}
        for column, values in (meta.variable_value_labels or {}).items()
        if values
    }
    if labels:
        some = ", ".join(list(labels)[:5]) + (" ..." if len(labels) > 5 else "")
        made.notes.append(f"Labels were read in place of codes in {some}.")
    batches = _batches(load, meta.column_names, labels)
    start = next(batches, None)
    if start is None:
        raise UnreadableFile(*HEADER_ONLY)
    made.batches = itertools.chain([start], batches)
    yield made


def _refuse_torn_transport(path: Path) -> None:
    """Refuse a transport file of broken records or of several data sets (only the first is read)."""
    if path.stat().st_size % 80:
        raise UnreadableFile(
            "It is torn: a SAS transport file is made of whole records of 80 bytes.",
            "Copy or export it again.",
        )
    members = 0
    with path.open("rb") as file:
        while block := file.read(80 << 14):
            for mark in _MEMBERS:
                at = block.find(mark)
                while at >= 0:
                    members += at % 80 == 0
                    at = block.find(mark, at + 1)
    if members > 1:
        raise UnreadableFile(
            f"It holds {members} data sets.", "Export each data set to a file of its own."
        )


class _Loader:
    """Reads some rows of a file; from where its text is not UTF-8 on, as windows-1252, told."""

    def __init__(self, path: Path, kind: str) -> None:
        self._path, self._kind = path, kind
        self._encoding: str | None = None
        self.notes: list[str] = []

    def __call__(self, **rows: int):
        try:
            return _load(self._path, self._kind, self._encoding, **rows)
        except UnicodeDecodeError:
            if self._encoding:
                raise _unreadable(self._kind) from None
        # Transport files do not say their encoding.
        self._encoding = "windows-1252"
        self.notes.append("The text is not in the stated encoding or UTF-8; read as windows-1252.")
        return self(**rows)


def _load(path: Path, kind: str, encoding: str | None, **rows: int):
    """Columns as lists, and what the file says of them."""
    try:
        return READERS[kind](str(path), encoding=encoding, output_format="dict", **rows)
    except UnicodeDecodeError:
        raise
    except OverflowError as error:
        raise UnreadableFile(
            "It holds dates that no calendar has.", "Correct them, or export the dates as text."
        ) from error
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OSError) as error:
        raise _unreadable(kind) from error
    except (MemoryError, TypeError, KeyError, IndexError) as error:
        raise _unreadable(kind) from error


def _unreadable(kind: str) -> UnreadableFile:
    if kind == "xpt":
        return UnreadableFile(
            "It is not a SAS transport file (version 5 or 8), or it is torn.",
            "Export it again with PROC COPY to an XPORT library, or give CSV.",
        )
    return UnreadableFile(
        f"It is not {KINDS[kind][0]}, or it is torn.", "Copy or export it again, or give CSV."
    )


def _step(columns: int) -> int:
    return max(1_000, min(200_000, CELLS // max(columns, 1)))


def _batches(load, columns: list[str], labels: dict[str, dict]) -> Iterator[pa.Table]:
    step = _step(len(columns))
    for offset in itertools.count(0, step):
        data, _ = load(row_limit=step, row_offset=offset)
        rows = len(data[columns[0]]) if data else 0
        if rows:
            lines = pa.array(range(offset + 1, offset + rows + 1), pa.int64())
            texts = [_text(data[column], labels.get(column)) for column in columns]
            made = table(lines, texts, trim=True)
            if made.num_rows:
                yield made
        if rows < step:
            return


def _text(values: list, labels: dict | None) -> pa.Array:
    if labels:
        return pa.array([labels.get(v) if v in labels else cell(v) for v in values], pa.string())
    kinds = set(map(type, values)) - {type(None)}
    if kinds == {float}:
        return numbers_as_text(pa.array(values, pa.float64()))
    if kinds == {str}:
        return pa.array(values, pa.string())
    return pa.array([cell(value) for value in values], pa.string())


__all__ = ["read"]
