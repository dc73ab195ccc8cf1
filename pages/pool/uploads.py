"""Parts of the pool page: all uploads, one of them in full, removing and restoring it."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from igcore.store import contents, history
from pages.pool import changes as pool_changes
from pages.pool import shared
from pages.pool import warnings as pool_warnings
from pages.shared import layout
from pages.shared.text import safe

_COUNTS = {
    "read": "Read",
    "added": "Added",
    "replaced": "Of these replaced",
    "skipped": "Already there",
    "refused": "Refused",
}
WHEN = st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm")


def _state(row: object) -> str:
    """What became of an upload, in words."""
    if pd.notna(row.removed_in):
        return f"Removed in version {row.removed_in}: {row.why.rstrip('.')}"
    if pd.notna(row.restored_in):
        return f"In force, restored in version {row.restored_in}"
    return "In force"


def listed() -> None:
    """One row per upload: when, by whom, what it brought, what became of it."""
    rows = history.uploads(layout.pool())
    carried = shared.carried(*shared.key())
    trials = carried.groupby("upload").trial.unique()
    counts = [json.loads(text).values() for text in rows.counts]
    frame = pd.DataFrame(
        {
            "Upload": rows.upload,
            "State": [_state(row) for row in rows.itertuples()],
            "Trials": [", ".join(trials.get(upload, [])) for upload in rows.upload],
            "Rows added": [sum(n["added"] for n in count) for count in counts],
            "Refused": [sum(n["refused"] for n in count) for count in counts],
            "Warnings": [pool_warnings.n_rows(text) for text in rows.warnings],
            "Added (UTC)": rows.written,
            "By (as stated)": rows.stated_by,
            "Data version": rows.version,
        }
    )
    st.dataframe(
        frame,
        hide_index=True,
        placeholder="",
        alt="Uploads, newest first",
        column_config={
            "Added (UTC)": WHEN,
            "State": st.column_config.TextColumn(width="medium"),
            "Rows added": shared.NUMBER,
            "Refused": shared.NUMBER,
            "Warnings": shared.NUMBER,
        },
    )


def one() -> None:
    """One upload in full."""
    rows = history.uploads(layout.pool())
    files = {
        str(row.upload): f"{row.upload} · " + ", ".join(f["file"] for f in json.loads(row.files))
        for row in rows.itertuples()
    }
    asked = shared.picked("upload", files, next(iter(files)), label="Upload in full", on=st)
    (row,) = rows[rows.upload == int(asked)].itertuples()
    st.subheader(f"Upload {row.upload}", anchor=False)
    by = f", by {safe(row.stated_by)} (as stated)" if row.stated_by else ", nobody named"
    st.markdown(
        f"{safe(_state(row))}. Added on {row.written:%Y-%m-%d at %H:%M} UTC{by}; it made data "
        f"version {row.version}."
    )
    _files(row)
    _numbers(row)
    pool_warnings.of_upload(int(row.upload))
    if pd.notna(row.removed_in):
        _restore(row)
    else:
        _remove(row)


def _files(row: object) -> None:
    """Files with their SHA-256, and the mapping that they were read with."""
    names = {"file": "File", "sha256": "SHA-256", "bytes": "Bytes"}
    st.caption("Files")
    st.dataframe(
        pd.DataFrame(json.loads(row.files)).rename(columns=names),
        hide_index=True,
        placeholder="",
        alt=f"Files of upload {row.upload}",
        column_config={
            "SHA-256": st.column_config.TextColumn(width="large"),
            "Bytes": shared.NUMBER,
        },
    )
    documents = contents.mappings(layout.pool(), int(row.upload))
    if not documents:
        st.caption("Mapping: none was needed, the layout of the files is known.")
    for number, document in enumerate(documents, 1):
        apart = f"-{number}" if len(documents) > 1 else ""
        st.download_button(
            "Mapping (JSON)",
            document,
            f"igcore-upload-{row.upload}-mapping{apart}.json",
            "application/json",
            key=f"pool.mapping.{row.upload}.{number}",
            on_click="ignore",
            help="What each column was taken for. Use it with `python -m igcore add --mapping`.",
        )


def _numbers(row: object) -> None:
    """Counts of the intake, and what the upload carries in the pool."""
    counts = json.loads(row.counts)
    read = pd.DataFrame(
        [{"Table": name, **{says: n[key] for key, says in _COUNTS.items()}}
         for name, n in counts.items()]
    )  # fmt: skip
    left, right = st.columns(2)
    with left:
        st.caption("Rows of its files, by table")
        alt = f"Rows of the files of upload {row.upload}"
        numbers = dict.fromkeys(_COUNTS.values(), shared.NUMBER)
        st.dataframe(read, hide_index=True, placeholder="", alt=alt, column_config=numbers)
    carried = shared.carried(*shared.key())
    held = "In force when removed" if pd.notna(row.removed_in) else "In force now"
    names = {
        "trial": "Trial", "table": "Table", "rows": "Rows", "in_force": held,
        "patients": "Patients",
    }  # fmt: skip
    with right:
        st.caption("What it carried" if pd.notna(row.removed_in) else "What it carries")
        own = carried[carried.upload == row.upload][list(names)].rename(columns=names)
        alt = f"Rows of upload {row.upload} by trial and table"
        numbers = dict.fromkeys(("Rows", held, "Patients"), shared.NUMBER)
        st.dataframe(own, hide_index=True, placeholder="", alt=alt, column_config=numbers)
    if pd.notna(row.removed_in):
        pool_changes.link(
            int(row.removed_in) - 1, int(row.removed_in), "What its removal changed →"
        )
    else:
        version = row.version if pd.isna(row.restored_in) else row.restored_in
        pool_changes.link(int(version) - 1, int(version), "What it changed →")


def _remove(row: object) -> None:
    st.subheader("Take this upload back", anchor=False)
    with st.form(f"pool.remove.{row.upload}.{layout.pool().newest()}"):
        st.markdown("Its rows leave the newest data version; rows that it had replaced return.")
        why, who = shared.reasons("Why it is removed")
        sent = st.form_submit_button(f"Remove upload {row.upload}")
    if sent:
        shared.act(
            lambda: history.remove(layout.pool(), int(row.upload), why=why, stated_by=who),
            f"Upload {row.upload} is removed",
            who,
        )


def _restore(row: object) -> None:
    st.subheader("Bring this upload in again", anchor=False)
    with st.form(f"pool.restore.{row.upload}.{layout.pool().newest()}"):
        st.markdown(
            "Its rows come back as they were when it was removed, as a new data version. If the "
            "pool says something else about them by now, it is refused and nothing changes."
        )
        why, who = shared.reasons("Why it is restored")
        sent = st.form_submit_button(f"Restore upload {row.upload}")
    if sent:
        shared.act(
            lambda: history.restore(layout.pool(), int(row.upload), why=why, stated_by=who),
            f"Upload {row.upload} is in force again",
            who,
        )
