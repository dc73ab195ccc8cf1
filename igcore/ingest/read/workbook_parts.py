"""What calamine does not tell of an xlsx workbook: hidden rows and columns, formulas, macros, size.

The sheets' XML is searched in a stream, never built into a tree: it may be a hundred times larger
than the file.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from igcore.errors import UnreadableFile
from igcore.ingest.read.signatures import BROKEN

CHUNK = 1 << 20
MOST_CELLS = 40_000_000  # with empty ones between; about 1 GB
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_NUMBER = re.compile(rb'\br="(\d+)"')
_PREFIX = re.compile(rb"<(\w+:)?worksheet\b")
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TORN = ("The workbook cannot be read; it is torn or protected.", "Save it again as .xlsx.")


@dataclass
class Parts:
    """Of one sheet: hidden rows and columns (from 1), formulas, errors, the far corner."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    formulas: int = 0
    errors: int = 0
    cells: int = 0
    rows: int = 0
    columns: int = 0


def book_notes(path: Path) -> list[str]:
    """Sentences on macros and links to other files."""
    with zipfile.ZipFile(path) as archive:
        inside = archive.namelist()
    notes = []
    if any("vbaproject" in name.lower() for name in inside):
        notes.append("The workbook holds macros; they were not run.")
    if any(name.startswith("xl/externalLinks/") for name in inside):
        notes.append("The workbook links to other files; they were not opened.")
    return notes


def sheets(path: Path) -> dict[str, Parts]:
    """The parts of every sheet by its title; proves on the way that nothing is torn.

    Raises:
        UnreadableFile: the workbook is torn, or has too many cells.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive)
            for name in set(archive.namelist()) - set(members.values()):
                for _ in _chunks(archive, name):  # the check sum is checked at the end
                    pass
            return {title: _parts(archive, name) for title, name in members.items()}
    except (*BROKEN, ElementTree.ParseError, RuntimeError, OSError) as error:
        raise UnreadableFile(*TORN) from error


def _members(archive: zipfile.ZipFile) -> dict[str, str]:
    """Title of each worksheet -> its file in the archive."""
    if archive.getinfo("xl/workbook.xml").file_size > 10 << 20:
        raise KeyError("workbook.xml")
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target") or "" for link in links}
    inside = set(archive.namelist())
    found = {}
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            target = targets.get(element.get(f"{_RELATIONS}id"), "")
            name = target.lstrip("/") if target[:1] == "/" else posixpath.join("xl", target)
            if posixpath.normpath(name) in inside:
                found[element.get("name") or ""] = posixpath.normpath(name)
    return found


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as member:
        while chunk := member.read(CHUNK):
            yield chunk


def _whole_tags(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Pieces of a member that end with a tag, so that no tag is cut."""
    rest = b""
    for chunk in _chunks(archive, name):
        piece = rest + chunk
        end = piece.rfind(b">") + 1
        yield piece[:end]
        rest = piece[end:][-CHUNK:]


@dataclass(frozen=True)
class _Tags:
    """What to search for in a sheet's XML; its prefix is spelled out, as that is much faster."""

    row: re.Pattern[bytes]
    column: re.Pattern[bytes]
    filled: re.Pattern[bytes]
    formula: tuple[bytes, ...]

    @classmethod
    def of(cls, start: bytes) -> _Tags:
        found = _PREFIX.search(start)
        x = b"<" + re.escape((found and found[1]) or b"")
        return cls(
            re.compile(x + rb"row\b([^>]*)>"),
            re.compile(x + rb"col\b([^>]*)>"),
            re.compile(x + rb'c r="([A-Z]{1,3})\d+"[^>]*[^/]>'),
            (x + b"f>", x + b"f "),
        )


def _parts(archive: zipfile.ZipFile, name: str) -> Parts:
    parts = Parts()
    wide: set[bytes] = set()
    row = 0
    tags = None
    for piece in _whole_tags(archive, name):
        tags = tags or _Tags.of(piece)
        for match in tags.row.finditer(piece):
            number = _NUMBER.search(match[1])
            row = int(number[1]) if number else row + 1
            if _HIDDEN.search(match[1]) and not match[1].endswith(b"/"):
                parts.hidden_rows.append(row)
        for match in tags.column.finditer(piece):
            if _HIDDEN.search(match[1]):
                parts.hidden_columns += _span(match[1])
        filled = tags.filled.findall(piece)
        if filled:
            parts.cells += len(filled)
            wide.update(filled)
            parts.rows = max(parts.rows, row)
        parts.formulas += sum(map(piece.count, tags.formula))
        parts.errors += piece.count(b' t="e"')
    parts.columns = max((_column(letters) for letters in wide), default=0)
    _refuse_far(parts)
    return parts


def _span(attributes: bytes) -> range:
    ends = [re.search(rb'\b%s="(\d+)"' % end, attributes) for end in (b"min", b"max")]
    if None in ends:
        return range(0)
    return range(int(ends[0][1]), min(int(ends[1][1]), 16_384) + 1)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _refuse_far(parts: Parts) -> None:
    """Refuse what would take gigabytes: calamine keeps the empty cells between filled ones too."""
    if parts.rows * parts.columns <= MOST_CELLS:
        return
    raise UnreadableFile(
        f"A sheet reaches to row {parts.rows} and column {parts.columns}, "
        f"with {parts.cells:,} filled cells.",
        "Delete cells that stand far from the table, or give the sheet as CSV.",
    )


def hidden_notes(parts: Parts, last: int, columns: int) -> list[str]:
    """Sentences on what is hidden, computed or wrong in a sheet of `last` rows."""
    notes = []
    rows = [row for row in parts.hidden_rows if row <= last]
    if rows:
        notes.append(
            f"{_counted(rows, 'row is', 'rows are')} hidden ({_some(rows)}); read as well."
        )
    hidden = [column for column in parts.hidden_columns if column <= columns]
    if hidden:
        letters = [_letters(column) for column in hidden]
        words = _counted(letters, "column is", "columns are")
        notes.append(f"{words} hidden ({_some(letters)}); read as well.")
    if parts.formulas:
        words = _counted(range(parts.formulas), "cell holds a formula", "cells hold formulas")
        notes.append(f"{words}; the results saved with the workbook were taken.")
    if parts.errors:
        words = _counted(range(parts.errors), "cell holds an error", "cells hold errors")
        notes.append(f"{words} such as #N/A, read as empty.")
    return notes


def _counted(things, one: str, many: str) -> str:
    return f"{len(things)} {one if len(things) == 1 else many}"


def _some(things: list) -> str:
    return ", ".join(map(str, things[:5])) + (" ..." if len(things) > 5 else "")


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, left = divmod(column - 1, 26)
        letters = chr(65 + left) + letters
    return letters


__all__ = ["TORN", "Parts", "book_notes", "hidden_notes", "sheets"]
