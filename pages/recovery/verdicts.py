"""Every patient's verdict, narrowed to those that are asked for."""

from __future__ import annotations

import streamlit as st

from igcore.analysis import Result
from igcore.analysis.rule import VERDICTS
from pages.shared import people


def section(result: Result) -> None:
    """Every patient's verdict."""
    st.subheader("Patient by patient", anchor=False)
    table = result.table("verdicts")
    found = [code for code in VERDICTS if code in set(table.verdict)]
    wanted = st.pills(
        "Show", found, format_func=VERDICTS.get, selection_mode="multi", key="recovery-verdicts"
    )
    shown = table[table.verdict.isin(wanted)] if wanted else table
    people.people(result, shown, "all")
    st.caption(f"{len(shown):,} of {len(table):,} verdicts.")
