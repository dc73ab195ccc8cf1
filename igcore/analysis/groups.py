"""From patients to the risk table of a comparison, and who is left out of it."""

from __future__ import annotations

from dataclasses import dataclass
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


def count(pool: Pool, asked: Comparison) -> tuple[RiskTable, list[str]]:
    """The risk table of a comparison, and sentences on who is left out.

    Raises:
        Refused: nobody is left to compare, the endpoint starts at response, or no trial has
            responses to group by.
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
    told = pool.rows("survival_notes", **values).iloc[0]
    if asked.group == "response":
        _refuse_from_response(asked, told)
    rows = pool.rows(
        "risk_table", **values, group=asked.group, timing=asked.timing, stratify=asked.stratify
    )
    if rows.empty:
        late = " after the landmark" if asked.timing == "landmark" else ""
        raise Refused(
            f"Nobody can be compared: no {asked.endpoint}{late} for {asked.cohort.words()}. "
            "Choose a wider cohort."
        )
    return RiskTable.from_rows(rows), notes + _left_out(asked, told)


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


def _refuse_from_response(asked: Comparison, told: Any) -> None:
    starts = told.starts_at_response > 0 and 2 * told.starts_at_response > told.n
    if asked.endpoint.upper() in FROM_RESPONSE or starts:
        raise Refused(
            f"Endpoint: {asked.endpoint} starts at the response, so everyone in it is a responder. "
            "Group it by arm, sex or trial."
        )


def _left_out(asked: Comparison, told: Any) -> list[str]:
    notes = []
    if asked.group in ("arm", "sex") and told[f"without_{asked.group}"]:
        notes.append(
            f"{told[f'without_{asked.group}']} patients without {asked.group} are left out."
        )
    if asked.group != "response":
        return notes
    if told.without_response_record:
        notes.append(
            f"Counted as non-responders: {counted(told.without_response_record, 'patient')} "
            "without any response record."
        )
    if asked.timing == "landmark":
        notes.append(
            f"Left out because event or censoring came by month {asked.landmark:g}: "
            f"{counted(told.left_responder, 'responder')} and "
            f"{counted(told.left_non_responder, 'non-responder')}. "
            f"{told.later_responders} who responded later stay with the non-responders."
        )
    if asked.simon_makuch:
        notes.append(
            f"The curves start at month {asked.landmark:g}, for those still at risk; later responders "
            "change over. They are not the survival of fixed groups of patients."
        )
    return notes
