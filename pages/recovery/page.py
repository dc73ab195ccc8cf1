"""Who improved, by the rule, out of whom."""

from __future__ import annotations

import streamlit as st

from pages.recovery.closer import closer
from pages.recovery.shares import shares
from pages.shared import cohort, layout, view

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
shares(result)
closer(result)
layout.as_text(result)
