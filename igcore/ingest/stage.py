"""Staged sheets -> staging tables in the columns of the templates, other layouts translated.

Only declared columns come this far; everything else in a file is left behind here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb

from igcore.errors import Refused
from igcore.ingest.layouts import translate
from igcore.ingest.layouts.recognise import CDISC, TEMPLATES, Layout
from igcore.ingest.mapping import apply
from igcore.ingest.mapping.document import SheetMapping
from igcore.ingest.report import Counts, Recognised, Report
from igcore.ingest.staging import StagedSheet
from igcore.ingest.understand import Understood
from igcore.store import schema

SQL = Path(__file__).parent / "sql"
PLACE = ("file varchar", "sheet varchar", "line bigint", "ord bigint")
_NUMBERS = ("number", "day", "reading")
# Where commas do not end cells, "0,56" can only be a decimal comma; "1,234" could be either, and
# is left for the check to refuse.
_DECIMAL_COMMA = r"^[<>≤≥]?\s*[+-]?(0,\d+|\d+,\d{1,2}|\d+,\d{4,})$"


def prepare(cursor: duckdb.DuckDBPyConnection) -> None:
    """Empty staging tables, of this cursor alone."""
    for layout in (*TEMPLATES.values(), *CDISC.values()):
        columns = [*PLACE, *(f"{column} varchar" for column in layout.columns), "skip varchar"]
        cursor.execute(f"create or replace temp table {layout.stage} ({', '.join(columns)})")
    for macros in ("dates", "reading"):
        cursor.execute((SQL / f"{macros}.sql").read_text())


def stage(
    cursor: duckdb.DuckDBPyConnection,
    understood: Sequence[Understood],
    *,
    trial: str | None,
    from_zero: bool,
    version: int,
    report: Report,
) -> None:
    """Fill the staging tables from the sheets that were understood.

    Args:
        trial: the one trial that all rows belong to, if the reader named it.
        from_zero: the days of templates count from 0 for the day of first treatment.
        version: the pool's version in which earlier starts of treatment are looked up.

    Raises:
        Refused: one trial is named, but the files name several.
    """
    relations = {}
    for number, found in enumerate(understood):
        relations[f"sheet_{number}"] = found
        found.sheet.view(cursor, f"sheet_{number}")
    if trial:
        _refuse_several_trials(cursor, relations, trial)
    layouts = Counter(found.layout.name if found.layout else "" for found in understood)
    plain = layouts.keys() <= TEMPLATES.keys()
    for relation, found in relations.items():
        if found.layout:
            cells = _layout(cursor, relation, found.sheet, found.layout, trial, from_zero)
            # Nothing else fills the table: its rows need not be copied, they are read in place.
            alone = plain and layouts[found.layout.name] == 1
            _put(cursor, found.layout.stage, cells, alone=alone)
    mapped = {
        relation: (found.sheet, found.mapping)
        for relation, found in relations.items()
        if found.mapping
    }
    _stage_mapped(cursor, mapped, trial, version)
    for found in understood:
        _tell(found, report)


def _stage_mapped(
    cursor: duckdb.DuckDBPyConnection,
    mapped: dict[str, tuple[StagedSheet, SheetMapping]],
    trial: str | None,
    version: int,
) -> None:
    """Patients first: they say when day 1 is, which every other date leans on."""
    apply.patients(cursor, mapped, trial)
    translate.translate(cursor, trial, version)
    if mapped:
        translate.starts(cursor, version, trial)
    for relation, (sheet, mapping) in mapped.items():
        apply.rows(cursor, relation, sheet, mapping, trial)


def _refuse_several_trials(
    cursor: duckdb.DuckDBPyConnection, relations: dict[str, Understood], trial: str
) -> None:
    """The one trial that the reader named may replace one name of the files, not several."""
    names: set[str] = set()
    for relation, found in relations.items():
        column = found.trial_column
        if column:
            cell = found.sheet.cells(column)
            rows = cursor.execute(
                f"select distinct nullif(trim({cell}), '') from {relation} limit 100"
            ).fetchall()
            names |= {row[0] for row in rows if row[0]}
    if len(names) > 1:
        raise Refused(
            f"The files name several trials ({', '.join(sorted(names)[:5])}), so they cannot all "
            f'be "{trial}". Leave the trial\'s name out, or add the trials apart.'
        )


def _layout(
    cursor: duckdb.DuckDBPyConnection,
    relation: str,
    sheet: StagedSheet,
    layout: Layout,
    trial: str | None,
    from_zero: bool,
) -> str:
    """SQL of the layout's columns of one sheet; rows keep their order by `ord`."""
    cdisc = layout.name in CDISC
    commas = sheet.reading.delimiter != ","
    own = {
        ours: sheet.cells(theirs)
        if cdisc
        else _template(layout.table, ours, sheet.cells(theirs), commas, from_zero)
        for ours, theirs in layout.theirs
    }
    if trial and not cdisc:
        own["trial"] = "told.trial"
    # What the reader called file, sheet and trial stands in a table of its own, never in SQL.
    cursor.execute(
        f"create or replace temp table {relation}_told as select $file::varchar as file, "
        "$sheet::varchar as sheet, $trial::varchar as trial, $first::bigint as first",
        {
            "file": sheet.file,
            "sheet": sheet.sheet,
            "trial": trial,
            "first": next_ord(cursor, layout.stage),
        },
    )
    cells = "".join(f", {expression} as {ours}" for ours, expression in own.items())
    return (
        f"select told.file, told.sheet, line, told.first + line as ord{cells} "
        f"from {relation} cross join {relation}_told as told"
    )


