"""File -> recognised -> problems -> added."""

from __future__ import annotations

import streamlit as st

from igcore.errors import IgcoreError
from pages.parts import upload as parts
from pages.shared import layout
from pages.shared.text import safe

layout.head(
    "Upload",
    "Drop the files of one or several trials: the templates below, or CDISC ADaM (ADSL, ADLB, ADRS, "
    "ADTTE). You see what was understood and what is wrong before anything is stored.",
)
parts.templates()
files = parts.drop()
options = parts.options(opened=bool(files))
if not files:
    parts.last_result()
else:
    try:
        report = parts.rehearse(files, options)
    except IgcoreError as refusal:
        st.error(safe(str(refusal)))
    else:
        parts.show(report)
        parts.add_button(report, files, options)
