"""The recovery rule: its parameters, declared once for every analysis that uses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any

from igcore.analysis.states.response import RESPONDERS
from igcore.definitions import BASELINE_DAYS, DAYS_PER_MONTH, RISE_PERCENT, VISIT_DAYS, WASHOUT_DAYS
from igcore.params import Choice, Choices, Fold, Number
from igcore.store import Cohort, laboratories
from igcore.store.schema import ISOTYPES

DETAIL = Fold("Rule in detail")  # where pages fold what few readers change
FINALS = {
    "last": "Last on treatment",
    "best": "Best",
    "confirmed": "Confirmed by two consecutive samples",
    "month": "At a month",
}
DENOMINATORS = {
    "treated": "All treated",
    "assessable": "Assessable (isotype not involved)",
    "evaluable": "Evaluable (baseline and a later value)",
    "low": "Evaluable and low at baseline",
}
MISSING = {"left-out": "Left out", "not-improved": "Counted as not improved"}
SWITCH = {"on": "Ends the observation", "off": "Does not end it"}
INTERVALS = {"wilson": "Wilson", "clopper-pearson": "Clopper-Pearson (exact)"}
VERDICTS = {
    "improved_from_low": "improved from low",
    "improved_from_normal": "improved from normal",
    "improved_from_high": "improved from high",
    "in_range_no_rise": "in range, no rise",
    "rise_still_low": "rise, still low",
    "rise_above_range": "rise, above range",
    "low_no_rise": "low, no rise",
    "high_no_rise": "high, no rise",
    "indeterminate": "indeterminate",
    "not_evaluable": "not evaluable",
    "not_assessable": "not assessable",
}
UNJUDGED = ("not_evaluable", "not_assessable")  # without a baseline and a final value to judge
REASONS = {
    "isotype_unknown": "type of monoclonal protein unknown",
    "involved": "the myeloma's own isotype",
    "replacement_at_baseline": "immunoglobulin replacement at baseline",
    "no_baseline": "no baseline value",
    "no_post_baseline": "no value after the start",
    "only_after_replacement": "only values under replacement",
    "not_in_window": "no value in the window of the month",
    "not_confirmed": "not confirmed by a second sample",
}


RANGES = {"own": "The record's own limits", **{name: name for name in laboratories(ISOTYPES)}}


def _at_a_month(values: Mapping[str, Any]) -> bool:
    return values.get("final") == "month"


def _igg(values: Mapping[str, Any]) -> bool:
    return "IgG" in values.get("analyte", ISOTYPES) or not values.get("analyte")


def _leaves_out(values: Mapping[str, Any]) -> bool:
    return values.get("denominator") in ("evaluable", "low")


def _switch(label: str, says: str) -> Choice:
    return Choice(label=label, options=SWITCH, says=says)


Analytes = Annotated[
    tuple[str, ...],
    Choices(
        label="Isotypes",
        options={name: name for name in ISOTYPES},
        says="Immunoglobulins that are judged.",
    ),
]
Rise = Annotated[
    float,
    Number(
        label="Rise at least", low=0, high=1000, unit="%", step=5, says="Rise over the baseline."
    ),
]
Range = Annotated[
    str,
    Choice(
        label="Normal range",
        options=RANGES,
        says="The limits that came with each value, or one laboratory's for all; by age and sex "
        "where the laboratory has them so, unknown age as the oldest.",
    ),
]
Final = Annotated[
    str, Choice(label="Final value", options=FINALS, says="Which later value is judged.")
]
Month = Annotated[
    float,
    Number(
        label="Month",
        low=0.5,
        high=240,
        unit="months",
        applies=_at_a_month,
        when="the final value is at a month",
        says="The value nearest to this month is judged.",
    ),
]
Window = Annotated[
    float,
    Number(
        label="Window",
        low=1,
        high=180,
        unit="days",
        applies=_at_a_month,
        when="the final value is at a month",
        says="How far from the month the value may lie, before or after.",
    ),
]
Denominator = Annotated[
    str, Choice(label="Out of", options=DENOMINATORS, says="Which patients the share is out of.")
]
Missing = Annotated[
    str,
    Choice(
        label="Missing values",
        options=MISSING,
        applies=_leaves_out,
        when="the share is out of the evaluable or of those low at baseline",
        says="Assessable patients without a baseline or final value: left out, or in the "
        "denominator as not improved. Among those low at baseline only the final value can be "
        "missing.",
    ),
]
BaselineWindow = Annotated[
    float,
    Number(
        label="Baseline window",
        low=0,
        high=365,
        unit="days",
        step=7,
        says="How old the baseline may be on the first day of treatment.",
    ),
]
Progression = Annotated[str, _switch("Progression", "Values after the day of progression.")]
Transplant = Annotated[str, _switch("Transplant", "Values after the day of the first transplant.")]
NextTherapy = Annotated[str, _switch("Next therapy", "Values from the first next therapy on.")]
Washout = Annotated[
    float,
    Number(
        label="Replacement washout",
        low=0,
        high=730,
        unit="days",
        applies=_igg,
        when="IgG is judged",
        says="How long IgG does not count after immunoglobulin replacement; "
        f"{WASHOUT_DAYS:g} days are 6 months.",
    ),
]
Interval = Annotated[
    str, Choice(label="Interval", options=INTERVALS, says="Type of the 95 % interval of shares.")
]
Responder = Annotated[
    str,
    Choice(
        label="Responder",
        options=RESPONDERS,
        says="The least response that counts where responders and non-responders are compared.",
    ),
]
Landmark = Annotated[
    float,
    Number(
        label="Landmark",
        low=0,
        high=120,
        unit="months",
        says="Month at which the groups of the cumulative incidence are fixed; who has left by "
        "then is counted and left out.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Which later value is judged, and what it must be to count as improved."""

    rise: Rise = RISE_PERCENT
    range: Range = "own"
    final: Final = "last"
    month: Month = 6
    window: Window = VISIT_DAYS


