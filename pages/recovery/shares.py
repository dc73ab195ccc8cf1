"""Parts of the recovery page: its controls, the shares, and what looks closer behind tabs."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from igcore.analysis import Result
from igcore.analysis.rule import VERDICTS
from igcore.figures import style
from igcore.figures.recovery import (
    describe,
    origins_in_words,
    shares_figure,
    trials_in_words,
)
from pages.parts.recovery import change as recovery_change
from pages.parts.recovery import flow as recovery_flow
from pages.parts.recovery import people as recovery_people
from pages.parts.recovery import responders as recovery_responders
from pages.parts.recovery import sensitivity as recovery_sensitivity
from pages.parts.recovery import shift as recovery_shift
from pages.shared import layout, view
from pages.shared.text import safe

OTHER_RULES = (
    "The share depends on which value is judged and on who it is out of: see every combination in "
    'the tab "Other rules" below.'
)


def shares(result: Result) -> None:
    """The figure of the page, whether the trials agree, and the patients behind a bar."""
    picks = layout.figure(
        shares_figure(result, dark=view.dark()),
        "recovery",
        describe(result),
        {name: result.table(name) for name in ("shares", "trials_test")},
        picks=True,
    )
    for sentence in (origins_in_words(result), trials_in_words(result), OTHER_RULES):
        if sentence:
            st.markdown(safe(sentence))
    layout.notes(result)
    recovery_people.picked(result, _improved(result, picks), "shares")


def _improved(result: Result, picks: list[list]) -> tuple[str, pd.DataFrame] | None:
    """Who improved in the bar that was clicked."""
    if not picks:
        return None
    analyte, trial = picks[-1][:2]
    table = result.table("verdicts")
    rows = table[(table.analyte == analyte) & table.verdict.str.startswith("improved")]
    where = style.WORDS["pooled"]
    if trial != "pooled":
        rows = rows[rows.trial.map(style.plain) == trial]  # a figure holds names escaped
        where = ", ".join(rows.trial.unique())
    return f"{analyte} improved, {where}", rows


def verdicts(result: Result) -> None:
    """Every patient's verdict."""
    st.subheader("Patient by patient", anchor=False)
    table = result.table("verdicts")
    found = [code for code in VERDICTS if code in set(table.verdict)]
    wanted = st.pills(
        "Show", found, format_func=VERDICTS.get, selection_mode="multi", key="recovery-verdicts"
    )
    shown = table[table.verdict.isin(wanted)] if wanted else table
    recovery_people.people(result, shown, "all")
    st.caption(f"{len(shown):,} of {len(table):,} verdicts.")


SECTIONS = {
    "Who is counted": recovery_flow.section,
    "From low to normal": recovery_shift.section,
    "How much": recovery_change.section,
    "Responders": recovery_responders.section,
    "Other rules": recovery_sensitivity.section,
    "Patients": verdicts,
}


def closer(result: Result) -> None:
    """What else the same question tells; each is counted when its tab is opened."""
    tabs = st.tabs(list(SECTIONS), key="recovery-closer", on_change="rerun")
    for tab, (name, section) in zip(tabs, SECTIONS.items(), strict=True):
        if tab.open:
            with tab:
                recovery_people.picked(result, section(result), name)
