"""One patient against the normal ranges."""

from __future__ import annotations

import streamlit as st

from igcore.figures.views import PROFILE
from pages.patient import choose, records
from pages.shared import cohort, layout, view

query = view.query("patient")
with st.sidebar:
    choose.choose(query)
    cohort.controls(query)
    view.controls(query)

layout.head(
    "Patient",
    "One patient's immunoglobulins against the normal ranges of their own laboratory, and the "
    "course of treatment below.",
)
layout.newer(query)
choose.among(query)
result = view.answer(query)
layout.notes(result)
records.verdicts(result)
layout.figure(PROFILE, result)
records.others(query, result)
records.records(result)
layout.as_text(result)
