"""What the survival analysis tells beside the curves: Freireich's trial and h7 and h8 of DOMAIN.

Expected values: DOMAIN h7 to h9, and R 4.2.2, survival 3.5-3, where a line says so.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from igcore import analysis
from igcore.analysis.survival.landmarks import other
from igcore.definitions import LEVEL
from igcore.errors import Refused
from igcore.store import Pool
from tests.analysis.test_specification import pool_of, shown, together
from tests.analysis.test_specification_survival import EXAMPLES, course, ratio

CROSSED = together(
    # All of A die by month 12, two thirds of B in the first half-year and nobody after: no ratio
    # holds throughout.
    course("X", " ".join(f"{m}" for m in range(7, 19)), "A"),
    course("X", "1 1.5 2 2.5 3 3.5 4 4.5 20+ 21+ 22+ 23+", "B"),
    # Arm P has no event, so no hazard ratio is finite.
    course("E", "3+ 5+ 9+", "P"),
    course("E", "2 4 8", "Q"),
)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """The examples of the specification, and two more trials; for questions only."""
    made = pool_of(tmp_path_factory.mktemp("tables"), together(EXAMPLES, CROSSED))
    yield made
    made.close()


def test_rates_are_the_survival_at_the_chosen_months_with_limits(examples: Pool) -> None:
    """h9: S(10) = 0.7529 (0.503-0.889) of 6-MP, S(12) = 0.1905 (0.059-0.377) of placebo."""
    answer = analysis.ask(examples, "survival?trial=F&group=arm&rates=10&rates=12&rates=30")
    rates = answer.table("rates").set_index(["group", "month"])
    assert shown(rates.loc["6-MP", 10][1:], 4)[:1] == [0.7529]
    assert shown(rates.loc["6-MP", 10][2:], 3) == [0.503, 0.889]
    assert shown(rates.loc["placebo", 12][1:2], 4) == [0.1905]
    assert shown(rates.loc["placebo", 12][2:], 3) == [0.059, 0.377]
    assert rates.loc["placebo", 30].isna()[["survival", "lower", "upper"]].all()  # nobody at risk


def test_months_of_rates_that_follow_up_does_not_reach_are_not_offered(examples: Pool) -> None:
    assert "&rates=12&rates=24&" in analysis.read(examples, "survival?trial=F&group=arm").text
    with pytest.raises(Refused, match='Rates at month: "36" is not one of 1, 2'):
        analysis.read(examples, "survival?trial=F&group=arm&rates=36")


def test_restricted_means_go_to_the_last_month_that_all_curves_reach(examples: Pool) -> None:
    """h9: RMST(23) 17.909 v 8.667, difference 9.24 (SE 2.08); placebo ends at month 23."""
    answer = analysis.ask(examples, "survival?trial=F&group=arm&reference=placebo")
    means = answer.table("rmst").set_index("group")
    assert shown(means["mean"], 3) == [17.909, 8.667]
    assert (means.horizon == 23).all()
    (row,) = answer.table("rmst_difference").itertuples()
    assert shown([row.difference, row.standard_error], 2) == [9.24, 2.08]
    # R: survfit, rmean = 23, the variances added.
    assert shown([row.lower, row.upper], 2) == [5.17, 13.31]
    assert "restricted means of the curves to month 23" in answer.method


def test_a_horizon_beyond_a_curve_leaves_the_means_empty_and_says_so(examples: Pool) -> None:
    answer = analysis.ask(examples, "survival?trial=small&group=arm&horizon=8")
    assert "rmst" not in answer.tables
    said = "all curves together reach up to 7.0 months. 8 months lie beyond; choose less."
    assert f"Restricted mean: {said}" in answer.said


@pytest.mark.parametrize(
    ("question", "name", "expected"),
    [
        ("test=gehan", "stratified Gehan", 13.458),
        ("test=peto-peto", "stratified Peto-Peto", 14.457),
        ("test=log-rank&stratify=none", "log-rank", 16.793),
    ],
)
def test_other_tests_of_the_family_are_asked_for_by_name(
    examples: Pool, question: str, name: str, expected: float
) -> None:
    """h9; one trial, so that stratification changes nothing."""
    test = analysis.ask(examples, f"survival?trial=F&group=arm&{question}").table("test").iloc[0]
    assert (test["name"], round(test.statistic, 3)) == (name, expected)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("ties=breslow", [0.221, 0.099, 0.493]),
        ("ties=exact", [0.196, 0.084, 0.459]),  # limits: R coxph(ties = "exact")
        ("limits=profile", [0.208, 0.088, 0.452]),  # R: uniroot on loglik of coxph with offset
    ],
)
def test_ties_and_limits_are_taken_as_asked(
    examples: Pool, question: str, expected: list[float]
) -> None:
    answer = analysis.ask(examples, f"survival?trial=F&group=arm&reference=placebo&{question}")
    assert ratio(answer) == expected


def test_the_log_rank_option_of_time_dependent_groups_is_mantel_byars(examples: Pool) -> None:
    for test, name in (("log-rank", "Mantel-Byar"), ("gehan", "Mantel-Byar, Gehan weights")):
        answer = analysis.ask(examples, f"survival?trial=second&test={test}")
        assert answer.table("test").name.tolist() == [name]


def test_proportional_hazards_are_tested_as_in_r_and_the_restricted_mean_leads_if_not(
    examples: Pool,
) -> None:
    """h9: zph p 0.88. In trial X the arms cross, and the method names the means first."""
    calm = analysis.ask(examples, "survival?trial=F&group=arm")
    assert shown(calm.table("proportional_hazards").p[:1], 2) == [0.88]
    assert not any("not proportional" in note for note in calm.said)
    assert calm.method.index("Cox model") < calm.method.index("restricted means")
    crossed = analysis.ask(examples, "survival?trial=X&group=arm")
    assert crossed.table("proportional_hazards").p.iloc[-1] < LEVEL
    assert any("The restricted mean survival time leads." in note for note in crossed.said)
    assert crossed.method.index("restricted means") < crossed.method.index("Cox model")


def test_each_trial_has_its_ratio_and_the_two_stages_agree(examples: Pool) -> None:
    """h8: HR 1 in both trials, so Q, I2 and the interaction are 0."""
    answer = analysis.ask(examples, "survival?trial=h8A&trial=h8B&group=arm&reference=NR")
    trials = answer.table("trials")
    assert trials.trial.tolist() == ["h8A", "h8B"]
    assert trials[["n", "events", "reference_n", "reference_events"]].to_numpy().tolist() == [
        [8, 8, 24, 24],
        [24, 24, 8, 8],
    ]
    assert shown(trials.hazard_ratio, 9) == [1, 1]
    np.testing.assert_allclose(trials.weight.sum(), 1)
    (pooled,) = answer.table("pooling").itertuples()
    assert shown([pooled.hazard_ratio, pooled.q, pooled.i2], 9) == [1, 0, 0]
    assert "With 2 trials I² and Q say little" in pooled.remark
    (interaction,) = answer.table("interaction").itertuples()
    assert (interaction.df, round(interaction.p, 6)) == (1, 1)
    alone = analysis.ask(examples, "survival?trial=F&group=arm")
    assert not {"trials", "pooling", "interaction"} & set(alone.tables)


def test_ever_withholds_everything_that_would_conclude(examples: Pool) -> None:
    answer = analysis.ask(examples, "survival?trial=h7&timing=ever")
    assert set(answer.tables) == {
        *("groups", "curve", "risk", "rates", "quantiles", "follow_up", "comparison", "test"),
    }
    for refused in ("test=gehan", "ties=exact", "limits=profile", "horizon=6"):
        with pytest.raises(Refused, match='applies when the response is not counted as "ever"'):
            analysis.read(examples, f"survival?trial=h7&timing=ever&{refused}")
    with pytest.raises(Refused, match='Curve: "rmst" is not one of survival, events'):
        analysis.read(examples, "survival?trial=h7&timing=ever&curve=rmst")


def test_two_landmarks_are_shown_with_who_is_left_out(examples: Pool) -> None:
    """h7: at 12 months 24 left, 12 v 12; at 6 months 12 left, 36 non-responders, 12 respond later."""
    answer = analysis.ask(examples, "survival?trial=h7&timing=landmark&landmark=12")
    six, twelve = answer.table("landmarks").itertuples()
    assert (six.landmark, six.n, six.responders, six.non_responders) == (6, 36, 0, 36)
    assert (six.left_out_responders, six.left_out_non_responders) == (0, 12)
    assert (six.later_responders, six.classified) == (12, 0)
    assert np.isnan(six.hazard_ratio)
    assert (twelve.n, twelve.responders, twelve.non_responders) == (24, 12, 12)
    assert (twelve.left_out_responders, twelve.left_out_non_responders) == (0, 24)
    assert (twelve.later_responders, twelve.classified) == (0, 1)
    assert shown([twelve.hazard_ratio, twelve.hr_lower, twelve.hr_upper], 3) == [1, 0.449, 2.226]
    assert [other(m) for m in (0, 4, 6, 12, 24)] == [4, 6, 12, 6, 6]


def test_a_group_without_events_is_an_empty_cell_with_a_note(examples: Pool) -> None:
    answer = analysis.ask(examples, "survival?trial=E&group=arm&reference=Q")
    assert answer.table("comparison").hazard_ratio.isna().all()
    assert "P: no hazard ratio, because there is no event in P." in answer.said
    assert answer.table("test").p.notna().all()


def test_the_curve_counts_who_is_at_risk_just_before_each_step(examples: Pool) -> None:
    """h9: 6 of placebo before month 12, all 21 at the start."""
    curve = analysis.ask(examples, "survival?trial=F&group=arm").table("curve")
    placebo = curve[curve.group == "placebo"].set_index(
        curve.month[curve.group == "placebo"].round(6)
    )
    assert placebo.at_risk[[0.0, 12.0]].tolist() == [21, 6]


def test_curves_of_the_tables_are_kaplan_meiers(examples: Pool) -> None:
    """All of arm even die at 1 to 4: S = 3/4, 1/2, 1/4, 0, quarter by quarter."""
    answer = analysis.ask(examples, "survival?trial=small&group=arm")
    curve = answer.table("curve")
    assert curve[curve.group == "even"].survival.tolist() == [1, 0.75, 0.5, 0.25, 0]
    even = answer.table("quantiles").query("group == 'even'")
    assert shown(even.month, 6) == [1.5, 2.5, 3.5]
