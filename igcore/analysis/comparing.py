"""How groups are compared: the parameters of survival, declared once."""

from __future__ import annotations

from typing import Annotated, Any

from igcore.errors import Refused
from igcore.params import Choice, Number

GROUPS = {"response": "Response", "arm": "Arm", "sex": "Sex", "trial": "Trial"}
RESPONDERS = {
    "CR": "CR or better",
    "VGPR": "VGPR or better",
    "PR": "PR or better",
    "MR": "MR or better",
}
TIMINGS = {
    "time-dependent": "From the response on",
    "landmark": "At a landmark",
    "ever": "Ever (biased)",
}


TESTED = 'the response is not counted as "ever"'


def tested(values: Any) -> bool:
    """False for the biased comparison, from which nothing is concluded (S7)."""
    return values.get("timing") != "ever"


def _by_response(values: Any) -> bool:
    return values.get("group") == "response"


def _has_landmark(values: Any) -> bool:
    return _by_response(values) and values.get("timing") in ("time-dependent", "landmark")


def _endpoints(facts: Any, values: Any) -> dict[str, str]:
    return {name: name for name in facts.endpoints(values["trial"])}


def _first_endpoint(facts: Any, values: Any) -> str:
    names = facts.endpoints(values["trial"])
    if not names:
        raise Refused("Endpoint: these trials have no outcomes. Add them on the Upload page.")
    return names[0]


def _strata(facts: Any, values: Any) -> dict[str, str]:
    if values["group"] == "trial":
        return {"none": "Not stratified"}
    return {"trial": "By trial", "none": "Not stratified"}


def _references(facts: Any, values: Any) -> dict[str, str]:
    if values["group"] == "response":
        return {"non-responder": "Non-responders", "responder": "Responders"}
    names = facts.labels(values["group"], values["trial"])
    if values["group"] == "arm" and values["arm"]:
        names = [name for name in names if name in values["arm"]]
    return {name: name for name in sorted(names)}


def _first_reference(facts: Any, values: Any) -> str:
    names = list(_references(facts, values))
    if not names:
        raise Refused(f"Groups: these trials have no {values['group']} to group by.")
    return names[0]


Endpoint = Annotated[
    str,
    Choice(
        label="Endpoint",
        options=_endpoints,
        fallback=_first_endpoint,
        says="Any uploaded endpoint; OS where there is one.",
    ),
]
Group = Annotated[str, Choice(label="Groups", options=GROUPS, says="What the curves compare.")]
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
        label="Response counted",
        options=TIMINGS,
        applies=_by_response,
        when="the groups are by response",
        says="Since when a responder counts as one.",
    ),
]
Landmark = Annotated[
    float,
    Number(
        label="Landmark",
        low=0,
        high=120,
        unit="months",
        applies=_has_landmark,
        when="the groups are by response, from the response on or at a landmark",
        says="Month at which the curves start, or at which the groups are fixed.",
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
