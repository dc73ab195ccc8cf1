"""Rates, quantiles, follow-up and RMST differences equal R's `survfit` (survival_more.R)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from igcore.analysis.estimators.kaplan_meier import kaplan_meier, median
from igcore.analysis.estimators.rates import (
    follow_up,
    longest_horizon,
    mean_difference,
    quantiles,
    rates,
)
from igcore.analysis.risk_table import RiskTable
from igcore.errors import Refused
from tests.analysis.test_proportionality import COHORT, MORE, spans_of
from tests.analysis.test_survival_golden import R, fixed_table, null, same, state_spans, table_of

CASES = sorted(MORE["rates"])
INTERVALS = ("log-log", "log", "plain")
SHARES = (0.25, 0.5, 0.75)


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("case", CASES)
def test_rates_at_chosen_times_equal_the_summary_of_survfit(case: str, interval: str) -> None:
    for group, expected in MORE["rates"][case].items():
        found = rates(fixed_table(case), expected["times"], interval=interval)
        found = found[found.group == group]
        r = expected["intervals"][interval]
        anybody = found["at_risk"] > 0
        assert found["survival"].isna().tolist() == (~anybody).tolist()
        shown = found[anybody]
        assert shown["time"].tolist() == r["time"]
        assert shown["at_risk"].tolist() == r["n_risk"]
        same(shown["survival"], r["survival"])
        # R shows 1 and 1 at S = 1 for two of the types; no interval exists there.
        inside = ((shown["survival"] > 0) & (shown["survival"] < 1)).to_numpy()
        for bound in ("lower", "upper"):
            same(shown[bound][inside], null(r[bound])[inside])
            assert shown[bound][~inside].isna().all()


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("case", CASES)
def test_quantiles_and_their_limits_equal_those_of_survfit(case: str, interval: str) -> None:
    table = fixed_table(case)
    found = quantiles(table, SHARES, interval=interval)
    names = {"time": "survival", "lower": "lower", "upper": "upper"}
    for g, (group, expected) in enumerate(MORE["rates"][case].items()):
        rows = found[found.group == group]
        r = expected["intervals"][interval]
        curve = kaplan_meier(table, g, interval=interval)
        for ours, level in names.items():
            theirs = null(r["quantile" if ours == "time" else f"quantile_{ours}"])
            # Where a line ends flat at the share, quantile() goes half-way to the last time, and
            # print(), whose rule the median follows here, does not.
            flat = np.abs(getattr(curve, level)[-1] - (1 - np.array(SHARES))) < 1e-8
            time = rows[ours].to_numpy()
            np.testing.assert_array_equal(np.where(flat, (time + curve.time[-1]) / 2, time), theirs)
        middle = rows[rows["share"] == 0.5][list(names)].to_numpy()[0]
        np.testing.assert_array_equal(middle, median(curve))


@pytest.mark.parametrize("case", CASES)
def test_follow_up_of_each_group_and_of_all_equals_reverse_kaplan_meier(case: str) -> None:
    found = follow_up(fixed_table(case)).set_index("group")
    expected = {g: r["follow_up"] for g, r in MORE["rates"][case].items()}
    if "all" not in expected:
        expected["all"] = R["fixed"][case]["follow_up"]
        assert found.index[0] == "all"
        assert found["n"].iloc[0] == found["n"].iloc[1:].sum()
    for group, r in expected.items():
        row = found.loc[[group]].iloc[0]
        np.testing.assert_array_equal(
            row[["median", "lower", "upper"]].to_numpy(float),
            null([r["median"], r["lower"], r["upper"]]),
        )


@pytest.mark.parametrize("case", [c for c in CASES if len(R["fixed"][c]["groups"]) > 1])
def test_difference_of_restricted_means_equals_those_of_survfit(case: str) -> None:
    table = fixed_table(case)
    for horizon in R["fixed"][case]["rmst"]:
        reference, *others = horizon["groups"]
        b = horizon["groups"][reference]
        for group in others:
            a = horizon["groups"][group]
            found = mean_difference(table, group, reference, horizon["tau"])
            se = np.hypot(a["se"], b["se"])
            same([found.difference, found.standard_error], [a["rmst"] - b["rmst"], se])
            if se:
                same((found.lower + found.upper) / 2, [found.difference])
                same(found.upper - found.lower, [2 * 1.959963984540054 * se])


def test_freireich_has_the_printed_rates_means_and_follow_up() -> None:
    """DOMAIN h9: S(10) 0.7529, placebo S(12) 0.1905, RMST(23) 9.24 (SE 2.08), follow-up 32."""
    table = fixed_table("freireich")
    limits = {"log": [0.586, 0.968], "log-log": [0.503, 0.889], "plain": [0.564, 0.942]}
    for interval, expected in limits.items():
        row = rates(table, [10, 12], interval=interval).iloc[0]
        assert (row["group"], row["at_risk"], round(row["survival"], 4)) == ("6-MP", 15, 0.7529)
        assert row[["lower", "upper"]].astype(float).round(3).tolist() == expected
    placebo = rates(table, [10, 12]).iloc[3]
    assert (placebo["at_risk"], round(placebo["survival"], 4)) == (6, 0.1905)
    assert placebo[["lower", "upper"]].astype(float).round(3).tolist() == [0.059, 0.377]
    found = mean_difference(table, "6-MP", "Placebo", 23)
    assert np.round([found.difference, found.standard_error], 2).tolist() == [9.24, 2.08]
    # By hand: 9.242 -+ 1.96 * 2.083.
    assert np.round([found.lower, found.upper], 1).tolist() == [5.2, 13.3]
    assert found.p < 1e-4
    assert follow_up(table)["median"][0] == 32


def test_a_rate_is_left_empty_where_nobody_is_at_risk() -> None:
    """Placebo ends at 23, 6-MP is followed to 35: month 24 and month 36 are "-"."""
    found = rates(fixed_table("freireich"), [0, 23, 24, 36]).set_index(["group", "time"])
    assert found.loc[("Placebo", 23), "survival"] == 0
    assert np.isnan(found.loc[("Placebo", 24), "survival"])
    assert found.loc[("6-MP", 24), "at_risk"] == 5
    assert np.isnan(found.loc[("6-MP", 36), ["survival", "lower", "upper"]].astype(float)).all()
    at_start = found.xs(0, level="time")
    assert at_start["survival"].tolist() == [1, 1] and at_start["lower"].isna().all()


def test_a_horizon_beyond_a_curve_is_refused_and_a_curve_at_0_is_known_for_ever() -> None:
    freireich = fixed_table("freireich")  # placebo falls to 0 at 23, 6-MP is censored at 35
    assert longest_horizon(freireich) == 35
    assert mean_difference(freireich, "6-MP", "Placebo", 35).difference > 0
    for horizon in (35.1, 0, -3):
        with pytest.raises(Refused, match="above 0 and up to 35 days"):
            mean_difference(freireich, "6-MP", "Placebo", horizon)
    everyone_died = fixed_table("h8_survival")
    assert longest_horizon(everyone_died) == 20
    assert longest_horizon(fixed_table("all_censored")) == 5  # of 6 and 5
    nothing = mean_difference(fixed_table("all_censored"), "a", "b", 5)
    assert (nothing.difference, nothing.standard_error) == (0, 0)
    assert np.isnan([nothing.lower, nothing.upper, nothing.p]).all()


def test_states_that_change_have_one_follow_up_of_all() -> None:
    """The follow-up of the same patients, however often they change their state."""
    table = table_of(state_spans("stanford"))
    found = follow_up(table, changing=True)
    assert found["group"].tolist() == ["all"]
    expected = R["timed"]["stanford"]["ever"]["follow_up"]
    np.testing.assert_array_equal(
        found[["median", "lower", "upper"]].to_numpy()[0],
        null([expected["median"], expected["lower"], expected["upper"]]),
    )


@given(COHORT, st.randoms())
def test_changing_the_unit_of_time_scales_times_and_nothing_else(cohort, random) -> None:
    table = table_of(spans_of(random.sample(cohort, len(cohort))))
    months = table_of(spans_of(cohort, 1 / 4))  # exact in binary: midpoints and ties stay
    q, again = quantiles(table), quantiles(months)
    np.testing.assert_array_equal(
        q[["time", "lower", "upper"]] / 4, again[["time", "lower", "upper"]]
    )
    at, the_same = rates(table, [1, 4, 8]), rates(months, [0.25, 1, 2])
    np.testing.assert_array_equal(at["survival"], the_same["survival"])
    horizon = longest_horizon(table)
    assert longest_horizon(months) == horizon / 4
    for group in table.groups[1:]:
        one = mean_difference(table, group, table.groups[0], horizon)
        other = mean_difference(months, group, table.groups[0], horizon / 4)
        turned = mean_difference(table, table.groups[0], group, horizon)
        np.testing.assert_allclose(
            [one.difference, one.lower], [4 * other.difference, 4 * other.lower]
        )
        np.testing.assert_allclose([one.lower, one.p], [-turned.upper, turned.p])


@given(COHORT)
def test_a_rate_is_the_share_of_patients_still_free_where_nobody_is_censored_before(cohort) -> None:
    spans = [(s, g, 0.0, float(t), True) for s, g, t, _ in cohort]
    table: RiskTable = table_of(spans)
    for row in rates(table, [3, 6]).itertuples():
        times = [t for _, g, _, t, _ in spans if g == row.group]
        if max(times) < row.time:
            assert np.isnan(row.survival)
        else:
            expected = sum(t > row.time for t in times) / len(times)
            assert row.survival == pytest.approx(expected, abs=1e-12)
