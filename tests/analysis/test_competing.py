"""Cumulative incidence and Gray's test equal R's cmprsk (values: tests/golden/recovery.R)."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from igcore.analysis.estimators.competing import CompetingTable, cumulative_incidence, gray
from igcore.analysis.estimators.kaplan_meier import kaplan_meier
from igcore.analysis.risk_table import RiskTable

R = json.loads((Path(__file__).parents[1] / "golden" / "recovery.json").read_text())["competing"]
RTOL = 1e-8
STATUS = st.sampled_from([0, 1, 2])
PATIENTS = st.lists(
    st.tuples(st.integers(1, 12), STATUS, st.sampled_from("ab"), st.sampled_from("XY")),
    min_size=1,
    max_size=40,
)


def table_of(patients: list[tuple]) -> CompetingTable:
    """Patients (time, status as in cmprsk, group, stratum) counted."""
    frame = pd.DataFrame(patients, columns=["time", "status", "group", "stratum"])
    for status, name in enumerate(("censored", "events", "competing")):
        frame[name] = (frame.status == status).astype(int)
    keys = ["stratum", "group", "time"]
    return CompetingTable.from_rows(frame.drop(columns="status").groupby(keys).sum().reset_index())


def golden_table(case: dict) -> CompetingTable:
    columns = (case[name] for name in ("time", "status", "group", "stratum"))
    return table_of(list(zip(*columns, strict=True)))


@pytest.mark.parametrize("name", sorted(R))
def test_the_incidence_and_its_standard_error_are_cmprsk_s(name):
    table = golden_table(R[name])
    for group, expected in R[name]["curves"].items():
        curve = cumulative_incidence(table, group)
        np.testing.assert_allclose(curve.time[1:], expected["time"], rtol=RTOL)
        np.testing.assert_allclose(curve.incidence[1:], expected["estimate"], rtol=RTOL)
        variance = curve.standard_error[1:] ** 2
        np.testing.assert_allclose(variance, expected["variance"], rtol=RTOL, atol=1e-14)


@pytest.mark.parametrize("name", sorted(R))
def test_survfit_of_several_states_gives_the_same_incidence(name):
    table = golden_table(R[name])
    curve = cumulative_incidence(table, table.groups[0])
    for time, estimate in zip(*R[name]["survfit"].values(), strict=True):
        assert curve.at(time)[0] == pytest.approx(estimate, rel=RTOL, abs=1e-12)


@pytest.mark.parametrize("name", sorted(name for name in R if len(R[name]["curves"]) > 1))
def test_gray_s_test_is_cmprsk_s(name):
    found, expected = gray(golden_table(R[name])), R[name]["gray"]
    statistic, p, df = expected.values() if isinstance(expected, dict) else expected
    assert found.df == df
    assert found.statistic == pytest.approx(statistic, rel=RTOL)
    assert found.p == pytest.approx(p, rel=RTOL)


def test_the_example_of_five_patients_reads_as_in_the_specification():
    patients = [(2, 1, "all", ""), (3, 2, "all", ""), (4, 1, "all", ""), (5, 0, "all", ""),
                (6, 2, "all", "")]  # fmt: skip
    curve = cumulative_incidence(table_of(patients), "all")
    # 1/5 at 2, and 3/5 free of events times 1/3 at 4.
    assert curve.incidence.tolist() == pytest.approx([0, 0.2, 0.2, 0.4, 0.4, 0.4])
    assert curve.at(6)[0] == pytest.approx(0.400)
    naive = 1 - (1 - 1 / 5) * (1 - 1 / 3)
    assert round(naive, 3) == 0.467
    assert curve.n == 5


def test_limits_are_on_the_log_log_scale_and_absent_at_zero():
    curve = cumulative_incidence(table_of([(2, 1, "a", ""), (3, 2, "a", ""), (4, 0, "a", "")]), "a")
    estimate, error, lower, upper = curve.at(3)
    # The event adds 1 * (3 - 1) / (3^2 * 2) = 1/9, the competing one nothing: no event follows it.
    assert (estimate, error) == pytest.approx((1 / 3, 1 / 3))
    reach = 1.959963984540054 * error / (estimate * math.log(estimate))
    assert lower == pytest.approx(estimate ** math.exp(-reach))
    assert upper == pytest.approx(estimate ** math.exp(reach))
    assert lower < estimate < upper
    assert math.isnan(curve.at(1)[2])


def test_nothing_is_said_after_the_last_patient_has_left():
    curve = cumulative_incidence(table_of([(2, 1, "a", ""), (4, 0, "a", "")]), "a")
    assert curve.at(4)[0] == 0.5
    assert np.isnan(curve.at(4.5)).all()


def test_a_group_without_patients_is_a_result_with_a_note():
    curve = cumulative_incidence(table_of([(2, 1, "a", "")]), "b")
    assert (curve.n, curve.note) == (0, "No patients.")
    assert np.isnan(curve.at(0)).all()


@pytest.mark.parametrize(
    "patients",
    [
        [(2, 1, "a", ""), (4, 0, "a", "")],
        [(2, 0, "a", ""), (4, 2, "b", "")],
        [(2, 0, "a", ""), (4, 1, "b", "")],
        [(2, 1, "a", "X"), (4, 1, "b", "Y")],
    ],
)
def test_groups_that_never_meet_at_an_event_are_not_compared(patients):
    found = gray(table_of(patients))
    assert (found.df, found.note) == (0, "No time compares two groups.")
    assert math.isnan(found.p)


@pytest.mark.parametrize("order", ["aaaabcbc", "aaaaaabcbcbc"])
def test_a_pooled_incidence_of_one_before_the_end_is_a_note(order):
    # After half of all (F = 1/2) half of the rest make F = 1; R stops with an error.
    found = gray(table_of([(i + 1, 1, group, "") for i, group in enumerate(order)]))
    assert (found.df, found.note) == (0, "The pooled incidence reaches 1 too early.")
    assert math.isnan(found.statistic)


def test_who_is_censored_at_a_time_is_still_at_risk_at_it():
    table = table_of([(5, 1, "a", ""), (5, 0, "a", ""), (8, 2, "a", ""), (9, 0, "a", "")])
    assert table.at_risk[0, :, 0].tolist() == [4, 2, 1]
    assert cumulative_incidence(table, "a").at(5)[0] == 0.25


@given(PATIENTS)
def test_without_competing_events_it_is_the_complement_of_kaplan_meier(patients):
    alone = [(time, min(status, 1), group, "") for time, status, group, _ in patients]
    table = table_of(alone)
    for g, group in enumerate(table.groups):
        entering = np.zeros_like(table.events)
        entering[:, 0] = (table.events + table.censored).sum(axis=1)
        time = np.concatenate([[0.0], table.time])
        counts = (np.pad(x, ((0, 0), (1, 0), (0, 0))) for x in (table.events, table.censored))
        start = np.concatenate([entering[:, :1], np.zeros_like(table.events)], axis=1)
        survival = kaplan_meier(RiskTable(table.groups, table.strata, time, start, *counts), g)
        found = cumulative_incidence(table, group)
        np.testing.assert_allclose(found.incidence, 1 - survival.survival, atol=1e-12)


@given(PATIENTS)
def test_both_incidences_and_freedom_from_events_add_up_to_one(patients):
    own = table_of(patients)
    other = table_of([(t, (0, 2, 1)[s], g, x) for t, s, g, x in patients])
    free = table_of([(t, min(s, 1), g, x) for t, s, g, x in patients])
    for group in own.groups:
        parts = [cumulative_incidence(table, group).incidence for table in (own, other)]
        either = cumulative_incidence(free, group).incidence
        np.testing.assert_allclose(parts[0] + parts[1], either, atol=1e-12)
        assert (np.diff(parts[0]) >= 0).all()


@given(PATIENTS)
def test_the_names_of_the_groups_do_not_change_the_test(patients):
    turned = [(t, s, {"a": "b", "b": "a"}[g], x) for t, s, g, x in patients]
    one, two = gray(table_of(patients)), gray(table_of(turned))
    assert one.df == two.df
    assert one.statistic == pytest.approx(two.statistic, rel=1e-7, abs=1e-9, nan_ok=True)


@given(PATIENTS)
def test_limits_enclose_the_incidence(patients):
    table = table_of(patients)
    for group in table.groups:
        curve = cumulative_incidence(table, group)
        known = ~np.isnan(curve.lower)
        assert (curve.lower <= curve.incidence)[known].all()
        assert (curve.incidence <= curve.upper)[known].all()
        assert (np.isnan(curve.lower) == np.isnan(curve.upper)).all()
