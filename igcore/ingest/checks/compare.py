"""Typed rows against each other and against the pool: new, already there, different, unknown.

Each sound row has a `fate`: add, replace, skip or refuse, or unknown for want of its patient. Nearly
all are "add", so only the others are written down, in `exception_<table>`; the view `fate_<table>`
has all rows of `typed_<table>` with their fate.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from igcore.ingest.checks.rows import BATCH
from igcore.ingest.report import Problem
from igcore.store import schema
from igcore.store.columns import Table
from igcore.store.relations import composed

UNKNOWN_PATIENT = "Neither the pool nor this upload knows this patient."
ADD_PATIENT = "Add the patient to the upload's patients, or correct the id."
OTHER_CONTENT = "Other content under the same key"
# A hash table of more rows than this would take a large part of the memory that is allowed.
ROWS_AT_ONCE = 4_000_000


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


def _keys(table: Table) -> tuple[str, ...]:
    """What identifies a row of `sound_<table>`."""
    if table is schema.PATIENTS:
        return table.key
    return ("who", *(key for key in table.key if key not in ("trial", "patient")))


def known_patients(cursor: duckdb.DuckDBPyConnection, version: int) -> None:
    """Number the patients of the pool and of the sound rows of this upload.

    `known_patient` (who, trial, patient, known), to which `check` adds those whom nobody knows;
    `patient_of` (trial, patient, who) holds the texts that mean them.
    """
    cursor.execute(
        composed(
            "create or replace temp table known_patient as "
            "select (row_number() over ())::integer as who, trial, patient, true as known from "
            "(select trial, patient from named_patients() union "
            "select trial, patient from sound_patients)"
        ),
        {"version": version},
    )
    cursor.execute(
        "create or replace temp table patient_of as select trial, patient, who from known_patient"
    )


def decide(cursor: duckdb.DuckDBPyConnection, table: Table, version: int, *, replace: bool) -> None:
    """`sound_<table>` -> `exception_<table>` and `fate_<table>`.

    The first row of a key wins and is compared with the pool; later ones are compared with it.
    An exception names the row it met: `twin` in the upload, or `stored` and `upload` in the pool.
    """
    name = table.name
    cursor.execute(
        f"create or replace temp table exception_{name} "
        "(row bigint, fate varchar, twin bigint, stored bigint, upload integer)"
    )
    if table is not schema.PATIENTS:
        cursor.execute(
            f"insert into exception_{name} by name select row, 'unknown' as fate "
            f"from sound_{name} join known_patient using (who) where not known"
        )
    _repeated(cursor, table)
    _met(cursor, table, version, "replace" if replace else "refuse")
    cursor.execute(
        f"create or replace temp view fate_{name} as "
        "select t.*, coalesce(e.fate, 'add') as fate, e.twin, e.stored, e.upload "
        f"from typed_{name} t left join exception_{name} e using (row)"
    )


def _repeated(cursor: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Later rows of a key that the upload gives more than once.

    Hashes that occur twice are found first, so that only few rows have to be put in order.
    """
    name, keys = table.name, _keys(table)
    narrow = ("who", "label_key", "day") if table is schema.MEASUREMENTS else keys
    hashed = f"hash({', '.join(narrow)})"
    if not _repeated_hashes(cursor, name, hashed):
        return
    different = _differs(table, "r", "o")
    cursor.execute(
        f"""
        insert into exception_{name} by name
        with turned as (
            select row, row_number() over turns as turn, first_value(row) over turns as twin
            from sound_{name} where {hashed} in (select h from repeated_hash)
                and row not in (select row from exception_{name})
            window turns as (partition by {", ".join(keys)} order by ord, row)
        )
        select row, twin, if({different}, 'refuse', 'skip') as fate
        from (select row, twin from turned where turn > 1)
        join sound_{name} r using (row)
        join sound_{name} o on o.row = twin
        """
    )
    cursor.execute("drop table repeated_hash")


def _repeated_hashes(cursor: duckdb.DuckDBPyConnection, name: str, hashed: str) -> int:
    """`repeated_hash`: the hashes that more than one sound row has; their number."""
    (rows,) = cursor.execute(f"select count(*) from checked_{name}").fetchall()[0]
    cursor.execute("create or replace temp table repeated_hash (h ubigint)")
    parts = rows // ROWS_AT_ONCE + 1
    found = 0
    for part in range(parts):
        found += cursor.execute(
            f"insert into repeated_hash select {hashed} as h from checked_{name} "
            f"where not faulty{f' and h % {parts} = {part}' if parts > 1 else ''} "
            "group by h having count(*) > 1"
        ).fetchall()[0][0]
    return found


def _of_the_pool(cursor: duckdb.DuckDBPyConnection, table: Table) -> bool:
    """Whether a sound row is of a patient to whom the pool gave a key."""
    join = "" if table is schema.PATIENTS else "join known_patient using (who) "
    found = cursor.execute(
        f"select 1 from sound_{table.name} {join}join subjects using (trial, patient) limit 1"
    ).fetchall()
    return bool(found)


