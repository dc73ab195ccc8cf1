"""Text -> batches, block by block: Arrow where the text is regular, else Python's csv reader.

A block is a few megabytes of whole lines. It is regular when both readers would agree on it: no
NUL, no quote inside a cell, no line break within quotes, as many cells in each line as in the first.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as fast

from igcore.errors import UnreadableFile
from igcore.ingest.read import encoding as encodings
from igcore.ingest.read.sheet import BATCH, Sheet, clean, from_rows, table

BLOCK = 1 << 22
LONGEST = 1_000_000  # bytes of a line; a longer one is no row of a table
TOO_LONG = "it is longer than a million characters"
_BLANKS = (b" ", b"\t", b"\v", b"\f", b"\x1c", b"\x1d", b"\x1e", b"\x1f")
csv.field_size_limit(LONGEST)


@dataclass(frozen=True)
class Text:
    """A text file of which all is decided; `line` is the first one of data, `wide` its cells."""

    path: Path
    encoding: encodings.Encoding
    delimiter: str
    line: int
    wide: int


def reader(lines, delimiter: str):
    """Python's csv reader of some lines."""
    # Strict: a quote that is never closed would take the rest of the file into one cell.
    return csv.reader(lines, delimiter=delimiter, strict=True)


def unsplit(line: int, why: str) -> UnreadableFile:
    """The refusal of a line that cannot be split into cells."""
    return UnreadableFile(f"Line {line} cannot be split into cells ({why}).", "Check its quotes.")


def batches(sheet: Sheet, text: Text) -> Iterator[pa.Table]:
    """The rows of a text from its first line of data; rows that do not fit become problems.

    Raises:
        UnreadableFile: a line cannot be split into cells, is too long or holds NUL bytes.
    """
    with encodings.open_as_utf8(text.path, text.encoding) as file:
        if text.encoding.odd_line_ends:
            wrapped = io.TextIOWrapper(file, "utf-8", newline="")
            for _ in range(text.line - 1):
                wrapped.readline()
            for rows, _ in _exact(_Lines(wrapped, text.line), text):
                if batch := _checked(sheet, rows):
                    yield batch
            return
        for _ in range(text.line - 1):
            file.readline()
        line = text.line
        while block := file.read(BLOCK):
            block = _completed(block, file, line)
            lines = block.count(b"\n") + (not block.endswith(b"\n"))
            batch = _regular(block, line, lines, sheet, text)
            if batch is not None:
                line += lines
                if batch.num_rows:
                    yield batch
                continue
            for rows, next_line in _exact(_Lines(_decoded(block, file), line, lines), text):
                line = next_line
                if batch := _checked(sheet, rows):
                    yield batch


def _completed(block: bytes, file: io.BufferedReader, line: int) -> bytes:
    """A block with its last line whole; no line of it is too long."""
    if not block.endswith(b"\n"):
        block += file.readline(LONGEST + 1)
    at = 0
    while at + LONGEST < len(block):
        end = block.rfind(b"\n", at, at + LONGEST)
        if end < 0:
            line += block.count(b"\n", 0, at)
            raise unsplit(line, TOO_LONG)
        at = end + 1
    return block


def _regular(block: bytes, line: int, lines: int, sheet: Sheet, text: Text) -> pa.Table | None:
    """The rows of a regular block, or None when it is not regular.

    Without quotes a line of another number of cells is taken out and read by itself.
    """
    if b"\0" in block or not _plainly_quoted(block, text.delimiter):
        return None
    numbers = np.arange(line, line + lines)
    made = _parsed(block, numbers, len(sheet.header), text)
    if made is not None or b'"' in block:
        return made
    whole = block if block.endswith(b"\n") else block + b"\n"
    codes = np.frombuffer(whole, np.uint8)
    ends = np.flatnonzero(codes == ord("\n")) + 1
    commas = np.searchsorted(np.flatnonzero(codes == ord(text.delimiter)), ends)
    good = np.diff(commas, prepend=0) == text.wide - 1
    lengths = np.diff(ends, prepend=0)
    if text.wide > 1:  # in a table of one column a blank line has as many commas as the others
        kept = codes[np.repeat(good, lengths)].tobytes()
        made = _parsed(kept, numbers[good], len(sheet.header), text)
    if made is None:
        return None
    odd = [
        (int(numbers[i]), whole[ends[i] - lengths[i] : ends[i]].decode().rstrip("\r\n"))
        for i in np.flatnonzero(~good)
    ]
    split = [(n, [clean(cell) for cell in given.split(text.delimiter)]) for n, given in odd]
    mended = _checked(sheet, split)
    return made if mended is None else pa.concat_tables([made, mended]).sort_by("line")


