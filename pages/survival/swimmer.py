"""Patient by patient: the swimmer plot of the cohort, and the way to the profiles behind it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from igcore.analysis import Query, Result
from igcore.errors import Refused
from igcore.figures.views import SWIMMER
from pages.shared import layout, view
from pages.shared.people import profiles
from pages.shared.text import safe
from pages.survival.query import same

OWN = ("order", "who", "colour")
SHOWN = ("profile", "trial", "patient", "arm", "best_response", "treated_months", "months", "dead")


def section(query: Query, result: object) -> None:
    """Controls, lanes of one page, and the patients whose lanes were clicked."""
    st.subheader("Patient by patient", anchor=False)
    st.markdown(
        "What happened to whom, and when. A click on a lane leads to the patient's profile."
    )
    try:
        usual = same(query, "swimmer")
        *columns, last = st.columns(len(OWN) + 1)
        own = _controls(usual, columns)
        found = view.answer(same(query, "swimmer", **own))
        pages = int(found.table("pages").pages.iloc[0])
        if pages > 1:
            # Another order or choice begins at its first page again.
            key = "-".join(code for codes in own.values() for code in codes)
            page = last.number_input(
                f"Page, of {pages}", 1, pages, 1, key=f"swimmer-page-{pages}-{key}"
            )
            found = view.answer(same(query, "swimmer", **own, page=[str(page)]))
    except Refused as refusal:
        st.info(safe(str(refusal)))
        return
    picks = layout.figure(SWIMMER, found, picks=True)
    layout.notes(found)
    _picked(found, picks)
    layout.as_text(found)


def _controls(usual: Query, columns: list) -> dict[str, list[str]]:
    """What is sorted, drawn and coloured, side by side."""
    kinds = {one.name: one.kind for one in usual.analysis.parameters}
    own = {}
    for column, name in zip(columns, OWN, strict=True):
        codes = kinds[name].codes(usual.facts, usual.values)
        own[name] = [
            column.selectbox(
                kinds[name].label, list(codes), format_func=codes.get, key=f"swimmer-{name}"
            )
        ]
    return own


def _picked(result: Result, picks: list[list]) -> None:
    """The patients of the lanes that were clicked."""
    keys = [int(pick[1]) for pick in picks if pick[0] == "patient"]
    lanes = result.table("lanes")
    rows = lanes[lanes.patient_key.isin(keys)].copy()
    if rows.empty:
        return
    # The markers are those of the confirmed rule, so the profile opens under it.
    rows["profile"] = profiles(result, rows.patient_key, final=["confirmed"])
    with st.container(border=True):
        _list(rows)
        st.caption("A double click on the figure takes the choice back.")


def _list(rows: pd.DataFrame) -> None:
    months = st.column_config.NumberColumn(format="%.1f")
    st.dataframe(
        rows[list(SHOWN)],
        hide_index=True,
        placeholder="",
        key="swimmer-people",
        alt="Patients of the chosen lanes",
        column_config={
            "profile": st.column_config.LinkColumn("profile", display_text="open"),
            "treated_months": months,
            "months": months,
        },
    )
