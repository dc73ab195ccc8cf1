"""Sheets of text -> staging tables in the columns of the templates, ADaM translated on the way.

Only declared columns are staged; everything else in a file is left behind here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from igcore.errors import Refused, UnreadableFile
from igcore.ingest.read import Sheet, read
from igcore.ingest.recognise import ADAM, TEMPLATES, UNKNOWN_LAYOUT, Layout, recognise
from igcore.ingest.report import Counts, Problem, Recognised, Report
from igcore.store import schema

SQL = Path(__file__).parent / "sql"
PLACE = ("file varchar", "sheet varchar", "line bigint", "ord bigint")
Progress = Callable[[float, str], None]


def prepare(cursor: duckdb.DuckDBPyConnection) -> None:
    """Empty staging tables, of this cursor alone."""
    for layout in (*TEMPLATES.values(), *ADAM.values()):
        columns = [*PLACE, *(f"{column} varchar" for column in layout.columns), "skip varchar"]
        cursor.execute(f"create or replace temp table {layout.stage} ({', '.join(columns)})")
    cursor.execute((SQL / "dates.sql").read_text())


def stage(
    cursor: duckdb.DuckDBPyConnection,
    files: Sequence[tuple[Path, str]],
    trial: str | None,
    version: int,
    report: Report,
    progress: Progress,
) -> None:
    """Read every file into the staging tables; a refused file leaves nothing there."""
    for number, (path, name) in enumerate(files):
        progress(number / len(files), f"Reading {name}")
        try:
            _stage_file(cursor, path, name, trial, report)
        except UnreadableFile as refusal:
            for layout in (*TEMPLATES.values(), *ADAM.values()):
                cursor.execute(f"delete from {layout.stage} where file = ?", [name])
            report.problems.append(
                Problem(name, None, None, None, None, refusal.problem, refusal.cure)
            )
    progress(1.0, "Reading is done")
    if trial:
        _name_trial(cursor, trial)
    _translate(cursor, trial, version)


def _name_trial(cursor: duckdb.DuckDBPyConnection, trial: str) -> None:
    """The one trial that the reader named, in place of the files' own name for it."""
    own = " union ".join(
        f"select distinct nullif(trim({'STUDYID' if layout.adam else 'trial'}), '') "
        f"from {layout.stage}"
        for layout in (*TEMPLATES.values(), *ADAM.values())
    )
    names = sorted(row[0] for row in cursor.execute(own).fetchall() if row[0])
    if len(names) > 1:
        raise Refused(
            f"The files name several trials ({', '.join(names[:5])}), so they cannot all be "
            f'"{trial}". Leave the trial\'s name out, or add the trials apart.'
        )
    for layout in TEMPLATES.values():
        cursor.execute(f"update {layout.stage} set trial = ?", [trial])


def _stage_file(
    cursor: duckdb.DuckDBPyConnection, path: Path, name: str, trial: str | None, report: Report
) -> None:
    """Stage all sheets of one file; the report learns of them only when all could be read."""
    staged, unknown = [], []
    for sheet in read(path, name):
        layout = _recognise(sheet, trial)
        if layout is None:
            unknown.append(sheet)
        else:
            staged.append((sheet, layout, _stage_sheet(cursor, sheet, layout)))
    if not staged:
        raise UnreadableFile(*UNKNOWN_LAYOUT)
    report.problems += [
        Problem(
            name,
            sheet.sheet,
            None,
            None,
            None,
            "The sheet is left out: " + UNKNOWN_LAYOUT[0],
            UNKNOWN_LAYOUT[1],
            "warning",
        )
        for sheet in unknown
    ]
    for sheet, layout, rows in staged:
        used = {theirs for _, theirs in layout.theirs}
        ignored = tuple(column for column in sheet.header if column and column not in used)
        report.recognised.append(
            Recognised(name, sheet.sheet, layout.words, rows, ignored, tuple(sheet.notes))
        )
        report.problems.extend(sheet.problems)
        counts = report.tables.setdefault(layout.table, Counts())
        counts.refused += len(sheet.problems)
        counts.read += len(sheet.problems)


def _recognise(sheet: Sheet, trial: str | None) -> Layout | None:
    """The sheet's layout, or None; a refusal names the sheet of a workbook."""
    try:
        return recognise(sheet, trial)
    except UnreadableFile as refusal:
        if sheet.sheet is None:
            raise
        raise UnreadableFile(f'Sheet "{sheet.sheet}": {refusal.problem}', refusal.cure) from None


def _stage_sheet(cursor: duckdb.DuckDBPyConnection, sheet: Sheet, layout: Layout) -> int:
    """Insert the layout's columns of one sheet; the number of its rows."""
    (first,) = cursor.execute(f"select count(*) from {layout.stage}").fetchall()[0]
    rows = 0
    for batch in sheet.batches:
        columns = {"line": batch.column(0)}
        for ours, theirs in layout.theirs:
            columns[ours] = _known(ours, batch[theirs]) if layout.adam else batch[theirs]
        columns["file"] = pa.array([sheet.file] * batch.num_rows, pa.string())
        columns["sheet"] = pa.array([sheet.sheet] * batch.num_rows, pa.string())
        columns["ord"] = pa.array(range(first + rows, first + rows + batch.num_rows), pa.int64())
        cursor.register("batch", pa.table(columns))
        cursor.execute(f"insert into {layout.stage} by name select * from batch")
        cursor.unregister("batch")
        rows += batch.num_rows
    return rows


def _known(column: str, cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """ADaM cells with "NA", "NaN" and SAS's "." as missing, but not where text identifies."""
    if column in ("STUDYID", "USUBJID", "PARAMCD"):
        return cells
    missing = pc.is_in(pc.utf8_upper(cells), pa.array(["NA", "NAN", "."]))
    return pc.if_else(missing, pa.scalar(None, pa.string()), cells)


def _translate(cursor: duckdb.DuckDBPyConnection, trial: str | None, version: int) -> None:
    """ADaM staging tables -> template staging tables. Subjects first: they say when day 1 is."""
    staged = " union all ".join(f"select 1 from {layout.stage}" for layout in ADAM.values())
    if not cursor.execute(f"{staged} limit 1").fetchall():
        return
    _run(cursor, "adsl", trial=trial)
    _run(cursor, "starts", version=version)
    _run(cursor, "adlb", trial=trial)
    _run(cursor, "adrs", trial=trial, responses=list(schema.RESPONSES))
    _run(cursor, "adtte", trial=trial)


def _run(cursor: duckdb.DuckDBPyConnection, name: str, **values: object) -> None:
    cursor.execute((SQL / f"{name}.sql").read_text(), values)


def named_trials(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """The trials that the staged rows name, sorted."""
    parts = " union ".join(
        f"select distinct nullif(trim(trial), '') from stage_{name}" for name in TEMPLATES
    )
    return sorted(row[0] for row in cursor.execute(parts).fetchall() if row[0])


def count_skipped(cursor: duckdb.DuckDBPyConnection, report: Report) -> None:
    """Count what was read and what was left out on the way, by reason."""
    for name in TEMPLATES:
        rows = cursor.execute(
            f"select skip, count(*) from stage_{name} group by skip order by count(*) desc, skip"
        ).fetchall()
        if not rows:
            continue
        counts = report.tables.setdefault(name, Counts())
        counts.read += sum(n for _, n in rows)
        counts.skipped += sum(n for why, n in rows if why)
        counts.skipped_because.update({why: n for why, n in rows if why})
    report.tables = {name: report.tables[name] for name in TEMPLATES if name in report.tables}


__all__ = ["Progress", "count_skipped", "named_trials", "prepare", "stage"]
