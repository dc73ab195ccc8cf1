"""What a case is: files made by a script, and what an upload of them must end in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HEAVY_SECONDS, HEAVY_MB = 30, 1000  # what the heaviest file may take
# The pool of every case holds this patient already, so a file of measurements stands alone.
BASE = "trial,patient,arm,sex,treatment_start\nBase,1,Len,F,2008-01-15\n"
MEASURED = "trial,patient,analyte,day,time,value,unit,low,high\n"

Make = Callable[[Path], list[Path]]


@dataclass(frozen=True)
class Case:
    """Files and what an upload of them must end in.

    Args:
        name: a sentence about the files.
        make: writes them into an empty folder and returns their paths.
        stored: the numbers of rows that may be stored; (0,) means that the upload is refused.
        words: a regular expression that the problems must match when a row was refused; "" when
            nothing is wrong.
        called: what the reader calls the files; their own names unless given.
        heavy: it takes seconds or much memory, so it runs in a process of its own.
    """

    name: str
    make: Make
    stored: tuple[int, ...] = (0,)
    words: str = ""
    called: tuple[str, ...] | None = None
    heavy: bool = False

    @property
    def expected(self) -> str:
        """The expectation in a word: refused, harmless, in part, or refused or stored."""
        if self.stored == (0,):
            return "refused"
        if 0 in self.stored:
            return "refused or harmless"
        return "in part" if self.words else "harmless"


def write(files: dict[str, str | bytes]) -> Make:
    """A maker of files by name and content."""

    def make(folder: Path) -> list[Path]:
        paths = []
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            paths.append(path)
        return paths

    return make


def refused(name: str, words: str, file: str, content: str | bytes) -> Case:
    """One file of which nothing may be stored, and what the problem must say."""
    return Case(name, write({file: content}), words=words)


def harmless(name: str, rows: int, file: str, content: str | bytes) -> Case:
    """One file that looks bad but is not: all its rows are stored and there is no error."""
    return Case(name, write({file: content}), stored=(rows,))


def either(name: str, rows: int, words: str, file: str, content: str | bytes) -> Case:
    """One file that is read rightly and whole, or refused in words; never read wrongly."""
    return Case(name, write({file: content}), stored=(0, rows), words=words)


def measured(*cells: str, **more: str) -> str:
    """A template of measurements of the patient in the pool; one row a keyword's change."""
    rows = [
        {"day": str(10 + i), "value": "5", "unit": "g/L", "analyte": "IgA"}
        for i in range(max(1, len(cells)))
    ]
    for row, cell in zip(rows, cells, strict=False):
        row["value"] = cell
    return MEASURED + "".join(_line({**row, **more}) for row in rows)


def _line(row: dict[str, str]) -> str:
    names = MEASURED.strip().split(",")[2:]
    cells = ['"' + row.get(name, "").replace('"', '""') + '"' for name in names]
    return ",".join(["Base", "1", *cells]) + "\n"
