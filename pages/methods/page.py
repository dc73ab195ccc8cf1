"""Definitions, generated from the declarations."""

from __future__ import annotations

import streamlit as st

from pages.methods import rules
from pages.shared import layout

layout.head(
    "Methods",
    "What every number here means, by which rule and on whose authority. This page is generated "
    "from the declarations that the program itself runs on.",
)
chosen = st.pills(
    "Part",
    rules.names(),
    default=rules.names()[0],
    required=True,
    label_visibility="collapsed",
)
rules.show(chosen)
