"""Many patients against the normal ranges."""

from __future__ import annotations

import streamlit as st

from igcore.analysis.trajectories import VERDICT
from igcore.figures.views import TRAJECTORIES
from pages.shared import cohort, layout, view
from pages.trajectories import offer, picked

query = view.query("trajectories")
with st.sidebar:
    cohort.controls(query)
    # The rule of the verdict stands open where the groups are made by it.
    view.controls(query, expanded=[VERDICT.heading] if query.values["group"] == "verdict" else [])

layout.head(
    "Trajectories",
    "How the immunoglobulins of many patients move against the normal ranges of their own "
    "laboratories, in months from first treatment.",
)
layout.newer(query)
result = view.answer(query)
offer.offer(query)
if offer.drawable(query, result):
    picks = layout.figure(TRAJECTORIES, result, picks=True)
    picked.picked(result, picks)
layout.notes(result)
layout.as_text(result)
