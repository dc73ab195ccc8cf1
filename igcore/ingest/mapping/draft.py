"""A mapping in the making: what was suggested, what is still to be said, and what the words are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from igcore.ingest import isotypes
from igcore.ingest.mapping.document import DURATIONS, OPEN, ROLES, Field, SheetMapping
from igcore.ingest.mapping.looks import Look, look
from igcore.ingest.mapping.suggest import suggest
from igcore.ingest.staging import StagedSheet
from igcore.ingest.understand import Understood
from igcore.store import schema

# Our words for a coded role; None where any text may stand.
ALLOWED: dict[str, tuple[str, ...] | None] = {
    "sex": ("F", "M"),
    "best_response": schema.RESPONSES,
    "response": schema.RESPONSES,
    "event": ("1", "0"),
    "therapy": schema.THERAPIES,
    "grade": ("1", "2", "3", "4", "5"),
    "specimen": ("serum", "other"),
    "m_protein": (
        *(
            f"{heavy} {light}"
            for heavy in ("IgG", "IgA", "IgM", "IgD")
            for light in ("kappa", "lambda")
        ),
        *("LC kappa", "LC lambda", "non-secretory", "none", "unknown"),
    ),
}
ORDER, GROUPING, UNIT = "day-month order", "decimal or thousands", "unit"
_PLACE = {ORDER: "dates", GROUPING: "thousands", UNIT: "unit"}


@dataclass(frozen=True, kw_only=True)
class Open:
    """Something that only the reader knows: of which field, what, and the question in words."""

    field: int
    what: str
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The mapping of one sheet as far as it is.

    Attributes:
        looks: how each column of the sheet looks, in the order of its header.
        reasons: why a column is taken for what it is, by its header.
        asked: (column, what) -> question, for what could not be decided from the values.
    """

    mapping: SheetMapping
    looks: tuple[Look, ...]
    reasons: dict[str, str]
    asked: dict[tuple[str, str], str]

    def look(self, theirs: str) -> Look:
        return self.looks[self.mapping.columns.index(theirs)]

    def with_fields(self, fields: Sequence[Field]) -> Draft:
        return replace(self, mapping=replace(self.mapping, fields=tuple(fields)))

    def open(self) -> list[Open]:
        """What is still to be said, in the order of the fields."""
        found = []
        for number, field in enumerate(self.mapping.fields):
            found += [
                Open(field=number, what=what, text=self.asked.get((field.theirs, what), ""))
                for what in _missing(field, self.mapping, self.asked)
            ]
        return found

    def marked(self) -> SheetMapping:
        """The mapping with OPEN in the place of every answer that is missing."""
        fields = list(self.mapping.fields)
        for one in self.open():
            fields[one.field] = replace(fields[one.field], **{_PLACE[one.what]: OPEN})
        return replace(self.mapping, fields=tuple(fields))

    def unclear_words(self, field: Field) -> list[tuple[str, int]]:
        """Words of a coded column that mean nothing to us yet, with how often they stand there."""
        told = {word.strip().lower() for word, _ in field.codes}
        return [
            (word, n)
            for word, n in self.look(field.theirs).words
            if word.strip().lower() not in told and not _means(field, word)
        ]


def _missing(field: Field, mapping: SheetMapping, asked: dict) -> list[str]:
    kind = ROLES[field.ours].kind
    missing = []
    if (field.theirs, ORDER) in asked and field.form in ("", "date") and not field.dates:
        missing.append(ORDER)
    if kind == "duration" and field.unit not in DURATIONS:
        missing.append(UNIT)
    if field.ours == "value" and not field.unit and not mapping.of("unit"):
        missing.append(UNIT)
    if (field.theirs, GROUPING) in asked and not field.thousands:
        missing.append(GROUPING)
    return missing


def _means(field: Field, word: str) -> bool:
    allowed = ALLOWED.get(field.ours)
    if field.ours == "m_protein":
        return isotypes.understood(word)
    return allowed is None or word.strip().lower() in {text.lower() for text in allowed}


def draft(sheet: StagedSheet, found: Understood) -> Draft:
    """The first draft of a sheet's mapping: known or remembered, else suggested with reasons."""
    with duckdb.connect() as connection:
        sheet.view(connection, "sheet")
        looks = look(connection, "sheet", sheet.header)
    suggestion = suggest(looks, sheet.header, sheet.sheet or "", sheet.file)
    asked = {
        (theirs, question.what): question.text
        for question in suggestion.questions
        for theirs in (question.theirs, *question.also)
    }
    if not found.mapping:
        reasons = dict(suggestion.reasons)
        return Draft(mapping=suggestion.mapping, looks=looks, reasons=reasons, asked=asked)
    reasons = {field.theirs: found.words for field in found.mapping.fields}
    fields = tuple(_with_new_words(field, suggestion.mapping) for field in found.mapping.fields)
    mapping = replace(found.mapping, sheet=sheet.sheet or "", fields=fields)
    return Draft(mapping=mapping, looks=looks, reasons=reasons, asked=asked)


def _with_new_words(field: Field, suggested: SheetMapping) -> Field:
    """A remembered field with the words that stand in this file only, as they are suggested."""
    told = {word.strip().lower() for word, _ in field.codes}
    new = [
        code
        for other in suggested.of(field.ours)
        if other.theirs == field.theirs
        for code in other.codes
        if code[0].strip().lower() not in told
    ]
    return replace(field, codes=(*field.codes, *new))
