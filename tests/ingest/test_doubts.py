"""Each doubt on a few typed rows, with its count and example, and none on the demo data."""

from __future__ import annotations

import csv

import duckdb
import pyarrow as pa
import pytest

from igcore.ingest.checks.doubts import MARK_COLUMNS, doubts, marks
from igcore.ingest.checks.doubts_words import WORDS
from igcore.store import ROOT, schema
from tests.ingest.doubtful import IGA, PATIENT, found, put, series


def test_a_sound_upload_raises_no_doubt(cursor) -> None:
    assert not found(
        cursor,
        patients=[PATIENT | {"best_response": "PR", "treatment_end_day": 300}],
        measurements=series(60, 75, 90),
        responses=[{"day": 30, "response": "PR"}, {"day": 200, "response": "PD"}],
        outcomes=[
            {"endpoint": "OS", "time_days": 400, "event": True},
            {"endpoint": "PFS", "time_days": 200, "event": True},
        ],
        therapies=[{"kind": "next therapy", "start_day": 210}],
        infections=[{"start_day": 20}],
    )


def test_a_value_beyond_the_plausible_is_told_with_its_place(cursor) -> None:
    # IgA is plausible from 0.01 to 100 g/L: 10001 mg/dL is 100.01 g/L, 10000 mg/dL is not beyond.
    told = found(cursor, measurements=series(9000, 10_001, 10_000, low=None, high=None))
    doubt = told["implausible"]
    assert (doubt.rows, doubt.table, doubt.column) == (1, "measurements", "value")
    assert doubt.examples == (("measurements.csv", None, 3, "1", "10001 mg/dL"),)
    assert "IgA: 0.01 to 100 g/L" in doubt.problem


def test_below_quantification_is_not_implausibly_low(cursor) -> None:
    low = {"low": None, "high": None, "value": 0.5, "day": 1}
    assert "implausible" not in found(cursor, measurements=[IGA | low | {"operator": "<"}])
    assert found(cursor, measurements=[IGA | low])["implausible"].rows == 1


def test_a_jump_by_a_hundred_names_the_one_value_in_another_unit(cursor) -> None:
    doubt = found(cursor, measurements=series(80, 90, 0.85, 95, 100))["jump"]
    assert doubt.rows == 1
    assert doubt.examples[0].line == 4
    assert "about 100 times" in doubt.problem


@pytest.mark.parametrize(
    ("factor", "words"), [(49, None), (50.1, "100"), (199, "100"), (1000, "1000")]
)
def test_jumps_from_50_to_200_and_about_1000_are_told(cursor, factor, words) -> None:
    told = found(cursor, measurements=series(2, 2, 2 * factor, low=None, high=None))
    assert ("jump" in told) == (words is not None)
    if words:
        assert f"about {words} times" in told["jump"].problem


def test_other_analytes_may_jump(cursor) -> None:
    rows = [row | {"analyte": "FLC kappa"} for row in series(2, 200)]
    assert "jump" not in found(cursor, measurements=rows)


def test_limits_in_another_unit_are_told_once_for_the_trial(cursor) -> None:
    told = found(cursor, measurements=series(1.2, 2.5, 5.9, unit="g/L", factor=1.0))
    doubt = told["foreign_limits"]
    assert (doubt.rows, doubt.column, doubt.examples[0].value) == (3, "low", "70 to 400")
    assert "IgA of trial T in g/L" in doubt.problem
    assert "far_limits" not in told


def test_single_limits_in_another_unit_are_told_row_by_row(cursor) -> None:
    rows = [*series(80, 90, 100, 110), IGA | {"day": 200, "value": 95, "low": 0.7, "high": 1.8}]
    told = found(cursor, measurements=rows)
    assert "foreign_limits" not in told
    assert told["far_limits"].rows == 1
    assert told["far_limits"].examples[0].value == "95 mg/dL with limits 0.7 to 1.8"


def test_strong_suppression_is_no_doubt_about_the_limits(cursor) -> None:
    told = found(cursor, measurements=series(8, 9, 10) + series(5, 1000, patient="2"))
    assert not {"foreign_limits", "far_limits"} & set(told)


def test_several_units_of_an_analyte_are_told_with_their_rows(cursor) -> None:
    litre = IGA | {"unit": "g/L", "factor": 1.0, "low": 0.7, "high": 4, "day": 90, "value": 0.9}
    doubt = found(cursor, measurements=[*series(80, 90), litre])["units"]
    assert "IgA of trial T: mg/dL (2), g/L (1)" in doubt.problem
    assert (doubt.rows, doubt.examples[0].line) == (3, 4)


def test_a_unit_written_in_two_ways_is_one_unit(cursor) -> None:
    assert "units" not in found(cursor, measurements=series(80) + series(90, unit="mg / dl"))


