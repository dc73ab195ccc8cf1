"""Mappings that the pool remembers: one per layout, and the one that each upload was read with."""

from __future__ import annotations

import duckdb

from igcore.ingest.mapping import document
from igcore.ingest.mapping.document import Mapping
from igcore.store import Pool


def remembered(pool: Pool) -> Mapping:
    """The latest mapping of every layout that was ever added with one."""
    with pool.reading() as cursor:
        rows = cursor.execute(
            "select arg_max(mapping, upload) from layouts group by layout order by layout"
        ).fetchall()
    sheets = [sheet for (text,) in rows for sheet in document.from_json(text).sheets]
    return Mapping(sheets=tuple(sheets))


def save(cursor: duckdb.DuckDBPyConnection, used: Mapping, upload: int) -> None:
    """Keep the mapping with its upload, and each sheet's for the next file of the same layout.

    The trial is left out of what is remembered: the next file may be of another one.
    """
    if not used.sheets:
        return
    cursor.execute("insert into upload_mappings values (?, ?)", [upload, document.to_json(used)])
    for sheet in used.sheets:
        alone = document.to_json(Mapping(sheets=(document.unnamed(sheet),)))
        cursor.execute(
            "insert into layouts values (?, ?, ?, timezone('UTC', now()))",
            [sheet.layout, alone, upload],
        )
