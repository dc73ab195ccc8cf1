"""The shares, whether the trials agree, and the patients behind a bar."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from igcore.analysis import Result
from igcore.analysis.recovery.members import improved
from igcore.figures import style
from igcore.figures.recovery import (
    origins_in_words,
    trials_in_words,
)
from igcore.figures.views import SHARES
from pages.shared import layout, people
from pages.shared.text import safe

OTHER_RULES = (
    "The share depends on which value is judged and on who it is out of: see every combination in "
    'the tab "Other rules" below.'
)


def shares(result: Result) -> None:
    """The figure of the page, whether the trials agree, and the patients behind a bar."""
    picks = layout.figure(SHARES, result, picks=True)
    for sentence in (origins_in_words(result), trials_in_words(result), OTHER_RULES):
        if sentence:
            st.markdown(safe(sentence))
    layout.notes(result)
    people.picked(result, _improved(result, picks), "shares")


def _improved(result: Result, picks: list[list]) -> tuple[str, pd.DataFrame] | None:
    """Who improved in the bar that was clicked."""
    if not picks:
        return None
    analyte, trial = picks[-1][:2]
    table = result.table("verdicts")
    rows = table[(table.analyte == analyte) & improved(table)]
    where = style.WORDS["pooled"]
    if trial != "pooled":
        rows = rows[rows.trial.map(style.plain) == trial]  # a figure holds names escaped
        where = ", ".join(rows.trial.unique())
    return f"{analyte} improved, {where}", rows
