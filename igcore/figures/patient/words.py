"""A patient's measurements as a table for readers."""

from __future__ import annotations

import pandas as pd

from igcore.analysis.result import Result
from igcore.figures.patient.course import month
from igcore.figures.patient.panel import CLASSES, COUNTS, MIXED


def measurement_rows(result: Result) -> pd.DataFrame:
    """The measurements in words: value with its sign and unit, limits, and what it is to the rule.

    Values and limits are as given; "by the limits" and "for the rule" are empty where there are no
    limits or the analyte is judged by no rule. "Limits used" names the laboratory whose range stands
    in for the record's own, if that is so for any value.
    """
    rows = result.table("measurements")
    signs = rows.operator.fillna("")
    table = pd.DataFrame(
        {
            "Analyte": rows.analyte,
            "Day": rows.day,
            "Month": month(rows.day).round(1),
            "Time": rows.time,
            "Value": [f"{s}{value:g}" for s, value in zip(signs, rows.value, strict=True)],
            "Unit": rows.unit,
            "Low": rows.low,
            "High": rows.high,
            "By the limits": rows.range_class.map(CLASSES),
            "For the rule": _for_the_rule(result),
        }
    )
    if rows.range_of.notna().any():
        table["Limits used"] = rows.range_of
    return table


def _for_the_rule(result: Result) -> list[str | None]:
    """Baseline and final value by name; of an isotype that is not assessable, why."""
    rows, named, barred = result.table("measurements"), {}, {}
    for row in result.table("verdicts").itertuples():
        if row.verdict == "not_assessable":
            barred[row.analyte] = MIXED.get(row.reason, row.because)
        elif row.verdict != "not_evaluable":
            named[row.analyte, row.baseline_day, _text(row.baseline_time)] = "baseline"
            named[row.analyte, row.final_day, _text(row.final_time)] = "final value"
    return [
        None
        if not isinstance(row.counts, str)
        else barred.get(row.analyte)
        or named.get((row.analyte, row.day, _text(row.time)), COUNTS[row.counts])
        for row in rows.itertuples()
    ]


def _text(time: object) -> str:
    return time if isinstance(time, str) else ""
