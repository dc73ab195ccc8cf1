"""Files -> staged sheets: every cell as text, on disk beside the pool, until the upload has ended.

A file is read once. What follows (recognising, mapping, checking, adding) works on its staged copy,
whose rows never have to fit into memory, and from which a column can be taken away for good.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from igcore.errors import UnreadableFile
from igcore.ingest.read import Reading, Sheet, read
from igcore.ingest.report import Problem
from igcore.store import Pool, beside, refuse_open_pool

# Arrow's own allocator keeps what it has freed; a long upload would hold on to all of it.
pa.set_memory_pool(pa.system_memory_pool())
Progress = Callable[[float, str], None]
HEADER_AGAIN = ("The header stands here again.", "Remove the line.")


@dataclass(frozen=True, kw_only=True)
class StagedSheet:
    """One sheet as text: columns line, c0, c1, ... in the order of `header`.

    Attributes:
        rows: number of staged rows; `problems` are the rows that could not be staged.
        reading: how it was read, and may be read again.
    """

    file: str
    sheet: str | None
    header: tuple[str, ...]
    path: Path
    rows: int
    reading: Reading
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def title(self) -> str:
        """File and sheet, as the reader knows them."""
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file

    def view(self, cursor: duckdb.DuckDBPyConnection, name: str) -> None:
        """Make the rows a temporary view of that name; they are read from disk as asked for."""
        path = str(self.path).replace("'", "''")
        cursor.execute(f"create or replace temp view {name} as from read_parquet('{path}')")

    def cells(self, column: str) -> str:
        """The name under which a column of the header stands in the dataset."""
        return f"c{self.header.index(column)}"

    def without(self, columns: set[str]) -> StagedSheet:
        """The sheet without these columns; its copy on disk is rewritten before this returns."""
        kept = [name for name in self.header if name not in columns]
        wanted = ["line", *(self.cells(name) for name in kept)]
        names = ["line", *(f"c{number}" for number in range(len(kept)))]
        beside = self.path.with_suffix(".part")
        with _writer(beside, len(kept)) as writer, pq.ParquetFile(self.path) as own:
            for batch in own.iter_batches(columns=wanted):
                writer.write_batch(batch.select(wanted).rename_columns(names))
        beside.replace(self.path)
        return replace(self, header=tuple(kept), problems=_unnamed(self.problems, columns))


@dataclass(frozen=True, kw_only=True)
class StagedFile:
    """One file of an upload: its proof, and its sheets or why there are none."""

    name: str
    sha256: str
    bytes: int
    sheets: tuple[StagedSheet, ...] = ()
    refusal: Problem | None = None


def _unnamed(problems: tuple[Problem, ...], columns: set[str]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.column not in columns)


def _schema(columns: int) -> pa.Schema:
    cells = [(f"c{number}", pa.string()) for number in range(columns)]
    return pa.schema([("line", pa.int64()), *cells])


def _writer(path: Path, columns: int) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, _schema(columns), compression="snappy", write_statistics=False)


@contextmanager
def folder(pool: Pool) -> Iterator[Path]:
    """A folder for the staged copies of one upload, gone at the end."""
    made = new_folder(pool)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def new_folder(pool: Pool) -> Path:
    """A new folder beside the pool, for this user alone; the pool's next opening clears it away."""
    return Path(tempfile.mkdtemp(dir=beside.private(beside.uploads(pool.path))))


def stage_file(
    path: Path, name: str, where: Path, reading: Reading = Reading(), *, progress: Progress
) -> StagedFile:
    """Read one file into staged sheets below `where`; a file that cannot be read says why.

    Args:
        name: what the reader calls the file.
        progress: called with the share of rows read as far as it can be told, and words.

    Raises:
        Refused: the file is an open pool or its log; it is not opened.
    """
    refuse_open_pool(path)
    proof = _proof(path)
    sheets: list[StagedSheet] = []
    try:
        for sheet in read(path, name, reading):
            target = Path(tempfile.mkdtemp(dir=where)) / "sheet.parquet"
            sheets.append(_stage(sheet, target, path.stat().st_size, progress))
    except UnreadableFile as refusal:
        for sheet in sheets:
            sheet.path.unlink()
        wrong = Problem(name, None, None, None, None, refusal.problem, refusal.cure)
        return StagedFile(name=name, refusal=wrong, **proof)
    return StagedFile(name=name, sheets=tuple(sheets), **proof)


def _stage(sheet: Sheet, target: Path, size: int, progress: Progress) -> StagedSheet:
    rows = read = 0
    with _writer(target, len(sheet.header)) as writer:
        for batch in sheet.batches:
            batch = _without_headers(batch, sheet)
            writer.write_table(batch)
            rows += batch.num_rows
            # The text of the cells is about as long as that of a plain file; a packed one has less.
            read = min(size, read + batch.nbytes - 4 * batch.num_rows * batch.num_columns)
            done = f"about {read / 1e6:,.1f} of {size / 1e6:,.1f} MB"
            progress(min(0.99, read / size), f"Reading {sheet.file}: {rows:,} rows, {done}")
    return StagedSheet(
        file=sheet.file,
        sheet=sheet.sheet,
        header=sheet.header,
        path=target,
        rows=rows,
        reading=sheet.reading,
        notes=tuple(sheet.notes),
        problems=tuple(sheet.problems),
    )


def _without_headers(batch: pa.Table, sheet: Sheet) -> pa.Table:
    """The rows without those that repeat the header, as sheets glued together have them."""
    same = pc.equal(batch["c0"], sheet.header[0])
    for number, name in enumerate(sheet.header[1:6], 1):
        same = pc.and_kleene(same, pc.equal(batch[f"c{number}"], name))
    same = pc.fill_null(same, False)
    if len(sheet.header) < 2 or not pc.any(same).as_py():
        return batch
    sheet.problems += [
        Problem(sheet.file, sheet.sheet, line, None, None, *HEADER_AGAIN)
        for line in batch["line"].filter(same).to_pylist()
    ]
    return batch.filter(pc.invert(same))


def _proof(path: Path) -> dict:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": digest, "bytes": path.stat().st_size}
