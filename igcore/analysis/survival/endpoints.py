"""Endpoints that can be compared: the uploaded ones, and PFS by name where the pool has its dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import pandas as pd

from igcore.analysis.result import Note, NoteKind, noted
from igcore.errors import Refused
from igcore.params import Choice, Number

FDA, EMA = "PFS-FDA-like", "PFS-EMA-like"
MADE = {
    FDA: "PFS, FDA-like censoring (from dates)",
    EMA: "PFS, EMA-like censoring (from dates)",
}
NEEDED = {
    "survived": "OS",
    "assessed": "dated response assessments",
    "progressed": "dated progressions (PD)",
    "treated": "dates of next therapy",
}


def lacking(row: Any, endpoint: str) -> list[str]:
    """What a trial (a row of endpoint_dates.sql) lacks for a made endpoint, in words."""
    needed = [name for name in NEEDED if name != "treated" or endpoint == FDA]
    return [NEEDED[name] for name in needed if not getattr(row, name)]


def sentences(dates: pd.DataFrame, endpoint: str) -> list[str]:
    """What the trials lack for a made endpoint, a sentence for each that lacks something."""
    found = [(row.trial, lacking(row, endpoint)) for row in dates.itertuples()]
    return [f"Trial {trial} has no {' and no '.join(words)}." for trial, words in found if words]


def usable(dates: pd.DataFrame, endpoint: str) -> list[str]:
    """Trials that have every date that a made endpoint needs."""
    return [row.trial for row in dates.itertuples() if not lacking(row, endpoint)]


def options(facts: Any, values: Mapping[str, Any]) -> dict[str, str]:
    """Code and words of the endpoints of these trials."""
    names = facts.endpoints(values["trial"])
    found = {name: name for name in names}
    if "OS" in names:
        dates = facts.endpoint_dates(values["trial"])
        found |= {name: words for name, words in MADE.items() if usable(dates, name)}
    return found


def span_days(facts: Any, values: Mapping[str, Any]) -> float:
    """The longest follow-up of the chosen endpoint in days; of a made one that of OS."""
    endpoint = "OS" if values["endpoint"] in MADE else values["endpoint"]
    return facts.span_days(values["trial"], endpoint)


def _first(facts: Any, values: Mapping[str, Any]) -> str:
    names = facts.endpoints(values["trial"])
    if not names:
        raise Refused("Endpoint: these trials have no outcomes. Add them on the Upload page.")
    return names[0]


@dataclass(frozen=True, kw_only=True)
class EndpointChoice(Choice):
    """One of the endpoints; a made one that the pool cannot make is refused with what is missing."""

    def read(self, text: str, facts: Any, values: Mapping[str, Any]) -> str:
        if text in facts.endpoints(values["trial"]):
            return text  # an uploaded one, without asking for the dates of all trials
        if text in MADE and text not in self.codes(facts, values):
            told = " ".join(sentences(facts.endpoint_dates(values["trial"]), text))
            raise Refused(f"{self.label}: {text} cannot be made from dates here. {told}")
        return super().read(text, facts, values)

    def allowed(self) -> str:
        return f"as uploaded, and where the dates are there {' | '.join(MADE)}"


def _needs_interval(values: Mapping[str, Any]) -> bool:
    return values.get("endpoint") == FDA


Endpoint = Annotated[
    str,
    EndpointChoice(
        label="Endpoint",
        options=options,
        fallback=_first,
        says="Any uploaded endpoint; OS where there is one. PFS by a named set of censoring rules "
        "is made from dates and leaves the uploaded PFS alone.",
    ),
]
AssessedEvery = Annotated[
    float,
    Number(
        label="Assessed every",
        low=0,
        high=365,
        unit="days",
        step=7,
        applies=_needs_interval,
        when=f"the endpoint is {FDA}",
        says="Planned days between response assessments, e.g. 28; 0: not known, and then FDA-like "
        "censoring is refused.",
    ),
]


def made(dates: pd.DataFrame, endpoint: str, every: float) -> tuple[list[str], list[Note]]:
    """Trials for which a made endpoint is made, and notes on how and on those left out.

    Raises:
        Refused: FDA-like censoring without the planned interval, or no trial has the dates.
    """
    if endpoint == FDA and not every > 0:
        raise Refused(
            f"Assessed every: {FDA} needs the planned days between response assessments, to know "
            "which were missed. Give them (28 for every 4 weeks), or choose PFS-EMA-like."
        )
    trials, told = usable(dates, endpoint), sentences(dates, endpoint)
    if not trials:
        raise Refused(f"Endpoint: {endpoint} cannot be made from dates here. {' '.join(told)}")
    left_out = [f"{sentence[:-1]}, so it is left out." for sentence in told]
    how = Note(NoteKind.METHOD, _how(endpoint, every))
    return trials, [how, *noted(NoteKind.LEFT_OUT, left_out)]


def _how(endpoint: str, every: float) -> str:
    start = f"{endpoint} is made from dates and is not the uploaded PFS: the first PD or death"
    if endpoint == EMA:
        return (
            f"{start} counts whenever it comes; everyone else is censored at the last response "
            "assessment."
        )
    return (
        f"{start} counts unless a next therapy came before it, or more than two intervals of "
        f"{every:g} days after the last assessment; then, and without PD or death, the patient is "
        "censored at the last assessment before, without any on day 1."
    )
