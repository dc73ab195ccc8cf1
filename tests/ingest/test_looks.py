"""How columns look: facts from all rows, counted by hand here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import duckdb
import pyarrow as pa
import pytest

from igcore.ingest.mapping import looks
from igcore.ingest.mapping.looks import OPEN, Look, look

Cells = Sequence[str | None]


@pytest.fixture
def cursor() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    yield connection
    connection.close()


@pytest.fixture
def seen(cursor) -> Callable[..., Look]:
    """The look of one column with these cells."""

    def one(*cells: str | None) -> Look:
        table = {"line": range(len(cells)), "c0": pa.array(cells, pa.string())}
        cursor.register("one column", pa.table(table))
        return look(cursor, "one column", ["head"])[0]

    return one


def test_cells_words_and_examples_are_counted_without_blanks_and_empty_cells(seen):
    found = seen("ja", " ja ", "nein", None, "", "  ")
    assert (found.theirs, found.rows, found.filled, found.distinct) == ("head", 6, 3, 2)
    assert found.words == (("ja", 2), ("nein", 1))
    assert found.examples == ("ja", "nein")


def test_an_empty_column_an_empty_sheet_and_a_sheet_without_columns_have_looks(seen, cursor):
    assert seen(None, "") == Look(theirs="head", rows=2)
    assert seen() == Look(theirs="head")
    assert look(cursor, "one column", []) == ()


@pytest.mark.parametrize(
    "kind, cells",
    [
        ("numbers", "12|0,49|12.5|-3|1e3|1.234,5|1,234.5|.5|5."),
        ("readings", "<0,07|< 5|>=5000|≤ 5|>5,000"),
        ("iso", "2007-03-12|2007/3/2|2007-03-12T08:30|2007.03.12"),
        ("figures", "12.03.2007|12/3/07|1-2-2007|12. 3. 2007|12.03.2007 08:30"),
        ("named", "12-MAR-2007|3 mars 2007|März 3, 2007|12 de marzo de 2007|1 août 2007|02JAN08"),
        ("labels", "BL|baseline|Screening|M3|month 12|Monat 3|mois 3|mes_6|mese 1"),
        ("clocks", "08:30|8:30:15"),
        ("partial", "03/2007|2007-03"),
    ],
)
def test_each_kind_of_cell_is_told_from_all_others(seen, kind, cells):
    found = seen(*cells.split("|"))
    kinds = ("numbers", "readings", "iso", "figures", "named", "labels", "clocks", "partial")
    assert {name: getattr(found, name) for name in kinds if getattr(found, name)} == {kind: 1.0}


def test_words_ids_and_cycles_look_like_none_of_them(seen):
    found = seen("A001", "IgG kappa", "C1D1", "M", "Woche 4", "PAT-12-2007", "<", "1.2.3", "nan")
    assert found == Look(
        theirs="head", rows=9, filled=9, distinct=9, examples=found.examples, words=found.words
    )


def test_excel_serials_are_numbers_too_and_the_share_counts_every_cell(seen):
    found = seen("39448", "39449.5", "20080101", "14999", None, "x")
    assert found.numbers == 4 / 5
    assert found.serials == 3 / 5  # 14999 would be in 1941
    assert (found.lowest, found.highest) == (14999.0, 20080101.0)


def test_numbers_too_large_for_a_double_stop_nothing(seen):
    assert seen("1e400", "1").filled == 2


def test_facts_of_numbers(seen):
    found = seen("0", "2,5", "4", "<1")
    assert (found.lowest, found.highest, found.middle) == (0.0, 4.0, 2.5)
    assert found.zeros
    assert found.whole == 2 / 3


@pytest.mark.parametrize(
    "dates, orders, examples",
    [
        ("01.02.2007|13.02.2007", ("dmy",), ()),
        ("01/02/2007|02/13/2007", ("mdy",), ()),
        ("01/02/2007|03/04/2007|2007-12-31", ("dmy", "mdy"), ("01/02/2007", "03/04/2007")),
        ("05.05.2007|06.06.2007", ("dmy",), ()),
        ("13.02.2007|02.13.2007|01.02.2007", ("dmy", "mdy"), ("01.02.2007",)),
        ("2007-01-02", (), ()),
    ],
)
def test_the_order_of_day_and_month_is_decided_from_all_values(seen, dates, orders, examples):
    found = seen(*dates.split("|"))
    assert (found.orders, found.order_examples) == (orders, examples)


def test_one_slip_of_the_pen_does_not_undo_the_order(seen):
    assert seen(*[f"{day}.02.2007" for day in range(1, 28)], "13.13.2007").orders == ("dmy",)


@pytest.mark.parametrize(
    "numbers, grouping",
    [
        ("0,49|13,28|1,234", ""),  # the comma is the decimal sign of 0,49
        ("1,234|2,345|987", OPEN),
        ("1.234|987", OPEN),
        ("1,234|1,234.5", ","),
        ("1,234|1,234,567", ","),
        ("1.234|1.234,5", "."),
        ("1.234|0.541", ""),
        ("1,234|12.5", ","),
        ("1,234|0.541", OPEN),
        ("1,234|0,49|1,234.5", OPEN),
        ("1,234|12345,678", ""),
        ("<1,234|5", OPEN),
        ("12,5|0.7", ""),
        ("1.234,5|7", ""),  # no lone sign to be decided
    ],
)
def test_a_lone_sign_before_three_figures_is_read_by_the_other_numbers(seen, numbers, grouping):
    assert seen(*numbers.split("|")).grouping == grouping


def test_the_examples_of_an_open_sign_are_numbers_that_read_both_ways(seen):
    assert seen("1,234", "987", "2,345").grouping_examples == ("1,234", "2,345")


def test_columns_with_many_texts_give_the_same_facts_row_by_row(cursor, monkeypatch):
    cells = [f"{1 + i % 28:02}.02.2007" for i in range(300)]
    numbers = [f"{i},5" for i in range(300)]
    cursor.register("wide", pa.table({"line": range(300), "c0": cells, "c1": numbers}))
    grouped = look(cursor, "wide", ["date", "value"])
    monkeypatch.setattr(looks, "GROUPED", 0)
    single = look(cursor, "wide", ["date", "value"])
    for name in ("filled", "figures", "numbers", "orders", "grouping", "lowest", "highest"):
        assert [getattr(x, name) for x in single] == [getattr(x, name) for x in grouped], name
    assert single[0].words == ()
    assert len(single[0].examples) == 3


def test_sheets_with_more_columns_than_are_read_at_once_keep_their_order(cursor):
    columns = {f"c{i}": [str(i)] for i in range(120)}
    cursor.register("wide", pa.table({"line": [1], **columns}))
    found = look(cursor, "wide", [f"h{i}" for i in range(120)])
    assert [(x.theirs, x.examples) for x in found] == [(f"h{i}", (str(i),)) for i in range(120)]
