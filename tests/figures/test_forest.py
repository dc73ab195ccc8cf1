"""Forests by their data: limits within the axis, arrows for the rest, words at their row."""

from __future__ import annotations

import math

import plotly.graph_objects as go
import pytest

from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.forest import Cell, Forest, Mark, Row, reach_of

NAN, INF = math.nan, math.inf


def drawn(ratio: float, lower: float, upper: float, **own: object) -> go.Figure:
    """One ratio at row 2 of an axis from 1/4 to 4."""
    drawing, ink = Drawing(go.Figure()), style.ink(False)
    look = {"ink": ink.text, "marker": {"symbol": "square", "size": 9}, "name": "one"}
    mark = Mark(ratio=ratio, lower=lower, upper=upper, **look)
    forest = Forest(drawing=drawing, colours=ink, reach=4.0, span=(0.4, 0.7), **own)
    forest.rows([Row(2, (Cell(0.8, "said", ink.text, down=0.5),), (mark,))])
    forest.ratio_axis()
    return drawing.finished()


@pytest.mark.parametrize(
    ("numbers", "symbols", "line"),
    [
        ((1.5, 0.5, 3.0), ["square"], (0.5, 3.0)),
        ((1.5, 0.1, 9.0), ["triangle-left", "triangle-right", "square"], (0.25, 4.0)),
        ((9.0, 2.0, INF), ["triangle-right"], (2.0, 4.0)),
        ((INF, INF, INF), ["triangle-right"], (4.0, 4.0)),
        ((0.0, 0.0, 0.5), ["triangle-left"], (0.25, 0.5)),
    ],
)
def test_what_is_out_of_sight_ends_in_an_arrow_at_the_axis_end(numbers, symbols, line):
    figure = drawn(*numbers)
    assert figure.data[0].x == line
    assert [trace.marker.symbol for trace in figure.data[1:]] == symbols
    assert {y for trace in figure.data for y in trace.y} == {2}


def test_a_ratio_that_is_not_estimable_has_words_and_no_mark():
    figure = drawn(NAN, NAN, NAN)
    assert figure.data == ()
    assert [(note.text, note.y) for note in figure.layout.annotations] == [("said", 2.5)]


def test_limits_with_ends_are_left_out_where_there_are_none():
    with_limits, without = (drawn(2.0, *ends, capped=True) for ends in ((1.5, 3.0), (NAN, NAN)))
    assert (with_limits.data[0].error_x.array[0], with_limits.data[0].error_x.arrayminus[0]) == (
        1.0,
        0.5,
    )
    assert without.data[0].error_x.array[0] == without.data[0].error_x.arrayminus[0] == 0


def test_one_is_in_the_middle_of_the_axis_and_only_ticks_in_sight_are_written():
    axis = drawn(1.0, 0.9, 1.1).layout.xaxis
    assert axis.range[0] == -axis.range[1]
    assert list(axis.tickvals) == [0.25, 0.5, 1, 2, 4]


def test_the_axis_holds_every_known_limit_but_never_more_than_the_widest():
    """By hand: 1/5 lies as far from 1 as 5; 0, infinity and the unknown move nothing."""
    assert reach_of([0.2, 3.0, 0.0, INF, NAN], air=1.0, most=16.0) == pytest.approx(5.0)
    assert reach_of([400.0], air=1.08, most=16.0) == 16.0
    assert reach_of([], air=1.15, most=100.0, least=5.0) == 5.0
