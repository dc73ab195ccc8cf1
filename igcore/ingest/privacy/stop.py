"""Columns that identify people: what is left behind at once, and what stops an upload."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import duckdb

from igcore.ingest.layouts import recognise
from igcore.ingest.privacy import columns as privacy
from igcore.ingest.report import PersonalColumn
from igcore.ingest.staging import StagedFile, StagedSheet


def left_behind(file: StagedFile, columns: Collection[str] = ()) -> StagedFile:
    """The file without these columns and without the personal variables of a CDISC file."""
    return replace(file, sheets=tuple(_without(sheet, columns) for sheet in file.sheets))


def _without(sheet: StagedSheet, columns: Collection[str]) -> StagedSheet:
    away = (set(columns) | recognise.personal_columns(sheet.header)) & set(sheet.header)
    if not away:
        return sheet
    words = f"Left behind at once, as personal: {', '.join(sorted(away))}."
    return replace(sheet.without(away), notes=(*sheet.notes, words))


def stops(sheets: Sequence[StagedSheet]) -> list[PersonalColumn]:
    """Columns that look personal, which stop an upload until the reader has decided."""
    found = []
    with duckdb.connect() as connection:
        for sheet in sheets:
            sheet.view(connection, "sheet")
            found += [
                PersonalColumn(sheet.file, sheet.sheet, column.column, column.kind, column.reason)
                for column in privacy.personal(connection, "sheet", sheet.header)
            ]
    return found
