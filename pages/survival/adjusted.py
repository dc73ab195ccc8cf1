"""The comparison adjusted for what was known at the start; counted when it is asked for."""

from __future__ import annotations

import streamlit as st

from igcore.analysis import Query
from igcore.errors import Refused
from igcore.figures.views import ADJUSTED
from pages.shared import layout, view
from pages.shared.text import safe
from pages.survival.query import same

READING = (
    "Could the groups differ because one has more young patients, or more of one arm? Here one "
    "model holds all of them at once. **Together**: the hazard ratio among patients who are alike "
    "in the other terms. **By itself**: the ratio of that term alone, in the same patients. A ratio "
    "that moves much from one to the other was partly that of its companions. What was not recorded "
    "cannot be adjusted for, so it remains an association."
)
WAITING = "Fitting the model patient by patient; thousands of patients take some seconds"


def section(query: Query, result: object) -> None:
    """The covariates, the forest of the model, and who is left out of it."""
    st.subheader("Adjusted for arm, age and sex", anchor=False)
    try:
        usual = same(query, "adjusted")
        kind = next(one for one in usual.analysis.parameters if one.name == "covariates").kind
        codes = kind.codes(usual.facts, usual.values)
        st.markdown(READING)
        chosen = st.pills(
            kind.label,
            list(codes),
            default=list(codes),
            format_func=codes.get,
            selection_mode="multi",
            help=kind.says,
            key=f"adjusted-covariates-{'-'.join(codes)}",  # other groups have others
        )
        if not chosen:
            st.info("Choose at least one of them.")
            return
        with st.spinner(WAITING):
            found = view.answer(same(query, "adjusted", covariates=sorted(chosen)))
    except Refused as refusal:
        st.info(safe(str(refusal)))
        return
    layout.figure(ADJUSTED, found)
    layout.notes(found)
    layout.as_text(found)
