"""Staged text -> typed rows, and problems with place and cure; a row with an error is refused alone.

Of a table `t` this module makes, for one cursor:

- `checked_t`: one narrow row per staged row; its rowid is the row's identity (`row` in the views);
- `sound_t` (view): rows without an error: row, ord, line, source, who and the declared columns;
- `typed_t` (view): the same with file, sheet, trial and patient in place of source and who;
- `fault_t`: one row per fault, the first of each column of a row.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from igcore.ingest import isotypes
from igcore.ingest.checks import cells
from igcore.ingest.report import Problem
from igcore.store import schema
from igcore.store.columns import Column, Table

BATCH = 10_000
# Columns of few different texts: each different combination is typed and checked once.
_LABELS = {"measurements": ("analyte", "time", "unit", "low", "high")}
_WHO = ("trial", "patient")
_FACTOR = "left join unit_factor on unit_factor.written = lower(replace(s.unit, ' ', ''))"
_FAULT = "ord bigint, line bigint, source integer, place integer, rule integer, value varchar"
# A plain number has no sign; only the other cells are searched for one.
_SIGN = (
    "case when n_value is null then nullif(regexp_replace(regexp_replace(regexp_extract("
    "trim(value), '^[<>≤≥]'), '≤', '<'), '≥', '>'), '') end"
)


def prepare_lookups(cursor: duckdb.DuckDBPyConnection) -> None:
    """Small tables of what a text means: unit -> factor to g/L, M-protein -> involved chains."""
    cursor.execute("create or replace temp table unit_factor (written varchar, factor double)")
    cursor.executemany(
        "insert into unit_factor values (?, ?)", list(schema.GRAMS_PER_LITRE.items())
    )
    cursor.execute(
        "create or replace temp table isotype_of (written varchar, involved varchar[], clear boolean)"
    )
    texts = cursor.execute(
        "select distinct m_protein from stage_patients where m_protein is not null"
    ).fetchall()
    for (text,) in texts:
        chains = isotypes.involved(text)
        cursor.execute(
            "insert into isotype_of values (?, ?, ?)",
            [text, None if chains is None else list(chains), isotypes.understood(text)],
        )


def type_rows(cursor: duckdb.DuckDBPyConnection, table: Table) -> None:
    """`stage_<table>` (text) -> the tables and views named above.

    Patients come first, then `compare.known_patients`, to which the other tables refer.
    """
    name = table.name
    cursor.execute(
        f"create or replace temp table source_{name} as select file, sheet, "
        "(row_number() over (order by min(ord), file, sheet))::integer as source "
        f"from stage_{name} where skip is null group by file, sheet"
    )
    _label(cursor, table)
    _check(cursor, table)
    if table is not schema.PATIENTS and _find_strays(cursor, name):
        _check(cursor, table)
    _views(cursor, table)
    _list_faults(cursor, table)


def _columns(table: Table) -> tuple[list[Column], list[Column]]:
    """The columns typed by label, and those typed row by row."""
    labels = _LABELS.get(table.name, ())
    own = [c for c in table.columns if table is schema.PATIENTS or c.name not in _WHO]
    return [c for c in own if c.name in labels], [c for c in own if c.name not in labels]


def _label(cursor: duckdb.DuckDBPyConnection, table: Table) -> None:
    """`label_<table>`: each different combination of label texts, typed, with `wrong`."""
    columns, _ = _columns(table)
    if not columns:
        return
    names = ", ".join(column.name for column in columns)
    typed = ", ".join(f"{cells.typed(column)} as t_{column.name}" for column in columns)
    keys = ", ".join(f"t_{column.name}" for column in columns if column.key)
    cursor.execute(
        f"create or replace temp table label_{table.name} as "
        f"with texts as (select distinct {names} from stage_{table.name} where skip is null), "
        f"plain as (select {', '.join(['*', *cells.plains(columns)])} from texts), "
        f"typed as (select s.*, factor, {typed} from plain s {_FACTOR}) "
        "select *, (row_number() over ())::integer as label, "
        f"(dense_rank() over (order by {keys}))::integer as label_key, "
        f"{cells.one_of(cells.conditions(table, columns))} as wrong from typed"
    )


def _check(cursor: duckdb.DuckDBPyConnection, table: Table) -> None:
    """`checked_<table>`: one row per staged row, in narrow types, with `faulty`."""
    name = table.name
    labels, columns = _columns(table)
    wrong, joins, kept = cells.conditions(table, columns), "", ["ord", "line"]
    if table is schema.PATIENTS:
        joins += "left join isotype_of on isotype_of.written = s.m_protein "
        kept += ["involved"]
    else:
        joins += "left join patient_of k on k.trial = s.trial and k.patient = s.patient "
        kept += ["who"]
        wrong = ["who is null", *wrong]
    if labels:
        same = " and ".join(f"l.{c.name} is not distinct from s.{c.name}" for c in labels)
        joins += f"left join label_{name} l on {same} "
        kept += ["label", "label_key"]
        wrong = ["wrong", *wrong]
    carried = [*kept, "wrong", "t_analyte"] if labels else kept
    given = [*carried, *(f"s.{column.name}" for column in columns), *cells.plains(columns)]
    typed = [f"{cells.typed(column)} as t_{column.name}" for column in columns]
    own = [f"{cells.stored(column)} as {column.name}" for column in columns]
    if table is schema.MEASUREMENTS:
        typed.append(f"{_SIGN} as operator")
        own.append("operator")
    source, many = _source(cursor, name)
    cursor.execute(
        f"create or replace temp table checked_{name} as "
        f"with given as (select {source} as source, {', '.join(given)} "
        f"from stage_{name} s {joins} {many} where s.skip is null), "
        f"typed as (select *, {', '.join(typed)} from given) "
        f"select source, {', '.join([*kept, *own])}, {cells.one_of(wrong)} as faulty from typed"
    )


def _source(cursor: duckdb.DuckDBPyConnection, name: str) -> tuple[str, str]:
    """SQL of a row's source, and the join it needs: none for a single file."""
    (sources,) = cursor.execute(f"select count(*) from source_{name}").fetchall()[0]
    if sources <= 1:
        return "1", ""
    return "f.source", (
        f"join source_{name} f on f.file = s.file and f.sheet is not distinct from s.sheet"
    )


