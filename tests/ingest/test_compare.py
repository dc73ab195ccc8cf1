"""Checked rows against each other and the pool, asked step by step as `ingest.add` does."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from itertools import islice

import duckdb
import pytest

from igcore.ingest import commit, stage
from igcore.ingest.checks import compare
from igcore.ingest.checks import rows as check
from igcore.ingest.report import Problem, Report
from igcore.store import Pool, proof, schema

MEASURED = schema.MEASUREMENTS


@pytest.fixture
def cursor(pool: Pool) -> Iterator[duckdb.DuckDBPyConnection]:
    with pool.writing() as cursor:
        stage.prepare(cursor)
        yield cursor


def put(cursor: duckdb.DuckDBPyConnection, table: str, rows: list[dict]) -> None:
    """Staged rows of one file, in order; the header is line 1."""
    for number, row in enumerate(rows):
        full = {"file": f"{table}.csv", "line": number + 2, "ord": number} | row
        marks = ", ".join("?" for _ in full)
        cursor.execute(
            f"insert into stage_{table} ({', '.join(full)}) values ({marks})", list(full.values())
        )


def measured(patient: str = "1", day: str = "1", value: str = "7", **other: str) -> dict:
    row = {"trial": "A", "patient": patient, "analyte": "IgG", "day": day, "value": value}
    return row | {"unit": "g/L"} | other


def decide(cursor: duckdb.DuckDBPyConnection, *, version: int = 0, replace: bool = False) -> None:
    """All steps before storing, for patients and measurements."""
    check.prepare_lookups(cursor)
    for table in (schema.PATIENTS, MEASURED):
        check.type_rows(cursor, table)
        if table is schema.PATIENTS:
            compare.known_patients(cursor, version)
        compare.decide(cursor, table, version, replace=replace)


def store(cursor: duckdb.DuckDBPyConnection, upload: int) -> None:
    commit.new_subjects(cursor)
    for table in (schema.PATIENTS, MEASURED):
        commit.store(cursor, table, upload, upload)
    commit.record(cursor, Report(), upload, upload, [], "")


def again(cursor: duckdb.DuckDBPyConnection) -> None:
    for table in ("patients", "measurements"):
        cursor.execute(f"delete from stage_{table}")


def test_only_rows_that_are_not_simply_added_are_written_down(cursor) -> None:
    put(cursor, "patients", [{"trial": "A", "patient": "1"}])
    rows = [measured(), measured(), measured(value="8"), measured(patient="9"), measured(day="2")]
    put(cursor, "measurements", rows)
    decide(cursor)
    assert compare.fates(cursor, MEASURED) == {"add": 2, "refuse": 1, "skip": 1, "unknown": 1}
    written = cursor.execute(
        "select e.fate, t.line from exception_measurements e "
        "left join typed_measurements t on t.row = e.twin order by e.row"
    ).fetchall()
    assert written == [("skip", 2), ("refuse", 2), ("unknown", None)]
    fates = cursor.execute("select line, fate from fate_measurements order by ord").fetchall()
    assert fates == [(2, "add"), (3, "skip"), (4, "refuse"), (5, "unknown"), (6, "add")]


def test_keys_are_compared_by_what_their_texts_mean(cursor) -> None:
    put(cursor, "patients", [{"trial": "A", "patient": "1"}])
    same = measured(patient=" 1 ", day="1.0", value="7.0", analyte="IGG", time="NA")
    put(cursor, "measurements", [measured(), same])
    decide(cursor)
    assert compare.fates(cursor, MEASURED) == {"add": 1, "skip": 1}
    assert compare.repeats(cursor, MEASURED) == {"given twice in this upload": 1}


def test_repeated_rows_are_found_in_parts_as_in_one(cursor, monkeypatch) -> None:
    monkeypatch.setattr(compare, "ROWS_AT_ONCE", 3)
    put(cursor, "patients", [{"trial": "A", "patient": str(n)} for n in range(7)])
    rows = [measured(patient=str(n), day=str(n + 1)) for n in range(7)]
    put(cursor, "measurements", rows + rows)
    decide(cursor)
    assert compare.fates(cursor, MEASURED) == {"add": 7, "skip": 7}


def test_the_first_of_two_files_with_equal_line_numbers_wins(cursor) -> None:
    put(cursor, "patients", [{"trial": "A", "patient": "1"}])
    put(cursor, "measurements", [measured(), measured(value="9", file="b.csv", line=2, ord=0)])
    decide(cursor)
    (clash,) = compare.clashes(cursor, MEASURED)
    assert (clash.file, clash.line, clash.value) == ("b.csv", 2, "value 9.0")
    assert "in line 2 of measurements.csv value 7.0" in clash.problem


def test_faults_of_two_files_with_equal_line_numbers_are_kept_apart(cursor) -> None:
    put(cursor, "patients", [{"trial": "A", "patient": "1"}])
    rows = [measured(), measured(value="many", file="b.csv", line=2, ord=0)]
    put(cursor, "measurements", rows)
    decide(cursor)
    found = [(p.file, p.line, p.column, p.value) for p in check.faults(cursor, MEASURED)]
    assert found == [("b.csv", 2, "value", "many")]
    assert check.refused(cursor, MEASURED) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7.0), (" +7.5", 7.5), (".5", 0.5), ("5.", 5.0), ("1e2", 100.0), ("<7", 7.0)]
    + [
        (text, None) for text in ("1_0", "+-1", "8.e1", "inf", "nan", "1e400", "0x1F", "1,5", "7 g")
    ],
)
def test_a_number_is_read_only_as_numbers_are_written(cursor, text: str, value) -> None:
    put(cursor, "patients", [{"trial": "A", "patient": "1"}])
    put(cursor, "measurements", [measured(value=text)])
    decide(cursor)
    read = cursor.execute("select value from typed_measurements").fetchall()
    assert read == ([] if value is None else [(value,)])


def test_problems_come_one_by_one_and_can_be_limited(cursor) -> None:
    put(cursor, "patients", [{"trial": "A", "patient": "1"}])
    put(cursor, "measurements", [measured(value="x"), measured(patient="8"), measured(patient="9")])
    decide(cursor)
    assert isinstance(next(check.faults(cursor, MEASURED)), Problem)
    assert [p.value for p in compare.clashes(cursor, MEASURED, limit=1)] == ["8"]
    assert [p.value for p in islice(compare.clashes(cursor, MEASURED), 5)] == ["8", "9"]


def test_a_row_of_the_pool_is_met_and_replaced(cursor) -> None:
    put(cursor, "patients", [{"trial": "A", "patient": "1"}])
    put(cursor, "measurements", [measured(), measured(day="2"), measured(day="3")])
    decide(cursor)
    store(cursor, 1)
    again(cursor)
    put(cursor, "measurements", [measured(), measured(day="2", value="<8"), measured(day="4")])
    decide(cursor, version=1)
    assert compare.fates(cursor, MEASURED) == {"add": 1, "refuse": 1, "skip": 1}
    (clash,) = compare.clashes(cursor, MEASURED)
    assert "here value <8.0, in the pool (upload 1) value 7.0" in clash.problem
    assert compare.repeats(cursor, MEASURED) == {"already in the pool": 1}
    decide(cursor, version=1, replace=True)
    store(cursor, 2)
    rows = cursor.execute(
        "select day, operator, value, upload, added, removed from measurements order by all"
    ).fetchall()
    assert rows == [
        (1.0, None, 7.0, 1, 1, None),
        (1.0, None, 7.0, 2, 2, 2),
        (2.0, "<", 8.0, 2, 2, None),
        (2.0, None, 7.0, 1, 1, 2),
        (3.0, None, 7.0, 1, 1, None),
        (4.0, None, 7.0, 2, 2, None),
    ]


def test_a_proof_made_by_an_earlier_igcore_still_holds(pool: Pool, cursor) -> None:
    """It is the lower half of the MD5 of each row's text, summed; worked in Python here."""
    put(cursor, "patients", [{"trial": "A", "patient": "1"}])
    put(cursor, "measurements", [measured()])
    decide(cursor)
    store(cursor, 1)
    text = "A|1|1|IgG|1.0|~|7.0|g/L|~|~|~|7.0|~|~|1|true"
    lower = int.from_bytes(hashlib.md5(text.encode()).digest()[8:], "little")
    cursor.execute("update proofs set checksum = ? where table_name = 'measurements'", [str(lower)])
    found = proof.states(cursor)
    assert found[(1, "measurements")] == (1, str(lower), 0)


