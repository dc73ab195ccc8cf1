"""What a reader must know about a comparison by a state that is reached on the way, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from igcore.analysis.result import Note, NoteKind, counted, noted
from igcore.analysis.risk_table import RiskTable
from igcore.analysis.rule import REASONS
from igcore.definitions import DAYS_PER_MONTH


@dataclass(frozen=True)
class Words:
    """How one speaks of a state: `verb` and `noun` of reaching it, and of those who did or not."""

    verb: str
    noun: str
    did: str
    curve_of: str
    later: str
    others: str

    def left(self, told: Any) -> str:
        """Who left before the landmark, by group."""
        had, had_not = int(told.left_responder), int(told.left_non_responder)
        if self is RECOVERY:
            return f"{counted(had, 'patient')} who had recovered and {had_not} who had not"
        return f"{counted(had, 'responder')} and {counted(had_not, 'non-responder')}"


RESPONSE = Words(
    verb="respond",
    noun="response",
    did="the responders",
    curve_of="responders",
    later="later responders change over",
    others="the non-responders",
)
RECOVERY = Words(
    verb="recover",
    noun="recovery",
    did="those who recovered",
    curve_of="those who recovered",
    later="who recovers later changes over",
    others="those who had not",
)


def cautions(asked: Any, told: Any) -> list[Note]:
    """Cautions where of most patients nobody could have seen that they reach the state.

    `asked` is the Comparison, `told` the counts of who is in it.
    """
    if asked.group == "response":
        return [
            Note(
                NoteKind.CAUTION,
                f"{row.without_response_record} of {counted(row.n, 'patient')} of trial "
                f"{row.trial} have no response record and count as non-responders. What this trial "
                f"tells rests on {counted(row.responders, 'responder')}.",
            )
            for row in told.unseen
        ]
    barred = sum(int(getattr(told, name, 0)) for name in REASONS)
    n, unseen = int(told.n) - barred, int(told.without_later)
    if 2 * unseen <= n:
        return []
    isotype = asked.rule.analyte[0]
    return [
        Note(
            NoteKind.CAUTION,
            f"{unseen} of {counted(n, 'patient')} have no counted value of {isotype} after the "
            f"start and count as not recovered. The comparison rests on the other {n - unseen}.",
        )
    ]


def whereabouts(table: RiskTable, shown: RiskTable, month: float) -> list[Note]:
    """Where everyone is who is not at risk at the landmark, and who is in both groups after it.

    `table` counts from the start, `shown` from the landmark at `month` on.
    """
    everybody = int(table.entering[:, table.time <= 0].sum())
    inside = int(shown.entering[:, shown.time <= 0].sum())
    before = table.time <= month * DAYS_PER_MONTH
    events = int(table.events[:, before].sum())
    both = int(shown.patients.sum()) - inside
    notes = []
    if inside < everybody:
        notes.append(
            f"At risk after month {month:g}, and so in the curves: {inside:,} of {everybody:,} "
            f"patients. The other {everybody - inside:,} had left by then ({events:,} with the event, "
            f"{everybody - inside - events:,} censored); hazard ratio and test count them as well."
        )
    if both:
        who = "patient who changes over counts" if both == 1 else "patients who change over count"
        notes.append(
            f"{both:,} {who} in both groups of the curves, so their n add up to {inside + both:,}."
        )
    return noted(NoteKind.METHOD, notes)


def landmark(month: float, told: Any, words: Words) -> list[Note]:
    """Why the curves start at the landmark, who is left out by it and who comes too late."""
    why = (
        f"Why the curves start at month {month:g}: the groups are fixed by what was known then. "
        f"Whoever {words.verb}ed had to live until the {words.noun}, and counting that time for "
        f"{words.did} would favour them."
    )
    who = (
        f"Left out because event or censoring came by month {month:g}: {words.left(told)}. "
        f"{told.later_responders} who {words.verb}ed later stay with {words.others}."
    )
    return [Note(NoteKind.METHOD, why), Note(NoteKind.LEFT_OUT, who)]


NOUNS = {"response": RESPONSE.noun, "recovery": RECOVERY.noun}


def simon_makuch(month: float, words: Words) -> Note:
    """Why curves of groups that change start late, and what they are not."""
    return Note(
        NoteKind.METHOD,
        f"Why the curves start at month {month:g}: before it few have had the time to "
        f"{words.verb}, so a curve of {words.curve_of} would rest on very few. Everyone still at "
        f"risk then starts in the group reached by then, and {words.later}. The curves are not the "
        "survival of fixed groups of patients.",
    )
