"""What a sheet leaves open and only its reader can say: order of dates, decimal signs, units."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from igcore.ingest.mapping.document import DURATIONS, ROLES, Field
from igcore.ingest.mapping.looks import OPEN
from igcore.ingest.mapping.words_columns import Column

UNITS = ("g/L", "mg/dL", "g/dL", "mg/L")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
# Middles of healthy adults in g/L; a median within a factor of six of one fits that unit.
_USUAL = {"IgA": 2.3, "IgG": 11.5, "IgM": 1.4}
_PER_GRAM = {"g/L": 1.0, "mg/dL": 100.0, "g/dL": 0.1, "mg/L": 1000.0}
_Pairs = Sequence[tuple[Column, Field]]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One thing to be asked.

    Args:
        theirs: the column; also: further columns that the same answer serves.
        what: "day-month order", "decimal or thousands" or "unit".
        text: the question with two examples.
        choices: (value, words): the value goes into the field's dates, thousands or unit.
    """

    theirs: str
    what: str
    text: str
    choices: tuple[tuple[str, str], ...]
    also: tuple[str, ...] = ()


def questions(fields: _Pairs) -> tuple[Question, ...]:
    """The questions of a sheet, in the order of its columns; one for columns that are alike."""
    rowwise = any(made.ours == "unit" for _, made in fields)
    asked = [*_orders(fields), *_groupings(fields), *_durations(fields)]
    if not rowwise:
        asked += _units(fields)
    place = {column.look.theirs: i for i, (column, _) in enumerate(fields)}
    return tuple(sorted(asked, key=lambda question: place[question.theirs]))


def _orders(fields: _Pairs) -> list[Question]:
    told = {made.dates for _, made in fields if made.dates}
    others = ""
    if len(told) == 1:
        first = "day" if told == {"dmy"} else "month"
        others = f" The other dates of the sheet have the {first} first."
    wanted = [(c, made) for c, made in fields if made.form == "date" and len(c.look.orders) == 2]
    if not wanted:
        return []
    examples = list(dict.fromkeys(text for c, _ in wanted for text in c.look.order_examples))[:2]
    names = [made.theirs for _, made in wanted]
    listed = ", ".join(f'"{name}"' for name in names)
    column = f"Column {listed}" if len(names) == 1 else f"Columns {listed}"
    return [
        Question(
            theirs=names[0],
            what="day-month order",
            text=f"{column}: is the day or the month first in {' and '.join(examples)}? "
            f"Both fit all dates there.{others}",
            choices=tuple((order, _spelt(examples[0], order)) for order in ("dmy", "mdy")),
            also=tuple(names[1:]),
        )
    ]


def _spelt(text: str, order: str) -> str:
    """A date in figures with its month in words: "5 March 2007"."""
    first, second, year = (
        int(part) for part in "".join(c if c.isdigit() else " " for c in text).split()[:3]
    )
    day, month = (first, second) if order == "dmy" else (second, first)
    return f"{day} {_MONTHS[month - 1]} {year}" if 1 <= month <= 12 else text


def _groupings(fields: _Pairs) -> list[Question]:
    wanted = [
        (column, made)
        for column, made in fields
        if ROLES[made.ours].kind in ("number", "reading", "duration")
        and column.look.grouping == OPEN
    ]
    asked = []
    for alike in _together(wanted, lambda made: (made.ours, made.analyte, made.unit)):
        column, made = alike[0]
        examples = column.look.grouping_examples
        sign = "," if "," in examples[0] else "."
        shown = " and ".join(examples)
        asked.append(
            Question(
                theirs=made.theirs,
                what="decimal or thousands",
                text=f'Column "{made.theirs}": is the "{sign}" in {shown} the decimal sign, '
                "or does it group thousands? No other number of the column decides.",
                choices=(
                    ("", f"decimal sign: {examples[0].replace(',', '.')}"),
                    (sign, f"thousands: {examples[0].replace(sign, '')}"),
                ),
                also=tuple(other.theirs for _, other in alike[1:]),
            )
        )
    return asked


def _units(fields: _Pairs) -> list[Question]:
    wanted = [(c, made) for c, made in fields if made.ours == "value" and not made.unit]
    asked = []
    for alike in _together(wanted, lambda made: (made.analyte,)):
        column, made = alike[0]
        middles = [c.look.middle for c, _ in alike if c.look.middle is not None]
        fitting = _fitting(made.analyte, statistics.median(middles)) if middles else ""
        asked.append(
            Question(
                theirs=made.theirs,
                what="unit",
                text=f'Column "{made.theirs}": which unit are its values in, such as '
                f"{' and '.join(column.look.examples[:2]) or 'none yet'}?{fitting}",
                choices=tuple((unit, unit) for unit in UNITS),
                also=tuple(other.theirs for _, other in alike[1:]),
            )
        )
    return asked


def _fitting(analyte: str, middle: float) -> str:
    usual = _USUAL.get(analyte)
    if usual is None:
        return ""
    fits = [unit for unit in UNITS if 1 / 6 <= middle / (usual * _PER_GRAM[unit]) <= 6]
    if len(fits) != 1:
        return ""
    return f" Their middle, {middle:g}, would fit {fits[0]}, but that is no proof."


def _durations(fields: _Pairs) -> list[Question]:
    wanted = [(c, made) for c, made in fields if made.ours == "time_to" and not made.unit]
    asked = []
    for alike in _together(wanted, lambda made: ()):
        column, made = alike[0]
        asked.append(
            Question(
                theirs=made.theirs,
                what="unit",
                text=f'Column "{made.theirs}": are its times days, weeks, months or years, such as '
                f"{' and '.join(column.look.examples[:2]) or 'none yet'}?",
                choices=tuple((unit, unit) for unit in DURATIONS),
                also=tuple(other.theirs for _, other in alike[1:]),
            )
        )
    return asked


def _together(fields: _Pairs, key: Callable[[Field], tuple]) -> list[list[tuple[Column, Field]]]:
    groups: dict[tuple, list[tuple[Column, Field]]] = {}
    for column, made in fields:
        groups.setdefault(key(made), []).append((column, made))
    return list(groups.values())
