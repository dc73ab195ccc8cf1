"""parquet -> a sheet of text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

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

ROWS = 100_000
NESTED = ("All of its columns hold lists or records.", "Give a table with one value per cell.")
TORN = ("It is not a parquet file, or it is torn.", "Copy or export it again, or give CSV.")


def read(path: Path, name: str) -> Iterator[Sheet]:
    """The one table of a parquet file; columns that hold lists or records are left out, told.

    Raises:
        UnreadableFile: torn, or without rows.
    """
    try:
        with parquet.ParquetFile(path) as file:
            fields = [field for field in file.schema_arrow if not pa.types.is_nested(field.type)]
            if not fields:
                raise UnreadableFile(*(NESTED if len(file.schema_arrow) else NO_ROWS))
            header = [field.name.strip() or None for field in fields]
            made = Sheet(name, None, names(header), iter(()), Reading(header_row=0))
            nested = [f.name for f in file.schema_arrow if pa.types.is_nested(f.type)]
            if nested:
                made.notes.append(f"Left out, as they hold lists: {', '.join(nested)[:200]}.")
            batches = _batches(file, [field.name for field in fields])
            start = next(batches, None)
            if start is None:
                raise UnreadableFile(*HEADER_ONLY)
            made.batches = itertools.chain([start], batches)
            yield made
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFile(*TORN) from error


def _batches(file: parquet.ParquetFile, columns: list[str]) -> Iterator[pa.Table]:
    rows = 0
    try:
        for batch in file.iter_batches(min(ROWS, _rows(len(columns))), columns=columns):
            lines = pa.array(np.arange(rows + 1, rows + batch.num_rows + 1))
            rows += batch.num_rows
            made = table(lines, [_text(column) for column in batch.columns], trim=True)
            if made.num_rows:
                yield made
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFile(*TORN) from error


def _rows(columns: int) -> int:
    return max(1_000, 4_000_000 // columns)


def _text(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind):
        return pc.cast(column, pa.string())
    if pa.types.is_floating(kind):
        return numbers_as_text(pc.cast(column, pa.float64()))
    if pa.types.is_date32(kind) or pa.types.is_decimal(kind):
        return pc.cast(column, pa.string())
    if pa.types.is_timestamp(kind):
        column = pc.cast(column, pa.timestamp("us", kind.tz), safe=False)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _decoded(column)
    return pa.array([cell(value) for value in column.to_pylist()], pa.string())


def _decoded(column: pa.Array) -> pa.Array:
    try:
        return pc.cast(column, pa.string())
    except pa.ArrowInvalid:
        raise UnreadableFile(
            "One of its columns holds bytes that are no text in UTF-8.",
            "Write the column as text, or leave it out.",
        ) from None


__all__ = ["read"]
