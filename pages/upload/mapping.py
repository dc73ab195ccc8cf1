"""Part of the upload page: the mapping table, one for each sheet of a layout that nobody knows."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from igcore.analysis.result import counted
from igcore.errors import IgcoreError
from igcore.ingest.desk import Desk
from igcore.ingest.mapping import document, remember
from igcore.ingest.mapping import draft as drafts
from igcore.ingest.mapping.document import ROLES, Field, Mapping, SheetMapping
from igcore.ingest.mapping.draft import Draft
from igcore.ingest.stage import plain_name
from igcore.ingest.understand import Understood, understand
from pages.shared import layout
from pages.shared.text import safe
from pages.upload import meaning as meaning

STATE = "upload.drafts"


def ask(held: Desk) -> Mapping | None:
    """Mappings of all sheets that need one; None while a question is open."""
    found = understand(
        held.sheets,
        given=Mapping(),
        remembered=remember.remembered(layout.pool()),
        trial=st.session_state.get("upload.trial") or None,
    )
    # Sheets with the same columns share one mapping, so they are asked about once.
    layouts = {document.layout_of(item.sheet.header): item for item in found if item.layout is None}
    foreign = list(layouts.values())
    if not foreign:
        return Mapping()
    st.subheader("What the columns mean", anchor=False)
    st.caption(
        "These sheets are in none of the known layouts. Look through what was understood, and say "
        "what only you know. The answers are kept with the upload and come up again for the next "
        "file with the same columns."
    )
    with st.popover("Use a saved mapping"):
        _load(foreign)
    made = [_sheet(item) for item in foreign]
    if None in made:
        st.info("Some questions are open. The check starts when all are answered.")
        return None
    mapping = Mapping(sheets=tuple(sheet for sheet in made if sheet))
    st.download_button(
        "Download the mapping (JSON)",
        document.to_json(mapping),
        "mapping.json",
        "application/json",
        on_click="ignore",
        help="For `python -m igcore add --mapping mapping.json FILE...`",
    )
    return mapping


def _draft(item: Understood) -> Draft:
    """The draft of a sheet, made once and kept while the page is open."""
    kept: dict[str, Draft] = st.session_state.setdefault(STATE, {})
    key = f"{item.sheet.title}|{document.layout_of(item.sheet.header)}"
    if key not in kept:
        with st.spinner(f"Looking at {safe(item.sheet.title)}"):
            kept[key] = drafts.draft(item.sheet, item)
    return kept[key]


def _keep(item: Understood, changed: Draft) -> None:
    key = f"{item.sheet.title}|{document.layout_of(item.sheet.header)}"
    st.session_state[STATE][key] = changed


def _sheet(item: Understood) -> SheetMapping | None:
    """The editor of one sheet; None while something is open or wrong."""
    draft = _draft(item)
    sheet, own = item.sheet, document.layout_of(item.sheet.header)
    still = draft.open()
    state = f"{counted(len(still), 'question')} open" if still else "understood"
    # The place of the sheet, not what is written in the label, keeps it open or closed.
    with st.expander(f"{safe(sheet.title)}: {state}", expanded=True, key=f"map.{own}"):
        use, named, _ = st.columns([2, 3, 3], vertical_alignment="bottom")
        used = use.toggle("Use this sheet", value=True, key=f"map.{own}.use")
        given = draft.mapping.of("trial")
        trial = named.text_input(
            "Trial",
            value=draft.mapping.trial or plain_name(sheet.file),
            key=f"map.{own}.trial",
            disabled=bool(given) or not used,
            help="The trial that the rows of this sheet belong to.",
        )
        if item.refusal:
            st.caption(safe(str(item.refusal)))
        if not used:
            return replace(draft.mapping, fields=())
        draft = draft.with_fields(meaning.table(draft, own))
        _add_column(item, draft, own)
        draft = draft.with_fields(list(meaning.words(draft, own)))
        try:
            made = document.checked(replace(draft.mapping, trial=trial.strip()))
        except IgcoreError as refusal:
            if not draft.open():
                st.error(safe(str(refusal)))
            return None
        if not made.of("patient"):
            st.error("No column is the patient's id. Choose one under “Add a column”.")
            return None
        return None if draft.open() else made


def _load(foreign: list[Understood]) -> None:
    """A mapping that was downloaded before, in the place of what was suggested."""
    file = st.file_uploader("Mapping (JSON)", type="json", key="upload.saved")
    if file is None or st.session_state.get("upload.loaded") == file.file_id:
        return
    st.session_state["upload.loaded"] = file.file_id
    try:
        given = document.from_json(file.getvalue().decode("utf-8", "replace"))
    except IgcoreError as refusal:
        st.error(safe(str(refusal)))
        return
    fitting = [item for item in foreign if given.get(item.sheet.header)]
    for item in fitting:
        saved = given.get(item.sheet.header)
        _keep(item, replace(_draft(item), mapping=saved))
        _forget_widgets(document.layout_of(item.sheet.header))
    if fitting:
        st.rerun()
    st.error("The mapping is for sheets with other columns.")


def _forget_widgets(own: str) -> None:
    for name in [name for name in st.session_state if str(name).startswith(f"map.{own}.")]:
        del st.session_state[name]


def _add_column(item: Understood, draft: Draft, own: str) -> None:
    """Columns that mean nothing yet, to be given a meaning."""
    used = {field.theirs for field in draft.mapping.fields}
    left = [name for name in draft.mapping.columns if name not in used]
    if not left:
        return
    st.caption(safe(f"Not used: {', '.join(left)}"))
    column, role, part_of, button = st.columns([3, 3, 2, 1.4], vertical_alignment="bottom")
    theirs = column.selectbox("Add a column", left, key=f"map.{own}.add")
    ours = role.selectbox(
        "which means",
        list(ROLES),
        index=None,
        placeholder=meaning.CHOOSE,
        format_func=lambda name: ROLES[name].label,
        key=f"map.{own}.as",
    )
    wanted = {"value": "Analyte", "low": "Analyte", "high": "Analyte"}.get(ours or "")
    wanted = wanted or {"time_to": "Endpoint", "event": "Endpoint"}.get(ours or "")
    part = ""
    if wanted:
        known = ["IgA", "IgG", "IgM"] if wanted == "Analyte" else ["OS", "PFS"]
        part = part_of.selectbox(
            wanted, known, index=None, accept_new_options=True, key=f"map.{own}.part"
        )
    if button.button("Add", key=f"map.{own}.go", disabled=not ours):
        named = {"analyte" if wanted == "Analyte" else "endpoint": part or ""} if wanted else {}
        added = Field(ours=ours, theirs=theirs, **named)
        _keep(item, draft.with_fields([*draft.mapping.fields, added]))
        st.rerun()
