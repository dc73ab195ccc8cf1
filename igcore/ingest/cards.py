"""The cards of trials: title, cut-off and flags, as an upload states them."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from igcore.errors import Refused
from igcore.ingest.options import Options
from igcore.ingest.report import Problem, Report
from igcore.store import cards as store
from igcore.store.ledger import CARD
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
        f"select {', '.join(CARD)} from trials where removed is null "
        f"and trial in ({touched}) order by trial"
    ).fetchall()
    store.known_laboratory(options.laboratory)
    cards = _cards(options, new, there)
    report.tell(_joining_simulated(options, there, report))
    for card in cards:
        store.put(cursor, card, upload, version)
    return bool(cards)


def _cards(options: Options, new: Sequence[str], there: Sequence[tuple]) -> list[tuple]:
    """Cards (in the order of CARD) of new trials and of changed ones."""
    if options.title and len(new) + len(there) > 1:
        raise Refused("A title belongs to one trial, but the files name several; add them apart.")
    flags = (options.simulated, options.no_m_protein, options.laboratory)
    cards = [(name, options.title or name, options.cutoff, *flags) for name in new]
    for card in there:
        name, title, cutoff, simulated, no_m_protein, laboratory = card
        if options.simulated and not simulated:
            raise Refused(f'Trial "{name}" is in the pool as real data; simulated rows stay out.')
        stated = (options.title or title, options.cutoff or cutoff)
        flags = (simulated, no_m_protein or options.no_m_protein, options.laboratory or laboratory)
        changed = (name, *stated, *flags)
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
        for name, _, _, simulated, *_ in there
        if simulated
    ]
