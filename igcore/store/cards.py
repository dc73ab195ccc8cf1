"""A trial's card: title, cut-off and flags; stated by uploads, edited by hand, never overwritten."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from igcore.errors import Refused
from igcore.store import Pool, ranges, schema
from igcore.store.engines.base import Cursor
from igcore.store.ledger import CARD, GONE, note, prove

_CARD = ", ".join(CARD)
# A card as it was first stated, by an upload or by hand; others are copies that came back.
_STATED = f"""
select c.*, c.upload is null or c.upload not in {GONE} as in_force
from trials c left join uploads u on u.upload = c.upload
where c.added = u.version
   or (c.upload is null and c.added in (select version from versions where action = 'edit'))
"""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What is to be stated anew about a trial; None leaves a value as it is.

    `no_cutoff` takes the cut-off away; `laboratory` "" goes back to the default ranges.
    """

    title: str | None = None
    cutoff: datetime.date | None = None
    no_cutoff: bool = False
    simulated: bool | None = None
    no_m_protein: bool | None = None
    laboratory: str | None = None


def edit(pool: Pool, trial: str, changes: Edit, *, why: str, stated_by: str = "") -> int:
    """State a trial's title, cut-off or flags anew. The new data version.

    An edited card stays when uploads of its trial are removed.

    Raises:
        Refused: no reason is given, there is no such trial, the title is empty or too long, or
            nothing would change.
    """
    if not why.strip():
        raise Refused("A change of a trial's card needs a reason; it stays in the history.")
    if changes.title is not None and not 0 < len(changes.title.strip()) <= 200:
        raise Refused("Title: give between 1 and 200 characters.")
    with pool.writing() as cursor:
        cards = cursor.execute(
            f"select {_CARD} from trials where removed is null order by trial"
        ).fetchall()
        now = next((card for card in cards if card[0] == trial), None)
        if now is None:
            names = ", ".join(card[0] for card in cards) or "none yet"
            raise Refused(f'Trial: "{trial}" is not one of the pool\'s trials ({names}).')
        known_laboratory(changes.laboratory)
        card = _edited(now, changes)
        if card == now:
            raise Refused(f'Trial "{trial}" is described like this already; nothing was changed.')
        version = cursor.execute("select max(version) + 1 from versions").fetchall()[0][0]
        put(cursor, card, None, version)
        note(cursor, version, "edit", None, stated_by.strip(), why.strip())
        prove(cursor, version)
    return version


def _edited(now: tuple, changes: Edit) -> tuple:
    trial, title, cutoff, simulated, no_m_protein, laboratory = now
    return (
        trial,
        title if changes.title is None else changes.title.strip(),
        None if changes.no_cutoff else changes.cutoff or cutoff,
        simulated if changes.simulated is None else changes.simulated,
        no_m_protein if changes.no_m_protein is None else changes.no_m_protein,
        laboratory if changes.laboratory is None else changes.laboratory or None,
    )


def put(cursor: Cursor, card: tuple, upload: int | None, version: int) -> None:
    """A card, stated by an upload or by hand, takes the place of the one in force."""
    cursor.execute(
        "update trials set removed = ? where trial = ? and removed is null", [version, card[0]]
    )
    marks = ", ".join("?" for _ in CARD)
    cursor.execute(
        f"insert into trials ({_CARD}, upload, added) values ({marks}, ?, ?)",
        [*card, upload, version],
    )


def laboratories() -> list[str]:
    """The laboratories whose ranges are known, sorted."""
    return sorted({laboratory for laboratory, *_ in ranges.normal()})


def known_laboratory(laboratory: str | None) -> None:
    """Refuse a laboratory that has no ranges.

    Raises:
        Refused: with the names of those that have.
    """
    names = laboratories()
    if laboratory and laboratory not in names:
        raise Refused(f'Laboratory: "{laboratory}" is not one of {", ".join(names)}.')


def settle(cursor: Cursor, version: int) -> None:
    """Each trial with patients gets the latest card of the uploads in force or by hand.

    If none of them stated one, the card in force stays, or the last one returns. A trial without
    patients leaves the list of trials.
    """
    cursor.execute(
        "update trials set removed = $version where removed is null and trial not in "
        "(select s.trial from subjects s join patients p using (patient_key) "
        "where p.removed is null)",
        {"version": version},
    )
    wanted = cursor.execute(
        f"""
        with living as (
            select distinct s.trial from subjects s join patients p using (patient_key)
            where p.removed is null
        ),
        stated as ({_STATED}),
        candidate as (
            select {_CARD}, upload, 3 as rank, added as since from stated where in_force
            union all
            select {_CARD}, upload, 2, added from trials where removed is null
            union all
            select {_CARD}, upload, 1, removed from trials where removed is not null
        ),
        best as (
            from candidate semi join living using (trial)
            qualify row_number() over (partition by trial order by rank desc, since desc) = 1
        )
        select {_CARD}, upload from best
        except select {_CARD}, upload from trials where removed is null
        order by trial
        """
    ).fetchall()
    for *card, upload in wanted:
        put(cursor, tuple(card), upload, version)


def refuse_simulated_among_real(cursor: Cursor, upload: int, removed_in: int, version: int) -> None:
    """Rows that were simulated when they were removed do not come back into a real trial."""
    parts = " union ".join(
        f"select patient_key from {table.name} where upload = $upload and added = $version"
        for table in schema.TABLES
    )
    names = cursor.execute(
        f"""
        select distinct now.trial from trials was
        join trials now on now.trial = was.trial and now.removed is null and not now.simulated
        where was.simulated and was.added < $removed_in
          and (was.removed is null or was.removed >= $removed_in)
          and was.trial in (
              select s.trial from subjects s where s.patient_key in ({parts}))
        order by now.trial
        """,
        {"upload": upload, "removed_in": removed_in, "version": version},
    ).fetchall()
    if names:
        words = ", ".join(f'"{name}"' for (name,) in names)
        raise Refused(
            f"Upload {upload} cannot be restored: its rows were simulated, and trial {words} is "
            "now in the pool as real data. Mark that trial as simulated first, or leave them out."
        )
