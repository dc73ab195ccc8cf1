"""SQL that makes an empty pool, and the relations of a version, derived from schema.py."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from igcore.store.schema import TABLES

# A row is seen by a question about version v if added <= v and (removed is null or removed > v).
LIFE = (("upload", "integer"), ("added", "integer"), ("removed", "integer"))

BOOKKEEPING = {
    "versions": (
        ("version", "integer"), ("action", "varchar"), ("upload", "integer"),
        ("stated_by", "varchar"), ("why", "varchar"), ("written", "timestamp"),
        ("igcore_version", "varchar"),
    ),
    "uploads": (
        ("upload", "integer"), ("version", "integer"), ("stated_by", "varchar"),
        ("written", "timestamp"), ("files", "varchar"), ("counts", "varchar"),
        ("warnings", "varchar"),
    ),
    "trials": (
        ("trial", "varchar"), ("title", "varchar"), ("cutoff", "date"), ("simulated", "boolean"),
        ("no_m_protein", "boolean"), *LIFE, ("laboratory", "varchar"),
    ),
    "subjects": (("patient_key", "integer"), ("trial", "varchar"), ("patient", "varchar")),
    "proofs": (
        ("version", "integer"), ("table_name", "varchar"), ("added", "bigint"),
        ("checksum", "varchar"), ("removed", "bigint"),
    ),
    "upload_mappings": (("upload", "integer"), ("mapping", "varchar")),
    "layouts": (
        ("layout", "varchar"), ("mapping", "varchar"), ("upload", "integer"),
        ("written", "timestamp"),
    ),
}  # fmt: skip


def lacking(known: Mapping[str, Collection[str]]) -> str:
    """SQL that makes what a pool lacks, bookkeeping and one table per template; "" if nothing.

    Args:
        known: table -> columns of a pool of this Igcore or an older one; empty for a new pool. The
            versions of an older one are proven to have nothing of the tables that it gets.
    """
    statements = []
    for name, columns in BOOKKEEPING.items():
        if name not in known:
            statements.append(_table(name, columns))
        statements += [
            f"alter table {name} add column {column} {kind};"
            for column, kind in columns
            if name in known and column not in known[name]
        ]
    for table in TABLES:
        if table.name not in known:
            statements.append(_table(table.name, (*table.stored, *LIFE)))
            statements.append(
                f"insert into proofs select version, '{table.name}', 0, '0', 0 from versions;"
            )
    return "\n".join(statements)


def _table(name: str, columns: Iterable[tuple[str, str]]) -> str:
    return f"create table {name} ({', '.join(f'{column} {kind}' for column, kind in columns)});"


def relations() -> dict[str, str]:
    """Relations of the rows that belong to $version of the pool, one per table and the trials.

    `<table>` are those without the patient's names, which cost a join per row, but with `stored`, the
    place of a row in the file, by which it can be joined back within one question; `named_<table>`
    has the names and the upload.
    """
    found = {}
    plan = "-- Not materialized: a scan takes no more columns and rows than are asked for.\n"
    for table in TABLES:
        columns = ", ".join(f"r.{name}" for name, _ in table.stored)
        seen = "where r.added <= $version and (r.removed is null or r.removed > $version)"
        found[table.name] = f"{plan}select {columns}, r.rowid as stored from {table.name} r {seen}"
        found[f"named_{table.name}"] = (
            f"{plan}select s.trial, s.patient, {columns}, r.upload "
            f"from {table.name} r join subjects s using (patient_key) {seen}"
        )
    found["trials"] = (
        f"{plan}select trial, title, cutoff, simulated, no_m_protein, laboratory from trials "
        "where added <= $version and (removed is null or removed > $version)"
    )
    return found
