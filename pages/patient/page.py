"""One patient against the normal ranges."""

from __future__ import annotations

import streamlit as st

from igcore.figures.patient import describe, profile_figure
from pages.parts import cohort
from pages.parts import patient as parts
from pages.shared import layout, view

query = view.query("patient")
with st.sidebar:
    parts.choose(query)
    cohort.controls(query)
    view.controls(query)

layout.head(
    "Patient",
    "One patient's immunoglobulins against the normal ranges of their own laboratory, and the "
    "course of treatment below.",
)
layout.newer(query)
parts.among(query)
result = view.answer(query)
layout.notes(result)
parts.verdicts(result)
layout.figure(
    profile_figure(result, dark=view.dark()),
    "patient",
    describe(result),
    {name: result.table(name) for name in ("measurements", "verdicts", "course")},
)
parts.others(query, result)
parts.records(result)
layout.as_text(result)
