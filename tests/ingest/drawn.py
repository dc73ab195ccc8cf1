"""Sheets drawn as text, what is suggested for them, and fields in few words."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from igcore.ingest.mapping.looks import look
from igcore.ingest.mapping.suggest import Suggestion, suggest

Told = dict[str, dict]


def suggested(header: Sequence[str], rows: Sequence[Sequence[str]], file="x.csv") -> Suggestion:
    """The suggestion for these cells; an empty text is an empty cell."""
    columns = {
        f"c{i}": pa.array(
            [str(row[i]) or None if i < len(row) else None for row in rows], pa.string()
        )
        for i in range(len(header))
    }
    with duckdb.connect() as connection:
        connection.register("staged", pa.table({"line": range(len(rows)), **columns}))
        return suggest(look(connection, "staged", header), header, None, file)


def sheet(text: str) -> Suggestion:
    """The suggestion for a sheet drawn with "|" between its cells."""
    header, *rows = [[c.strip() for c in line.split("|")] for line in text.strip().splitlines()]
    return suggested(header, rows)


def told(found: Suggestion) -> Told:
    """The fields by their column: what is not empty."""
    return {
        field.theirs: {
            name: dict(value) if name == "codes" else value
            for name, value in vars(field).items()
            if name != "theirs" and value not in ("", None, ())
        }
        for field in found.mapping.fields
    }


def asked(found: Suggestion) -> list[tuple]:
    return [(q.theirs, q.what, *q.also) for q in found.questions]


def date(ours: str, dates: str = "dmy") -> dict:
    return {"ours": ours, "form": "date"} | ({"dates": dates} if dates else {})


def value(analyte: str, unit: str, **more) -> dict:
    return {"ours": "value", "analyte": analyte} | ({"unit": unit} if unit else {}) | more
