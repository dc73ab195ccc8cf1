"""The cards of trials: title, cut-off and flags, as an upload states them."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from igcore.errors import Refused
from igcore.ingest.options import Options
from igcore.ingest.report import Problem, Report
from igcore.store.schema import Table


def write(
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
    report.tell(_joining_simulated(options, there, report))
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
