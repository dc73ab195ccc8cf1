"""Filters of the cohort: control, SQL and words from one declaration.

A new filter is one entry in `FILTERS`: its control and link come from `kind`, the rows it keeps
from `sql` (a condition on a row `p` of `patients_at`, its value in the struct `who`), its words in
captions from `words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from igcore.params import Choices, Kind, Values


def _trials(facts: Any, values: Values) -> Mapping[str, str]:
    return {
        trial.trial: trial.trial + (" (sim.)" if trial.simulated else "") for trial in facts.trials
    }


def _default_trials(facts: Any, values: Values) -> tuple[str, ...]:
    """The real trials; simulated ones join only when named, or when there is nothing else.

    A question about one patient is about that patient's own trial.
    """
    if "key" in values:
        return (facts.trial_of(values["key"]),)
    real = tuple(sorted(trial.trial for trial in facts.trials if not trial.simulated))
    return real or tuple(sorted(trial.trial for trial in facts.trials))


def _arms(facts: Any, values: Values) -> Mapping[str, str]:
    return {arm: arm for arm in facts.arms(values["trial"])}


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One filter; `name` is its key in the link and its value's in the struct `who`."""

    name: str
    kind: Kind
    sql: str
    words: str


FILTERS = (
    Filter(
        name="trial",
        kind=Choices(
            label="Trials",
            options=_trials,
            fallback=_default_trials,
            says="Trials in the cohort. Simulated trials join real ones only when named.",
        ),
        sql="list_contains(who['trial'], p.trial)",
        words="trials",
    ),
    Filter(
        name="arm",
        kind=Choices(
            label="Arms",
            options=_arms,
            fallback=lambda facts, values: (),
            says="Planned arms in the cohort; all of them unless named.",
        ),
        sql="(len(who['arm']) = 0 or list_contains(who['arm'], p.arm))",
        words="arms",
    ),
)


def macro() -> str:
    """SQL of `cohort_at(v, who)`: the patients of version v that every filter keeps."""
    conditions = " and ".join(filter_.sql for filter_ in FILTERS)
    return (
        f"create or replace macro cohort_at(v, who) as table "
        "select p.*, t.simulated, t.no_m_protein "
        f"from patients_at(v) p join trials_at(v) t using (trial) where {conditions};"
    )


@dataclass(frozen=True)
class Cohort:
    """The patients that a question is about, as of one version of the pool."""

    version: int
    filters: tuple[tuple[str, tuple[str, ...]], ...]

    def values(self) -> dict[str, Any]:
        """What the cohort binds in a question's SQL: `version`, and `who` with all filters."""
        return {"version": self.version, "who": {name: list(v) for name, v in self.filters}}

    def words(self) -> str:
        """The filters as a phrase for a caption, e.g. "trials A, B; arms Len"."""
        words = {filter_.name: filter_.words for filter_ in FILTERS}
        return "; ".join(
            f"{words[name]} {', '.join(value)}" for name, value in self.filters if value
        )
