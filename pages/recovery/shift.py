"""Section of the recovery page: class at baseline against class of the final value."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from igcore.analysis import Result
from igcore.figures.recovery.picks import shift_heading, shift_patients
from igcore.figures.recovery.shift import cell_pick, cells
from igcore.figures.views import SHIFT
from pages.shared import layout

SEEN = "recovery-shift-seen"


def section(result: Result) -> tuple[str, pd.DataFrame] | None:
    """Draw the shift twice, as ribbons and as a table; the patients of what was clicked."""
    st.subheader("From baseline to final value", anchor=False)
    st.markdown(
        "Every assessable patient, also those without a baseline or without a final value "
        "(missing). Each value is low, normal or high by its own record's limits. Click a number, "
        "a bar or a cell to list its patients."
    )
    clicked = layout.figure(SHIFT, result, picks=True)
    chosen = _latest([pick for pick in clicked if pick[0] == "shift"], _table(result))
    if not chosen:
        return None
    verdicts = result.table("verdicts")
    rows = pd.concat([shift_patients(verdicts, pick) for pick in chosen]).sort_index()
    words = dict.fromkeys(shift_heading(pick) for pick in chosen)
    return "; ".join(words), rows[~rows.index.duplicated()]


def _table(result: Result) -> list[list[str]]:
    """The table, and what the clicked cell of it stands for."""
    shown, _ = cells(result)
    st.caption("Final value in columns: patients, and their share of the row. All trials together.")
    found = st.dataframe(
        shown,
        key="recovery-shift-cells",
        hide_index=True,
        height="content",
        column_config={
            name: st.column_config.TextColumn(alignment="right") for name in shown.columns[2:]
        },
        alt="Class at baseline by class of the final value, all trials together",
        on_select="rerun",
        selection_mode="single-cell",
    )
    some = found.selection.cells if hasattr(found, "selection") else []
    return [cell_pick(result, row, column) for row, column in some if row < len(shown)]


def _latest(figure: list[list], table: list[list]) -> list[list]:
    """Of figure and table the one that was clicked last; both keep their old choice."""
    seen = st.session_state.setdefault(SEEN, {"figure": [], "table": [], "chosen": []})
    for name, now, other in (("figure", figure, table), ("table", table, figure)):
        if now != seen[name]:
            seen |= {name: now, "chosen": now or other}
    return seen["chosen"]
