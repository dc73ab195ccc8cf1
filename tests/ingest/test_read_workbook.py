"""Workbooks: titles, merged and two-line headers, what is hidden or computed, and what is refused."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from igcore.errors import UnreadableFile
from igcore.ingest.read import Reading, Sheet, read, signatures, workbook_parts


def book(*sheets: list[list], change=lambda made: None) -> bytes:
    """A workbook of these rows, sheets called S1, S2 ..., changed by hand before it is saved."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, rows in enumerate(sheets, 1):
        sheet = made.create_sheet(f"S{number}")
        for row in rows:
            sheet.append(row)
    change(made)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def rewritten(content: bytes, **parts: bytes) -> bytes:
    """A workbook with parts of its archive added or replaced; "__" stands for "/"."""
    target = io.BytesIO()
    new = {name.replace("__", "/").replace("_xml", ".xml"): part for name, part in parts.items()}
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in old.namelist():
            archive.writestr(name, new.pop(name, None) or old.read(name))
        for name, part in new.items():
            archive.writestr(name, part)
    return target.getvalue()


@pytest.fixture
def given(tmp_path: Path):
    """Read a workbook: each sheet with all its rows as (line, cell, cell ...)."""

    def read_it(
        content: bytes, name: str = "b.xlsx", reading: Reading = Reading()
    ) -> list[tuple[Sheet, list[tuple]]]:
        path = tmp_path / "given"
        path.write_bytes(content)
        return [
            (sheet, [tuple(row.values()) for b in sheet.batches for row in b.to_pylist()])
            for sheet in read(path, name, reading)
        ]

    return read_it


def test_cells_become_text_as_a_reader_sees_them(given):
    moment = datetime.datetime.fromisoformat("2008-01-15T08:30")
    row = [1, 2.5, 1e-7, datetime.date(2008, 1, 15), moment, datetime.time(7, 5), True, " x ", None]
    ((sheet, found),) = given(book([list("abcdefghi"), row, [], [None] * 8 + ["=cmd|x"]]))
    assert sheet.header == tuple("abcdefghi")
    assert found == [
        (2, "1", "2.5", "1e-07", "2008-01-15", "2008-01-15T08:30:00", "07:05", "1", "x", None)
    ]


def test_a_title_above_is_told_and_each_sheet_with_content_is_read(given):
    title = [["Ward A"], [], ["Patient", "Day", "IgA"], ["P1", 1, 0.5], ["P2", 2, 0.6]]
    first, second = given(book(title, [], [["x", "y"], [1, 2]]))
    assert (first[0].sheet, first[0].header) == ("S1", ("Patient", "Day", "IgA"))
    assert first[0].notes == ['Line 1 was above the header left out ("Ward A").']
    assert first[0].reading.header_row == 3
    assert first[1] == [(4, "P1", "1", "0.5"), (5, "P2", "2", "0.6")]
    assert (second[0].sheet, second[1]) == ("S3", [(2, "1", "2")])


def test_a_table_away_from_the_corner_keeps_its_row_numbers_and_column_places(given):
    def move(made):
        made["S1"].move_range("A1:C2", rows=4, cols=2)

    ((sheet, found),) = given(book([["a", None, "b"], [1, 2, 3]], change=move))
    assert sheet.header == ("a", "column 4", "b")  # the sheet's column D
    assert found == [(6, "1", "2", "3")]


def test_merged_header_cells_count_for_all_their_columns(given):
    rows = [
        ["Immunoglobulins of ward A"],
        ["Patient", "IgA", None, "IgG", None, "Remark"],
        [None, "M0", "M1", "M0", "M1", None],
        ["P1", 1, 2, 3, 4, "ok"],
        ["P2", 5, 6, 7, 8, None],
    ]

    def merge(made):
        for cells in ("A1:F1", "B2:C2", "D2:E2", "A2:A3"):
            made["S1"].merge_cells(cells)

    ((sheet, found),) = given(book(rows, change=merge))
    assert sheet.header == ("Patient", "IgA M0", "IgA M1", "IgG M0", "IgG M1", "Remark")
    assert sheet.reading.header_row == 2
    assert found == [(4, "P1", "1", "2", "3", "4", "ok"), (5, "P2", "5", "6", "7", "8", None)]
    assert sheet.notes == [
        'Line 1 was above the header left out ("Immunoglobulins of ward A").',
        "The header has two lines (2 and 3), joined.",
    ]


