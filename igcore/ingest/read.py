"""Files -> sheets of text with line numbers. Nothing is interpreted here.

csv, tsv and txt (utf-8, utf-16 by their mark, else windows-1252, told), xlsx (every sheet) and SAS
transport files. A sheet hands out its rows in batches, so a file never has to fit into memory twice.
"""

from __future__ import annotations

import csv
import datetime
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from igcore.errors import UnreadableFile
from igcore.ingest.report import Problem

BATCH = 50_000
DELIMITERS = ",;\t|"
MAX_COLUMNS = 2_000
csv.field_size_limit(1_000_000)


@dataclass
class Sheet:
    """One table of text: header, and batches with a column `line` (number of the line or row)."""

    file: str
    sheet: str | None
    header: tuple[str, ...]
    batches: Iterator[pa.Table]
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(path: Path, name: str) -> Iterator[Sheet]:
    """The sheets of a file; `name` is what the reader calls it.

    Raises:
        UnreadableFile: the kind of file is not known, or it is empty, torn or protected.
    """
    if not path.stat().st_size:
        raise UnreadableFile("The file is empty.", "Save it again from the program it came from.")
    kind = Path(name).suffix.lower()
    if kind in (".csv", ".tsv", ".txt"):
        yield from _text(path, name)
    elif kind == ".xlsx":
        yield from _workbook(path, name)
    elif kind == ".xpt":
        yield from _transport(path, name)
    else:
        raise UnreadableFile(
            f'Files of the kind "{kind}" are not read.', "Give csv, tsv, txt, xlsx or xpt."
        )


def _sheet(
    file: str, sheet: str | None, rows: Iterator[tuple[int, list[str | None]]], notes: list[str]
) -> Sheet:
    """A sheet from numbered rows; the first row that is not blank is the header."""
    first = next(((line, row) for line, row in rows if any(row)), None)
    if first is None:
        raise UnreadableFile("There are no rows in it.", "Fill it in, or leave it out.")
    header = [cell or "" for cell in first[1]]
    while header and not header[-1]:
        header.pop()
    _refuse_header(header)
    made = Sheet(file, sheet, tuple(header), iter(()), notes)
    made.batches = _batches(made, rows)
    return made


def _refuse_header(header: list[str]) -> None:
    if len(header) > MAX_COLUMNS:
        raise UnreadableFile(
            f"It has {len(header)} columns.", f"At most {MAX_COLUMNS} are read; split the file."
        )
    seen = [name.strip().lower() for name in header if name.strip()]
    twice = sorted({name for name in seen if seen.count(name) > 1})
    if twice:
        raise UnreadableFile(
            f'The column "{twice[0][:60]}" stands twice in the header.', "Rename or remove one."
        )


def _batches(sheet: Sheet, rows: Iterator[tuple[int, list[str | None]]]) -> Iterator[pa.Table]:
    width = len(sheet.header)
    lines: list[int] = []
    cells: list[list[str | None]] = []
    for line, row in rows:
        if not any(row):
            continue
        if len(row) < width or any(row[width:]):
            sheet.problems.append(
                Problem(
                    sheet.file,
                    sheet.sheet,
                    line,
                    None,
                    None,
                    f"The line has {len(row)} cells where the header has {width}.",
                    "Check the line for a missing or extra separator.",
                )
            )
            continue
        lines.append(line)
        cells.append(row[:width])
        if len(lines) == BATCH:
            yield _table(sheet.header, lines, cells)
            lines, cells = [], []
    if lines:
        yield _table(sheet.header, lines, cells)


def _table(header: tuple[str, ...], lines: list[int], cells: list[list[str | None]]) -> pa.Table:
    columns = [pa.array(column, pa.string()) for column in zip(*cells, strict=True)]
    return pa.table([pa.array(lines, pa.int64()), *columns], names=["line", *header])


def _clean(text: str) -> str | None:
    return text.strip() or None


