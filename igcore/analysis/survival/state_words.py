"""What a reader must know about a comparison by a state that is reached on the way, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from igcore.analysis.result import counted


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


def landmark(month: float, told: Any, words: Words) -> list[str]:
    """Why the curves start at the landmark, who is left out by it and who comes too late."""
    return [
        f"Why the curves start at month {month:g}: the groups are fixed by what was known then. "
        f"Whoever {words.verb}ed had to live until the {words.noun}, and counting that time for "
        f"{words.did} would favour them.",
        f"Left out because event or censoring came by month {month:g}: {words.left(told)}. "
        f"{told.later_responders} who {words.verb}ed later stay with {words.others}.",
    ]


def simon_makuch(month: float, words: Words) -> str:
    """Why curves of groups that change start late, and what they are not."""
    return (
        f"Why the curves start at month {month:g}: before it few have had the time to "
        f"{words.verb}, so a curve of {words.curve_of} would rest on very few. Everyone still at "
        f"risk then starts in the group reached by then, and {words.later}. The curves are not the "
        "survival of fixed groups of patients."
    )
