"""The pool's history: versions, uploads, removing with a reason, proof and backup."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pandas as pd

from igcore import __version__
from igcore.errors import PoolError, Refused
from igcore.store import Pool, schema


def note(
    cursor: duckdb.DuckDBPyConnection,
    version: int,
    action: str,
    upload: int | None,
    stated_by: str,
    why: str,
) -> None:
    """One line of the history; `stated_by` is shown as stated."""
    cursor.execute(
        "insert into versions values (?, ?, ?, ?, ?, timezone('UTC', now()), ?)",
        [version, action, upload, stated_by, why, __version__],
    )


_CARD = ("trial", "title", "cutoff", "simulated", "no_m_protein")
# What is proven: the trials' cards, and every table with the patient's own id beside the key.
_PROVEN = {"trials": ("trials", _CARD)} | {
    table.name: (
        f"{table.name} join subjects using (patient_key)",
        ("trial", "patient", *(name for name, _ in table.stored)),
    )
    for table in schema.TABLES
}


_NOTHING = (0, "0", 0)


def _states(cursor: duckdb.DuckDBPyConnection, version: int | None = None) -> dict:
    """(version, table) -> rows added, checksum of these and of the removed, rows removed.

    Of one version or of all that any row names; the checksum depends neither on the order of the
    rows nor on DuckDB's version.
    """
    parts = []
    for table, (source, names) in _PROVEN.items():
        cells = ", ".join(f"coalesce({name}::varchar, '~')" for name in (*names, "upload"))
        parts.append(
            f"select v, '{table}', count(*) filter (where added = v), "
            f"sum(md5_number_lower(concat_ws('|', {cells}, added = v)))::varchar, "
            f"count(*) filter (where removed = v) "
            f"from (select *, unnest([added, removed]) as v from {source}) "
            "where v is not null and ($version is null or v = $version) group by v"
        )
    rows = cursor.execute(" union all ".join(parts), {"version": version}).fetchall()
    return {row[:2]: row[2:] for row in rows}


def prove(cursor: duckdb.DuckDBPyConnection, version: int) -> None:
    """Store the proof of a version; `check` compares the pool with it."""
    found = _states(cursor, version)
    cursor.executemany(
        "insert into proofs values (?, ?, ?, ?, ?)",
        [(version, table, *found.get((version, table), _NOTHING)) for table in _PROVEN],
    )


def uploads(pool: Pool) -> pd.DataFrame:
    """One row per upload, newest first, with when and why it was removed."""
    return pool.rows("uploads")


def versions(pool: Pool) -> pd.DataFrame:
    """One row per data version, newest first."""
    return pool.rows("versions")


def remove(pool: Pool, upload: int, *, why: str, stated_by: str = "") -> int:
    """Take an upload back; rows that it had replaced return. The new data version.

    Raises:
        Refused: there is no such upload, it is removed already, no reason is given, or other
            uploads hold rows about its patients.
    """
    if not why.strip():
        raise Refused("Removing needs a reason; it stays in the history.")
    with pool.writing() as cursor:
        _refuse_removal(cursor, upload)
        version = cursor.execute("select max(version) + 1 from versions").fetchall()[0][0]
        for table in schema.TABLES:
            _take_back(cursor, table, upload, version)
        _refuse_orphans(cursor, upload, version)
        _take_back_cards(cursor, upload, version)
        _close_empty_trials(cursor, version)
        note(cursor, version, "remove", upload, stated_by, why.strip())
        prove(cursor, version)
    return version


def _refuse_removal(cursor: duckdb.DuckDBPyConnection, upload: int) -> None:
    known = [row[0] for row in cursor.execute("select upload from uploads order by 1").fetchall()]
    if upload not in known:
        names = ", ".join(map(str, known)) or "none yet"
        raise Refused(f'Upload: "{upload}" is not one of the pool\'s uploads ({names}).')
    gone = cursor.execute(
        "select 1 from versions where action = 'remove' and upload = ?", [upload]
    ).fetchall()
    if gone:
        raise Refused(f"Upload {upload} has been removed already.")


def _take_back(
    cursor: duckdb.DuckDBPyConnection, table: schema.Table, upload: int, version: int
) -> None:
    """Close the upload's rows; each key goes back to the latest row of an upload still in force."""
    keys = ["patient_key", *(key for key in table.key if key not in ("trial", "patient"))]
    same = " and ".join(f"old.{key} is not distinct from gone.{key}" for key in keys)
    names = ", ".join(name for name, _ in table.stored)
    turn = ", ".join(f"old.{key}" for key in keys)
    cursor.execute(
        f"""
        create or replace temp table returning_{table.name} as
        select {", ".join(f"old.{name}" for name, _ in table.stored)}, old.upload
        from {table.name} old
        join (select distinct {", ".join(keys)} from {table.name}
              where upload = $upload and removed is null) gone on {same}
        where old.upload <> $upload and old.removed is not null and old.upload not in
            (select upload from versions where action = 'remove')
        qualify row_number() over (partition by {turn} order by old.added desc) = 1
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


def _refuse_orphans(cursor: duckdb.DuckDBPyConnection, upload: int, version: int) -> None:
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


def _take_back_cards(cursor: duckdb.DuckDBPyConnection, upload: int, version: int) -> None:
    """Title, cut-off and flags that the upload stated go back to the card before it, if any."""
    cards = cursor.execute(
        f"""
        select {", ".join(f"old.{name}" for name in _CARD)}, old.upload
        from trials old join trials gone using (trial)
        where gone.upload = $upload and gone.removed is null
          and old.upload <> $upload and old.removed is not null and old.upload not in
            (select upload from versions where action = 'remove')
        qualify row_number() over (partition by old.trial order by old.added desc) = 1
        """,
        {"upload": upload},
    ).fetchall()
    for card in cards:
        cursor.execute(
            "update trials set removed = ? where trial = ? and removed is null", [version, card[0]]
        )
        cursor.execute("insert into trials values (?, ?, ?, ?, ?, ?, ?, null)", [*card, version])


def _close_empty_trials(cursor: duckdb.DuckDBPyConnection, version: int) -> None:
    """A trial without patients leaves the list of trials."""
    cursor.execute(
        "update trials set removed = $version where removed is null and trial not in "
        "(select s.trial from subjects s join patients p using (patient_key) "
        "where p.removed is null)",
        {"version": version},
    )


def check(pool: Pool) -> list[str]:
    """What is off, as sentences; empty when every version's rows and checksums are as proven."""
    with pool.reading() as cursor:
        proven = cursor.execute("select * from proofs order by version, table_name").fetchall()
        versions_of_pool = cursor.execute("select version from versions").fetchall()
        found = _states(cursor)
    wrong = []
    for version, table, *proof in proven:
        now = found.get((version, table), _NOTHING)
        if now != tuple(proof):
            wrong.append(
                f"Version {version}, {table}: {proof[0]} rows were added and {proof[2]} removed; "
                f"the pool now holds {now[0]} and {now[2]}, or their content differs. "
                "Put a backup in its place."
            )
    expected = found.keys() | {
        (version, table) for (version,) in versions_of_pool for table in _PROVEN
    }
    missing = expected - {tuple(row[:2]) for row in proven}
    return wrong + [f"Version {v}, {t}: there is no proof of it." for v, t in sorted(missing)]


def backup(pool: Pool, target: Path | str) -> Path:
    """A copy of the whole pool while it stays in use; it is a pool itself.

    Raises:
        Refused: something is there already, or its folder is not there.
    """
    where = Path(target).expanduser().resolve()
    if where.exists():
        raise Refused(f"There is a file at {where} already; give another name.")
    if not where.parent.is_dir():
        raise Refused(f"There is no folder {where.parent}; make it first.")
    beside = pool.path.with_name(f"{pool.path.name}.backup-in-progress")
    with pool.copying, pool.reading() as cursor:
        try:
            beside.unlink(missing_ok=True)
            _copy(cursor, beside)
            shutil.move(beside, where)
        except (OSError, duckdb.IOException) as error:
            beside.unlink(missing_ok=True)
            raise PoolError(
                "The backup could not be written. Is there room on the disk? "
                "If there is, run `python -m igcore check`."
            ) from error
    return where


def _copy(cursor: duckdb.DuckDBPyConnection, target: Path) -> None:
    name = cursor.execute("select current_database()").fetchall()[0][0]
    cursor.execute(f"attach '{_quoted(target)}' as copy_of_pool")
    try:
        cursor.execute(f'copy from database "{name}" to copy_of_pool')
    finally:
        cursor.execute("detach copy_of_pool")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
