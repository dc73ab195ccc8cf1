"""Which columns of a sheet could tell who a patient is: by their header and by what stands in them.

No message repeats a value: personal data are named by their column alone.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb

from igcore.ingest.privacy.headers import (
    ADDRESS,
    AN_ID,
    BIRTH,
    E_MAIL,
    INSURANCE,
    NAME,
    NOT_A_PERSON,
    TELEPHONE,
    by_header,
    plain,
    words_of,
)
from igcore.ingest.privacy.numbers import IDENTITY_NUMBERS, passes

_ROWS, _CELLS, _WINDOWS = 2_000, 1_000_000, 20
# The time to bind a query grows with the square of its columns; no ward keeps as many.
_COLUMNS = 1_000


@dataclass(frozen=True)
class Personal:
    """A column that looks personal: its header, its place, what it seems to be and why."""

    column: str
    index: int
    kind: str
    reason: str


def personal(
    cursor: duckdb.DuckDBPyConnection, relation: str, header: Sequence[str]
) -> tuple[Personal, ...]:
    """The columns of a staged sheet that look personal, in the order of the sheet.

    Args:
        relation: name of a relation with the text columns line, c0, c1, ... in the header's order.

    All headers are read. Of the first 1,000 other columns, the first 2,000 rows are looked at and,
    where words or dates stand in a column, about as many from nineteen places further down.
    """
    found: dict[int, Personal] = {}
    for index, text in enumerate(header):
        kind = by_header(text)
        if kind:
            found[index] = Personal(text, index, kind, f"Its header says that it holds {kind}.")
    rest = [index for index in range(len(header)) if index not in found][:_COLUMNS]
    sample = _sample(cursor, relation, rest)
    patients = _patients(header, sample)
    dates = {index: years for index in rest if (years := _years(sample[index]))}
    for index in rest:
        words = plain(header[index])
        told = _by_content(words, sample[index], patients) or _born(index, dates)
        if told:
            found[index] = Personal(header[index], index, *told)
    return tuple(found[index] for index in sorted(found))


def _sample(
    cursor: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[int]
) -> dict[int, list[str | None]]:
    """Trimmed cells of some rows per column, empty ones as None; the same rows for all columns."""
    if not columns:
        return {}
    # A very wide sheet is looked at in fewer rows, so that the sample stays small.
    most = min(_ROWS, max(_CELLS // len(columns), 50))
    cells = _take(cursor, relation, columns, f"limit {most}")
    if all(len(column) < most for column in cells.values()):
        return cells
    # A column of numbers alone is not worth a second look.
    again = [index for index, column in cells.items() if not _numbers(column)]
    last = cursor.execute(f"select max(line) from {_quoted(relation)}").fetchall()[0][0]
    step, some = last // _WINDOWS, max(most // _WINDOWS, 1)
    windows = " or ".join(
        f"line between {step * n} and {step * n + some - 1}" for n in range(1, _WINDOWS)
    )
    for index, more in _take(cursor, relation, again, f"where {windows}").items():
        cells[index] = cells[index] + more
    return cells


def _take(
    cursor: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[int], which: str
) -> dict[int, list[str | None]]:
    if not columns:
        return {}
    listed = ", ".join(f"c{index}" for index in columns)
    rows = cursor.execute(f"select {listed} from {_quoted(relation)} {which}").fetchall()
    return {
        index: [(row[n] or "").strip() or None for row in rows] for n, index in enumerate(columns)
    }


def _quoted(relation: str) -> str:
    return '"' + relation.replace('"', '""') + '"'


def _numbers(column: Sequence[str | None]) -> bool:
    """True for a column of measured numbers; ten figures could be a number of insurance."""
    some = [cell for cell in column if cell][:200]
    return bool(some) and all(re.fullmatch(r"[<>+-]?\d{1,8}([.,]\d+)?", cell) for cell in some)


def _patients(
    header: Sequence[str], sample: dict[int, list[str | None]]
) -> list[str | None] | None:
    """The sampled cells of the column that says which patient a row is about, if there is one."""
    for pattern in (r"usubjid|subjid|public id", r"\b(patient\w*|pat|pt|subject)\b"):
        for index, cells in sample.items():
            if re.search(pattern, plain(header[index])) and any(cells):
                return cells
    return None


_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}")
_CALL = re.compile(
    r"(?![+-]?\d+[.,]\d+$)(\+\d[\d ()/.-]{7,18}\d|\(?0\d{2,5}\)?[ /-]{1,3}\d[\d /-]{4,12}|"
    r"\(?\d{3}\)?[ .-]\d{3}[.-]\d{4}|0\d([ .-]\d\d){4}|01[567]\d{8,9}|0[67]\d{8})"
)
_WHERE = re.compile(
    r"(.*(stra(ss|ß)e|str\.|weg|platz|allee|gasse|street|road|avenue|lane|drive)\b.*\d.*|\d+\w?,? .*"
    r"\b(street|road|avenue|lane|drive|rue|boulevard|st|ave)\b.*|"
    r"(rue|via|viale|piazza|corso|calle|avenida|plaza) [^\W\d].* \d+.*|"
    r"[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2})",
    re.IGNORECASE,
)
_WORD = r"[^\W\d_a-zß-ÿ][^\W\d_]*(?:['’-][^\W\d_]+)*"
_LIST = re.compile(rf"(?:\w+ ){{0,2}}{_WORD}, ?{_WORD}(?: {_WORD}| [A-Z]\.)*")
_PAIR = re.compile(
    rf"(?:(?:Dr|Prof|Mr|Mrs|Ms|Herr|Frau)\.? )*{_WORD}(?: [A-Z]\.)?"
    rf"(?: (?:van|von|der|de|di|del))* {_WORD}"
)
# Frequent enough that some of them are among the patients of any Western clinic.
_FIRST_NAMES = words_of(
    "anna maria hans peter john mary james robert michael william david thomas christian andreas "
    "stefan klaus wolfgang jürgen jurgen helmut gerhard werner heinz karl josef franz ursula "
    "monika petra sabine renate helga karin brigitte ingrid erika christa gisela jean pierre michel "
    "andré andre philippe alain jacques bernard marie nathalie isabelle sylvie catherine françoise "
    "monique jose josé antonio manuel francisco juan carmen josefa isabel dolores pilar teresa "
    "giuseppe giovanni mario luigi francesco angela rosa giuseppina paolo marco patricia linda "
    "barbara elizabeth jennifer susan margaret dorothy george charles joseph richard edward "
    "henry paul mark emma"
)


def _by_content(
    words: str, cells: Sequence[str | None], patients: Sequence[str | None] | None
) -> tuple[str, str] | None:
    """Kind and reason if the cells themselves look personal."""
    different = list(dict.fromkeys(cell for cell in cells if cell))
    if any("@" in cell and _MAIL.search(cell) for cell in different):
        return E_MAIL, "Some of its cells hold an e-mail address."
    if len(different) < 3 or _numbers(different):
        return None

    def share(fits: Callable[[str], object]) -> float:
        return sum(bool(fits(cell)) for cell in different) / len(different)

    for number in IDENTITY_NUMBERS:
        if passes(number, different):
            return INSURANCE, f"Its cells are built like {number.words}."
    if not AN_ID.search(words) and share(_CALL.fullmatch) >= 0.5:
        return TELEPHONE, "At least half of its cells are written like telephone numbers."
    if share(_WHERE.fullmatch) >= 0.5:
        return ADDRESS, "At least half of its cells are written like a street or a postcode."
    if not NOT_A_PERSON.search(words) and _named(cells, different, patients, share):
        return NAME, "Its cells are written like first names and surnames."
    return None


def _named(
    cells: Sequence[str | None],
    different: Sequence[str],
    patients: Sequence[str | None] | None,
    share: Callable[[Callable[[str], object]], float],
) -> bool:
    """True if the cells are first names, or two capitalised words that differ for each patient."""
    first = share(lambda cell: _FIRST_NAMES & set(re.findall(r"[^\W\d_]+", cell.lower())))
    written = share(lambda cell: _LIST.fullmatch(cell) or _PAIR.fullmatch(cell))
    if written >= 0.6 and first >= 0.2:
        return True
    if first >= 0.6 and share(lambda cell: len(cell.split()) <= 2) >= 0.8:
        return True
    if written < 0.8 or len(different) < 5:
        return False
    if patients is None or patients is cells:
        return len(different) >= 0.8 * sum(cell is not None for cell in cells)
    pairs = {pair for pair in zip(patients, cells, strict=False) if all(pair)}
    known = {patient for patient, _ in pairs}
    return len(different) >= 0.8 * len(known) and len(pairs) <= 1.1 * len(known)


_DATE = re.compile(
    r"(?:(\d{4})[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./ ]+(?:\d{1,2}|[^\W\d]{3,9}\.?)[-./ ]+(\d{4}|\d{2}))"
    r"(?:[T ,].*)?"
)


def _years(cells: Sequence[str | None]) -> list[int]:
    """The years, sorted, of a column of dates; empty if most of its cells are no dates."""
    different = {cell for cell in cells if cell}
    found = [match for cell in different if (match := _DATE.fullmatch(cell))]
    if len(found) < 3 or len(found) < 0.8 * len(different):
        return []
    this = datetime.datetime.now(tz=datetime.UTC).year
    years = [int(match[1] or match[2]) for match in found]
    return sorted(y if y > 99 else y + (2000 if y + 2000 <= this else 1900) for y in years)


def _born(index: int, dates: dict[int, list[int]]) -> tuple[str, str] | None:
    """Kind and reason if a column's dates lie a life before the others, or before today."""
    years = dates.get(index)
    if not years or len(set(years)) < min(5, len(years)):
        return None
    others = [every[len(every) // 2] for other, every in dates.items() if other != index]
    middle, today = years[len(years) // 2], datetime.datetime.now(tz=datetime.UTC).year
    # Without other dates to compare with, a trial of the last fifty years stays in peace.
    latest, gap = (max(others), 25) if others else (today, 50)
    alive = sum(15 <= latest - year <= 110 for year in years) / len(years)
    if latest - middle < gap or alive < 0.9:
        return None
    than = "the other dates of the sheet" if others else "today"
    return BIRTH, f"Its dates lie decades before {than}, as only birth dates do."
