"""Who is counted: assessable, evaluable, low at baseline, in a denominator, and why others left.

Everything takes rows of the table verdicts, one per patient and isotype, or rows of
sql/recovery_counts.sql or sql/recovery_sensitivity.sql, one per kind of patient, which say themselves
whether they are assessable, evaluable and improved (b4 of the domain).
"""

from __future__ import annotations

import pandas as pd

from igcore.analysis.rule import UNJUDGED

CLASSES = ("low", "normal", "high", "missing")
STEPS = ("treated", "assessable", "evaluable", "low")
IMPROVED = ("improved_from_low", "improved_from_normal", "improved_from_high")


def assessable(rows: pd.DataFrame) -> pd.Series:
    """Which rows are of an isotype that is not the myeloma's own."""
    return rows.assessable if "assessable" in rows else rows.verdict != "not_assessable"


def evaluable(rows: pd.DataFrame) -> pd.Series:
    """Which assessable rows have a baseline and a later value that counts."""
    return rows.evaluable if "evaluable" in rows else ~rows.verdict.isin(UNJUDGED)


def improved(rows: pd.DataFrame) -> pd.Series:
    """Which rows have a verdict that counts as improved."""
    return rows.improved if "improved" in rows else rows.verdict.isin(IMPROVED)


def inside(rows: pd.DataFrame, denominator: str, missing: str = "left-out") -> pd.Series:
    """Which rows are in a denominator.

    Args:
        denominator: a code of `igcore.analysis.rule.DENOMINATORS`, which are STEPS.
        missing: a code of `igcore.analysis.rule.MISSING`: whether assessable patients without a
            value stay in, as not improved.
    """
    if denominator == "treated":
        return pd.Series(True, index=rows.index)
    if denominator == "assessable":
        return assessable(rows)
    known = assessable(rows) if missing == "not-improved" else evaluable(rows)
    return known & (rows.baseline_class == "low") if denominator == "low" else known


def left(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that do not remain to the last of STEPS, each once.

    Returns:
        the rows with step, for which they left, and reason: a code of `igcore.analysis.rule.REASONS`
        or, of the evaluable, their class: "normal_at_baseline", "high_at_baseline".
    """
    told = rows[~evaluable(rows)]
    told = told.assign(step=assessable(told).map({True: "evaluable", False: "assessable"}))
    other = rows[evaluable(rows) & (rows.baseline_class != "low")]
    other = other.assign(reason=other.baseline_class + "_at_baseline", step="low")
    return pd.concat([told, other])


def shifting(rows: pd.DataFrame) -> pd.DataFrame:
    """The assessable with both of their CLASSES; where there is no value it is "missing"."""
    some = rows[assessable(rows)]
    names = ("baseline_class", "final_class")
    return some.assign(**{name: some[name].fillna("missing") for name in names})
