"""Bringing a removed upload's rows in again, and what stands against it."""

from __future__ import annotations

from igcore.errors import Refused
from igcore.store import rows, schema
from igcore.store.engines.base import Cursor


def _brought(table: schema.Table) -> str:
    """SQL of the rows that upload $upload brought, each once, whatever became of them since."""
    return (
        f"select r.* from {table.name} r join uploads u on u.upload = r.upload "
        "and u.version = r.added where r.upload = $upload"
    )


def refuse_clashes(cursor: Cursor, upload: int) -> None:
    """Other content stays in force unless the later of two uploads was added over the earlier."""
    parts = " union all ".join(
        f"""
        select '{table.name}' as name, now.upload as other, now.patient_key
        from {table.name} now join ({_brought(table)}) own on {rows.same_key(table, "now", "own")}
        where now.removed is null and ({rows.differs(table, "now", "own")})
          and now.upload not in (select other from met)
        """
        for table in schema.TABLES
    )
    found = cursor.execute(
        f"""
        with met as (
            select u.upload as other from uploads u join uploads own on own.upload = $upload
            where (select arg_max(v.action, v.version) <> 'remove' from versions v
                where v.upload = least(u.upload, own.upload)
                  and v.version < greatest(u.version, own.version))
        ),
        clash as ({parts})
        select c.other, c.name, count(*), min_by(s.patient, c.patient_key),
            min_by(s.trial, c.patient_key)
        from clash c join subjects s using (patient_key)
        group by c.other, c.name order by c.other, c.name
        """,
        {"upload": upload},
    ).fetchall()
    if found:
        words = "; ".join(
            f"upload {other} has other content for {n:,} of its {name} "
            f"(such as patient {patient} of trial {trial})"
            for other, name, n, patient, trial in found
        )
        others = ", ".join(str(other) for other in sorted({row[0] for row in found}))
        raise Refused(
            f"Upload {upload} cannot be restored: {words}. Nothing was changed. Remove upload "
            f'{others} first, or add the files of upload {upload} again with "replace".'
        )


def bring_in(cursor: Cursor, table: schema.Table, upload: int, version: int) -> None:
    """Copies of the upload's rows come into force where no later upload says more."""
    names = ", ".join(name for name, _ in table.stored)
    cursor.execute(
        f"""
        create or replace temp table returning_{table.name} as
        select own.* from ({_brought(table)}) own
        left join {table.name} now on now.removed is null and {rows.same_key(table, "now", "own")}
        where now.upload is null
           or (now.upload < $upload and ({rows.differs(table, "now", "own")}))
        """,
        {"upload": upload},
    )
    cursor.execute(
        f"update {table.name} as now set removed = $version from returning_{table.name} own "
        f"where now.removed is null and {rows.same_key(table, 'now', 'own')}",
        {"version": version},
    )
    cursor.execute(
        f"insert into {table.name} by name select {names}, upload, $version as added, "
        f"null as removed from returning_{table.name}",
        {"version": version},
    )
    cursor.execute(f"drop table returning_{table.name}")


def refuse_strangers(cursor: Cursor, upload: int, version: int) -> None:
    """Rows about patients that the pool does not know stay out; who had them is named."""
    parts = " union all ".join(
        f"select patient_key from {table.name} where upload = $upload and added = $version"
        for table in schema.TABLES
        if table is not schema.PATIENTS
    )
    ((n, holders),) = cursor.execute(
        f"""
        with stranger as (
            select distinct patient_key from ({parts}) where patient_key not in
                (select patient_key from patients where removed is null)
        )
        select count(distinct patient_key),
            array_to_string(list_sort(list(distinct p.upload)), ', ')
        from stranger join patients p using (patient_key)
        """,
        {"upload": upload, "version": version},
    ).fetchall()
    if n:
        raise Refused(
            f"Upload {upload} cannot be restored: the pool no longer knows {n:,} of the patients "
            f"that its rows are about. Restore these uploads first: {holders}."
        )
