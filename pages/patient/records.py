"""What is known of one patient: the verdicts with their numbers, other analytes, all records."""

from __future__ import annotations

import streamlit as st

from igcore.analysis import Query, Result
from igcore.analysis.rule import UNJUDGED
from igcore.figures.patient.analytes import panels
from igcore.figures.patient.words import measurement_rows
from igcore.figures.views import ANALYTES
from igcore.store.schema import ISOTYPES
from pages.shared import layout, view
from pages.shared.text import safe


def verdicts(result: Result) -> None:
    """The verdict of each isotype as a sentence with its numbers."""
    rows = {row.analyte: row for row in result.table("verdicts").itertuples()}
    for column, analyte in zip(st.columns(len(ISOTYPES)), ISOTYPES, strict=True):
        row = rows[analyte]
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{analyte}**: {safe(row.says)}")
            days = ""
            if row.verdict not in UNJUDGED:
                days = f"; baseline on day {row.baseline_day:g}, final on day {row.final_day:g}"
            st.caption(safe(row.because + days))


def others(query: Query, result: Result) -> None:
    """Other analytes as small panels; which of them is the reader's choice."""
    rows = result.table("measurements")
    if set(rows.analyte) <= set(ISOTYPES) and not panels(result):
        return
    st.subheader("What else was measured", anchor=False)
    view.beside(query, "measured")
    if not panels(result):
        st.info("None of the chosen analytes was measured in this patient.")
        return
    layout.figure(ANALYTES, result)


def records(result: Result) -> None:
    """Measurements, responses, therapies, infections and outcomes as tables; empty ones not."""
    names = ("responses", "therapies", "infections", "outcomes")
    tables = {"measurements": measurement_rows(result)}
    tables |= {name: result.table(name) for name in names}
    filled = {name: table for name, table in tables.items() if len(table)}
    st.subheader("Records", anchor=False)
    if not filled:
        st.info("Nothing was recorded of this patient but the patient.")
        return
    for tab, name in zip(st.tabs([n.capitalize() for n in filled]), filled, strict=True):
        with tab:
            layout.table(filled[name], name)
