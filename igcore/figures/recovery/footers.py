"""The footer of each figure of the recovery page: what is true of that figure and of no other."""

from __future__ import annotations

from dataclasses import fields, replace

from igcore.analysis.result import Result
from igcore.analysis.rule import INTERVALS, Rule
from igcore.figures.recovery.waterfall_words import final_words
from igcore.figures.trajectories.axes import asked


def rule_of(result: Result) -> Rule:
    """The rule of a result, from its query; what the query leaves out is as usual."""
    given = {}
    for one in fields(Rule):
        texts = asked(result, one.name)
        if texts:
            is_number = isinstance(one.default, int | float)
            given[one.name] = float(texts[0]) if is_number else texts[0]
    if "analyte" in given:
        given["analyte"] = tuple(asked(result, "analyte"))
    return Rule(**given)


def flow(result: Result) -> Result:
    """The result with the footer of the flow: steps, and no interval."""
    return _with(
        result,
        "Assessable: not the isotype of the myeloma itself. Evaluable: with a baseline and a later "
        f"value that counts ({final_words(result)}). Low: the baseline is below the lower limit of "
        f"{_limits(result)}. Each patient who left is counted once, "
        "under the first reason that applies.",
    )


def shift(result: Result) -> Result:
    """The result with the footer of the shift: classes, and no interval."""
    return _with(
        result,
        f"Assessable patients. Final value: {final_words(result)}. Classes by the "
        f"limits of {_limits(result)}; missing: no such value. Counts, all trials together.",
    )


def waterfall(result: Result) -> Result:
    """The result with the footer of the waterfall: one value per patient, and no interval."""
    return _with(
        result,
        f"Evaluable patients, each isotype by itself. Improved: {rule_of(result).words()}. Bars "
        "are single patients' changes and have no interval.",
    )


def change(result: Result) -> Result:
    """The result with the footer of the paired change."""
    return _with(
        result,
        f"Evaluable patients, all trials together. Final value: {final_words(result)}. Geometric mean "
        "of final value ÷ baseline with a 95 % t interval on the log scale; p of the Wilcoxon "
        "signed rank test, adjusted over the isotypes (Holm).",
    )


def sensitivity(result: Result) -> Result:
    """The result with the footer of the sensitivity: what all rows share."""
    rule = rule_of(result)
    limits = "normal range" if rule.range == "own" else f"normal range of {rule.range}"
    interval = INTERVALS[(asked(result, "interval") or ["wilson"])[0]]
    return _with(
        result,
        f"In every row, improved is a rise of at least {rule.rise:g} % over baseline and a final "
        f"value within the {limits}; rows differ in which value is the final one and in who the "
        f"share is out of. {interval} 95 % interval; shares are crude (sum over trials).",
    )


def _limits(result: Result) -> str:
    """Whose limits part low, normal and high."""
    limits = rule_of(result).range
    return "each value's own record" if limits == "own" else f"the range of {limits}"


def _with(result: Result, method: str) -> Result:
    return replace(result, method=f"{method} {rule_of(result).departures()}".rstrip())
