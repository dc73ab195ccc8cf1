"""Typed rows made by hand, and what is doubted about them."""

from __future__ import annotations

import duckdb

from igcore.ingest.checks.doubts import Doubt, doubts
from igcore.store import schema

EXTRA = {"measurements": ("operator varchar", "factor double")}
PATIENT = {"treatment_start": "2020-01-06", "age_years": 60}
IGA = {"analyte": "IgA", "unit": "mg/dL", "factor": 0.01, "low": 70, "high": 400}


def put(cursor: duckdb.DuckDBPyConnection, **tables: list[dict]) -> None:
    """Typed rows of trial T, patient 1, unless a row says otherwise; lines count from 2."""
    for name, rows in tables.items():
        place = ["file varchar", "sheet varchar", "line bigint", "ord bigint"]
        declared = [f"{c.name} {c.sql_type}" for c in schema.BY_NAME[name].columns]
        columns = ", ".join([*place, *declared, *EXTRA.get(name, ())])
        cursor.execute(f"create or replace temp table typed_{name} ({columns})")
        for number, row in enumerate(rows):
            whole = {"trial": "T", "patient": "1", "file": f"{name}.csv", "line": number + 2}
            whole |= {"ord": number} | row
            marked = ", ".join("?" for _ in whole)
            cursor.execute(
                f"insert into typed_{name} ({', '.join(whole)}) values ({marked})",
                list(whole.values()),
            )


def found(cursor: duckdb.DuckDBPyConnection, **tables: list[dict]) -> dict[str, Doubt]:
    """The doubts about these rows by kind; no kind may be told twice."""
    put(cursor, **tables)
    told = doubts(cursor, 0)
    kinds = {doubt.kind: doubt for doubt in told}
    assert len(kinds) == len(told)
    return kinds


def series(*values: float, **more: object) -> list[dict]:
    """IgA of one patient every four weeks."""
    return [IGA | {"day": 1 + 28 * n, "value": value} | more for n, value in enumerate(values)]
