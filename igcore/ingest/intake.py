"""Staged files -> checked rows -> one transaction of the pool, or a rehearsal of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import duckdb

from igcore.errors import UnreadableFile
from igcore.ingest import cards, commit, stage
from igcore.ingest.checks import compare, doubts
from igcore.ingest.checks import rows as check
from igcore.ingest.layouts import recognise
from igcore.ingest.mapping import remember
from igcore.ingest.mapping.document import Mapping
from igcore.ingest.options import Cancel, Options
from igcore.ingest.privacy import stop as personal
from igcore.ingest.read.sheet import HEADER_ONLY
from igcore.ingest.report import PersonalColumn, Problem, Report
from igcore.ingest.staging import Progress, StagedFile, StagedSheet
from igcore.ingest.understand import Understood, understand
from igcore.store import Pool, refuse_open_pool, schema
from igcore.store.relations import composed
from igcore.store.schema import Table

# Of these nothing is wrong: they are told, and the rows bear no mark.
_TOLD = ("units", "unknown_analyte", "no_limits", "no_start", "age_90")


_COUNTED = {"add": "added", "replace": "replaced", "skip": "there"}


OTHER_MAPPING = (
    "The mapping names the columns of other sheets.",
    "Make it again with --suggest, and with the same --drop.",
)


class _Rehearsal(Exception):
    """Ends the transaction of a rehearsal, so that nothing of it is stored."""


def add_staged(
    pool: Pool,
    files: Sequence[StagedFile],
    options: Options,
    *,
    rehearse: bool,
    progress: Progress,
    cancel: Cancel,
) -> Report:
    """Recognise, check and add staged files as one upload; `add` tells the rest.

    The upload stops before anything is checked while a column looks personal and the reader has
    neither dropped it nor said why it is harmless (`Report.personal`).
    """
    if options.problems:
        refuse_open_pool(options.problems)
    report = Report(problem_file=options.problems)
    sheets = [sheet for file in files for sheet in file.sheets]
    harmless = dict(options.harmless)
    looks_personal = personal.stops(sheets)
    report.personal = [column for column in looks_personal if column.column not in harmless]
    report.tell(_excused(looks_personal, harmless))
    report.tell(_refusals(files))
    if not report.personal:
        found = _understood(pool, files, sheets, options, report)
        if not found:
            report.data_version = pool.newest()
            return report
        try:
            with pool.writing() as cursor:
                cancel.watch(cursor)
                _add(cursor, files, found, options, report, progress)
                cancel.watch(None)
                cancel.look()
                if rehearse or report.upload is None:
                    raise _Rehearsal
        except _Rehearsal:
            report.upload = None
        except duckdb.InterruptException:
            cancel.look()
            raise
        finally:
            cancel.watch(None)
    report.data_version = pool.newest()
    return report


def _excused(columns: Sequence[PersonalColumn], harmless: dict[str, str]) -> Iterator[Problem]:
    """What the reader called harmless, and why: it stays in the history of the pool."""
    for column in columns:
        if column.column in harmless:
            says = (
                f"It looks like {column.kind}, and was called harmless: {harmless[column.column]}"
            )
            yield Problem(
                *(column.file, column.sheet, None, column.column, None, says),
                "If that is wrong, take the upload back.",
                "warning",
            )


def _refusals(files: Sequence[StagedFile]) -> Iterator[Problem]:
    """Why files could not be read; an empty template among filled ones does no harm."""
    filled = any(file.sheets for file in files)
    for refusal in (file.refusal for file in files if file.refusal):
        harmless = filled and refusal.problem == HEADER_ONLY[0]
        yield replace(refusal, severity="warning") if harmless else refusal


def _understood(
    pool: Pool,
    files: Sequence[StagedFile],
    sheets: Sequence[StagedSheet],
    options: Options,
    report: Report,
) -> list[Understood]:
    """The sheets that are understood; a file with a sheet that lacks something is refused whole."""
    found = understand(
        sheets,
        given=options.mapping,
        remembered=remember.remembered(pool),
        trial=options.trial,
    )
    if options.mapping.sheets and not any(item.origin == "given" for item in found):
        files_named = ", ".join(file.name for file in files)
        report.tell([Problem(files_named, None, None, None, None, *OTHER_MAPPING)])
    usable: list[Understood] = []
    for file in files:
        own = [item for item in found if item.sheet.file == file.name]
        known = [item for item in own if item.layout or item.mapping]
        wrong = next((item.refusal for item in own if item.refusal), None)
        if wrong is None and not known and own:
            wrong = UnreadableFile(*recognise.UNKNOWN_LAYOUT)
        if wrong:
            report.tell([Problem(file.name, None, None, None, None, wrong.problem, wrong.cure)])
            continue
        usable += [item for item in known if item.layout or item.mapping.fields]
        report.tell(_left_out(item.sheet) for item in own if item not in known)
    return usable


def _left_out(sheet: StagedSheet) -> Problem:
    problem, cure = recognise.UNKNOWN_LAYOUT
    says = f"The sheet is left out: {problem}"
    return Problem(sheet.file, sheet.sheet, None, None, None, says, cure, "warning")


def _add(
    cursor: duckdb.DuckDBPyConnection,
    files: Sequence[StagedFile],
    found: Sequence[Understood],
    options: Options,
    report: Report,
    progress: Progress,
) -> None:
    newest = cursor.execute("select coalesce(max(version), 0) from versions").fetchall()[0][0]
    upload = cursor.execute("select coalesce(max(upload), 0) + 1 from uploads").fetchall()[0][0]
    stage.prepare(cursor)
    progress(0.0, "Taking the rows in")
    stage.stage(
        cursor,
        found,
        trial=options.trial,
        from_zero=options.from_zero,
        version=newest,
        report=report,
    )
    _examine(cursor, newest, found, options, report, progress)
    if options.all_or_nothing and report.n_errors:
        for counts in report.tables.values():
            counts.refused += counts.added
            counts.added = counts.replaced = 0
        for own in (own for tables in report.by_trial.values() for own in tables.values()):
            own["refused"] += own["added"]
            own["added"] = own["replaced"] = 0
        return
    version = newest + 1
    edited = cards.write(cursor, options, touched(report), report, upload, version)
    if report.added or edited:
        progress(0.8, "Adding to the pool")
        commit.new_subjects(cursor)
        for table in touched(report):
            commit.store(cursor, table, upload, version)
        report.upload = upload
        used = Mapping(sheets=tuple(item.mapping for item in found if item.mapping))
        remember.save(cursor, used, upload)
        progress(0.9, "Writing the proof")
        proofs = [{"file": f.name, "sha256": f.sha256, "bytes": f.bytes} for f in files]
        commit.record(cursor, report, upload, version, proofs, options.stated_by)


def _examine(
    cursor: duckdb.DuckDBPyConnection,
    version: int,
    found: Sequence[Understood],
    options: Options,
    report: Report,
    progress: Progress,
) -> None:
    """Type, check and compare every table; fills the report's counts and problems."""
    stage.count(cursor, report)
    check.prepare_lookups(cursor)
    report.tell(check.unclear_isotypes(cursor))
    tables = touched(report)
    for number, table in enumerate(tables):
        progress(0.2 + 0.4 * number / len(tables), f"Checking {table.name}")
        check.type_rows(cursor, table)
        if table is schema.PATIENTS:
            compare.known_patients(cursor, version)
        compare.decide(cursor, table, version, replace=options.replace)
        if table.name in report.tables:
            wrong = itertools.chain(check.faults(cursor, table), compare.clashes(cursor, table))
            report.tell(_in_their_words(wrong, found))
            _count(cursor, table, report)
    progress(0.7, "Looking for what is implausible")
    doubted = _doubts(cursor, version, options, report)
    report.tell(_in_their_words(doubted, found), listed=False)
    if report.problem_file:
        for marks in doubts.marks(cursor):
            report.write(Problem(*mark, "warning") for mark in marks)


