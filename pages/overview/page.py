"""The finding on one screen."""

from __future__ import annotations

import streamlit as st

from igcore.errors import Refused
from igcore.figures.views import SHARES, SURVIVAL
from pages.overview import trials as parts
from pages.shared import layout, view
from pages.shared.text import safe

layout.head(
    "What treatment does to a patient's own antibodies",
    "Myeloma suppresses healthy antibodies. Igcore pools trials, shows whose antibodies recovered, "
    "and compares survival without the bias of the usual curve.",
)
query = view.query("overview")
layout.newer(query)
result = view.answer(query)
parts.trials(result)
parts.filters(query)
left, right = parts.side_by_side()
# The browser loads its drawing library for the first figure while the second is counted.
with right:
    try:
        survival = view.answer(view.canonical(parts.same_cohort(query, "survival")))
    except Refused as refusal:
        st.info(safe(str(refusal)))
    else:
        layout.figure(SURVIVAL, survival, beside=("curve", "groups"))
        layout.notes(survival)
        parts.more("survival", "Change the comparison", survival)
with left:
    recovery = view.answer(view.canonical(parts.same_cohort(query, "recovery")))
    layout.figure(SHARES, recovery, beside=("shares",))
    layout.notes(recovery)
    parts.more("recovery", "Choose the rule", recovery)