def test_months_as_numbers_under_a_merged_name_belong_to_the_header(given):
    rows = [["Patient", "IgA", None, None], [None, 0, 1, 2], ["P1", 5, 6, 7]]
    ((sheet, found),) = given(book(rows, change=lambda made: made["S1"].merge_cells("B1:D1")))
    assert sheet.header == ("Patient", "IgA 0", "IgA 1", "IgA 2")
    assert found == [(3, "P1", "5", "6", "7")]


def test_columns_that_share_a_merged_name_are_counted(given):
    rows = [["Patient", "IgA", None], ["P1", 5.5, 6.5]]
    ((sheet, found),) = given(book(rows, change=lambda made: made["S1"].merge_cells("B1:C1")))
    assert (sheet.header, found) == (("Patient", "IgA", "IgA (2)"), [(2, "P1", "5.5", "6.5")])


def test_a_line_of_units_is_joined_to_the_names(given):
    rows = [["Patient", "IgA", "Age"], [None, "g/L", "years"], ["P1", 0.5, 61]]
    ((sheet, found),) = given(book(rows))
    assert sheet.header == ("Patient", "IgA g/L", "Age years")
    assert found == [(3, "P1", "0.5", "61")]
    assert "holds units" in sheet.notes[0]


def test_what_is_hidden_merged_computed_or_wrong_is_told(given):
    rows = [["a", "b", "c"], [1, 2, "x"], [3, "=1+1", "x"], ["m", "#N/A", "x"], [None, 9, "x"]]

    def change(made):
        sheet = made["S1"]
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet.merge_cells("A4:A5")
        made["S2"].sheet_state = "hidden"

    content = book(rows, [["a"], [1]], change=change)
    content = rewritten(content, xl__vbaProject_bin=b"macro", xl__externalLinks__link1_xml=b"<x/>")
    (first, found), (second, _) = given(content, "b.xlsm")
    assert first.notes == [
        "The workbook holds macros; they were not run.",
        "The workbook links to other files; they were not opened.",
        "1 row is hidden (3); read as well.",
        "1 column is hidden (B); read as well.",
        "1 cell holds a formula; the results saved with the workbook were taken.",
        "1 cell holds an error such as #N/A, read as empty.",
        "Cells are merged below the header (first in row 4); the text of merged cells "
        "counts for the first of them alone.",
    ]
    assert second.notes == ["The sheet is hidden in the workbook; read as well."]
    assert found[2:] == [(4, "m", None, "x"), (5, None, "9", "x")]


def test_an_ods_workbook_is_read_with_its_dates(given):
    names = "".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0" '
        for short in ("office", "table", "text")
    )
    cells = (
        '<table:table-cell office:value-type="string"><text:p>P1</text:p></table:table-cell>',
        '<table:table-cell office:value-type="float" office:value="0.5"/>',
        '<table:table-cell office:value-type="date" office:date-value="2008-01-15"/>',
    )
    head = "".join(cells[0].replace("P1", name) for name in ("Patient", "IgA", "Day"))
    rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in (head, "".join(cells)))
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="T">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    ((sheet, found),) = given(target.getvalue(), "b.ods")
    assert (sheet.sheet, sheet.header) == ("T", ("Patient", "IgA", "Day"))
    assert found == [(2, "P1", "0.5", "2008-01-15")]


def test_a_header_without_rows_is_told_and_refused_only_when_all_sheets_are_so(given):
    (_, full), (empty, none) = given(book([["a"], [1]], [["a", "b"]]))
    assert (full, none) == ([(2, "1")], [])
    assert empty.notes == ["There are no rows below its header."]
    with pytest.raises(UnreadableFile, match="no rows in it below the header"):
        given(book([["a", "b"]]))
    with pytest.raises(UnreadableFile, match="no rows in it"):
        given(book([], []))


