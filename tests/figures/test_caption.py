"""The line of a figure that says whom it shows, for cohorts of many filters."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from igcore.analysis import Result
from igcore.figures import style
from igcore.figures.drawing import Drawing

LONG = "n = 32; trials A, B; " + "; ".join(["best response CR or VGPR"] * 6)


def framed(population: str, *, compact: bool = False, **own: str) -> go.Figure:
    """An empty figure with 100 pixels above the plot."""
    result = Result(
        data_version=1,
        title="",
        method="As the result says.",
        tables={},
        population=population,
        simulated=True,
    )
    sizes = {"inner": 300, "top": 100, "below": 40}
    drawing = Drawing(go.Figure())
    style.frame(drawing, result, style.ink(False), title="Title", compact=compact, **sizes, **own)
    return drawing.finished()


@pytest.mark.parametrize("compact", [False, True])
def test_a_long_cohort_takes_lines_and_moves_the_title_up_and_nothing_else(compact):
    short, long = (framed(words, compact=compact) for words in ("n = 3; trials A", LONG))
    title, who = long.layout.annotations[:2]
    lines = who.text.count("<br>")
    assert lines >= 1
    limit = style.NARROW if compact else style.WIDE
    assert max(len(line) for line in who.text.split("</span>")[1].split("<br>")) <= limit
    moved = 17 * lines
    assert long.layout.margin.t == short.layout.margin.t + moved == 100 + moved
    assert long.layout.height == short.layout.height + moved
    assert title.yshift == short.layout.annotations[0].yshift + moved
    assert who.yshift == short.layout.annotations[1].yshift + moved
    assert who.text.replace("<br>", " ").endswith(LONG)


def test_a_figure_says_its_own_method_or_more_than_the_result_and_whom_it_shows():
    plain, own = framed("n = 3"), framed("n = 3", method="As drawn.", more="And more.", who="n = 1")
    assert plain.layout.annotations[2].text.startswith("As the result says. Data version 1, ")
    assert own.layout.annotations[2].text.startswith("As drawn. And more. Data version 1, ")
    assert own.layout.annotations[1].text.endswith("n = 1")
