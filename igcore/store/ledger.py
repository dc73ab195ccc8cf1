"""The pool's ledger: one line per version, what is proven of it, and the check of these proofs."""

from __future__ import annotations

from igcore import __version__
from igcore.store import Pool
from igcore.store.engines.base import Cursor
from igcore.store.proof import CARD, NOTHING, TABLES, states

__all__ = ["CARD", "GONE", "check", "note", "prove"]

# Uploads that are not in force: of adding, removing and restoring, removing came last.
GONE = (
    "(select upload from versions where upload is not null "
    "group by upload having arg_max(action, version) = 'remove')"
)


def note(
    cursor: Cursor,
    version: int,
    action: str,
    upload: int | None,
    stated_by: str,
    why: str,
) -> None:
    """One line of the history; `stated_by` is shown as stated."""
    cursor.execute(
        "insert into versions values (?, ?, ?, ?, ?, timezone('UTC', now()), ?)",
        [version, action, upload, stated_by, why, __version__],
    )


def prove(cursor: Cursor, version: int) -> None:
    """Store the proof of a version; `check` compares the pool with it."""
    found = states(cursor, version)
    cursor.executemany(
        "insert into proofs values (?, ?, ?, ?, ?)",
        [(version, table, *found.get((version, table), NOTHING)) for table in TABLES],
    )


def check(pool: Pool) -> list[str]:
    """What is off, as sentences; empty when every version's rows and checksums are as proven."""
    with pool.reading() as cursor:
        proven = cursor.execute("select * from proofs order by version, table_name").fetchall()
        versions_of_pool = cursor.execute("select version from versions").fetchall()
        found = states(cursor)
    wrong = []
    for version, table, *proof in proven:
        now = found.get((version, table), NOTHING)
        if now != tuple(proof):
            wrong.append(
                f"Version {version}, {table}: {proof[0]} rows were added and {proof[2]} removed; "
                f"the pool now holds {now[0]} and {now[2]}, or their content differs. "
                "Put a backup in its place."
            )
    expected = found.keys() | {
        (version, table) for (version,) in versions_of_pool for table in TABLES
    }
    missing = expected - {tuple(row[:2]) for row in proven}
    return wrong + [f"Version {v}, {t}: there is no proof of it." for v, t in sorted(missing)]
