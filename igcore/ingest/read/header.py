"""Where the header of a table stands: titles above it, two lines of it, units under it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from igcore.errors import UnreadableFile

SAMPLE = 200  # rows looked at
DEPTH = 30  # of the rows with text, how many may stand above the header
# First and last line, first and last column (from 0) of merged cells.
Merged = tuple[int, int, int, int]
Row = tuple[int, Sequence[str | None]]

_NO_WORD = re.compile(
    r"[-+<>=≤≥~±\s]*\d[\d.,:/'\s+\-T%eE]*"  # numbers, "<5", dates and times
    r"|\d{1,2}[-. ]?[A-Za-zäé]{3,9}[-. ]?\d{2,4}|[-./?]+|n\.?/?[adbk]\.?|nan|null",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"[(\[]?\s*(?:%|(?:[mµμnpkd]?g|[mµμn]?mol|[km]?I?[UE]|mval|g|10\S*|cells|x?10\^?\d+)\s*/\s*"
    r"(?:[dmcµμ]?l|µl|24 ?h|d|h|m2|m²|kg|nl|fl)|years?|months?|weeks?|days?|jahre?|monate?|tage?"
    r"|ans|mois|jours|años|anni|cm|kg|mm/h|mmhg|fl|pg|g%)\s*[)\]]?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Header:
    """Indexes of the header's first and last row among the rows looked at, its cells, notes."""

    first: int
    last: int
    cells: tuple[str | None, ...]
    notes: tuple[str, ...]


def find(
    rows: Sequence[Row], *, merged: Sequence[Merged] = (), line: int | None = None
) -> Header | None:
    """The header among the first rows of a table, or None when they are all blank.

    It is the first row with text, unless that is a title: much narrower than the table, with a
    row of words about as wide as the table under it. `line` states where it begins instead.

    Raises:
        UnreadableFile: nothing stands in the stated line.
    """
    filled = [i for i, (_, cells) in enumerate(rows) if any(cells)]
    if not filled:
        return None
    if line is None:
        first = _first(rows, filled, merged)
    else:
        first = next((i for i in filled if rows[i][0] == line), None)
        if first is None:
            raise UnreadableFile(
                f"Line {line} is blank or too far down, so it cannot be the header.",
                f"Choose a line with text among the first {SAMPLE}.",
            )
    cells, last, notes = _cells(rows, first, merged)
    above = [i for i in filled if i < first]
    if above:
        said = " ".join(filter(None, rows[above[0]][1]))[:80]
        notes.insert(0, f'{_lines(rows, above)} above the header left out ("{said}").')
    words = [cell for cell in cells if cell]
    if len(words) > 1 and sum(map(is_word, words)) < len(words) / 2:
        notes.append("The header looks like a row of data; if it is one, put the names above it.")
    return Header(first, last, tuple(cells), tuple(notes))


def is_word(text: str) -> bool:
    """True for text that is no number, date, clock or sign of a missing value."""
    return not _NO_WORD.fullmatch(text)


def _lines(rows: Sequence[Row], indexes: Sequence[int]) -> str:
    if len(indexes) == 1:
        return f"Line {rows[indexes[0]][0]} was"
    return f"Lines {rows[indexes[0]][0]} to {rows[indexes[-1]][0]} were"


def _width(cells: Sequence[str | None]) -> int:
    return max((i for i, cell in enumerate(cells, 1) if cell), default=0)


def _first(rows: Sequence[Row], filled: Sequence[int], merged: Sequence[Merged]) -> int:
    """Index of the header's first row."""
    spread = {i: _spread(rows[i], merged) for i in filled}
    counted = Counter(_width(cells) for cells in spread.values())
    # By area: a table outweighs the lines of text above it.
    table = max(counted, key=lambda width: (width * counted[width], width))
    for place, i in enumerate(filled[:DEPTH]):
        cells = [cell for cell in spread[i] if cell]
        title = len(cells) <= table / 2 or (len(set(cells)) == 1 and table > 1)
        if place == 0 and not title:
            return i
        wide = len(cells) >= 0.75 * table and len(set(cells)) > 1
        if wide and sum(map(is_word, cells)) > 0.7 * len(cells) and i != filled[-1]:
            return _group_above(rows, filled, place, table)
        if not title:
            break
    return filled[0]


def _group_above(rows: Sequence[Row], filled: Sequence[int], place: int, table: int) -> int:
    """The row above the header instead, when it names groups of columns that the header needs."""
    i = filled[place]
    names = [cell.lower() for cell in rows[i][1] if cell]
    if not place or len(set(names)) == len(names):
        return i
    groups = [cell for cell in rows[filled[place - 1]][1] if cell]
    return filled[place - 1] if 1 < len(groups) < table and all(map(is_word, groups)) else i


