"""The course of one patient as strips over time: treatment, response, replacement, and the end.

A strip is there also where nothing was recorded, and says so: an absent transplant and a transplant
that nobody recorded look alike in the data, and neither may look like a gap in the figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from igcore.definitions import DAYS_PER_MONTH

COLUMNS = ("strip", "mark", "start_day", "end_day", "words")
SPELLS = {  # kind of therapy -> its strip, and whether it is shown when there is none
    "study treatment": ("Study treatment", True),
    "immunoglobulin replacement": ("Replacement", True),
    "transplant": ("Transplant", True),
    "next therapy": ("Next therapy", False),
    "anti-CD38 antibody": ("Anti-CD38 antibody", False),
}
NOWHERE = float("nan")
Row = tuple[str, str, float, float, str]


def course(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The strips of a course from top to bottom, one row per mark.

    Args:
        tables: patient, measurements, responses, therapies, infections, outcomes of one patient.

    Returns:
        strip; mark: "bar" (start to end), "open bar" (no end recorded), "dot" (a visit), "event",
        "open" (until when nothing had happened) or "none" (words alone); start_day, end_day: study
        days, missing for "none", end_day of all but bars; words, empty where the mark says it.
    """
    last = last_day(tables)
    rows = [
        *_treatment(tables, last),
        *_responses(tables["responses"]),
        *_spells(tables["therapies"], "immunoglobulin replacement", last),
        *_infections(tables["infections"]),
        *_spells(tables["therapies"], "transplant", last),
        *_spells(tables["therapies"], "next therapy", last),
        *_spells(tables["therapies"], "anti-CD38 antibody", last),
        _progression(tables["responses"], tables["outcomes"]),
        _end(tables["outcomes"], last),
        *_further(tables["outcomes"]),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def month(day: float) -> float:
    """Months from first treatment of a study day: day 1 is 0, there is no day 0."""
    return (day - 1 if day > 0 else day) / DAYS_PER_MONTH


def last_day(tables: Mapping[str, pd.DataFrame]) -> float:
    """The last study day of anything recorded; day 1 if there is nothing."""
    therapies, infections = tables["therapies"], tables["infections"]
    days = pd.concat(
        [
            tables["measurements"].day,
            tables["responses"].day,
            tables["outcomes"].day,
            therapies.start_day,
            therapies.end_day,
            infections.start_day,
            infections.end_day,
            tables["patient"].treatment_end_day,
        ]
    ).dropna()
    return float(max([1.0, *days]))


def _at(day: float) -> str:
    return f"month {month(day):.1f}"


def _none(strip: str, words: str = "none recorded") -> Row:
    return (strip, "none", NOWHERE, NOWHERE, words)


def _treatment(tables: Mapping[str, pd.DataFrame], last: float) -> Iterator[Row]:
    """Spells of study treatment; where none were uploaded, from day 1 to the treatment's end."""
    spells = list(_spells(tables["therapies"], "study treatment", last))
    end = tables["patient"].treatment_end_day.iloc[0]
    if spells[0][1] != "none":
        yield from spells
    elif end == end and end is not None:
        yield ("Study treatment", "bar", 1.0, float(end), f"to {_at(end)}")
    else:
        yield ("Study treatment", "open bar", 1.0, last, "end not recorded")


def _spells(therapies: pd.DataFrame, kind: str, last: float) -> Iterator[Row]:
    strip, always = SPELLS[kind]
    rows = therapies[therapies.kind == kind]
    if rows.empty and always:
        yield _none(strip)
    for row in rows.itertuples():
        if kind == "transplant":
            yield (strip, "event", row.start_day, NOWHERE, _at(row.start_day))
        elif row.end_day == row.end_day and row.end_day is not None:
            yield (strip, "bar", row.start_day, row.end_day, f"to {_at(row.end_day)}")
        else:
            yield (strip, "open bar", row.start_day, last, "end not recorded")


def _responses(responses: pd.DataFrame) -> Iterator[Row]:
    """A mark per visit; words where the response is another than before."""
    if responses.empty:
        yield _none("Response")
    before = None
    for row in responses.itertuples():
        yield (
            "Response",
            "dot",
            row.day,
            NOWHERE,
            row.response if row.response != before else "",
        )
        before = row.response


def _infections(infections: pd.DataFrame) -> Iterator[Row]:
    if infections.empty:
        yield _none("Infections")
    for row in infections.itertuples():
        term = row.term if isinstance(row.term, str) else "infection"
        grade = f" G{row.grade}" if isinstance(row.grade, str) else ""
        known = row.end_day == row.end_day and row.end_day is not None
        end = row.end_day if known else row.start_day
        yield ("Infections", "bar", row.start_day, end, term + grade)


def _outcome(outcomes: pd.DataFrame, endpoint: str) -> Any:
    rows = outcomes[outcomes.endpoint == endpoint]
    return next(rows.itertuples(), None)


def _progression(responses: pd.DataFrame, outcomes: pd.DataFrame) -> Row:
    """The earlier of the first PD and a PFS event, as the rule takes it (R3); else what is known."""
    pfs, death = _outcome(outcomes, "PFS"), _outcome(outcomes, "OS")
    first = responses[responses.response == "PD"].day.min()
    if pfs and pfs.event and not pfs.day >= first:
        died = death and death.event and death.day == pfs.day
        words = "at death (PFS event)" if died else "PFS event"
        return ("Progression", "event", pfs.day, NOWHERE, f"{words}, {_at(pfs.day)}")
    if first == first:
        return ("Progression", "event", float(first), NOWHERE, f"PD, {_at(first)}")
    if pfs:
        return ("Progression", "open", pfs.day, NOWHERE, f"none by {_at(pfs.day)} (PFS censored)")
    return _none("Progression")


def _end(outcomes: pd.DataFrame, last: float) -> Row:
    death = _outcome(outcomes, "OS")
    if death is None:
        words = f"survival not recorded; last record {_at(last)}"
        return ("Death or last seen", "open", last, NOWHERE, words)
    if death.event:
        return ("Death or last seen", "event", death.day, NOWHERE, f"died, {_at(death.day)}")
    words = f"last seen alive, {_at(death.day)}"
    return ("Death or last seen", "open", death.day, NOWHERE, words)


def _further(outcomes: pd.DataFrame) -> Iterator[Row]:
    for row in outcomes[~outcomes.endpoint.isin(["OS", "PFS"])].itertuples():
        mark, words = ("event", "event") if row.event else ("open", "censored")
        yield (row.endpoint, mark, row.day, NOWHERE, f"{words}, {_at(row.day)}")