def _find_strays(cursor: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Number patients whose text is none of the known ones; true if there are any."""
    if not cursor.execute(f"select 1 from checked_{name} where who is null limit 1").fetchall():
        return False
    cursor.execute(
        "create or replace temp table stray as "
        "select distinct s.trial as trial_text, s.patient as patient_text, "
        "trim(s.trial) as trial, trim(s.patient) as patient "
        f"from stage_{name} s anti join patient_of k on k.trial = s.trial and k.patient = s.patient "
        "where s.skip is null and trim(s.trial) <> '' and trim(s.patient) <> '' "
        "and length(trim(s.trial)) <= 200 and length(trim(s.patient)) <= 200"
    )
    cursor.execute(
        "insert into known_patient select "
        "(select coalesce(max(who), 0) from known_patient) + row_number() over (), "
        "trial, patient, false from (select distinct trial, patient from stray "
        "anti join known_patient using (trial, patient))"
    )
    (found,) = cursor.execute(
        "insert into patient_of select trial_text, patient_text, who "
        "from stray join known_patient using (trial, patient)"
    ).fetchall()[0]
    cursor.execute("drop table stray")
    return found > 0


def _views(cursor: duckdb.DuckDBPyConnection, table: Table) -> None:
    name = table.name
    labels, columns = _columns(table)
    own = [f"c.{column.name}" for column in columns]
    own += [f"l.t_{column.name} as {column.name}" for column in labels]
    if table is schema.PATIENTS:
        own += ["c.involved"]
    else:
        own += ["c.who"]
    if table is schema.MEASUREMENTS:
        own += ["c.operator", "l.factor", "c.label_key"]
    label = f"join label_{name} l using (label)" if labels else ""
    cursor.execute(
        f"create or replace temp view sound_{name} as select c.rowid as row, c.ord, c.line, "
        f"c.source, {', '.join(own)} from checked_{name} c {label} where not c.faulty"
    )
    who = "" if table is schema.PATIENTS else "join known_patient k using (who)"
    names = "" if table is schema.PATIENTS else "k.trial, k.patient, k.known, "
    cursor.execute(
        f"create or replace temp view typed_{name} as "
        f"select f.file, f.sheet, {names}s.* exclude (source) "
        f"from sound_{name} s join source_{name} f using (source) {who}"
    )


def _list_faults(cursor: duckdb.DuckDBPyConnection, table: Table) -> None:
    """`fault_<table>`: rows of the staged text that are faulty are looked at once more."""
    name, cases = table.name, {}
    if not refused(cursor, table):
        cursor.execute(f"create or replace temp table fault_{name} ({_FAULT})")
        return
    for number, (column, condition, *_) in enumerate(cells.rulebook(table)):
        before = cases.setdefault(column, "case")
        place = list(cases).index(column)
        found = f"{{'place': {place}, 'rule': {number}, 'value': {column}}}"
        cases[column] = f"{before} when {condition} then {found}"
    listed = ", ".join(f"{case} end" for case in cases.values())
    plain = ", ".join(cells.plains(list(table.columns)) or ["1"])
    typed = ", ".join(f"{cells.typed(column)} as t_{column.name}" for column in table.columns)
    factor = _FACTOR if table is schema.MEASUREMENTS else ""
    cursor.execute(
        f"create or replace temp table fault_{name} as "
        f"with wrong as (select ord, source, file, sheet from checked_{name} "
        f"join source_{name} using (source) where faulty), "
        f"text as (select s.*, wrong.source from stage_{name} s join wrong on wrong.ord = s.ord "
        "and wrong.file = s.file and wrong.sheet is not distinct from s.sheet "
        "where s.skip is null), "
        f"plain as (select *, {plain} from text), "
        f"typed as (select s.*{', factor' if factor else ''}, {typed} from plain s {factor}) "
        "select ord, line, source, unnest(list_filter("
        f"[{listed}], lambda fault: fault is not null), recursive := true) from typed"
    )


def refused(cursor: duckdb.DuckDBPyConnection, table: Table) -> int:
    """The number of a table's rows with an error of their own."""
    counting = f"select count(*) from checked_{table.name} where faulty"
    return cursor.execute(counting).fetchall()[0][0]


def faults(
    cursor: duckdb.DuckDBPyConnection, table: Table, limit: int | None = None
) -> Iterator[Problem]:
    """The faults of a table in the order of the lines, the first `limit` or all.

    The rows come in batches; nothing else may be asked of the cursor until the last.
    """
    rules = cells.rulebook(table)
    cursor.execute(
        f"select file, sheet, line, rule, value from fault_{table.name} "
        f"join source_{table.name} using (source) order by ord, source, place limit $limit",
        {"limit": limit},
    )
    while rows := cursor.fetchmany(BATCH):
        for file, sheet, line, rule, value in rows:
            column, _, problem, cure = rules[rule]
            yield Problem(file, sheet, line, column, value, problem, cure)


def unclear_isotypes(cursor: duckdb.DuckDBPyConnection) -> list[Problem]:
    """Texts of the monoclonal protein that name no known type: unknown, told once per text."""
    rows = cursor.execute(
        "select min_by(s.file, s.ord), min_by(s.sheet, s.ord), min_by(s.line, s.ord), s.m_protein, "
        "count(*) from stage_patients s join isotype_of i on i.written = s.m_protein "
        "where not i.clear and s.skip is null group by s.m_protein order by min(s.ord)"
    ).fetchall()
    return [
        Problem(
            file,
            sheet,
            line,
            "m_protein",
            text,
            f"It names no known type of monoclonal protein ({n} patients); taken as unknown, "
            "so no isotype of theirs is assessable.",
            'Write it like "IgG kappa", "LC lambda", "non-secretory" or "none".',
            "warning",
        )
        for file, sheet, line, text, n in rows
    ]