def _spread(row: Row, merged: Sequence[Merged]) -> list[str | None]:
    """Cells of a row, a merged one counted for all its columns."""
    line, cells = row
    spread = list(cells)
    for top, bottom, left, right in merged:
        if top == line and bottom >= top and left < len(spread) and spread[left]:
            spread[left : right + 1] = [spread[left]] * (min(right + 1, len(spread)) - left)
    return spread


def _cells(
    rows: Sequence[Row], first: int, merged: Sequence[Merged]
) -> tuple[list[str | None], int, list[str]]:
    """The header's cells, the index of its last row, and what is to be told."""
    top = _spread(rows[first], merged)
    if first + 1 >= len(rows):
        return top, first, []
    under = list(rows[first + 1][1])
    joined = f"The header has two lines ({rows[first][0]} and {rows[first + 1][0]}), joined"
    if _units(top, under):
        return _join(top, under), first + 1, [f"{joined}: the second one holds units."]
    line = rows[first][0]
    spans = [(m[2], m[3]) for m in merged if m[0] == line == m[1] and m[3] > m[2]]
    if spans:
        covered = {i for left, right in spans for i in range(left, right + 1)}
        below = [under[i] for i in sorted(covered) if i < len(under) and under[i]]
        if (below and all(map(is_word, below))) or _numbered(spans, under):
            return _counted(_join(top, under), spans), first + 1, [f"{joined}."]
        return _counted(top, spans), first, []
    if _subheads(top, under, [cells for _, cells in rows[first + 2 :]]):
        return _join(_carried(top, under), under), first + 1, [f"{joined}."]
    return top, first, []


def _numbered(spans: Sequence[tuple[int, int]], under: Sequence[str | None]) -> bool:
    """Under merged names stand numbers 0, 1, 2 ... that differ: months or visits, not data."""
    return all(
        len(set(under[left : right + 1])) == right + 1 - left
        and all(cell and cell.isdigit() and len(cell) < 3 for cell in under[left : right + 1])
        for left, right in spans
    )


def _counted(cells: list[str | None], spans: Sequence[tuple[int, int]]) -> list[str | None]:
    """Cells in which the columns of a merged name that share it are counted: IgA, IgA (2)."""
    counted = list(cells)
    for left, right in spans:
        for i in range(left + 1, min(right + 1, len(cells))):
            twins = cells[left:i].count(cells[i])
            if cells[i] and twins:
                counted[i] = f"{cells[i]} ({twins + 1})"
    return counted


def _units(top: Sequence[str | None], under: Sequence[str | None]) -> bool:
    """A row of units: nothing else in it, and at least one column without."""
    filled = [cell for cell in under if cell]
    named = {(cell or "").lower() for cell in top}
    if not filled or len(filled) >= sum(1 for cell in top if cell):
        return False
    return all(_UNIT.fullmatch(cell) for cell in filled) and not named & {
        "unit",
        "units",
        "einheit",
    }


def _subheads(
    top: Sequence[str | None], under: Sequence[str | None], data: Sequence[Sequence[str | None]]
) -> bool:
    """Words under the gaps of a first line, with numbers under them: a second header line."""
    width = _width(under)
    gaps = [i for i in range(width) if under[i] and (i >= len(top) or not top[i])]
    filled = [cell for cell in under if cell]
    if not gaps or not all(map(is_word, filled)):
        return False
    below = [cells[i] for cells in data for i in gaps if i < len(cells) and cells[i]]
    return bool(below) and sum(map(is_word, below)) < len(below) / 2


def _carried(top: Sequence[str | None], under: Sequence[str | None]) -> list[str | None]:
    """A first line whose names count for the gaps to their right."""
    carried: list[str | None] = []
    for i in range(max(len(top), _width(under))):
        given = top[i] if i < len(top) else None
        below = under[i] if i < len(under) else None
        carried.append(given or (carried[-1] if carried and below else None))
    return carried


def _join(top: Sequence[str | None], under: Sequence[str | None]) -> list[str | None]:
    wide = max(len(top), len(under))
    pairs = zip(
        [*top, *[None] * (wide - len(top))], [*under, *[None] * (wide - len(under))], strict=True
    )
    return [" ".join(filter(None, pair)) or None for pair in pairs]


__all__ = ["SAMPLE", "Header", "Merged", "find", "is_word"]
