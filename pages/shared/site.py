"""The pages of the dashboard: folder and address, title, and place in the navigation."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from igcore.store import ROOT

PAGES = (
    ("overview", "Overview"),
    ("upload", "Upload"),
    ("pool", "Pool"),
    ("patient", "Patient"),
    ("trajectories", "Trajectories"),
    ("recovery", "Recovery"),
    ("survival", "Survival"),
    ("methods", "Methods"),
)


def pages() -> list[st.Page]:
    """Every page of the dashboard, in the order of the navigation; the first is the start."""
    name, title = PAGES[0]
    # The default page is served at "/" alone, but a link may name it.
    named = st.Page(page_path(name), title=title, url_path=name, visibility="hidden")
    start = st.Page(page_path(name), title=title, url_path="start", default=True)
    others = [st.Page(page_path(name), title=title, url_path=name) for name, title in PAGES[1:]]
    return [start, *others, named]


def page_path(name: str) -> Path:
    """The script of a page, for links to it."""
    return ROOT / "pages" / name / "page.py"
