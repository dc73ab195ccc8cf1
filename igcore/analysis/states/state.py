"""What every state has: its parameters, its groups, its words, the trials that serve, its relation.

Survival, subgroups and the adjusted model take any state, and never name one: patients are in the
group of those who have not reached it until the day on which they do (rules S4 to S6).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from igcore.analysis.result import Note, NoteKind, counted
from igcore.store import Pool


def groups_are(code: str) -> Callable[[Mapping[str, Any]], bool]:
    """When a parameter of a state applies: where the groups are made by that state."""
    return lambda values: values.get("group") == code


@dataclass(frozen=True, kw_only=True)
class Words:
    """How one speaks of a state.

    `verb` ("respond"), `does` ("responds"), `past` ("responded") and `noun` of reaching it; `names`
    of the two groups for a reader, `later_name` of who comes too late for a landmark. `who`
    ("a responder") counts `as_one`, or from the start `ever`, which favours `favoured`; at first
    everyone is `not_yet` there. `reached` and `others` are the groups in a sentence about the
    landmark, `within` in any other, `curve_of` those whose curve it is; `later` and `stay` say what
    becomes of who reaches it later; `had` tells apart who left early: so many had, so many had not.
    """

    verb: str
    does: str
    past: str
    noun: str
    names: tuple[str, str]
    later_name: str
    who: str
    as_one: str
    ever: str
    favoured: str
    not_yet: str
    reached: str
    others: str
    within: tuple[str, str]
    curve_of: str
    later: str
    stay: str
    had: Callable[[int, int], str]


def who_had(past: str) -> Callable[[int, int], str]:
    """Who left before the landmark, told by what they had done by then."""
    return lambda had, had_not: (
        f"{counted(had, 'patient')} who had {past} and {had_not} who had not"
    )


@dataclass(frozen=True)
class Told:
    """Who is in a comparison by a state: rows of state_notes.sql, one per trial and `barred`."""

    rows: pd.DataFrame

    @property
    def grouped(self) -> pd.DataFrame:
        """The rows of patients who have a group."""
        return self.rows[self.rows.barred.isna()]

    def barred(self) -> dict[str, int]:
        """Patients without a group by the reason."""
        left_out = self.rows[self.rows.barred.notna()]
        return {str(name): int(n) for name, n in left_out.groupby("barred").n.sum().items()}

    @property
    def n(self) -> int:
        """Patients who have a group."""
        return int(self.grouped.n.sum())

    @property
    def unseen(self) -> int:
        """Of them those in whom nobody could have seen the state."""
        return int(self.grouped.unseen.sum())

    @property
    def left(self) -> tuple[int, int]:
        """Event or censoring came by the landmark: of those who had reached the state, of others."""
        return int(self.grouped.left_reached.sum()), int(self.grouped.left_others.sum())

    @property
    def later(self) -> int:
        """Who reaches it after the landmark."""
        return int(self.grouped.later.sum())


@dataclass(frozen=True, kw_only=True)
class State(ABC):
    """A state with its parameters as fields, each declared as an analysis declares them.

    `code` names it in links, `label` in the choice of groups, `groups` are the names of the two
    groups in tables, first of those who have reached it. Its relation, sql/relations/state_CODE.sql,
    has a row per patient: turns (day, reached), barred and unseen.
    """

    code: ClassVar[str]
    label: ClassVar[str]
    groups: ClassVar[tuple[str, str]]
    words: ClassVar[Words]
    usual_landmark: ClassVar[float] = 6

    @property
    @abstractmethod
    def title(self) -> str:
        """What the groups are by, for a title: "response (PR or better)"."""

    @property
    @abstractmethod
    def biased(self) -> str:
        """The banner of the comparison that counts it from the first day ("ever")."""

    @property
    @abstractmethod
    def since(self) -> str:
        """How it is counted, for a caption: "response (PR or better) counted from its day on"."""

    @property
    @abstractmethod
    def by_then(self) -> str:
        """Who has reached it, for a caption; "by the landmark at month 6" follows."""

    @property
    def may_end(self) -> bool:
        """True where patients leave it again."""
        return False

    def values(self) -> dict[str, Any]:
        """What its relation binds."""
        return {}

    def trials(self, pool: Pool, who: dict[str, Any], timing: str) -> tuple[list[str], list[Note]]:
        """Trials whose patients can be grouped by it, and notes on the others; usually all.

        Args:
            who: `version` and `who` as a question binds them.

        Raises:
            Refused: no trial can.
        """
        return list(who["who"]["trial"]), []

    def refuse(self, pool: Pool, values: dict[str, Any]) -> None:
        """Refuse an endpoint that cannot be grouped by it; most states take any."""
        return None

    def unseen(self, told: Told) -> list[Note]:
        """Notes on who counts as not having reached it although nobody could have seen it."""
        return []

    def cautions(self, told: Told) -> list[Note]:
        """Cautions where of most patients nobody could have seen that they reach it."""
        return []

    def left_out(self, told: Told) -> list[Note]:
        """Notes on who has no group.

        Raises:
            Refused: nobody has one.
        """
        return []


def without_trials(trials: pd.DataFrame, why: Callable[[Any], str]) -> list[Note]:
    """Notes on trials that cannot be grouped; rows with trial and n."""
    return [
        Note(
            NoteKind.LEFT_OUT,
            f"Trial {row.trial} is left out ({counted(row.n, 'patient')}): {why(row)}.",
        )
        for row in trials.itertuples()
    ]
