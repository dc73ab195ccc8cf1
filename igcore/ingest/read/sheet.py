"""A sheet: one table of text as every kind of file is handed on, and how its cells are written."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from igcore.errors import UnreadableFile
from igcore.ingest.report import Problem

MAX_COLUMNS = 2_000
BATCH = 50_000
NO_ROWS = ("There are no rows in it.", "Fill it in, or leave it out.")
HEADER_ONLY = ("There are no rows in it below the header.", "Fill it in, or leave it out.")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a file is read; "" and None stand for what is decided by looking.

    `encoding` is one of utf-8, utf-16, windows-1252 and latin-1, `delimiter` one character,
    `header_row` the number of the line or row in which the header begins.
    """

    encoding: str = ""
    delimiter: str = ""
    header_row: int | None = None


@dataclass
class Sheet:
    """One table of text.

    Args:
        file: what the reader calls the file.
        sheet: the sheet of a workbook, else None.
        header: names, none blank and no two alike without regard to case.
        batches: tables of the columns line (int64: number of the line or row), c0, c1, ... (text
            without outer blanks, null where empty) in the order of `header`; rows without any
            text are left out. They are read while they are asked for, so take all that you want
            of a sheet before you ask for the next one. May raise UnreadableFile.
        reading: how it was read, all decided.
        notes: sentences that the reader is told.
        problems: rows that were refused; complete when all batches were taken.
    """

    file: str
    sheet: str | None
    header: tuple[str, ...]
    batches: Iterator[pa.Table]
    reading: Reading = Reading()
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def ragged(self, line: int, cells: int) -> None:
        """Note the problem of a row that has too few or too many cells."""
        self.problems.append(
            Problem(
                self.file,
                self.sheet,
                line,
                None,
                None,
                f"The line has {cells} cells where the header has {len(self.header)}.",
                "Check the line for a missing or extra separator.",
            )
        )


def names(raw: Sequence[str | None], places: Sequence[int] | None = None) -> tuple[str, ...]:
    """Header names of cells; a blank one is called after its place, "column 7".

    Args:
        places: numbers of the columns in the file, from 1, unless they are 1, 2, 3 ...

    Raises:
        UnreadableFile: there are too many, or a name stands twice.
    """
    if len(raw) > MAX_COLUMNS:
        raise UnreadableFile(
            f"It has {len(raw)} columns.", f"At most {MAX_COLUMNS} are read; split the file."
        )
    taken: set[str] = set()
    for name in filter(None, raw):
        if "\0" in name:
            raise UnreadableFile(
                "A column's name holds NUL bytes: it is not a text file.", "Export it again."
            )
        if name.lower() in taken:
            raise UnreadableFile(
                f'The column "{name.lower()[:60]}" stands twice in the header.',
                "Rename or remove one.",
            )
        taken.add(name.lower())
    named = []
    for place, name in zip(places or range(1, len(raw) + 1), raw, strict=True):
        given = name or f"column {place}"
        while not name and given in taken:
            given += " (unnamed)"
        named.append(given)
    return tuple(named)


def clean(text: str) -> str | None:
    """Text without outer blanks; None when nothing is left."""
    return text.strip() or None


def cell(value: object) -> str | None:
    """A typed cell as text: ISO dates, whole numbers without a point, truth as 1 and 0."""
    if value is None or value != value:  # NaN and NaT, SAS's missing values, differ from themselves
        return None
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M")
    if isinstance(value, datetime.timedelta):
        hours, seconds = divmod(round(value.total_seconds()), 3600)
        return f"{hours}:{seconds // 60:02}"
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    return clean(str(value))


def numbers_as_text(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Floats as `cell` writes them, a column at a time."""
    column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    whole = pc.and_(pc.equal(pc.floor(column), column), pc.less(pc.abs(column), 1e15))
    integers = pc.cast(pc.if_else(whole, column, 0.0), pa.int64())
    text = pc.if_else(whole, pc.cast(integers, pa.string()), pc.cast(column, pa.string()))
    # Arrow writes 1e-7 and 1.5e+11 where Python writes 1e-07 and 150000000000.0.
    if pc.any(pc.match_substring(text, "e")).as_py():
        return pa.array([cell(value) for value in column.to_pylist()], pa.string())
    return text


def table(
    lines: pa.Array, columns: Sequence[pa.Array | pa.ChunkedArray], *, trim: bool
) -> pa.Table:
    """A batch of text columns: outer blanks off if `trim`, empty cells null, blank rows left out."""
    if trim:
        columns = [_trimmed(column) for column in columns]
    made = pa.table([lines, *columns], names=["line", *(f"c{i}" for i in range(len(columns)))])
    blank = None
    for column in columns:
        if not column.null_count:
            return made
        null = pc.is_null(column)
        blank = null if blank is None else pc.and_(blank, null)
        if not pc.any(blank).as_py():
            return made
    return made if blank is None else made.filter(pc.invert(blank))


def _trimmed(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    column = pc.utf8_trim_whitespace(column)
    empty = pc.equal(column, "")
    if pc.any(empty).as_py():
        column = pc.if_else(empty, pa.scalar(None, pa.string()), column)
    return column


def from_rows(rows: Sequence[tuple[int, Sequence[str | None]]], width: int) -> pa.Table:
    """A batch of clean rows, each with its line and at least `width` cells."""
    lines = pa.array([line for line, _ in rows], pa.int64())
    columns = [pa.array([row[i] for _, row in rows], pa.string()) for i in range(width)]
    return table(lines, columns, trim=False)


__all__ = [
    "BATCH", "HEADER_ONLY", "NO_ROWS", "Reading", "Sheet", "cell", "clean", "from_rows", "names",
    "numbers_as_text", "table",
]  # fmt: skip
