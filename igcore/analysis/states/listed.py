"""The states that groups can be made of: a new one is one line here."""

from __future__ import annotations

from dataclasses import field, make_dataclass

from igcore.analysis.states.infection import SevereInfection
from igcore.analysis.states.recovery import Recovery
from igcore.analysis.states.response import Response
from igcore.analysis.states.state import State

LISTED: tuple[type[State], ...] = (Response, Recovery, SevereInfection)

STATES: dict[str, type[State]] = {one.code: one for one in LISTED}

_SAID = {
    group: words
    for state in LISTED
    for group, words in zip(
        state.groups, zip(state.words.names, state.words.within, strict=True), strict=True
    )
}


def said(group: str) -> tuple[str, str]:
    """A group as a sentence has it: at its beginning, and within it; other names as they are."""
    return _SAID.get(group, (group, group))


# Every state with its parameters, in the order of the list; the groups choose one of them.
States = make_dataclass(
    "States",
    [(one.code, one, field(default_factory=one)) for one in LISTED],
    frozen=True,
    kw_only=True,
)
