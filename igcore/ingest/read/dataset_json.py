"""CDISC Dataset-JSON 1.1, as one document (.json) or line by line (.ndjson) -> a sheet."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from igcore.errors import UnreadableFile
from igcore.ingest.read.sheet import BATCH, HEADER_ONLY, Reading, Sheet, cell, from_rows, names

LARGEST = 1 << 30
LONGEST = 16 << 20  # characters of a row or of the description
CHUNK = 1 << 20
OTHER = (
    "It is not Dataset-JSON 1.1 (a description of columns, then rows), or it is torn.",
    "Export it again as Dataset-JSON 1.1, or give CSV.",
)
_ROWS = re.compile(r'"rows"\s*:\s*\[')


def read(path: Path, name: str) -> Iterator[Sheet]:
    """The one data set of the file, read in a stream.

    Raises:
        UnreadableFile: larger than 1 GB, no Dataset-JSON 1.1, torn, or without rows.
    """
    if path.stat().st_size > LARGEST:
        raise UnreadableFile("It is larger than 1 GB.", "Give it as CSV, xpt or parquet.")
    rows = _rows(path)
    about = next(rows, None)
    try:
        columns = [column["name"] for column in about["columns"]]
    except (TypeError, KeyError):
        raise UnreadableFile(*OTHER) from None
    if not columns or not all(isinstance(column, str) for column in columns):
        raise UnreadableFile(*OTHER)
    header = names([column.strip() or None for column in columns])
    made = Sheet(name, None, header, iter(()), Reading(encoding="utf-8", header_row=0))
    batches = _batches(made, rows)
    start = next(batches, None)
    if start is None and not made.problems:
        raise UnreadableFile(*HEADER_ONLY)
    made.batches = itertools.chain([start] if start else [], batches)
    yield made


def _rows(path: Path) -> Iterator:
    """The description of the data set, then its rows."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            if path.suffix.lower() == ".ndjson" or _by_line(file):
                yield from _lines(file)
            else:
                yield from _document(file)
    except (ValueError, RecursionError) as error:  # also of the encoding
        raise UnreadableFile(*OTHER) from error


def _by_line(file) -> bool:
    """True when the first line is a whole document and another line follows."""
    line = file.readline(LONGEST)
    more = file.read(1)
    file.seek(0)
    if not more or '"columns"' not in line:
        return False
    try:
        return "rows" not in json.loads(line)
    except ValueError:
        return False


def _lines(file) -> Iterator:
    while line := file.readline(LONGEST):
        if line.strip():
            yield json.loads(line)


def _document(file) -> Iterator:
    text, found = "", None
    while found is None:
        chunk = file.read(CHUNK)
        if not chunk or len(text) > LONGEST:
            raise ValueError
        text += chunk
        found = _ROWS.search(text)
    yield json.loads(text[: found.start()] + '"rows":null}')
    decoder, text, at = json.JSONDecoder(), text[found.end() :], 0
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            return
        try:
            row, at = decoder.raw_decode(text, at)
        except ValueError:
            chunk = file.read(CHUNK)
            if not chunk or len(text) - at > LONGEST:
                raise
            text, at = text[at:] + chunk, 0
            continue
        yield row


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] in (",", " ", "\n", "\r", "\t"):
        at += 1
    return at


def _batches(sheet: Sheet, rows: Iterator) -> Iterator[pa.Table]:
    width = len(sheet.header)
    kept = []
    for line, row in enumerate(rows, 1):
        if not isinstance(row, list) or any(isinstance(value, list | dict) for value in row):
            raise UnreadableFile(*OTHER)
        if len(row) != width:
            sheet.ragged(line, len(row))
            continue
        cells = [cell(value) for value in row]
        if any(cells):
            kept.append((line, cells))
        if len(kept) == BATCH:
            yield from_rows(kept, width)
            kept = []
    if kept:
        yield from_rows(kept, width)


__all__ = ["read"]