def _in_their_words(problems: Iterable[Problem], found: Sequence[Understood]) -> Iterator[Problem]:
    """Problems with the column as the sheet calls it, where a mapping gave it our name."""
    theirs = {
        (item.sheet.file, item.sheet.sheet): item.mapping.theirs() for item in found if item.mapping
    }
    for problem in problems:
        column = theirs.get((problem.file, problem.sheet), {}).get(problem.column)
        yield replace(problem, column=column) if column else problem


def _doubts(
    cursor: duckdb.DuckDBPyConnection, version: int, options: Options, report: Report
) -> Iterator[Problem]:
    """What is implausible, one problem a kind, at the first row that it concerns."""
    ranges = dict(
        cursor.execute(
            composed("select trial, laboratory from trials() where laboratory is not null"),
            {"version": version},
        ).fetchall()
    )
    if options.laboratory:
        ranges |= dict.fromkeys(report.trials, options.laboratory)
    for doubt in doubts.doubts(cursor, version, ranges=ranges):
        severity = "note" if doubt.kind in _TOLD else "warning"
        first = doubt.examples[0]
        yield Problem(
            first.file,
            first.sheet,
            first.line,
            doubt.column,
            first.value,
            doubt.problem,
            doubt.cure,
            severity,
            doubt.rows,
        )


def _count(cursor: duckdb.DuckDBPyConnection, table: Table, report: Report) -> None:
    name = table.name
    counts = report.tables[name]
    fates, faulty = compare.fates(cursor, table), check.refused(cursor, table)
    counts.added = fates.get("add", 0) + fates.get("replace", 0)
    counts.replaced = fates.get("replace", 0)
    counts.refused += faulty + fates.get("refuse", 0) + fates.get("unknown", 0)
    counts.skipped += fates.get("skip", 0)
    if fates.get("skip"):
        counts.skipped_because.update(compare.repeats(cursor, table))
    for trial, fate, n in compare.fates_by_trial(cursor, table):
        own = report.of(trial, name)
        own[_COUNTED[fate]] += n
        if fate == "replace":
            own["added"] += n
    for tables in report.by_trial.values():
        if name in tables:
            own = tables[name]
            own["refused"] = own["read"] - own["added"] - own["there"] - own["left out"]


def touched(report: Report) -> list[Table]:
    """The tables that the upload has rows of; patients always, as the others lean on them."""
    return [t for t in schema.TABLES if t is schema.PATIENTS or t.name in report.tables]
