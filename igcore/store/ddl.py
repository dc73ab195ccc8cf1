"""SQL that makes an empty pool, and the relations of a version, derived from schema.py."""

from __future__ import annotations

from collections.abc import Collection

from igcore.store.schema import TABLES

# A row is seen by a question about version v if added <= v and (removed is null or removed > v).
LIFE = (("upload", "integer"), ("added", "integer"), ("removed", "integer"))

# "if not exists": a pool made by an older Igcore gets the tables that it lacks.
BOOKKEEPING = """
create table if not exists versions (
    version integer, action varchar, upload integer, stated_by varchar, why varchar,
    written timestamp, igcore_version varchar
);
create table if not exists uploads (
    upload integer, version integer, stated_by varchar, written timestamp, files varchar, counts varchar,
    warnings varchar
);
create table if not exists trials (
    trial varchar, title varchar, cutoff date, simulated boolean, no_m_protein boolean,
    upload integer, added integer, removed integer, laboratory varchar
);
alter table trials add column if not exists laboratory varchar;
create table if not exists subjects (patient_key integer, trial varchar, patient varchar);
create table if not exists proofs (
    version integer, table_name varchar, added bigint, checksum varchar, removed bigint
);
create table if not exists upload_mappings (upload integer, mapping varchar);
create table if not exists layouts (
    layout varchar, mapping varchar, upload integer, written timestamp
);
"""


def tables(known: Collection[str] = ()) -> str:
    """SQL that makes an empty pool: bookkeeping and one table per template.

    In a pool of an older Igcore some are `known`; the versions that it has are proven to have
    nothing of the others.
    """
    statements = [BOOKKEEPING]
    for table in TABLES:
        if table.name not in known:
            columns = ", ".join(f"{name} {kind}" for name, kind in (*table.stored, *LIFE))
            statements.append(f"create table {table.name} ({columns});")
            statements.append(
                f"insert into proofs select version, '{table.name}', 0, '0', 0 from versions;"
            )
    return "\n".join(statements)


def relations() -> dict[str, str]:
    """Relations of the rows that belong to $version of the pool, one per table and the trials.

    `<table>` are those without the patient's names, which cost a join per row, but with `stored`, the
    place of a row in the file, by which it can be joined back within one question; `named_<table>`
    has the names and the upload.
    """
    found = {}
    for table in TABLES:
        columns = ", ".join(f"r.{name}" for name, _ in table.stored)
        seen = "where r.added <= $version and (r.removed is null or r.removed > $version)"
        found[table.name] = f"select {columns}, r.rowid as stored from {table.name} r {seen}"
        found[f"named_{table.name}"] = (
            f"select s.trial, s.patient, {columns}, r.upload "
            f"from {table.name} r join subjects s using (patient_key) {seen}"
        )
    found["trials"] = (
        "select trial, title, cutoff, simulated, no_m_protein, laboratory from trials "
        "where added <= $version and (removed is null or removed > $version)"
    )
    return found
