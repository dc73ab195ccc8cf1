"""From patients to the risk table of a comparison, and who is left out of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pandas as pd

from igcore.analysis.comparing import STATES, words_of
from igcore.analysis.result import Note, NoteKind, counted, noted
from igcore.analysis.risk_table import RiskTable
from igcore.analysis.rule import Rule
from igcore.analysis.survival import endpoints, recovery_groups, state_words
from igcore.analysis.survival.compared import Compared
from igcore.analysis.survival.returns import per_group, returns
from igcore.definitions import DAYS_PER_MONTH
from igcore.errors import Refused
from igcore.store import Cohort, Pool

DEPTHS = {"CR": 5, "VGPR": 4, "PR": 3, "MR": 2}
FROM_RESPONSE = ("DOR", "DOCR", "RSD", "DUR")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What is compared. `timing` is "fixed" for groups that every patient has from the start.

    `every` is the planned days between assessments; `rule` (of one isotype) and `state` ("stays" or
    "reversible") say what a recovery is, where the groups are by it.
    """

    cohort: Cohort
    endpoint: str
    group: str
    responder: str
    timing: str
    landmark: float | None
    stratify: str
    every: float
    rule: Rule
    state: str

    @classmethod
    def of(cls, cohort: Cohort, compared: Compared, stratify: str = "") -> Comparison:
        """What was asked; stratified by trial unless said otherwise or the groups are trials."""
        timed = compared.group in STATES
        return cls(
            cohort=cohort,
            endpoint=compared.endpoint,
            group=compared.group,
            responder=compared.responder,
            timing=compared.timing if timed else "fixed",
            landmark=compared.landmark,
            stratify=stratify or ("none" if compared.group == "trial" else "trial"),
            every=compared.assessed_every,
            rule=compared.recovered.rule,
            state=compared.recovered.state,
        )

    @property
    def landmark_days(self) -> float:
        """The landmark in days."""
        return (self.landmark or 0) * DAYS_PER_MONTH

    @property
    def simon_makuch(self) -> bool:
        """True when patients change their group on the day of the response or recovery."""
        return self.timing == "time-dependent"

    @property
    def names(self) -> tuple[str, ...]:
        """Who has reached the state and who has not; empty for groups from the start."""
        return STATES.get(self.group, ())


@dataclass(frozen=True)
class Counted:
    """The counts of a comparison: `table` is None where nobody is left to compare.

    `told` is the row of survival_notes.sql or recovery_notes.sql (None unless by response or by
    recovery), `values` what the questions bind, `notes` say who is left out, `back`
    rows of risk_returns_recovery.sql where a state can be left and reached again.
    """

    table: RiskTable | None
    told: Any
    values: dict[str, Any]
    notes: list[Note]
    back: pd.DataFrame | None = None

    def shown(self, asked: Comparison) -> RiskTable:
        """The table of the curves: from the landmark on where patients change their group."""
        if not asked.simon_makuch:
            return self.table
        later = None if self.back is None else per_group(self.back, self.table, "returning_later")
        return self.table.after(asked.landmark_days, later)


def count(pool: Pool, asked: Comparison) -> Counted:
    """The risk table of a comparison, and who is left out.

    Raises:
        Refused: nobody is left to compare, the endpoint starts at response or cannot be made from
            dates, or no trial has what the groups are made of.
    """
    values, told, notes = bound(pool, asked)
    if told is None:
        told = _told(pool, asked, values)
    counted_ = _count(pool, asked, values, told)
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
    return _count(pool, asked, values, _told(pool, asked, values))


def _count(pool: Pool, asked: Comparison, values: dict[str, Any], told: Any) -> Counted:
    rows = counts(pool, asked, values, "risk_table", stratify=asked.stratify)
    labelled = rows[rows["group"].notna()]
    without = int(rows.entering.sum() - labelled.entering.sum())
    notes = without_label(asked, without)
    table = None if labelled.empty else RiskTable.from_rows(labelled)
    back = returns(pool, asked, values)
    if table is None or back.empty:
        return Counted(table, told, values, notes)
    return Counted(replace(table, returning=per_group(back, table)), told, values, notes, back)


def without_label(asked: Comparison, n: int) -> list[Note]:
    """That n patients have no group; nothing for 0."""
    told = f"{counted(n, 'patient')} without {words_of(asked.group)} left out."
    return [Note(NoteKind.LEFT_OUT, told)] if n else []


def counts(
    pool: Pool, asked: Comparison, values: dict[str, Any], question: str, **more: str
) -> pd.DataFrame:
    """Rows of risk_table.sql or risk_subgroups.sql, or of their twins for recovery."""
    more |= {"timing": asked.timing}
    if asked.group == "recovery":
        return pool.rows(f"{question}_recovery", **values, **more)
    return pool.rows(question, **values, **more, group=asked.group)


