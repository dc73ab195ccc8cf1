"""Title and method of a comparison, in words."""

from __future__ import annotations

from igcore.analysis.comparing import words_of
from igcore.analysis.survival.groups import Comparison
from igcore.definitions import DAYS_PER_MONTH


def banner(asked: Comparison) -> str:
    """The warning for "ever"; "" for everything else."""
    return asked.state.biased if asked.state and asked.timing == "ever" else ""


def title(asked: Comparison) -> str:
    """What is compared, by what."""
    by = asked.state.title if asked.state else words_of(asked.group)
    return f"{asked.endpoint} by {by}"


def method(
    asked: Comparison,
    interval: str,
    *,
    test: str,
    ties: str,
    limits: str,
    horizon: float,
    mean_leads: bool,
) -> str:
    """The method in one sentence, for the caption; what leads is named first."""
    curve = "Simon-Makuch" if asked.changing else "Kaplan-Meier"
    parts = [f"{curve} with {interval} 95 % interval", timing(asked)]
    if asked.timing != "ever":
        strata = "stratified by trial" if asked.stratify == "trial" else "not stratified"
        name = test.removeprefix("stratified ")
        model = f"{name} test and Cox model ({ties.title()} ties, {limits.title()} limits) {strata}"
        mean = f"restricted means of the curves to month {horizon:g}" if horizon == horizon else ""
        parts += [mean, model] if mean_leads else [model, mean]
    parts.append(f"1 month = {DAYS_PER_MONTH} days")
    return "; ".join(part for part in parts if part) + "."


def timing(asked: Comparison) -> str:
    """Since when a patient counts as one who reached the state; "" for other groups."""
    if asked.state is None:
        return ""
    month = f"{asked.landmark:g}"
    return {
        "time-dependent": f"{asked.state.since}; curves from month {month}, hazard ratio and "
        "Mantel-Byar test from the start",
        "landmark": f"{asked.state.by_then} by the landmark at month {month}, clock restarted there",
        "ever": f"{asked.state.by_then} at any time; no test",
    }[asked.timing]


def since(asked: Comparison) -> str:
    """The same without the curves, for what draws none: all follow-up counts from the start."""
    return asked.state.since if asked.state and asked.changing else timing(asked)


def from_start(asked: Comparison) -> str:
    """The same for what counts all follow-up from the start, and why its n are not the curves'."""
    if asked.state is None or not asked.changing:
        return timing(asked)
    words = asked.state.words
    return (
        f"{asked.state.since}; n and events count from the start, where everyone is "
        f"{words.not_yet} until the {words.noun}: whoever {words.does} later is in both groups"
    )
