"""From patients to the risk table of a comparison, and who is left out of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from igcore.analysis.comparing import words_of
from igcore.analysis.result import Note, NoteKind, counted
from igcore.analysis.risk_table import RiskTable
from igcore.analysis.states.state import State, Told
from igcore.analysis.survival import endpoints, state_words
from igcore.analysis.survival.compared import Compared
from igcore.analysis.survival.returns import per_group, returns
from igcore.definitions import DAYS_PER_MONTH
from igcore.errors import Refused
from igcore.store import Cohort, Pool


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What is compared, of whom; `stratify` is "trial" or "none"."""

    cohort: Cohort
    compared: Compared
    stratify: str

    @classmethod
    def of(cls, cohort: Cohort, compared: Compared, stratify: str = "") -> Comparison:
        """What was asked; stratified by trial unless said otherwise or the groups are trials."""
        usual = "none" if compared.group == "trial" else "trial"
        return cls(cohort=cohort, compared=compared, stratify=stratify or usual)

    def at(self, landmark: float) -> Comparison:
        """The same at another landmark, in months."""
        return replace(self, compared=replace(self.compared, landmark=landmark))

    @property
    def endpoint(self) -> str:
        """The name of the endpoint."""
        return self.compared.endpoint

    @property
    def group(self) -> str:
        """What the groups are made of: the code of a state, arm, sex, trial or category:NAME."""
        return self.compared.group

    @property
    def state(self) -> State | None:
        """The state that makes the groups; None where every patient has a group from the start."""
        return self.compared.state

    @property
    def timing(self) -> str:
        """Since when the state counts; "fixed" for groups from the start."""
        return self.compared.timing if self.state else "fixed"

    @property
    def landmark(self) -> float:
        """The landmark in months, 0 where none applies."""
        return self.compared.landmark or 0

    @property
    def landmark_days(self) -> float:
        """The landmark in days."""
        return self.landmark * DAYS_PER_MONTH

    @property
    def changing(self) -> bool:
        """True when patients change their group on the day on which they reach the state."""
        return self.timing == "time-dependent"

    @property
    def names(self) -> tuple[str, ...]:
        """Who has reached the state and who has not; empty for groups from the start."""
        return self.state.groups if self.state else ()

    @property
    def relations(self) -> dict[str, str]:
        """Which relations of the pool its questions mean."""
        if self.state is None:
            return {"spans": "label_spans"}
        return {"spans": "state_spans", "course": f"state_{self.group}"}


@dataclass(frozen=True)
class Counted:
    """The counts of a comparison: `table` is None where nobody is left to compare.

    `told` says who is in it (None unless by a state), `values` what the questions bind, `notes` who
    is left out, `back` rows of state_returns.sql where a state can be left and reached again.
    """

    table: RiskTable | None
    told: Told | None
    values: dict[str, Any]
    notes: list[Note]
    back: pd.DataFrame | None = None

    def shown(self, asked: Comparison) -> RiskTable:
        """The table of the curves: from the landmark on where patients change their group."""
        if not asked.changing:
            return self.table
        later = None if self.back is None else per_group(self.back, self.table, "returning_later")
        return self.table.after(asked.landmark_days, later)


def count(pool: Pool, asked: Comparison) -> Counted:
    """The risk table of a comparison, and who is left out.

    Raises:
        Refused: nobody is left to compare, the endpoint starts at response or cannot be made from
            dates, or no trial has what the groups are made of.
    """
    values, notes = bound(pool, asked)
    found = count_at(pool, asked, values)
    told = _told(asked, found.told)
    if found.table is None:
        late = " after the landmark" if asked.timing == "landmark" else ""
        raise Refused(
            f"Nobody can be compared: no {asked.endpoint}{late} for {asked.cohort.words()}. "
            "Choose a wider cohort."
        )
    return replace(found, notes=notes + found.notes + told)


def count_at(pool: Pool, asked: Comparison, values: dict[str, Any]) -> Counted:
    """The same for values that are bound already, at the landmark of `asked`."""
    values = {**values, "landmark_days": asked.landmark_days}
    told = None
    if asked.state:
        rows = pool.rows("state_notes", relations=_course(asked), **values)
        told = Told(rows)
    rows = counts(pool, asked, values, "risk_table", stratify=asked.stratify)
    labelled = rows[rows["group"].notna()]
    notes = without_label(asked, int(rows.entering.sum() - labelled.entering.sum()))
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
    """Rows of risk_table.sql, risk_subgroups.sql or adjusted_spans.sql for the comparison's spans."""
    return pool.rows(question, relations=asked.relations, **values, **more)


def _course(asked: Comparison) -> dict[str, str]:
    return {"course": asked.relations["course"]}


def bound(pool: Pool, asked: Comparison) -> tuple[dict[str, Any], list[Note]]:
    """What the questions of a comparison bind, and notes on trials that are left out.

    Raises:
        Refused: no trial has what the groups or the endpoint are made of, or the endpoint cannot be
            grouped by the state.
    """
    values = {
        **asked.cohort.values(),
        "endpoint": asked.endpoint,
        "assessed_every": float(asked.compared.assessed_every),
        "landmark_days": asked.landmark_days,
        "group": asked.group,
        "timing": asked.timing,
    }
    notes: list[Note] = []
    if asked.endpoint in endpoints.MADE:
        dates = pool.facts(asked.cohort.version).endpoint_dates(values["who"]["trial"])
        trials, notes = endpoints.made(dates, asked.endpoint, asked.compared.assessed_every)
        values["who"] = {**values["who"], "trial": trials}
    if asked.state is None:
        return values, notes
    who = {name: values[name] for name in ("version", "who")}
    trials, more = asked.state.trials(pool, who, asked.timing)
    values |= {"state_trials": trials, "names": list(asked.names), **asked.state.values()}
    values["may_end"] = asked.state.may_end
    asked.state.refuse(pool, values)
    return values, notes + more


def _told(asked: Comparison, told: Told | None) -> list[Note]:
    """What must be known of who is in a comparison by a state."""
    if asked.state is None or told is None:
        return []
    notes = [*asked.state.left_out(told), *asked.state.unseen(told)]
    if asked.timing != "ever":
        notes = asked.state.cautions(told) + notes
    if asked.timing == "landmark":
        notes += state_words.landmark(asked.landmark, told, asked.state.words)
    if asked.changing and asked.landmark:
        notes.append(state_words.simon_makuch(asked.landmark, asked.state.words))
    return notes
