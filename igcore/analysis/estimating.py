"""How survival is estimated, tested and drawn: parameters of choice, declared once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from igcore.analysis.comparing import TESTED, tested
from igcore.analysis.survival.endpoints import span_days
from igcore.definitions import DAYS_PER_MONTH
from igcore.params import Choice, Choices, Number

INTERVALS = {"log-log": "log-log", "log": "log", "plain": "plain"}
TESTS = {"log-rank": "Log-rank", "gehan": "Gehan", "peto-peto": "Peto-Peto"}
TIES = {"efron": "Efron", "breslow": "Breslow", "exact": "Exact"}
LIMITS = {"wald": "Wald", "profile": "Profile likelihood"}
PICTURES = {
    "survival": "Survival",
    "events": "Cumulative events",
    "log-log": "log(-log), for proportional hazards",
    "rmst": "Restricted mean survival time",
}
LONGEST = "longest"
MOST_MONTHS = 480


def _months(facts: Any, values: Any) -> int:
    """Whole months of the longest follow-up."""
    return min(int(span_days(facts, values) / DAYS_PER_MONTH), MOST_MONTHS)


def _rate_months(facts: Any, values: Any) -> Mapping[str, str]:
    return {str(m): f"month {m}" for m in range(1, _months(facts, values) + 1)}


def _usual_months(facts: Any, values: Any) -> tuple[str, ...]:
    """1, 2 and 3 years as far as they are within follow-up, else shorter times."""
    last = _months(facts, values)
    usual = [m for m in (12, 24, 36) if m <= last] or [m for m in (1, 3, 6) if m <= last]
    return tuple(sorted(map(str, usual)))


def _horizons(facts: Any, values: Any) -> Mapping[str, str]:
    months = {str(m): f"{m} months" for m in range(1, _months(facts, values) + 1)}
    return {LONGEST: "As far as all curves reach", **months}


def _pictures(facts: Any, values: Any) -> Mapping[str, str]:
    if tested(values):
        return PICTURES
    return {name: PICTURES[name] for name in ("survival", "events")}


def _risk_step(facts: Any, values: Any) -> float:
    """A step in months that gives at most nine columns."""
    months = span_days(facts, values) / DAYS_PER_MONTH
    steps = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240)
    return next((step for step in steps if months / step <= 8), 240)


@dataclass(frozen=True, kw_only=True)
class Unwritten(Choice):
    """A choice whose usual code, `otherwise`, is not written: links without it keep their text."""

    def default(self, declared: Any, facts: Any, values: Any) -> str:
        return self.otherwise

    def encode(self, value: Any) -> list[str]:
        return [] if value == self.otherwise else super().encode(value)


Test = Annotated[
    str,
    Choice(
        label="Test",
        options=TESTS,
        applies=tested,
        when=TESTED,
        says="Gehan weighs early events more, Peto-Peto by survival; both are secondary.",
    ),
]
Ties = Annotated[
    str,
    Choice(
        label="Tied events",
        options=TIES,
        applies=tested,
        when=TESTED,
        says="How the Cox model takes events on one day; SAS's default is Breslow.",
    ),
]
Limits = Annotated[
    str,
    Choice(
        label="Limits of hazard ratios",
        options=LIMITS,
        applies=tested,
        when=TESTED,
        says="Type of the 95 % limits of the hazard ratio.",
    ),
]
ForestTies = Annotated[
    str,
    Unwritten(
        label="Tied events",
        options=TIES,
        otherwise="efron",
        applies=tested,
        when=TESTED,
        says="How the Cox models take events on one day.",
    ),
]
ForestLimits = Annotated[
    str,
    Unwritten(
        label="Limits of hazard ratios",
        options=LIMITS,
        otherwise="wald",
        applies=tested,
        when=TESTED,
        says="Type of the 95 % limits of the hazard ratios.",
    ),
]
Interval = Annotated[
    str, Choice(label="Interval", options=INTERVALS, says="Type of the pointwise 95 % interval.")
]
Rates = Annotated[
    tuple,
    Choices(
        label="Rates at month",
        options=_rate_months,
        fallback=_usual_months,
        says="Months at which survival is printed with its limits.",
    ),
]
Horizon = Annotated[
    str,
    Choice(
        label="Restricted mean to",
        options=_horizons,
        applies=tested,
        when=TESTED,
        says="Horizon of the restricted mean; unless named, the last whole month that all curves "
        "reach.",
    ),
]
RiskEvery = Annotated[
    float,
    Number(
        label="Risk table every",
        low=0.5,
        high=240,
        unit="months",
        fallback=_risk_step,
        says="Distance of the columns of the risk table.",
    ),
]
Picture = Annotated[
    str,
    Choice(label="Curve", options=_pictures, says="What the figure draws; numbers stay the same."),
]
