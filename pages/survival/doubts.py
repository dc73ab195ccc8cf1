"""What speaks for and against one hazard ratio."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from igcore.analysis import Result
from igcore.definitions import LEVEL
from igcore.figures import style
from pages.shared.text import safe
from pages.survival.read_off import ratio


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
        size = ratio(row.hazard_ratio, row.hr_lower, row.hr_upper)
        name = f"{style.name_of(row.group, result)}: " if len(pooled) > 1 else ""
        said = _verdict(row.q_p, "{} that the trials' own ratios scatter beyond chance")
        lines.append(
            f"{name}{said} Pooled in two stages, as a check: HR {size}; Q = {row.q:.2f}, "
            f"I² = {style.percent(row.i2)}."
        )
    lines += [remark for remark in dict.fromkeys(pooled.get("remark", ())) if remark]
    if lines:
        st.subheader("Does one hazard ratio fit?", anchor=False)
        st.markdown("\n".join(f"- {safe(line)}" for line in lines))


def _verdict(p: float, words: str) -> str:
    """One plain sentence on a test: what it says first, the number behind it."""
    sign = "Signs" if p < LEVEL else "No sign" if p == p else "No test"
    return f"{words.format(sign)} ({style.p_value(p)})." if p == p else f"{words.format(sign)}."
