"""csv, tsv and txt -> a sheet: what is decided by looking at the file; `blocks` then reads it."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from pathlib import Path

from igcore.errors import UnreadableFile
from igcore.ingest.read import delimiter as delimiters
from igcore.ingest.read import encoding as encodings
from igcore.ingest.read import header as headers
from igcore.ingest.read.blocks import LONGEST, TOO_LONG, Text, batches, reader, unsplit
from igcore.ingest.read.sheet import HEADER_ONLY, NO_ROWS, Reading, Sheet, clean, names


def read(path: Path, name: str, reading: Reading) -> Iterator[Sheet]:
    """The one sheet of a text file.

    Raises:
        UnreadableFile: it is no text, has no rows, or a line cannot be split into cells.
    """
    _refuse_delimiter(reading.delimiter)
    _refuse_endless(path)
    encoding = encodings.decide(path, reading.encoding)
    sample, whole = _sample(path, encoding)
    delimiter = reading.delimiter or delimiters.decide(sample)
    rows, after = _sample_rows(sample, delimiter, whole)
    found = headers.find(rows, line=reading.header_row)
    if found is None:
        raise UnreadableFile(*NO_ROWS)
    data = [cells for _, cells in rows[found.last + 1 :] if any(cells)]
    raw = _fitted(list(found.cells), data)
    made = Sheet(name, None, names(raw), iter(()), notes=[*encoding.notes, *found.notes])
    made.reading = Reading(
        encoding=encoding.name, delimiter=delimiter, header_row=rows[found.first][0]
    )
    wide = max(len(raw), len(data[0]) if data else 0)
    tables = batches(made, Text(path, encoding, delimiter, after[found.last], wide))
    start = next(tables, None)
    if start is None and not made.problems:
        raise UnreadableFile(*HEADER_ONLY)
    made.batches = itertools.chain([start] if start else [], tables)
    yield made


def _refuse_delimiter(wanted: str) -> None:
    if wanted and (len(wanted) > 1 or not wanted.isascii() or wanted in '"\r\n\0'):
        raise UnreadableFile(
            f'Cells cannot be parted by "{wanted[:10]}".',
            "Choose one character, such as a comma, a semicolon or a tab.",
        )


def _refuse_endless(path: Path) -> None:
    """Refuse a file whose first line has no end, before gigabytes of it are decoded."""
    with path.open("rb") as file:
        head = file.read(4 * LONGEST)  # UTF-16 takes up to four bytes for a character
    if len(head) == 4 * LONGEST and b"\n" not in head and b"\r" not in head:
        raise unsplit(1, TOO_LONG)


def _fitted(cells: list[str | None], data: list[list[str | None]]) -> list[str | None]:
    """Header cells up to the last one that has a name, or text under it."""
    while cells and not cells[-1]:
        place = len(cells) - 1
        if any(len(row) > place and row[place] for row in data):
            break
        cells.pop()
    return cells


def _sample(path: Path, encoding: encodings.Encoding) -> tuple[str, bool]:
    """The first lines as text, and whether they are all."""
    with encodings.open_as_utf8(path, encoding) as file:
        start = file.read(1 << 18) + file.readline(LONGEST)
        whole = not file.peek(1)
    lines = start.split(b"\n", 1)[0] if not encoding.odd_line_ends else start.split(b"\r", 1)[0]
    if len(lines) > LONGEST:
        raise unsplit(1, TOO_LONG)
    text = start.decode(errors="replace")
    head = next((line for line in text.splitlines() if line.strip()), "")
    if "\0" in head:
        raise UnreadableFile("It is not a text file.", encodings.SAVE_AS)
    return text, whole


def _sample_rows(
    sample: str, delimiter: str, whole: bool
) -> tuple[list[tuple[int, list[str | None]]], list[int]]:
    """The first rows with their lines, and for each the number of the line after it."""
    rows, after = [], []
    rows_of = reader(io.StringIO(sample, newline=""), delimiter)
    line = 1
    try:
        for cells in rows_of:
            rows.append((line, [clean(cell) for cell in cells]))
            line = rows_of.line_num + 1
            after.append(line)
            if len(rows) == headers.SAMPLE:
                return rows, after
    except csv.Error as error:
        if not any(any(cells) for _, cells in rows):  # not even a header
            raise unsplit(line, str(error)) from None
    if not whole and len(rows) > 1:  # the last one may be cut
        rows.pop()
    return rows, after


__all__ = ["read"]
