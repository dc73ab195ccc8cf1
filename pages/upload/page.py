"""File -> staged -> understood -> checked -> added."""

from __future__ import annotations

import streamlit as st

from igcore.errors import IgcoreError
from pages.shared import layout
from pages.shared.text import safe
from pages.upload import add as adding
from pages.upload import files as files
from pages.upload import mapping as mapping
from pages.upload import report as report

layout.head(
    "Upload",
    "Drop a ward's workbook, our templates, CDISC files or MMRF CoMMpass tables. You see what was "
    "understood, what is refused and why, before anything is stored, and can take it back later.",
)


def read_from_top_to_bottom() -> None:
    """Files, then privacy, then meaning, then the check; each waits for the one before it."""
    held = files.desk()
    files.templates()
    files.drop(held)
    adding.stopped()
    adding.undone()
    if not held.items:
        adding.last_result()
        return
    files.in_hand(held)
    harmless = files.privacy(held)
    if harmless is None:
        return
    meaning = mapping.ask(held)
    if meaning is None:
        return
    chosen = adding.options(meaning, harmless)
    checked = adding.rehearse(held, chosen)
    if checked is not None:
        report.show(checked)
        adding.button(held, checked, chosen)


try:
    read_from_top_to_bottom()
except IgcoreError as refusal:
    st.error(safe(str(refusal)))
