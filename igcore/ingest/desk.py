"""The files that one reader has in hand: staged, not stored yet, and gone when the reader leaves."""

from __future__ import annotations

import os
import shutil
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from igcore.ingest import staging
from igcore.ingest.options import Cancel, Options
from igcore.ingest.privacy import stop as personal
from igcore.ingest.read import Reading
from igcore.ingest.report import Report, shown
from igcore.ingest.staging import Progress, StagedFile, StagedSheet
from igcore.store import Pool


@dataclass(frozen=True, kw_only=True)
class Item:
    """A file on the desk. `raw` is its own copy, kept to read it in another way; None once a
    column was dropped, as the copy would still hold it."""

    staged: StagedFile
    raw: Path | None


class Desk:
    """Files in hand, their order kept. Not shared between threads."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.folder = staging.new_folder(pool)
        self.items: list[Item] = []
        self.changes = 0  # how often the desk has changed; what was computed from it goes stale
        # A reader who closes the browser leaves no file behind.
        self._away = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    @property
    def files(self) -> tuple[StagedFile, ...]:
        return tuple(item.staged for item in self.items)

    @property
    def sheets(self) -> tuple[StagedSheet, ...]:
        return tuple(sheet for file in self.files for sheet in file.sheets)

    def put(self, file: BinaryIO, name: str, *, progress: Progress) -> None:
        """Stage a file; one that is there under the same name gets a number before its own."""
        name = shown(name, 200)
        taken = {item.staged.name for item in self.items}
        called, number = name, 1
        while called in taken:
            number += 1
            called = f"{number}/{name}"
        raw = self.folder / f"{len(os.listdir(self.folder))}.raw"
        with raw.open("wb") as copy:
            shutil.copyfileobj(file, copy, 1 << 20)
        staged = staging.stage_file(raw, called, self.folder, progress=progress)
        self._set([*self.items, _item(staged, raw)])

    def read_again(self, name: str, reading: Reading, *, progress: Progress) -> None:
        """Read a file in another way: encoding, delimiter or header row as the reader says."""
        items = []
        for item in self.items:
            if item.staged.name == name and item.raw:
                _unlink(item.staged.sheets)
                staged = staging.stage_file(item.raw, name, self.folder, reading, progress=progress)
                item = _item(staged, item.raw)
            items.append(item)
        self._set(items)

    def drop(self, sheet: StagedSheet, column: str) -> None:
        """Take a column off the desk for good: the staged copy is rewritten before this returns."""
        items = []
        for item in self.items:
            if sheet in item.staged.sheets:
                sheets = tuple(
                    other.without({column}) if other is sheet else other
                    for other in item.staged.sheets
                )
                if item.raw:
                    item.raw.unlink(missing_ok=True)
                item = Item(staged=replace(item.staged, sheets=sheets), raw=None)
            items.append(item)
        self._set(items)

    def take_away(self, name: str) -> None:
        """Take a file off the desk."""
        for item in self.items:
            if item.staged.name == name:
                _unlink(item.staged.sheets)
                if item.raw:
                    item.raw.unlink(missing_ok=True)
        self._set([item for item in self.items if item.staged.name != name])

    def clear(self) -> None:
        """Take everything off the desk."""
        for name in [item.staged.name for item in self.items]:
            self.take_away(name)

    def add(
        self, options: Options, *, rehearse: bool, progress: Progress, cancel: Cancel
    ) -> Report:
        """Add what is on the desk as one upload, or rehearse it."""
        from igcore.ingest import add_staged

        return add_staged(
            self.pool, self.files, options, rehearse=rehearse, progress=progress, cancel=cancel
        )

    def _set(self, items: list[Item]) -> None:
        self.items = items
        self.changes += 1


def _item(staged: StagedFile, raw: Path) -> Item:
    kept = personal.left_behind(staged)
    if kept == staged:
        return Item(staged=staged, raw=raw)
    raw.unlink()
    return Item(staged=kept, raw=None)


def _unlink(sheets: Sequence[StagedSheet]) -> None:
    for sheet in sheets:
        sheet.path.unlink(missing_ok=True)
