"""The figure of trajectories by its data: panels, bands, lines, signs and n under the axis."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import plotly.graph_objects as go
import pytest

from igcore import analysis
from igcore.figures import style
from igcore.figures.trajectories import describe, trajectories_figure
from igcore.figures.trajectories.axes import doublings
from igcore.store import Pool
from tests.analysis.test_specification import pool_of

WHO = {"trial": "T", "patient": "A"}
IGA = {"analyte": "IgA", "unit": "mg/dL", "low": 70, "high": 400}


def drawn(pool: Pool, query: str = "", **own):
    result = analysis.ask(pool, f"trajectories?{query}")
    return result, trajectories_figure(result, **own)


def traces(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def texts(figure) -> str:
    return " ".join(note.text for note in figure.layout.annotations).replace("<br>", " ")


def axes(figure, letter: str) -> list:
    return [*figure.select_xaxes()] if letter == "x" else [*figure.select_yaxes()]


@pytest.fixture(scope="module")
def one(tmp_path_factory) -> Iterator[Pool]:
    """One patient: <10 on day 1, 50 on day 31, 400 on day 61; a second one with a lone value."""
    rows = [{**WHO, **IGA, "day": d, "value": v} for d, v in ((1, "<10"), (31, 50), (61, 400))]
    tables = {
        "patients": [{**WHO, "patient": name, "m_protein": "LC kappa"} for name in "AB"],
        "measurements": [*rows, {**WHO, **IGA, "patient": "B", "day": 16, "value": 80}],
        "therapies": [{**WHO, "kind": "transplant", "start_day": 46}],
    }
    made = pool_of(tmp_path_factory.mktemp("one"), tables)
    yield made
    made.close()


@pytest.fixture(scope="module")
def lines(one) -> tuple[analysis.Result, go.Figure]:
    return drawn(one, "style=lines")


def test_patients_of_a_group_are_one_trace_parted_by_gaps(lines):
    _, figure = lines
    drawn_lines = traces(figure)["IgA, All patients, patients"]
    assert drawn_lines.type == "scatter"
    np.testing.assert_allclose(drawn_lines.y, [5, 50, 400, np.nan, 80])
    np.testing.assert_allclose(drawn_lines.x * 30.4375, [0, 30, 60, np.nan, 15])
    assert drawn_lines.mode == "lines"


def test_a_dot_at_a_patient_s_last_value_and_each_sign_can_be_clicked_by_key(lines):
    result, figure = lines
    keys = result.table("lines").patient_key.unique().tolist()
    dots = traces(figure)["IgA, All patients, patients, last values"]
    assert dots.mode == "markers"
    np.testing.assert_allclose(dots.y, [400, 80])  # the lone value of B is a dot as well
    assert [list(key) for key in dots.customdata] == [[key] for key in keys]
    for sign in ("beyond quantification", "transplant"):
        assert [list(key) for key in traces(figure)[f"IgA, All patients, {sign}"].customdata] == [
            [keys[0]]
        ]


def test_a_reader_s_pointer_tells_value_limits_day_and_verdict(lines):
    """Counted until the transplant on day 46: from below 10 to 50 is a rise, and still low."""
    _, figure = lines
    words = traces(figure)["IgA, All patients, patients"].text
    assert words[1] == "<b>50 mg/dL</b> (70 to 400)<br>day 31<br>rise, still low"
    assert words[4].endswith("<br>day 16<br>not evaluable")
    hollow = traces(figure)["IgA, All patients, beyond quantification"].text
    assert list(hollow) == ["<b>&lt;10 mg/dL</b> (70 to 400)<br>day 1<br>rise, still low"]


def test_a_group_of_a_verdict_has_the_verdict_s_own_colour_and_dash(one):
    _, figure = drawn(one, "group=verdict", dark=True)
    line = traces(figure)["IgA, Not improved, median"].line
    assert line.color == style.verdict_colour("not improved", style.DARK)
    assert line.dash == style.verdict_dash("not improved")


def test_values_beyond_quantification_are_hollow_at_half_the_limit(lines):
    _, figure = lines
    hollow = traces(figure)["IgA, All patients, beyond quantification"]
    assert list(hollow.y) == [5]
    assert hollow.marker.color == style.LIGHT.ground
    assert "beyond\N{NO-BREAK SPACE}quantification" in texts(figure)


def test_a_transplant_is_a_star_on_the_line(lines):
    _, figure = lines
    star = traces(figure)["IgA, All patients, transplant"]
    assert star.marker.symbol == "star"
    np.testing.assert_allclose(star.y, [225])  # day 46 is halfway between 50 and 400


@pytest.mark.parametrize(
    "query, bands",
    [
        ("y=concentration&unit=mg/dL", [(70, 400)]),
        ("y=concentration&unit=g/L", [(0.7, 4)]),
        ("y=multiple", [(1, 400 / 70)]),
        ("y=position", [(0, 1)]),
        ("y=percent", [(100, 100)]),  # the line of no change
        ("y=change", [(0, 0)]),
    ],
)
def test_the_normal_band_moves_with_what_is_drawn(one, query, bands):
    _, figure = drawn(one, query)
    found = [(shape.y0, shape.y1) for shape in figure.layout.shapes]
    np.testing.assert_allclose(found, bands)


def test_limits_that_differ_give_a_band_of_every_record_within_one_of_some(demo_pool):
    _, figure = drawn(demo_pool, "analyte=IgA&y=concentration&unit=mg/dL")
    assert [(s.y0, s.y1) for s in figure.layout.shapes] == [(70, 356), (61, 400)]
    assert "paler:\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}some" in texts(figure)
    _, apart = drawn(demo_pool, "analyte=IgA&y=concentration&unit=mg/dL&group=trial")
    assert [(s.y0, s.y1) for s in apart.layout.shapes] == [(70, 400), (61, 356)]
    assert "paler" not in texts(apart)


def test_n_stands_under_the_axis_below_its_month(demo_pool):
    result, figure = drawn(demo_pool, "analyte=IgA")
    axis = figure.layout.xaxis
    counts = result.table("summary").set_index("month").n
    for month, text in zip(axis.tickvals, axis.ticktext, strict=True):
        assert text.startswith(f"{month:g}<br>")
        assert f">{counts[month]}<" in text


def test_median_and_quartiles_are_drawn_as_computed(demo_pool):
    result, figure = drawn(demo_pool, "analyte=IgA")
    rows = result.table("summary")
    found = traces(figure)
    for name in ("median", "q1", "q3"):
        np.testing.assert_array_equal(found[f"IgA, All patients, {name}"].y, rows[name])
    assert found["IgA, All patients, q1"].fill == "tonexty"


def test_a_log_scale_is_ticked_by_doublings(demo_pool):
    _, figure = drawn(demo_pool, "analyte=IgA&style=lines&y=concentration&unit=mg/dL&axis=log2")
    axis = figure.layout.yaxis
    assert axis.type == "log"
    assert set(np.diff(np.log2(axis.tickvals)).round(9)) == {1.0}
    assert 100 in axis.tickvals
    assert doublings(40, 900, 100) == [50, 100, 200, 400, 800]
    assert doublings(90, 160, 100) == [100, 125, 150]  # too near for doublings


def test_panels_of_an_analyte_share_their_axis_and_groups_keep_colour_and_dash(demo_pool):
    _, figure = drawn(demo_pool, "group=response&y=concentration&unit=g/L")
    scales = [tuple(axis.range) for axis in axes(figure, "y")]
    assert scales[0::2] == scales[1::2]
    assert len(set(scales)) == 3
    found = traces(figure)
    survival = analysis.ask(demo_pool, "survival")
    for group in ("responder", "non-responder"):
        line = found[f"IgA, {style.WORDS[group]}, median"].line
        assert line.color == style.colour(group, survival, style.LIGHT)
        assert line.dash == style.dash(group, survival)


def test_a_panel_with_nobody_keeps_the_axis_of_its_analyte(demo_pool):
    """At month 6 nobody's IgM has come into Exeter's range; the panel stands beside the others."""
    result, figure = drawn(demo_pool, "group=verdict&final=month&range=Exeter UK&unit=mg/dL")
    panels = result.table("panels")
    assert len(panels) < len(set(panels.analyte)) * len(set(panels.group))
    assert "nobody to show" in texts(figure)
    scales = [tuple(axis.range) for axis in axes(figure, "y")]
    assert len(scales) == 9
    assert len(set(scales)) == 3


def test_analytes_stand_in_rows_or_columns(demo_pool):
    by_row = drawn(demo_pool, "group=response")[1]
    by_column = drawn(demo_pool, "group=response&arrangement=columns")[1]
    assert len({axis.domain for axis in axes(by_row, "x")}) == 2
    assert len({axis.domain for axis in axes(by_column, "x")}) == 3


def test_the_involved_isotype_is_grey_and_said_to_hold_m_protein(demo_pool):
    _, hidden = drawn(demo_pool, "analyte=IgA&style=lines")
    assert "IgA, All patients, contains M-protein" not in traces(hidden)
    _, figure = drawn(demo_pool, "analyte=IgA&style=lines&involved=grey")
    grey = traces(figure)["IgA, All patients, contains M-protein"]
    assert grey.line.color.startswith("rgba(85, 97, 122")  # LIGHT.quiet
    assert any("contains M-protein" in words for words in grey.text)
    assert "contains\N{NO-BREAK SPACE}M-protein" in texts(figure)


def test_more_lines_than_a_browser_moves_show_quartiles_and_a_sample(demo_pool, monkeypatch):
    _, whole = drawn(demo_pool, "analyte=IgA&style=lines")
    assert "IgA, All patients, q1" not in traces(whole)
    monkeypatch.setattr("igcore.analysis.trajectories.tables.POINTS", 500)
    result, figure = drawn(demo_pool, "analyte=IgA&style=lines")
    assert "IgA, All patients, q1" in traces(figure)
    assert np.isfinite(traces(figure)["IgA, All patients, patients"].y).sum() <= 500
    assert "a\N{NO-BREAK SPACE}sample\N{NO-BREAK SPACE}of" in texts(figure)
    assert any("values are too many for lines" in note for note in result.said)


@pytest.mark.parametrize("dark", [False, True])
def test_figure_says_population_method_versions_and_that_data_are_simulated(demo_pool, dark):
    result, figure = drawn(demo_pool, "group=arm", dark=dark)
    shown = texts(figure)
    for words in ("SIMULATED", "n = 352 of 360 treated", "never carried forward", "Data version 2"):
        assert words in shown
    assert figure.layout.paper_bgcolor == style.ink(dark).ground
    alt = describe(result)
    first = result.table("summary").iloc[0]
    assert f"IgA, Len: median {first['median']:.3g} at month 0 (n = {first.n})" in alt


def test_names_of_users_are_shown_as_they_stand(add, pool):
    name = "<b>x</b>"
    rows = [{**WHO, "analyte": name, "unit": name, "day": 1, "value": 5, "low": 1, "high": 9}]
    add(patients=[{**WHO, "arm": name}], measurements=rows)
    _, figure = drawn(pool, "group=arm&style=lines")
    assert "&lt;b&gt;x&lt;/b&gt;" in texts(figure)
    assert "<b>x</b>" not in texts(figure)
    said = "".join("".join(t.text) for t in figure.data if t.text is not None)
    assert "&lt;b&gt;x" in said
    assert "<b>x</b>" not in said
