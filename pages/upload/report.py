"""Part of the upload page: what was understood, what will be added, what is refused and why."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pandas as pd
import streamlit as st

from igcore.analysis.result import counted
from igcore.ingest import Report
from pages.shared.text import safe

SHOWN = 1000  # problems shown row by row; the CSV file has all


def show(report: Report, *, stored: bool = False) -> None:
    """What each sheet was taken for, the counts per trial and table, and the problems."""
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
    _counts(report, stored=stored)
    problems(report)
    for note in report.notes:
        st.caption(safe(f"{note.problem} {note.cure}"))


def _counts(report: Report, *, stored: bool) -> None:
    will = "added" if stored else "will be added"
    rows = [
        {
            "trial": trial,
            "table": table,
            "read": n["read"],
            will: n["added"],
            "of these replacing": n["replaced"],
            "already there": n["there"],
            "left out": n["left out"],
            "refused": n["refused"],
        }
        for trial, tables in report.by_trial.items()
        for table, n in tables.items()
    ]
    if rows:
        _table(pd.DataFrame(rows), "Rows per trial and table")
    skipped = [
        {"table": name, "rows": n, "left out because": why}
        for name, table in report.tables.items()
        for why, n in table.skipped_because.items()
    ]
    if skipped:
        st.caption("Rows that need not be added")
        _table(pd.DataFrame(skipped), "Rows left out, and why")


def problems(report: Report) -> None:
    """Problems by kind with count, examples and cure; then one by one, all of them as CSV."""
    if not report.kinds:
        if report.tables:
            st.success("Nothing is wrong with these files.")
        return
    st.subheader("What is wrong", anchor=False)
    st.warning(
        f"{counted(report.n_errors, 'error')}: these rows or files are refused. "
        f"{counted(report.n_warnings, 'warning')}: added all the same, with a mark. "
        "The rest is not affected.",
    )
    kinds = sorted(report.kinds.values(), key=lambda kind: (kind.severity, -kind.rows))
    frame = pd.DataFrame(
        {
            "": "refused" if kind.severity == "error" else "marked",
            "rows": kind.rows,
            "column": kind.column,
            "problem": kind.problem,
            "examples": "; ".join(kind.examples),
            "cure": kind.cure,
        }
        for kind in kinds
    )
    _table(frame, "Problems by kind")
    with st.expander("Every problem with its place"):
        every = pd.DataFrame([asdict(problem) for problem in report.problems])
        _table(every.head(SHOWN), "Every problem")
        total = report.n_errors + report.n_warnings
        if total > SHOWN:
            st.caption(f"The first {SHOWN:,}; the file has all.")
        _download(report.problem_file)


def _download(file: Path | None) -> None:
    if file is not None and file.exists():
        st.download_button(
            "All problems (CSV)",
            file.read_bytes(),
            "problems.csv",
            "text/csv",
            on_click="ignore",
        )


def _table(frame: pd.DataFrame, says: str) -> None:
    st.dataframe(frame, hide_index=True, placeholder="", alt=safe(says))
