"""What the page says first: how its groups are counted, and what must not be overlooked."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from igcore.analysis import Query, Result
from igcore.analysis.result import CAUTION_WORDS, NoteKind
from igcore.analysis.states.listed import STATES
from pages.shared import layout
from pages.shared.text import safe

FIXED = (
    "How long patients of each group live, or live without the event. Everyone belongs to one group "
    "from the start and stays in it."
)


def lead(query: Query) -> str:
    """The sentence below the title, for the groups and the counting that are chosen."""
    if query.values["group"] not in STATES:
        return FIXED
    words = STATES[query.values["group"]].words
    month = f"{query.values.get('landmark') or 0:g}"
    counted = {
        "time-dependent": f"Here {words.who} counts {words.as_one} from the day of the {words.noun} "
        "on, so that waiting for it cannot pass for a benefit of it.",
        "landmark": f"Here the groups are what was known by the landmark at month {month}, and time "
        "counts from there: only patients still followed then are compared, and "
        f"{words.stay}.",
        "ever": f"Here whoever {words.does} at any time counts {words.ever} from the start, which "
        f"favours {words.favoured}: the curves describe, and nothing can be concluded from them.",
    }
    return (
        f"Who {words.does} must first live long enough to {words.verb}. "
        f"{counted[query.values['timing']]}"
    )


def cautions(result: Result) -> None:
    """What must be read before the figure, each in a box."""
    for note in result.notes:
        if note.kind is NoteKind.CAUTION:
            st.warning(f"**{safe(CAUTION_WORDS)}** {safe(note.text)}")


def notes(result: Result) -> None:
    """Everything else that must be read beside the figure."""
    others = tuple(note for note in result.notes if note.kind is not NoteKind.CAUTION)
    layout.notes(replace(result, notes=others))
