"""What else the same question tells, behind tabs."""

from __future__ import annotations

import streamlit as st

from igcore.analysis import Result
from pages.recovery import change, flow, responders, sensitivity, shift, verdicts
from pages.shared import people

SECTIONS = {
    "Who is counted": flow.section,
    "From low to normal": shift.section,
    "How much": change.section,
    "Responders": responders.section,
    "Other rules": sensitivity.section,
    "Patients": verdicts.section,
}


def closer(result: Result) -> None:
    """What else the same question tells; each is counted when its tab is opened."""
    tabs = st.tabs(list(SECTIONS), key="recovery-closer", on_change="rerun")
    for tab, (name, section) in zip(tabs, SECTIONS.items(), strict=True):
        if tab.open:
            with tab:
                people.picked(result, section(result), name)
