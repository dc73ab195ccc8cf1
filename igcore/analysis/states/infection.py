"""The state of having had a severe infection (S17): from the day of the first one on, and it stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from igcore.analysis.result import Note
from igcore.analysis.states.state import State, Told, Words, who_had, without_trials
from igcore.errors import Refused

GRADE = 3  # CTCAE: severe
GAP_DAYS = 14.0  # rows of one term that follow each other within it are one infection


@dataclass(frozen=True, kw_only=True)
class SevereInfection(State):
    """The first infection of grade 3 or more after the start of treatment; nothing undoes it."""

    code = "infection"
    label = "First severe infection"
    groups = ("severe infection", "no severe infection")
    words = Words(
        verb="have one",
        does="has a severe infection",
        past="had a severe infection",
        noun="infection",
        names=("Severe infection", "No severe infection"),
        later_name="Infected later",
        who="a patient",
        as_one="as severely infected",
        ever="as severely infected",
        favoured="those who are infected",
        not_yet="without a severe infection",
        reached="those with a severe infection",
        others="those who had had none",
        within=("those with a severe infection", "those without one"),
        curve_of="those with a severe infection",
        later="who has one later changes over",
        stay="who has one later stays with those who had had none",
        had=who_had("had a severe infection"),
    )

    @property
    def title(self) -> str:
        return "first severe infection"

    @property
    def biased(self) -> str:
        return (
            "Biased: patients had to survive until their infection. "
            "Not evidence that it shortens or prolongs survival."
        )

    @property
    def since(self) -> str:
        return f"first infection of grade {GRADE} or more, counted from the day it became so on"

    @property
    def by_then(self) -> str:
        return f"an infection of grade {GRADE} or more"

    def values(self) -> dict[str, Any]:
        return {"grade": GRADE, "gap_days": GAP_DAYS}

    def left_out(self, told: Told) -> list[Note]:
        trials = told.rows[told.rows.barred.notna()]
        notes = without_trials(trials, lambda _: "it has no infection records")
        if told.grouped.empty:
            words = " ".join(map(str, notes))
            raise Refused(f"Groups by severe infection need infection records. {words}")
        return notes
