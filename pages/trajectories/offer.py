"""Parts of the trajectories page: other analytes on offer, what is empty and why, the numbers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from igcore.analysis import Query, Result
from igcore.analysis.result import counted
from igcore.analysis.rule import VERDICTS
from igcore.analysis.trajectories import VERDICT
from igcore.analysis.trajectories.choices import named
from igcore.store.schema import ISOTYPES
from pages.parts.recovery import people as recovery_people
from pages.shared import view

NAME = "trajectories"
MOST = 8  # buttons in a row
WHOSE = ("profile", "trial", "patient", "arm", "analyte", "values", "last_day")


def controls(query: Query) -> None:
    """All controls; the rule of the verdict stands open where the groups are made by it."""
    opened = [VERDICT.heading] if query.values["group"] == "verdict" else []
    view.controls(query, expanded=opened)


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
    people = pd.concat([ask("patient", version=version, patient_key=key) for key in keys])
    people = people[["patient_key", "trial", "patient", "arm"]]
    shown = rows.groupby(["patient_key", "analyte"], as_index=False).agg(
        values=("day", "size"), last_day=("day", "last"), verdict=("verdict", "last")
    )
    shown = shown.merge(people, on="patient_key")
    shown["profile"] = recovery_people.profiles(result, shown.patient_key)
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


def numbers(result: Result) -> dict[str, pd.DataFrame]:
    """The plotted numbers: what is drawn per visit with its n, and the lines where there are any."""
    names = ("summary", "lines", "marks")
    return {
        name: result.table(name) for name in names if len(result.table(name)) or name == names[0]
    }
