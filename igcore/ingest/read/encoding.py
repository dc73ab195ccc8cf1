"""Which encoding a text file has, decided by looking at all of it, and its text as UTF-8 bytes."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from igcore.errors import UnreadableFile

ENCODINGS = ("utf-8", "utf-16", "windows-1252", "latin-1")
CHUNK = 1 << 22
MARK = codecs.BOM_UTF8
SAVE_AS = "Save it as CSV in UTF-8."
# Bytes that windows-1252 leaves undefined.
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
# Letters with accents, Greek letters and typographic signs as UTF-8 writes them. Read as
# windows-1252 they would be pairs like "Ã¼", which no language writes.
_UTF8_INSIDE = re.compile(rb"[\xc2\xc3\xce\xcf][\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf]")


@dataclass(frozen=True)
class Encoding:
    """What was decided: `name` for the reader, `codec` for Python, and what is told.

    `odd_line_ends` is true where carriage returns stand without a line feed (old Macs).
    """

    name: str
    codec: str
    odd_line_ends: bool
    notes: tuple[str, ...] = ()


def decide(path: Path, wanted: str = "") -> Encoding:
    """The encoding of a whole file, or the wanted one after proof that the text fits it.

    Raises:
        UnreadableFile: no encoding fits, the wanted one does not, or two are mixed.
    """
    if wanted and wanted not in ENCODINGS:
        raise UnreadableFile(
            f'The encoding "{wanted}" is not known.', f"Choose one of {', '.join(ENCODINGS)}."
        )
    with path.open("rb") as file:
        head = file.read(1 << 14)
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if wanted == "utf-16" or (not wanted and (marked or _wide(head))):
        return _utf16(path, head, marked)
    if wanted not in ("windows-1252", "latin-1"):
        fits, odd = _fits(path, "utf-8")
        if fits:
            return Encoding("utf-8", "utf-8", odd)
        if wanted:
            raise UnreadableFile("Its text is not UTF-8.", "Choose another encoding.")
    return _one_byte(path, wanted)


def _wide(head: bytes) -> str:
    """The codec of UTF-16 without a mark, by where the zero bytes of its ASCII letters stand."""
    half = len(head) // 2
    if half < 2:
        return ""
    for codec, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        others = head[::2] if codec == "utf-16-le" else head[1::2]
        if zeros.count(0) > 0.4 * half and others.count(0) < 0.05 * half:
            return codec
    return ""


def _utf16(path: Path, head: bytes, marked: bool) -> Encoding:
    codec = "utf-16" if marked else _wide(head) or "utf-16-le"
    fits, odd = _fits(path, codec)
    if not fits:
        of = " of its first bytes" if marked else ""
        raise UnreadableFile(f"Its text is not the UTF-16{of}.", SAVE_AS)
    notes = () if marked else ("The text carries no mark; it was read as UTF-16.",)
    return Encoding("utf-16", codec, odd, notes)


def _one_byte(path: Path, wanted: str) -> Encoding:
    undefined = odd = False
    line = 1
    with path.open("rb") as file:
        while chunk := file.read(CHUNK) + file.readline(1 << 20):
            if not wanted and (inside := _UTF8_INSIDE.search(chunk)):
                line += chunk.count(b"\n", 0, inside.start())
                raise UnreadableFile(
                    f"Its text mixes UTF-8 (line {line}) with another encoding.",
                    "Save it as CSV in UTF-8, or choose the encoding that is meant.",
                )
            undefined = undefined or bool(_UNDEFINED.search(chunk))
            odd = odd or chunk.count(b"\r") != chunk.count(b"\r\n")
            line += chunk.count(b"\n")
    if wanted == "windows-1252" and undefined:
        raise UnreadableFile("Its text is not windows-1252.", "Choose another encoding.")
    # In latin-1 these bytes are control signs, which nobody writes: the file is of another kind.
    if undefined and not wanted:
        raise UnreadableFile(
            "Its text is not UTF-8 or windows-1252.",
            f"{SAVE_AS} Or choose the encoding that is meant.",
        )
    name = wanted or "windows-1252"
    told = f"The text is not UTF-8; it was read as {name}."
    return Encoding(name, "cp1252" if name == "windows-1252" else name, odd, (told,))


def _fits(path: Path, codec: str) -> tuple[bool, bool]:
    """Whether all of a file decodes, and whether it has carriage returns without line feeds."""
    decoder = codecs.getincrementaldecoder(codec)()
    plain = codec == "utf-8"
    odd = after_return = False
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            if plain and chunk.isascii() and not decoder.getstate()[0]:
                text, mark, pair, feed = chunk, b"\r", b"\r\n", b"\n"
            else:
                try:
                    text, mark, pair, feed = decoder.decode(chunk, not chunk), "\r", "\r\n", "\n"
                except UnicodeError:
                    return False, odd
            odd = odd or (after_return and not text.startswith(feed) and bool(chunk))
            returns = text.count(mark) if mark in text else 0
            after_return = bool(text) and text.endswith(mark)
            odd = odd or returns - after_return != (text.count(pair) if returns else 0)
            if not chunk:
                return True, odd or after_return


class _Transcoder(io.RawIOBase):
    """Bytes of any codec as bytes of UTF-8, without a mark."""

    def __init__(self, file: BinaryIO, codec: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(codec)()
        self._left = memoryview(b"")
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, target) -> int:
        while not self._left and not self._ended:
            chunk = self._file.read(1 << 20)
            self._ended = not chunk
            self._left = memoryview(self._decoder.decode(chunk, self._ended).encode())
        taken = self._left[: len(target)]
        target[: len(taken)] = taken
        self._left = self._left[len(taken) :]
        return len(taken)

    def close(self) -> None:
        self._file.close()
        super().close()


def open_as_utf8(path: Path, encoding: Encoding) -> io.BufferedReader:
    """A file's text as bytes of UTF-8, without a mark at the beginning."""
    file = path.open("rb", buffering=1 << 20)
    if encoding.codec != "utf-8":
        file = io.BufferedReader(_Transcoder(file, encoding.codec), 1 << 20)
    if file.peek(len(MARK)).startswith(MARK):
        file.read(len(MARK))
    return file


__all__ = ["ENCODINGS", "SAVE_AS", "Encoding", "decide", "open_as_utf8"]
