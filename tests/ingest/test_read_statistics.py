"""SAS, SPSS, Stata, parquet and Dataset-JSON files: the same table out of each of them."""

from __future__ import annotations

import datetime
import io
import json
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pyreadstat
import pytest

from igcore.errors import UnreadableFile
from igcore.ingest.read import Reading, Sheet, dataset_json, read, statistics

DAYS = [datetime.date(2008, 1, 15), None, datetime.date(2009, 12, 31)]
FRAME = pd.DataFrame(
    {"PAT": ["P1", " P2 ", ""], "IGA": [0.54, None, 12.0], "DAY": DAYS, "SEX": [1.0, 2.0, None]}
)
HEADER = ("PAT", "IGA", "DAY", "SEX")
CODED = [
    (1, "P1", "0.54", "2008-01-15", "1"),
    (2, "P2", None, None, "2"),
    (3, None, "12", "2009-12-31", None),
]
LABELS = {"SEX": {1: "male", 2: "female"}}


def taken(path: Path, name: str | None = None) -> tuple[Sheet, list[tuple]]:
    """The one sheet of a file and its rows as (line, cell, cell ...)."""
    found = [
        (sheet, [tuple(row.values()) for b in sheet.batches for row in b.to_pylist()])
        for sheet in read(path, name or path.name)
    ]
    (one,) = found
    return one


@pytest.mark.parametrize("version", [5, 8])
def test_transport_files_of_both_versions_are_read(tmp_path, version):
    path = tmp_path / "a.xpt"
    pyreadstat.write_xport(FRAME, str(path), file_format_version=version)
    sheet, rows = taken(path)
    assert (sheet.header, rows, sheet.notes) == (HEADER, CODED, [])
    assert sheet.reading == Reading(header_row=0)


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_labels_stand_in_place_of_codes_in_spss_and_stata_files_and_that_is_told(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    frame = FRAME.assign(SEX=[1, 2, 3])
    getattr(pyreadstat, f"write_{kind}")(frame, str(path), variable_value_labels=LABELS)
    sheet, rows = taken(path)
    assert sheet.header == HEADER
    assert [row[4] for row in rows] == ["male", "female", "3"]  # 3 has no label
    assert [row[:4] for row in rows] == [row[:4] for row in CODED]
    assert sheet.notes == ["Labels were read in place of codes in SEX."]


def test_a_sas_data_set_is_read(tmp_path):
    if not shutil.which("Rscript"):
        pytest.skip("R, whose package haven brings a SAS data set, is not installed")
    ask = 'cat(system.file("examples", "iris.sas7bdat", package = "haven"))'
    path = subprocess.run(["Rscript", "-e", ask], capture_output=True, text=True, check=False)
    if not path.stdout:
        pytest.skip("R's package haven, which brings a SAS data set, is not installed")
    sheet, rows = taken(Path(path.stdout))
    assert sheet.header[0] == "Sepal_Length"
    assert len(rows) == 150
    assert rows[1] == (2, "4.9", "3", "1.4", "0.2", "setosa")  # R: head(iris, 2)


def test_files_are_read_in_pieces_and_lines_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr(statistics, "_step", lambda columns: 7)
    many = pd.DataFrame({"A": [float(n) for n in range(20)], "B": [f"x{n}" for n in range(20)]})
    for kind, write in (
        ("xpt", pyreadstat.write_xport),
        ("sav", pyreadstat.write_sav),
        ("dta", pyreadstat.write_dta),
    ):
        path = tmp_path / f"a.{kind}"
        write(many, str(path))
        (sheet,) = read(path, path.name)
        batches = list(sheet.batches)
        assert [batch.num_rows for batch in batches] == [7, 7, 6]
        rows = [tuple(row.values()) for b in batches for row in b.to_pylist()]
        assert rows == [(n + 1, str(n), f"x{n}") for n in range(20)]


def test_transport_files_in_windows_1252_are_read_and_that_is_told(tmp_path):
    path = tmp_path / "a.xpt"
    pyreadstat.write_xport(pd.DataFrame({"A": ["Kxln"] * 3}), str(path))
    path.write_bytes(path.read_bytes().replace(b"Kxln", b"K\xf6ln"))
    sheet, rows = taken(path)
    assert rows[0] == (1, "Köln")
    assert "windows-1252" in sheet.notes[0]


def test_torn_foreign_and_empty_statistics_files_are_refused_in_words(tmp_path):
    for kind, write in (
        ("xpt", pyreadstat.write_xport),
        ("sav", pyreadstat.write_sav),
        ("dta", pyreadstat.write_dta),
    ):
        path = tmp_path / f"a.{kind}"
        write(FRAME[["PAT", "IGA"]], str(path))
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2 // 80 * 80 + 7])
        with pytest.raises(UnreadableFile, match="torn"):
            taken(path)
        path.write_bytes(b"PAR1" + b"x" * 76)
        with pytest.raises(UnreadableFile, match="seems to be a parquet file"):
            taken(path)
        write(FRAME[["PAT", "IGA"]].head(0), str(path))
        with pytest.raises(UnreadableFile, match="no rows"):
            taken(path)


def test_a_transport_file_of_two_data_sets_is_refused(tmp_path):
    path = tmp_path / "a.xpt"
    pyreadstat.write_xport(FRAME[["PAT", "IGA"]], str(path), file_format_version=5)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[240:])  # the library's header is three records
    with pytest.raises(UnreadableFile, match="It holds 2 data sets"):
        taken(path)


