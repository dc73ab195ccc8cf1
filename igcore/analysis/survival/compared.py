"""What a comparison of survival compares: its parameters, declared once for all analyses of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from igcore.analysis.comparing import Group, Landmark, Timing
from igcore.analysis.states.listed import STATES, States
from igcore.analysis.states.state import State
from igcore.analysis.survival.endpoints import AssessedEvery, Endpoint
from igcore.params import SUGGESTED


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The endpoint, the groups, and since when a patient counts as one who reached a state."""

    endpoint: Endpoint = SUGGESTED
    assessed_every: AssessedEvery = 0
    group: Group = "response"
    states: States = field(default_factory=States)
    timing: Timing = "time-dependent"
    landmark: Landmark = SUGGESTED

    @property
    def state(self) -> State | None:
        """The state that makes the groups; None where every patient has a group from the start."""
        return getattr(self.states, self.group) if self.group in STATES else None
