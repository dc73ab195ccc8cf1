"""What may be chosen for trajectories: the parameters, declared once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import pandas as pd

from igcore.analysis.rule import Final, Range, Rise
from igcore.errors import Refused
from igcore.params import Choice, Choices, Kind
from igcore.store.schema import ISOTYPES

MOST_ANALYTES = 4  # more do not fit beside or below each other on a page
STYLES = {
    "median": "Median and quartiles",
    "mean": "Mean (log scale), 95 % CI",
    "lines": "A line per patient",
}
SCALES = {
    "concentration": "Concentration",
    "change": "Change from baseline",
    "percent": "Percent of baseline",
    "multiple": "Multiple of the lower limit",
    "position": "Position in the range",
}
POSITIVE = ("concentration", "percent", "multiple")  # what a log scale can carry
GROUPS = {
    "none": "All together",
    "response": "Response",
    "trial": "Trial",
    "arm": "Arm",
    "verdict": "Verdict of recovery",
}


def named(rows: pd.DataFrame) -> list[str]:
    """Analytes of these rows: the isotypes, then the others by name."""
    found = set(rows.analyte)
    return [name for name in ISOTYPES if name in found] + sorted(found - set(ISOTYPES))


def _analytes(facts: Any, values: Any) -> dict[str, str]:
    return {name: name for name in named(facts.measured(values["trial"]))}


def _first_analytes(facts: Any, values: Any) -> tuple[str, ...]:
    """The isotypes; without any of them the first other analyte, which the view says."""
    names = named(facts.measured(values["trial"]))
    if not names:
        raise Refused("Analytes: these trials have no measurements. Add them on the Upload page.")
    return tuple(name for name in names if name in ISOTYPES) or (names[0],)


def main_units(rows: pd.DataFrame) -> dict[str, str]:
    """The unit in which most values of each analyte can be shown: g/L, or as given."""
    sums = rows.groupby(["analyte", "unit"], as_index=False).records.sum()
    sums = sums.sort_values(["records", "unit"], ascending=[False, True])
    return dict(sums.drop_duplicates("analyte")[["analyte", "unit"]].to_numpy().tolist())


def _shown(facts: Any, values: Any) -> pd.DataFrame:
    rows = facts.measured(values["trial"])
    return rows[rows.analyte.isin(values["analyte"])]


def limits_differ(rows: pd.DataFrame) -> bool:
    """True when an analyte's records have more than one pair of limits."""
    units = main_units(rows)
    rows = rows[[units[row.analyte] == row.unit for row in rows.itertuples()]]
    spans = rows.groupby("analyte").agg(
        {"low_min": "min", "low_max": "max", "high_min": "min", "high_max": "max"}
    )
    return bool(
        (spans.low_max > spans.low_min * (1 + 1e-9)).any()
        or (spans.high_max > spans.high_min * (1 + 1e-9)).any()
    )


def _scales(facts: Any, values: Any) -> dict[str, str]:
    names = POSITIVE if values["style"] == "mean" else SCALES
    return {name: SCALES[name] for name in names}


def _first_scale(facts: Any, values: Any) -> str:
    """Limits that differ cannot be one band: then values are shown relative to their own."""
    if values.get("range", "own") != "own" or not limits_differ(_shown(facts, values)):
        return "concentration"
    return "multiple" if values["style"] == "mean" else "position"


def _concentration(values: Any) -> bool:
    return values.get("y") in ("concentration", "change")


def _first_unit(facts: Any, values: Any) -> str:
    """The unit in which most of the values were given."""
    rows = _shown(facts, values)
    mass = rows[rows.unit == "g/L"]
    return "mg/dL" if 2 * mass.american.sum() > mass.records.sum() else "g/L"


def _groups(facts: Any, values: Any) -> dict[str, str]:
    judged = set(values["analyte"]) <= set(ISOTYPES)
    return {name: words for name, words in GROUPS.items() if judged or name != "verdict"}


def _when(annotated: Any, applies: Callable[[Any], bool], when: str) -> Kind:
    """A kind declared elsewhere, under a condition of this analysis."""
    return replace(annotated.__metadata__[0], applies=applies, when=when)


def _lines(values: Any) -> bool:
    return values.get("style") == "lines"


def _judged(values: Any) -> bool:
    """Verdicts are shown: as groups, or to the pointer on a line of an isotype."""
    isotypes = bool(set(values["analyte"]) & set(ISOTYPES))
    return values.get("group") == "verdict" or (_lines(values) and isotypes)


AnyAnalytes = Annotated[
    tuple[str, ...],
    Choices(
        label="Analytes",
        options=_analytes,
        fallback=_first_analytes,
        says="Anything that was measured, at most four at once; the isotypes unless named.",
    ),
]
Style = Annotated[
    str, Choice(label="Show", options=STYLES, says="One line per patient, or a summary per visit.")
]
Scale = Annotated[
    str,
    Choice(
        label="Vertical axis",
        options=_scales,
        fallback=_first_scale,
        says="What is drawn. Concentration, or relative to the record's own limits where these "
        "differ between records.",
    ),
]
ShownRange = Annotated[
    str,
    _when(Range, lambda values: bool(set(values["analyte"]) & set(ISOTYPES)), "isotypes are shown"),
]
Unit = Annotated[
    str,
    Choice(
        label="Unit",
        options={"mg/dL": "mg/dL", "g/L": "g/L"},
        fallback=_first_unit,
        applies=_concentration,
        when="a concentration or its change is shown",
        says="Values and limits move together; what is no mass concentration keeps its own unit.",
    ),
]
Axis = Annotated[
    str,
    Choice(
        label="Scale",
        options={"linear": "Linear", "log2": "Logarithmic (doublings)"},
        applies=lambda values: values.get("y") in POSITIVE,
        when="what is shown cannot be negative",
        says="Spacing of the vertical axis.",
    ),
]
Group = Annotated[
    str, Choice(label="Groups", options=_groups, says="A panel for each group of patients.")
]
JUDGED = "verdicts are shown: as groups, or on the lines of an isotype"
JudgedRise = Annotated[float, _when(Rise, _judged, JUDGED)]
JudgedFinal = Annotated[str, _when(Final, _judged, JUDGED)]
Time = Annotated[
    str,
    Choice(
        label="Time",
        options={"days": "Actual days", "visits": "Visit windows"},
        applies=_lines,
        when="there is a line per patient",
        says="Where a value stands: on its own day, or on the visit whose window holds it.",
    ),
]
Involved = Annotated[
    str,
    Choice(
        label="The myeloma's own isotype",
        options={"hidden": "Hidden", "grey": "Grey, not in any summary"},
        applies=lambda values: _lines(values) and bool(set(values["analyte"]) & set(ISOTYPES)),
        when="there is a line per patient of an isotype",
        says="Values that contain M-protein, or may where its type is unknown.",
    ),
]
Marks = Annotated[
    str,
    Choice(
        label="Events",
        options={"shown": "Marked", "hidden": "Not marked"},
        applies=_lines,
        when="there is a line per patient",
        says="Immunoglobulin replacement, transplant and progression on the patient's line.",
    ),
]
Arrangement = Annotated[
    str,
    Choice(
        label="Analytes in",
        options={"rows": "Rows", "columns": "Columns"},
        says="How the panels stand; the groups take the other direction.",
    ),
]
