"""What is stored but worth a second look: implausible values, contradictions, notes.

Each question of `sql/doubts` gives rows of one kind or more, which stay in a temp table of their
own, so that ten million doubtful rows are DuckDB's to keep and no list in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb

from igcore.ingest.checks.doubts_words import WORDS
from igcore.store import schema
from igcore.store.columns import Table
from igcore.store.relations import composed

SQL = Path(__file__).parents[1] / "sql" / "doubts"
MARK_COLUMNS = ("file", "sheet", "line", "column", "value", "problem", "cure")
Mark = tuple[str, str | None, int | None, str, str | None, str, str]
_EXTRA = {"measurements": {"operator": "varchar", "factor": "double"}}


class Example(NamedTuple):
    """One row that a doubt is about; `value` is text as the reader would know it."""

    file: str
    sheet: str | None
    line: int | None
    patient: str
    value: str | None


@dataclass(frozen=True)
class Doubt:
    """A kind of doubt: where, what, what to do, how many rows, and up to three of them.

    `kind` is its code in `doubts_words.WORDS`.
    """

    kind: str
    table: str
    column: str
    problem: str
    cure: str
    rows: int
    examples: tuple[Example, ...]


def doubts(
    cursor: duckdb.DuckDBPyConnection, version: int, *, ranges: Mapping[str, str] | None = None
) -> list[Doubt]:
    """The doubts about the typed rows of an upload, in the order of `WORDS`.

    Args:
        version: version of the pool that the upload meets.
        ranges: laboratory of data/reference_ranges.csv whose limits stand in where rows have none, by
            trial; the pool's default for any other.

    `typed_<table>` must exist for the tables that the upload has rows of. Leaves temp tables
    `doubt_row_*` behind, which `marks` reads.
    """
    _prepare(cursor, version, ranges or {})
    found = []
    for place, question in enumerate(_questions(), 1):
        (rows,) = cursor.execute(
            f"create or replace temp table doubt_row_{place} as {question}"
        ).fetchall()[0]
        if not rows:
            continue
        found += cursor.execute(
            "with told as (select kind, tab, col, about, sum(n)::bigint as rows, min(ord, 3) as ords "
            f"from doubt_row_{place} group by kind, tab, col, about) "
            "select t.kind, t.tab, t.col, t.about, any_value(t.rows), list({'file': r.file, "
            "'sheet': r.sheet, 'line': r.line, 'patient': r.patient, 'value': r.value} "
            f"order by r.ord) from told t join doubt_row_{place} r "
            "on r.kind = t.kind and r.tab = t.tab and r.col = t.col and r.about = t.about "
            "and list_contains(t.ords, r.ord) group by t.kind, t.tab, t.col, t.about"
        ).fetchall()
    order = {kind: place for place, kind in enumerate(WORDS)}
    found.sort(key=lambda row: (order[row[0]], *row[1:4]))
    return [
        Doubt(
            kind, table, column, *said(kind, about), rows, tuple(Example(**e) for e in examples[:3])
        )
        for kind, table, column, about, rows, examples in found
    ]


def marks(cursor: duckdb.DuckDBPyConnection, *, batch: int = 10_000) -> Iterator[list[Mark]]:
    """The whole list behind the last `doubts` of this cursor, in lists of at most `batch` rows.

    A mark is (file, sheet, line, column, value, problem, cure). Doubts about an analyte as a whole
    are one mark. The cursor is not free until the last list was taken.
    """
    for place in range(1, len(_questions()) + 1):
        cursor.execute(
            f"select file, sheet, line, col, value, kind, about from doubt_row_{place} order by ord"
        )
        while rows := cursor.fetchmany(batch):
            yield [(*row[:5], *said(row[5], row[6])) for row in rows]


def said(kind: str, about: str) -> tuple[str, str]:
    """Problem and cure of a kind of doubt, in words."""
    problem, cure = WORDS[kind]
    return problem.replace("{about}", about), cure


def _questions() -> list[str]:
    return [composed(file.read_text()) for file in sorted(SQL.glob("*.sql"))]


def _prepare(cursor: duckdb.DuckDBPyConnection, version: int, ranges: Mapping[str, str]) -> None:
    """Temp views `said_<table>` of the rows to doubt, and the temp tables that questions share."""
    typed = {
        row[0]
        for row in cursor.execute(
            "select table_name from duckdb_tables() where temporary union all "
            "select view_name from duckdb_views() where temporary"
        ).fetchall()
    }
    for table in schema.TABLES:
        source = f"typed_{table.name}"
        chosen = _declared(table) if source in typed else _nothing(table)
        known = f"from {source} where trial is not null and patient is not null"
        where = known if source in typed else "where false"
        cursor.execute(f"create or replace temp view said_{table.name} as select {chosen} {where}")
    cursor.execute(
        "create or replace temp table doubt_laboratory (trial varchar, laboratory varchar)"
    )
    for trial, laboratory in ranges.items():
        cursor.execute("insert into doubt_laboratory values (?, ?)", [trial, laboratory])
    for file in sorted((SQL / "prepare").glob("*.sql")):
        statement = composed(file.read_text())
        cursor.execute(statement, {"version": version} if "$version" in statement else None)


def _columns(table: Table) -> dict[str, str]:
    """Name and SQL type of the typed columns that the questions may name."""
    place = {"file": "varchar", "sheet": "varchar", "line": "bigint", "ord": "bigint"}
    declared = {column.name: column.sql_type for column in table.columns}
    return place | declared | _EXTRA.get(table.name, {})


def _declared(table: Table) -> str:
    return ", ".join(_columns(table))


def _nothing(table: Table) -> str:
    return ", ".join(f"null::{kind} as {name}" for name, kind in _columns(table).items())


__all__ = ["MARK_COLUMNS", "Doubt", "Example", "Mark", "doubts", "marks", "said"]
