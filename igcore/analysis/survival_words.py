"""Title and method of a comparison, in words."""

from __future__ import annotations

from igcore.analysis.comparing import RESPONDERS
from igcore.analysis.groups import Comparison
from igcore.analysis.spec import DAYS_PER_MONTH

BANNER = (
    "Biased: responders had to survive until they responded. "
    "Not evidence that response or IgA recovery prolongs survival."
)


def title(asked: Comparison) -> str:
    """What is compared, by what."""
    if asked.group == "response":
        return f"{asked.endpoint} by response ({RESPONDERS[asked.responder]})"
    return f"{asked.endpoint} by {asked.group}"


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
    curve = "Simon-Makuch" if asked.simon_makuch else "Kaplan-Meier"
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
    """Since when a responder counts as one; "" for groups from the start."""
    who = f"({RESPONDERS[asked.responder]})"
    words = {
        "time-dependent": f"response {who} counted from its day on; curves from month "
        f"{asked.landmark:g}, hazard ratio and Mantel-Byar test from the start",
        "landmark": f"responders {who} by the landmark at month {asked.landmark:g}, clock "
        "restarted there",
        "ever": f"responders {who} at any time; no test",
    }
    return words.get(asked.timing, "")
