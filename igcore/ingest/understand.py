"""What each staged sheet is: a known layout, a sheet with a mapping, or not understood yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from igcore.errors import UnreadableFile
from igcore.ingest.layouts import commpass, recognise
from igcore.ingest.layouts.recognise import Layout
from igcore.ingest.mapping.document import Mapping, SheetMapping
from igcore.ingest.staging import StagedSheet

_TABLES = (
    ("value", "measurements"),
    ("response", "responses"),
    ("endpoint", "outcomes"),
    ("time_to", "outcomes"),
    ("therapy", "therapies"),
    ("infection", "infections"),
)


@dataclass(frozen=True, kw_only=True)
class Understood:
    """A sheet and what it was taken for: `layout`, or `mapping`, or neither.

    `words` says it to the reader; `origin` is "layout", "given", "known" (a built-in mapping),
    "remembered" or "" for a sheet that is not understood; `refusal` is then what a template lacks.
    """

    sheet: StagedSheet
    layout: Layout | None = None
    mapping: SheetMapping | None = None
    origin: str = ""
    words: str = ""
    refusal: UnreadableFile | None = None

    @property
    def used(self) -> set[str]:
        """Their columns that are read."""
        if self.layout:
            return {theirs for _, theirs in self.layout.theirs}
        return {field.theirs for field in self.mapping.fields} if self.mapping else set()

    @property
    def trial_column(self) -> str | None:
        """Their column that names the trial, if there is one."""
        if self.layout:
            theirs = dict(self.layout.theirs)
            return theirs.get("STUDYID") or theirs.get("trial")
        fields = self.mapping.of("trial") if self.mapping else ()
        return fields[0].theirs if fields else None

    @property
    def table(self) -> str:
        """The table that rows of the sheet which cannot be staged are counted under."""
        if self.layout:
            return self.layout.table
        ours = {field.ours for field in self.mapping.fields} if self.mapping else set()
        return next((table for role, table in _TABLES if role in ours), "patients")


def understand(
    sheets: Sequence[StagedSheet], *, given: Mapping, remembered: Mapping, trial: str | None
) -> list[Understood]:
    """What each sheet is.

    A mapping that the reader gave goes before everything; a known layout before a remembered one.
    """
    return [_understand(sheet, given, remembered, trial) for sheet in sheets]


def _understand(
    sheet: StagedSheet, given: Mapping, remembered: Mapping, trial: str | None
) -> Understood:
    mapping = given.get(sheet.header)
    if mapping:
        words = "mapped" if mapping.fields else "left out"
        return Understood(sheet=sheet, mapping=mapping, origin="given", words=words)
    refusal = None
    try:
        layout = recognise.recognise(sheet.header, sheet=sheet.sheet, file=sheet.file, trial=trial)
    except UnreadableFile as lacks:
        named = f'Sheet "{sheet.sheet}": ' if sheet.sheet is not None else ""
        layout, refusal = None, UnreadableFile(named + lacks.problem, lacks.cure)
    if layout:
        return Understood(sheet=sheet, layout=layout, origin="layout", words=layout.words)
    mapping = commpass.mapping_for(sheet.header)
    if mapping:
        return Understood(sheet=sheet, mapping=mapping, origin="known", words="MMRF CoMMpass")
    mapping = remembered.get(sheet.header)
    if mapping:
        words = "mapped as in an earlier upload"
        return Understood(sheet=sheet, mapping=mapping, origin="remembered", words=words)
    return Understood(sheet=sheet, words="not understood yet", refusal=refusal)
