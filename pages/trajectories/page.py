"""Many patients against the normal ranges."""

from __future__ import annotations

import streamlit as st

from igcore.figures.trajectories import describe, trajectories_figure
from pages.parts import cohort
from pages.parts import trajectories as parts
from pages.shared import layout, view

query = view.query("trajectories")
with st.sidebar:
    cohort.controls(query)
    parts.controls(query)

layout.head(
    "Trajectories",
    "How the immunoglobulins of many patients move against the normal ranges of their own "
    "laboratories, in months from first treatment.",
)
layout.newer(query)
result = view.answer(query)
parts.offer(query)
if parts.drawable(query, result):
    picks = layout.figure(
        trajectories_figure(result, dark=view.dark()),
        "trajectories",
        describe(result),
        parts.numbers(result),
        picks=True,
    )
    parts.picked(result, picks)
layout.notes(result)
layout.as_text(result)
