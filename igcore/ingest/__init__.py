"""The door of the pool: files -> checked rows -> one transaction."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from igcore.errors import Refused
from igcore.ingest import check, commit, compare, stage
from igcore.ingest.report import Counts, Problem, Recognised, Report
from igcore.store import Pool, schema
from igcore.store.schema import Table


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the reader says about an upload.

    `trial` names the one trial that all rows belong to; `simulated` and `no_m_protein` mark every
    trial of the upload; `cutoff` is the date of the data cut-off.
    """

    trial: str | None = None
    title: str | None = None
    cutoff: datetime.date | None = None
    simulated: bool = False
    no_m_protein: bool = False
    replace: bool = False
    all_or_nothing: bool = False
    stated_by: str = ""


class _Rehearsal(Exception):
    """Ends the transaction of a rehearsal, so that nothing of it is stored."""


def _no_progress(share: float, words: str) -> None:
    return None


def add(
    pool: Pool,
    files: Sequence[Path | str],
    options: Options = Options(),
    *,
    names: Sequence[str] | None = None,
    rehearse: bool = False,
    progress: stage.Progress = _no_progress,
) -> Report:
    """Read, recognise, check and add files as one upload, or rehearse it and store nothing.

    Args:
        files: paths of csv, tsv, txt, xlsx or xpt files.
        names: what the reader calls them; their file names unless given.
        progress: called with a share from 0 to 1 and words.

    Raises:
        Refused: an option contradicts the files or the pool.
    """
    paths = [Path(file) for file in files]
    named = list(zip(paths, _apart(paths, names or [path.name for path in paths]), strict=True))
    report = Report()
    try:
        with pool.writing() as cursor:
            _add(cursor, named, options, report, progress)
            if rehearse or report.upload is None:
                raise _Rehearsal
    except _Rehearsal:
        report.upload = None
    report.data_version = pool.newest()
    return report


def _apart(paths: list[Path], names: Sequence[str]) -> list[str]:
    """Names that can be shown, no two alike: equal ones get their folder, else their number."""
    plain = [name.encode(errors="replace").decode() for name in names]
    apart: list[str] = []
    for number, (path, name) in enumerate(zip(paths, plain, strict=True), 1):
        if plain.count(name) > 1:
            folder = path.parent.name.encode(errors="replace").decode()
            name = f"{folder}/{name}"
        apart.append(f"{number}/{name}" if name in apart else name)
    return apart


def _add(
    cursor: duckdb.DuckDBPyConnection,
    files: list[tuple[Path, str]],
    options: Options,
    report: Report,
    progress: stage.Progress,
) -> None:
    newest = cursor.execute("select coalesce(max(version), 0) from versions").fetchall()[0][0]
    upload = cursor.execute("select coalesce(max(upload), 0) + 1 from uploads").fetchall()[0][0]
    stage.prepare(cursor)
    stage.stage(cursor, files, options.trial, newest, report, progress)
    report.trials = stage.named_trials(cursor)
    _examine(cursor, newest, options, report, progress)
    if options.all_or_nothing and report.errors:
        for counts in report.tables.values():
            counts.refused += counts.added
            counts.added = counts.replaced = 0
        return
    version = newest + 1
    edited = _trials(cursor, options, _touched(report), report, upload, version)
    if report.added or edited:
        progress(0.9, "Adding to the pool")
        commit.new_subjects(cursor)
        for table in _touched(report):
            commit.store(cursor, table, upload, version)
        report.upload = upload
        commit.record(
            cursor, report, upload, version, [_proof(*file) for file in files], options.stated_by
        )


def _examine(
    cursor: duckdb.DuckDBPyConnection,
    version: int,
    options: Options,
    report: Report,
    progress: stage.Progress,
) -> None:
    """Type, check and compare every table; fills the report's counts and problems."""
    stage.count_skipped(cursor, report)
    check.prepare_lookups(cursor)
    report.problems += check.unclear_isotypes(cursor)
    touched = _touched(report)
    for number, table in enumerate(touched):
        progress(number / len(touched), f"Checking {table.name}")
        check.type_rows(cursor, table)
        if table is schema.PATIENTS:
            compare.known_patients(cursor, version)
        compare.decide(cursor, table, version, replace=options.replace)
        if table.name in report.tables:
            report.problems += check.faults(cursor, table) + compare.clashes(cursor, table)
            _count(cursor, table.name, report.tables[table.name], compare.repeats(cursor, table))


