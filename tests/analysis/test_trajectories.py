"""Trajectories: who is shown, what is computed per visit, and what a reader is told."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from igcore import analysis
from igcore.errors import Refused
from igcore.store import Pool
from tests.analysis.test_specification import pool_of

A, B = ({"trial": "T", "patient": name} for name in "AB")
IGA = {"analyte": "IgA", "unit": "mg/dL", "low": 70, "high": 400}
MONTH = 30.4375


def people(*names: str, **own) -> list[dict]:
    """Patients of trial T with light-chain myeloma, so that every isotype can be shown."""
    return [{"trial": "T", "patient": name, "m_protein": "LC kappa", **own} for name in names]


def iga(patient: str, *drawn: tuple[float, object], **own) -> list[dict]:
    """IgA values of a patient: (day, value)."""
    who = {"trial": "T", "patient": patient}
    return [{**who, **IGA, "day": day, "value": value, **own} for day, value in drawn]


def summary(pool: Pool, query: str):
    """Rows per visit by month, of one analyte and group."""
    return analysis.ask(pool, f"trajectories?{query}").table("summary").set_index("month")


@pytest.fixture(scope="module")
def three(tmp_path_factory) -> Iterator[Pool]:
    """Baselines 40, 60, 100 and values 50, 90, 400 in month 1 (day 31)."""
    values = {"A": (40, 50), "B": (60, 90), "C": (100, 400)}
    rows = [
        row for who, (first, then) in values.items() for row in iga(who, (1, first), (31, then))
    ]
    tables = {"patients": people(*values), "measurements": rows}
    made = pool_of(tmp_path_factory.mktemp("three"), tables)
    yield made
    made.close()


@pytest.mark.parametrize(
    "y, expected",
    [
        ("concentration", (90, 70, 245)),  # of 50, 90, 400: quartiles halfway to the neighbours
        ("change", (30, 20, 165)),  # of 10, 30, 300
        ("percent", (150, 137.5, 275)),  # of 125, 150, 400
        ("multiple", (90 / 70, 1, 3.5)),  # each divided by 70
        ("position", (20 / 330, 0, 175 / 330)),  # (50, 90, 400 - 70) / 330
    ],
)
def test_median_and_quartiles_of_three_patients_are_those_worked_by_hand(three, y, expected):
    row = summary(three, f"y={y}").loc[1]
    assert row.n == 3
    assert tuple(row[["median", "q1", "q3"]]) == pytest.approx(expected, rel=1e-12)


def test_mean_is_geometric_with_the_t_interval_of_the_logarithms(three):
    """R: exp(t.test(log(c(50, 90, 400)))$conf.int), with t(0.975, 2) = 4.302653."""
    logs = [math.log(value) for value in (50, 90, 400)]
    centre = sum(logs) / 3
    reach = 4.30265272991 * math.sqrt(sum((x - centre) ** 2 for x in logs) / 2 / 3)
    row = summary(three, "style=mean").loc[1]
    expected = [math.exp(centre), math.exp(centre - reach), math.exp(centre + reach)]
    assert list(row[["mean", "lower", "upper"]]) == pytest.approx(expected, rel=1e-9)
    assert row["mean"] == pytest.approx((50 * 90 * 400) ** (1 / 3))


def test_values_and_limits_move_together_when_the_unit_changes(three):
    asked = [
        analysis.ask(three, f"trajectories?style=lines&unit={unit}") for unit in ("mg/dL", "g/L")
    ]
    american, metric = (result.table("lines") for result in asked)
    for name in ("y", "level", "low", "high"):
        np.testing.assert_allclose(american[name], 100 * metric[name], rtol=1e-12)
    limits = [result.table("panels")[["low_min", "high_max"]].iloc[0] for result in asked]
    assert list(limits[0]) == pytest.approx([70, 400])
    assert list(limits[1]) == pytest.approx([0.7, 4.0])


@pytest.mark.parametrize("unit", ["mg/dL", "g/L"])
def test_relative_axes_do_not_depend_on_the_unit_of_the_file(add, pool, unit):
    factor = 1 if unit == "mg/dL" else 0.01
    rows = iga("A", (1, 56 * factor), (31, 70 * factor), unit=unit)
    for row in rows:
        row |= {"low": 70 * factor, "high": 400 * factor}
    add(patients=people("A"), measurements=rows)
    assert summary(pool, "y=percent")["median"].loc[1] == pytest.approx(125)
    assert summary(pool, "y=position")["median"].loc[1] == pytest.approx(0, abs=1e-12)


def test_a_visit_takes_the_nearest_value_and_of_two_as_near_the_later(add, pool):
    """Month 16 is day 487 of the elapsed scale: study days 481 and 495 are 7 days from it."""
    rows = iga("A", (481, 111), (495, 222)) + iga("B", (481, 100), (489, 300))
    add(patients=people("A", "B"), measurements=rows)
    found = analysis.ask(pool, "trajectories?style=lines&time=visits").table("lines")
    assert found[["month", "y"]].values.tolist() == [[16, 222], [16, 300]]


def test_a_value_outside_every_window_belongs_to_no_visit_and_none_is_carried_forward(add, pool):
    """Month 2 ends 14 days after day 60.875, so elapsed day 75 is outside, 74 inside."""
    add(patients=people("A", "B"), measurements=iga("A", (1, 10), (76, 20)) + iga("B", (75, 30)))
    found = summary(pool, "")
    assert found.n.to_dict() == {0: 1, 2: 1}
    assert found["median"].to_dict() == {0: 10, 2: 30}
    days = analysis.ask(pool, "trajectories?style=lines").table("lines")
    assert sorted(days.y) == [10, 20, 30]


def test_month_0_is_the_baseline_of_the_recovery_rule(add, pool):
    """H5: day -14 60, day 1 before the dose 52, day 1 after it 55; older than 35 days is not shown."""
    rows = iga("A", (-50, 99), (-14, 60), (29, 70))
    rows += iga("A", (1, 52), time="08:00") + iga("A", (1, 55), time="12:00")
    add(patients=people("A", treatment_start_time="10:00"), measurements=rows)
    assert summary(pool, "")["median"].to_dict() == {0: 52, 1: 70}
    assert summary(pool, "y=percent")["median"].loc[0] == 100
    lines = analysis.ask(pool, "trajectories?style=lines").table("lines")
    assert 99 not in set(lines.y)


def test_the_involved_isotype_is_hidden_and_counted_and_grey_on_demand(add, pool):
    rows = iga("A", (1, 50)) + iga("B", (1, 3200)) + iga("C", (1, 60))
    for patient, m_protein in (("A", "IgG kappa"), ("B", "IgA kappa"), ("C", "")):
        add(
            patients=people(patient, m_protein=m_protein),
            measurements=[row for row in rows if row["patient"] == patient],
        )
    hidden = analysis.ask(pool, "trajectories?style=lines")
    assert list(hidden.table("lines").y) == [50]
    assert hidden.population.startswith("n = 1 of 3 treated")
    said = "What contains M-protein, or may because the type is not known, {}: " + (
        "IgA of 1 (involved) and 1 (type unknown) patients."
    )
    assert said.format("is hidden") in hidden.said
    grey = analysis.ask(pool, "trajectories?style=lines&involved=grey")
    lines = grey.table("lines").set_index("y").contains
    assert lines.where(lines.notna(), "").to_dict() == {50: "", 60: "unknown", 3200: "involved"}
    assert said.format("is grey and in no summary") in grey.said
    assert list(grey.table("summary")["median"]) == [50]


def test_a_value_below_quantification_stands_at_half_its_limit(add, pool):
    add(patients=people("A"), measurements=iga("A", (1, "<10"), (31, ">500")))
    found = analysis.ask(pool, "trajectories?style=lines")
    assert found.table("lines")[["y", "operator"]].values.tolist() == [[5, "<"], [500, ">"]]
    assert "2 values below or above quantification" in " ".join(found.said)
    assert summary(pool, "y=percent")["median"].loc[1] == 10_000


def test_igg_under_replacement_is_drawn_but_enters_no_summary(add, pool):
    """Replacement on day 40 ends that day; 183 days later IgG is the patient's own again."""
    igg = [{**row, "analyte": "IgG"} for row in iga("A", (1, 300), (57, 850), (245, 400))]
    spell = {**A, "kind": "immunoglobulin replacement", "start_day": 40, "end_day": 40}
    add(patients=people("A"), measurements=igg, therapies=[spell])
    found = analysis.ask(pool, "trajectories?style=lines")
    assert found.table("summary")["median"].tolist() == [300, 400]
    assert found.table("lines").replaced.tolist() == [False, True, False]
    assert "1 value of IgG under immunoglobulin replacement" in " ".join(found.said)


