"""What the comparison of responders with non-responders says in words: odds ratios, tests, gaps."""

from __future__ import annotations

import math

import pandas as pd

from igcore.analysis.estimators.two_by_two import uninformative
from igcore.analysis.recovery.counts import POOLED
from igcore.analysis.recovery.members import inside
from igcore.analysis.result import Result
from igcore.analysis.states.response import RESPONDERS
from igcore.figures import style
from igcore.figures.recovery.words import denominator
from igcore.figures.style import Ink

GROUPS = ("responder", "non-responder")
NO_RESPONSES = (
    "None of these trials has dated responses, so nobody can be called a responder or a "
    "non-responder. Add responses with their days on the Upload page."
)
NO_INTERVAL = (
    "In every trial one of the four counts (improved or not, among responders or the others) is 0, "
    "so the odds ratio has no interval."
)
LONGEST = 16  # characters of a trial's name beside a row


def colour(group: str, colours: Ink) -> str:
    """The colour of responders or non-responders; never taken for an uploaded name."""
    return colours.groups[style.FIXED[group]]


def dash(group: str) -> str:
    """The dash of responders or non-responders."""
    return style.DASHES[style.FIXED[group]]


def key(inner: int, colours: Ink) -> dict:
    """The legend between title and column heads; `inner`: height of the plots in pixels."""
    return {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "y": 1 + 48 / inner,
        "yanchor": "bottom",
        "itemclick": False,
        "itemdoubleclick": False,
        "bgcolor": "rgba(0, 0, 0, 0)",
        # A saved figure has another font; without a width its wider words would be cut.
        "entrywidth": 246,
        "entrywidthmode": "pixels",
        "font": {"size": 14, "color": colours.text},
    }


def least(result: Result) -> str:
    """The least response that counts, such as "PR or better"."""
    return RESPONDERS[result.asked["responder"]]


def trial_name(trial: str, result: Result) -> str:
    """A trial's name for a row, safe to show, cut where it is too long."""
    if trial == POOLED:
        return style.name_of(trial, result)
    return style.plain(trial if len(trial) <= LONGEST else f"{trial[: LONGEST - 1]}…")


def compared(result: Result) -> pd.DataFrame:
    """The 2x2 tables to show: of isotypes with anybody in the denominator, without the sum of a
    single trial."""
    table = result.table("two_by_two")
    people = table.responder_n + table.non_responder_n
    some = table[people.groupby(table.analyte).transform("sum") > 0]
    if some.empty:
        return some
    alone = some.groupby("analyte").trial.transform("nunique") == 2
    return some[~(alone & (some.trial == POOLED))].reset_index(drop=True)


def bound(value: float) -> str:
    """An odds ratio or its limit: two or three figures, infinity as its sign."""
    if math.isinf(value):
        return "∞"
    if 0 < value < 0.01:
        return "< 0.01"
    return f"{value:,.0f}" if value >= 100 else style.number(value, 1 if value >= 10 else 2)


def ratio(value: float, lower: float, upper: float) -> str:
    """An odds ratio with its 95 % limits, "not estimable" where nothing can be said."""
    if math.isnan(value):
        return "not estimable"
    if math.isnan(lower):
        return f"{bound(value)} (no limits)"
    return f"{bound(value)} ({bound(lower)} to {bound(upper)})"


def unknown(row: dict) -> str:
    """Why a 2x2 table has no odds ratio."""
    numbers = (row["responder_n"], row["non_responder_n"])
    if not any(numbers):
        return "no patients"
    if not all(numbers):
        return "no non-responders" if numbers[0] else "no responders"
    return "all improved" if row["responder_improved"] else "nobody improved"


def conclusion(result: Result) -> str:
    """What was found, all trials together, as one sentence; empty where nobody is compared."""
    shown = compared(result)
    table = result.table("two_by_two")
    pooled = table[(table.trial == POOLED) & table.analyte.isin(set(shown.analyte))]
    parts = [
        f"{row.analyte} in {row.responder_improved:,}/{row.responder_n:,} responders and "
        f"{row.non_responder_improved:,}/{row.non_responder_n:,} others"
        for row in pooled.itertuples()
    ]
    return f"Improved, all trials together: {'; '.join(parts)}." if parts else ""