def bound(pool: Pool, asked: Comparison) -> tuple[dict[str, Any], Any, list[Note]]:
    """What the questions of a comparison bind, the row on who is in it where it is known by then
    (see `Counted.told`), and notes on trials that are left out.

    Raises:
        Refused: no trial has what the groups or the endpoint are made of, or the endpoint starts
            at the response that it is to be grouped by.
    """
    values = {
        **asked.cohort.values(),
        "endpoint": asked.endpoint,
        "assessed_every": float(asked.every),
        "landmark_days": asked.landmark_days,
    }
    notes: list[Note] = []
    if asked.endpoint in endpoints.MADE:
        dates = pool.facts(asked.cohort.version).endpoint_dates(values["who"]["trial"])
        trials, notes = endpoints.made(dates, asked.endpoint, asked.every)
        values["who"] = {**values["who"], "trial": trials}
    if asked.group == "recovery":
        trials, more = _trials_with_values(pool, asked, values)
        values |= {"rule": asked.rule.bound(), "can_be_left": asked.state == "reversible"}
        values |= {"trials_with_values": trials}
        return values, None, notes + more
    values |= {"least_depth": DEPTHS[asked.responder], "trials_with_response": []}
    if asked.group != "response":
        return values, None, notes
    seen = _responses(pool, values)
    values["trials_with_response"], more = _trials_with_response(seen, asked)
    told = _sum(seen, values["trials_with_response"])
    refuse_from_response(asked, told)
    return values, told, notes + more


def _told(pool: Pool, asked: Comparison, values: dict[str, Any]) -> Any:
    """The row on who is in a comparison by a state; None for groups from the start."""
    if asked.group == "response":
        return _sum(_responses(pool, values), values["trials_with_response"])
    if asked.group == "recovery":
        return pool.rows("recovery_notes", **values).iloc[0]
    return None


def _responses(pool: Pool, values: dict[str, Any]) -> pd.DataFrame:
    """Rows of survival_notes.sql, one per trial."""
    asked = {name: one for name, one in values.items() if name != "trials_with_response"}
    return pool.rows("survival_notes", **asked)


def _sum(seen: pd.DataFrame, trials: list[str]) -> SimpleNamespace:
    """Counts of the trials that are grouped; n and starts_at_response of all; rows of the trials in
    which most patients have no response record."""
    everybody = seen.drop(columns="trial").sum()
    told = seen[seen.trial.isin(trials)].drop(columns="trial").sum()
    told[["n", "starts_at_response"]] = everybody[["n", "starts_at_response"]]
    unseen = seen[seen.trial.isin(trials) & (2 * seen.without_response_record > seen.n)]
    return SimpleNamespace(**told.astype(int), unseen=list(unseen.itertuples()))


def _trials_with_response(seen: pd.DataFrame, asked: Comparison) -> tuple[list[str], list[Note]]:
    """Trials that can be grouped by response; the others are told (S2, S3)."""
    usable = seen.dated > 0
    if asked.timing == "ever":
        usable |= seen.undated > 0
    notes = []
    for row in seen[~usable].itertuples():
        what = "no response records"
        if row.undated:
            what = 'best responses without dates; they serve "ever" alone'
        who = counted(row.patients, "patient")
        notes.append(f"Trial {row.trial} is left out ({who}): it has {what}.")
    if not usable.any():
        raise Refused("Groups by response need response records. " + " ".join(notes))
    return list(seen[usable].trial), noted(NoteKind.LEFT_OUT, notes)


def _trials_with_values(
    pool: Pool, asked: Comparison, values: dict[str, Any]
) -> tuple[list[str], list[Note]]:
    """Trials that measured the isotype; the others are told (S14)."""
    isotype = asked.rule.analyte[0]
    cohort = {name: values[name] for name in ("version", "who")}
    trials = pool.rows("recovery_trials", **cohort, isotype=isotype)
    usable = trials.measured > 0
    notes = [
        f"Trial {row.trial} is left out ({counted(row.n, 'patient')}): it has no {isotype}."
        for row in trials[~usable].itertuples()
    ]
    if not usable.any():
        raise Refused(f"Groups by recovery need values of {isotype}. " + " ".join(notes))
    return list(trials[usable].trial), noted(NoteKind.LEFT_OUT, notes)


def refuse_from_response(asked: Comparison, told: Any) -> None:
    """Refuse to group an endpoint by the response at which it starts."""
    starts = told.starts_at_response > 0 and 2 * told.starts_at_response > told.n
    if asked.endpoint.upper() in FROM_RESPONSE or starts:
        raise Refused(
            f"Endpoint: {asked.endpoint} starts at the response, so everyone in it is a responder. "
            "Group it by arm, sex or trial."
        )


def _left_out(asked: Comparison, told: Any) -> list[Note]:
    if told is None:
        return []
    words = state_words.RECOVERY if asked.group == "recovery" else state_words.RESPONSE
    notes: list[Note] = []
    if asked.group == "recovery":
        notes = recovery_groups.left_out(told, asked.rule)
    elif told.without_response_record:
        who = counted(told.without_response_record, "patient")
        words_ = f"Counted as non-responders: {who} without any response record."
        notes = [Note(NoteKind.UNKNOWN, words_)]
    if asked.timing != "ever":
        notes = state_words.cautions(asked, told) + notes
    if asked.timing == "landmark":
        notes += state_words.landmark(asked.landmark, told, words)
    if asked.simon_makuch and asked.landmark:
        notes.append(state_words.simon_makuch(asked.landmark, words))
    return notes
