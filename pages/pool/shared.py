"""What the parts of the pool page share: the choice of a part, kept answers, forms with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from igcore.analysis.result import counted
from igcore.errors import IgcoreError, Refused
from igcore.store import contents, history
from pages.shared import layout, site, view
from pages.shared.text import safe

NUMBER = st.column_config.NumberColumn(format="localized")
PARTS = {
    "trials": "Trials",
    "uploads": "Uploads",
    "changes": "What changed",
    "warnings": "Warnings",
    "history": "History and backup",
}


def choose() -> str:
    """The part of the page that the link asks for; an empty pool says what to do and stops."""
    if history.uploads(layout.pool()).empty:
        st.info("The pool is empty.")
        st.page_link(site.page_path("upload"), label="Add files to the pool →")
        st.stop()
    _summary()
    asked = chosen("part", list(PARTS), "trials", label="Part")
    st.session_state["pool.part"] = asked
    st.segmented_control(
        "Part of this page",
        list(PARTS),
        format_func=PARTS.__getitem__,
        key="pool.part",
        required=True,
        label_visibility="collapsed",
        on_change=_turn,
    )
    return asked


def _turn() -> None:
    st.query_params.from_dict({"part": st.session_state["pool.part"]})


def chosen(name: str, allowed: list[str], default: str, *, label: str) -> str:
    """What the link says about one choice; a wrong word is refused with a way back."""
    asked = st.query_params.get(name, default)
    if asked not in allowed:
        words = ", ".join(allowed)
        view.refuse(Refused(f'{label}: "{asked}" is not one of {words}.'))
    return asked


def picked(name: str, options: dict[str, str], default: str, *, label: str, on: object) -> str:
    """A select box whose choice is kept in the link under `name`; the chosen code."""
    key = f"pool.{name}"
    st.session_state[key] = chosen(name, list(options), default, label=label)

    def write() -> None:
        st.query_params[name] = st.session_state[key]

    return on.selectbox(label, list(options), format_func=options.get, key=key, on_change=write)


def _summary() -> None:
    """The pool in one line."""
    pool = layout.pool()
    version = pool.newest()
    facts, rows = trial_facts(str(pool.path), version), history.uploads(pool)
    n_in_force = int(rows.removed_in.isna().sum())
    st.caption(
        f"Data version {version}: {counted(len(facts), 'trial')}, "
        f"{facts.patients.sum():,.0f} patients, {facts.measurements.sum():,.0f} measurements; "
        f"{n_in_force} of {counted(len(rows), 'upload')} in force."
    )


@st.cache_data(max_entries=20, show_spinner="Counting")
def trial_facts(path: str, version: int) -> pd.DataFrame:
    """One row per trial of that version, kept by the pool's path and the version."""
    return layout.pool().rows("trial_facts", version=version)


@st.cache_data(max_entries=20, show_spinner="Counting")
def carried(path: str, version: int) -> pd.DataFrame:
    """What each upload carried; the newest version tells it."""
    return contents.carried(layout.pool())


def key() -> tuple[str, int]:
    """Path of the pool and its newest version: what answers about it are kept by."""
    return str(layout.pool().path), layout.pool().newest()


def reasons(placeholder: str) -> tuple[str, str]:
    """Two fields of a form: the reason, and the reader's name."""
    left, right = st.columns([3, 2])
    why = left.text_input("Reason", placeholder=placeholder, help="It stays in the history.")
    who = right.text_input(
        "Your name",
        value=st.session_state.get("pool.who", ""),
        help="Kept in the history and shown as stated.",
    )
    return why, who


def act(change: Callable[[], int], done: str, who: str) -> None:
    """Make a change; say what was done on the renewed page, or why it was refused.

    `done` is a sentence without its end; the data version is added to it.
    """
    try:
        with st.spinner("Writing a new data version; for a large upload this takes a minute"):
            version = change()
    except IgcoreError as refusal:
        st.error(safe(str(refusal)))
        return
    st.session_state["pool.who"] = who
    st.session_state["pool.said"] = f"{done}; the data version is {version}."
    st.rerun()


def said() -> None:
    """What the last change did, once: at the top, and where the reader happens to be."""
    if "pool.said" in st.session_state:
        words = safe(st.session_state.pop("pool.said"))
        st.success(words)
        st.toast(words)
