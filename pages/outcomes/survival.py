"""Responders and non-responders, without guarantee-time bias."""

from __future__ import annotations

import streamlit as st

from igcore.figures.survival import describe, survival_figure
from pages.shared import layout, view

query = view.query("survival")
with st.sidebar:
    view.controls(query)

layout.head(
    "Survival",
    "Who responds must first live long enough to respond. Here a responder counts as one from the "
    "day of the response on, so that waiting for it cannot pass for a benefit of it.",
)
layout.newer(query)
result = view.answer(query)
layout.figure(
    survival_figure(result, dark=view.dark()),
    "survival",
    describe(result),
    {name: result.table(name) for name in ("curve", "groups", "risk", "comparison", "test")},
)
layout.notes(result)
layout.as_text(result)