def _put(cursor: duckdb.DuckDBPyConnection, table: str, rows: str, *, alone: bool) -> None:
    """Insert rows into a staging table, or make it a view of them when nothing else fills it."""
    if not alone:
        cursor.execute(f"insert into {table} by name {rows}")
        return
    cursor.execute(f"alter table {table} rename to {table}_empty")
    cursor.execute(
        f"create or replace temp view {table} as from {table}_empty union all by name {rows}"
    )


def next_ord(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    """The first number of `ord` that is free in a staging table."""
    return cursor.execute(f"select coalesce(max(ord), 0) + 1 from {table}").fetchall()[0][0]


def _template(table: str, ours: str, cell: str, commas: bool, from_zero: bool) -> str:
    column = schema.BY_NAME[table].column(ours)
    if column.kind not in _NUMBERS:
        return cell
    number = cell
    if commas:
        comma = f"contains({cell}, ',') and regexp_matches({cell}, '{_DECIMAL_COMMA}')"
        number = f"case when {comma} then replace({cell}, ',', '.') else {cell} end"
    if column.kind == "day" and from_zero:
        day = f"try_cast({number} as double)"
        return f"case when {day} >= 0 then ({day} + 1)::varchar else {number} end"
    return number


def _tell(found: Understood, report: Report) -> None:
    """What a sheet was taken for, and the rows of it that could not be staged."""
    sheet = found.sheet
    used = found.used
    report.recognised.append(
        Recognised(
            sheet.file,
            sheet.sheet,
            found.words,
            sheet.rows,
            tuple(column for column in sheet.header if column not in used),
            sheet.notes,
        )
    )
    report.tell(sheet.problems)
    counts = report.tables.setdefault(found.table, Counts())
    counts.refused += len(sheet.problems)
    counts.read += len(sheet.problems)


def count(cursor: duckdb.DuckDBPyConnection, report: Report) -> None:
    """Count what was read and what was left out on the way, by reason and by trial."""
    trials: set[str] = set()
    for name in TEMPLATES:
        rows = cursor.execute(
            "select coalesce(nullif(trim(trial), ''), ''), skip, count(*) "
            f"from stage_{name} group by all order by 3 desc, 2, 1"
        ).fetchall()
        if not rows:
            continue
        counts = report.tables.setdefault(name, Counts())
        for trial, why, n in rows:
            own = report.of(trial, name)
            own["read"] += n
            counts.read += n
            trials.add(trial)
            if why:
                own["left out"] += n
                counts.skipped += n
                counts.skipped_because[why] = counts.skipped_because.get(why, 0) + n
    report.trials = sorted(trials - {""})
    report.tables = {name: report.tables[name] for name in TEMPLATES if name in report.tables}


def plain_name(file: str) -> str:
    """A trial's name from its file's: "ward_a.xlsx" -> "ward_a"."""
    return re.sub(r"(\.[A-Za-z0-9]{1,8}){1,2}$", "", Path(file).name) or "trial"


__all__ = ["count", "plain_name", "prepare", "stage"]
