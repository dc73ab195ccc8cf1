"""Text files: encoding, delimiter, header and lines, and that both roads read the same."""

from __future__ import annotations

import csv
import gzip
import io
import random
from pathlib import Path

import pytest

from igcore.errors import UnreadableFile
from igcore.ingest.read import Reading, Sheet, blocks, kinds, packed, read


@pytest.fixture
def given(tmp_path: Path):
    """Read one file of this content: its sheet and all its rows as (line, cell, cell ...)."""

    def read_it(
        content: bytes | str, name: str = "t.csv", reading: Reading = Reading()
    ) -> tuple[Sheet, list[tuple]]:
        path = tmp_path / "given"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        (sheet,) = (
            (s, [row for b in s.batches for row in rows(b)]) for s in read(path, name, reading)
        )
        return sheet

    return read_it


def rows(batch) -> list[tuple]:
    assert batch.column_names == ["line", *(f"c{i}" for i in range(batch.num_columns - 1))]
    return [tuple(row.values()) for row in batch.to_pylist()]


UMLAUT = "name;größe\nJörg;1,80\n"


@pytest.mark.parametrize(
    "content, encoding, told",
    [
        (UMLAUT.encode(), "utf-8", ""),
        (UMLAUT.encode("utf-8-sig"), "utf-8", ""),
        (UMLAUT.encode("utf-16"), "utf-16", ""),
        (b"\xfe\xff" + UMLAUT.encode("utf-16-be"), "utf-16", ""),
        (UMLAUT.encode("utf-16-le"), "utf-16", "no mark"),
        (UMLAUT.encode("utf-16-be"), "utf-16", "no mark"),
        (UMLAUT.encode("cp1252"), "windows-1252", "read as windows-1252"),
    ],
)
def test_the_encoding_is_decided_by_looking_and_a_guess_is_told(given, content, encoding, told):
    sheet, found = given(content)
    assert sheet.header == ("name", "größe")
    assert found[0] == (2, "Jörg", "1,80")
    assert sheet.reading == Reading(encoding=encoding, delimiter=";", header_row=1)
    assert told in " ".join(sheet.notes)
    assert bool(sheet.notes) == bool(told)


def test_a_stated_encoding_is_taken_and_refused_when_the_text_does_not_fit(given):
    _, found = given("a,b\nκ,1\n", reading=Reading(encoding="windows-1252"))
    assert found == [(2, "Îº", "1")]  # 0xCE 0xBA, the two bytes of kappa
    with pytest.raises(UnreadableFile, match="not UTF-8"):
        given(b"a,b\n\xff,1\n", reading=Reading(encoding="utf-8"))
    with pytest.raises(UnreadableFile, match="not windows-1252"):
        given(b"a,b\n\x81,1\n", reading=Reading(encoding="windows-1252"))
    with pytest.raises(UnreadableFile, match='"ebcdic" is not known'):
        given("a,b\n1,2\n", reading=Reading(encoding="ebcdic"))


def test_two_encodings_in_one_file_are_refused_with_the_line(given):
    mixed = "a,b\n1,2\nJörg,3\n".encode() + "Jörg,4\n".encode("cp1252")
    with pytest.raises(UnreadableFile, match=r"mixes UTF-8 \(line 3\)"):
        given(mixed)


@pytest.mark.parametrize(
    "text, delimiter",
    [
        ("a;b\n" + "1,5;2,5\n" * 60, ";"),  # decimal commas part every row into three
        ("Wards, all of them\n\na;b;c\n1;2;3\n4;5;6\n", ";"),
        ('a,b\n"x;y;z",1\n"u;v;w",2\n', ","),
        ('a\tb\n"1,2"\t3\n', "\t"),
        ("a|b\n1,1|2,2\n", "|"),
        ("sep=;\na;b,c\n1;2,3\n", ";"),
        ("alone\nx\ny\n", ","),
    ],
)
def test_the_delimiter_is_the_one_that_parts_most_lines_alike(given, text, delimiter):
    assert given(text)[0].reading.delimiter == delimiter


