"""Parts of the upload page: the files in hand, how they were read, and the stop for privacy."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from igcore import documentation
from igcore.analysis.result import counted
from igcore.errors import IgcoreError
from igcore.ingest.desk import Desk, Item
from igcore.ingest.job import Job
from igcore.ingest.privacy import stop as personal
from igcore.ingest.read import kinds
from igcore.ingest.report import PersonalColumn
from pages.shared import layout
from pages.shared.text import safe

STATE = "upload.desk"
ENCODINGS = ("utf-8", "utf-16", "windows-1252", "latin-1")
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def desk() -> Desk:
    """The reader's desk; a new one when the dashboard has another pool."""
    held: Desk | None = st.session_state.get(STATE)
    if held is None or held.pool is not layout.pool():
        held = st.session_state[STATE] = Desk(layout.pool())
    return held


def templates() -> None:
    """The empty templates and what each column means."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in documentation.templates().items():
            archive.writestr(name, text)
    with st.expander("Templates and what their columns mean"):
        st.download_button(
            "Empty templates (zip)",
            packed.getvalue(),
            "igcore-templates.zip",
            "application/zip",
            on_click="ignore",
        )
        st.markdown(documentation.data_dictionary())


def run(work: Callable, *, words: str, on_cancel: Callable[[], None]) -> Any:
    """Run a long step with progress and a way to cancel it; its result, or its error.

    The step runs in a thread of its own. A reader who cancels or leaves ends this script, and
    with it the step: nothing of it is stored.
    """
    job = Job(work)
    place = st.empty()
    with place.container(border=True, horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, words)
        st.button("Cancel", key=f"upload.cancel.{words}", on_click=on_cancel, width="content")
    try:
        while not job.ended(0.15):
            bar.progress(job.share, safe(job.words.replace("_", " ")))
        return job.result()
    finally:
        if not job.ended(0):
            job.cancel.set()
            job.ended(20)
        place.empty()


def drop(held: Desk) -> None:
    """Where files are dropped; they are staged at once, and the browser's copies let go."""
    turn = st.session_state.setdefault("upload.turn", 0)
    files = st.file_uploader(
        "Files of one or several trials",
        type=[kind.lstrip(".") for kind in kinds()],
        accept_multiple_files=True,
        key=f"upload.files.{turn}",
        help="Up to 1 GB each; larger files go through `python -m igcore add FILE` on the server.",
    )
    for file in files:
        try:
            run(
                lambda progress, cancel, file=file: held.put(file, file.name, progress=progress),
                words=f"Reading {file.name}",
                on_cancel=_let_go,
            )
        except IgcoreError as refusal:
            st.error(safe(str(refusal)))
            return
    if files:
        _let_go()
        st.session_state.pop("upload.result", None)
        st.rerun()


def _let_go() -> None:
    """A new widget: the old one's files leave the server's memory."""
    st.session_state["upload.turn"] += 1


def in_hand(held: Desk) -> None:
    """Every file on the desk with its sheets and rows, how it was read, and a way to put it away."""
    st.subheader("Files in hand", anchor=False)
    for number, item in enumerate(list(held.items)):
        file = item.staged
        with st.container(border=True):
            title, away = st.columns([8, 1], vertical_alignment="center")
            rows = sum(sheet.rows for sheet in file.sheets)
            size = f"{file.bytes / 1e6:,.1f} MB" if file.bytes >= 1e5 else f"{file.bytes:,} bytes"
            title.markdown(f"**{safe(file.name)}** · {counted(rows, 'row')} · {size}")
            away.button(
                "Remove",
                key=f"upload.away.{number}",
                help=f"Take {file.name} off the desk",
                width="stretch",
                on_click=held.take_away,
                args=(file.name,),
            )
            if file.refusal:
                st.error(safe(f"{file.refusal.problem} {file.refusal.cure}"))
            for sheet in file.sheets:
                notes = " ".join(sheet.notes)
                named = f"Sheet “{sheet.sheet}”: " if sheet.sheet else ""
                columns = counted(len(sheet.header), "column")
                st.caption(safe(f"{named}{counted(sheet.rows, 'row')}, {columns}. {notes}"))
            _reading(held, item, number)
    st.button("Put all files away", on_click=held.clear)


def _reading(held: Desk, item: Item, number: int) -> None:
    """How a text file or a workbook of one sheet was read, to be changed where that was wrong."""
    if len(item.staged.sheets) != 1 or item.raw is None:
        return
    found = item.staged.sheets[0].reading
    with st.expander("How it was read"), st.form(f"upload.reading.{number}", border=False):
        left, middle, right, last = st.columns(4, vertical_alignment="bottom")
        chosen = found
        if found.encoding:
            encodings = list(dict.fromkeys([found.encoding, *ENCODINGS]))
            encoding = left.selectbox("Encoding", encodings)
            signs = list(dict.fromkeys([found.delimiter, *DELIMITERS]))
            delimiter = middle.selectbox(
                "Columns end with", signs, format_func=lambda sign: DELIMITERS.get(sign, sign)
            )
            chosen = replace(chosen, encoding=encoding, delimiter=delimiter)
        header = right.number_input("Header in line", 1, 10_000, found.header_row or 1)
        chosen = replace(chosen, header_row=int(header))
        if last.form_submit_button("Read again") and chosen != found:
            run(
                lambda progress, cancel: held.read_again(
                    item.staged.name, chosen, progress=progress
                ),
                words=f"Reading {item.staged.name} again",
                on_cancel=lambda: None,
            )
            st.rerun()


def privacy(held: Desk) -> dict[str, str] | None:
    """Stop for columns that look personal. Column -> why it is harmless; None while one is open."""
    harmless: dict[str, str] = st.session_state.setdefault("upload.harmless", {})
    kept = st.session_state.get("upload.personal")
    if kept is None or kept[0] != held.changes:
        kept = (held.changes, personal.stops(held.sheets))
        st.session_state["upload.personal"] = kept
    found = [column for column in kept[1] if column.column not in harmless]
    if not found:
        return harmless
    st.subheader("Stopped: this may identify people", anchor=False)
    st.error(
        "Nothing is stored while a column looks personal. Drop it, and the copy on this server is "
        "rewritten without it at once; or say why it is harmless."
    )
    for number, column in enumerate(found):
        _ask_personal(held, column, number, harmless)
    return None


def _ask_personal(
    held: Desk, column: PersonalColumn, number: int, harmless: dict[str, str]
) -> None:
    where = f"{column.file}, sheet “{column.sheet}”" if column.sheet else column.file
    with st.container(border=True):
        st.markdown(
            f"**{safe(column.column)}** in {safe(where)} looks like {safe(column.kind)}. "
            f"{safe(column.reason)}"
        )
        away, why, say = st.columns([2, 5, 2], vertical_alignment="bottom")
        if away.button("Drop the column", key=f"upload.drop.{number}", type="primary"):
            for sheet in held.sheets:
                if (sheet.file, sheet.sheet) == (column.file, column.sheet):
                    held.drop(sheet, column.column)
            st.rerun()
        reason = why.text_input(
            "Why it is harmless",
            key=f"upload.why.{column.column}",
            placeholder="such as: names of study sites",
        )
        if say.button("It is harmless", key=f"upload.harmless.{number}", disabled=not reason):
            harmless[column.column] = reason.strip()
            st.rerun()
