"""Filters of the cohort: control, SQL and words from one declaration.

A new filter is one entry in `FILTERS`: its control and link come from `kind`, its words in captions
from `words`. The patients it keeps come from `sql`, a condition on a row `p` of `cohort` with its
value in the struct `$who`; or, where that is too little, from `question`, a file of `sql/` that lists
the keys of those it keeps. All but the trials are found by `Facts.settled`, once, and only where a
filter is set: an unset filter costs nothing, not even the time to plan it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from igcore.definitions import DAYS_PER_MONTH, SEXES
from igcore.params import Bound, Choices, Kind, Values
from igcore.store.schema import ISOTYPES

EVERYONE = "no restriction"
PROTEINS = {
    **{name: name for name in ("IgG", "IgA", "IgM", "IgD", "IgE")},
    "light-chain": "Light chain only",
    "none": "None or non-secretory",
    "unknown": "Unknown",
}
BEST = {**{name: name for name in ("CR", "VGPR", "PR", "MR", "SD", "PD")}, "none": "None recorded"}
CLASSES = {
    "improved": "improved",
    "not-improved": "not improved",
    "indeterminate": "indeterminate",
    "not-evaluable": "not evaluable",
    "not-assessable": "not assessable",
}
JUDGED = {
    f"{isotype}-{code}": f"{isotype} {words}"
    for isotype in ISOTYPES
    for code, words in CLASSES.items()
}


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


def _choices(label: str, options: Any, says: str) -> Choices:
    """A choice of several, none of which means all patients."""
    return Choices(
        label=label,
        options=options,
        says=says,
        fallback=lambda facts, values: (),
        otherwise=EVERYONE,
    )


def _age(label: str, says: str) -> Bound:
    return Bound(label=label, low=0, high=90, unit="years", otherwise=EVERYONE, says=says)


def _or(codes: tuple[str, ...], words: Mapping[str, str]) -> str:
    """Chosen codes in the order of their declaration: "CR, VGPR or none recorded"."""
    chosen = [words[code] for code in words if code in codes]
    listed = [word if word[:2].isupper() or word[:2] == "Ig" else word.lower() for word in chosen]
    return " or ".join([", ".join(listed[:-1]), listed[-1]] if listed[1:] else listed)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One filter; `name` is its key in the link.

    Args:
        words: a value that is set -> a phrase for captions.
        sql, question: who is kept, see above; every filter but the trials has one of them.
        later: whether it asks for what was known only after treatment had begun.
    """

    name: str
    kind: Kind
    words: Callable[[Any], str]
    sql: str = ""
    question: str = ""
    later: bool = False


FILTERS = (
    Filter(
        name="trial",
        kind=Choices(
            label="Trials",
            options=_trials,
            fallback=_default_trials,
            says="Trials in the cohort. Simulated trials join real ones only when named.",
        ),
        words=lambda names: f"trials {', '.join(names)}",
    ),
    Filter(
        name="arm",
        kind=_choices("Arms", _arms, "Planned arms in the cohort; all of them unless named."),
        words=lambda names: f"arms {', '.join(names)}",
        sql="(len($who['arm']) = 0 or list_contains($who['arm'], p.arm))",
    ),
    Filter(
        name="sex",
        kind=_choices("Sex", SEXES, "Both together leave out patients whose sex is not known."),
        words=lambda codes: " and ".join(SEXES[code].lower() for code in codes),
        sql="(len($who['sex']) = 0 or list_contains($who['sex'], p.sex))",
    ),
    Filter(
        name="age_from",
        kind=_age("Age at least", "At the start. Patients above 89 are stored as 90."),
        words=lambda age: f"aged {age:g} or more",
        sql="($who['age_from'] is null or p.age_years >= $who['age_from'])",
    ),
    Filter(
        name="age_to",
        kind=_age("Age at most", "At the start. Patients of unknown age are left out."),
        words=lambda age: f"aged {age:g} or less",
        sql="($who['age_to'] is null or p.age_years <= $who['age_to'])",
    ),
    Filter(
        name="isotype",
        kind=_choices(
            "Monoclonal protein",
            PROTEINS,
            "Heavy chain of the monoclonal protein at baseline; a biclonal one counts as both.",
        ),
        words=lambda codes: f"monoclonal protein {_or(codes, PROTEINS)}",
        question="filter_isotype",
    ),
    Filter(
        name="response",
        kind=_choices(
            "Best response",
            BEST,
            "The deepest response, dated (on or before the first PD, before the next therapy) or "
            "undated; sCR counts as CR, nCR as VGPR. NE alone is none recorded.",
        ),
        words=lambda codes: f"best response {_or(codes, BEST)}",
        question="filter_response",
        later=True,
    ),
    Filter(
        name="verdict",
        kind=_choices(
            "Verdict",
            JUDGED,
            "Isotype and verdict by the usual rule (rise of at least 25 %, last value on treatment, "
            "the record's own limits), whatever rule the page has; one of them is enough.",
        ),
        words=lambda codes: f"{_or(codes, JUDGED)} by the usual rule",
        question="filter_verdict",
        later=True,
    ),
    Filter(
        name="follow_up",
        kind=Bound(
            label="Follow-up at least",
            low=0,
            high=600,
            unit="months",
            step=6,
            otherwise=EVERYONE,
            says="From first treatment to the latest end of an endpoint (its origin plus its time, "
            "whether event or censoring) or the latest record, whichever comes last; a month has "
            f"{DAYS_PER_MONTH} days.",
        ),
        words=lambda months: f"followed for at least {months:g} month{'s' * (months != 1)}",
        question="filter_follow_up",
        later=True,
    ),
)