def test_a_stated_delimiter_and_header_line_are_taken(given):
    sheet, found = given("x;y\na,b;c,d\n1,2;3,4\n", reading=Reading(delimiter=",", header_row=2))
    assert (sheet.header, found) == (("a", "b;c", "d"), [(3, "1", "2;3", "4")])
    with pytest.raises(UnreadableFile, match="Line 7 is blank or too far"):
        given("a,b\n1,2\n", reading=Reading(header_row=7))
    with pytest.raises(UnreadableFile, match="cannot be parted"):
        given("a,b\n1,2\n", reading=Reading(delimiter="--"))


def test_titles_above_the_header_are_left_out_and_told(given):
    text = "Ward A;;;\nprinted on 3 March;;;\n\nPatient;Day;IgA;IgG\nP1;1;0,5;7\nP2;1;0,6;8\n"
    sheet, found = given(text)
    assert sheet.header == ("Patient", "Day", "IgA", "IgG")
    assert sheet.reading.header_row == 4
    assert sheet.notes == ['Lines 1 to 2 were above the header left out ("Ward A").']
    assert found == [(5, "P1", "1", "0,5", "7"), (6, "P2", "1", "0,6", "8")]


def test_the_first_line_is_the_header_whenever_it_is_as_wide_as_the_data(given):
    sheet, found = given("2019,2020\nx,y\nz,u\n")
    assert (sheet.header, len(found)) == (("2019", "2020"), 2)
    assert "looks like a row of data" in sheet.notes[0]


def test_units_under_the_names_and_months_under_a_group_are_joined(given):
    sheet, found = given("Patient,IgA,IgG\n,g/L,mg/dL\nP1,0.5,700\n")
    assert sheet.header == ("Patient", "IgA g/L", "IgG mg/dL")
    assert found == [(3, "P1", "0.5", "700")]
    sheet, found = given("Patient,IgA,,IgG,\n,M0,M1,M0,M1\nP1,1,2,3,4\nP2,5,6,7,8\n")
    assert sheet.header == ("Patient", "IgA M0", "IgA M1", "IgG M0", "IgG M1")
    assert [line for line, *_ in found] == [3, 4]
    assert "two lines (1 and 2)" in sheet.notes[0]
    sheet, found = given(",a,b\nr1,NA,x\nr2,1,2\n")  # data, though words
    assert (sheet.header, len(found)) == (("column 1", "a", "b"), 2)


def test_a_blank_name_over_filled_cells_is_called_after_its_place(given):
    sheet, found = given("a,,column 2,\n1,2,3,4\n,,,\n5,6,7,8\n")
    assert sheet.header == ("a", "column 2 (unnamed)", "column 2", "column 4")
    assert found == [(2, "1", "2", "3", "4"), (4, "5", "6", "7", "8")]
    assert given("a,b,\n1,2,\n")[0].header == ("a", "b")


def test_lines_of_another_length_are_problems_of_their_own(given):
    sheet, found = given("a,b,c\n1,2,3\n4,5\n\n6,7,8,9\n 1 , ,x,,\n" + "7,8,9\n" * 3)
    assert found[:2] == [(2, "1", "2", "3"), (6, "1", None, "x")]
    assert [line for line, *_ in found[2:]] == [7, 8, 9]
    assert [(p.line, p.problem) for p in sheet.problems] == [
        (3, "The line has 2 cells where the header has 3."),
        (5, "The line has 4 cells where the header has 3."),
    ]


@pytest.mark.parametrize(
    "content, name, words",
    [
        ("a,b\n", "t.csv", "no rows in it below the header"),
        ("\n \n", "t.csv", "no rows"),
        ("a,A\n1,2\n", "t.csv", '"a" stands twice'),
        (b"a,b\n1,\0\n", "t.csv", "Line 2 holds NUL"),
        (b"x" * 9_000_000, "t.csv", "longer than a million"),
        (b"," * 5_000_000, "t.csv", "longer than a million"),
        (b"a,b\n" + b"1,2\n" * 900_000 + b"," * 1_500_000, "t.csv", "Line 900002 cannot be split"),
        (b"PK\x03\x04 torn", "t.csv", "not a text file; it seems to be a torn zip"),
        (b"%PDF-1.7\n", "t.csv", "seems to be a PDF document"),
        (b"<html><table></table>", "t.xls", "seems to be a web page"),
        (b"PAR1....", "t.csv", "seems to be a parquet file"),
        (b"\x1f\x8b\x08", "t.csv", "seems to be a gz archive"),
        ("a,b\n1,2\n", "t.parquet", "not a parquet file; it seems to be a text file"),
        ("a,b\n1,2\n", "t.doc", '".doc" are not read'),
    ],
)  # fmt: skip
def test_what_is_no_table_of_text_is_refused_in_words(given, content, name, words):
    with pytest.raises(UnreadableFile, match=words):
        given(content, name)