def _encoding(path: Path) -> tuple[str, list[str]]:
    """Encoding by mark or by trial, of the whole file; windows-1252 is told: it is a guess."""
    with path.open("rb") as file:
        marked = file.read(2) in (b"\xff\xfe", b"\xfe\xff")
    encodings = ("utf-16",) if marked else ("utf-8-sig", "windows-1252")
    fits = next((encoding for encoding in encodings if _decodes(path, encoding)), None)
    if fits is None:
        names = "the UTF-16 of its first bytes" if marked else "UTF-8 or windows-1252"
        raise UnreadableFile(f"Its text is not {names}.", "Save it as CSV in UTF-8.")
    guessed = fits == "windows-1252"
    return fits, ["The text is not UTF-8; it was read as windows-1252."] if guessed else []


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding) as file:
            while file.read(1 << 20):
                pass
    except UnicodeError:
        return False
    return True


def _text(path: Path, name: str) -> Iterator[Sheet]:
    encoding, notes = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        head = next((line for line in iter(lambda: file.readline(1 << 20), "") if line.strip()), "")
        if "\0" in head:
            raise UnreadableFile("It is not a text file.", "Save it as CSV in UTF-8.")
        bare = re.sub('"[^"]*"', "", head)
        file.seek(0)
        yield _sheet(name, None, _lines(file, max(DELIMITERS, key=bare.count)), notes)


def _lines(file, delimiter: str) -> Iterator[tuple[int, list[str | None]]]:
    # Strict: a quote that is never closed would take the rest of the file into one cell.
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            if any("\0" in cell for cell in row):
                raise UnreadableFile(
                    f"Line {line} holds NUL bytes.", "Save it as CSV in UTF-8 again."
                )
            yield line, [_clean(cell) for cell in row]
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(
            f"Line {line} cannot be split into cells ({error}).", "Check its quotes."
        ) from None


def _workbook(path: Path, name: str) -> Iterator[Sheet]:
    import python_calamine

    if not zipfile.is_zipfile(path):
        raise UnreadableFile(
            "It is not an xlsx workbook, or it is torn.", "Save it again as .xlsx."
        )
    filled = False
    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            for title in book.sheet_names:
                rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
                numbered = ((i, [_cell(value) for value in row]) for i, row in enumerate(rows, 1))
                if any(any(value != "" for value in row) for row in rows):
                    filled = True
                    yield _sheet(name, title, numbered, [])
    except (python_calamine.CalamineError, OSError) as error:
        raise UnreadableFile(
            "The workbook cannot be read; it is torn or protected.", "Save it again as .xlsx."
        ) from error
    if not filled:
        raise UnreadableFile("There are no rows in it.", "Fill it in, or leave it out.")


def _cell(value: object) -> str | None:
    """A cell of a workbook or transport file: ISO dates, whole numbers without a point."""
    if value is None or value != value:  # NaN and NaT, SAS's missing values, differ from themselves
        return None
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M")
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return _clean(str(value))


def _transport(path: Path, name: str) -> Iterator[Sheet]:
    import pyreadstat

    if path.stat().st_size % 80:
        raise UnreadableFile(
            "It is torn: a SAS transport file is made of whole records of 80 bytes.",
            "Copy or export it again.",
        )
    frame = None
    for encoding in (None, "windows-1252"):
        try:
            frame, _ = pyreadstat.read_xport(str(path), encoding=encoding)
            break
        except UnicodeDecodeError:
            continue
        except (pyreadstat.ReadstatError, ValueError, OverflowError, OSError):
            break
    if frame is None:
        raise UnreadableFile(
            "It is not a SAS transport file (version 5 or 8), or it is torn.",
            "Export it again with PROC COPY to an XPORT library, or give CSV.",
        )
    columns = [[_cell(value) for value in frame[column]] for column in frame.columns]
    header = [str(column) for column in frame.columns]
    numbered = enumerate((list(row) for row in zip(*columns, strict=True)), 1)
    yield _sheet(name, None, _with_header(header, numbered), [])


def _with_header(
    header: list[str], rows: Iterator[tuple[int, list[str | None]]]
) -> Iterator[tuple[int, list[str | None]]]:
    yield 0, header
    yield from rows
