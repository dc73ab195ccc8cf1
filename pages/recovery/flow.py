"""Section of the recovery page: how many patients each step keeps, and why the others left."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from igcore.analysis import Result
from igcore.figures.recovery.picks import flow_heading, flow_patients
from igcore.figures.views import FLOW
from pages.shared import layout


def section(result: Result) -> tuple[str, pd.DataFrame] | None:
    """Draw the flow; the patients behind a clicked box, bar or reason, with their heading."""
    st.subheader("From treated to evaluable", anchor=False)
    st.markdown(
        "Assessable: the isotype is not the myeloma's own. Evaluable: with a baseline and a later "
        "value. Beside each arrow stand those who left, under the first reason that applies. Click "
        "a box, a bar or the ring beside a reason to list its patients."
    )
    picks = layout.figure(FLOW, result, picks=True)
    chosen = [pick for pick in picks if pick[0] == "flow"]
    if not chosen:
        return None
    verdicts = result.table("verdicts")
    rows = pd.concat([flow_patients(verdicts, pick) for pick in chosen]).sort_index()
    words = dict.fromkeys(flow_heading(verdicts, pick) for pick in chosen)
    return "; ".join(words), rows[~rows.index.duplicated()]