def naive(text: str) -> list[tuple]:
    """The rows below a header of three by Python's csv reader alone."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found, line = [], 1
    for cells in reader:
        cells = [cell.strip() or None for cell in cells]
        if line > 1 and any(cells) and len(cells) >= 3 and not any(cells[3:]):
            found.append((line, *cells[:3]))
        line = reader.line_num + 1
    return found


CELLS = ("1", "", " x ", '"q,r"', '"say ""hi"""', '""', "µ", '5" long', '"two\nlines"', "a b",
         '" "', '"\r\n"', "\u00a0", "=1+1", '""""')  # fmt: skip
BARE = ("1", "", " x ", "µ", "2.5")


def test_both_roads_read_what_a_plain_csv_reader_reads(given, monkeypatch):
    rng = random.Random(7)
    irregular = 0
    for trial in range(300):
        monkeypatch.setattr(blocks, "BLOCK", rng.choice([16, 64, 1 << 22]))
        cells = (CELLS, CELLS[:7], BARE)[trial % 3]
        end = rng.choice(["\n", "\r\n"])
        lines = [
            ",".join(rng.choice(cells) for _ in range(rng.choice([3, 3, 3, 3, 3, 2, 4, 0])))
            for _ in range(rng.randrange(1, 40))
        ]
        text = end.join(["aa,bb,cc", "1,2,3", *lines]) + rng.choice(["", end])
        sheet, found = given(text, reading=Reading(delimiter=",", header_row=1))
        assert sheet.header == ("aa", "bb", "cc")
        assert found == naive(text)
        irregular += bool(sheet.problems)
    assert 50 < irregular < 300  # both kinds of text came up


def test_plain_text_takes_the_fast_road_and_quoted_line_breaks_do_not():
    assert blocks._plainly_quoted(b'"a","b ""c""",""\n"d",e,f\n', ",")
    assert not blocks._plainly_quoted(b'"a\nb",c\n', ",")
    assert not blocks._plainly_quoted(b'a,"b" c\n', ",")
    assert not blocks._plainly_quoted(b'5" x 6",c\n', ",")


def test_a_gz_is_unpacked_beside_itself_and_nothing_is_left(given, tmp_path):
    sheet, found = given(gzip.compress(b"a,b\n1,2\n"), "t.CSV.gz")
    assert (sheet.header, found) == (("a", "b"), [(2, "1", "2")])
    assert [path.name for path in tmp_path.iterdir()] == ["given"]


def test_a_torn_gz_a_bomb_and_another_file_inside_are_refused(given, tmp_path, monkeypatch):
    whole = gzip.compress(random.Random(1).randbytes(5000))
    for content, words in (
        (whole[:-9], "torn"),
        (b"\x1f\x8b" + b"x" * 40, "torn"),
        (gzip.compress(b""), "empty"),
        (gzip.compress(b"PAR1 and more"), "seems to be a parquet"),
    ):
        with pytest.raises(UnreadableFile, match=words):
            given(content, "t.csv.gz")
    monkeypatch.setattr(packed, "SUSPICIOUS", 1 << 20)
    with pytest.raises(UnreadableFile, match="Unpacked, it takes more than"):
        given(gzip.compress(b"a,b\n" + b"1,2\n" * 2_000_000), "t.csv.gz")
    assert [path.name for path in tmp_path.iterdir()] == ["given"]


def test_the_endings_are_named():
    assert {".csv", ".csv.gz", ".xlsx", ".xpt", ".sas7bdat", ".parquet"} <= set(kinds())


def test_the_wards_own_file_is_read_as_a_careful_person_reads_it(shared):
    (sheet,) = read(shared / "clinic" / "ward_b.csv", "ward_b.csv")
    assert sheet.reading == Reading(encoding="windows-1252", delimiter=";", header_row=1)
    assert len(sheet.header) == 77
    assert sum(batch.num_rows for batch in sheet.batches) == 29
    assert sheet.problems == []
