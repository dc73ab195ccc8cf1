"""Parts of the upload page: staging, options, the report, and adding with progress."""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import streamlit as st

from igcore import documentation, ingest
from igcore.analysis.result import counted, to_csv
from igcore.errors import IgcoreError
from igcore.ingest import Options, Report
from pages.shared import layout, site
from pages.shared.text import safe

KINDS = ("csv", "tsv", "txt", "xlsx", "xpt")


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


def drop() -> list:
    """The files that the reader dropped; a new widget after each upload lets go of their bytes."""
    turn = st.session_state.setdefault("upload.turn", 0)
    return st.file_uploader(
        "Files (CSV, TSV, TXT, XLSX or SAS transport)",
        type=list(KINDS),
        accept_multiple_files=True,
        key=f"upload.files.{turn}",
        help="Up to 1 GB each; larger files go through `python -m igcore add FILE` on the server.",
    )


def options(*, opened: bool) -> Options:
    """What the reader says about the files; open once there are some."""
    with st.expander("About these files", expanded=opened):
        left, middle, right = st.columns(3)
        trial = left.text_input("Trial", help="Only if all rows belong to one trial of this name.")
        title = left.text_input("Title of the trial")
        cutoff = middle.date_input("Data cut-off", value=None, format="YYYY-MM-DD")
        who = middle.text_input("Your name", help="Kept in the history and shown as stated.")
        simulated = right.checkbox("The data are simulated")
        no_m = right.checkbox(
            "No monoclonal protein in this disease", help="Then every isotype can be judged."
        )
        replace = right.checkbox(
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
        replace=replace,
        all_or_nothing=whole,
        stated_by=who.strip(),
    )


def _run(files: list, chosen: Options, *, rehearse: bool) -> Report:
    """Stage the files for the length of one `add`, with progress on the page."""
    bar = st.progress(0.0, "Reading")
    folder = Path(tempfile.mkdtemp(prefix="igcore-"))
    try:
        paths = []
        for number, file in enumerate(files):
            path = folder / f"{number}.part"
            with path.open("wb") as staged:
                shutil.copyfileobj(file, staged)
            file.seek(0)
            paths.append(path)
        return ingest.add(
            layout.pool(),
            paths,
            chosen,
            names=[file.name for file in files],
            rehearse=rehearse,
            progress=lambda share, words: bar.progress(min(share, 1.0), words.replace("_", " ")),
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        bar.empty()


def rehearse(files: list, chosen: Options) -> Report:
    """What adding would do; asked again only when files, options or the pool change."""
    key = (tuple(file.file_id for file in files), chosen, layout.pool().newest())
    kept = st.session_state.get("upload.rehearsed")
    if kept is None or kept[0] != key:
        kept = (key, _run(files, chosen, rehearse=True))
        st.session_state["upload.rehearsed"] = kept
    return kept[1]


def show(report: Report) -> None:
    """What was recognised, the counts per table, and the problems."""
    st.subheader("What was understood", anchor=False)
    if report.recognised:
        rows = [
            {
                "file": found.file,
                "sheet": found.sheet,
                "understood as": found.layout,
                "rows": found.rows,
                "columns not used": ", ".join(found.ignored),
                "remarks": " ".join(found.notes),
            }
            for found in report.recognised
        ]
        _table(pd.DataFrame(rows), "What each file was taken for")
    counts = [
        {
            "table": name,
            "read": table.read,
            "added" if report.upload else "to add": table.added,
            "of these replacing": table.replaced,
            "skipped": table.skipped,
            "refused": table.refused,
            "skipped because": "; ".join(f"{n} {why}" for why, n in table.skipped_because.items()),
        }
        for name, table in report.tables.items()
    ]
    if counts:
        _table(pd.DataFrame(counts), "Rows per table")
    problems(report)


def problems(report: Report) -> None:
    """Problems by kind, the first thousand row by row, all of them as CSV."""
    if not report.problems:
        if report.tables:
            st.success("Nothing is wrong with these files.")
        return
    frame = pd.DataFrame([asdict(problem) for problem in report.problems])
    errors = int((frame.severity == "error").sum())
    st.warning(
        f"{counted(errors, 'error')}: these rows or files are refused. "
        f"{counted(len(frame) - errors, 'warning')}: added all the same. The rest is not affected.",
    )
    kinds = (
        frame.groupby(["severity", "column", "problem", "cure"], dropna=False)
        .agg(rows=("problem", "size"), **{"first line": ("line", "min")})
        .reset_index()
        .sort_values("rows", ascending=False)
    )
    _table(kinds, "Problems by kind")
    with st.expander("Every problem with its place"):
        _table(frame.head(1000), "Every problem")
        st.download_button(
            "All problems (CSV)", to_csv(frame), "problems.csv", "text/csv", on_click="ignore"
        )


def _table(frame: pd.DataFrame, says: str) -> None:
    st.dataframe(frame, hide_index=True, placeholder="", alt=says)


def add_button(report: Report, files: list, chosen: Options) -> None:
    """Add what can be added; the result stays on the page while the files are let go."""
    blocked = chosen.all_or_nothing and report.errors
    if not report.added or blocked:
        what = "one refused row refuses all" if blocked else "every row is known or refused"
        st.info(f"There is nothing to add: {what}.")
        return
    rows = "1 row" if report.added == 1 else f"{report.added:,} rows"
    if st.button(f"Add {rows} to the pool", type="primary"):
        try:
            st.session_state["upload.result"] = _run(files, chosen, rehearse=False)
        except IgcoreError as refusal:
            st.error(safe(str(refusal)))
            return
        st.session_state["upload.turn"] += 1
        st.rerun()


def last_result() -> None:
    """What the last upload of this session did, and where to go from there."""
    report: Report | None = st.session_state.get("upload.result")
    if report is None or report.upload is None:
        return
    st.success(
        f"Stored as upload {report.upload}; the data version is {report.data_version}. "
        "It can be taken back on the Pool page.",
    )
    with st.container(horizontal=True):
        for name, words in (
            ("overview", "Overview →"),
            ("recovery", "Who recovered →"),
            ("survival", "Survival →"),
            ("pool", "The pool →"),
        ):
            st.page_link(site.page_path(name), label=words)
    show(report)
