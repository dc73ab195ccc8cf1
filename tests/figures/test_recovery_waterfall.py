"""The waterfall by its data: what the bars say is what was computed, and nothing is left unsaid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from igcore import analysis, ingest
from igcore.figures import style
from igcore.figures.recovery import waterfall, waterfall_bars
from tests.analysis.test_specification import h1_tables, pair, person, pool_of
from tests.conftest import write_tables

# DOMAIN h1 by the last value, worked by hand: patient, change in percent, verdict.
H1 = [
    ("P10", 800, "improved_from_low"),  # "<10" -> 90: at least +800 %
    ("P07", 650, "rise_above_range"),
    ("P05", 100 * 35 / 30, "rise_still_low"),
    ("P01", 100, "improved_from_low"),
    ("P06", 30, "improved_from_normal"),
    ("P02", 25, "improved_from_low"),
    ("P11", 100 * 2 / 60, "low_no_rise"),
]


@pytest.fixture(scope="module")
def h1(tmp_path_factory):
    made = pool_of(tmp_path_factory.mktemp("waterfall"), h1_tables())
    yield made
    made.close()


@pytest.fixture(scope="module")
def result(h1):
    return analysis.ask(h1, "recovery?analyte=IgA")


def bars(figure, analyte="IgA"):
    return next(trace for trace in figure.data if trace.name == analyte and trace.x[0] is not None)


def caps(figure):
    return next(trace for trace in figure.data if trace.name == "above the cap")


def texts(figure) -> str:
    return " ".join(note.text for note in figure.layout.annotations).replace("<br>", " ")


@pytest.mark.parametrize("dark", [False, True])
def test_bars_are_the_changes_of_h1_greatest_first_in_the_colours_of_their_verdicts(result, dark):
    colours = style.ink(dark)
    drawn = bars(waterfall.waterfall_figure(result, dark=dark))
    np.testing.assert_allclose(drawn.y, [min(change, 300) for _, change, _ in H1])
    assert list(drawn.x) == [1, 2, 3, 4, 5, 6, 7]
    inks = [style.verdict_colour(verdict, colours) for *_, verdict in H1]
    assert list(drawn.marker.color) == [colours.ground, *inks[1:]]
    assert list(drawn.marker.line.color) == inks


def test_a_bar_whose_change_is_a_bound_is_hollow_and_says_so(result):
    drawn = bars(waterfall.waterfall_figure(result))
    assert drawn.marker.color[0] == style.LIGHT.ground
    assert [width > 0 for width in drawn.marker.line.width] == [True] + [False] * 6
    assert drawn.hovertext[0] == "<b>P10</b>, B<br>IgA ≥ +800.0 %<br>Improved from low"
    assert drawn.hovertext[2] == "<b>P05</b>, A<br>IgA +116.7 %<br>Rise, still low"
    assert waterfall.remarks(result) == [
        "Hollow: 1 change known only as a bound, because a value is beyond quantification; "
        "drawn at the bound."
    ]


def test_a_capped_bar_has_a_mark_and_its_own_value(result):
    figure = waterfall.waterfall_figure(result)
    marks = caps(figure)
    assert (list(marks.x), list(marks.y)) == ([1, 2], [300, 300])
    assert list(marks.text) == ["≥ +800.0 %", "+650.0 %"]
    assert figure.layout.yaxis.range[1] > 340  # room for the values


def test_where_bars_are_too_thin_for_numbers_the_values_stand_beside_the_name(result):
    rows = many(result, 100).table("waterfall")
    rows.loc[[0, 1, 2], "change_percent"] = [1340.4, 650, 400]
    rows.loc[0, "change_operator"] = ">="
    figure = waterfall.waterfall_figure(replace(result, tables={"waterfall": rows}))
    assert caps(figure).mode == "markers"
    assert "▲ ≥ +1340 %, +650.0 %, +400.0 %" in texts(figure)
    rows.loc[[3, 4], "change_percent"] = [350, 301]
    figure = waterfall.waterfall_figure(replace(result, tables={"waterfall": rows}))
    assert "▲ 5 above +300 %, up to ≥ +1340 %" in texts(figure)


def test_a_great_rise_moves_the_cap_and_the_line(h1):
    result = analysis.ask(h1, "recovery?analyte=IgA&rise=350")
    figure = waterfall.waterfall_figure(result)
    assert [shape.y0 for shape in figure.layout.shapes] == [350]
    np.testing.assert_allclose(bars(figure).y[:3], [700, 650, 100 * 35 / 30])
    assert list(caps(figure).x) == [1]


def test_the_line_stands_at_the_rise_that_was_asked(result):
    figure = waterfall.waterfall_figure(result)
    assert [(shape.y0, shape.y1) for shape in figure.layout.shapes] == [(25, 25)]
    assert "+25 %" in texts(figure)


def test_the_legend_names_the_verdicts_that_occur_and_the_hollow_bars(result):
    figure = waterfall.waterfall_figure(result)
    names = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert names == [
        "improved from low",
        "improved from normal",
        "rise, still low",
        "rise, above range",
        "low, no rise",
        "hollow: a bound",
    ]


def test_a_click_on_a_bar_finds_its_patient(result):
    verdicts = result.table("verdicts").set_index("patient")
    drawn = bars(waterfall.waterfall_figure(result))
    keys = [int(verdicts.patient_key[name]) for name, *_ in H1]
    assert [list(data) for data in drawn.customdata] == [["patient", key, "IgA"] for key in keys]
    picks = [list(drawn.customdata[1]), ["other", 1], list(drawn.customdata[1])]
    found = waterfall.picked(result, picks)
    assert found.to_dict("records") == [{"analyte": "IgA", "patient_key": keys[1]}]


def many(result, n):
    """`n` changes of one isotype: n, n-1 ... 1 percent; every other patient improved."""
    rows = pd.DataFrame(
        {
            "analyte": "IgA",
            "trial": "A",
            "patient_key": np.arange(n),
            "patient": "p",
            "verdict": np.where(np.arange(n) % 4, "low_no_rise", "improved_from_low"),
            "change_percent": np.arange(n, 0, -1) / 20,
            "change_operator": None,
        }
    )
    return replace(result, tables={"waterfall": rows})


def test_as_many_bars_as_a_browser_bears_are_drawn_one_by_one(result):
    figure = waterfall.waterfall_figure(many(result, waterfall_bars.MOST))
    assert len(bars(figure).x) == 2000
    assert "200 bars" not in texts(figure)


def test_more_become_200_steps_whose_heights_are_medians_and_whose_colours_are_shares(result):
    """4,000 patients: steps of 20; the first holds 200.00 ... 199.05 %, its median is 199.525 %."""
    data = many(result, 4000)
    figure = waterfall.waterfall_figure(data)
    drawn = [trace for trace in figure.data if trace.x[0] is not None]
    assert [trace.name for trace in drawn] == ["improved from low", "low, no rise"]
    assert [len(trace.x) for trace in drawn] == [200, 200]
    np.testing.assert_allclose([trace.y[0] for trace in drawn], [199.525 / 4, 199.525 * 3 / 4])
    assert "4,000 evaluable, 20 a bar" in texts(figure)
    assert "200 bars: height is the patients' median" in texts(figure)
    assert drawn[0].hovertext[0].endswith("Improved from low: 5 of 20")
    assert figure.layout.xaxis.range == (0.4, 200.6)
    found = waterfall.picked(data, [list(drawn[0].customdata[1])])
    assert found.patient_key.tolist() == [20, 24, 28, 32, 36]
    assert len(data.table("waterfall")) == 4000
    assert "every one" in waterfall.reading(data)


def test_a_change_that_nobody_knows_has_no_bar_and_is_counted(pool, tmp_path):
    tables = {
        "patients": [person("known"), person("open")],
        "measurements": [*pair("known", 50, 40), *pair("open", "<5", "<5")],
    }
    ingest.add(pool, write_tables(tmp_path / "files", tables))
    result = analysis.ask(pool, "recovery?analyte=IgA")
    figure = waterfall.waterfall_figure(result)
    np.testing.assert_allclose(bars(figure).y, [-20])
    assert "1 without a bar" in texts(figure)
    assert waterfall.remarks(result)[0].startswith("1 change is unknown and has no bar")
    assert waterfall.describe(result).endswith(
        "IgA: 2 patients, from −20.0 % to −20.0 %, 0 at or above +25 %."
    )


def test_panels_share_one_scale(pool, tmp_path):
    tables = {"patients": [person("x", "IgG k", "S")], "measurements": []}
    tables["measurements"] += pair("x", 50, 60, trial="S")
    tables["measurements"] += pair("x", 50, 200, trial="S", analyte="IgM")
    ingest.add(pool, write_tables(tmp_path / "files", tables))
    figure = waterfall.waterfall_figure(analysis.ask(pool, "recovery"))
    axes = [figure.layout.yaxis, figure.layout.yaxis2]
    per_percent = [
        (axis.domain[1] - axis.domain[0]) / (axis.range[1] - axis.range[0]) for axis in axes
    ]
    np.testing.assert_allclose(per_percent[0], per_percent[1])
    assert "one scale in all panels" in texts(figure)


def test_words_tell_extent_and_how_many_rose_enough(result):
    assert waterfall.describe(result) == (
        "Percent change from baseline to the last value on treatment. "
        "IgA: 7 patients, from ≥ +800.0 % to +3.3 %, 6 at or above +25 %."
    )


def test_user_text_cannot_put_markup_into_the_bars(pool, tmp_path):
    who = {"trial": "<i>T</i>", "patient": "<b>1</b>"}
    rows = [
        {**who, "analyte": "IgA", "day": day, "value": value, "unit": "mg/dL"}
        for day, value in [(1, 50), (60, 60)]
    ]
    tables = {"patients": [{**who, "m_protein": "IgG kappa"}], "measurements": rows}
    ingest.add(pool, write_tables(tmp_path / "files", tables))
    figure = waterfall.waterfall_figure(analysis.ask(pool, "recovery"))
    assert "&lt;b&gt;1&lt;/b&gt;" in bars(figure).hovertext[0]
    for tag in ("<b>1<", "<i>T", "\\u003ci\\u003eT", "\\u003cb\\u003e1\\u003c"):
        assert tag not in figure.to_json()


def test_nobody_evaluable_draws_nothing_and_breaks_nothing(h1):
    """h1 has no IgG: the figure is a title."""
    result = analysis.ask(h1, "recovery?analyte=IgG")
    assert result.table("waterfall").empty
    figure = waterfall.waterfall_figure(result)
    assert len(figure.data) == 0
    assert "Change from baseline" in texts(figure)
    assert waterfall.remarks(result) == []
