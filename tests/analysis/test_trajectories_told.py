"""Trajectories: whose limits hold, what is left out, what a reader is told, and real data."""

from __future__ import annotations

import numpy as np
import pytest

from igcore import analysis, ingest
from igcore.errors import Refused
from igcore.store import Pool
from tests.analysis.test_trajectories import A, iga, people, summary, three

__all__ = ["three"]


def notes(pool: Pool, query: str = "") -> str:
    """All notes of a view in one text."""
    return " ".join(analysis.ask(pool, f"trajectories?{query}").said)


def test_limits_that_differ_make_position_in_the_range_the_default_and_the_view_says_why(add, pool):
    rows = iga("A", (1, 70)) + iga("B", (1, 61))
    rows[1] |= {"low": 61, "high": 356}
    add(patients=people("A", "B"), measurements=rows)
    found = analysis.ask(pool, "trajectories")
    assert "y=position" in found.query
    assert found.table("summary")["median"].tolist() == [0]
    why = "Limits differ between records: IgA 61 to 70 for the lower and 356 to 400 mg/dL"
    assert "IgA 0.61 to 0.7 for the lower and 3.56 to 4 g/L" in found.said[0]
    assert why in notes(pool, "y=concentration&unit=mg/dL")
    assert "y=multiple" in analysis.ask(pool, "trajectories?style=mean").query


def test_one_pair_of_limits_makes_concentration_the_default_in_the_unit_of_the_files(three):
    assert "y=concentration&unit=mg%2FdL" in analysis.ask(three, "trajectories").query
    assert "Limits differ" not in notes(three)


def test_values_without_limits_stand_in_the_default_range_and_that_is_said(add, pool):
    rows = [{**row, "low": "", "high": ""} for row in iga("A", (1, 70), (31, 400))]
    add(patients=people("A"), measurements=rows)
    assert summary(pool, "y=position")["median"].tolist() == pytest.approx([0, 1], abs=1e-12)
    assert "2 values came without limits; the range of U Chicago" in notes(pool)


def test_a_named_laboratory_s_range_takes_the_place_of_the_records_own(three):
    """Mayo nephelometry, IgA: 61 to 356 mg/dL; 90 is then at (90 - 61) / (356 - 61)."""
    found = analysis.ask(three, "trajectories?range=Mayo nephelometry&y=position")
    row = found.table("summary").set_index("month").loc[1]
    assert row["median"] == pytest.approx(29 / 295)
    assert "Limits of immunoglobulins: Mayo nephelometry." in found.method
    plain = analysis.ask(three, "trajectories?range=Mayo nephelometry&unit=mg/dL")
    limits = plain.table("panels")[["low_min", "low_max", "high_min", "high_max"]].iloc[0]
    assert limits.tolist() == pytest.approx([61, 61, 356, 356])


def test_a_laboratory_s_range_is_that_of_the_patient_s_age(add, pool):
    """Exeter UK, IgA: 0.80 to 2.80 g/L until 45 years, 0.80 to 4.00 after; 2.4 is at 0.8 and 0.5."""
    rows = [
        {**row, "unit": "g/L", "low": 0.7, "high": 4}
        for name in "AB"
        for row in iga(name, (1, 2.4))
    ]
    ages = [people("A", age_years=40)[0], people("B", age_years=60)[0]]
    add(patients=ages, measurements=rows)
    found = analysis.ask(pool, "trajectories?style=lines&range=Exeter UK&y=position").table("lines")
    assert sorted(found.y) == pytest.approx([0.5, 0.8])
    assert found.sort_values("y").high.tolist() == pytest.approx([4.0, 2.8])


def test_lines_are_looked_for_among_more_patients_until_there_are_enough(three, monkeypatch):
    monkeypatch.setattr("igcore.analysis.trajectories.tables.FIRST", 1)
    found = analysis.ask(three, "trajectories?style=lines")
    assert found.table("lines").patient_key.nunique() == 3
    assert len(found.table("lines")) == 6


def test_quartiles_of_many_values_with_ties_are_those_of_numpy(add, pool):
    """Type 7 is numpy's default; 23 patients, values from 1 to 9, in a crowded visit and a plain one."""
    drawn = np.random.default_rng(7).integers(1, 10, 23).tolist()
    names = [f"P{i}" for i in range(23)]
    rows = [row for name, y in zip(names, drawn, strict=True) for row in iga(name, (31, y))]
    rows += [row for name in names[:11] for row in iga(name, (20, 999))]  # further from month 1
    add(patients=people(*names), measurements=rows)
    row = summary(pool, "unit=mg/dL&y=concentration").loc[1]
    assert row.n == 23
    expected = np.quantile(drawn, [0.5, 0.25, 0.75])
    assert row[["median", "q1", "q3"]].tolist() == pytest.approx(expected.tolist())