def test_events_stand_on_the_line_between_the_values_around_them(add, pool):
    """Halfway between 100 on day 1 and 200 on day 61: day 31, at 150; the last is too late."""
    spells = [{**A, "kind": "transplant", "start_day": day} for day in (31, 200)]
    add(
        patients=people("A"),
        measurements=iga("A", (1, 100), (61, 200)),
        therapies=spells,
        responses=[{**A, "day": 71, "response": "PD"}],
        outcomes=[{**A, "endpoint": "PFS", "time_days": 80, "event": 1}],
    )
    marks = analysis.ask(pool, "trajectories?style=lines").table("marks")
    assert marks.kind.tolist() == ["progression", "transplant"]
    assert marks.month.tolist() == pytest.approx([70 / MONTH, 30 / MONTH])
    assert marks.y.tolist() == pytest.approx([200, 150])
    assert analysis.ask(pool, "trajectories?style=lines&marks=hidden").table("marks").empty


def test_groups_by_response_leave_trials_without_responses_out_and_say_so(add, pool):
    other = {"trial": "U", "patient": "Z"}
    add(
        patients=[*people("A", "B"), {**other, "m_protein": "LC kappa"}],
        measurements=[
            *iga("A", (1, 50)),
            *iga("B", (1, 60)),
            {**other, **IGA, "day": 1, "value": 70},
        ],
        responses=[{**A, "day": 30, "response": "PR"}, {**B, "day": 30, "response": "SD"}],
    )
    found = analysis.ask(pool, "trajectories?group=response")
    groups = found.table("summary").set_index("group")["median"].to_dict()
    assert groups == {"responder": 50, "non-responder": 60}
    assert list(groups) == ["responder", "non-responder"]
    assert "Trial U is left out (1 patients): it has no dated responses." in found.said
    with pytest.raises(Refused, match="need dated responses"):
        analysis.ask(pool, "trajectories?group=response&trial=U")


def test_groups_by_verdict_are_those_of_the_recovery_rule(add, pool):
    """H1: 40 -> 80 improved; 200 -> 100 not; one value alone is not evaluable."""
    rows = iga("A", (1, 40), (31, 80)) + iga("B", (1, 200), (31, 100)) + iga("C", (1, 55))
    add(patients=people("A", "B", "C"), measurements=rows)
    found = analysis.ask(pool, "trajectories?group=verdict").table("panels")
    assert found[["group", "patients"]].values.tolist() == [
        ["improved", 1],
        ["not improved", 1],
        ["not evaluable", 1],
    ]
    strict = analysis.ask(pool, "trajectories?group=verdict&rise=150").table("panels")
    assert "improved" not in set(strict.group)
