"""Responders and non-responders, without guarantee-time bias."""

from __future__ import annotations

import streamlit as st

from igcore.figures.survival import describe, survival_figure
from pages.parts import cohort
from pages.parts import survival as parts
from pages.parts.survival.closer import closer
from pages.shared import layout, view

query = view.query("survival")
with st.sidebar:
    cohort.controls(query)
    parts.controls(query)

layout.head(
    "Survival",
    "Who responds must first live long enough to respond. Here a responder counts as one from the "
    "day of the response on, so that waiting for it cannot pass for a benefit of it.",
)
layout.newer(query)
result = view.answer(query)
first = ("curve", "groups", "risk", "comparison", "test")
rest = tuple(name for name in result.tables if name not in first)
layout.figure(
    survival_figure(result, dark=view.dark()),
    "survival",
    describe(result),
    {name: result.table(name) for name in (*first, *rest)},
)
layout.notes(result)
layout.as_text(result)
closer(query, result)
