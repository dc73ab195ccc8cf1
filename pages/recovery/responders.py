"""Responders against non-responders: what improved, why that is not enough, and the fair clock."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from igcore.analysis import Result
from igcore.figures.recovery import incidence, response_words
from igcore.figures.views import INCIDENCE, RESPONDERS
from pages.shared import layout
from pages.shared.text import safe

WARNING = (
    "**This comparison alone is not enough.** Responders stay on treatment longer and so are "
    "sampled longer, and nobody responds without living until the response. Both make a "
    "normal value likelier among them. Read it as: improvement is associated with response. "
    "The curves below start both groups at one landmark instead."
)
HOW_READ = "This is an association at most, no effect: see below the figure."
TESTS = (
    "CMH (Cochran-Mantel-Haenszel): is improvement associated with response when every patient is "
    "compared with patients of the same trial only? The continuity correction is the more "
    "cautious version for small numbers. Breslow-Day: is the odds ratio the same in all trials?"
)
CLOCK = (
    "Patients who were low at baseline and are still observed at the landmark, whose clock starts "
    "there. Normalised: the second of two consecutive samples, at most 84 days apart, that both "
    "have risen by the rule and are in the normal range. Progression, death and whatever else ends "
    "the observation compete with it (Aalen-Johansen); who has not normalised by the last sample is "
    "censored."
)


def section(result: Result) -> tuple[str, pd.DataFrame] | None:
    """The whole comparison; the patients behind a chosen bar with a heading (user text
    as it stands), None without one."""
    st.subheader("Responders and non-responders", anchor=False)
    if result.table("two_by_two").empty:
        st.info(response_words.NO_RESPONSES)
        return None
    found = response_words.conclusion(result)
    if found:
        st.markdown(f"**{found}** {HOW_READ}")
    chosen = _shares(result)
    _tests(result)
    _incidence(result)
    if not chosen:
        return None
    return response_words.behind(chosen[-1], result)


def _shares(result: Result) -> list[list]:
    chosen: list[list] = []
    some = RESPONDERS.shown(result)
    if some:
        chosen = layout.figure(RESPONDERS, result, picks=True)
    for remark in response_words.remarks(result):
        st.markdown(f"- {safe(remark)}")
    if some:
        st.markdown(WARNING)
    return chosen


def _tests(result: Result) -> None:
    sentences = response_words.tests_in_words(result)
    if not sentences:
        return
    st.markdown("**Tests within trials**")
    table = response_words.tests(result)
    if len(table):
        st.dataframe(table, alt="Tests of responders against non-responders, stratified by trial")
        st.caption(TESTS)
    for sentence in sentences:
        st.markdown(f"- {safe(sentence)}")


def _incidence(result: Result) -> None:
    st.markdown(f"**From {incidence.landmark(result)} on**")
    if not INCIDENCE.shown(result):
        for sentence in incidence.left(result):
            st.markdown(f"- {safe(sentence)}")
        return
    layout.figure(INCIDENCE, result)
    st.caption(CLOCK)
