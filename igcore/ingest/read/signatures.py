"""What a file is, by its first bytes, and refusals of files that are something else."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from igcore.errors import UnreadableFile

SAS = bytes.fromhex("000000000000000000000000c2ea8160b31411cfbd92080009c7318c181f1011")
# Kind -> what it is in words, and the ending that it should have.
KINDS = {
    "xlsx": ("an xlsx workbook", ".xlsx"),
    "xlsb": ("an xlsb workbook", ".xlsb"),
    "xls": ("an xls workbook", ".xls"),
    "ods": ("an ods workbook", ".ods"),
    "gz": ("a gz archive", ".csv.gz"),
    "parquet": ("a parquet file", ".parquet"),
    "xpt": ("a SAS transport file", ".xpt"),
    "sas7bdat": ("a SAS data set", ".sas7bdat"),
    "sav": ("an SPSS file", ".sav"),
    "dta": ("a Stata file", ".dta"),
    "json": ("a Dataset-JSON file", ".json"),
    "text": ("a text file", ".csv"),
    "zip": ("a zip archive", ""),
    "torn": ("a torn zip archive or workbook", ""),
    "word": ("a Word document", ""),
    "pdf": ("a PDF document", ""),
    "html": ("a web page", ""),
    "rtf": ("a Word document (rtf)", ""),
    "picture": ("a picture", ""),
}
_BEGINNINGS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"\x1f\x8b", "gz"),
    (b"PAR1", "parquet"),
    (b"HEADER RECORD*******", "xpt"),
    (SAS, "sas7bdat"),
    (b"$FL2", "sav"),
    (b"$FL3", "sav"),
    (b"<stata_dta>", "dta"),
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
)
# What zipfile raises for damaged archives.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, KeyError)
LARGEST = 2 << 30
SUSPICIOUS = 200 << 20
RATIO = 200


def refuse_others(path: Path, kind: str) -> None:
    """Refuse a file whose first bytes tell that it is of another kind than its ending says.

    Raises:
        UnreadableFile: with what it seems to be.
    """
    seen = seems(path)
    torn = seen == "torn" and kind in ("xlsx", "xlsb", "ods")  # their reader says so
    if seen in (None, kind) or torn or (seen == "text" and kind in ("json", "dta")):
        return
    if kind == "xlsx" and seen == "xls" and _encrypted(path):
        raise UnreadableFile(
            "The workbook is protected by a password.", "Save it again without a password."
        )
    words, ending = KINDS[seen]
    cure = f"Give it the ending {ending}, if that is right." if ending else "Save the table as CSV."
    raise UnreadableFile(f"It is not {KINDS[kind][0]}; it seems to be {words}.", cure)


def seems(path: Path) -> str | None:
    """The kind that the first bytes tell, or None when they tell nothing."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    kind = next((kind for start, kind in _BEGINNINGS if head.startswith(start)), None)
    if kind:
        return kind
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if bare.startswith((b"<!doctype html", b"<html", b"<table")):
        return "html"
    if bare.startswith((b'{"', b"{\n", b"{\r", b"{ ", b"[{", b"[[")):
        return "json"
    control = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in head)
    return None if control or not head else "text"


def _zipped(path: Path) -> str:
    """What a zip file holds, or that it is torn."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = set(archive.namelist())
    except (*BROKEN, OSError):
        return "torn"
    if "xl/workbook.bin" in inside:
        return "xlsb"
    if any(name.startswith("xl/") for name in inside):
        return "xlsx"
    if any(name.startswith("word/") for name in inside):
        return "word"
    return "ods" if "content.xml" in inside else "zip"


def _encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        return "EncryptedPackage".encode("utf-16-le") in file.read(1 << 20) + _tail(path)


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - (1 << 20)))
        return file.read()


def refuse_bomb(path: Path) -> None:
    """Refuse a zip file that unpacks to more than is sensible, by its own directory.

    Raises:
        UnreadableFile: it is a bomb, is locked by a password, or its directory is torn.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (*BROKEN, OSError) as error:
        raise UnreadableFile("The workbook is torn.", "Save or copy it again.") from error
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFile(
            "The workbook is protected by a password.", "Save it again without a password."
        )
    size = sum(member.file_size for member in members)
    bomb = size > SUSPICIOUS and size > RATIO * path.stat().st_size
    if size > LARGEST or bomb or len(members) > 20_000:
        raise UnreadableFile(
            f"Unpacked, the workbook would take {size / (1 << 20):,.0f} MB.",
            "Give its tables as CSV; if it is a small workbook, it is damaged.",
        )


__all__ = ["BROKEN", "KINDS", "refuse_bomb", "refuse_others", "seems"]
