"""How much it changed: the waterfall of patients, and the change within patients per isotype."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from igcore.analysis import Result
from igcore.figures.recovery import change as paired
from igcore.figures.recovery import waterfall
from igcore.figures.views import CHANGE, WATERFALL
from pages.shared import layout
from pages.shared.text import safe


def section(result: Result) -> tuple[str, pd.DataFrame] | None:
    """Waterfall, then the paired change; the verdicts of the patients picked, with a heading."""
    st.subheader("How much it changed", anchor=False)
    changes = result.table("waterfall")
    if changes.empty:
        st.info(
            "Nobody has both a baseline and a later value that counts, so there is no change to "
            "show. The steps above say why patients left."
        )
        return None
    st.markdown(waterfall.reading(result))
    picks = layout.figure(WATERFALL, result, picks=True)
    for sentence in waterfall.remarks(result):
        st.caption(safe(sentence))
    _paired(result)
    return _rows(result, picks)


def _paired(result: Result) -> None:
    st.markdown("**Change within patients, all trials together**")
    layout.figure(CHANGE, result)
    st.table(paired.printed(result))
    st.caption(safe(" ".join(paired.remarks(result))))


def _rows(result: Result, picks: list[list]) -> tuple[str, pd.DataFrame] | None:
    """Verdicts are many and counted late: asked for only when something was picked."""
    wanted = waterfall.picked(result, picks) if picks else pd.DataFrame()
    if wanted.empty:
        return None
    rows = wanted.merge(result.table("verdicts"), on=["analyte", "patient_key"])
    return waterfall.picked_words(rows), rows[result.table("verdicts").columns]
