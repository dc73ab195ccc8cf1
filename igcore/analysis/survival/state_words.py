"""What a reader must know about a comparison by a state that is reached on the way, in words."""

from __future__ import annotations

from igcore.analysis.result import Note, NoteKind, noted
from igcore.analysis.risk_table import RiskTable
from igcore.analysis.states.state import Told, Words
from igcore.definitions import DAYS_PER_MONTH


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


def landmark(month: float, told: Told, words: Words) -> list[Note]:
    """Why the curves start at the landmark, who is left out by it and who comes too late."""
    why = (
        f"Why the curves start at month {month:g}: the groups are fixed by what was known then. "
        f"Whoever {words.past} had to live until the {words.noun}, and counting that time for "
        f"{words.reached} would favour them."
    )
    who = (
        f"Left out because event or censoring came by month {month:g}: {words.had(*told.left)}. "
        f"{told.later} who {words.past} later stay with {words.others}."
    )
    return [Note(NoteKind.METHOD, why), Note(NoteKind.LEFT_OUT, who)]


def simon_makuch(month: float, words: Words) -> Note:
    """Why curves of groups that change start late, and what they are not."""
    return Note(
        NoteKind.METHOD,
        f"Why the curves start at month {month:g}: before it few have had the time to "
        f"{words.verb}, so a curve of {words.curve_of} would rest on very few. Everyone still at "
        f"risk then starts in the group reached by then, and {words.later}. The curves are not the "
        "survival of fixed groups of patients.",
    )