def test_an_unknown_analyte_is_told_once_with_its_rows(cursor) -> None:
    rows = [row | {"analyte": "Albumin"} for row in series(40, 41, 42, 43)]
    doubt = found(cursor, measurements=rows)["unknown_analyte"]
    assert (doubt.rows, len(doubt.examples), doubt.examples[0].value) == (4, 1, "Albumin")


def test_missing_limits_name_the_range_that_stands_in(cursor) -> None:
    rows = series(80) + series(90, 100, low=None, high=None, patient="2")
    doubt = found(cursor, measurements=rows)["no_limits"]
    assert "IgA of trial T: 0.7 to 4 g/L (U Chicago (Tietz/Roche))" in doubt.problem
    assert (doubt.rows, doubt.examples[0].line, doubt.examples[0].patient) == (2, 3, "2")


def test_missing_limits_take_the_laboratory_chosen_for_the_trial(cursor) -> None:
    put(cursor, measurements=series(90, low=None))
    (doubt,) = doubts(cursor, 0, ranges={"T": "Mayo nephelometry", "S": "Theirs"})
    assert "0.61 to 3.56 g/L (Mayo nephelometry)" in doubt.problem


def test_six_equal_values_look_copied_and_five_do_not(cursor) -> None:
    assert found(cursor, measurements=series(*[80] * 6))["all_equal"].rows == 6
    assert "all_equal" not in found(cursor, measurements=series(*[80] * 5))


def test_two_values_of_a_day_are_told_when_one_has_no_time(cursor) -> None:
    timed = IGA | {"day": 1, "value": 80, "time": "08:00"}
    assert "same_day" not in found(
        cursor, measurements=[timed, timed | {"time": "12:00", "value": 90}]
    )
    doubt = found(cursor, measurements=[timed, timed | {"time": None, "value": 90}])["same_day"]
    assert (doubt.rows, doubt.examples[0].value) == (1, "90 mg/dL")
    assert "same_day" not in found(cursor, measurements=[timed, timed | {"time": None}])


def test_samples_a_decade_before_or_forty_years_after_are_told(cursor) -> None:
    rows = [IGA | {"day": day, "value": 80 + day / 1e6} for day in (-3653, -3652, 14610, 14611)]
    doubt = found(cursor, measurements=rows)["far_day"]
    assert (doubt.rows, [e.value for e in doubt.examples]) == (2, ["-3653", "14611"])


def test_an_id_in_two_trials_is_told_and_the_pool_counts(cursor) -> None:
    put(cursor, patients=[PATIENT, PATIENT | {"patient": "2"}])
    assert doubts(cursor, 1) == []
    cursor.execute("insert into subjects (patient_key, trial, patient) values (7, 'S', '2')")
    cursor.execute("insert into patients (patient_key, upload, added) values (7, 1, 1)")
    (doubt,) = doubts(cursor, 1)
    assert (doubt.kind, doubt.rows, doubt.examples[0].patient) == ("two_trials", 1, "2")
    assert "S and T" in doubt.problem


def test_marks_list_every_row_in_batches_with_words(cursor) -> None:
    put(cursor, patients=[PATIENT | {"patient": str(n), "age_years": 95} for n in range(7)])
    doubts(cursor, 0)
    batches = list(marks(cursor, batch=3))
    assert [len(batch) for batch in batches] == [3, 3, 1]
    first = dict(zip(MARK_COLUMNS, batches[0][0], strict=True))
    assert (first["file"], first["line"], first["column"]) == ("patients.csv", 2, "age_years")
    assert (first["problem"], first["cure"]) == WORDS["age_90"]


def test_braces_and_quotes_in_names_stay_as_they_are(cursor) -> None:
    rows = [row | {"analyte": '{about} "x"'} for row in series(1)]
    assert '"{about} "x""' in found(cursor, measurements=rows)["unknown_analyte"].problem


@pytest.mark.parametrize("trial", ["SIM-LEN-1", "SIM-LEN-2"])
def test_the_demo_data_raise_no_doubt(cursor, trial) -> None:
    for table in schema.TABLES:
        path = ROOT / "data" / "demo" / trial / f"{table.name}.csv"
        with path.open(newline="") as file:
            rows = [{k: v or None for k, v in row.items()} for row in csv.DictReader(file)]
        assert rows
        if table is schema.MEASUREMENTS:
            for row in rows:
                row["operator"] = "<" if row["value"].startswith("<") else None
                row["value"] = row["value"].lstrip("<")
                row["factor"] = schema.GRAMS_PER_LITRE[row["unit"].lower()]
        put_quickly(cursor, table.name, rows)
    assert doubts(cursor, 0) == []


def put_quickly(cursor: duckdb.DuckDBPyConnection, name: str, rows: list[dict]) -> None:
    """As `put`, for thousands of rows of text."""
    put(cursor, **{name: []})
    cells = pa.Table.from_pylist(
        [{"file": name, "line": n, "ord": n} | row for n, row in enumerate(rows)]
    )
    cursor.register("cells", cells)
    cursor.execute(f"insert into typed_{name} by name select * from cells")
    cursor.unregister("cells")
