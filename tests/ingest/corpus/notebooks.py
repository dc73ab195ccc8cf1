"""Older and freer spreadsheets: xls and ods, and the shell that a password puts around xlsx."""

from __future__ import annotations

import io
import struct
import zipfile

from tests.ingest.corpus.case import harmless, refused
from tests.ingest.corpus.workbooks import book

KIND = "xls|workbook|torn|kind|cannot be read|html|csv"
_HTML = "<html><body><table><tr><td>trial</td><td>patient</td></tr></table></body></html>"
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)
_FREE, _END, _OWN = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole(streams: dict[str, bytes]) -> bytes:
    """A compound file (MS-CFB, version 3) of these streams, each of 4096 bytes or more."""
    sectors, chains, entries = b"", [], []
    for name, data in streams.items():
        size = -(-len(data) // 512)
        first = len(chains)
        chains += [*range(first + 1, first + size), _END]
        sectors += data.ljust(size * 512, b"\0")
        entries.append((name, 2, first, len(data)))
    folder = len(chains)
    entries.insert(0, ("Root Entry", 5, _END, 0))
    last = len(entries) - 1
    directory = b""
    for number, entry in enumerate(entries):
        right = number + 1 if 0 < number < last else _FREE
        directory += _entry(*entry, child=_FREE if number else 1, right=right)
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\0")
    chains += [*range(folder + 1, folder + len(directory) // 512), _END]
    own = len(chains)
    chains.append(_OWN)
    table = struct.pack(f"<{len(chains)}I", *chains).ljust(512, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 62, 3, 0xFFFE, 9, 6, b"", 0, 1, folder, 0, 4096,
        _END, 0, _END, 0, own,
    )  # fmt: skip
    return header.ljust(512, b"\xff") + sectors + directory + table


def _entry(name: str, kind: int, first: int, size: int, *, child: int, right: int) -> bytes:
    written = name.encode("utf-16-le")
    head = struct.pack("<64sHBB", written, len(written) + 2, kind, 1)
    return head + struct.pack("<III16sI8s8sIQ", _FREE, right, child, b"", 0, b"", b"", first, size)


def _ods(body: str) -> bytes:
    target = io.BytesIO()
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {names}><office:body>'
            f"<office:spreadsheet>{body}</office:spreadsheet></office:body>"
            "</office:document-content>",
        )
    return target.getvalue()


def cells(*words: str, repeat: int = 1) -> str:
    """A row of an ods sheet, given once and said to be repeated."""
    inner = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{word}</text:p></table:table-cell>'
        for word in words
    )
    return f'<table:table-row table:number-rows-repeated="{repeat}">{inner}</table:table-row>'


def ods(*rows: str) -> bytes:
    """An ods workbook of one sheet of patients."""
    return _ods(f'<table:table table:name="patients">{"".join(rows)}</table:table>')


_SECRET = {"EncryptionInfo": b"\4\0\4\0" + b"\0" * 5000, "EncryptedPackage": b"\x8a" * 9000}
_SOUND = ods(cells("trial", "patient"), cells("A", "1"))
CASES = (
    harmless(
        "A sound free workbook", 1, "a.ods", ods(cells("trial", "patient"), cells("Free", "1"))
    ),
    refused("A workbook locked by a password", "password|protect|encrypt", "a.xlsx", ole(_SECRET)),
    refused(
        "An old workbook locked by a password", "password|protect|encrypt", "a.xls", ole(_SECRET)
    ),
    refused("A page of HTML called xls", KIND, "a.xls", _HTML),
    refused("A text file called xls", KIND, "a.xls", "trial\tpatient\nA\t1\n"),
    refused(
        "An old document without a workbook in it",
        KIND,
        "a.xls",
        ole({"WordDocument": b"x" * 5000}),
    ),
    refused(
        "An old workbook of noise",
        KIND,
        "a.xls",
        ole({"Workbook": b"\x09\x08\x10\0" + b"\x5a" * 5000}),
    ),
    refused(
        "An old workbook cut in the middle", KIND, "a.xls", ole({"Workbook": b"\0" * 9000})[:4000]
    ),
    refused(
        "A free workbook cut in the middle", f"{KIND}|ods", "a.ods", _SOUND[: len(_SOUND) // 2]
    ),
    refused("A free workbook without content", f"{KIND}|ods|no rows", "a.ods", _ods("")),
    refused(
        "A free workbook with a header alone",
        "no rows|kind",
        "a.ods",
        ods(cells("trial", "patient")),
    ),
    refused(
        "An xlsx workbook called ods",
        f"{KIND}|ods",
        "a.ods",
        book([["trial", "patient"], ["A", 1]]),
    ),
)