def mixed(numbers: list[int]) -> int:
    """A row's numbers as one integer, in Python's own arithmetic."""
    state = 0x9E3779B97F4A7C15
    for number in numbers:
        state ^= number
        for _ in range(2):
            state = (state >> 32) ^ (state & 0xFFFFFFFF) * 0x9E3779B1
    return state


def test_a_proof_is_the_md5_of_texts_and_mixed_numbers(pool: Pool, cursor) -> None:
    """Two rows with equal texts, worked with struct and hashlib."""
    put(cursor, "patients", [{"trial": "A", "patient": "1"}])
    put(cursor, "measurements", [measured(), measured(day="2", value="0.3", low="0.7")])
    decide(cursor)
    store(cursor, 1)
    null = 0x7FF8000000000001

    def bits(number: float) -> int:
        return struct.unpack("<Q", struct.pack("<d", number))[0]

    # patient_key, day, value, low, high, value_g_per_l, low_g_per_l, high_g_per_l
    first = [1, bits(1), bits(7), null, null, bits(7), null, null]
    second = [1, bits(2), bits(0.3), bits(0.7), null, bits(0.3), bits(0.7), null]
    total = mixed(first) + mixed(second)
    # analyte, time, unit, operator, upload, added in this version, rows, sum
    text = f"IgG|~|g/L|~|1|true|2|{total}"
    lower = int.from_bytes(hashlib.md5(text.encode()).digest()[8:], "little")
    assert proof.states(cursor)[(1, "measurements")] == (2, f"2:{lower}", 0)


@pytest.mark.parametrize(
    "change",
    [
        "update measurements set value = 7.000000000000001 where day = 1",
        "update measurements set low = 0 where day = 1",
        "update measurements set day = 4 - day where day in (1, 3)",
        "update measurements set value = 16 - value where day in (1, 3)",
        "update measurements set unit = if(day = 1, 'mg/dL', 'g/L') where day in (1, 2)",
        "update measurements set patient_key = 3 - patient_key where day = 1",
        "update subjects set patient = 'x' where patient_key = 1",
        "update patients set sex = 'M' where patient_key = 1",
    ],
)
def test_any_changed_cell_or_exchange_of_cells_changes_the_proof(cursor, change: str) -> None:
    put(cursor, "patients", [{"trial": "A", "patient": "1"}, {"trial": "A", "patient": "2"}])
    rows = [measured(day=day, value=value) for day, value in (("1", "7"), ("2", "8"), ("3", "9"))]
    rows += [measured("2", day="5", value="6")]
    put(cursor, "measurements", rows)
    decide(cursor)
    store(cursor, 1)
    before = proof.states(cursor)
    cursor.execute(change)
    assert proof.states(cursor) != before
