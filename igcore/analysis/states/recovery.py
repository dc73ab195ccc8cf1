"""The state of having recovered an immunoglobulin (S14): the rule of the recovery analysis, dated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, get_args

from igcore.analysis import rule
from igcore.analysis.result import Note, NoteKind, counted
from igcore.analysis.rule import REASONS, Rule
from igcore.analysis.states.state import State, Told, Words, groups_are, who_had, without_trials
from igcore.errors import Refused
from igcore.params import Choice, Fold
from igcore.store import Pool
from igcore.store.schema import ISOTYPES

WHEN = "the groups are by recovery"
FINALS = {
    "confirmed": "Confirmed by the next sample, from that one on",
    "best": "The first sample that meets the rule",
}
STAYS = {"stays": "Stays once reached", "reversible": "Can be left again"}
UNTIMED = ("last", "month")
RULE = Fold("Rule of recovery")

by_recovery = groups_are("recovery")


def _igg(values: Mapping[str, Any]) -> bool:
    return by_recovery(values) and values.get("analyte") == "IgG"


def _here(
    declared: Any, applies: Callable[[Mapping[str, Any]], bool] = by_recovery, when: str = WHEN
) -> Any:
    """A parameter of the rule that applies for groups by recovery alone, folded as few change it."""
    of, kind = get_args(declared)
    return Annotated[of, replace(kind, applies=applies, when=when), RULE]


@dataclass(frozen=True, kw_only=True)
class FinalChoice(Choice):
    """Which samples make a recovery; refuses those that are known only at the end."""

    def read(self, text: str, facts: Any, values: Mapping[str, Any]) -> str:
        if text in UNTIMED:
            which = "the last value" if text == "last" else "the value nearest to a month"
            raise Refused(
                f'{self.label}: "{text}" has no day from which a patient counts as recovered, '
                f"because which one is {which} is known only afterwards. Choose confirmed or best."
            )
        return super().read(text, facts, values)


Analyte = Annotated[
    str,
    Choice(
        label="Isotype",
        options={name: name for name in ISOTYPES},
        applies=by_recovery,
        when=WHEN,
        says="The immunoglobulin whose recovery makes the groups.",
    ),
]
Rise = _here(rule.Rise)
Range = _here(rule.Range)
Final = Annotated[
    str,
    FinalChoice(
        label="Recovered from",
        options=FINALS,
        applies=by_recovery,
        when=WHEN,
        says="The sample from which a patient counts as recovered; never earlier.",
    ),
]
BaselineWindow = _here(rule.BaselineWindow)
Progression = _here(rule.Progression)
Transplant = _here(rule.Transplant)
NextTherapy = _here(rule.NextTherapy)
Washout = _here(rule.Washout, _igg, "the groups are by recovery of IgG")
Stays = Annotated[
    str,
    Choice(
        label="Recovery",
        options=STAYS,
        applies=by_recovery,
        when=WHEN,
        says="Whether a patient stays recovered, or leaves the group with the first counted value "
        "that does not meet the rule.",
    ),
]
USUAL = Rule()


@dataclass(frozen=True, kw_only=True)
class Recovery(State):
    """Recovered by the rule for one isotype; the state stays or is left again."""

    analyte: Analyte = "IgA"
    rise: Rise = USUAL.rise
    range: Range = USUAL.range
    final: Final = "confirmed"
    baseline_window: BaselineWindow = USUAL.baseline_window
    progression: Progression = USUAL.progression
    transplant: Transplant = USUAL.transplant
    next_therapy: NextTherapy = USUAL.next_therapy
    washout: Washout = USUAL.washout
    state: Stays = "stays"

    code = "recovery"
    label = "Immunoglobulin recovery"
    groups = ("recovered", "not recovered")
    words = Words(
        verb="recover",
        does="recovers",
        past="recovered",
        noun="recovery",
        names=("Recovered", "Not recovered"),
        later_name="Recover later",
        who="a patient",
        as_one="as recovered",
        ever="as recovered",
        favoured="those who recover",
        not_yet="not recovered",
        reached="those who recovered",
        others="those who had not",
        within=("those who recovered", "those who did not recover"),
        curve_of="those who recovered",
        later="who recovers later changes over",
        stay="who recovers later stays with those who had not recovered",
        had=who_had("recovered"),
    )

    @property
    def rule(self) -> Rule:
        """The rule of recovery that this asks for."""
        return Rule.of(self, analyte=(self.analyte,))

    @property
    def title(self) -> str:
        return f"recovery of {self.analyte}"

    @property
    def biased(self) -> str:
        return (
            "Biased: patients had to survive until they recovered. "
            f"Not evidence that {self.analyte} recovery prolongs survival."
        )

    @property
    def since(self) -> str:
        return f"{self._what()}; counted from its day on"

    @property
    def by_then(self) -> str:
        return f"{self._what()}; recovered"

    def _what(self) -> str:
        """The rule of the groups as a phrase for captions."""
        limits = "normal range" if self.range == "own" else f"normal range of {self.range}"
        first = self.final == "best"
        sample = "the first such value" if first else "the second such value in a row"
        stay = "ends with the first value that is not" if self.may_end else "stays once reached"
        departures = self.rule.departures().rstrip(".")
        return (
            f"recovery of {self.analyte}: rise of at least {self.rise:g} % over baseline and value "
            f"within the {limits}, reached with {sample}, {stay}"
            + (f" ({departures[:1].lower()}{departures[1:]})" if departures else "")
        )

    @property
    def may_end(self) -> bool:
        return self.state == "reversible"

    def values(self) -> dict[str, Any]:
        return {"rule": self.rule.bound(), "can_be_left": self.may_end}

    def trials(self, pool: Pool, who: dict[str, Any], timing: str) -> tuple[list[str], list[Note]]:
        trials = pool.rows("recovery_trials", **who, isotype=self.analyte)
        usable = trials.measured > 0
        notes = without_trials(trials[~usable], lambda _: f"it has no {self.analyte}")
        if not usable.any():
            told = " ".join(map(str, notes))
            raise Refused(f"Groups by recovery need values of {self.analyte}. {told}")
        return list(trials[usable].trial), notes

    def unseen(self, told: Told) -> list[Note]:
        if not told.unseen:
            return []
        words = (
            f"Counted as not recovered: {counted(told.unseen, 'patient')} without a "
            f"counted value of {self.analyte} after the start."
        )
        return [Note(NoteKind.UNKNOWN, words)]

    def cautions(self, told: Told) -> list[Note]:
        if 2 * told.unseen <= told.n:
            return []
        words = (
            f"{told.unseen} of {counted(told.n, 'patient')} have no counted value of "
            f"{self.analyte} after the start and count as not recovered. The comparison rests on "
            f"the other {told.n - told.unseen}."
        )
        return [Note(NoteKind.CAUTION, words)]

    def left_out(self, told: Told) -> list[Note]:
        barred = told.barred()
        if not barred:
            return []
        why = "; ".join(f"{barred[name]} {REASONS[name]}" for name in REASONS if name in barred)
        words = (
            f"Left out, because a recovery of {self.analyte} cannot be judged: "
            f"{counted(sum(barred.values()), 'patient')} ({why}). All of it is known at the start."
        )
        return [Note(NoteKind.LEFT_OUT, words)]