def relations() -> dict[str, str]:
    """`cohort`: the patients of $version in the trials and among the members of $who.

    And `kept`: those of them whom every condition keeps; see `Facts.settled`.
    """
    conditions = " and ".join(filter_.sql for filter_ in FILTERS if filter_.sql)
    return {
        "cohort": "-- Not materialized: trajectories of 100,000 patients take longer with it.\n"
        "select p.*, t.simulated, t.no_m_protein "
        "from named_patients() p join trials() t using (trial) "
        "where list_contains($who['trial'], p.trial) and is_member($who['members'], p.patient_key)",
        "kept": f"select p.patient_key from cohort() p where {conditions}",
    }


def is_set(value: Any) -> bool:
    """False for the value of a filter that restricts nothing."""
    return value is not None and value != ()


@dataclass(frozen=True)
class Cohort:
    """The patients that a question is about, as of one version of the pool.

    `members`, one bit per patient key, are those whom all filters but the trials keep; None where
    no other is set. `Facts.settled` finds them.
    """

    version: int
    filters: tuple[tuple[str, Any], ...]
    members: bytes | None = field(default=None, repr=False)

    def values(self) -> dict[str, Any]:
        """What the cohort binds in a question's SQL: `version`, and `who` with its patients."""
        if self.narrowed() and self.members is None:
            raise TypeError("the filters are not settled; see Facts.settled")
        trials = dict(self.filters)["trial"]
        return {"version": self.version, "who": {"trial": list(trials), "members": self.members}}

    def asked(self, members: bytes | None) -> dict[str, Any]:
        """What the search for its members binds: the same among those found so far, all values."""
        chosen = dict(self.filters)
        who: dict[str, Any] = {"members": members}
        for filter_ in FILTERS:
            value = chosen.get(filter_.name, () if filter_.kind.many else None)
            who[filter_.name] = list(value) if filter_.kind.many else value
        return {"version": self.version, "who": who}

    def words(self) -> str:
        """The filters as a phrase for a caption, e.g. "trials A, B; women; aged 65 or more"."""
        return "; ".join(self._phrases(FILTERS))

    def later_words(self) -> str:
        """The same of the filters that ask for what was known only after treatment had begun."""
        return "; ".join(self._phrases([filter_ for filter_ in FILTERS if filter_.later]))

    def _phrases(self, filters: Any) -> list[str]:
        chosen = dict(self.filters)
        return [
            filter_.words(chosen[filter_.name])
            for filter_ in filters
            if is_set(chosen.get(filter_.name))
        ]

    def narrowed(self) -> bool:
        """True when more than the trials is chosen."""
        return any(is_set(value) for name, value in self.filters if name != "trial")

    def whole(self) -> Cohort:
        """All patients of the same trials."""
        return Cohort(self.version, tuple(pair for pair in self.filters if pair[0] == "trial"))
