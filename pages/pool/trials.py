"""Parts of the pool page: the trials' cards, and changing one."""

from __future__ import annotations

import datetime

import pandas as pd
import streamlit as st

from igcore.analysis.result import counted
from igcore.store import cards as store_cards
from pages.pool import shared
from pages.shared import layout, site
from pages.shared.text import safe

_COLUMNS = {
    "analyte": "Analyte",
    "unit": "Unit",
    "records": "Records",
    "patients": "Patients",
    "own_limits": "With own limits",
    "default_limits": "With the default range",
    "without_limits": "Without limits",
}


@st.cache_data(max_entries=20, show_spinner="Counting")
def _analytes(path: str, version: int) -> pd.DataFrame:
    return layout.pool().rows("trial_analytes", version=version)


def cards() -> None:
    """One card per trial of the newest version."""
    facts, analytes = shared.trial_facts(*shared.key()), _analytes(*shared.key())
    if facts.empty:
        st.info("No upload is in force, so there are no trials. Restore one, or add files.")
        st.page_link(site.page_path("upload"), label="Add files to the pool →")
    for number, row in enumerate(facts.itertuples()):
        with st.container(border=True, key=f"card-{number}"):
            _card(row)
            _measured(row, analytes[analytes.trial == row.trial])
            _change(row, number)


def _card(row: object) -> None:
    """Title, flags and the numbers of one trial."""
    st.subheader(safe(row.title), anchor=False)
    flags = [
        words
        for flag, words in (
            (row.simulated, "simulated data"),
            (row.no_m_protein, "no monoclonal protein in this disease"),
        )
        if flag
    ]
    of = f"from upload {row.uploads}" if "," not in row.uploads else f"from uploads {row.uploads}"
    st.caption(" · ".join([f"Trial {safe(row.trial)}", *flags, of]))
    months = "–" if pd.isna(row.follow_up_months) else f"{row.follow_up_months:.1f} months"
    for column, (label, value, tip) in zip(
        st.columns(4),
        (
            ("Patients", f"{row.patients:,}", None),
            (
                "Median follow-up",
                months,
                "Of each patient the longest time to event or censoring of any endpoint, and of "
                f"these times the median; {counted(row.with_outcomes, 'patient')} with outcomes.",
            ),
            ("With a response record", f"{row.with_response:,}", "Patients."),
            ("Data cut-off", _cutoff(row) or "–", None if _cutoff(row) else "Not given."),
        ),
        strict=True,
    ):
        column.metric(label, str(value), help=tip)


def _cutoff(row: object) -> datetime.date | None:
    return None if pd.isna(row.cutoff) else pd.Timestamp(row.cutoff).date()


def _measured(row: object, analytes: pd.DataFrame) -> None:
    """Analytes with their units, counts and the ranges that apply to them."""
    if analytes.empty:
        st.caption("No measurements.")
        return
    own, default, none = (
        int(analytes[name].sum()) for name in ("own_limits", "default_limits", "without_limits")
    )
    words = [f"{own:,} of {own + default + none:,} records with both limits of their own"]
    if default:
        words.append(f"{default:,} with the range of {safe(analytes.laboratory.iloc[0])}")
    if none:
        words.append(f"{none:,} without limits")
    st.dataframe(
        analytes[list(_COLUMNS)].rename(columns=_COLUMNS),
        hide_index=True,
        placeholder="",
        alt=f"Analytes of trial {row.trial}",
        column_config=dict.fromkeys(list(_COLUMNS.values())[2:], shared.NUMBER),
    )
    st.caption("Ranges used: " + "; ".join(words) + ".")


def _change(row: object, number: int) -> None:
    """The form that states title, cut-off and flags anew."""
    version = layout.pool().newest()
    with (
        st.expander("Change title, cut-off, laboratory or marks"),
        st.form(f"pool.edit.{number}.{version}", border=False),
    ):
        left, right = st.columns([3, 2])
        title = left.text_input("Title", value=row.title)
        cutoff = right.date_input(
            "Data cut-off", value=_cutoff(row), format="YYYY-MM-DD", max_value=None
        )
        simulated = st.checkbox("The data are simulated", value=bool(row.simulated))
        st.caption(
            "Simulated data are stamped in every figure and join real trials only when named. "
            "Taking the mark off says that these are data of real patients."
        )
        no_m_protein = st.checkbox(
            "No monoclonal protein in this disease", value=bool(row.no_m_protein)
        )
        st.caption("Then no isotype is involved in the disease, and all of them can be judged.")
        laboratories = ["", *store_cards.laboratories()]
        laboratory = st.selectbox(
            "Laboratory of the ranges of normal",
            laboratories,
            index=laboratories.index(row.laboratory or ""),
            format_func=lambda name: name or "the default",
        )
        st.caption("Its ranges serve values that have no limits of their own.")
        why, who = shared.reasons("Why the card is changed")
        sent = st.form_submit_button("Save as a new data version")
    if sent:
        changes = store_cards.Edit(
            title=title,
            cutoff=cutoff,
            no_cutoff=cutoff is None,
            simulated=simulated,
            no_m_protein=no_m_protein,
            laboratory=laboratory,
        )
        shared.act(
            lambda: store_cards.edit(layout.pool(), row.trial, changes, why=why, stated_by=who),
            f"Trial {row.trial} is changed",
            who,
        )
