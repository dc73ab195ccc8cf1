"""Who improved, by the rule, out of whom."""

from __future__ import annotations

import streamlit as st

from pages.parts import cohort
from pages.parts import recovery as parts
from pages.shared import layout, view

query = view.query("recovery")
with st.sidebar:
    cohort.controls(query)
    view.controls(query)

layout.head(
    "Recovery",
    "Which patients' healthy antibodies rose and came back into the normal range. The isotype that "
    "the myeloma itself makes is never counted. Click a bar to list its patients.",
)
layout.newer(query)
result = view.answer(query)
parts.shares(result)
parts.closer(result)
layout.as_text(result)
