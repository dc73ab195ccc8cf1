"""A drawing is what Plotly makes of the same things added one by one, and it is much cheaper."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots

from igcore.figures.drawing import Drawing

BAR = {"x": [1, 2], "y": [3, 4], "name": "bars"}
POINTS = {"x": [1, 2], "y": [4, 3], "mode": "markers", "fill": None}
NOTES = [{"text": f"note {i}", "x": i, "y": 1, "xref": "x", "yref": "paper"} for i in range(3)]
LINE = {"type": "line", "x0": 0, "x1": 1, "y0": 2, "y1": 2, "xref": "x domain", "yref": "y"}


def subplots() -> go.Figure:
    return make_subplots(rows=2, cols=1, shared_xaxes=True)


@pytest.mark.parametrize(
    ("make", "first", "second"),
    [(go.Figure, {}, {}), (subplots, {"row": 2, "col": 1}, {"row": 1, "col": 1})],
    ids=["plain", "subplots"],
)
def test_a_drawing_is_what_plotly_makes_of_the_same_things_one_by_one(make, first, second):
    drawing, theirs = Drawing(make()), make()
    for note in NOTES[:2]:
        drawing.note(**note)
        theirs.add_annotation(**note)
    for figure in (drawing.figure, theirs):
        figure.update_layout(title_text="between")
    drawing.bar(**BAR, **first)
    theirs.add_bar(**BAR, **first)
    drawing.shape(**LINE)
    theirs.add_shape(**LINE)
    drawing.scatter(**POINTS, **second)
    theirs.add_scatter(**POINTS, **second)
    drawing.note(**NOTES[2])
    theirs.add_annotation(**NOTES[2])
    theirs.update_layout(margin={"l": 8})
    assert drawing.finished(margin={"l": 8}).to_json() == theirs.to_json()


def test_what_plotly_does_not_know_is_refused():
    drawing = Drawing(go.Figure())
    drawing.note(texts="misspelled")
    with pytest.raises(ValueError, match="texts"):
        drawing.finished()


def test_traces_with_and_without_a_subplot_do_not_mix():
    drawing = Drawing(subplots())
    drawing.bar(**BAR, row=1, col=1)
    drawing.bar(**BAR)
    with pytest.raises(ValueError, match="rows"):
        drawing.finished()
