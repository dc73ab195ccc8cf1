"""Rows with the fate "add" or "replace" -> the pool, in the caller's transaction."""

from __future__ import annotations

import json

import duckdb

from igcore.ingest.report import Report
from igcore.store import history
from igcore.store.columns import Table


def new_subjects(cursor: duckdb.DuckDBPyConnection) -> None:
    """Give every patient who has none a key of the pool; keys are never used again."""
    cursor.execute(
        """
        insert into subjects
        select (select coalesce(max(patient_key), 0) from subjects)
                + row_number() over (order by f.ord),
            f.trial, f.patient
        from fate_patients f
        left join subjects s on s.trial = f.trial and s.patient = f.patient
        where f.fate = 'add' and s.patient_key is null
        """
    )


def store(cursor: duckdb.DuckDBPyConnection, table: Table, upload: int, version: int) -> int:
    """Insert one table's rows, marking the rows that they replace; the number replaced.

    A row that the pool had already is kept as well, removed in the version that added it, so no
    question sees it: if the upload that brought it first is taken back, this one still holds it.
    """
    on = " and ".join(
        f"f.{key} is not distinct from old.{key}"
        for key in table.key
        if key not in ("trial", "patient")
    )
    replaced = cursor.execute(
        f"""
        update {table.name} as old set removed = $version
        from fate_{table.name} f
        join subjects s on s.trial = f.trial and s.patient = f.patient
        where f.fate = 'replace' and old.patient_key = s.patient_key and old.removed is null
        {f"and {on}" if on else ""}
        """,
        {"version": version},
    ).fetchall()[0][0]
    own = [name for name, _ in table.stored if name != "patient_key"]
    derived = {column.name: column.sql for column in table.derived}
    values = ", ".join(f"{derived.get(name, name)} as {name}" for name in own)
    cursor.execute(
        f"""
        insert into {table.name} by name
        select s.patient_key, {values}, $upload as upload, $version as added,
            if(f.fate = 'skip', $version, null) as removed
        from fate_{table.name} f
        join subjects s on s.trial = f.trial and s.patient = f.patient
        where f.fate in ('add', 'replace')
           or (f.fate = 'skip' and starts_with(f.other, 'the pool'))
        order by f.ord
        """,
        {"upload": upload, "version": version},
    )
    return replaced


def record(
    cursor: duckdb.DuckDBPyConnection,
    report: Report,
    upload: int,
    version: int,
    files: list[dict],
    stated_by: str,
) -> None:
    """The upload's entry in the history, with a proof of what each table gained."""
    told = report.as_json()
    warnings = [p for p in told["problems"] if p["severity"] == "warning"]
    cursor.execute(
        "insert into uploads values (?, ?, ?, timezone('UTC', now()), ?, ?, ?)",
        [
            upload,
            version,
            stated_by,
            json.dumps(files),
            json.dumps(told["tables"]),
            json.dumps(warnings),
        ],
    )
    history.note(cursor, version, "add", upload, stated_by, "")
    history.prove(cursor, version)