def test_parquet_columns_of_every_kind_become_text(tmp_path):
    columns = {
        "text": pa.array(["a", " ", None]),
        "whole": pa.array([1, None, -3]),
        "real": pa.array([0.5, 2.0, None]),
        "tiny": pa.array([1e-7, 1.0, float("nan")]),
        "day": pa.array(DAYS),
        "moment": pa.array([datetime.datetime.fromisoformat("2008-01-15T08:30"), None, None]),
        "true": pa.array([True, False, None]),
        "group": pa.array(["x", "y", None]).dictionary_encode(),
        "list": pa.array([[1], [2], []]),
    }
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table(columns), path)
    sheet, rows = taken(path)
    assert sheet.header == tuple(columns)[:-1]
    assert "list" in sheet.notes[0]
    assert rows == [
        (1, "a", "1", "0.5", "1e-07", "2008-01-15", "2008-01-15T08:30:00", "1", "x"),
        (2, None, None, "2", "1", None, None, "0", "y"),
        (3, None, "-3", None, None, "2009-12-31", None, None, None),
    ]


def test_torn_and_empty_parquet_files_are_refused(tmp_path):
    target = io.BytesIO()
    parquet.write_table(pa.table({"a": ["x"] * 999}), target)
    path = tmp_path / "a.parquet"
    for content, words in ((target.getvalue()[:-20], "torn"), (b"PAR1PAR1", "torn")):
        path.write_bytes(content)
        with pytest.raises(UnreadableFile, match=words):
            taken(path)
    parquet.write_table(pa.table({"a": pa.array([], pa.string())}), path)
    with pytest.raises(UnreadableFile, match="no rows"):
        taken(path)


ABOUT = {
    "datasetJSONVersion": "1.1.0",
    "name": "LB",
    "columns": [{"name": "USUBJID", "label": 'the "rows"'}, {"name": "LBSTRESN"}],
}
ROWS = [["P1", 0.54], ["P]2", None], [None, None], ["P3", 12.0]]
READ = [(1, "P1", "0.54"), (2, "P]2", None), (4, "P3", "12")]


def test_dataset_json_is_read_as_a_document_and_line_by_line(tmp_path, monkeypatch):
    monkeypatch.setattr(dataset_json, "CHUNK", 16)  # every row is cut somewhere
    path = tmp_path / "a.json"
    for text in (
        json.dumps({**ABOUT, "rows": ROWS}),
        json.dumps({**ABOUT, "rows": ROWS, "later": 1}, indent=2),
        "\n".join(map(json.dumps, [ABOUT, *ROWS])),
    ):
        path.write_text(text)
        sheet, rows = taken(path)
        assert (sheet.header, rows) == (("USUBJID", "LBSTRESN"), READ)
    assert taken(path, "a.ndjson")[1] == READ


@pytest.mark.parametrize(
    "text, words",
    [
        (json.dumps({**ABOUT, "rows": ROWS})[:-9], "torn"),
        (json.dumps({**ABOUT, "rows": []}), "no rows"),
        (json.dumps({**ABOUT, "rows": [{"a": 1}]}), "not Dataset-JSON"),
        ('{"a": 1}', "not Dataset-JSON"),
        ("[[1, 2]]", "not Dataset-JSON"),
        ('{"columns": [1], "rows": [[1]]}', "not Dataset-JSON"),
        ("[" * 100_000, "not Dataset-JSON"),
    ],
)
def test_other_json_is_refused_in_words(tmp_path, text, words):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(UnreadableFile, match=words):
        taken(path)


def test_a_row_of_dataset_json_with_a_missing_value_is_a_problem(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({**ABOUT, "rows": [["P1", 1], ["P2"]]}))
    sheet, rows = taken(path)
    assert rows == [(1, "P1", "1")]
    assert [(p.line, p.problem) for p in sheet.problems] == [
        (2, "The line has 1 cells where the header has 2.")
    ]


def test_the_pilot_study_is_read(shared):
    sheet, rows = taken(shared / "cdisc_pilot" / "adsl.xpt")
    assert len(rows) == 254
    assert sheet.header[:2] == ("STUDYID", "USUBJID")
    assert rows[0][1:3] == ("CDISCPILOT01", "01-701-1015")
