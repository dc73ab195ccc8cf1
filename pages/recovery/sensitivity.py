"""Would another rule say the same? All rules and denominators, so that none is picked in silence."""

from __future__ import annotations

import streamlit as st

from igcore.analysis import Result
from igcore.figures.recovery import sensitivity
from igcore.figures.views import SENSITIVITY
from pages.shared import layout
from pages.shared.text import safe


def section(result: Result) -> None:
    """The figure of every combination, and how far they disagree."""
    st.subheader("Would another rule say the same?", anchor=False)
    table = result.table("sensitivity")
    if table.empty:
        st.info("Nobody was treated, so no rule has a patient to judge.")
        return
    st.markdown(
        "The share depends on which value is judged and on who it is out of. Here is every "
        "combination; all else of the rule stays as chosen."
    )
    layout.figure(SENSITIVITY, result)
    st.markdown("\n".join(f"- {safe(sentence)}" for sentence in sensitivity.spread(result)))
