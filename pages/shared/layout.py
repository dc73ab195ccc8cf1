"""Frame of the pages: navigation, door, caption, notes, figure with downloads, tables."""

from __future__ import annotations

import logging
from functools import partial

import pandas as pd
import streamlit as st

from igcore import __version__
from igcore.analysis import Query, Result
from igcore.analysis.result import to_csv
from igcore.errors import IgcoreError
from igcore.figures.views import View
from igcore.store import Pool
from pages.shared import downloads, site, view
from pages.shared.text import safe

STYLE = """
<style>
.stMainBlockContainer {
  padding: 4.6rem clamp(1rem, 3vw, 3.5rem) 4rem; max-width: 1320px;
}
.st-key-side-by-side [data-testid="stColumn"] { min-width: min(31rem, 100%); }
[class*="st-key-tables-"] [data-testid="stColumn"] { min-width: min(25rem, 100%); }
.stApp h1 { letter-spacing: -0.01em; padding-bottom: 0.2rem; }
[class*="st-key-figure-"] { overflow-x: auto; }
[class*="st-key-figure-"] > * { min-width: 38rem; }
[class*="st-key-figure-overview"] > * { min-width: 29rem; }
/* The grid's own download would hand formulas to a spreadsheet; ours does not. */
[data-testid="stElementToolbar"] button[aria-label="Download as CSV"] { display: none; }
.stPlotlyChart .modebar { display: none !important; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {
  color: inherit !important; opacity: 0.9;
}
[data-tag] { background: transparent !important; border: 1px solid currentColor !important; }
[data-tag], [data-tag] * { color: inherit !important; }
[data-testid="stMetricValue"] { font-variant-numeric: tabular-nums; }
@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], .stButton, .stDownloadButton,
  [data-testid="stExpander"] { display: none !important; }
}
</style>
"""


def draw() -> None:
    """The frame around the page that the reader asked for."""
    st.set_page_config(page_title="Igcore", page_icon="🩸", layout="wide")
    door(st.navigation(site.pages(), position="top"))


def calm(error: Exception) -> bool:
    """A bug is loud in the log and calm on the page; nothing of the program is shown."""
    logging.getLogger("igcore").error("A page failed", exc_info=error)
    st.error(
        "Something went wrong on our side, and it has been written to the log. "
        "Nothing in the pool was changed by looking at it. Reload the page, or go back."
    )
    return True


def door(page: st.Page) -> None:
    """Run a page; a refusal is a sentence on it, anything else is loud in the log only."""
    st.html(STYLE)
    try:
        _standing()
        page.run()
    except IgcoreError as refusal:
        st.error(safe(str(refusal)))


def _standing() -> None:
    """While only simulated data exist every page says so."""
    pool = view.pool()
    trials = pool.facts(pool.newest()).trials
    if trials and all(trial.simulated for trial in trials):
        st.info(
            "**Simulated data only.** Every number here comes from two invented trials. "
            "Add your own on the Upload page.",
        )


def head(title: str, lead: str) -> None:
    """Title of a page and the sentence that says what it answers."""
    st.title(title, anchor=False)
    st.markdown(lead)


def newer(query: Query) -> None:
    """Tell when a link shows an older version of the data."""
    newest = view.pool().newest()
    if query.version != newest:
        left, right = st.columns([4, 1], vertical_alignment="center")
        left.info(f"This view shows data version {query.version}; the newest is {newest}.")
        right.button(
            "Show the newest",
            on_click=view.go,
            args=(query.analysis.name, "data", [str(newest)]),
            width="stretch",
        )


def notes(result: Result) -> None:
    """What a reader must see beside the numbers."""
    if result.banner:
        st.error(result.banner)
    for note in result.said:
        st.markdown(f"- {safe(note)}")


def figure(
    drawn: View, result: Result, *, picks: bool = False, beside: tuple[str, ...] = ()
) -> list[list]:
    """A figure with its downloads, and its numbers as tables beside it.

    Args:
        picks: whether bars and markers can be chosen by a click.
        beside: on a page of several, half a page wide, with these of its numbers.

    Returns:
        The `customdata` of the chosen points, none without `picks`.
    """
    name, numbers, compact = drawn.name, drawn.numbers(result), {}
    if beside:
        name, compact = f"overview-{name}", {"compact": True}
        numbers = {one: numbers[one] for one in beside}
    choose = {"on_select": "rerun", "selection_mode": "points"} if picks else {}
    chosen = st.plotly_chart(
        drawn.draw(result, dark=view.dark(), **compact),
        key=f"figure-{name}",
        theme=None,
        alt=drawn.words(result),
        config={
            # Hidden by STYLE; the download buttons press its one button.
            "displayModeBar": True,
            "modeBarButtons": [["toImage"]],
            "displaylogo": False,
            "toImageButtonOptions": {"format": "svg", "filename": name},
        },
        **choose,
    )
    _downloads(name, numbers)
    points = _points(chosen) if picks else []
    return [list(point["customdata"]) for point in points if point.get("customdata")]


def _points(chosen: object) -> list[dict]:
    """Chosen points of a chart; the server's answer to a chart that takes no choice has none."""
    return list(chosen.selection.points) if hasattr(chosen, "selection") else []


def _downloads(name: str, numbers: dict[str, pd.DataFrame]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        downloads.images(name, key=f"images-{name}")
        st.download_button(
            "Numbers (CSV)",
            partial(to_csv, next(iter(numbers.values()))),
            f"{name}.csv",
            "text/csv",
            key=f"csv-{name}",
            on_click="ignore",
        )
    # A table of many patients is sent to the browser only when it is opened.
    folded = st.expander(
        "The numbers of this figure as a table", key=f"numbers-{name}", on_change="rerun"
    )
    if folded.open:
        with folded:
            for title, frame in numbers.items():
                table(frame, title)


def table(frame: pd.DataFrame, title: str) -> None:
    """A tidy table with its name, as stored: unrounded, missing cells empty."""
    st.caption(title.replace("_", " ").capitalize())
    st.dataframe(frame, hide_index=True, alt=f"Table: {title}", placeholder="")


def as_text(result: Result) -> None:
    """The view as a text: link and command."""
    with st.expander("This view as a text"):
        st.markdown("Share the address of this page, or ask the same on the command line:")
        st.code(f"python -m igcore show '{result.query}'", language="bash", wrap_lines=True)
        st.caption(f"Data version {result.data_version}, Igcore {__version__}.")


def pool() -> Pool:
    """The pool of this server."""
    return view.pool()
