"""Cumulative incidence of confirmed normalisation by its data: curves, numbers at risk, words."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np
import pytest

from igcore import analysis
from igcore.analysis import Result
from igcore.figures import style
from igcore.figures.recovery import incidence
from igcore.figures.recovery.incidence import describe, incidence_figure
from igcore.store import Pool
from tests.analysis.test_specification import person, pool_of, sample, together

MONTH = 30.4375
# Patient: response on day 20 and the samples on study days 60 and 90, or 60 and 250.
COURSES = {
    "normal": ("PR", (80, 80), (1, 60, 90)),
    "worse": ("PR", (45, 45), (1, 60, 250)),
    "same": ("PR", (45, 45), (1, 60, 250)),
    "also": ("PR", (45, 45), (1, 60, 250)),
    "other": ("SD", (45, 45), (1, 60, 160)),
}
ALL = " ".join(COURSES)
MARKUP = "<i>T</i>"


def followed(names: str = ALL, trial: str = "A", first: float = 40) -> dict:
    """Patients low at baseline; "worse" progresses on study day 200."""
    tables: dict[str, list[dict]] = {"patients": [], "measurements": [], "responses": []}
    for name in names.split():
        response, values, days = COURSES[name]
        who = {"trial": trial, "patient": name}
        tables["patients"].append(person(name, "LC kappa", trial))
        tables["responses"].append({**who, "day": 20, "response": response})
        tables["measurements"] += [
            sample(name, day, value, trial=trial)
            for day, value in zip(days, (first, *values), strict=True)
        ]
        if name == "worse":
            tables["responses"].append({**who, "day": 200, "response": "PD"})
    return tables


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    """Trial A of all courses, trials named by theirs, one normal at baseline, one with IgM too."""
    named = [followed(names, names) for names in ("worse same", "other", "worse other")]
    more = [followed("normal other", "normal other"), followed(ALL, "normal", first=75)]
    both = followed(ALL, "both")
    both["measurements"] += [{**row, "analyte": "IgM"} for row in both["measurements"]]
    tables = together(followed(), *named, *more, both, followed(ALL, MARKUP))
    made = pool_of(tmp_path_factory.mktemp("pool"), tables)
    yield made
    made.close()


def asked(
    pool: Pool, landmark: float = 1, analyte: str = "IgA", rest: str = "", trial: str = "A"
) -> Result:
    names = "&".join(f"analyte={name}" for name in analyte.split())
    where = f"trial={quote(trial, safe='')}"
    return analysis.ask(pool, f"recovery?{where}&{names}&landmark={landmark}{rest}")


def traces(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def texts(figure) -> str:
    return " ".join(note.text for note in figure.layout.annotations).replace("<br>", " ")


RESPONDERS, OTHERS = "Responders: PR or better by month 1", "Non-responders: all others"


def test_curves_step_where_somebody_normalises_after_the_landmark(pool):
    """By hand: of 4 responders one is confirmed on study day 90, one progresses on 200."""
    drawn = traces(incidence_figure(asked(pool)))
    curve = drawn[RESPONDERS]
    np.testing.assert_allclose(curve.x * MONTH + MONTH, [MONTH, 90, 200, 250])
    np.testing.assert_allclose(curve.y, [0, 25, 25, 25])
    assert (curve.line.shape, curve.line.dash) == ("hv", "solid")
    assert (drawn[OTHERS].line.shape, drawn[OTHERS].line.dash) == ("hv", "dash")
    np.testing.assert_allclose(drawn[OTHERS].y, [0, 0])


def test_bands_are_drawn_where_limits_exist(pool):
    """By hand: F = 1/4, Aalen's standard error 1/4, F ** exp(-+ z se / (F log F))."""
    drawn = traces(incidence_figure(asked(pool)))
    z, se, share = 1.959963984540054, 0.25, 0.25
    width = z * se / (share * np.log(share))
    upper, lower = 100 * share ** np.exp(width), 100 * share ** np.exp(-width)
    np.testing.assert_allclose(drawn["IgA, Responders, upper limit"].y, [upper] * 3)
    np.testing.assert_allclose(drawn["IgA, Responders, lower limit"].y, [lower] * 3)
    assert drawn["IgA, Responders, lower limit"].fill == "tonexty"
    assert len(drawn["IgA, Non-responders, upper limit"].x) == 0


def test_numbers_at_risk_stand_below_their_month_just_before_it(pool):
    """By hand: 4 responders leave at months 1.96, 5.57, 7.21 and 7.21, the other one at 4.26."""
    figure = incidence_figure(asked(pool))
    drawn = traces(figure)
    ticks = list(figure.layout.xaxis.tickvals)
    assert ticks == list(range(8))
    counts = drawn["IgA, Responders, at risk"]
    assert list(counts.x) == ticks
    assert list(counts.text) == ["4", "4", "3", "3", "3", "3", "2", "2"]
    assert list(drawn["IgA, Non-responders, at risk"].text) == ["1"] * 5 + ["0"] * 3
    assert figure.layout.xaxis.matches == "x2"
    assert figure.layout.xaxis.range == figure.layout.xaxis2.range


