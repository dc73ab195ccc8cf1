"""What else can be shown: other analytes on offer, and the ways on from an empty figure."""

from __future__ import annotations

import streamlit as st

from igcore.analysis import Query, Result
from igcore.analysis.trajectories.choices import named
from igcore.store.schema import ISOTYPES
from pages.shared import view

NAME = "trajectories"
MOST = 8  # buttons in a row


def _measured(query: Query) -> list[str]:
    """Analytes of the trials in view."""
    facts = view.pool().facts(query.version)
    return named(facts.measured(query.values["trial"]))


def offer(query: Query) -> None:
    """Without any immunoglobulin: say so, and offer what else was measured."""
    names = _measured(query)
    if set(names) & set(ISOTYPES):
        return
    st.info(
        "No immunoglobulins have been added for these trials; that is done on the Upload page. "
        "What else was measured can be seen here, against its own limits."
    )
    _others(query, names)


def _others(query: Query, names: list[str]) -> None:
    others = [name for name in names if name not in query.values["analyte"]]
    with st.container(horizontal=True):
        for name in others[:MOST]:
            st.button(
                f"Show {name}",
                key=f"{NAME}-offer-{name}",
                on_click=view.go,
                args=(NAME, "analyte", [name]),
            )


def drawable(query: Query, result: Result) -> bool:
    """True when there is something to draw; otherwise say why not, and offer the ways on."""
    if len(result.table("panels")):
        return True
    st.info(
        "Nothing can be drawn for this choice: no value is left of these patients. The sentences "
        "below say what is left out, and why."
    )
    if query.values.get("involved") != "grey" and set(query.values["analyte"]) & set(ISOTYPES):
        st.button("Show the myeloma's own isotype in grey", on_click=_grey)
    if query.values["y"] != "concentration":
        st.button("Show concentrations", on_click=view.go, args=(NAME, "y", ["concentration"]))
    _others(query, _measured(query))
    return False


def _grey() -> None:
    view.go(NAME, "style", ["lines"])
    view.go(NAME, "involved", ["grey"])
