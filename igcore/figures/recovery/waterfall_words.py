"""Words of the waterfall: its rule, what its bars cannot show, how to read it."""

from __future__ import annotations

import pandas as pd

from igcore.analysis.result import Result, counted
from igcore.analysis.rule import FINALS
from igcore.figures import style
from igcore.figures.recovery.waterfall_bars import (
    MOST,
    STEPS,
    alone,
    changes,
    hollow,
    known,
    labelled,
    percent,
    whole_percent,
)
from igcore.figures.trajectories.axes import asked

CAP = 300.0  # percent; bars beyond end there, with a mark


def rise_of(result: Result) -> float:
    """The rise that the rule asks for, in percent."""
    return float((asked(result, "rise") or ["25"])[0])


def cap_of(result: Result) -> float:
    """Where bars end, in percent."""
    return max(CAP, 2 * rise_of(result))


def final_words(result: Result) -> str:
    """The final value as a noun."""
    final = (asked(result, "final") or ["last"])[0]
    if final == "month":
        return f"value at month {asked(result, 'month')[0]}"
    return {
        "last": "last value on treatment",
        "best": "best value",
        "confirmed": "confirmed value",
    }.get(final, FINALS[final].lower())


def heading(rows: pd.DataFrame) -> str:
    """Who a panel shows: isotype, n, and patients a bar where they are many."""
    name = f"<b>{style.plain(rows.analyte.iloc[0])}</b>   {len(rows):,} evaluable"
    if alone(rows):
        return f"{name} patient" + ("s" if len(rows) != 1 else "")
    return f"{name}, {len(known(rows)) / STEPS:,.0f} a bar"


def beside(rows: pd.DataFrame, cap: float) -> list[str]:
    """What the bars cannot show: how far the capped go, changes that are not known."""
    parts, drawn = [], known(rows)
    beyond = drawn[drawn.change_percent > cap]
    if len(beyond) > 4:
        most = percent(beyond.change_percent.iloc[0], beyond.change_operator.iloc[0])
        parts.append(f"▲ {len(beyond):,} above {whole_percent(cap)}, up to {most}")
    elif len(beyond) and not labelled(drawn):
        each = [percent(*pair) for pair in zip(*changes(beyond), strict=True)]
        parts.append(f"▲ {', '.join(each)}")
    if len(rows) > len(drawn):
        parts.append(f"{len(rows) - len(drawn):,} without a bar")
    return parts


def reading(result: Result) -> str:
    """How to read the bars, for the page."""
    parts = [rows for _, rows in result.table("waterfall").groupby("analyte")]
    if all(map(alone, parts)):
        bar, click = "Each bar is a patient", "Click a bar to see the patient."
    else:
        bar = f"Above {MOST:,} patients an isotype has {STEPS} bars of equally many patients"
        click = "Click a bar to see its patients; the table and the download hold every one."
    return (
        f"{bar}: how far the judged value lies above or below the baseline. Above the dashed line "
        f"the rise is large enough; colours say whether the value is in the normal range, too. "
        f"{click}"
    )


def remarks(result: Result) -> list[str]:
    """What must be said below the figure, a sentence each."""
    rows, said = result.table("waterfall"), []
    bounds = int(rows.change_operator.notna().sum())
    if bounds:
        looks = "Hollow: " if hollow(rows) else ""
        said.append(
            f"{looks}{counted(bounds, 'change')} known only as a bound, because a value is beyond "
            "quantification; drawn at the bound."
        )
    missing = int(rows.change_percent.isna().sum())
    if missing:
        verb = "is unknown and has" if missing == 1 else "are unknown and have"
        said.append(
            f"{counted(missing, 'change')} {verb} no bar: baseline and final value are both beyond "
            "quantification, or the baseline is 0. The verdicts count them."
        )
    return said


def picked_words(rows: pd.DataFrame) -> str:
    """A heading for the picked rows of verdicts."""
    names = " and ".join(dict.fromkeys(rows.analyte))
    return f"{names}: {counted(rows.patient_key.nunique(), 'patient')} picked in the waterfall"
