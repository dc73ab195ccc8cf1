"""Parts of the pool page: what was added with a mark."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from igcore.analysis.result import counted, to_csv
from igcore.store import contents
from pages.pool import shared
from pages.shared import layout

_WHOLE = {
    "upload": "Upload",
    "file": "File",
    "sheet": "Sheet",
    "line": "Line",
    "column": "Column",
    "value": "Value",
    "problem": "Problem",
    "cure": "What to do",
}


def n_rows(text: str) -> int:
    """Rows that an upload's warnings (JSON) speak of."""
    return sum(warning.get("rows", 1) for warning in json.loads(text))


@st.cache_data(max_entries=20, show_spinner=False)
def _warnings(path: str, version: int, upload: int | None) -> pd.DataFrame:
    return contents.warnings(layout.pool(), upload)


def of_upload(upload: int) -> None:
    """The warnings of one upload, grouped, and the whole list as CSV."""
    found = _warnings(*shared.key(), upload)
    if found.empty:
        st.caption("Warnings: none.")
        return
    st.caption("Warnings: rows that were added with a mark")
    _grouped(found, f"Warnings of upload {upload} by kind")
    _download(found, f"igcore-upload-{upload}-warnings.csv")


def all_in_force() -> None:
    """The warnings of every upload in force, by trial and kind."""
    found = _warnings(*shared.key(), None)
    if found.empty:
        st.success("No upload in force has a warning.")
        return
    carried = shared.carried(*shared.key())
    carried = carried[carried.upload.isin(found.upload)]
    left, right = st.columns(2)
    trials = left.multiselect(
        "Trials",
        sorted(carried.trial.unique()),
        placeholder="All of them",
        help="Warnings of the uploads that have rows of these trials.",
    )
    kinds = right.multiselect("Kinds", sorted(found.kind.unique()), placeholder="All of them")
    if trials:
        found = found[found.upload.isin(carried[carried.trial.isin(trials)].upload)]
    if kinds:
        found = found[found.kind.isin(kinds)]
    if found.empty:
        st.info("No warning is of these trials and of these kinds. Take one of the filters off.")
        return
    n = int(found.rows.sum())
    st.markdown(
        f"{counted(n, 'row')} of {counted(found.upload.nunique(), 'upload')} "
        f"{'was' if n == 1 else 'were'} added with a mark: "
        "such rows count in every answer, and are worth a look."
    )
    _grouped(found, "Warnings by kind")
    with st.expander("All of them"):
        st.dataframe(
            found[list(_WHOLE)].rename(columns=_WHOLE),
            hide_index=True,
            placeholder="",
            alt="Every warning of the uploads in force",
        )
    _download(found, "igcore-warnings.csv")


def _grouped(found: pd.DataFrame, alt: str) -> None:
    """One row per kind and column: how many, where, an example, what to do."""
    grouped = (
        found.groupby(["kind", "column", "cure"], dropna=False, sort=False)
        .agg(
            rows=("rows", "sum"),
            uploads=("upload", lambda n: ", ".join(map(str, sorted(set(n))))),
            values=("value", lambda v: ", ".join(v.dropna().astype(str).drop_duplicates()[:3])),
        )
        .reset_index()
        .sort_values("rows", ascending=False, kind="stable")
    )
    names = {
        "rows": "Rows", "kind": "Problem", "column": "Column", "values": "Such as",
        "cure": "What to do", "uploads": "Uploads",
    }  # fmt: skip
    st.dataframe(
        grouped[list(names)].rename(columns=names),
        hide_index=True,
        placeholder="",
        alt=alt,
        row_height=76,  # room for sentences, which then run over several lines
        column_config={
            "Rows": st.column_config.NumberColumn(width="small", format="localized"),
            "Problem": st.column_config.TextColumn(width="large"),
            "What to do": st.column_config.TextColumn(width="medium"),
        },
    )


def _download(found: pd.DataFrame, name: str) -> None:
    st.download_button(
        "All warnings (CSV)", to_csv(found), name, "text/csv", key=f"{name}", on_click="ignore"
    )
