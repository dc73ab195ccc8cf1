"""Parts of the pool page: data versions, backup and check, starting empty."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import streamlit as st

from igcore.errors import IgcoreError
from igcore.ingest import demo
from igcore.store import history
from pages.pool import changes as pool_changes
from pages.shared import layout
from pages.shared.text import safe


def versions() -> None:
    """One row per data version: what made it, who, why."""
    rows = history.versions(layout.pool())
    st.subheader("Data versions", anchor=False)
    frame = pd.DataFrame(
        {
            "Data version": rows.version,
            "What": [_sentence(pool_changes.happened(row)) for row in rows.itertuples()],
            "By (as stated)": rows.stated_by,
            "Reason": rows.why,
            "When (UTC)": rows.written,
            "Igcore": rows.igcore_version,
        }
    )
    st.dataframe(
        frame,
        hide_index=True,
        placeholder="",
        alt="Data versions, newest first",
        column_config={"When (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm")},
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _copy() -> bytes:
    with tempfile.TemporaryDirectory(prefix="igcore-") as folder:
        return history.backup(layout.pool(), Path(folder) / "pool.duckdb").read_bytes()


def keep() -> None:
    """Download a backup; compare the pool with its proofs."""
    st.subheader("Backup and check", anchor=False)
    with st.container(horizontal=True):
        st.download_button(
            "Download a backup",
            _copy,
            "igcore-pool.duckdb",
            "application/octet-stream",
            on_click="ignore",
            help="The whole pool as one file; put it in the pool's place to go back to it.",
        )
        asked = st.button(
            "Check the pool", help="Counts every version's rows and compares their checksums."
        )
    if asked:
        with st.spinner("Counting every version's rows"):
            wrong = history.check(layout.pool())
        for sentence in wrong:
            st.error(safe(sentence))
        if not wrong:
            st.success("Every version holds what was added to it.")


def start_empty() -> None:
    """Remove the simulated trials for good."""
    rows = history.uploads(layout.pool())
    simulated = rows[rows.removed_in.isna() & (rows.stated_by == demo.STATED_BY)].upload
    if simulated.empty:
        return
    st.subheader("Start with an empty pool", anchor=False)
    st.markdown("The simulated trials leave the pool; your own uploads stay.")
    if st.button("Remove the simulated trials"):
        try:
            for upload in simulated:
                history.remove(layout.pool(), int(upload), why="Start with an empty pool")
        except IgcoreError as refusal:
            st.error(safe(str(refusal)))
        else:
            st.session_state["pool.said"] = "The simulated trials are removed."
            st.rerun()
