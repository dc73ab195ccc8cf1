"""The patients whose dot or sign was clicked, and the numbers behind the figure."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from igcore.analysis import Result
from igcore.analysis.result import counted
from igcore.analysis.rule import VERDICTS
from pages.shared import people, view

WHOSE = ("profile", "trial", "patient", "arm", "analyte", "values", "last_day")


def picked(result: Result, picks: list[list]) -> None:
    """The patients whose dot or sign was clicked, each with the way to the profile."""
    lines = result.table("lines")
    if lines.empty:
        return
    keys = list(dict.fromkeys(key for key, *_ in picks))
    rows = lines[lines.patient_key.isin(keys)]
    if rows.empty:
        st.caption("Click a dot or a sign to see whose it is, and to open that patient's profile.")
        return
    ask, version = view.pool().rows, result.data_version
    whose = pd.concat([ask("patient", version=version, patient_key=key) for key in keys])
    whose = whose[["patient_key", "trial", "patient", "arm"]]
    shown = rows.groupby(["patient_key", "analyte"], as_index=False).agg(
        values=("day", "size"), last_day=("day", "last"), verdict=("verdict", "last")
    )
    shown = shown.merge(whose, on="patient_key")
    shown["profile"] = people.profiles(result, shown.patient_key)
    shown["verdict"] = shown.verdict.map(VERDICTS)
    with st.container(border=True):
        st.markdown(f"**Clicked**: {counted(len(keys), 'patient')}")
        st.dataframe(
            shown[[*WHOSE, *(("verdict",) if shown.verdict.notna().any() else ())]],
            hide_index=True,
            placeholder="",
            key="people-trajectories",
            alt="Patients whose dot or sign was clicked",
            column_config={
                "profile": st.column_config.LinkColumn("profile", display_text="open"),
                "last_day": st.column_config.NumberColumn("last day", format="%g"),
            },
        )
        st.caption("A double click on the figure takes the choice back.")
