"""Workbooks that are torn, swollen, hidden or full of what only a spreadsheet understands."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable

import openpyxl
from openpyxl.comments import Comment

from tests.ingest.corpus.case import MEASURED, either, harmless, refused

HEAD = ["trial", "patient", "arm"]
MEASURES = MEASURED.strip().split(",")
TORN = "xlsx|workbook|torn|zip|cannot be read"
ROWS = "no rows|empty|no data|no sheet"
SHEET = "xl/worksheets/sheet1.xml"
_ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)
_OUTSIDE = '<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>'


def book(rows: list[list], title: str = "patients", dress: Callable | None = None) -> bytes:
    """A workbook of one sheet; `dress(workbook, sheet)` may change it before it is written."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if dress:
        dress(made, sheet)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def _plain(trial: str, **more) -> bytes:
    return book([HEAD, [trial, 1, "x"]], **more)


def _with(content: bytes, parts: dict[str, bytes | None], change: Callable | None = None) -> bytes:
    """The archive with parts put in its place (None takes one away) and the sheet's text changed."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name in parts:
                continue
            data = old.read(name)
            new.writestr(name, change(data) if change and name == SHEET else data)
        for name, data in parts.items():
            if data is not None:
                new.writestr(name, data)
    return target.getvalue()


def _entities(declared: str) -> bytes:
    def swell(data: bytes) -> bytes:
        text = data.decode().replace("<worksheet", declared + "<worksheet", 1)
        return text.replace("<t>Entity</t>", "<t>&j;</t>").encode()

    made = book([HEAD, ["Entity", 1, "x"]])
    inline = _with(made, {}, lambda data: _inline(data, ["Entity"]))
    return _with(inline, {}, swell)


def _inline(data: bytes, words: list[str]) -> bytes:
    """The sheet with its first text cells of the second row written in place."""
    text = data.decode()
    before, _, rest = text.partition('<c r="A2"')
    _, _, after = rest.partition("</c>")
    return f'{before}<c r="A2" t="inlineStr"><is><t>{words[0]}</t></is></c>{after}'.encode()


def _merged(made, sheet) -> None:
    sheet.merge_cells("A1:C2")


def _hidden(made, sheet) -> None:
    sheet.sheet_state = "hidden"
    made.create_sheet("Read me").append(["see the other sheet"])


def _noted(made, sheet) -> None:
    sheet["A1"].comment = Comment("<script>alert(1)</script>", "=1+1")
    sheet["C2"].hyperlink = "javascript:alert(1)"


def _formulas(kind: str) -> bytes:
    cells = {
        "value": "=RAND()*10",
        "link": "='[other.xlsx]Sheet1'!A1",
        "command": "=cmd|'/C calc'!A0",
    }
    return book([MEASURES, ["Base", 1, "IgA", 3, None, cells[kind], "g/L"]], title="measurements")


def _errors() -> bytes:
    words = ("#REF!", "#DIV/0!", "#N/A", "#VALUE!")
    rows = [["Base", 1, "IgA", 3 + i, None, word, "g/L"] for i, word in enumerate(words)]
    return book([MEASURES, *rows], title="measurements")


def _macros() -> bytes:
    return _with(_plain("Macros"), {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"Auto_Open" * 99})


def _lying() -> bytes:
    """The size of the sheet as the archive states it, 4 GB instead of a few hundred bytes."""
    content = bytearray(_plain("Lying"))
    at = content.rfind(SHEET.encode()) - 46  # the entry in the central directory
    content[at + 24 : at + 28] = b"\xfe\xff\xff\xff"
    return bytes(content)


def _overwritten() -> bytes:
    """The packed sheet itself lost; the archive's list of contents is whole."""
    with zipfile.ZipFile(io.BytesIO(_SOUND)) as archive:
        at = archive.getinfo(SHEET).header_offset + 30 + len(SHEET)
    return _SOUND[: at + 50] + b"\xff" * 100 + _SOUND[at + 150 :]


def _locked() -> bytes:
    """The archive's own password: the first bit of each entry's flags says so."""
    content = bytearray(_plain("Locked"))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(sign)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(sign, at + 4)
    return bytes(content)


def _dates() -> bytes:
    head = [*HEAD, "treatment_start"]
    return book([head, ["Serial", 1, "x", -5], ["Serial", 2, "x", 99999999]])


