"""Words of the sensitivity: names of the combinations, how far they disagree, the printed table."""

from __future__ import annotations

import pandas as pd

from igcore.analysis.result import Result, counted
from igcore.analysis.rule import DENOMINATORS, FINALS
from igcore.figures import style
from igcore.figures.trajectories.axes import asked

GROUPS = {
    "treated": "Of all treated",
    "assessable": "Of the assessable",
    "evaluable": "Of the evaluable",
    "low": "Of the evaluable, low at baseline",
}


def lines() -> list[tuple[str, str]]:
    """(denominator, final) from top to bottom; a group's heading has no final."""
    return [(denominator, final) for denominator in DENOMINATORS for final in ("", *FINALS)]


def counts(row: object) -> str:
    """Improved and all: "124/234"."""
    return f"{row.improved:,}/{row.n:,}"


def with_limits(row: object) -> str:
    """A share with its limits: "53.0 % (46.6 to 59.3)"."""
    return f"{style.percent(row.share)} ({100 * row.lower:.1f} to {100 * row.upper:.1f})"


def chosen(result: Result) -> tuple[str, str] | None:
    """(denominator, final) of the page; None if it counts missing values, which no row here does."""
    denominator, final, missing = (
        (asked(result, name) or [""])[0] for name in ("denominator", "final", "missing")
    )
    if missing == "not-improved":
        return None
    return denominator, final


def final_label(final: str, result: Result) -> str:
    """A rule's name in a row."""
    return {
        "last": "Last on treatment",
        "best": "Best",
        "confirmed": "Confirmed by two",
        "month": _month(result),
    }[final]


def _month(result: Result) -> str:
    month, window = (
        (asked(result, name) or [usual])[0] for name, usual in (("month", "6"), ("window", "14"))
    )
    return f"At month {month} ± {window} d"


def key(result: Result) -> str:
    """Which row is the page's own."""
    if chosen(result) in lines():
        return "◆ and the band: the rule of this page; lines: 95 % intervals"
    return (
        "Lines: 95 % intervals; missing values are left out here, while this page counts them as "
        "not improved"
    )


def spread(result: Result) -> list[str]:
    """How far the rules disagree, a sentence per isotype."""
    table, mine, said = result.table("sensitivity"), chosen(result), []
    for analyte, rows in table.groupby("analyte", sort=False):
        known = rows[rows.n > 0]
        if known.empty:
            said.append(f"{analyte}: no rule has a patient to judge.")
            continue
        words = _extent(known) + (
            f" ({len(rows) - len(known)} more have no patient)" if len(known) < len(rows) else ""
        )
        own = rows[(rows.denominator + " " + rows.final) == " ".join(mine or ())]
        for row in own.itertuples():
            words += "; by the rule of this page " + (
                f"{style.percent(row.share)} ({counts(row)})" if row.n else "nobody is judged"
            )
        said.append(f"{analyte}: {words}.")
    return said


def _extent(rows: pd.DataFrame) -> str:
    low, high = rows.loc[rows.share.idxmin()], rows.loc[rows.share.idxmax()]
    if low.share == high.share:
        return f"{style.percent(low.share)} over {counted(len(rows), 'combination')}"
    return (
        f"between {style.percent(low.share)} ({counts(low)}) and {style.percent(high.share)} "
        f"({counts(high)}) over {len(rows)} combinations"
    )


def printed(result: Result) -> pd.DataFrame:
    """Every combination as text, isotypes in columns: "124/234 = 53.0 % (46.6 to 59.3)"."""
    table = result.table("sensitivity")
    found = [
        {
            "Out of": GROUPS[row.denominator],
            "Final value": final_label(row.final, result),
            "analyte": row.analyte,
            "text": f"{counts(row)} = {with_limits(row)}" if row.n else "0/0",
        }
        for row in table.itertuples()
    ]
    if not found:
        return pd.DataFrame(columns=["Out of", "Final value"])
    wide = pd.DataFrame(found).pivot(
        index=["Out of", "Final value"], columns="analyte", values="text"
    )
    order = [(GROUPS[row], final_label(final, result)) for row, final in lines() if final]
    wide.columns.name = None
    return wide.reindex(order).reset_index()
