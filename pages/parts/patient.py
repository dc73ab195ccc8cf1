"""Parts of the patient page: choosing and stepping, verdict cards, tables of the course."""

from __future__ import annotations

import streamlit as st

from igcore.analysis import Query, Result
from igcore.analysis.patient import neighbours
from igcore.store.schema import ISOTYPES
from pages.shared import layout, view
from pages.shared.text import safe


@st.cache_data(max_entries=50, show_spinner=False)
def _listed(version: int, filters: tuple, path: str) -> list[tuple[int, str]]:
    from igcore.store import Cohort

    rows = neighbours(view.pool(), Cohort(version, filters))
    several = rows.trial.nunique() > 1
    return [
        (int(row.patient_key), f"{row.patient} ({row.trial})" if several else row.patient)
        for row in rows.itertuples()
    ]


def choose(query: Query) -> None:
    """Search a patient by id, or step through the filtered ones."""
    listed = _listed(query.version, query.cohort.filters, str(view.pool().path))
    keys, names = [key for key, _ in listed], dict(listed)
    if query.values["key"] not in names:
        return
    place = keys.index(query.values["key"])
    st.session_state["patient.chosen"] = query.values["key"]
    st.selectbox(
        "Patient",
        keys,
        format_func=names.get,
        key="patient.chosen",
        on_change=lambda: view.go("patient", "key", [str(st.session_state["patient.chosen"])]),
    )
    for label, step, shortcut in (("Previous", -1, "Shift+Left"), ("Next", 1, "Shift+Right")):
        beyond = not 0 <= place + step < len(keys)
        st.button(
            label,
            shortcut=shortcut,
            width="stretch",
            disabled=beyond,
            on_click=view.go,
            args=("patient", "key", [str(keys[place if beyond else place + step])]),
        )
    st.caption(f"{place + 1} of {len(keys)} patients")


def verdicts(result: Result) -> None:
    """The verdict of each isotype as a sentence with its numbers."""
    rows = {row.analyte: row.sentence for row in result.table("verdicts").itertuples()}
    for column, analyte in zip(st.columns(len(ISOTYPES)), ISOTYPES, strict=True):
        with column.container(border=True, height="stretch"):
            first, _, last = rows[analyte].rpartition(": ")
            verdict, why = (first, last) if first.startswith("not ") else (last, first)
            st.markdown(f"**{analyte}**: {safe(verdict)}")
            st.caption(safe(why))


def course(result: Result) -> None:
    """Responses, therapies, infections and outcomes as tables; empty ones are left out."""
    names = [
        name
        for name in ("responses", "therapies", "infections", "outcomes")
        if len(result.table(name))
    ]
    if names:
        st.subheader("Course", anchor=False)
        for tab, name in zip(st.tabs([name.capitalize() for name in names]), names, strict=True):
            with tab:
                layout.table(result.table(name), name)
    rows = result.table("measurements")
    others = rows[~rows.analyte.isin(ISOTYPES)]
    if len(others):
        st.subheader("Other analytes", anchor=False)
        layout.table(
            others[["analyte", "day", "time", "operator", "value", "unit", "low", "high"]],
            "Other analytes",
        )