def test_the_month_of_the_verdict_applies_where_the_final_value_is_at_a_month(add, pool):
    """Day 184 is month 6: 90 there is improved; the last value, 60, is not."""
    add(patients=people("A"), measurements=iga("A", (1, 40), (184, 90), (300, 60)))
    for final, verdict in (("month", "improved_from_low"), ("last", "rise_still_low")):
        found = analysis.ask(pool, f"trajectories?style=lines&final={final}")
        assert set(found.table("lines").verdict) == {verdict}
        assert ("month=6&window=14" in found.query) == (final == "month")
    at = analysis.ask(pool, "trajectories?group=verdict&final=month&window=30")
    assert "value at month 6 (± 30 days) within the normal range" in at.method
    assert "the rest of the rule is Recovery's default" in at.method


def test_more_values_than_a_browser_moves_are_summarised_and_some_patients_drawn(
    three, monkeypatch
):
    monkeypatch.setattr("igcore.analysis.trajectories.tables.POINTS", 4)
    found = analysis.ask(three, "trajectories?style=lines")
    assert found.table("lines").patient_key.nunique() == 2
    assert len(found.table("lines")) == 4
    assert found.table("summary").n.tolist() == [3, 3]
    assert "6 values are too many for lines." in found.said[0]
    again = analysis.ask(three, "trajectories?style=lines&y=percent")
    assert set(again.table("lines").patient_key) == set(found.table("lines").patient_key)


def test_visits_of_the_last_few_patients_are_counted_but_not_drawn(add, pool):
    names = [f"P{i}" for i in range(10)]
    rows = [row for name in names for row in iga(name, (1, 50))] + iga("P0", (31, 900))
    add(patients=people(*names), measurements=rows)
    assert summary(pool, "")[["n", "drawn"]].values.tolist() == [[10, True], [1, False]]
    assert "Not drawn: 1 visit with fewer than 5 patients" in notes(pool)


def test_a_value_of_0_is_left_out_of_a_log_scale_and_counted(add, pool):
    rows = iga("A", (1, 0), analyte="CRP") + iga("B", (1, 50), analyte="CRP")
    add(patients=people("A", "B"), measurements=rows)
    assert summary(pool, "style=mean").n.tolist() == [1]
    assert "1 value of 0 cannot stand on a log scale" in notes(pool, "style=mean")
    logged = analysis.ask(pool, "trajectories?style=lines&axis=log2")
    assert logged.table("lines").y.tolist() == [50]


def test_without_baseline_there_is_no_change_and_the_view_says_how_many(add, pool):
    add(patients=people("A"), measurements=iga("A", (31, 50), (61, 60)))
    assert analysis.ask(pool, "trajectories?y=change").table("panels").empty
    assert "2 values of patients without a baseline left out." in notes(pool, "y=change")


@pytest.mark.parametrize(
    "query, sentence",
    [
        ("analyte=Albumin", "Albumin"),
        ("style=mean&y=change", 'Vertical axis: "change" is not one of'),
        ("y=position&unit=g/L", "does not apply here"),
        ("y=change&axis=log2", "does not apply here"),
        ("time=visits", "does not apply here"),
    ],
)
def test_a_wrong_question_is_refused_in_words(three, query, sentence):
    with pytest.raises(Refused, match=sentence):
        analysis.ask(three, f"trajectories?{query}")


def test_at_most_four_analytes_and_none_is_refused_in_words(add, pool):
    rows = [{**A, "analyte": name, "day": 1, "value": 4, "unit": "g/L"} for name in "vwxyz"]
    add(patients=people("A"), measurements=rows)
    add(patients=[{"trial": "U", "patient": "1"}])
    with pytest.raises(Refused, match="at most 4 fit on a page, and 5 are chosen"):
        analysis.ask(
            pool, "trajectories?trial=T&" + "&".join(f"analyte={name}" for name in "vwxyz")
        )
    with pytest.raises(Refused, match="these trials have no measurements"):
        analysis.ask(pool, "trajectories?trial=U")


def test_albumin_and_lymphocytes_of_a_real_trial_have_their_own_limits(shared, pool):
    report = ingest.add(pool, sorted((shared / "adam_onco").glob("*.csv")))
    assert report.errors == []
    first = analysis.ask(pool, "trajectories")
    assert "analyte=ALB" in first.query
    assert "These trials hold no immunoglobulins." in first.said[0]
    assert "Also measured, to choose under Analytes: CREAT, HGB, LYMPH, PROT." in first.said[0]
    both = analysis.ask(
        pool, "trajectories?analyte=ALB&analyte=LYMPH&y=concentration&unit=g/L&style=lines"
    )
    panels = both.table("panels").set_index("analyte")
    assert panels.unit.to_dict() == {"ALB": "g/L", "LYMPH": "GI/L"}
    assert panels.loc["ALB", ["low_min", "low_max", "high_min", "high_max"]].tolist() == [
        *(33, 35, 46, 49),
    ]
    assert panels.loc["LYMPH", ["low_min", "high_max"]].tolist() == [0.8, 4.28]
    lines = both.table("lines")
    known = lines[(lines.analyte == "ALB") & (lines.day == 15) & (lines.level == 39)]
    assert len(known) > 0  # subject 1015, week 2: 39 g/L
