"""Parts of the pool page: what changed between two data versions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from igcore.analysis.result import to_csv
from igcore.store import changes, history
from pages.pool import shared
from pages.shared import layout
from pages.shared.text import safe

# More rows than this make a download that few browsers and no spreadsheet can open.
MOST = 200_000
SHOWN = 100
_COLUMNS = {
    "trial": "Trial",
    "table": "Table",
    "added": "Added",
    "removed": "Removed",
    "replaced": "Replaced",
    "patients_new": "Patients new",
    "patients_gone": "Patients gone",
}
_WORDS = {
    "add": "upload {upload} added",
    "remove": "upload {upload} removed",
    "restore": "upload {upload} restored",
    "edit": "card of trial {trial} changed",
}


def happened(row: object) -> str:
    """What made a data version, in words."""
    return _WORDS[row.action].format(upload=row.upload, trial=row.trial)


def link(before: int, after: int, label: str) -> None:
    """A button that leads to one comparison."""
    address = {"part": "changes", "from": str(before), "to": str(after)}
    st.button(label, key=f"pool.to.{before}.{after}", on_click=_go, args=(address,))


def _go(address: dict[str, str]) -> None:
    st.query_params.from_dict(address)


@st.cache_data(max_entries=50, show_spinner="Comparing")
def _counts(path: str, before: int, after: int) -> pd.DataFrame:
    return changes.counts(layout.pool(), before, after)


def compared() -> None:
    """Two versions beside each other: rows by trial and table, and the rows themselves."""
    made = history.versions(layout.pool())
    options = {
        str(row.version): f"{row.version} · {happened(row)} · {row.written:%Y-%m-%d}"
        for row in made.itertuples()
    } | {"0": "0 · the empty pool"}
    newest = int(made.version.max())
    left, right = st.columns(2)
    before = shared.picked("from", options, str(newest - 1), label="From data version", on=left)
    after = shared.picked("to", options, str(newest), label="To data version", on=right)
    counts = _counts(str(layout.pool().path), int(before), int(after))
    if counts.empty:
        st.info(f"Data versions {before} and {after} hold the same rows.")
        return
    _reasons(made, int(before), int(after))
    st.dataframe(
        counts.rename(columns=_COLUMNS),
        hide_index=True,
        placeholder="",
        alt=f"Rows that changed from data version {before} to {after}",
        column_config=dict.fromkeys(list(_COLUMNS.values())[2:], shared.NUMBER),
    )
    st.caption(
        'Replaced: the same key with other content. The table "trials" is a trial\'s card: title, '
        "cut-off and marks. Patients new and gone: with rows of that table in one version alone."
    )
    total = int(counts[["added", "removed", "replaced"]].sum().sum())
    _rows(int(before), int(after), total)


def _reasons(made: pd.DataFrame, before: int, after: int) -> None:
    """What was done between the two versions, and why."""
    low, high = sorted((before, after))
    between = made[(made.version > low) & (made.version <= high)].sort_values("version")
    for row in between.head(10).itertuples():
        who = f" by {safe(row.stated_by)}" if row.stated_by else ""
        why = f": {safe(row.why)}" if row.why else ""
        st.markdown(f"- Version {row.version}: {safe(happened(row))}{who}{why}")
    if len(between) > 10:
        st.markdown(f"- and {len(between) - 10} more; see History and backup")


@st.cache_data(max_entries=20, show_spinner="Reading the changed rows")
def _first(path: str, before: int, after: int) -> pd.DataFrame:
    return changes.changed(layout.pool(), before, after, limit=SHOWN)


def _rows(before: int, after: int, total: int) -> None:
    """The changed rows: the first of them on the page when asked for, all as CSV."""
    shown = "all" if total <= SHOWN else f"the first {SHOWN} of {total:,}"
    if st.toggle(f"Show the changed rows ({shown})", value=total <= SHOWN):
        st.dataframe(
            _first(str(layout.pool().path), before, after).rename(columns=str.capitalize),
            hide_index=True,
            placeholder="",
            alt=f"Changed rows from data version {before} to {after}",
            column_config={"Row": st.column_config.TextColumn(width="medium")},
        )
    st.download_button(
        "Changed rows (CSV)",
        lambda: to_csv(changes.changed(layout.pool(), before, after, limit=MOST)),
        f"igcore-changes-{before}-{after}.csv",
        "text/csv",
        on_click="ignore",
    )
    if total > MOST:
        st.caption(
            f"The download holds the first {MOST:,} of {total:,} rows. For all of them: "
            f"`python -m igcore compare {before} {after} --format csv`"
        )
