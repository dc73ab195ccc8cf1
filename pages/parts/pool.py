"""Parts of the pool page: uploads, removing, versions, backup and check, starting empty."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pandas as pd
import streamlit as st

from igcore.errors import IgcoreError
from igcore.ingest import demo
from igcore.store import history
from pages.shared import layout, site
from pages.shared.text import safe


def _listed() -> pd.DataFrame:
    return history.uploads(layout.pool())


def uploads() -> None:
    """One row per upload: when, by whom, which files, what it added."""
    rows = _listed()
    if rows.empty:
        st.info("The pool is empty.")
        st.page_link(site.page_path("upload"), label="Add files to the pool →")
        return
    st.dataframe(_shown(rows), hide_index=True, placeholder="", alt="Uploads, newest first")
    with st.expander("Files with their SHA-256, and warnings"):
        for row in rows.itertuples():
            st.caption(f"Upload {row.upload}")
            for text, says in ((row.files, "Files"), (row.warnings, "Warnings")):
                told = json.loads(text)
                if told:
                    alt = f"{says} of upload {row.upload}"
                    st.dataframe(pd.DataFrame(told), hide_index=True, placeholder="", alt=alt)


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Uploads with their JSON columns in words."""
    counts = [json.loads(text) for text in rows.counts]
    return pd.DataFrame(
        {
            "Upload": rows.upload,
            "Data version": rows.version,
            "Added (UTC)": rows.written,
            "By (as stated)": rows.stated_by,
            "Rows": [
                ", ".join(f"{n['added']:,} {name}" for name, n in count.items() if n["added"])
                for count in counts
            ],
            "Files": [", ".join(f["file"] for f in json.loads(text)) for text in rows.files],
            "Warnings": [len(json.loads(text)) for text in rows.warnings],
            "Removed in": rows.removed_in,
            "Reason": rows.why,
        }
    )


def remove() -> None:
    """Take an upload back, with a reason and a name."""
    rows = _listed()
    present = list(rows[rows.removed_in.isna()].upload) if len(rows) else []
    if not present:
        return
    st.subheader("Take an upload back", anchor=False)
    with st.form("pool.remove", clear_on_submit=True):
        left, middle, right = st.columns([1, 3, 2])
        upload = left.selectbox("Upload", present)
        why = middle.text_input("Reason", placeholder="Why it is removed; kept in the history")
        who = right.text_input("Your name", help="Shown as stated.")
        sent = st.form_submit_button("Remove this upload")
    if sent:
        try:
            version = history.remove(layout.pool(), int(upload), why=why, stated_by=who)
        except IgcoreError as refusal:
            st.error(safe(str(refusal)))
        else:
            st.session_state["pool.said"] = (
                f"Upload {upload} is removed; the data version is {version}."
            )
            st.rerun()
    if "pool.said" in st.session_state:
        st.success(st.session_state.pop("pool.said"))


def versions() -> None:
    """One row per data version."""
    rows = history.versions(layout.pool())
    if rows.empty:
        return
    st.subheader("Data versions", anchor=False)
    names = {
        "version": "Data version",
        "action": "What",
        "upload": "Upload",
        "stated_by": "By (as stated)",
        "why": "Reason",
        "written": "When",
        "igcore_version": "Igcore",
    }
    st.dataframe(
        rows.rename(columns=names),
        hide_index=True,
        placeholder="",
        alt="Data versions, newest first",
    )


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
        wrong = history.check(layout.pool())
        for sentence in wrong:
            st.error(safe(sentence))
        if not wrong:
            st.success("Every version holds what was added to it.")


def start_empty() -> None:
    """Remove the simulated trials for good."""
    rows = _listed()
    if rows.empty:
        return
    simulated = rows[rows.removed_in.isna() & (rows.stated_by == demo.STATED_BY)].upload
    if simulated.empty:
        return
    st.subheader("Start with an empty pool", anchor=False)
    st.markdown("The simulated trials leave the pool for good; your own uploads stay.")
    if st.button("Remove the simulated trials"):
        try:
            for upload in simulated:
                history.remove(layout.pool(), int(upload), why="Start with an empty pool")
        except IgcoreError as refusal:
            st.error(safe(str(refusal)))
        else:
            st.rerun()
