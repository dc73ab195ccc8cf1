"""What the page says first: how its groups are counted, and what must not be overlooked."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from igcore.analysis import Query, Result
from igcore.analysis.result import CAUTION_WORDS, NoteKind
from pages.shared import layout
from pages.shared.text import safe

FIXED = (
    "How long patients of each group live, or live without the event. Everyone belongs to one group "
    "from the start and stays in it."
)
FIRST = {
    "response": "Who responds must first live long enough to respond.",
    "recovery": "Who recovers must first live long enough to recover.",
}
LEADS = {
    ("response", "time-dependent"): "Here a responder counts as one from the day of the response "
    "on, so that waiting for it cannot pass for a benefit of it.",
    ("recovery", "time-dependent"): "Here a patient counts as recovered from the day of the "
    "recovery on, so that waiting for it cannot pass for a benefit of it.",
    (
        "response",
        "landmark",
    ): "Here the groups are what was known by the landmark at month {month}, "
    "and time counts from there: only patients still followed then are compared, and later "
    "responders stay with the non-responders.",
    (
        "recovery",
        "landmark",
    ): "Here the groups are what was known by the landmark at month {month}, "
    "and time counts from there: only patients still followed then are compared, and who recovers "
    "later stays with those who had not recovered.",
    ("response", "ever"): "Here whoever responds at any time counts as a responder from the start, "
    "which favours the responders: the curves describe, and nothing can be concluded from them.",
    ("recovery", "ever"): "Here whoever recovers at any time counts as recovered from the start, "
    "which favours those who recover: the curves describe, and nothing can be concluded from them.",
}


def lead(query: Query) -> str:
    """The sentence below the title, for the groups and the counting that are chosen."""
    group = query.values["group"]
    if group not in FIRST:
        return FIXED
    month = f"{query.values.get('landmark') or 0:g}"
    return f"{FIRST[group]} {LEADS[group, query.values['timing']].format(month=month)}"


def cautions(result: Result) -> None:
    """What must be read before the figure, each in a box."""
    for note in result.notes:
        if note.kind is NoteKind.CAUTION:
            st.warning(f"**{safe(CAUTION_WORDS)}** {safe(note.text)}")


def notes(result: Result) -> None:
    """Everything else that must be read beside the figure."""
    others = tuple(note for note in result.notes if note.kind is not NoteKind.CAUTION)
    layout.notes(replace(result, notes=others))
