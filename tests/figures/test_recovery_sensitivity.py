"""Every rule with every denominator, for DOMAIN h1's twelve patients, as drawn and as printed."""

from __future__ import annotations

import numpy as np
import pytest

from igcore import analysis
from igcore.figures import style
from igcore.figures.recovery import sensitivity
from tests.analysis.test_specification import h1_tables, pool_of

# DOMAIN h1: improved/n by rule over all treated, assessable, evaluable, low at baseline. Nobody
# has a value about month 6, so there nobody is evaluable.
H1 = {
    "last": ("4/12", "4/9", "4/7", "3/6"),
    "best": ("6/12", "6/9", "6/7", "5/6"),
    "confirmed": ("5/12", "5/9", "5/7", "4/6"),
    "month": ("0/12", "0/9", "0/0", "0/0"),
}
ORDER = ("treated", "assessable", "evaluable", "low")


@pytest.fixture(scope="module")
def h1(tmp_path_factory):
    made = pool_of(tmp_path_factory.mktemp("sensitivity"), h1_tables())
    yield made
    made.close()


@pytest.fixture(scope="module")
def result(h1):
    return analysis.ask(h1, "recovery?analyte=IgA")


def texts(figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def rows_drawn(figure) -> dict[int, float]:
    """Percent by row, from the top."""
    return dict(zip(figure.data[0].y, figure.data[0].x, strict=True))


@pytest.mark.parametrize("dark", [False, True])
def test_dots_and_counts_are_h1_grouped_by_denominator(result, dark):
    figure = sensitivity.sensitivity_figure(result, dark=dark)
    drawn, shown = rows_drawn(figure), texts(figure)
    for group, denominator in enumerate(ORDER):
        for place, (_, cells) in enumerate(H1.items()):
            row, text = 5 * group + 1 + place, cells[ORDER.index(denominator)]
            improved, n = map(int, text.split("/"))
            bold = denominator == "evaluable" and place == 0
            assert (f"<b>{text}</b>" if bold else text) in shown
            if n:
                np.testing.assert_allclose(drawn.pop(row), 100 * improved / n)
    assert drawn == {}  # a combination of nobody has no dot


def test_limits_are_the_intervals_of_h1(result):
    """Wilson, last over evaluable: 57.1 (25.0 to 84.2)."""
    trace = sensitivity.sensitivity_figure(result).data[0]
    at = list(trace.y).index(11)
    low, high = trace.x[at] - trace.error_x.arrayminus[at], trace.x[at] + trace.error_x.array[at]
    assert (round(trace.x[at], 1), round(low, 1), round(high, 1)) == (57.1, 25.0, 84.2)
    assert trace.hovertext[at] == (
        "<b>IgA</b>, Last on treatment<br>Of the evaluable<br>4/7 = 57.1 % (25.0 to 84.2)"
    )


@pytest.mark.parametrize(
    ("choice", "row"),
    [("", 11), ("&final=best&denominator=treated", 2), ("&final=confirmed&denominator=low", 18)],
)
def test_the_choice_of_the_page_is_the_one_marked(h1, choice, row):
    figure = sensitivity.sensitivity_figure(analysis.ask(h1, f"recovery?analyte=IgA{choice}"))
    trace = figure.data[0]
    symbols = dict(zip(trace.y, trace.marker.symbol, strict=True))
    assert [y for y, symbol in symbols.items() if symbol == "diamond"] == [row]
    own = dict(zip(trace.y, trace.marker.color, strict=True))[row]
    assert (own, list(trace.marker.color).count(own)) == (style.LIGHT.groups[0], 1)
    band = figure.layout.shapes[0]
    assert band.y0 < row < band.y1


def test_a_choice_that_counts_missing_values_is_no_row_and_the_figure_says_so(h1):
    result = analysis.ask(h1, "recovery?analyte=IgA&missing=not-improved")
    figure = sensitivity.sensitivity_figure(result)
    assert len(figure.layout.shapes) == 0
    assert "diamond" not in figure.data[0].marker.symbol
    assert any("missing values are left out here" in text for text in texts(figure))
    assert "by the rule of this page" not in sensitivity.spread(result)[0]


def test_the_range_is_said_with_the_choice_beside_it(result):
    assert sensitivity.spread(result) == [
        "IgA: between 0.0 % (0/12) and 85.7 % (6/7) over 14 combinations "
        "(2 more have no patient); "
        "by the rule of this page 57.1 % (4/7)."
    ]
    assert sensitivity.describe(result).endswith(sensitivity.spread(result)[0])


def test_the_printed_table_has_every_combination_in_the_order_of_the_figure(result):
    printed = sensitivity.printed(result)
    assert len(printed) == 16
    cells = [cells[i] for i in range(4) for cells in H1.values()]
    assert [text.partition(" =")[0] for text in printed["IgA"]] == cells
    assert printed["IgA"][8] == "4/7 = 57.1 % (25.0 to 84.2)"
    assert tuple(printed.iloc[15, :2]) == ("Of the evaluable, low at baseline", "At month 6 ± 14 d")


def test_the_month_asked_is_in_the_name_of_its_row(h1):
    answer = analysis.ask(h1, "recovery?analyte=IgA&final=month&month=2&window=20")
    assert sensitivity.final_label("month", answer) == "At month 2 ± 20 d"
    assert "<b>At month 2 ± 20 d</b>" in texts(sensitivity.sensitivity_figure(answer))


def test_an_isotype_that_nobody_was_measured_for_is_said_in_words(h1):
    """h1 has no IgG: 5 of the 12 are assessable, nobody is evaluable."""
    result = analysis.ask(h1, "recovery?analyte=IgG")
    assert [y for y in rows_drawn(sensitivity.sensitivity_figure(result)) if y > 10] == []
    assert sensitivity.spread(result) == [
        "IgG: 0.0 % over 8 combinations (8 more have no patient); "
        "by the rule of this page nobody is judged."
    ]
