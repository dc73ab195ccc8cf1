"""What is read off the curves: medians, rates, restricted means, and the same at two landmarks."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from igcore.analysis import Result
from igcore.analysis.states.listed import STATES
from igcore.figures import style


def read_off(result: Result) -> None:
    """Medians and rates, restricted means and follow-up, in words that a paper would use."""
    st.subheader("Read off the curves", anchor=False)
    name = {
        row.group: style.name_of(row.group, result) for row in result.table("groups").itertuples()
    }
    rows = {
        name[row.group]: {
            "n": f"{row.n:,}",
            "Events": f"{row.events:,}",
            "Median, months": style.interval(row.median, row.median_lower, row.median_upper),
        }
        for row in result.table("groups").itertuples()
    }
    rates = result.tables.get("rates", pd.DataFrame(columns=["group"]))
    for row in rates.itertuples():
        cell = "-"
        if row.survival == row.survival:
            low, high = (100 * row.lower, 100 * row.upper)
            cell = f"{style.interval(100 * row.survival, low, high, 0)} %"
        rows[name[row.group]][f"At month {row.month:g}"] = cell
    for row in result.tables.get("rmst", rates.head(0)).itertuples():
        cell = style.interval(row.mean, row.lower, row.upper)
        rows[name[row.group]][f"Mean to month {row.horizon:g}"] = cell
    frame = pd.DataFrame.from_dict(rows)
    frame.index.name = "95 % limits in brackets"
    st.dataframe(frame, alt="Medians, rates and restricted means of the groups, 95 % limits")
    st.caption(_follow_up(result))


def _follow_up(result: Result) -> str:
    """Since when the months of the table count, and those of the follow-up."""
    row = result.table("follow_up").iloc[0]
    words = style.interval(row["median"], row["lower"], row["upper"])
    said = f"Median follow-up of all (reverse Kaplan-Meier): {words} months"
    month = result.asked.get("landmark")
    if not month:
        return f"Months count from the start. {said}."
    late = f"landmark at month {month:g}"
    since = f"after the {late}" if result.asked["timing"] == "landmark" else "from the start"
    return f"All months in the table are months after the {late}. {said} {since}."


def landmarks(result: Result) -> None:
    """Two landmarks beside each other, and who is left out of each."""
    if "landmarks" not in result.tables:
        return
    st.subheader("The same question at another landmark", anchor=False)
    words = STATES[result.asked["group"]].words
    (yes, no), later = words.names, words.later_name
    rows = [
        {
            "Landmark": f"month {row.landmark:g}",
            yes: f"{row.responders:,}",
            no: f"{row.non_responders:,}",
            "Left out before it": f"{row.left_out_responders:,} + {row.left_out_non_responders:,}",
            later: f"{row.later_responders:,}",
            "Classified": style.percent(row.classified),
            "Hazard ratio": ratio(row.hazard_ratio, row.hr_lower, row.hr_upper),
            "Test": style.p_value(row.p),
        }
        for row in result.table("landmarks").itertuples()
    ]
    frame = pd.DataFrame(rows).set_index("Landmark").T
    frame.index.name = "Landmark"
    st.dataframe(frame, alt="Landmarks and who is left out")
    st.caption(
        f"Left out: {yes.lower()} + {no.lower()} whose event or censoring came by the landmark. "
        "Classified: of all who ever get there, the share who had by the landmark."
    )


def ratio(ratio: float, lower: float, upper: float) -> str:
    return style.interval(ratio, lower, upper, 2) if ratio == ratio else "not estimable"
