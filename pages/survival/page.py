"""Responders and non-responders, without guarantee-time bias."""

from __future__ import annotations

import streamlit as st

from igcore.figures.survival import describe, survival_figure
from pages.shared import cohort, layout, view
from pages.survival import lead as head
from pages.survival.closer import closer

query = view.query("survival")
with st.sidebar:
    cohort.controls(query)
    view.controls(query)

layout.head("Survival", head.lead(query))
layout.newer(query)
result = view.answer(query)
head.cautions(result)
first = ("curve", "groups", "risk", "comparison", "test")
rest = tuple(name for name in result.tables if name not in first)
layout.figure(
    survival_figure(result, dark=view.dark()),
    "survival",
    describe(result),
    {name: result.table(name) for name in (*first, *rest)},
)
head.notes(result)
layout.as_text(result)
closer(query, result)
