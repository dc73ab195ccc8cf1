"""How groups are compared: the parameters of survival, declared once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from igcore.errors import Refused
from igcore.params import Choice, Number

GROUPS = {
    "response": "Response",
    "recovery": "Immunoglobulin recovery",
    "arm": "Arm",
    "sex": "Sex",
    "trial": "Trial",
}
CATEGORY = "category:"  # before the name of an uploaded category
# Names of the groups of a state that patients may reach: first those who have, then the others.
STATES = {
    "response": ("responder", "non-responder"),
    "recovery": ("recovered", "not recovered"),
}
RESPONDERS = {
    "CR": "CR or better",
    "VGPR": "VGPR or better",
    "PR": "PR or better",
    "MR": "MR or better",
}
TIMINGS = {
    "time-dependent": "From its day on",
    "landmark": "At a landmark",
    "ever": "Ever (biased)",
}


TESTED = 'the response is not counted as "ever"'


def tested(values: Any) -> bool:
    """False for the biased comparison, from which nothing is concluded (S7)."""
    return values.get("timing") != "ever"


def _by_response(values: Any) -> bool:
    return values.get("group") == "response"


def _by_state(values: Any) -> bool:
    return values.get("group") in STATES


def _has_landmark(values: Any) -> bool:
    return _by_state(values) and values.get("timing") in ("time-dependent", "landmark")


def _usual_landmark(facts: Any, values: Any) -> float:
    """Month 4 for responses, which come early, 6 for immunoglobulins, which recover late."""
    return 6 if values.get("group") == "recovery" else 4


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
    if values["group"] == "response":
        return {"non-responder": "Non-responders", "responder": "Responders"}
    if values["group"] == "recovery":
        return {"not recovered": "Not recovered", "recovered": "Recovered"}
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
Responder = Annotated[
    str,
    Choice(
        label="Responder",
        options=RESPONDERS,
        applies=_by_response,
        when="the groups are by response",
        says="The least response that counts.",
    ),
]
Timing = Annotated[
    str,
    Choice(
        label="Response or recovery counted",
        options=TIMINGS,
        applies=_by_state,
        when="the groups are by response or recovery",
        says="Since when a patient who responds or recovers counts as one who has.",
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
        when="the groups are by response or recovery, from its day on or at a landmark",
        says="Month at which the curves start, or at which the groups are fixed; unless named, 4 for "
        "responses and 6 for recovery.",
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
