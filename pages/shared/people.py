"""Lists of patients with their verdicts; each row leads to the profile under the same rule."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from igcore.analysis import Result, encoded, find, linked
from igcore.analysis.result import counted
from igcore.analysis.rule import REASONS, VERDICTS
from pages.shared.text import safe

COLUMNS = (
    *("profile", "trial", "patient", "analyte", "verdict", "baseline_operator", "baseline"),
    *("final_operator", "final", "unit", "change_percent", "low", "high", "reason"),
)
MOST = 20_000  # rows that a browser is sent at once


def profiles(result: Result, keys: pd.Series, **own: list[str]) -> list[str]:
    """Links to these patients' profiles, under the filters, rule and data version of a result.

    `own` are parameters of the profile that differ from the result's.
    """
    # The filters stay, too, so that the profile steps through the same patients.
    kept = encoded(find("patient"), result.asked) | own
    return [
        f"/{linked('patient', {'key': [str(key)], **kept}, result.data_version)}" for key in keys
    ]


def people(result: Result, rows: pd.DataFrame, name: str) -> None:
    """The rows of `verdicts` that were asked for, as a list; `name` tells lists of a page apart."""
    shown = rows.head(MOST).copy()
    shown["profile"] = profiles(result, shown.patient_key)
    shown["verdict"] = shown.verdict.map(VERDICTS)
    shown["reason"] = shown.reason.map(REASONS)
    columns = [
        one for one in COLUMNS if "operator" not in one or shown[one].fillna("").ne("").any()
    ]
    st.dataframe(
        shown[columns],
        hide_index=True,
        placeholder="",
        height=min(38 + 35 * max(len(shown), 1), 380),
        key=f"people-{name}",
        alt="Patients with their verdicts",
        column_config=_looks(),
    )
    if len(rows) > MOST:
        st.caption(
            f"The first {MOST:,} of {len(rows):,} rows. All of them: the command below with "
            "`--table verdicts`."
        )


def _looks() -> dict:
    """Headings, widths and formats of the columns."""
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    bound = "< or >: the laboratory gave only a bound of the value beside it."
    return {
        "profile": st.column_config.LinkColumn("Profile", display_text="open", width=54),
        "trial": text("Trial"),
        "patient": text("Patient"),
        "analyte": text("Isotype", width=60),
        "verdict": text("Verdict", width=148),
        "baseline_operator": text("Bound", width=60, help=bound),
        "baseline": number("Baseline", format="%.3g", width=70),
        "final_operator": text("Bound", width=60, help=bound),
        "final": number("Final", format="%.3g", width=58),
        "unit": text("Unit", width=54),
        "change_percent": number("Change, %", format="%+.1f", width=82),
        "low": number("Low", format="%.3g", width=48, help="Lower limit of the final value."),
        "high": number("High", format="%.3g", width=52, help="Upper limit of the final value."),
        "reason": text("Reason", width=250),
    }


def picked(result: Result, chosen: tuple[str, pd.DataFrame] | None, name: str) -> None:
    """The patients behind what was clicked, or how to see them."""
    if chosen is None:
        return
    heading, rows = chosen
    with st.container(border=True):
        st.markdown(f"**{safe(heading)}**: {counted(len(rows), 'verdict')}")
        people(result, rows, name)
        st.caption("A double click on the figure takes the choice back.")
