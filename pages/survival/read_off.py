"""Parts of the survival page: its controls, what is read off the curves, landmarks, forest."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from igcore.analysis import Query, Result
from igcore.errors import Refused
from igcore.figures import style
from igcore.figures.survival.forest import describe, forest_figure
from pages.parts.survival.query import same
from pages.shared import layout, view
from pages.shared.text import safe

LITTLE = 0.05  # p-values below it are called signs


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
    yes, no, later = "Responders", "Non-responders", "Respond later"
    if result.asked["group"] == "recovery":
        yes, no, later = "Recovered", "Not recovered", "Recover later"
    rows = [
        {
            "Landmark": f"month {row.landmark:g}",
            yes: f"{row.responders:,}",
            no: f"{row.non_responders:,}",
            "Left out before it": f"{row.left_out_responders:,} + {row.left_out_non_responders:,}",
            later: f"{row.later_responders:,}",
            "Classified": style.percent(row.classified),
            "Hazard ratio": _ratio(row.hazard_ratio, row.hr_lower, row.hr_upper),
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


def _ratio(ratio: float, lower: float, upper: float) -> str:
    return style.interval(ratio, lower, upper, 2) if ratio == ratio else "not estimable"


def doubts(result: Result) -> None:
    """What speaks for and against one hazard ratio: proportionality and the trials' agreement."""
    lines = []
    moving = result.tables.get("proportional_hazards")
    if moving is not None:
        said = _verdict(moving.p.iloc[-1], "{} that the ratio changes over time")
        lines.append(f"{said} Score test of proportional hazards, as R's cox.zph.")
    for row in result.tables.get("rmst_difference", pd.DataFrame()).itertuples():
        size = style.interval(row.difference, row.lower, row.upper)
        pair = f"{style.name_of(row.group, result)} less {style.name_of(row.reference, result)}"
        said = _verdict(row.p, f"{{}} that mean times to month {row.horizon:g} differ")
        lines.append(f"{said} {pair}: {size} months, whatever the ratio does over time.")
    for row in result.tables.get("interaction", pd.DataFrame()).itertuples():
        said = _verdict(row.p, "{} that the ratio differs between trials")
        lines.append(f"{said} Likelihood-ratio test of group by trial.")
    pooled = result.tables.get("pooling", pd.DataFrame())
    for row in pooled.itertuples():
        ratio = _ratio(row.hazard_ratio, row.hr_lower, row.hr_upper)
        name = f"{style.name_of(row.group, result)}: " if len(pooled) > 1 else ""
        said = _verdict(row.q_p, "{} that the trials' own ratios scatter beyond chance")
        lines.append(
            f"{name}{said} Pooled in two stages, as a check: HR {ratio}; Q = {row.q:.2f}, "
            f"I² = {style.percent(row.i2)}."
        )
    lines += [remark for remark in dict.fromkeys(pooled.get("remark", ())) if remark]
    if lines:
        st.subheader("Does one hazard ratio fit?", anchor=False)
        st.markdown("\n".join(f"- {safe(line)}" for line in lines))


def _verdict(p: float, words: str) -> str:
    """One plain sentence on a test: what it says first, the number behind it."""
    sign = "Signs" if p < LITTLE else "No sign" if p == p else "No test"
    return f"{words.format(sign)} ({style.p_value(p)})." if p == p else f"{words.format(sign)}."


def forest(query: Query) -> None:
    """Hazard ratios by trial and subgroup; nothing for the biased comparison."""
    if query.values.get("timing") == "ever":
        return
    st.subheader("By trial and subgroup", anchor=False)
    try:
        result = view.answer(same(query, "subgroups"))
    except Refused as refusal:
        st.info(safe(str(refusal)))
        return
    tables = {name: result.table(name) for name in result.tables}
    layout.figure(forest_figure(result, dark=view.dark()), "forest", describe(result), tables)
    layout.notes(result)