def test_a_stated_header_row_is_taken(given):
    ((sheet, found),) = given(book([["a", "b"], ["c", "d"], [1, 2]]), reading=Reading(header_row=2))
    assert (sheet.header, found) == (("c", "d"), [(3, "1", "2")])


PLAIN = book([["a", "b"], [1, 2]])


def test_bombs_locked_torn_and_foreign_files_are_refused_in_words(given, monkeypatch):
    zeros = rewritten(PLAIN, xl__media__big=b"\0" * (201 << 20))
    with pytest.raises(UnreadableFile, match="Unpacked, the workbook would take 201 MB"):
        given(zeros)
    locked = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 999 + "EncryptedPackage".encode("utf-16-le")
    )
    word = rewritten(PLAIN, word__document_xml=b"<x/>")
    for content, name, words in (
        (locked, "b.xlsx", "protected by a password"),
        (locked, "b.csv", "seems to be an xls workbook"),
        (PLAIN, "b.csv", "seems to be an xlsx workbook"),
        (PLAIN, "b.ods", "seems to be an xlsx workbook"),
        (PLAIN[: len(PLAIN) // 2], "b.xlsx", "or it is torn"),
        (b"PK\x03\x04" + b"x" * 99, "b.ods", "or it is torn"),
        (rewritten(PLAIN, xl__workbook_xml=b"<nonsense"), "b.xlsx", "torn or protected"),
        (rewritten(PLAIN, xl__worksheets__sheet1_xml=b"<a><b>"), "b.xlsx", "torn|no rows"),
        (word.replace(b"xl/", b"xx/"), "b.xlsx", "seems to be a Word document"),
    ):
        with pytest.raises(UnreadableFile, match=words):
            given(content, name)


def test_a_flipped_byte_in_a_sheet_is_found_by_its_check_sum(given):
    damaged = bytearray(book([["a", "b"], *([n, n * 7 % 13] for n in range(2000))]))
    with zipfile.ZipFile(io.BytesIO(damaged)) as archive:
        at = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 600
    damaged[at] ^= 255
    with pytest.raises(UnreadableFile, match="torn"):
        given(bytes(damaged))


def test_a_cell_far_from_the_others_is_refused_before_it_takes_gigabytes(given):
    def stray(made):
        made["S1"]["XFD1048576"] = "x"

    with pytest.raises(UnreadableFile, match="reaches to row 1048576 and column 16384"):
        given(book([["a"], [1]], change=stray))


def test_doubled_names_and_too_many_columns_are_refused(given):
    with pytest.raises(UnreadableFile, match='"a" stands twice'):
        given(book([["a", "A"], [1, 2]]))
    with pytest.raises(UnreadableFile, match="2001 columns"):
        given(book([[f"c{n}" for n in range(2001)], [1]]))


def test_letters_of_columns_and_kinds_of_zip_are_known(tmp_path):
    assert [workbook_parts._letters(n) for n in (1, 26, 27, 16384)] == ["A", "Z", "AA", "XFD"]
    assert [workbook_parts._column(x) for x in (b"A", b"Z", b"AA", b"XFD")] == [1, 26, 27, 16384]
    path = tmp_path / "x"
    path.write_bytes(PLAIN)
    assert signatures.seems(path) == "xlsx"


def test_the_wards_own_workbook_is_read_as_a_careful_person_reads_it(shared):
    found = {
        sheet.sheet: (sheet, sum(batch.num_rows for batch in sheet.batches))
        for sheet in read(shared / "clinic" / "ward_a.xlsx", "ward_a.xlsx")
    }
    assert {title: rows for title, (_, rows) in found.items()} == {
        "Immunoglobulins": 367,
        "Patients": 34,
    }
    sheet = found["Immunoglobulins"][0]
    assert sheet.reading.header_row == 3
    assert sheet.header == (
        "Pat-Nr", "Visit", "Date", "IgA [g/L]", "IgG [g/L]", "IgM [g/L]", "Remark"
    )  # fmt: skip