def _parsed(block: bytes, numbers: np.ndarray, width: int, text: Text) -> pa.Table | None:
    """Arrow's reading of lines with these numbers; None when it is not a row for each of them."""
    columns = [f"c{i}" for i in range(text.wide)]
    try:
        made = fast.read_csv(
            pa.BufferReader(block),
            fast.ReadOptions(column_names=columns, block_size=1 << 20),
            fast.ParseOptions(delimiter=text.delimiter),
            fast.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                check_utf8=False,  # all of the file was decoded before
            ),
        )
    except pa.ArrowInvalid:  # lines of another number of cells, or none at all
        return None
    surplus = made.columns[width:]
    if made.num_rows != len(numbers) or any(c.null_count < len(numbers) for c in surplus):
        return None
    blanks = any(b in block for b in _BLANKS if b != text.delimiter.encode())
    trim = blanks or not block.isascii()
    return table(pa.array(numbers), made.columns[:width], trim=trim)


def _plainly_quoted(block: bytes, delimiter: str) -> bool:
    """True when quotes enclose whole cells, are doubled within and closed on their line."""
    if b'"' not in block:
        return True
    if len(delimiter.encode()) > 1:
        return False
    codes = np.frombuffer(b"\n" + block + b"\n", np.uint8)
    quotes = np.flatnonzero(codes == ord('"'))
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    ends = np.flatnonzero(codes == ord("\n"))
    if (np.searchsorted(ends, opening) != np.searchsorted(ends, closing)).any():
        return False
    before, behind = (np.zeros(256, bool) for _ in range(2))
    before[[ord(delimiter), ord("\n"), ord('"')]] = True
    behind[[ord(delimiter), ord("\n"), ord("\r"), ord('"')]] = True
    return bool(before[codes[opening - 1]].all() and behind[codes[closing + 1]].all())


def _decoded(block: bytes, file: io.BufferedReader) -> Iterator[str]:
    """The lines of a block, and then of the file, for a cell that goes on behind the block."""
    yield from io.StringIO(block.decode(), newline="\n")
    while more := file.readline(LONGEST + 1):
        yield more.decode(errors="replace")


class _Lines:
    """Lines for the csv reader: none too long, counted, and `spent` when the block has no more."""

    def __init__(self, lines: Iterator[str], line: int, limit: int | None = None) -> None:
        self._lines, self.line, self._left = lines, line, limit

    def __iter__(self) -> Iterator[str]:
        while given := self._next():
            if len(given) > LONGEST:
                raise unsplit(self.line, TOO_LONG)
            self.line += 1
            if self._left is not None:
                self._left -= 1
            yield given

    def _next(self) -> str:
        if isinstance(self._lines, io.TextIOWrapper):
            return self._lines.readline(LONGEST + 1)
        return next(self._lines, "")

    @property
    def spent(self) -> bool:
        return self._left is not None and self._left <= 0


def _exact(lines: _Lines, text: Text) -> Iterator[tuple[list[tuple[int, list]], int]]:
    """Batches of rows with their lines, each with the number of the line after it."""
    rows: list[tuple[int, list[str | None]]] = []
    line = lines.line
    try:
        for cells in reader(lines, text.delimiter):
            if any("\0" in cell for cell in cells):
                raise UnreadableFile(f"Line {line} holds NUL bytes.", f"{encodings.SAVE_AS}")
            rows.append((line, [clean(cell) for cell in cells]))
            line = lines.line
            if len(rows) == BATCH or lines.spent:
                yield rows, line
                rows = []
            if lines.spent:
                return
    except csv.Error as error:
        raise unsplit(line, str(error)) from None
    yield rows, line


def _checked(sheet: Sheet, rows: list[tuple[int, list[str | None]]]) -> pa.Table | None:
    """A batch of the rows that fit the header; the others become problems."""
    width = len(sheet.header)
    kept = []
    for line, cells in rows:
        if not any(cells):
            continue
        if len(cells) < width or any(cells[width:]):
            sheet.ragged(line, len(cells))
        else:
            kept.append((line, cells))
    return from_rows(kept, width) if kept else None


__all__ = ["LONGEST", "TOO_LONG", "Text", "batches", "reader", "unsplit"]