def _count(
    cursor: duckdb.DuckDBPyConnection, name: str, counts: Counts, repeats: dict[str, int]
) -> None:
    fates = dict(cursor.execute(f"select fate, count(*) from fate_{name} group by fate").fetchall())
    faulty = cursor.execute(f"select count(*) from typed_{name} where len(faults) > 0").fetchall()[
        0
    ][0]
    counts.added = fates.get("add", 0) + fates.get("replace", 0)
    counts.replaced = fates.get("replace", 0)
    counts.refused += faulty + fates.get("refuse", 0) + fates.get("unknown", 0)
    counts.skipped += fates.get("skip", 0)
    counts.skipped_because.update(repeats)


def _touched(report: Report) -> list[Table]:
    """The tables that the upload has rows of; patients always, as the others lean on them."""
    return [t for t in schema.TABLES if t is schema.PATIENTS or t.name in report.tables]


def _trials(
    cursor: duckdb.DuckDBPyConnection,
    options: Options,
    tables: Sequence[Table],
    report: Report,
    upload: int,
    version: int,
) -> bool:
    """New trials get their card; stated titles, cut-offs and flags make a new one. True if any."""
    gaining = "select distinct trial from fate_patients where fate in ('add', 'replace')"
    touched = " union ".join(
        f"select distinct trial from fate_{t.name} where fate not in ('unknown', 'refuse')"
        for t in tables
    )
    new = [
        row[0]
        for row in cursor.execute(
            f"{gaining} except select trial from trials where removed is null order by 1"
        ).fetchall()
    ]
    there = cursor.execute(
        "select trial, title, cutoff, simulated, no_m_protein from trials where removed is null "
        f"and trial in ({touched}) order by trial"
    ).fetchall()
    cards = _cards(options, new, there)
    report.problems += _joining_simulated(options, there, report)
    for card in cards:
        cursor.execute(
            "update trials set removed = ? where trial = ? and removed is null", [version, card[0]]
        )
        cursor.execute(
            "insert into trials values (?, ?, ?, ?, ?, ?, ?, null)", [*card, upload, version]
        )
    return bool(cards)


def _cards(options: Options, new: Sequence[str], there: Sequence[tuple]) -> list[tuple]:
    """Cards (trial, title, cutoff, simulated, no_m_protein) of new trials and of changed ones."""
    if options.title and len(new) + len(there) > 1:
        raise Refused("A title belongs to one trial, but the files name several; add them apart.")
    cards = [
        (name, options.title or name, options.cutoff, options.simulated, options.no_m_protein)
        for name in new
    ]
    for card in there:
        name, title, cutoff, simulated, no_m_protein = card
        if options.simulated and not simulated:
            raise Refused(f'Trial "{name}" is in the pool as real data; simulated rows stay out.')
        stated = (options.title or title, options.cutoff or cutoff)
        changed = (name, *stated, simulated, no_m_protein or options.no_m_protein)
        if changed != card:
            cards.append(changed)
    return cards


def _joining_simulated(options: Options, there: Sequence[tuple], report: Report) -> list[Problem]:
    """Warnings for rows that become simulated because their trial is."""
    if options.simulated or not report.added:
        return []
    files = ", ".join(dict.fromkeys(found.file for found in report.recognised))
    return [
        Problem(
            files,
            None,
            None,
            "trial",
            name,
            "The trial is marked as simulated, so these rows are shown as simulated.",
            "Give real data another trial name.",
            "warning",
        )
        for name, _, _, simulated, _ in there
        if simulated
    ]


def _proof(path: Path, name: str) -> dict:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"file": name, "sha256": digest, "bytes": path.stat().st_size}


__all__ = ["Options", "Problem", "Recognised", "Report", "add"]
