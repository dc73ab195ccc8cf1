"""What changed between two versions of the pool: counts per trial and table, and the rows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from igcore.errors import Refused
from igcore.store import Pool, rows, schema
from igcore.store.columns import Table
from igcore.store.relations import composed

COUNTS = ("trial", "table", "added", "removed", "replaced", "patients_new", "patients_gone")
ROWS = ("table", "trial", "patient", "row", "change", "before", "after")
_ORDER = ("trials", *(table.name for table in schema.TABLES))


def counts(pool: Pool, before: int, after: int) -> pd.DataFrame:
    """One row per trial and table that differs between two versions.

    Columns: trial, table, added, removed, replaced (same key, other content) in rows;
    patients_new and patients_gone: patients with rows of that table in one version alone. The
    table "trials" is the trial's card.

    Raises:
        Refused: there is no such version.
    """
    _refuse_unknown(pool, before, after)
    parts = [_card_counts(), *(_table_counts(table) for table in schema.TABLES)]
    found = _answer(pool, " union all ".join(parts), before=before, after=after)
    found["table"] = pd.Categorical(found["table"], _ORDER)
    ordered = found.sort_values(["trial", "table"], ignore_index=True)
    return ordered.astype({"table": object})[list(COUNTS)]


def changed(pool: Pool, before: int, after: int, *, limit: int | None = None) -> pd.DataFrame:
    """One row per changed row: table, trial, patient, row (its key), change, before, after.

    `before` and `after` name the cells; of a replaced row those that differ. Ordered by trial,
    patient and table; at most `limit` rows.

    Raises:
        Refused: there is no such version.
    """
    _refuse_unknown(pool, before, after)
    parts = " union all ".join([_card_rows(), *(_table_rows(table) for table in schema.TABLES)])
    place = f'list_position({list(_ORDER)!r}, "table")'
    return _answer(
        pool,
        f"{parts} order by trial, patient nulls first, {place}, name, day nulls first, row "
        + ("" if limit is None else f"limit {int(limit)}"),
        before=before,
        after=after,
    )[list(ROWS)]


def _refuse_unknown(pool: Pool, *versions: int) -> None:
    newest = pool.newest()
    for version in versions:
        if not 0 <= version <= newest:
            raise Refused(f'Data version: "{version}" is not one of 0 to {newest}.')


def _answer(pool: Pool, question: str, **values: Any) -> pd.DataFrame:
    with pool.reading() as cursor:
        return cursor.execute(composed(question), values).df()


def _seen(version: str) -> str:
    return f"(added <= ${version} and (removed is null or removed > ${version}))"


def _differences(table: Table) -> str:
    """SQL of pairs (o: row before, n: row after) of one key, where they are not the same."""
    touched = f"from {table.name} where {_seen('before')} <> {_seen('after')} and {{}}"
    return (
        f"from (select * {touched.format(_seen('before'))}) o "
        f"full join (select * {touched.format(_seen('after'))}) n on {rows.same_key(table, 'o', 'n')} "
        f"join subjects s on s.patient_key = coalesce(o.patient_key, n.patient_key) "
        "where o.patient_key is null or n.patient_key is null "
        f"or ({rows.differs(table, 'o', 'n')})"
    )


_CHANGE = (
    "case when o.{key} is null then 'added' when n.{key} is null then 'removed' else 'replaced' end"
)


def _table_counts(table: Table) -> str:
    change = _CHANGE.format(key="patient_key")
    return f"""
    select coalesce(c.trial, p.trial) as trial, '{table.name}' as "table",
        coalesce(added, 0) as added, coalesce(removed, 0) as removed,
        coalesce(replaced, 0) as replaced,
        coalesce(patients_new, 0) as patients_new, coalesce(patients_gone, 0) as patients_gone
    from (
        select trial, count(*) filter (where change = 'added') as added,
            count(*) filter (where change = 'removed') as removed,
            count(*) filter (where change = 'replaced') as replaced
        from (select s.trial, {change} as change {_differences(table)}) group by trial
    ) c left join (
        select trial, count(*) filter (where not was) as patients_new,
            count(*) filter (where was and not remains) as patients_gone
        from (
            select s.trial, patient_key, bool_or({_seen("before")}) as was,
                bool_or({_seen("after")}) as remains
            from {table.name} join subjects s using (patient_key)
            where {_seen("before")} or {_seen("after")} group by all
        ) group by trial
    ) p using (trial)"""


def _text(column: str) -> str:
    """SQL of one cell as text; whole numbers without ".0"."""
    return f"regexp_replace({column}::varchar, '\\.0$', '')"


def _key(table: Table) -> str:
    names = [name for name in rows.keys(table) if name != "patient_key"]
    cells = (f"'{name} ' || {_text(f'coalesce(n.{name}, o.{name})')}" for name in names)
    return f"concat_ws('; ', {', '.join(cells)})" if names else "''"


def _order(table: Table) -> str:
    """SQL of what the rows of one patient are ordered by: a name in the key, and its day."""
    kinds = {
        column.name: column.kind for column in table.columns if column.name in rows.keys(table)
    }
    day = next((name for name, kind in kinds.items() if kind == "day"), None)
    name = next((name for name, kind in kinds.items() if kind in ("text", "choice")), None)
    return ", ".join(
        f"{f'coalesce(n.{column}, o.{column})' if column else absent} as {said}"
        for column, absent, said in ((name, "''", "name"), (day, "null::double", "day"))
    )


def _cells(names: list[str], side: str, key: str) -> str:
    """SQL of a row's cells: all that are filled, or those that a replacement changed."""
    parts = []
    for name in names:
        sign = f"coalesce({side}.operator, '') || " if name == "value" else ""
        differs = f"o.{name} is distinct from n.{name}"
        if name == "value":
            differs = f"({differs} or o.operator is distinct from n.operator)"
        both = f"o.{key} is not null and n.{key} is not null"
        empty = f"case when {both} then 'empty' end"
        cell = f"'{name} ' || {sign}coalesce({_text(f'{side}.{name}')}, {empty})"
        parts.append(f"case when {side}.{key} is not null and {differs} then {cell} end")
    return f"concat_ws('; ', {', '.join(parts)})"


