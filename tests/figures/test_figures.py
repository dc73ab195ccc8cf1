"""Figures by their data: what is drawn is what was computed, and what must be said is in them."""

from __future__ import annotations

import numpy as np
import pytest

from igcore import analysis, ingest
from igcore.figures import patient as patient_figures
from igcore.figures import recovery as recovery_figures
from igcore.figures import step_curves, style
from igcore.figures import survival as survival_figures
from tests.conftest import write_tables


def traces(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def texts(figure) -> str:
    return " ".join(note.text for note in figure.layout.annotations).replace("<br>", " ")


def test_curves_are_drawn_as_computed_as_steps_between_0_and_1(demo_pool):
    result = analysis.ask(demo_pool, "survival?timing=landmark")
    figure = survival_figures.survival_figure(result)
    for name, words in (("responder", "Responders"), ("non-responder", "Non-responders")):
        rows = result.table("curve")[result.table("curve").group == name]
        drawn = traces(figure)[words]
        np.testing.assert_array_equal(drawn.x, rows.month)
        np.testing.assert_array_equal(drawn.y, rows.survival)
        assert drawn.line.shape == "hv"
    assert tuple(figure.layout.yaxis.range) == (0, 1.02)


def test_the_risk_table_stands_on_the_axis_of_the_curves(demo_pool):
    result = analysis.ask(demo_pool, "survival?risk_every=6")
    figure = survival_figures.survival_figure(result)
    assert figure.layout.xaxis2.matches == "x" or figure.layout.xaxis.matches == "x2"
    assert figure.layout.xaxis.dtick == 6
    rows = result.table("risk").query("group == 'responder'")
    drawn = traces(figure)["Responders, at risk"]
    np.testing.assert_array_equal(drawn.x, rows.month)
    assert list(drawn.text) == [f"{n:,}" for n in rows.at_risk]


def test_title_says_n_and_footer_says_method_and_versions(demo_pool):
    result = analysis.ask(demo_pool, "survival")
    shown = texts(survival_figures.survival_figure(result))
    for words in ("OS by response", "n = 360", "Simon-Makuch", "Data version 2", "SIMULATED"):
        assert words in shown
    assert "associated" not in shown
    assert "improves" not in shown


def test_ever_carries_its_banner_and_neither_hazard_ratio_nor_p(demo_pool):
    result = analysis.ask(demo_pool, "survival?timing=ever")
    shown = texts(survival_figures.survival_figure(result))
    assert "responders had to survive until they responded" in shown
    assert "HR " not in shown
    assert "p =" not in shown
    assert "p <" not in shown


def test_a_group_keeps_its_colour_and_dash_under_filters_and_in_every_figure(demo_pool):
    both = analysis.ask(demo_pool, "survival?group=trial")
    one = analysis.ask(demo_pool, "survival?group=trial&trial=SIM-LEN-2")
    shares = analysis.ask(demo_pool, "recovery?trial=SIM-LEN-2")
    lines = [traces(survival_figures.survival_figure(r))["SIM-LEN-2"].line for r in (both, one)]
    bar = traces(recovery_figures.shares_figure(shares))["SIM-LEN-2"]
    assert lines[0].color == lines[1].color == bar.marker.line.color
    assert lines[0].dash == lines[1].dash
    other = traces(survival_figures.survival_figure(both))["SIM-LEN-1"].line
    assert (other.color, other.dash) != (lines[0].color, lines[0].dash)


def test_bars_are_the_shares_in_percent_with_n_beside_them(demo_pool):
    result = analysis.ask(demo_pool, "recovery")
    figure = recovery_figures.shares_figure(result)
    pooled = result.table("shares").query("trial == 'pooled'")
    drawn = traces(figure)["All trials"]
    np.testing.assert_allclose(drawn.x, 100 * pooled.share)
    np.testing.assert_allclose(drawn.x + drawn.error_x.array, 100 * pooled.upper)
    assert "124/234 = <b>53.0 %</b>" in texts(figure)


def test_a_long_curve_is_thinned_for_drawing_only_and_keeps_its_ends(demo_pool):
    result = analysis.ask(demo_pool, "survival")
    month = np.arange(10_000.0)
    curve = (
        result.table("curve")
        .iloc[[0] * 10_000]
        .assign(month=month, survival=np.linspace(1, 0, 10_000))
    )
    drawn = step_curves.drawn(curve)
    assert len(drawn) <= step_curves.STEPS + 1
    assert (drawn.month.iloc[0], drawn.month.iloc[-1]) == (0, 9_999)


def test_user_text_cannot_put_markup_into_a_figure(pool, tmp_path):
    who = {"trial": "<i>T</i>", "patient": "<b>1</b>", "arm": "<a href='x'>A</a>"}
    tables = {
        "patients": [{**who, "m_protein": "IgG kappa"}],
        "outcomes": [
            {
                "trial": "<i>T</i>",
                "patient": "<b>1</b>",
                "endpoint": "<u>OS</u>",
                "time_days": 9,
                "event": 1,
            }
        ],
    }
    ingest.add(pool, write_tables(tmp_path / "files", tables))
    drawn = [
        survival_figures.survival_figure(analysis.ask(pool, "survival?group=arm")),
        recovery_figures.shares_figure(analysis.ask(pool, "recovery")),
        patient_figures.profile_figure(analysis.ask(pool, "patient")),
    ]
    for figure in drawn:
        text = figure.to_json()
        for tag in ("<i>T", "<b>1<", "<a href", "<u>OS", "\\u003ci\\u003eT", "\\u003ca href"):
            assert tag not in text


def test_an_arm_called_responder_is_not_taken_for_the_responders(pool, tmp_path):
    who = {"trial": "T", "patient": "1"}
    tables = {
        "patients": [{**who, "arm": "responder"}],
        "outcomes": [{**who, "endpoint": "OS", "time_days": 9, "event": 1}],
    }
    ingest.add(pool, write_tables(tmp_path / "files", tables))
    figure = survival_figures.survival_figure(analysis.ask(pool, "survival?group=arm"))
    assert "<b>responder</b>" in texts(figure)
    assert "Responders" not in figure.to_json()


def test_the_profile_marks_baseline_final_and_values_below_quantification(pool, tmp_path):
    who = {"trial": "T", "patient": "1"}
    rows = [("-3", "<5"), ("30", "40"), ("60", "72")]
    tables = {
        "patients": [{**who, "m_protein": "IgG kappa"}],
        "measurements": [
            {
                **who,
                "analyte": "IgA",
                "day": day,
                "value": value,
                "unit": "mg/dL",
                "low": 70,
                "high": 400,
            }
            for day, value in rows
        ],
    }
    ingest.add(pool, write_tables(tmp_path / "files", tables))
    result = analysis.ask(pool, "patient")
    figure = patient_figures.profile_figure(result)
    drawn = traces(figure)
    np.testing.assert_allclose(drawn["IgA"].y, [2.5, 40, 72])  # "<5" stands at half its limit
    np.testing.assert_allclose(drawn["IgA"].x * 30.4375, [-3, 29, 59])
    assert drawn["IgA"].marker.color[0] == style.LIGHT.ground
    assert drawn["IgA"].marker.color[1] != style.LIGHT.ground
    assert list(drawn["baseline"].y) == [2.5]
    assert list(drawn["final value"].y) == [72]
    sentence = "baseline <5, final 72 mg/dL, >= +1340.0 %, limit 70: improved"
    assert result.table("verdicts").sentence[0] == sentence


@pytest.mark.parametrize("dark", [False, True])
def test_figures_in_words_tell_their_numbers(demo_pool, dark):
    survival = analysis.ask(demo_pool, "survival?group=arm")
    assert "Len + Dex: 168 patients" in survival_figures.describe(survival)
    recovery = analysis.ask(demo_pool, "recovery")
    assert "IgA, All trials: 124 of 234 (53.0 %)" in recovery_figures.describe(recovery)
    ground = survival_figures.survival_figure(survival, dark=dark).layout.paper_bgcolor
    assert ground == style.ink(dark).ground


@pytest.mark.parametrize(
    ("value", "lower", "upper", "words"),
    [
        (18.42, 15.2, 22.0, "18.4 (15.2 to 22.0)"),
        (18.42, 15.2, float("nan"), "18.4 (15.2 to NE)"),
        (float("nan"), 15.2, float("nan"), "NR (15.2 to NE)"),
        (float("nan"), float("nan"), float("nan"), "NR"),
    ],
)
def test_an_estimate_that_was_not_reached_is_said_so(value, lower, upper, words):
    assert style.interval(value, lower, upper) == words
