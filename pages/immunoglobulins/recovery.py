"""Who improved, by the rule, out of whom."""

from __future__ import annotations

import streamlit as st

from igcore.figures.recovery import describe, shares_figure
from pages.parts import recovery as parts
from pages.shared import layout, view

query = view.query("recovery")
with st.sidebar:
    view.controls(query)

layout.head(
    "Recovery",
    "Which patients' healthy antibodies rose and came back into the normal range. The isotype that "
    "the myeloma itself makes is never counted.",
)
layout.newer(query)
result = view.answer(query)
layout.figure(
    shares_figure(result, dark=view.dark()),
    "recovery",
    describe(result),
    {"shares": result.table("shares")},
)
layout.notes(result)
parts.flow(result)
parts.shift(result)
parts.verdicts(result)
layout.as_text(result)
