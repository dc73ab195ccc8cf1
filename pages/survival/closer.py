"""What else the same comparison of survival tells, behind tabs."""

from __future__ import annotations

import streamlit as st

from igcore.analysis import Query, Result
from pages.survival import adjusted, doubts, forest, read_off, swimmer


def _read_off(query: Query, result: Result) -> None:
    read_off.read_off(result)
    read_off.landmarks(result)
    doubts.doubts(result)


def _forest(query: Query, result: Result) -> None:
    if query.values.get("timing") == "ever":
        st.info(
            "Hazard ratios by trial and subgroup are not drawn from the biased comparison. Count "
            "the response from its day on or at a landmark."
        )
        return
    forest.forest(query)


SECTIONS = {
    "Read off the curves": _read_off,
    "By trial and subgroup": _forest,
    "Adjusted": adjusted.section,
    "Patient by patient": swimmer.section,
}


def closer(query: Query, result: Result) -> None:
    """The sections; each is counted when its tab is opened."""
    tabs = st.tabs(list(SECTIONS), key="survival-closer", on_change="rerun")
    for tab, section in zip(tabs, SECTIONS.values(), strict=True):
        if tab.open:
            with tab:
                section(query, result)
