"""A mapped sheet -> staging tables in the columns of the templates.

Cells become plain text in the templates' form (ISO dates, study days, decimal points, our codes), so
that everything behind this door is checked in one way. What cannot be read stays as it was written,
and the check names it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import duckdb

from igcore.ingest.mapping import parts
from igcore.ingest.mapping.document import SheetMapping
from igcore.ingest.mapping.pieces import Pieces
from igcore.ingest.staging import StagedSheet

Mapped = dict[str, tuple[StagedSheet, SheetMapping]]
_PATIENT = ("arm", "sex", "age_years", "m_protein", "best_response", "treatment_start")
_ATTRIBUTES = (*_PATIENT, "treatment_end_day")


def trial_of(sheet: StagedSheet, mapping: SheetMapping, trial: str | None) -> str:
    """The trial of a sheet's rows that name none themselves."""
    from igcore.ingest.stage import plain_name

    return trial or mapping.trial or plain_name(sheet.file)


def patients(cursor: duckdb.DuckDBPyConnection, mapped: Mapped, trial: str | None) -> None:
    """Patients of all mapped sheets, those of one patient that agree joined into one row."""
    wanted = {
        relation: (sheet, mapping)
        for relation, (sheet, mapping) in mapped.items()
        if any(mapping.of(role) for role in (*_PATIENT, "treatment_end"))
    }
    if not wanted:
        return
    declared = ", ".join(f"{name} varchar" for name in ("trial", "patient", *_ATTRIBUTES))
    cursor.execute(
        "create or replace temp table mapped_patient "
        f"(file varchar, sheet varchar, line bigint, ord bigint, {declared})"
    )
    for relation, (sheet, mapping) in wanted.items():
        made = _pieces(cursor, sheet, mapping, trial, "mapped_patient")
        cells = {name: made.cell(mapping.of(name)) for name in _PATIENT if mapping.of(name)}
        ends = mapping.of("treatment_end")
        if ends:
            starts = mapping.of("treatment_start")
            dated = ends[0].form in ("", "date")
            start = made.date(starts[0]) if starts and dated else "null::date"
            cells["treatment_end_day"] = made.day(ends[:1], start)
        _insert(cursor, "mapped_patient", relation, made, cells)
    _join_patients(cursor)


def _join_patients(cursor: duckdb.DuckDBPyConnection) -> None:
    """One row per patient where no two rows differ; else each content once, for the check to tell."""
    agree = " and ".join(f"count(distinct {name}) <= 1" for name in _ATTRIBUTES)
    taken = ", ".join(f"any_value({name}) as {name}" for name in _ATTRIBUTES)
    listed = ", ".join(_ATTRIBUTES)
    first = "arg_min(file, ord) as file, arg_min(sheet, ord) as sheet, arg_min(line, ord) as line"
    cursor.execute(
        f"""
        insert into stage_patients by name
        with agreeing as (
            select trial, patient, {first}, min(ord) as ord, {taken}
            from mapped_patient group by trial, patient having {agree}
        )
        select * from agreeing
        union all by name
        select {first}, min(ord) as ord, trial, patient, {listed}
        from mapped_patient m
        where not exists (select 1 from agreeing a
            where a.trial is not distinct from m.trial
              and a.patient is not distinct from m.patient)
        group by trial, patient, {listed}
        """
    )
    cursor.execute("drop table mapped_patient")


def rows(
    cursor: duckdb.DuckDBPyConnection,
    relation: str,
    sheet: StagedSheet,
    mapping: SheetMapping,
    trial: str | None,
) -> None:
    """Everything of a mapped sheet that is not its patients; `known_start` must be there."""
    fill = functools.partial(_fill, cursor, relation, sheet, mapping, trial)
    if mapping.of("value"):
        fill("stage_measurements", parts.measurements)
    if mapping.of("response") or mapping.of("first_response"):
        fill("stage_responses", parts.responses)
    if parts.has_outcomes(mapping):
        fill("stage_outcomes", parts.outcomes)
    for role, table in (("therapy", "stage_therapies"), ("infection", "stage_infections")):
        if mapping.of(role):
            fill(table, getattr(parts, table.removeprefix("stage_")))


def _fill(
    cursor: duckdb.DuckDBPyConnection,
    relation: str,
    sheet: StagedSheet,
    mapping: SheetMapping,
    trial: str | None,
    table: str,
    parts_of: Callable[[Pieces, SheetMapping], list[dict[str, str]]],
) -> None:
    """Insert every part of a row (an analyte, an endpoint) that is filled, in one scan."""
    made = _pieces(cursor, sheet, mapping, trial, table)
    listed = parts_of(made, mapping)
    names = sorted({name for part in listed for name in part})
    structs = ", ".join(
        "{" + ", ".join(f"'{n}': ({part.get(n, 'null')})::varchar" for n in names) + "}"
        for part in listed
    )
    columns = ", ".join(f"part.{name}" for name in names if name != "filled")
    sql = f"""
        insert into {table} by name
        with sheet_rows as (
            select {made.who()}, s.* from {relation} s
        ),
        started as (
            select r.*, k.start, k.patient is null as unknown,
                not coalesce(k.treated, true) as untreated
            from sheet_rows r left join known_start k
                on k.trial = r.own_trial and k.patient = r.own_patient
        ),
        parts as (
            select line, own_trial, own_patient, unnest([{structs}]) as part,
                unnest(range({len(listed)})) as number
            from started
        )
        select $file::varchar as file, $sheet::varchar as sheet, line,
            $first + line * {len(listed)} + number as ord,
            own_trial as trial, own_patient as patient, {columns}
        from parts where part.filled = 'true'
        """
    cursor.execute(sql, made.bound(sql))


def _pieces(
    cursor: duckdb.DuckDBPyConnection,
    sheet: StagedSheet,
    mapping: SheetMapping,
    trial: str | None,
    table: str,
) -> Pieces:
    first = cursor.execute(f"select coalesce(max(ord), 0) + 1 from {table}").fetchall()[0][0]
    return Pieces(
        sheet, mapping, trial_of(sheet, mapping, trial), fixed=trial is not None, first=first
    )


def _insert(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    relation: str,
    made: Pieces,
    cells: dict[str, str],
) -> None:
    listed = ", ".join(f"({cell})::varchar as {name}" for name, cell in cells.items())
    sql = (
        f"insert into {table} by name select $file::varchar as file, $sheet::varchar as sheet, line, "
        f"$first + line as ord, own_trial as trial, own_patient as patient, {listed} "
        f"from (select {made.who()}, s.* from {relation} s) where own_patient is not null "
        f"or coalesce({', '.join(cells.values())}) is not null"
    )
    cursor.execute(sql, made.bound(sql))
