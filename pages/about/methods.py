"""Definitions, generated from the declarations."""

from __future__ import annotations

import streamlit as st

from igcore import documentation
from pages.shared import layout

layout.head(
    "Methods",
    "What every number here means, by which rule and on whose authority. This page is generated "
    "from the declarations that the program itself runs on.",
)
chosen = st.pills(
    "Part",
    list(documentation.PARTS),
    default=next(iter(documentation.PARTS)),
    required=True,
    label_visibility="collapsed",
)
st.markdown(documentation.PARTS[chosen]())
