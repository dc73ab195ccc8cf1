"""Controls of the cohort: trials and arms in sight, the other filters folded, n of N below them."""

from __future__ import annotations

import streamlit as st

from igcore.analysis import Query
from igcore.analysis.spec import size
from igcore.store import Cohort
from igcore.store.cohort import FILTERS, is_set
from pages.shared import view

IN_SIGHT = ("trial", "arm")
FOLDED = tuple(filter_.name for filter_ in FILTERS if filter_.name not in IN_SIGHT)


@st.cache_data(max_entries=500, show_spinner=False)
def _size(_cohort: Cohort, text: str, path: str) -> int:
    return size(view.pool(), _cohort)


def _counted(cohort: Cohort) -> int:
    """Patients of a cohort, kept by its text."""
    return _size(cohort, f"{cohort.version} {cohort.filters}", str(view.pool().path))


def controls(query: Query) -> None:
    """All filters below each other, as a sidebar has them; how many they leave stays in sight."""
    view.filters(query, IN_SIGHT)
    standing(query)
    folded(query)
    back(query)


def folded(query: Query, columns: int = 1) -> None:
    """The other filters, in so many columns; open from the start where one of them is set.

    Taking the last filter off must not close what the reader is working in.
    """
    open_ = st.session_state.setdefault(
        f"{query.analysis.name}.cohort", any(is_set(query.values[name]) for name in FOLDED)
    )
    with st.expander("Cohort", expanded=open_):
        # A chooser in a column stays one line high, so a sidebar has none.
        places = [st.container()] if columns == 1 else st.columns(columns)
        for place, column in enumerate(places):
            with column:
                view.filters(query, FOLDED[place::columns])


def standing(query: Query) -> None:
    """How many patients the filters leave, out of all of the chosen trials."""
    n, whole = _counted(query.cohort), _counted(query.cohort.whole())
    st.caption(f"**{n:,} of {whole:,} patients**" if n != whole else f"All {n:,} patients")


def back(query: Query) -> None:
    """The way back to all patients of the chosen trials, where a filter is set."""
    if query.cohort.narrowed():
        st.button("Show all patients", key="everyone", on_click=view.everyone)
