"""Parts of the overview: the pool in numbers, its trials, and the way on."""

from __future__ import annotations

import streamlit as st

from igcore.analysis import Query, Result, encoded, find, linked
from pages.shared import cohort, site, view

COLUMNS = {
    "trial": "Trial",
    "title": "Title",
    "patients": "Patients",
    "measurements": "Measurements",
    "follow_up_months": st.column_config.NumberColumn("Follow-up, months", format="%.0f"),
    "analytes": "Analytes",
    "endpoints": "Endpoints",
    "cutoff": st.column_config.DateColumn("Data cut-off"),
    "simulated": "Simulated",
}


def trials(result: Result) -> None:
    """The pool in four numbers, and a card per trial."""
    rows = result.table("trials")
    numbers = (
        ("Trials", len(rows)),
        ("Patients", int(rows.patients.sum())),
        ("Measurements", int(rows.measurements.sum())),
        ("Data version", result.data_version),
    )
    for column, (label, value) in zip(st.columns(len(numbers)), numbers, strict=True):
        column.metric(label, f"{value:,}", border=True)
    st.dataframe(
        rows[list(COLUMNS)],
        hide_index=True,
        placeholder="",
        column_config=COLUMNS,
        alt="The trials of the pool",
    )


def filters(query: Query) -> None:
    """The cohort's filters, which hold for both figures: trials and arms in a row."""
    for column, name in zip(st.columns(len(cohort.IN_SIGHT)), cohort.IN_SIGHT, strict=True):
        with column:
            view.filters(query, (name,))
    cohort.standing(query)
    cohort.folded(query, columns=4)
    cohort.back(query)


def side_by_side() -> list:
    """Two columns that stand below each other where the page is narrow."""
    with st.container(key="side-by-side"):
        return st.columns(2, gap="medium")


def same_cohort(query: Query, name: str) -> str:
    """The default query of another analysis for the same patients and data version."""
    return linked(name, encoded(query.analysis, query.values), query.version)


def more(name: str, words: str, result: Result) -> None:
    """A link to the page that shows the same and lets the reader change it."""
    texts = encoded(find(name), result.asked) | {"data": [str(result.data_version)]}
    pairs = [(key, text) for key, written in texts.items() for text in written]
    st.page_link(site.page_path(name), label=f"{words} →", query_params=pairs)