def test_the_clock_starts_at_the_landmark_and_the_axis_says_which(pool):
    figure = incidence_figure(asked(pool, 2.5))
    assert figure.layout.xaxis.title.text == "Months since month 2.5"
    assert figure.layout.yaxis.title.text == "Normalised, %"
    assert figure.layout.yaxis.range[1] >= 100
    words = texts(figure)
    assert "observed after month 2.5" in words
    assert "value confirmed by the next one" in words
    assert "Wilson" not in words


def test_who_left_by_the_landmark_is_told(pool):
    """By hand: by month 4 (day 121.75) the confirmed one is gone, nobody of the others."""
    result = asked(pool, 4)
    assert incidence.left(result) == [
        "Left out, because by month 4 they had normalised, progressed, stopped, died or had their "
        "last sample: IgA 1 responders and 0 non-responders."
    ]
    assert "IgA 1 responders and 0 non-responders" in texts(incidence_figure(result))


def test_gray_s_test_stands_at_its_panel(pool):
    """By hand: the one event is before anybody leaves, 1 of 4 against 0 of 1."""
    result = asked(pool)
    p = result.table("incidence_test").p[0]
    assert f"<b>IgA</b><br>Gray's test p = {p:.3f}" in [
        note.text for note in incidence_figure(result).layout.annotations
    ]


@pytest.mark.parametrize(
    ("names", "landmark", "words"),
    [
        ("worse same", 1, "Not tested: no non-responders left"),
        ("other", 1, "Not tested: no responders left"),
        ("worse other", 1, "Not tested: nobody normalised"),
        ("normal other", 0, "Not tested: no responders left"),
    ],
)
def test_what_cannot_be_tested_is_said_in_its_panel(pool, names, landmark, words):
    result = asked(pool, landmark, trial=names)
    assert words in texts(incidence_figure(result))
    assert words in describe(result)


def test_a_group_that_nobody_is_in_has_no_curve_and_zeros_at_risk(pool):
    drawn = traces(incidence_figure(asked(pool, trial="worse same")))
    assert OTHERS not in drawn
    assert set(drawn["IgA, Non-responders, at risk"].text) == {"0"}


def test_isotypes_without_anybody_low_at_baseline_are_a_sentence(pool):
    result = asked(pool, analyte="IgA IgG", trial="normal")
    assert incidence.shown(result) == []
    assert incidence.left(result) == [
        "IgA, IgG: nobody who can be judged was low at baseline in a trial with dated responses, "
        "so nobody can normalise."
    ]
    assert incidence_figure(result).layout.yaxis.title.text == "Normalised, %"


def test_a_landmark_after_all_have_left_is_a_sentence(pool):
    result = asked(pool, 100)
    assert incidence.shown(result) == []
    assert incidence.left(result) == ["IgA: all 5 patients low at baseline had left by month 100."]
    assert "Not tested" not in describe(result)


def test_each_isotype_has_a_panel_of_its_own_on_the_same_axes(pool):
    figure = incidence_figure(asked(pool, analyte="IgA IgG IgM", trial="both"))
    assert [a.text.split("<br>")[0] for a in figure.layout.annotations[:2]] == [
        "<b>IgA</b>",
        "<b>IgM</b>",
    ]
    shown = [trace.name for trace in figure.data if trace.showlegend]
    assert shown == [RESPONDERS, OTHERS]
    assert figure.layout.xaxis.range == figure.layout.xaxis2.range
    assert "IgG: nobody" in texts(figure)


def test_switches_of_the_rule_are_in_the_method(pool):
    result = asked(pool, rest="&progression=off&rise=30&range=Exeter%20UK")
    words = texts(incidence_figure(result))
    assert "rise of at least 30 %" in words
    assert "normal range of Exeter UK" in words
    assert "Values after progression count" in words


@pytest.mark.parametrize("dark", [False, True])
def test_groups_have_the_colours_of_the_house(pool, dark):
    ink = style.ink(dark)
    drawn = traces(incidence_figure(asked(pool), dark=dark))
    assert drawn[RESPONDERS].line.color == ink.groups[0]
    assert drawn[OTHERS].line.color == ink.groups[1]


def test_the_figure_in_words_tells_both_groups(pool):
    words = describe(asked(pool))
    assert "responders 25.0 % by month 7.2 after the landmark (n = 4)" in words
    assert "non-responders 0.0 % by month 4.3 after the landmark (n = 1)" in words


def test_a_trial_s_name_cannot_put_markup_into_the_figure(pool):
    text = incidence_figure(asked(pool, trial=MARKUP)).to_json()
    assert "<i>T" not in text and "\\u003ci\\u003eT" not in text
    assert "&lt;i&gt;T" in text or "\\u0026lt;i\\u0026gt;T" in text
