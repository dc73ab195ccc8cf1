"""xlsx, xlsm, xlsb, xls and ods -> a sheet of text for each sheet with content."""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import python_calamine as calamine

from igcore.errors import UnreadableFile
from igcore.ingest.read import header as headers
from igcore.ingest.read import signatures, workbook_parts
from igcore.ingest.read.sheet import (
    BATCH,
    HEADER_ONLY,
    NO_ROWS,
    Reading,
    Sheet,
    cell,
    from_rows,
    names,
)

FAILURES = (calamine.CalamineError, calamine.PasswordError, calamine.XmlError, calamine.ZipError)


def read(path: Path, name: str, reading: Reading, kind: str) -> Iterator[Sheet]:
    """The sheets with content; a header without rows is told, not refused, unless all are so.

    Raises:
        UnreadableFile: torn, protected, too large, or there are no rows in it.
    """
    parts, told = {}, []
    if kind != "xls":
        if not zipfile.is_zipfile(path):
            raise UnreadableFile(
                f"It is not {signatures.KINDS[kind][0]}, or it is torn.",
                f"Save it again as .{kind}.",
            )
        signatures.refuse_bomb(path)
    if kind == "xlsx":
        parts, told = workbook_parts.sheets(path), workbook_parts.book_notes(path)
    found = rows = 0
    with _opened(path) as book:
        for sheet in book.sheets_metadata:
            if sheet.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            made = _sheet(book, sheet, name, reading, parts.get(sheet.name))
            if made is None:
                continue
            found += 1
            made.notes[:0] = told if found == 1 else []
            start = next(made.batches, None)
            if start is None:
                made.notes.append("There are no rows below its header.")
            rows += start is not None
            made.batches = itertools.chain([start] if start else [], made.batches)
            yield made
    if not rows:
        raise UnreadableFile(*(HEADER_ONLY if found else NO_ROWS))


@contextmanager
def _in_words() -> Iterator[None]:
    """Calamine's failures as refusals; a panic of its Rust code is no Exception to Python."""
    try:
        yield
    except calamine.PasswordError as error:
        raise UnreadableFile(
            "The workbook is protected by a password.", "Save it again without a password."
        ) from error
    except (*FAILURES, OSError, ValueError) as error:
        raise UnreadableFile(*workbook_parts.TORN) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFile(*workbook_parts.TORN) from error


def _opened(path: Path) -> calamine.CalamineWorkbook:
    with _in_words():
        return calamine.CalamineWorkbook.from_path(str(path))


def _sheet(
    book: calamine.CalamineWorkbook,
    meta: calamine.SheetMetadata,
    name: str,
    reading: Reading,
    parts: workbook_parts.Parts | None,
) -> Sheet | None:
    """One sheet, or None when it is blank."""
    with _in_words():
        grid = book.get_sheet_by_name(meta.name)
    if grid.start is None or grid.end is None:
        return None
    left, (last, right) = grid.start[1], grid.end
    merged = [
        (top + 1, bottom + 1, first - left, end - left)
        for (top, first), (bottom, end) in grid.merged_cell_ranges or ()
    ]
    sample = list(itertools.islice(_rows(grid), headers.SAMPLE))
    line = reading.header_row
    found = headers.find(sample, merged=merged, line=line)
    if found is None:  # blank so far: skip to the first row with text
        sample = list(
            itertools.islice(
                itertools.dropwhile(lambda row: not any(row[1]), _rows(grid)), headers.SAMPLE
            )
        )
        found = headers.find(sample, merged=merged, line=line)
    if found is None:
        return None
    first, after = sample[found.first][0], sample[found.last][0] + 1
    keep = _filled(grid, found.cells, after)
    header = names(
        [found.cells[i] if i < len(found.cells) else None for i in keep],
        [left + i + 1 for i in keep],
    )
    made = Sheet(name, meta.name, header, iter(()), Reading(header_row=first), list(found.notes))
    if meta.visible != calamine.SheetVisibleEnum.Visible:
        made.notes.insert(0, "The sheet is hidden in the workbook; read as well.")
    if parts:
        made.notes += workbook_parts.hidden_notes(parts, last + 1, right + 1)
    made.notes += _merged_below(merged, after)
    made.batches = _batches(_rows(grid), after, keep)
    return made


def _rows(grid: calamine.CalamineSheet) -> Iterator[tuple[int, list[str | None]]]:
    for line, values in enumerate(grid.iter_rows(), 1):
        yield line, [None if value == "" else cell(value) for value in values]


def _filled(grid: calamine.CalamineSheet, header: tuple[str | None, ...], after: int) -> list[int]:
    """Columns that have a name or text under the header."""
    open_ = {i for i in range(grid.width) if i >= len(header) or not header[i]}
    wanted = set(range(grid.width)) - open_
    if open_:
        for _, values in itertools.islice(enumerate(grid.iter_rows(), 1), after - 1, None):
            found = {i for i in open_ if values[i] != "" and cell(values[i])}
            wanted |= found
            open_ -= found
            if not open_:
                break
    return sorted(wanted)


def _merged_below(merged: list[headers.Merged], after: int) -> list[str]:
    rows = [top for top, *_ in merged if top >= after]
    if not rows:
        return []
    return [
        f"Cells are merged below the header (first in row {min(rows)}); the text of merged cells "
        "counts for the first of them alone."
    ]


def _batches(
    rows: Iterator[tuple[int, list[str | None]]], after: int, keep: list[int]
) -> Iterator[pa.Table]:
    kept: list[tuple[int, list[str | None]]] = []
    for line, cells in rows:
        if line < after:
            continue
        row = [cells[i] for i in keep]
        if any(row):
            kept.append((line, row))
        if len(kept) == BATCH:
            yield from_rows(kept, len(keep))
            kept = []
    if kept:
        yield from_rows(kept, len(keep))


__all__ = ["read"]