_SOUND = _plain("Sound")
CASES = (
    refused("A CSV file called xlsx", f"{TORN}|csv", "a.xlsx", "trial,patient\nA,1\n"),
    refused(
        "A PDF called xlsx", f"{TORN}|pdf", "a.xlsx", b"%PDF-1.7\n%\xe2\xe3\n" + b"1 0 obj\n" * 99
    ),
    refused(
        "A zip of other things called xlsx",
        TORN,
        "a.xlsx",
        _with(
            _SOUND, dict.fromkeys(zipfile.ZipFile(io.BytesIO(_SOUND)).namelist()) | {"a.txt": b"x"}
        ),
    ),
    refused("A workbook called CSV", "text|xlsx|workbook|zip|NUL", "a.csv", _SOUND),
    refused("A workbook cut in the middle", TORN, "a.xlsx", _SOUND[: len(_SOUND) // 2]),
    refused("A workbook without its last bytes", TORN, "a.xlsx", _SOUND[:-30]),
    refused(
        "A workbook with a hundred bytes overwritten",
        TORN,
        "a.xlsx",
        _overwritten(),
    ),
    refused(
        "A workbook without its sheet", f"{TORN}|{ROWS}", "a.xlsx", _with(_SOUND, {SHEET: None})
    ),
    refused(
        "A workbook whose sheet is no XML",
        f"{TORN}|{ROWS}",
        "a.xlsx",
        _with(_SOUND, {SHEET: b"<<<>>>"}),
    ),
    refused("A workbook with nothing in it", ROWS, "a.xlsx", book([])),
    refused("A workbook with a header alone", ROWS, "a.xlsx", book([HEAD])),
    refused(
        "A workbook locked by a password of its archive",
        f"password|protect|{TORN}",
        "a.xlsx",
        _locked(),
    ),
    either("A workbook that lies about its size", 1, f"{TORN}|large|size", "a.xlsx", _lying()),
    either(
        "A workbook with entities that swell a billionfold",
        1,
        f"{TORN}|entit",
        "a.xlsx",
        _entities(_ENTITIES),
    ),
    either(
        "A workbook with an entity from outside",
        1,
        f"{TORN}|entit|missing",
        "a.xlsx",
        _entities(_OUTSIDE),
    ),
    either(
        "A workbook with parts that climb out of their folder",
        1,
        TORN,
        "a.xlsx",
        _with(_plain("Slip"), {"../../evil.txt": b"x"}),
    ),
    either("A workbook with macros called xlsx", 1, "macro|xlsm", "a.xlsx", _macros()),
    refused(
        "Formulas that were never calculated",
        "missing|formula|calculated",
        "a.xlsx",
        _formulas("value"),
    ),
    refused(
        "Links to another workbook, never calculated",
        "missing|formula|link",
        "a.xlsx",
        _formulas("link"),
    ),
    refused("A formula that runs a command", "missing|formula", "a.xlsx", _formulas("command")),
    refused("Cells that hold errors of a spreadsheet", "number|error|missing", "a.xlsx", _errors()),
    refused(
        "A workbook with a column twice",
        "twice",
        "a.xlsx",
        book([["trial", "patient", "Patient "], ["A", 1, 2]]),
    ),
    refused(
        "Everything merged into one cell",
        "layout|header|lacks|column",
        "a.xlsx",
        book([HEAD, ["A", 1, "x"]], dress=_merged),
    ),
    either("A hidden sheet", 1, "hidden", "a.xlsx", _plain("Hidden", dress=_hidden)),
    harmless(
        "A sheet with notes and a link that runs a script",
        1,
        "a.xlsx",
        _plain("Notes", dress=_noted),
    ),
    either(
        "A sheet whose name is quotes and SQL",
        1,
        "layout",
        "a.xlsx",
        _plain("Quotes", title='\'); drop "x"-- <b>'),
    ),
    harmless(
        "A sheet with a column far to the right",
        1,
        "a.xlsx",
        book([[*HEAD, *[None] * 200, "far"], ["Far", 1, "x"]]),
    ),
    refused("Dates before and beyond the calendar", "date", "a.xlsx", _dates()),
    refused(
        "A date where a number belongs",
        "number",
        "a.xlsx",
        book(
            [MEASURES, ["Base", 1, "IgA", 3, None, datetime.date(2009, 1, 1), "g/L"]],
            title="measurements",
        ),
    ),
    refused(
        "A commanding cell in a column of numbers",
        "number|formula",
        "a.xlsx",
        book(
            [MEASURES, ["Base", 1, "IgA", 3, None, "\u200b=cmd|' /C calc'!A0", "g/L"]],
            title="measurements",
        ),
    ),
)