def _table_rows(table: Table) -> str:
    names = [name for name in rows.contents(table) if name != "operator"]
    return (
        f"select '{table.name}' as \"table\", s.trial, s.patient, {_key(table)} as row, "
        f"{_CHANGE.format(key='patient_key')} as change, "
        f"{_cells(names, 'o', 'patient_key')} as before, "
        f"{_cells(names, 'n', 'patient_key')} as after, {_order(table)} {_differences(table)}"
    )


_CARD = ["title", "cutoff", "simulated", "no_m_protein", "laboratory"]
_CARDS = (
    "from trials(version := $before) o full join trials(version := $after) n on o.trial = n.trial where "
    + " or ".join(f"o.{name} is distinct from n.{name}" for name in ("trial", *_CARD))
)


def _card_counts() -> str:
    """The trials' cards, in the columns of `counts`."""
    kinds = ", ".join(
        f"({_CHANGE.format(key='trial')} = '{kind}')::integer as {kind}"
        for kind in ("added", "removed", "replaced")
    )
    return (
        f"select coalesce(n.trial, o.trial) as trial, 'trials' as \"table\", {kinds}, "
        f"0 as patients_new, 0 as patients_gone {_CARDS}"
    )


def _card_rows() -> str:
    """The trials' cards, in the columns of `changed`."""
    return (
        "select 'trials' as \"table\", coalesce(n.trial, o.trial) as trial, null as patient, "
        f"'' as row, {_CHANGE.format(key='trial')} as change, {_cells(_CARD, 'o', 'trial')} as "
        f"before, {_cells(_CARD, 'n', 'trial')} as after, "
        f"'' as name, null::double as day {_CARDS}"
    )
