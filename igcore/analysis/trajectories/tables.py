"""Tables of trajectories: counts, summary per visit, drawn lines and the events on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from igcore.definitions import DAYS_PER_MONTH
from igcore.store import Pool

POINTS = 20_000  # drawn at most; a browser moves so many without delay
FIRST = 2_000  # patients among whom lines are looked for, before more are
ORDER = (
    *("responder", "non-responder"),
    *("improved", "not improved", "indeterminate", "not evaluable", "not assessable"),
)
FEW = 5  # patients; a visit with fewer is not drawn beside visits of twice as many
MARK_AFTER = (
    31 / DAYS_PER_MONTH
)  # months after a patient's last value in which an event is still marked
PANEL = (
    *("analyte", "group", "patients", "points", "grey_points", "low_min", "low_max"),
    *("high_min", "high_max", "ratio_min", "ratio_max"),
)
TOLD = (
    *("analyte", "measured", "involved", "unknown", "without_group", "without_baseline_values"),
    *("without_limits_values", "default_limits_values", "bound_values", "replaced_values"),
    *("not_positive_values", "laboratory"),
)
NUMBERS = ("month", "day", "y", "level", "low", "high")
LINE = (
    *("patient_key", "analyte", "group", "month", "day", "y", "level", "operator", "low", "high"),
    *("contains", "replaced", "verdict"),
)


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What is drawn: style; only y > 0; values on their visit; M-protein in grey; events."""

    style: str
    positive: bool
    windows: bool
    grey: bool
    marks: bool


def tables(
    pool: Pool, values: dict[str, Any], drawing: Drawing
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, pd.Series]:
    """Everything that is drawn; counts per analyte that a reader is told; patients of the cohort."""
    summary = _summary(pool.rows("trajectories_summary", **values), drawing.style)
    summarised = drawing.style != "lines"
    counts = pool.rows(
        "trajectories_counts",
        **values,
        grey=drawing.grey,
        positive=drawing.positive,
        windows=drawing.windows or summarised,
        summary=summarised,
    )
    panels = counts.loc[counts.part == "panel", list(PANEL)].fillna({"patients": 0, "points": 0})
    whole = dict.fromkeys(("patients", "points", "grey_points"), "int64")
    lines = _no_lines() if summarised else _lines(pool, values, drawing)
    found = pd.DataFrame(columns=["analyte", "group", "kind", "month", "patient_key", "y"])
    if drawing.marks and len(lines):
        events = pool.rows(
            "trajectories_marks",
            version=values["version"],
            keys=lines.patient_key.unique().tolist(),
        )
        found = on_lines(events, lines)
    drawn = {
        "summary": _ordered(summary.assign(drawn=_enough(summary))),
        "panels": _ordered(panels.astype(whole)),
        "lines": lines,
        "marks": found,
    }
    told = counts.loc[counts.part == "told", list(TOLD)].reset_index(drop=True)
    told = told.astype(dict.fromkeys(TOLD[1:-1], "int64"))
    return (
        drawn,
        told,
        counts.loc[counts.part == "people", ["treated", "shown"]].astype(int).iloc[0],
    )


def _no_lines() -> pd.DataFrame:
    """The table of lines where there are none."""
    rows = pd.DataFrame(columns=list(LINE), dtype=object)
    return rows.astype({**dict.fromkeys(NUMBERS, float), "replaced": bool})


def _lines(pool: Pool, values: dict[str, Any], drawing: Drawing) -> pd.DataFrame:
    """Lines of all patients, or of the first in the fixed order that POINTS values are enough for."""
    who = {"version": values["version"], "who": values["who"]}
    most = FIRST
    while True:
        keys = pool.rows("trajectories_order", **who, most=most).patient_key.to_numpy()
        rows = pool.rows(
            "trajectories_lines",
            **{**values, "who": {**values["who"], "members": _bits(keys)}},
            grey=drawing.grey,
            positive=drawing.positive,
            windows=drawing.windows,
            points=POINTS,
        )
        if len(keys) < most or (len(rows) and rows.found.iloc[0] > POINTS):
            return rows.drop(columns="found")
        most *= 16


def _bits(keys: np.ndarray) -> bytes:
    """One bit per patient key, as a cohort binds its members."""
    bits = np.zeros(int(keys.max(initial=0)) + 1, dtype=bool)
    bits[keys] = True
    return np.packbits(bits).tobytes()


def _enough(summary: pd.DataFrame) -> pd.Series:
    """Which visits are drawn: not the last few patients of a group, whose median jumps about."""
    most = summary.groupby(["analyte", "group"]).n.transform("max")
    return (summary.n >= FEW) | (most < 2 * FEW)


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order of their groups' names, our own names in their natural order."""
    places = {name: place for place, name in enumerate(ORDER)}
    rank = rows["group"].map(lambda name: (places.get(name, len(ORDER)), name))
    by = ["analyte", "rank", "month"] if "month" in rows else ["analyte", "rank"]
    return rows.assign(rank=rank).sort_values(by, ignore_index=True).drop(columns="rank")


def _summary(rows: pd.DataFrame, style: str) -> pd.DataFrame:
    """Counts per visit with what is drawn: median and quartiles, or mean and limits."""
    keys = ["analyte", "group", "month"]
    if style != "mean":
        return rows[[*keys, "n", "median", "q1", "q3"]]
    from scipy.stats import t

    rows = rows[rows.log_n > 0].reset_index(drop=True)
    n = rows.log_n.to_numpy(float)
    reach = t.ppf(0.975, np.maximum(n - 1, 1)) * rows.log_sd.to_numpy(float) / np.sqrt(n)
    centre = rows.log_mean.to_numpy(float)
    return rows[keys].assign(
        n=rows.log_n,
        mean=np.exp(centre),
        lower=np.exp(centre - reach),
        upper=np.exp(centre + reach),
    )


def on_lines(events: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Where each event stands on the lines of its patient: between the values around it.

    An event before the first value, or more than 31 days after the last one, has no place on a
    line. A replacement is marked on IgG alone, which it raises.
    """
    own = lines.loc[lines.contains.isna(), ["patient_key", "analyte", "group", "month", "y"]]
    own = own.astype({"month": float}).sort_values("month")
    names = own[["patient_key", "analyte", "group"]].drop_duplicates()
    asked = events.astype({"month": float}).merge(names, on="patient_key").sort_values("month")
    asked = asked[(asked.kind != "immunoglobulin replacement") | (asked.analyte == "IgG")]
    by = ["patient_key", "analyte"]
    right = own.drop(columns="group")
    before = right.assign(at=right.month).rename(columns={"at": "month_1", "y": "y_1"})
    after = right.assign(at=right.month).rename(columns={"at": "month_2", "y": "y_2"})
    found = pd.merge_asof(asked, before, on="month", by=by)
    found = pd.merge_asof(found, after, on="month", by=by, direction="forward")
    ends = found.month_2.isna()
    gap = (found.month_2 - found.month_1).where(lambda wide: wide > 0, np.inf)
    between = found.y_1 + (found.y_2 - found.y_1) * (found.month - found.month_1) / gap
    found["y"] = np.where(ends, found.y_1, between)
    near = ~ends | (found.month - found.month_1 <= MARK_AFTER)
    found = found[found.month_1.notna() & near]
    keys = ["analyte", "group", "kind", "month", "patient_key"]
    return found[[*keys, "y"]].sort_values(keys, ignore_index=True)