@dataclass(frozen=True, kw_only=True)
class Observed:
    """Which values count at all: how old the baseline may be, and what ends the observation."""

    baseline_window: BaselineWindow = BASELINE_DAYS
    progression: Progression = "on"
    transplant: Transplant = "on"
    next_therapy: NextTherapy = "on"
    washout: Washout = WASHOUT_DAYS


@dataclass(frozen=True, kw_only=True)
class Rule(Observed, Judged):
    """The rule with all its parameters, for every analysis that judges recovery."""

    analyte: Analytes = ISOTYPES

    @classmethod
    def of(cls, *parts: Any, **values: Any) -> Rule:
        """The rule of parts that were asked for, and values by name; all else is as usual."""
        for part in reversed(parts):
            values = {one.name: getattr(part, one.name) for one in fields(part)} | values
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})

    @classmethod
    def asked(cls, values: Mapping[str, Any]) -> Rule:
        """The rule of a recovery result's `asked`; what did not apply there is as usual."""
        return cls.of(**values)

    def values(self, cohort: Cohort, key: int = 0) -> dict[str, Any]:
        """What the recovery questions bind: the cohort and `rule`; a key asks for one patient."""
        return {**cohort.values(), "rule": self.bound(key)}

    def bound(self, key: int = 0) -> dict[str, Any]:
        """The rule as a question binds it."""
        switches = {
            "progression": self.progression,
            "transplant": self.transplant,
            "next therapy": self.next_therapy,
        }
        return {
            "analytes": list(self.analyte or ISOTYPES),
            "rise_factor": 1 + self.rise / 100,
            "range": self.range,
            "final": self.final,
            "month_day": self.month * DAYS_PER_MONTH,
            "window": float(self.window),
            "baseline_window": float(self.baseline_window),
            "stops": [name for name, value in switches.items() if value == "on"],
            "washout": float(self.washout),
            "patient_key": key,
        }

    def words(self) -> str:
        """The rule as a phrase for captions."""
        value = {
            "last": "last value on treatment",
            "best": "best value",
            "month": f"value at month {self.month:g} (± {self.window:g} days)",
        }.get(self.final, "value confirmed by the next one")
        limits = "normal range" if self.range == "own" else f"normal range of {self.range}"
        return f"rise of at least {self.rise:g} % over baseline and {value} within the {limits}"

    def departures(self) -> str:
        """What differs from the usual observation, as a sentence; empty if nothing does."""
        usual = Rule()
        parts = []
        if self.baseline_window != usual.baseline_window:
            parts.append(f"baseline up to {self.baseline_window:g} days old")
        for name in ("progression", "transplant", "next_therapy"):
            if getattr(self, name) == "off":
                parts.append(f"values after {name.replace('_', ' ')} count")
        if self.washout != usual.washout and "IgG" in (self.analyte or ISOTYPES):
            parts.append(f"IgG counts {self.washout:g} days after replacement")
        sentence = "; ".join(parts)
        return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""
