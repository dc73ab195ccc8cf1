"""How groups are compared: the parameters of survival, declared once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from igcore.analysis.states.listed import STATES
from igcore.errors import Refused
from igcore.params import Choice, Number

GROUPS = {
    **{code: state.label for code, state in STATES.items()},
    "arm": "Arm",
    "sex": "Sex",
    "trial": "Trial",
}
_NOUNS = [state.words.noun for state in STATES.values()]
_NAMED = f"{', '.join(_NOUNS[:-1])} or {_NOUNS[-1]}"
COUNTED = f"{_NAMED[:1].upper()}{_NAMED[1:]} counted"
CATEGORY = "category:"  # before the name of an uploaded category
TIMINGS = {
    "time-dependent": "From its day on",
    "landmark": "At a landmark",
    "ever": "Ever (biased)",
}


TESTED = 'the response is not counted as "ever"'


def tested(values: Any) -> bool:
    """False for the biased comparison, from which nothing is concluded (S7)."""
    return values.get("timing") != "ever"


def _by_state(values: Any) -> bool:
    return values.get("group") in STATES


def _has_landmark(values: Any) -> bool:
    return _by_state(values) and values.get("timing") in ("time-dependent", "landmark")


def _usual_landmark(facts: Any, values: Any) -> float:
    """Month 4 for responses, which come early, 6 for what takes its time."""
    return STATES[values["group"]].usual_landmark


@dataclass(frozen=True, kw_only=True)
class GroupChoice(Choice):
    """One of GROUPS, or an uploaded category by its name."""

    def codes(self, facts: Any, values: Any) -> dict[str, str]:
        found = facts.categories(values["trial"])
        return GROUPS | {f"{CATEGORY}{name}": name for name in found}

    def allowed(self) -> str:
        return " | ".join([*GROUPS, f"{CATEGORY}NAME"])


def words_of(group: str) -> str:
    """What groups are made of, in words: "arm", "ISS stage"."""
    return group.removeprefix(CATEGORY)


def _strata(facts: Any, values: Any) -> dict[str, str]:
    if values["group"] == "trial":
        return {"none": "Not stratified"}
    return {"trial": "By trial", "none": "Not stratified"}


def _references(facts: Any, values: Any) -> dict[str, str]:
    if values["group"] in STATES:
        state = STATES[values["group"]]
        return dict(reversed(list(zip(state.groups, state.words.names, strict=True))))
    names = facts.labels(values["group"], values["trial"])
    if values["group"] == "arm" and values["arm"]:
        names = [name for name in names if name in values["arm"]]
    return {name: name for name in sorted(names)}


def _first_reference(facts: Any, values: Any) -> str:
    names = list(_references(facts, values))
    if not names:
        raise Refused(f"Groups: these trials have no {words_of(values['group'])} to group by.")
    return names[0]


Group = Annotated[
    str,
    GroupChoice(
        label="Groups",
        options=GROUPS,
        says="What the curves compare; every uploaded category is one more choice.",
    ),
]
Timing = Annotated[
    str,
    Choice(
        label=COUNTED,
        options=TIMINGS,
        applies=_by_state,
        when=f"the groups are by {_NAMED}",
        says="Since when a patient who gets there counts as one who has.",
    ),
]
Landmark = Annotated[
    float,
    Number(
        label="Landmark",
        low=0,
        high=120,
        unit="months",
        fallback=_usual_landmark,
        applies=_has_landmark,
        when=f"the groups are by {_NAMED}, from its day on or at a landmark",
        says="Month at which the curves start, or at which the groups are fixed; unless named, 4 for "
        "responses and 6 for all else.",
    ),
]
Stratify = Annotated[
    str,
    Choice(
        label="Stratified",
        options=_strata,
        fallback=lambda facts, values: next(iter(_strata(facts, values))),
        says="Pooled trials are compared within each trial.",
    ),
]
Reference = Annotated[
    str,
    Choice(
        label="Reference",
        options=_references,
        fallback=_first_reference,
        applies=tested,
        when=TESTED,
        says="The group that hazard ratios compare with.",
    ),
]
