"""How the columns of an unknown sheet look: facts that a suggestion can be built on.

Every fact is an aggregate in SQL over all rows; only examples and short lists of words come out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

SQL = (Path(__file__).parents[1] / "sql" / "looks.sql").read_text()
# A column with more distinct texts than this is read row by row: grouping it first would cost
# memory and save nothing.
GROUPED = 2_000_000
CELLS_AT_ONCE = 2_000_000
COLUMNS_AT_ONCE = 50
WORDS = 200
LONGEST = 200  # letters of a cell that are looked at
OPEN = "open"
_SHARES = (
    "numbers", "figures", "iso", "named", "serials", "readings", "labels", "clocks", "partial",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Look:
    """How one column looks. Shares are of the filled cells, from 0 to 1.

    Args:
        theirs: header text.
        rows, filled, distinct: counts; `distinct` is approximate above two million.
        examples: up to three texts.
        words: all distinct texts with their counts, most frequent first; empty above 200 texts.
        numbers: numbers, Excel serials (also counted in `serials`, as yyyymmdd is) among them.
        figures, iso, named: dates such as 12.03.2007, 2007-03-12 and 12-MAR-2007.
        readings: numbers behind "<" or ">".
        labels: names of visits that are months of treatment: BL, M3, Month 3, 3 mois.
        clocks, partial: hh:mm; dates without a day.
        orders: the day-month orders that all `figures` allow; both: it must be asked.
        order_examples: two dates that both orders allow.
        grouping: "" where a lone sign is the decimal sign, "," or "." where that sign groups
            thousands, "open" where nothing in the column decides.
        grouping_examples: two numbers that can be read both ways.
        lowest, highest, middle: of the numbers, a lone sign taken as decimal; None without any.
        whole: share of the numbers that are whole. zeros: whether 0 is among them.
    """

    theirs: str
    rows: int = 0
    filled: int = 0
    distinct: int = 0
    examples: tuple[str, ...] = ()
    words: tuple[tuple[str, int], ...] = ()
    numbers: float = 0.0
    figures: float = 0.0
    iso: float = 0.0
    named: float = 0.0
    serials: float = 0.0
    readings: float = 0.0
    labels: float = 0.0
    clocks: float = 0.0
    partial: float = 0.0
    orders: tuple[str, ...] = ()
    order_examples: tuple[str, ...] = ()
    grouping: str = ""
    grouping_examples: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    middle: float | None = None
    whole: float = 0.0
    zeros: bool = False

    @property
    def dates(self) -> float:
        """Share of cells that are dates for certain, whole or partial."""
        return self.figures + self.iso + self.named + self.partial


def look(
    cursor: duckdb.DuckDBPyConnection, relation: str, header: Sequence[str]
) -> tuple[Look, ...]:
    """How every column of a sheet looks, in the order of its header.

    Args:
        relation: name of a table or view of text columns c0, c1, ... (null: an empty cell).
        header: their header, one text per column.
    """
    if not header:
        return ()
    source = '"' + relation.replace('"', '""') + '"'
    rows = cursor.execute(f"select count(*) from {source}").fetchall()[0][0]
    sizes: list[int] = []
    for first, last in _spans(len(header), COLUMNS_AT_ONCE):
        counted = ", ".join(f"approx_count_distinct(c{i})" for i in range(first, last))
        sizes += cursor.execute(f"select {counted} from {source}").fetchall()[0]
    grouped = [i for i, size in enumerate(sizes) if min(size, rows) <= GROUPED]
    single = [i for i in range(len(header)) if i not in set(grouped)]
    at_once = max(1, min(COLUMNS_AT_ONCE, CELLS_AT_ONCE // max(1, rows)))
    looks: dict[int, Look] = {}
    for first, last in _spans(len(grouped), at_once):
        looks |= _grouped(cursor, source, grouped[first:last], header, rows)
    for number in single:
        looks |= _single(cursor, source, number, header, rows, sizes[number])
    cursor.execute("drop view if exists look_cells")
    return tuple(looks.get(i, Look(theirs=name, rows=rows)) for i, name in enumerate(header))


def _spans(length: int, step: int) -> Iterator[tuple[int, int]]:
    return ((first, min(first + step, length)) for first in range(0, length, step))


def _grouped(
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    numbers: Sequence[int],
    header: Sequence[str],
    rows: int,
) -> dict[int, Look]:
    names = ", ".join(f"c{i}" for i in numbers)
    cursor.execute("drop view if exists look_cells")
    cursor.execute(
        "create or replace temp table look_texts as "
        f"select substr(place, 2)::integer as number, left(trim(text), {LONGEST}) as text, "
        "count(*) as n "
        f"from (unpivot (select {names} from {source}) on {names} into name place value text) "
        "where trim(text) <> '' group by all"
    )
    cursor.execute("create or replace temp view look_cells as from look_texts")
    words = _words(cursor)
    looks = {
        fact["number"]: _look(header[fact["number"]], rows, fact, fact["texts"], words)
        for fact in _facts(cursor, exact=True)
    }
    cursor.execute("drop view look_cells")
    cursor.execute("drop table look_texts")
    return looks


def _single(
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    number: int,
    header: Sequence[str],
    rows: int,
    distinct: int,
) -> dict[int, Look]:
    cursor.execute(
        f"create or replace temp view look_cells as select {int(number)} as number, "
        f"left(trim(c{int(number)}), {LONGEST}) as text, 1 as n "
        f"from {source} where trim(c{int(number)}) <> ''"
    )
    seen = cursor.execute(
        "select text from (select text from look_cells limit 1000) group by text "
        "order by text limit 3"
    ).fetchall()
    words = {number: [(text, 0) for (text,) in seen] + [("", 0)] * WORDS}
    facts = _facts(cursor, exact=False)
    return {number: _look(header[number], rows, facts[0], distinct, words)} if facts else {}


def _facts(cursor: duckdb.DuckDBPyConnection, *, exact: bool) -> list[dict]:
    found = cursor.execute(SQL, {"exact": exact})
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _words(cursor: duckdb.DuckDBPyConnection) -> dict[int, list[tuple[str, int]]]:
    """Per column the most frequent texts, one more than are listed so that a longer list shows."""
    found = cursor.execute(
        "select number, text, n from look_cells qualify row_number() over "
        "(partition by number order by n desc, text) <= $most order by number, n desc, text",
        {"most": WORDS + 1},
    ).fetchall()
    words: dict[int, list[tuple[str, int]]] = {}
    for number, text, n in found:
        words.setdefault(number, []).append((text, n))
    return words


def _look(
    theirs: str, rows: int, fact: dict, distinct: int, words: dict[int, list[tuple[str, int]]]
) -> Look:
    filled = fact["filled"]
    told = words[fact["number"]]
    orders = _orders(fact)
    grouping = _grouping(fact)
    return Look(
        theirs=theirs,
        rows=rows,
        filled=filled,
        distinct=distinct,
        examples=tuple(text for text, _ in told[:3] if text),
        words=tuple(told) if len(told) <= WORDS else (),
        **{name: fact[name] / filled for name in _SHARES},
        orders=orders,
        order_examples=tuple(fact["either"] or ()) if len(orders) == 2 else (),
        grouping=grouping,
        grouping_examples=tuple(fact["open_examples"] or ()) if grouping else (),
        lowest=fact["lowest"],
        highest=fact["highest"],
        middle=fact["middle"],
        whole=fact["whole"] / fact["numbers"] if fact["numbers"] else 0.0,
        zeros=fact["zeros"],
    )


def _orders(fact: dict) -> tuple[str, ...]:
    """The orders that all dates in figures allow; one slip of the pen in twenty is let pass."""
    dates = fact["figures"]
    if not dates:
        return ()
    whole = tuple(order for order in ("dmy", "mdy") if fact[order] == dates)
    if len(whole) == 2:
        return whole if fact["either"] else ("dmy",)  # 05.05.2007 reads the same both ways
    nearly = tuple(order for order in ("dmy", "mdy") if fact[order] >= 0.95 * dates)
    return whole or (nearly if len(nearly) == 1 else ("dmy", "mdy"))


def _grouping(fact: dict) -> str:
    """What a lone sign before exactly three figures means, by the column's other numbers."""
    read = {}
    for sign, name, other in ((",", "comma", "point"), (".", "point", "comma")):
        if not fact[f"open_{name}"]:
            continue
        decimal = fact[f"{name}_decimal"] or fact[f"{other}_groups"]
        groups = fact[f"{name}_groups"]
        # 12.5 beside 1,234 tells that the comma groups, but 0.541 beside it does not.
        likely = fact[f"{other}_decimal"] and not fact["three_decimals"]
        if decimal != groups:
            read[sign] = sign if groups else ""
        else:
            read[sign] = sign if likely and not decimal else OPEN
    if OPEN in read.values():
        return OPEN
    return next((sign for sign in read.values() if sign), "")
