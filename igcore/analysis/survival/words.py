"""Title and method of a comparison, in words."""

from __future__ import annotations

from igcore.analysis.comparing import RESPONDERS, words_of
from igcore.analysis.survival import recovery_groups, state_words
from igcore.analysis.survival.groups import Comparison
from igcore.definitions import DAYS_PER_MONTH

BANNER = (
    "Biased: responders had to survive until they responded. "
    "Not evidence that response or IgA recovery prolongs survival."
)


def banner(asked: Comparison) -> str:
    """The warning for "ever"; "" for everything else."""
    if asked.timing != "ever":
        return ""
    if asked.group == "recovery":
        return (
            "Biased: patients had to survive until they recovered. "
            f"Not evidence that {asked.rule.analyte[0]} recovery prolongs survival."
        )
    return BANNER


def title(asked: Comparison) -> str:
    """What is compared, by what."""
    if asked.group == "response":
        return f"{asked.endpoint} by response ({RESPONDERS[asked.responder]})"
    if asked.group == "recovery":
        return f"{asked.endpoint} by recovery of {asked.rule.analyte[0]}"
    return f"{asked.endpoint} by {words_of(asked.group)}"


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
    """Since when a patient counts as one who responded or recovered; "" for other groups."""
    if asked.group == "recovery":
        what = recovery_groups.words(asked.rule, asked.state)
        since, who = f"{what}; counted from its day on", f"{what}; recovered"
    else:
        depth = f"({RESPONDERS[asked.responder]})"
        since, who = f"response {depth} counted from its day on", f"responders {depth}"
    month = f"{asked.landmark or 0:g}"
    words = {
        "time-dependent": f"{since}; curves from month {month}, hazard ratio and Mantel-Byar test "
        "from the start",
        "landmark": f"{who} by the landmark at month {month}, clock restarted there",
        "ever": f"{who} at any time; no test",
    }
    return words.get(asked.timing, "")


def from_start(asked: Comparison) -> str:
    """The same for what counts all follow-up from the start, and why its n are not the curves'."""
    if not asked.simon_makuch:
        return timing(asked)
    since = timing(asked).partition("; curves from")[0]
    yes, no = {
        "response": ("responds", "a non-responder"),
        "recovery": ("recovers", "not recovered"),
    }[asked.group]
    return (
        f"{since}; n and events count from the start, where everyone is {no} until the "
        f"{state_words.NOUNS[asked.group]}: whoever {yes} later is in both groups"
    )
