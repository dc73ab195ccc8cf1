"""Which patient: finding one by id, stepping through the filtered ones, the way back to them."""

from __future__ import annotations

import streamlit as st

from igcore.analysis import Query
from igcore.analysis.patient import FOUND, Place, matches, place
from pages.shared import view
from pages.shared.text import safe

LISTED = 500  # patients that the browser holds as one list; of more it is sent what was searched
SEARCH, CHOSEN = "patient.search", "patient.chosen"


@st.cache_data(max_entries=500, show_spinner=False)
def _place(_query: Query, cohort: str, key: int, path: str) -> Place:
    return place(view.pool(), _query.cohort, key)


@st.cache_data(max_entries=100, show_spinner=False)
def _matches(
    _query: Query, cohort: str, text: str, most: int, path: str
) -> tuple[dict[int, str], int]:
    rows, n = matches(view.pool(), _query.cohort, text, most)
    several = len(_query.values["trial"]) > 1
    return {
        row.patient_key: f"{row.patient} ({row.trial})" if several else row.patient
        for row in rows.itertuples()
    }, n


def _cohort(query: Query) -> str:
    """The filtered patients as a text, which keys what is kept."""
    return f"{query.version} {query.cohort.filters}"


def _here(query: Query) -> Place:
    return _place(query, _cohort(query), query.values["key"], str(view.pool().path))


def _found(query: Query, text: str, most: int) -> tuple[dict[int, str], int]:
    return _matches(query, _cohort(query), text, most, str(view.pool().path))


def _open(key: int | None) -> None:
    """Go to a patient; everything else in the link stays, so the filtered patients do, too."""
    if key is not None:
        st.query_params["key"] = str(key)


def choose(query: Query) -> None:
    """Find a patient by id, or step through the filtered ones."""
    here = _here(query)
    text = ""
    if here.n > LISTED:
        text = st.text_input(
            "Find a patient by id",
            key=SEARCH,
            placeholder="Part of an id, then Enter",
            on_change=_searched,
            args=(query,),
        ).strip()
    _list(query, here, text)
    for label, key, shortcut in (
        ("Previous", here.previous, "Shift+Left"),
        ("Next", here.next, "Shift+Right"),
    ):
        st.button(
            label,
            shortcut=shortcut,
            width="stretch",
            disabled=key is None,
            on_click=_open,
            args=(key,),
        )
    st.caption(f"{here.place:,} of {here.n:,} patients" if here.place else f"{here.n:,} patients")


def _list(query: Query, here: Place, text: str) -> None:
    """The patients to choose from: all of a few, else those that the search found."""
    names, n = _found(query, text, LISTED if here.n <= LISTED else FOUND)
    key = query.values["key"]
    if here.place and key not in names:
        names = {key: _name(query, len(query.values["trial"]) > 1), **names}
    st.session_state[CHOSEN] = key if key in names else None
    st.selectbox(
        "Patient",
        list(names),
        format_func=names.get,
        key=CHOSEN,
        placeholder="Choose a patient",
        on_change=lambda: _open(st.session_state[CHOSEN]),
    )
    if text:
        first = f"; the first {FOUND} are listed" if n > FOUND else ""
        ids = "id contains" if n == 1 else "ids contain"
        st.caption(
            f"{n:,} {ids} “{safe(text)}”{first}." if n else f"No id contains “{safe(text)}”."
        )
    elif here.n > LISTED:
        st.caption(f"The first {FOUND} are listed; find the others by their id.")


def _name(query: Query, several: bool = True) -> str:
    row = view.pool().rows("patient", version=query.version, patient_key=query.values["key"])
    return f"{row.patient[0]} ({row.trial[0]})" if several else str(row.patient[0])


def _searched(query: Query) -> None:
    """Open the patient that was meant: the only match, or the only one with exactly that id."""
    text = st.session_state[SEARCH].strip()
    names, n = _found(query, text, 2) if text else ({}, 0)
    exact = [key for key, name in names.items() if name.split(" (")[0].lower() == text.lower()]
    if n == 1 or len(exact) == 1:
        _open(exact[0] if exact else next(iter(names)))


def among(query: Query) -> None:
    """The way back to the filtered patients from one who is not among them.

    A patient whom a filter leaves out is shown all the same, and the notes say so; one of a trial
    that was not asked for is not.
    """
    here, key = _here(query), query.values["key"]
    if here.place:
        return
    elsewhere = view.pool().facts(query.version).trial_of(key) not in query.values["trial"]
    if elsewhere:
        st.info(f"Patient {safe(_name(query))} is of another trial than those chosen.")
    if here.first is not None:
        label = f"Show the first of the {here.n:,} filtered patients"
        st.button(label, on_click=_open, args=(here.first,))
    if elsewhere:
        st.stop()
