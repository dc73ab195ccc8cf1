"""What a version added and removed, as counts and a checksum that any changed cell would change.

A checksum depends neither on the order of the rows nor on DuckDB's version. Rows that agree in all
their texts form a group; the numbers of each of its rows are mixed into one integer and summed, and
the groups' texts, counts and sums go through MD5. So ten million rows need few digests.
"""

from __future__ import annotations

from igcore.store import schema
from igcore.store.engines.base import Cursor

CARD = ("trial", "title", "cutoff", "simulated", "no_m_protein", "laboratory")
_EARLY_CARD = CARD[:5]
NOTHING = (0, "0", 0)
# Table -> source, columns proven as text, columns proven as numbers. A patient's own id is proven
# with the patients; the other tables refer to it by its key.
TABLES = {"trials": ("trials", CARD, ())} | {
    table.name: (
        f"{table.name} join subjects using (patient_key)"
        if table is schema.PATIENTS
        else table.name,
        (
            *(("trial", "patient") if table is schema.PATIENTS else ()),
            *(name for name, kind in table.stored if kind not in ("integer", "double")),
        ),
        tuple(pair for pair in table.stored if pair[1] in ("integer", "double")),
    )
    for table in schema.TABLES
}
# Proofs without this mark were made by an earlier version of Igcore, from the text of every row.
_MARK = "2:"
_START, _FACTOR, _NULL = 0x9E3779B97F4A7C15, 0x9E3779B1, 0x7FF8000000000001


def states(cursor: Cursor, version: int | None = None) -> dict:
    """(version, table) -> rows added, checksum of these and of the removed, rows removed.

    Of one version that has no proof yet, or of all that any row names, each in the way of its proof.
    """
    early = cursor.execute(
        "select distinct version from proofs "
        f"where checksum <> '0' and not starts_with(checksum, '{_MARK}')"
    ).fetchall()
    early = [row[0] for row in early]
    found = _asked(cursor, [_grouped(table) for table in TABLES], version, early, within=False)
    if early:
        found |= _asked(
            cursor, [_row_by_row(table) for table in TABLES], version, early, within=True
        )
    return found


def _asked(
    cursor: Cursor,
    parts: list[str],
    version: int | None,
    early: list[int],
    *,
    within: bool,
) -> dict:
    """The parts' rows for the versions that are (or are not) `within` the early ones."""
    chosen = "true" if version is None else "v = $version"
    chosen += f" and list_contains($early, v) = {str(within).lower()}"
    bound = {"early": early} | ({} if version is None else {"version": version})
    query = " union all ".join(part.replace("$chosen", chosen) for part in parts)
    return {row[:2]: row[2:] for row in cursor.execute(query, bound).fetchall()}


def _marked(source: str) -> str:
    """SQL of a source's rows, once for the version `v` that added and once for that which removed."""
    return (
        f"select * from (select *, added as v from {source}) where v is not null and $chosen "
        f"union all "
        f"select * from (select *, removed as v from {source}) where v is not null and $chosen"
    )


def _text(name: str) -> str:
    return f"coalesce({name}::varchar, '~')"


def _grouped(table: str) -> str:
    source, texts, numbers = TABLES[table]
    rows = f"select *, {_START}::ubigint as mixed from ({_marked(source)})"
    for name, kind in numbers:
        # A double counts by its bits; its shortest text would take most of the time.
        word = f"{name}::bit::ubigint" if kind == "double" else f"{name}::ubigint"
        rows = f"select * replace (xor(mixed, coalesce({word}, {_NULL})) as mixed) from ({rows})"
        # Twice, so that every bit of the number reaches every bit of the result.
        rows = _stirred(_stirred(rows))
    names = [*texts, "upload"]
    groups = (
        f"select v, {', '.join(f'{_text(name)} as {name}' for name in names)}, added = v as fresh, "
        f"coalesce(removed = v, false) as gone, count(*) as n, sum(mixed) as total "
        f"from ({rows}) group by all"
    )
    return (
        f"select v, '{table}', coalesce(sum(n) filter (where fresh), 0)::bigint, '{_MARK}' || "
        f"sum(md5_number_lower(concat_ws('|', {', '.join(names)}, fresh, n, total)))::varchar, "
        f"coalesce(sum(n) filter (where gone), 0)::bigint from ({groups}) group by v"
    )


def _stirred(rows: str) -> str:
    """One round of mixing 64 bits that never leaves 64 bits: low half times a constant, high half."""
    return (
        f"select * replace (xor(mixed >> 32, (mixed & 4294967295) * {_FACTOR}) as mixed) "
        f"from ({rows})"
    )


def _row_by_row(table: str) -> str:
    source, names = table, _EARLY_CARD
    if table != "trials":
        source = f"{table} join subjects using (patient_key)"
        names = ("trial", "patient", *(name for name, _ in schema.BY_NAME[table].stored))
    cells = ", ".join(_text(name) for name in (*names, "upload"))
    return (
        f"select v, '{table}', count(*) filter (where added = v), "
        f"sum(md5_number_lower(concat_ws('|', {cells}, added = v)))::varchar, "
        f"count(*) filter (where removed = v) from ({_marked(source)}) group by v"
    )
