"""Responders and non-responders, without guarantee-time bias."""

from __future__ import annotations

import streamlit as st

from igcore.figures.views import SURVIVAL
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
layout.figure(SURVIVAL, result)
head.notes(result)
layout.as_text(result)
closer(query, result)
