"""Small files that swell, and large ones in a single line: seconds and memory are what counts."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

from tests.ingest.corpus.case import Case, Make, write
from tests.ingest.corpus.notebooks import cells, ods
from tests.ingest.corpus.workbooks import HEAD, SHEET, book

LONG = "long|line|split|large|characters|cell"
LARGE = "large|swell|unpack|size|rows|memory|too much|long|more than|GB|MB"
_ROW = '<row><c t="inlineStr"><is><t>A</t></is></c><c t="inlineStr"><is><t>1</t></is></c></row>'


def _line(size: int) -> Make:
    """A header, and then one line of so many letters."""

    def make(folder: Path) -> list[Path]:
        path = folder / "patients.csv"
        with path.open("wb") as file:
            file.write(b"trial,patient,arm\nA,1,")
            for _ in range(size // 1_000_000):
                file.write(b"x" * 1_000_000)
        return [path]

    return make


def _quoted(folder: Path) -> list[Path]:
    path = folder / "patients.csv"
    path.write_bytes(b'trial,patient,arm\nA,1,"' + b"nineteen letters ...\n" * 10_000_000 + b'"\n')
    return [path]


def _packed(piece: bytes, times: int) -> Make:
    """A gz file of a header and so many members, each of 100 MB of the piece."""

    def make(folder: Path) -> list[Path]:
        path = folder / "patients.csv.gz"
        member = gzip.compress(piece * (100_000_000 // len(piece)), mtime=0)
        with path.open("wb") as file:
            file.write(gzip.compress(b"trial,patient,arm\n", mtime=0))
            for _ in range(times):
                file.write(member)
        return [path]

    return make


def _sheet(filling: str, times: int) -> Make:
    """A workbook whose sheet unpacks to its filling, so many times."""

    def make(folder: Path) -> list[Path]:
        path, plain = folder / "patients.xlsx", folder / "plain"
        plain.write_bytes(book([HEAD]))
        with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                if name != SHEET:
                    new.writestr(name, old.read(name))
            start, _, end = old.read(SHEET).decode().partition("</sheetData>")
            entry = zipfile.ZipInfo(SHEET)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with new.open(entry, "w", force_zip64=True) as sheet:
                sheet.write(start.encode())
                for _ in range(times):
                    sheet.write(filling.encode() * 10_000)
                sheet.write(f"</sheetData>{end}".encode())
        plain.unlink()
        return [path]

    return make


def _spread(row: int, column: str) -> Make:
    """A workbook with a header and a row, and one cell far away from them."""
    far = f'<row r="{row}"><c r="{column}{row}" t="n"><v>1</v></c></row>'
    return lambda folder: _with_row(folder, far)


def _with_row(folder: Path, row: str) -> list[Path]:
    path = folder / "patients.xlsx"
    plain = folder / "plain"
    plain.write_bytes(book([HEAD, ["Spread", 1, "x"]]))
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == SHEET:
                data = data.replace(b"</sheetData>", row.encode() + b"</sheetData>")
            new.writestr(name, data)
    plain.unlink()
    return [path]


def _bomb_in_bomb(folder: Path) -> list[Path]:
    """10 GB of NUL, packed twice: about ten kilobytes."""
    path = folder / "patients.csv.gz"
    once = gzip.compress(b"\0" * 100_000_000, mtime=0)
    path.write_bytes(gzip.compress(once * 100, mtime=0))
    return [path]


def _heavy(name: str, words: str, make: Make, *stored: int) -> Case:
    return Case(name, make, words=words, stored=stored or (0,), heavy=True)


_REPEATED = cells("Repeated", "1", repeat=1_000_000_000)
CASES = (
    _heavy("A line of 200 MB", LONG, _line(200_000_000)),
    _heavy("A line of 2 GB", LONG, _line(2_000_000_000)),
    _heavy("A quoted cell of 200 MB in ten million lines", f"{LONG}|quot", _quoted),
    _heavy("Ten GB of one line in ten MB of gz", f"{LONG}|{LARGE}", _packed(b"x", 100)),
    _heavy(
        "Ten GB of NUL in ten MB of gz",
        f"NUL|text|{LONG}|{LARGE}",
        _packed(b"\0", 100),
    ),
    _heavy(
        "Ten GB of blank lines in ten MB of gz",
        f"{LARGE}|no rows",
        _packed(b"\n", 100),
    ),
    _heavy("Ten GB of ragged lines in gz", f"{LARGE}|cells", _packed(b"A,1\n", 100)),
    _heavy(
        "A packed bomb in a packed file",
        "text|NUL|gz|large",
        _bomb_in_bomb,
    ),
    _heavy("A workbook that unpacks to two GB of rows", LARGE, _sheet(_ROW, 2_200)),
    _heavy(
        "A workbook that unpacks to two GB of blanks",
        f"{LARGE}|no rows|torn",
        _sheet(" " * 100, 2_000),
    ),
    _heavy(
        "A workbook with a cell in its last corner",
        LARGE + "|layout|cells|columns",
        _spread(1_048_576, "XFD"),
        0,
        1,
    ),
    _heavy(
        "A workbook of 1,048,576 rows that are empty but two",
        LARGE + "|missing|cells",
        _spread(1_048_576, "A"),
        1,
    ),
    _heavy(
        "A free workbook of a billion repeated rows",
        LARGE + "|kind",
        write({"patients.ods": ods(cells("trial", "patient"), _REPEATED)}),
        0,
        1,
    ),
    _heavy(
        "A quarter of a million bad lines",
        "cells",
        write({"patients.csv": b"trial,patient,arm\n" + b"A,1\n" * 250_000}),
    ),
)
