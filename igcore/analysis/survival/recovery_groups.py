"""Groups by the recovery of an immunoglobulin: their parameters and what is told about them.

The rule is that of the recovery analysis. Its parameters apply here for these groups alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, get_args

from igcore.analysis import rule
from igcore.analysis.result import Note, NoteKind, counted
from igcore.analysis.rule import REASONS, Rule
from igcore.errors import Refused
from igcore.params import Choice
from igcore.store.schema import ISOTYPES

WHEN = "the groups are by recovery"
FINALS = {
    "confirmed": "Confirmed by the next sample, from that one on",
    "best": "The first sample that meets the rule",
}
STATES = {"stays": "Stays once reached", "reversible": "Can be left again"}
UNTIMED = ("last", "month")


def by_recovery(values: Mapping[str, Any]) -> bool:
    """True when the groups are by recovery."""
    return values.get("group") == "recovery"


def _igg(values: Mapping[str, Any]) -> bool:
    return by_recovery(values) and values.get("analyte") == "IgG"


def _here(
    declared: Any, applies: Callable[[Mapping[str, Any]], bool] = by_recovery, when: str = WHEN
) -> Any:
    """A parameter of the rule that applies for groups by recovery alone."""
    of, kind = get_args(declared)
    return Annotated[of, replace(kind, applies=applies, when=when)]


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
State = Annotated[
    str,
    Choice(
        label="Recovery",
        options=STATES,
        applies=by_recovery,
        when=WHEN,
        says="Whether a patient stays recovered, or leaves the group with the first counted value "
        "that does not meet the rule.",
    ),
]

USUAL = Rule()


@dataclass(frozen=True, kw_only=True)
class Recovered:
    """When a patient counts as recovered: the rule of one isotype, and whether the state stays."""

    analyte: Analyte = "IgA"
    rise: Rise = USUAL.rise
    range: Range = USUAL.range
    final: Final = "confirmed"
    baseline_window: BaselineWindow = USUAL.baseline_window
    progression: Progression = USUAL.progression
    transplant: Transplant = USUAL.transplant
    next_therapy: NextTherapy = USUAL.next_therapy
    washout: Washout = USUAL.washout
    state: State = "stays"

    @property
    def rule(self) -> Rule:
        """The rule of recovery that this asks for."""
        return Rule.of(self, analyte=(self.analyte,))


def words(asked: Rule, state: str) -> str:
    """The rule of the groups as a phrase for captions."""
    limits = "normal range" if asked.range == "own" else f"normal range of {asked.range}"
    sample = "the first such value" if asked.final == "best" else "the second such value in a row"
    stay = "stays once reached" if state == "stays" else "ends with the first value that is not"
    departures = asked.departures().rstrip(".")
    return (
        f"recovery of {asked.analyte[0]}: rise of at least {asked.rise:g} % over baseline and value "
        f"within the {limits}, reached with {sample}, {stay}"
        + (f" ({departures[:1].lower()}{departures[1:]})" if departures else "")
    )


def left_out(told: Any, asked: Rule) -> list[Note]:
    """Notes on patients without a group, and on those whose recovery could not be seen."""
    isotype, notes = asked.analyte[0], []
    barred = [name for name in REASONS if getattr(told, name, 0)]
    if barred:
        n = sum(int(getattr(told, name)) for name in barred)
        why = "; ".join(f"{int(getattr(told, name))} {REASONS[name]}" for name in barred)
        words_ = (
            f"Left out, because a recovery of {isotype} cannot be judged: {counted(n, 'patient')} "
            f"({why}). All of it is known at the start."
        )
        notes.append(Note(NoteKind.LEFT_OUT, words_))
    if told.without_later:
        words_ = (
            f"Counted as not recovered: {counted(int(told.without_later), 'patient')} without a "
            f"counted value of {isotype} after the start."
        )
        notes.append(Note(NoteKind.UNKNOWN, words_))
    return notes
