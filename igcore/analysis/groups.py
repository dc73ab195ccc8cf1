"""From patients to the risk table of a comparison, and who is left out of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from igcore.analysis.result import counted
from igcore.analysis.risk_table import RiskTable
from igcore.analysis.spec import DAYS_PER_MONTH
from igcore.errors import Refused
from igcore.store import Cohort, Pool

DEPTHS = {"CR": 5, "VGPR": 4, "PR": 3, "MR": 2}
FROM_RESPONSE = ("DOR", "DOCR", "RSD", "DUR")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What is compared. `timing` is "fixed" for groups that every patient has from the start."""

    cohort: Cohort
    endpoint: str
    group: str
    responder: str
    timing: str
    landmark: float
    stratify: str

    @property
    def landmark_days(self) -> float:
        """The landmark in days."""
        return self.landmark * DAYS_PER_MONTH

    @property
    def simon_makuch(self) -> bool:
        """True when patients change their group on the day of the response."""
        return self.timing == "time-dependent"


@dataclass(frozen=True)
class Counted:
    """The counts of a comparison: `table` is None where nobody is left to compare.

    `told` is the row of survival_notes.sql (None unless by response), `values` what the questions
    bind, `notes` sentences on who is left out.
    """

    table: RiskTable | None
    told: Any
    values: dict[str, Any]
    notes: list[str]


def count(pool: Pool, asked: Comparison) -> Counted:
    """The risk table of a comparison, and who is left out.

    Raises:
        Refused: nobody is left to compare, the endpoint starts at response, or no trial has
            responses to group by.
    """
    values, notes = bound(pool, asked)
    counted_ = count_at(pool, asked, values)
    if counted_.table is None:
        late = " after the landmark" if asked.timing == "landmark" else ""
        raise Refused(
            f"Nobody can be compared: no {asked.endpoint}{late} for {asked.cohort.words()}. "
            "Choose a wider cohort."
        )
    return replace(counted_, notes=notes + counted_.notes + _left_out(asked, counted_.told))


def count_at(pool: Pool, asked: Comparison, values: dict[str, Any]) -> Counted:
    """The same for values that are bound already, at the landmark of `asked`."""
    values = {**values, "landmark_days": asked.landmark_days}
    told = None
    if asked.group == "response":
        told = pool.rows("survival_notes", **values).iloc[0]
        refuse_from_response(asked, told)
    rows = pool.rows(
        "risk_table", **values, group=asked.group, timing=asked.timing, stratify=asked.stratify
    )
    labelled = rows[rows["group"].notna()]
    notes = []
    without = int(rows.entering.sum() - labelled.entering.sum())
    if without:
        notes.append(f"{counted(without, 'patient')} without {asked.group} left out.")
    table = None if labelled.empty else RiskTable.from_rows(labelled)
    return Counted(table, told, values, notes)


def bound(pool: Pool, asked: Comparison) -> tuple[dict[str, Any], list[str]]:
    """What the questions of a comparison bind, and sentences on trials that are left out.

    Raises:
        Refused: no trial has responses to group by.
    """
    values = {
        **asked.cohort.values(),
        "endpoint": asked.endpoint,
        "least_depth": DEPTHS[asked.responder],
        "landmark_days": asked.landmark_days,
        "trials_with_response": [],
    }
    notes = []
    if asked.group == "response":
        values["trials_with_response"], notes = _trials_with_response(pool, asked)
    return values, notes


def _trials_with_response(pool: Pool, asked: Comparison) -> tuple[list[str], list[str]]:
    """Trials that can be grouped by response; the others are told (S2, S3)."""
    trials = pool.rows("response_trials", **asked.cohort.values())
    usable = trials.dated > 0
    if asked.timing == "ever":
        usable |= trials.undated > 0
    notes = []
    for row in trials[~usable].itertuples():
        what = "no response records"
        if row.undated:
            what = 'best responses without dates; they serve "ever" alone'
        notes.append(f"Trial {row.trial} is left out ({counted(row.n, 'patient')}): it has {what}.")
    if not usable.any():
        raise Refused("Groups by response need response records. " + " ".join(notes))
    return list(trials[usable].trial), notes


def refuse_from_response(asked: Comparison, told: Any) -> None:
    """Refuse to group an endpoint by the response at which it starts."""
    starts = told.starts_at_response > 0 and 2 * told.starts_at_response > told.n
    if asked.endpoint.upper() in FROM_RESPONSE or starts:
        raise Refused(
            f"Endpoint: {asked.endpoint} starts at the response, so everyone in it is a responder. "
            "Group it by arm, sex or trial."
        )


def _left_out(asked: Comparison, told: Any) -> list[str]:
    if told is None:
        return []
    notes = []
    if told.without_response_record:
        notes.append(
            f"Counted as non-responders: {counted(told.without_response_record, 'patient')} "
            "without any response record."
        )
    if asked.timing == "landmark":
        notes.append(
            f"Why the curves start at month {asked.landmark:g}: the groups are fixed by what was "
            "known then. Whoever responded had to live until the response, and counting that time "
            "for the responders would favour them."
        )
        notes.append(
            f"Left out because event or censoring came by month {asked.landmark:g}: "
            f"{counted(told.left_responder, 'responder')} and "
            f"{counted(told.left_non_responder, 'non-responder')}. "
            f"{told.later_responders} who responded later stay with the non-responders."
        )
    if asked.simon_makuch and asked.landmark > 0:
        notes.append(
            f"Why the curves start at month {asked.landmark:g}: before it few have had the time to "
            "respond, so a curve of responders would rest on very few. Everyone still at risk then "
            "starts in the group reached by then, and later responders change over. The curves are "
            "not the survival of fixed groups of patients."
        )
    return notes
