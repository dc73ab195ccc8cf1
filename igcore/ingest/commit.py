"""Rows with the fate "add" or "replace" -> the pool, in the caller's transaction."""

from __future__ import annotations

import json

import duckdb

from igcore.ingest.report import Report
from igcore.store import history, schema
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
    cursor.execute(
        "create or replace temp table key_of as select who, trial, patient, patient_key "
        "from known_patient join subjects using (trial, patient)"
    )


def store(cursor: duckdb.DuckDBPyConnection, table: Table, upload: int, version: int) -> int:
    """Insert one table's rows, marking the rows that they replace; the number replaced.

    A row that the pool had already is kept as well, removed in the version that added it, so no
    question sees it: if the upload that brought it first is taken back, this one still holds it.
    """
    name, bound = table.name, {"upload": upload, "version": version}
    own = [column for column, _ in table.stored if column != "patient_key"]
    derived = {column.name: column.sql for column in table.derived}
    values = ", ".join(f"{derived.get(column, column)} as {column}" for column in own)
    replaced, removed, join, chosen = 0, "null", "", ""
    # Most uploads have no exceptions; the join would still look at every row.
    if cursor.execute(f"select 1 from exception_{name} limit 1").fetchall():
        (replaced,) = cursor.execute(
            f"update {name} set removed = $version where rowid in "
            f"(select stored from exception_{name} where fate = 'replace')",
            {"version": version},
        ).fetchall()[0]
        join = f"left join exception_{name} e using (row)"
        chosen = "where e.row is null or e.fate = 'replace' or (e.fate = 'skip' and e.twin is null)"
        removed = "if(e.fate = 'skip', $version, null)"
    who = "trial, patient" if table is schema.PATIENTS else "who"
    cursor.execute(
        f"insert into {name} by name "
        f"select patient_key, {values}, $upload as upload, $version as added, {removed} as removed "
        f"from sound_{name} join key_of using ({who}) {join} {chosen}",
        bound,
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
