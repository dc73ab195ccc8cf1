"""The pictures of survival and the forest plot, by their data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from igcore import analysis
from igcore.figures import style
from igcore.figures.step_curves import STEPS, drawn
from igcore.figures.survival import curves as survival_curves
from igcore.figures.survival import forest, survival_figure
from igcore.store import Pool


def traces(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def texts(figure) -> str:
    return " ".join(note.text for note in figure.layout.annotations).replace("<br>", " ")


def responders(result) -> pd.DataFrame:
    return result.table("curve").query("group == 'responder'")


def test_cumulative_events_are_one_less_survival_with_limits_exchanged(demo_pool: Pool) -> None:
    result = analysis.ask(demo_pool, "survival?curve=events&timing=landmark")
    shown, rows = traces(survival_figure(result)), responders(result)
    np.testing.assert_allclose(shown["Responders"].y, 1 - rows.survival)
    known = rows[rows.lower.notna()]
    np.testing.assert_allclose(shown["Responders, upper limit"].y, 1 - known.lower)
    np.testing.assert_allclose(shown["Responders, lower limit"].y, 1 - known.upper)


def test_log_minus_log_is_drawn_against_the_logarithm_of_time(demo_pool: Pool) -> None:
    result = analysis.ask(demo_pool, "survival?curve=log-log&timing=landmark")
    figure, rows = survival_figure(result), responders(result)
    line = traces(figure)["Responders"]
    drops = rows[(rows.survival.diff() < 0) & (rows.survival > 0)]
    np.testing.assert_allclose(line.x, drops.month)
    np.testing.assert_allclose(line.y, np.log(-np.log(drops.survival)))
    assert figure.layout.xaxis.type == "log"
    assert 10 ** figure.layout.xaxis.range[0] < drops.month.min()
    assert 10 ** figure.layout.xaxis.range[1] > drops.month.max()


def test_the_shaded_area_is_the_restricted_mean(demo_pool: Pool) -> None:
    result = analysis.ask(demo_pool, "survival?curve=rmst&timing=landmark&horizon=36")
    area = traces(survival_figure(result))["Responders, restricted mean"]
    steps = np.diff(area.x)
    expected = result.table("rmst").set_index("group")["mean"]["responder"]
    np.testing.assert_allclose(np.asarray(area.y)[:-1] @ steps, expected, rtol=1e-9)
    assert list(traces(survival_figure(result))["horizon"].x) == [36, 36]


def test_the_restricted_mean_is_named_first_where_hazards_are_not_proportional(
    demo_pool: Pool,
) -> None:
    """On the simulated trials zph is p = 0.008 at landmark 4, and 0.094 counted from response."""
    moving = texts(survival_figure(analysis.ask(demo_pool, "survival?timing=landmark")))
    assert "Hazards not proportional (p = 0.008)" in moving
    assert moving.index("Restricted mean") < moving.index("HR 0.70")
    calm = texts(survival_figure(analysis.ask(demo_pool, "survival")))
    assert calm.index("HR 0.62") < calm.index("Restricted mean")
    assert "not proportional" not in calm


def test_the_key_stands_above_the_plot_so_that_it_covers_no_curve(demo_pool: Pool) -> None:
    for question in ("survival", "survival?timing=ever", "survival?group=arm&curve=events"):
        figure = survival_figure(analysis.ask(demo_pool, question))
        for note in figure.layout.annotations:
            above = note.yref == "paper" and note.y == 1 and note.yshift > 0
            below = note.y == 0 and note.yshift < 0
            assert above or below, note.text


def test_hover_tells_survival_with_interval_and_who_is_at_risk(demo_pool: Pool) -> None:
    result = analysis.ask(demo_pool, "survival?timing=landmark")
    line, rows = traces(survival_figure(result))["Responders"], responders(result)
    np.testing.assert_allclose(np.asarray(line.customdata, float)[:, 2], rows.at_risk)
    assert rows.at_risk.iloc[0] == 259
    assert "at risk" in line.hovertemplate


def test_thinning_keeps_every_step_that_can_be_seen() -> None:
    """A million-patient curve: 100,000 tiny drops and three great ones within one pixel column."""
    month = np.arange(100_000) / 1_000
    survival = 1 - month / 200
    for at, depth in ((5_0013, 0.05), (50_020, 0.10), (50_031, 0.05)):
        survival[at:] -= depth
    curve = pd.DataFrame({"month": month, "survival": survival})
    kept = drawn(curve)
    assert len(kept) <= STEPS
    assert (kept.month.iloc[0], kept.month.iloc[-1]) == (month[0], month[-1])
    # Drawn as steps, the thinned curve is never further from the true one than a pixel is wide.
    width = (month[-1] - month[0]) / (STEPS / 2)
    for shift in (-width, width):
        moved = np.clip(np.searchsorted(kept.month, month + shift, side="right") - 1, 0, None)
        level = kept.survival.to_numpy()[moved]
        assert (level >= survival - 1e-12).all() if shift < 0 else (level <= survival + 1e-12).all()
    great = -np.diff(kept.survival)
    assert great.max() > 0.2


def test_the_forest_draws_each_ratio_at_its_row_with_its_limits(demo_pool: Pool) -> None:
    result = analysis.ask(demo_pool, "subgroups")
    figure = forest.forest_figure(result)
    table = result.table("forest")
    markers = [t for t in figure.data if t.mode == "markers" and t.name]
    np.testing.assert_allclose([t.x[0] for t in markers], table.hazard_ratio)
    spans = [t for t in figure.data if t.mode == "lines"]
    np.testing.assert_allclose([t.x for t in spans], table[["hr_lower", "hr_upper"]])
    assert figure.layout.xaxis.type == "log"
    places = [t.y[0] for t in markers]
    assert places == sorted(places)
    assert [t.marker.symbol for t in markers][:2] == ["diamond", "square"]


def test_the_forest_says_counts_interactions_and_whom_each_side_favours(demo_pool: Pool) -> None:
    result = analysis.ask(demo_pool, "subgroups")
    said = texts(forest.forest_figure(result))
    first = result.table("forest").iloc[0]
    assert f"{first.events}/{first.n}" in said
    assert "← favours Responders" in said
    assert "favours Non-responders →" in said
    for p in result.table("interactions").p:
        assert style.p_value(p) in said
    assert "SIMULATED" in said
    assert forest.describe(result).startswith("OS by response (PR or better): trials and subgroups")


def test_a_limit_beyond_the_axis_ends_in_an_arrow(demo_pool: Pool) -> None:
    result = analysis.ask(demo_pool, "subgroups")
    table = result.table("forest")
    table.loc[3, "hr_upper"] = 400.0
    figure = forest.forest_figure(result)
    arrows = [t for t in figure.data if t.mode == "markers" and "triangle" in t.marker.symbol]
    assert [t.x[0] for t in arrows] == [forest.WIDEST]


@pytest.mark.parametrize("question", ["", "?timing=landmark", "?group=arm&curve=events"])
def test_the_part_of_a_curve_with_fewer_than_ten_at_risk_is_fainter_and_said(
    demo_pool: Pool, question: str
) -> None:
    """Who is at risk along a step is counted from the table: the at-risk number where it ends."""
    result = analysis.ask(demo_pool, f"survival{question}")
    figure = survival_figure(result)
    assert "Fewer than 10 at risk: drawn fainter." in texts(figure)
    shown = traces(figure)
    for group, curve in result.table("curve").groupby("group"):
        name = style.name_of(group, result)
        whole, faint = shown[name], shown[f"{name}, fewer than 10 at risk"]
        strong = shown[f"{name}, 10 or more at risk"]
        assert (whole.opacity, strong.line.color) == (0, whole.line.color)
        assert faint.line.color == style.faint(strong.line.color, 0.45)
        first = curve.month[curve.at_risk >= 10].max()  # until then the ten are there
        assert np.nanmax(strong.x) == first == np.nanmin(faint.x)
        assert np.nanmax(faint.x) == curve.month.max()


def test_a_curve_that_thins_out_and_fills_again_is_split_at_every_turn() -> None:
    """By hand: 12, 9, 8, 11, 5 at risk just before months 1 to 5; steps 2, 3 and 5 are faint."""
    curve = pd.DataFrame({"month": range(6), "survival": [1, 0.9, 0.8, 0.7, 0.6, 0.5]})
    few = np.array([12, 9, 8, 11, 5]) < 10
    x, y = survival_curves._part(curve, few)
    np.testing.assert_array_equal(x, [1, 2, 3, np.nan, 4, 5])
    np.testing.assert_array_equal(y, [0.9, 0.8, 0.7, np.nan, 0.6, 0.5])
    x, _ = survival_curves._part(curve, ~few)
    np.testing.assert_array_equal(x, [0, 1, np.nan, 3, 4])


def test_a_curve_of_many_to_its_end_is_one_line(demo_pool: Pool) -> None:
    result = analysis.ask(demo_pool, "survival?timing=landmark")
    table = result.table("curve")
    table["at_risk"] = table.at_risk + 10
    figure = survival_figure(result)
    assert "drawn fainter" not in texts(figure)
    assert traces(figure)["Responders"].opacity == 1
    assert "Responders, 10 or more at risk" not in traces(figure)
