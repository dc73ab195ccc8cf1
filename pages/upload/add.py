"""Part of the upload page: options, the rehearsal, adding with progress, and undo."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from igcore.errors import IgcoreError
from igcore.ingest import Options, Report
from igcore.ingest.desk import Desk
from igcore.ingest.mapping.document import Mapping
from igcore.store import cards, history
from pages.shared import layout, site
from pages.shared.text import safe
from pages.upload import report as upload_report
from pages.upload.files import run

RESULT, REHEARSED, PAUSED = "upload.result", "upload.rehearsed", "upload.paused"


def options(mapping: Mapping, harmless: dict[str, str]) -> Options:
    """What the reader says about the files."""
    with st.expander("About these files", expanded=True, key="upload.about"):
        left, middle, right = st.columns(3)
        trial = left.text_input(
            "Trial", key="upload.trial", help="Only if all rows belong to one trial of this name."
        )
        title = left.text_input("Title of the trial")
        cutoff = middle.date_input("Data cut-off", value=None, format="YYYY-MM-DD")
        who = middle.text_input("Your name", help="Kept in the history and shown as stated.")
        laboratory = left.selectbox(
            "Laboratory",
            cards.laboratories(),
            index=None,
            placeholder="as the trial has it",
            help="Whose ranges of normal serve values without limits of their own.",
        )
        simulated = right.checkbox("The data are simulated")
        no_m = right.checkbox(
            "No monoclonal protein in this disease", help="Then every isotype can be judged."
        )
        zero = right.checkbox(
            "Days count from 0",
            help="Templates whose day 0 is the day of first treatment; ours count from 1.",
        )
        again = right.checkbox(
            "Replace",
            help="Same key, other content: take the new row; the old one stays in history.",
        )
        whole = right.checkbox("All or nothing", help="One refused row refuses the whole upload.")
    return Options(
        trial=trial.strip() or None,
        title=title.strip() or None,
        cutoff=cutoff,
        simulated=simulated,
        no_m_protein=no_m,
        from_zero=zero,
        laboratory=laboratory,
        replace=again,
        all_or_nothing=whole,
        mapping=mapping,
        harmless=tuple(sorted(harmless.items())),
        stated_by=who.strip(),
    )


def rehearse(held: Desk, chosen: Options) -> Report | None:
    """What adding would do, asked again when anything has changed; None if it was cancelled."""
    key = (held.changes, chosen, layout.pool().newest())
    kept = st.session_state.get(REHEARSED)
    if kept is not None and kept[0] == key:
        return kept[1]
    if st.session_state.get(PAUSED) == key:
        st.info("The check was cancelled. Nothing was stored.")
        if not st.button("Check again", type="primary"):
            return None
    listed = held.folder / f"problems-{held.changes}-{abs(hash(key))}.csv"
    listed.unlink(missing_ok=True)
    report = run(
        lambda progress, cancel: held.add(
            replace(chosen, problems=listed), rehearse=True, progress=progress, cancel=cancel
        ),
        words="Checking",
        on_cancel=lambda: st.session_state.update({PAUSED: key}),
    )
    st.session_state[REHEARSED] = (key, report)
    return report


def button(held: Desk, report: Report, chosen: Options) -> None:
    """Add what can be added; the result stays on the page while the files are let go."""
    blocked = chosen.all_or_nothing and report.n_errors
    if not report.added or blocked:
        what = "one refused row refuses all" if blocked else "every row is known or refused"
        st.info(f"There is nothing to add: {what}.")
        return
    rows = "1 row" if report.added == 1 else f"{report.added:,} rows"
    if st.button(f"Add {rows} to the pool", type="primary"):
        try:
            result = run(
                lambda progress, cancel: held.add(
                    chosen, rehearse=False, progress=progress, cancel=cancel
                ),
                words="Adding",
                on_cancel=lambda: st.session_state.update({"upload.stopped": True}),
            )
        except IgcoreError as refusal:
            st.error(safe(str(refusal)))
            return
        st.session_state[RESULT] = result
        forget(held)
        st.rerun()


def stopped() -> None:
    """Say that adding was cancelled, once."""
    if st.session_state.pop("upload.stopped", False):
        st.info("Cancelled. Nothing of this upload was stored; the files are still in hand.")


def forget(held: Desk) -> None:
    """Let go of the files and of what was said about them."""
    held.clear()
    for name in (REHEARSED, PAUSED, "upload.drafts", "upload.harmless", "upload.personal"):
        st.session_state.pop(name, None)


def last_result() -> None:
    """What the last upload of this session did, where to go from there, and the way back."""
    report: Report | None = st.session_state.get(RESULT)
    if report is None or report.upload is None:
        return
    st.success(f"Stored as upload {report.upload}; the data version is {report.data_version}.")
    with st.container(horizontal=True, vertical_alignment="center"):
        for name, words in (
            ("overview", "Overview →"),
            ("recovery", "Who recovered →"),
            ("survival", "Survival →"),
            ("pool", "The pool →"),
        ):
            st.page_link(site.page_path(name), label=words)
        with st.popover("Take it back"):
            _undo(report.upload)
    upload_report.show(report, stored=True)


def _undo(upload: int) -> None:
    why = st.text_input("Reason", key="upload.undo.why", help="It stays in the history.")
    if st.button(f"Remove upload {upload}", disabled=not why.strip(), type="primary"):
        try:
            version = history.remove(layout.pool(), upload, why=why)
        except IgcoreError as refusal:
            st.error(safe(str(refusal)))
            return
        st.session_state.pop(RESULT, None)
        st.session_state["upload.undone"] = (upload, version)
        st.rerun()


def undone() -> None:
    """Say that an upload was taken back, once."""
    told = st.session_state.pop("upload.undone", None)
    if told:
        st.info(
            f"Upload {told[0]} is taken back; the data version is {told[1]}. "
            "It can be restored on the Pool page."
        )
