"""The pool's history: versions, uploads, and taking an upload back or bringing it in again.

What is in force is a function of the uploads in force: a key holds the row of the latest of them
that has one. An upload never has two contents under one key, so that row is always the same.
"""

from __future__ import annotations

import pandas as pd

from igcore.errors import Refused
from igcore.store import Pool, cards, restoring, rows, schema
from igcore.store.backups import backup
from igcore.store.engines.base import Cursor
from igcore.store.ledger import GONE, check, note, prove


def uploads(pool: Pool) -> pd.DataFrame:
    """One row per upload, newest first, with when and why it was removed or restored."""
    return pool.rows("uploads").astype({"removed_in": "Int64", "restored_in": "Int64"})


def versions(pool: Pool) -> pd.DataFrame:
    """One row per data version, newest first."""
    return pool.rows("versions").astype({"upload": "Int64"})


def remove(pool: Pool, upload: int, *, why: str, stated_by: str = "") -> int:
    """Take an upload back; rows that it had replaced return. The new data version.

    Raises:
        Refused: there is no such upload, it is removed already, no reason is given, or other
            uploads hold rows about its patients.
    """
    if not why.strip():
        raise Refused("Removing needs a reason; it stays in the history.")
    with pool.writing() as cursor:
        if _removed_in(cursor, upload):
            raise Refused(f"Upload {upload} has been removed already.")
        version = _next_version(cursor)
        for table in schema.TABLES:
            _take_back(cursor, table, upload, version)
        _refuse_orphans(cursor, upload)
        note(cursor, version, "remove", upload, stated_by.strip(), why.strip())
        cards.settle(cursor, version)
        prove(cursor, version)
    return version


def restore(pool: Pool, upload: int, *, why: str, stated_by: str = "") -> int:
    """Bring a removed upload's rows in again, as new rows. The new data version.

    Rows that it had replaced are replaced again; where a later upload had replaced a row of it,
    or says the same, that one stays in force.

    Raises:
        Refused: there is no such upload, it is in force, no reason is given, the pool meanwhile
            holds other content under its keys, its patients are gone, or simulated rows would
            join real ones.
    """
    if not why.strip():
        raise Refused("Restoring needs a reason; it stays in the history.")
    with pool.writing() as cursor:
        removed_in = _removed_in(cursor, upload)
        if not removed_in:
            raise Refused(f"Upload {upload} is in force; there is nothing to restore.")
        restoring.refuse_clashes(cursor, upload)
        version = _next_version(cursor)
        for table in schema.TABLES:
            restoring.bring_in(cursor, table, upload, version)
        restoring.refuse_strangers(cursor, upload, version)
        note(cursor, version, "restore", upload, stated_by.strip(), why.strip())
        cards.settle(cursor, version)
        cards.refuse_simulated_among_real(cursor, upload, removed_in, version)
        prove(cursor, version)
    return version


def _next_version(cursor: Cursor) -> int:
    return cursor.execute("select max(version) + 1 from versions").fetchall()[0][0]


def _removed_in(cursor: Cursor, upload: int) -> int | None:
    """The version that removed the upload, if it is not in force; Refused if there is none."""
    known = [row[0] for row in cursor.execute("select upload from uploads order by 1").fetchall()]
    if upload not in known:
        names = ", ".join(map(str, known)) or "none yet"
        raise Refused(f'Upload: "{upload}" is not one of the pool\'s uploads ({names}).')
    ((action, version),) = cursor.execute(
        "select arg_max(action, version), max(version) from versions where upload = ?", [upload]
    ).fetchall()
    return version if action == "remove" else None


def _take_back(cursor: Cursor, table: schema.Table, upload: int, version: int) -> None:
    """Close the upload's rows; each key goes back to the row of the latest upload in force."""
    keys = ", ".join(rows.keys(table))
    names = ", ".join(name for name, _ in table.stored)
    turn = ", ".join(f"old.{key}" for key in rows.keys(table))
    cursor.execute(
        f"""
        create or replace temp table returning_{table.name} as
        select {", ".join(f"old.{name}" for name, _ in table.stored)}, old.upload
        from {table.name} old
        join (select distinct {keys} from {table.name}
              where upload = $upload and removed is null) gone on {rows.same_key(table, "old", "gone")}
        where old.upload <> $upload and old.removed is not null and old.upload not in {GONE}
        qualify row_number() over (partition by {turn} order by old.upload desc, old.added desc) = 1
        """,
        {"upload": upload},
    )
    cursor.execute(
        f"update {table.name} set removed = $version where upload = $upload and removed is null",
        {"version": version, "upload": upload},
    )
    cursor.execute(
        f"insert into {table.name} by name select {names}, upload, $version as added, "
        f"null as removed from returning_{table.name}",
        {"version": version},
    )
    cursor.execute(f"drop table returning_{table.name}")


def _refuse_orphans(cursor: Cursor, upload: int) -> None:
    """No row may be left whose patient the pool no longer knows."""
    parts = " union all ".join(
        f"select patient_key, upload from {table.name} where removed is null"
        for table in schema.TABLES
        if table is not schema.PATIENTS
    )
    users = cursor.execute(
        f"select upload, count(distinct patient_key) from ({parts}) left_over where not exists "
        "(select 1 from patients p where p.patient_key = left_over.patient_key "
        "and p.removed is null) group by upload order by upload"
    ).fetchall()
    if users:
        words = ", ".join(f"upload {other} ({n} patients)" for other, n in users)
        raise Refused(
            f"Upload {upload} cannot be removed: its patients are used by {words}. "
            "Remove these first."
        )


__all__ = ["backup", "check", "note", "prove", "remove", "restore", "uploads", "versions"]
