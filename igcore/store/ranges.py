"""Ranges of normal by laboratory, from data/reference_ranges.csv."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from igcore.store import schema

DATA = Path(__file__).parents[2] / "data"


def laboratories(analytes: Sequence[str]) -> list[str]:
    """Laboratories of data/reference_ranges.csv that have a range for each of these, sorted."""
    known: dict[str, set[str]] = {}
    for laboratory, analyte, *_ in normal():
        known.setdefault(laboratory, set()).add(analyte)
    return sorted(name for name, found in known.items() if found >= set(analytes))


@cache
def normal() -> list[tuple[str, str, str | None, float | None, float | None, float, float]]:
    """Rows of data/reference_ranges.csv with limits in g/L.

    Of two rows that share an age the younger has it, so age_from is exclusive; the youngest row of
    a laboratory has none, because it also serves whoever is younger.
    """
    with (DATA / "reference_ranges.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    youngest: dict[tuple[str, ...], float] = {}
    for row in rows:
        kind = (row["laboratory"], row["analyte"], row["sex"])
        youngest[kind] = min(float(row["age_from"] or 0), youngest.get(kind, 999))
    limits = []
    for row in rows:
        kind = (row["laboratory"], row["analyte"], row["sex"])
        first = float(row["age_from"] or 0)
        factor = schema.GRAMS_PER_LITRE[row["unit"].lower()]
        limits.append(
            (
                row["laboratory"],
                row["analyte"],
                row["sex"] or None,
                first if first > youngest[kind] else None,
                float(row["age_to"]) if row["age_to"] else None,
                round(float(row["low"]) * factor, 12),
                round(float(row["high"]) * factor, 12),
            )
        )
    return limits


def relations() -> dict[str, str]:
    """`reference_ranges`: one row per row of `normal`, with its columns and limits in g/L.

    Constants, so that a pool is asked by the ranges of the Igcore that asks, and opening writes none.
    """
    cells = (", ".join(_literal(cell) for cell in row) for row in normal())
    columns = "laboratory, analyte, sex, age_from, age_to, low_g_per_l, high_g_per_l"
    kinds = ", ".join(f"{name}::double as {name}" for name in columns.split(", ")[3:])
    rows = ", ".join(f"({row})" for row in cells)
    return {
        "reference_ranges": f"select laboratory, analyte, sex, {kinds} "
        f"from (values {rows}) constant ({columns})"
    }


def _literal(cell: str | float | None) -> str:
    if isinstance(cell, str):
        return "'" + cell.replace("'", "''") + "'"
    return "null" if cell is None else repr(cell)
