"""The recovery rule: its parameters, declared once for every analysis that uses it."""

from __future__ import annotations

from typing import Annotated

from igcore.params import Choice, Choices, Number
from igcore.store.schema import ISOTYPES

FINALS = {
    "last": "Last on treatment",
    "best": "Best",
    "confirmed": "Confirmed by two consecutive samples",
}
DENOMINATORS = {
    "treated": "All treated",
    "assessable": "Assessable (isotype not involved)",
    "evaluable": "Evaluable (baseline and a later value)",
    "low": "Evaluable and low at baseline",
}
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
REASONS = {
    "isotype_unknown": "type of monoclonal protein unknown",
    "involved": "the myeloma's own isotype",
    "replacement_at_baseline": "immunoglobulin replacement at baseline",
    "no_baseline": "no baseline value",
    "no_post_baseline": "no value after the start",
    "only_after_replacement": "only values under replacement",
    "not_confirmed": "not confirmed by a second sample",
}

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
Final = Annotated[
    str, Choice(label="Final value", options=FINALS, says="Which later value is judged.")
]
Denominator = Annotated[
    str, Choice(label="Out of", options=DENOMINATORS, says="Which patients the share is out of.")
]


def rule_words(rise: float, final: str) -> str:
    """The rule as a phrase for captions."""
    value = {"last": "last value on treatment", "best": "best value"}.get(
        final, "value confirmed by the next one"
    )
    return f"rise of at least {rise:g} % over baseline and {value} within the normal range"