def _pool_rows(table: Table) -> str:
    """SQL of the pool's rows of this upload's patients, with `stored`, their rowid."""
    own = ", ".join(f"p.{name}" for name, _ in table.stored if name != "patient_key")
    who = "s.trial, s.patient" if table is schema.PATIENTS else "k.who"
    return (
        f"select p.rowid as stored, p.upload, {who}, {own} from {table.name} p "
        "join subjects s using (patient_key) join known_patient k using (trial, patient) "
        "where p.added <= $version and (p.removed is null or p.removed > $version)"
    )


def _met(cursor: duckdb.DuckDBPyConnection, table: Table, version: int, clash: str) -> None:
    """First rows of a key that the pool has already."""
    name, bound = table.name, {"version": version}
    # Most uploads bring new patients, and the pool's rows are many.
    if not _of_the_pool(cursor, table):
        return
    if not cursor.execute(f"{_pool_rows(table)} limit 1", bound).fetchall():
        return
    on_pool = " and ".join(f"r.{key} is not distinct from o.{key}" for key in _keys(table))
    cursor.execute(
        f"""
        insert into exception_{name} by name
        select r.row, o.stored, o.upload,
            if({_differs(table, "r", "o")}, '{clash}', 'skip') as fate
        from sound_{name} r join ({_pool_rows(table)}) o on {on_pool}
        where r.row not in (select row from exception_{name})
        """,
        bound,
    )


def fates(cursor: duckdb.DuckDBPyConnection, table: Table) -> dict[str, int]:
    """Number of sound rows by fate: add, replace, skip, refuse, unknown; absent ones are 0."""
    found = dict(
        cursor.execute(
            f"select fate, count(*) from exception_{table.name} group by fate order by fate"
        ).fetchall()
    )
    (sound,) = cursor.execute(
        f"select count(*) from checked_{table.name} where not faulty"
    ).fetchall()[0]
    rest = sound - sum(found.values())
    return ({"add": rest} if rest else {}) | found


def fates_by_trial(cursor: duckdb.DuckDBPyConnection, table: Table) -> list[tuple[str, str, int]]:
    """Trial, fate and number of the rows that are added, replace others or are there already."""
    return cursor.execute(
        f"select trial, fate, count(*) from fate_{table.name} "
        "where fate in ('add', 'replace', 'skip') group by all order by all"
    ).fetchall()


def clashes(
    cursor: duckdb.DuckDBPyConnection, table: Table, limit: int | None = None
) -> Iterator[Problem]:
    """Rows refused for an unknown patient or for other content under the same key, in order.

    All of them or the first `limit`; nothing else may be asked of the cursor until the last.
    To be asked before `commit.store`.
    """
    name, keys = table.name, ", ".join(table.key)
    # Written down first: the next question is then planned for the few rows that there are.
    (found,) = cursor.execute(
        f"create or replace temp table clash_{name} as select e.* "
        f"from exception_{name} e join checked_{name} c on c.rowid = e.row "
        "where e.fate in ('unknown', 'refuse') order by c.ord, e.row limit $limit",
        {"limit": limit},
    ).fetchall()[0]
    if not found:
        return
    content = ", ".join(f"if(e.twin is null, p.{c}, t.{c}) as {c}" for c in _content(table))
    cursor.execute(
        f"""
        with o as (
            select e.row, {content}, 'line ' || t.line || ' of ' || t.file as place
            from clash_{name} e
            left join (from typed_{name} where row in (select twin from clash_{name})) t
                on t.row = e.twin
            left join (select rowid as stored, * from {name}
                where rowid in (select stored from clash_{name})) p on p.stored = e.stored
        )
        select r.file, r.sheet, r.line, r.patient, e.fate, {_shown(table, "r")},
            {_shown(table, "o")}, coalesce(o.place, 'the pool (upload ' || e.upload || ')'),
            {_cure("e.twin")}
        from clash_{name} e join o using (row) join typed_{name} r using (row)
        order by r.ord, r.row
        """
    )
    while rows := cursor.fetchmany(BATCH):
        for file, sheet, line, patient, fate, here, there, other, cure in rows:
            if fate == "unknown":
                yield Problem(file, sheet, line, "patient", patient, UNKNOWN_PATIENT, ADD_PATIENT)
            else:
                problem = f"{OTHER_CONTENT} ({keys}): here {here}, in {other} {there}."
                yield Problem(file, sheet, line, None, here, problem, cure)


def _cure(twin: str) -> str:
    return (
        f"if({twin} is null, 'Correct it, or choose \"replace\".', 'Choose one of the two lines.')"
    )


def repeats(cursor: duckdb.DuckDBPyConnection, table: Table) -> dict[str, int]:
    """Rows that are there already, by where."""
    rows = cursor.execute(
        "select if(twin is null, 'already in the pool', 'given twice in this upload'), count(*) "
        f"from exception_{table.name} where fate = 'skip' group by 1 order by 1"
    ).fetchall()
    return dict(rows)
