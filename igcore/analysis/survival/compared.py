"""What a comparison of survival compares: its parameters, declared once for all analyses of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Annotated

from igcore.analysis.comparing import Group, Landmark, Responder, Timing
from igcore.analysis.rule import Observed
from igcore.analysis.survival.endpoints import AssessedEvery, Endpoint
from igcore.analysis.survival.recovery_groups import Recovered
from igcore.params import SUGGESTED, Fold

# What few readers change; isotype, sample and state stay in sight.
RULE = Fold("Rule of recovery", ("rise", "range", *(one.name for one in fields(Observed))))


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The endpoint, the groups, and since when a patient counts as one who reached a state."""

    endpoint: Endpoint = SUGGESTED
    assessed_every: AssessedEvery = 0
    group: Group = "response"
    responder: Responder = "PR"
    recovered: Annotated[Recovered, RULE] = field(default_factory=Recovered)
    timing: Timing = "time-dependent"
    landmark: Landmark = SUGGESTED
