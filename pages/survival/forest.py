"""Hazard ratios by trial and subgroup."""

from __future__ import annotations

import streamlit as st

from igcore.analysis import Query
from igcore.errors import Refused
from igcore.figures.views import FOREST
from pages.shared import layout, view
from pages.shared.text import safe
from pages.survival.query import same


def forest(query: Query) -> None:
    """Hazard ratios by trial and subgroup; nothing for the biased comparison."""
    if query.values.get("timing") == "ever":
        return
    st.subheader("By trial and subgroup", anchor=False)
    try:
        result = view.answer(same(query, "subgroups"))
    except Refused as refusal:
        st.info(safe(str(refusal)))
        return
    layout.figure(FOREST, result)
    layout.notes(result)
