"""The pages of the dashboard: script, name and place in the navigation."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from igcore.store import ROOT

PAGES = (
    ("pages/start/overview.py", "Overview", "overview"),
    ("pages/data/upload.py", "Upload", "upload"),
    ("pages/data/pool.py", "Pool", "pool"),
    ("pages/immunoglobulins/patient.py", "Patient", "patient"),
    ("pages/immunoglobulins/trajectories.py", "Trajectories", "trajectories"),
    ("pages/immunoglobulins/recovery.py", "Recovery", "recovery"),
    ("pages/outcomes/survival.py", "Survival", "survival"),
    ("pages/about/methods.py", "Methods", "methods"),
)


def pages() -> list[st.Page]:
    """Every page of the dashboard, in the order of the navigation; the first is the start."""
    path, title, name = PAGES[0]
    # The default page is served at "/" alone, but a link may name it.
    named = st.Page(ROOT / path, title=title, url_path=name, visibility="hidden")
    start = st.Page(ROOT / path, title=title, url_path="start", default=True)
    others = [st.Page(ROOT / path, title=title, url_path=name) for path, title, name in PAGES[1:]]
    return [start, *others, named]


def page_path(name: str) -> Path:
    """The script of a page, for links to it."""
    return next(ROOT / path for path, _, url in PAGES if url == name)