def remarks(result: Result) -> list[str]:
    """What the figure of the 2x2 tables cannot show, as sentences; user text as it stands."""
    table = result.table("two_by_two")
    shown = compared(result)
    empty = [name for name in dict.fromkeys(table.analyte) if name not in set(shown.analyte)]
    found = []
    if empty:
        nobody = f"nobody is among the {denominator(result)}, so there is nothing to compare"
        found.append(f"{', '.join(empty)}: {nobody}.")
    if shown.empty:
        return found
    if POOLED in set(shown.trial):
        found.append(
            "Shares of all trials are sums over the trials. Their odds ratio compares patients "
            "within each trial only (Mantel-Haenszel), so the two can point in different "
            "directions where trials differ."
        )
    else:
        found.append("Only one trial has dated responses: there are no trials to combine.")
    gaps: dict[str, list[str]] = {}  # what is said -> of which isotypes
    for row in _stratified(result).itertuples():
        gaps.setdefault(_gaps(row, table), []).append(row.analyte)
    return found + [f"{', '.join(names)}: {said}" for said, names in gaps.items() if said]


def _gaps(row, table: pd.DataFrame) -> str:
    """Which trials do not enter an isotype's odds ratio and why, and what it has not."""
    said = []
    for one in table[(table.analyte == row.analyte) & (table.trial != POOLED)].itertuples():
        others = (one.non_responder_improved, one.non_responder_n)
        why = uninformative(one.responder_improved, one.responder_n, *others)
        if why:
            said.append(f"Without trial {one.trial}: {why}.")
    if row.strata == 0:
        said.append("No trial compares the two groups.")
    elif math.isnan(row.lower):
        said.append(NO_INTERVAL)
    return " ".join(said)


def tests(result: Result) -> pd.DataFrame:
    """Tests stratified by trial, formatted: one row per test, one column per isotype of which some
    trial compares the groups."""
    columns = {}
    table = _stratified(result)
    for row in table[table.strata > 0].itertuples():
        columns[row.analyte] = {
            "Trials that compare": f"{row.strata}",
            "Mantel-Haenszel odds ratio (95 % limits)": ratio(row.odds_ratio, row.lower, row.upper),
            "CMH test (df 1)": _test(row.cmh, row.cmh_p),
            "Same, continuity correction": _test(row.cmh_corrected, row.cmh_corrected_p),
            "Breslow-Day test": _test(row.breslow_day, row.breslow_day_p, row.breslow_day_df),
        }
    return pd.DataFrame(columns)


def tests_in_words(result: Result) -> list[str]:
    """The tests of each isotype as sentences that a stranger understands."""
    return [
        f"{row.analyte}: {_association(row)} {_homogeneity(row)}"
        for row in _stratified(result).itertuples()
    ]


def _stratified(result: Result) -> pd.DataFrame:
    table = result.table("stratified")
    return table[table.analyte.isin(set(compared(result).analyte))]


def _test(statistic: float, p: float, df: int | None = None) -> str:
    if math.isnan(statistic):
        return "not estimable"
    freedom = f" (df {df})" if df else ""
    return f"χ² {style.number(statistic, 2)}{freedom}, {style.p_value(p)}"


def _often(p: float) -> str:
    return "less than 0.1 %" if p < 0.001 else style.percent(p)


def _association(row) -> str:
    if row.strata == 0:
        return "no trial has patients in both groups of whom some improved and some did not."
    return (
        f"without any association, a difference this large would come up in {_often(row.cmh_p)} "
        f"of samples ({_often(row.cmh_corrected_p)} with the continuity correction)."
    )


def _homogeneity(row) -> str:
    if row.strata == 0:
        return "Nothing is tested."
    if row.strata == 1:
        return "Trials are not compared: only one of them carries information."
    if math.isnan(row.breslow_day_p):
        return "Whether the trials agree cannot be tested: the odds ratio is 0 or infinite."
    return (
        "With one odds ratio in all trials, they would differ this much in "
        f"{_often(row.breslow_day_p)} of samples."
    )


def behind(place: list, result: Result) -> tuple[str, pd.DataFrame]:
    """The patients of a bar: a heading (user text as it stands) and their rows of `verdicts`.

    Args:
        place: the bar's `customdata`, ["response", isotype, trial, group].
    """
    _, analyte, trial, group = place
    rows = result.table("verdicts")
    table = result.table("two_by_two")
    trials = set(table.trial) - {POOLED} if trial == POOLED else {trial}
    rows = rows[(rows.analyte == analyte) & rows.trial.isin(trials)]
    rows = rows[inside(rows, result.asked["denominator"], result.asked.get("missing", ""))]
    who = "responders and non-responders"
    if "responder" in rows:
        rows = rows[rows.responder == (group == "responder")]
        who = style.WORDS[group].lower()
    return f"{analyte}, {'all trials' if trial == POOLED else trial}: {who}", rows
