"""Typed rows against each other and against the pool: new, already there, different, unknown.

Each typed row gets a `fate`: add, replace, skip (with a reason) or refuse (with a problem).
"""

from __future__ import annotations

import duckdb

from igcore.ingest.report import Problem
from igcore.store import schema
from igcore.store.columns import Table

UNKNOWN_PATIENT = "Neither the pool nor this upload knows this patient."


def _content(table: Table) -> list[str]:
    """Columns by which two rows with the same key differ."""
    names = [column.name for column in table.content]
    return [*names, "operator"] if table is schema.MEASUREMENTS else names


def _differs(table: Table, left: str, right: str) -> str:
    return " or ".join(f"{left}.{c} is distinct from {right}.{c}" for c in _content(table))


def _shown(table: Table, row: str) -> str:
    """SQL text of the differing columns of a row: "arm Len; age_years 61.0"."""
    other = "o" if row == "r" else "r"
    parts = []
    for name in _content(table):
        if name == "operator":
            continue
        sign = f"coalesce({row}.operator, '') || " if name == "value" else ""
        differs = f"{row}.{name} is distinct from {other}.{name}"
        if name == "value":
            differs = f"({differs} or {row}.operator is distinct from {other}.operator)"
        text = f"{sign}coalesce({row}.{name}::varchar, 'empty')"
        parts.append(f"case when {differs} then '{name} ' || {text} end")
    return f"concat_ws('; ', {', '.join(parts)})"


def known_patients(cursor: duckdb.DuckDBPyConnection, version: int) -> None:
    """Temp table of the patients in the pool or among the sound rows of this upload."""
    cursor.execute(
        "create or replace temp table known_patient as "
        "select trial, patient from patients_at($version) union "
        "select trial, patient from typed_patients where len(faults) = 0",
        {"version": version},
    )


def decide(cursor: duckdb.DuckDBPyConnection, table: Table, version: int, *, replace: bool) -> None:
    """`typed_<table>` -> `fate_<table>`: sound rows with their fate and what they clash with."""
    keys = ", ".join(table.key)
    on_pool = " and ".join(f"r.{key} is not distinct from o.{key}" for key in table.key)
    different = _differs(table, "r", "o")
    clash = "'replace'" if replace else "'refuse'"
    cursor.execute(
        f"""
        create or replace temp table fate_{table.name} as
        with sound as (
            select *, row_number() over (partition by {keys} order by ord) as turn
            from typed_{table.name} where len(faults) = 0
        ),
        first as (select * from sound where turn = 1),
        repeated as (
            select r.*, if({different}, 'refuse', 'skip') as fate,
                'line ' || o.line || ' of ' || o.file as other,
                {_shown(table, "r")} as here, {_shown(table, "o")} as there
            from sound r join first o on {on_pool} where r.turn > 1
        ),
        met as (
            select r.*, case when o.upload is null then 'add' when {different} then {clash}
                else 'skip' end as fate,
                'the pool (upload ' || o.upload || ')' as other,
                {_shown(table, "r")} as here, {_shown(table, "o")} as there
            from first r
            left join (select * from {table.name}_at($version)) o on {on_pool}
        ),
        placed as (from met union all by name from repeated)
        select placed.* exclude (fate),
            if(k.patient is null, 'unknown', placed.fate) as fate
        from placed left join known_patient k
            on k.trial = placed.trial and k.patient = placed.patient
        """,
        {"version": version},
    )


def clashes(cursor: duckdb.DuckDBPyConnection, table: Table) -> list[Problem]:
    """Rows refused for an unknown patient or for other content under the same key."""
    rows = cursor.execute(
        f"select file, sheet, line, patient, fate, here, there, other from fate_{table.name} "
        "where fate in ('unknown', 'refuse') order by ord"
    ).fetchall()
    problems = []
    for file, sheet, line, patient, fate, here, there, other in rows:
        if fate == "unknown":
            cure = "Add the patient to the upload's patients, or correct the id."
            problems.append(Problem(file, sheet, line, "patient", patient, UNKNOWN_PATIENT, cure))
        else:
            key = ", ".join(table.key)
            problem = f"Other content under the same key ({key}): here {here}, in {other} {there}."
            cure = (
                "Choose one of the two lines."
                if other.startswith("line")
                else 'Correct it, or choose "replace".'
            )
            problems.append(Problem(file, sheet, line, None, here, problem, cure))
    return problems


def repeats(cursor: duckdb.DuckDBPyConnection, table: Table) -> dict[str, int]:
    """Rows that are there already, by where."""
    rows = cursor.execute(
        "select if(starts_with(other, 'line'), 'given twice in this upload', 'already in the pool'), "
        f"count(*) from fate_{table.name} where fate = 'skip' group by 1 order by 1"
    ).fetchall()
    return dict(rows)
