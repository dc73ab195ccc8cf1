"""A mapping: which of a sheet's columns mean which of ours, in which unit, with which code list.

A mapping is a JSON document. It is saved with the upload, comes up again for files of the same
layout, and is what `add --mapping FILE` reads. It holds all that was decided, so it can be applied
without looking at the data again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace

from igcore.definitions import DAYS_PER_MONTH, DAYS_PER_WEEK, DAYS_PER_YEAR
from igcore.errors import Refused

FORMAT = "igcore mapping 1"
DATE_ORDERS = ("dmy", "mdy")
GROUPING = (",", ".", "none")
OPEN = "?"
FORMS = ("date", "study day", "day from 0", "month")
# Days of one unit. "days from 0" are counted from a day 0, so that time_days is one more (AVAL).
DURATIONS = {
    "days": 1.0,
    "days from 0": 1.0,
    "weeks": DAYS_PER_WEEK,
    "months": DAYS_PER_MONTH,
    "years": DAYS_PER_YEAR,
}


@dataclass(frozen=True)
class Role:
    """One meaning that a column can have; `kind` is how its cells are read.

    text; code (a list of words, theirs to ours); number; reading (a number, "<5", ">5000"); moment
    (a date, a study day or a month, by `form`); duration (in `unit`); flag (1 or 0, by codes); clock.
    """

    name: str
    label: str
    kind: str
    says: str


ROLES = {
    role.name: role
    for role in (
        Role("patient", "Patient", "text", "The patient's id."),
        Role("trial", "Trial", "text", "Name of the trial."),
        Role("arm", "Arm", "text", "Planned treatment arm."),
        Role("sex", "Sex", "code", "F or M."),
        Role("age_years", "Age", "number", "Age at the start of treatment, in years."),
        Role("m_protein", "Monoclonal protein", "code", "Type; several columns are read as one."),
        Role("best_response", "Best response", "code", "Without its date."),
        Role("treatment_start", "Start of treatment", "moment", "Day 1."),
        Role("treatment_end", "End of treatment", "moment", "Last day of treatment."),
        Role("when", "Date of the row", "moment", "Of sampling or assessment."),
        Role("time", "Time of day", "clock", "Of sampling."),
        Role("analyte", "Analyte", "code", "What was measured, one row per measurement."),
        Role(
            "value", "Value", "reading", "The concentration; its column may name analyte and month."
        ),
        Role("unit", "Unit", "text", "Unit of the value, row by row."),
        Role("specimen", "Specimen", "code", "Rows of another one than serum are left out."),
        Role("low", "Lower limit", "number", "Lower limit of normal."),
        Role("high", "Upper limit", "number", "Upper limit of normal."),
        Role("response", "Response", "code", "On the date of the row."),
        Role("first_response", "First response", "moment", "One response at PR on that date."),
        Role("progression", "Progression", "moment", "Date of progression."),
        Role("death", "Death", "moment", "Date of death."),
        Role("last_seen", "Last seen", "moment", "Date of last contact."),
        Role("endpoint", "Endpoint", "code", "OS, PFS or any other, one row per endpoint."),
        Role("time_to", "Time to event", "duration", "From start to event or censoring."),
        Role("event", "Event", "flag", "1 = it happened."),
        Role("therapy", "Therapy", "code", "Transplant, next therapy, replacement."),
        Role("infection", "Infection", "text", "Preferred term."),
        Role("grade", "Grade", "code", "CTCAE grade, 1 to 5."),
        Role("start", "Start", "moment", "First day of the therapy or infection."),
        Role("end", "End", "moment", "Last day of the therapy or infection."),
    )
}
# The column of our templates that a role fills, where its name is another one.
_COLUMN_OF = {name: name for name in ROLES} | {
    "when": "day",
    "time_to": "time_days",
    "therapy": "kind",
    "infection": "term",
    "start": "start_day",
    "end": "end_day",
    "treatment_end": "treatment_end_day",
}
# Roles of which a sheet may have several columns: read as one (m_protein), first filled (when),
# or told apart by analyte and month (value, low, high) or by endpoint (time_to, event).
REPEATABLE = ("m_protein", "when", "value", "low", "high", "time_to", "event")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column of theirs and what it means.

    Args:
        ours: a name in ROLES.
        theirs: the column's header text.
        analyte, month: of a value column that stands for one analyte (and one month of treatment).
        endpoint: of a time_to or event column that stands for one endpoint.
        unit: of value, low and high (as given, such as "mg/dL"); of a duration, one of DURATIONS.
        form: of a moment, one of FORMS.
        dates: "dmy" or "mdy", which comes first in dates written with figures alone.
        thousands: "," or "." where that sign groups thousands; else ("" or "none") a lone sign is
            the decimal sign.
        codes: (their word, ours) pairs; compared without regard to case and outer blanks. A word
            mapped to "" is taken as missing.

    OPEN in the place of unit, dates or thousands is a question that nobody has answered yet.
    """

    ours: str
    theirs: str
    analyte: str = ""
    month: float | None = None
    endpoint: str = ""
    unit: str = ""
    form: str = ""
    dates: str = ""
    thousands: str = ""
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class SheetMapping:
    """What the columns of one sheet mean. `columns` is the header, the layout's fingerprint."""

    columns: tuple[str, ...]
    fields: tuple[Field, ...]
    sheet: str = ""
    trial: str = ""

    @property
    def layout(self) -> str:
        """The layout's key: equal for sheets with the same header, whatever their names."""
        return layout_of(self.columns)

    def on(self, header: Sequence[str]) -> SheetMapping:
        """The same mapping in the words of a header that differs in case and blanks alone."""
        own = dict(zip(self.columns, header, strict=True))
        renamed = (
            replace(field, theirs=own.get(field.theirs, field.theirs)) for field in self.fields
        )
        return replace(self, columns=tuple(header), fields=tuple(renamed))

    def theirs(self) -> dict[str, str]:
        """Column of our templates -> column of the sheet, where only one can be meant."""
        found = {}
        for role, column in _COLUMN_OF.items():
            names = {field.theirs for field in self.of(role)}
            if len(names) == 1:
                found.setdefault(column, names.pop())
        return found

    def of(self, ours: str) -> tuple[Field, ...]:
        """The fields of a role, in their order."""
        return tuple(field for field in self.fields if field.ours == ours)


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """The mappings of an upload's sheets; found by the layout of a sheet's header."""

    sheets: tuple[SheetMapping, ...] = ()

    def get(self, header: Sequence[str]) -> SheetMapping | None:
        """The mapping for sheets with that header, if there is one."""
        wanted = layout_of(header)
        found = next((sheet for sheet in self.sheets if sheet.layout == wanted), None)
        return found.on(header) if found else None

    def with_sheet(self, sheet: SheetMapping) -> Mapping:
        """This mapping with that sheet's in the place of an older one of the same layout."""
        others = tuple(other for other in self.sheets if other.layout != sheet.layout)
        return Mapping(sheets=(*others, sheet))


def unnamed(sheet: SheetMapping) -> SheetMapping:
    """The same mapping for any trial and any name of the sheet."""
    return replace(sheet, trial="", sheet="")


def layout_of(header: Sequence[str]) -> str:
    """Key of a layout from its header, blind to case and blanks.

    >>> layout_of(["Pat-Nr", "IgA [g/L]"]) == layout_of(["pat-nr ", "IGA  [g/L]"])
    True
    """
    plain = "\n".join(" ".join(name.lower().split()) for name in header)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def to_json(mapping: Mapping) -> str:
    """The document, indented; empty attributes are left out."""
    sheets = []
    for sheet in mapping.sheets:
        told = [
            {k: v for k, v in asdict(f).items() if v not in ("", None, ())} for f in sheet.fields
        ]
        for field in told:
            if "codes" in field:
                field["codes"] = dict(field["codes"])
        sheets.append(
            {"sheet": sheet.sheet, "trial": sheet.trial, "columns": sheet.columns, "fields": told}
        )
    return json.dumps({"format": FORMAT, "sheets": sheets}, ensure_ascii=False, indent=1)


def from_json(text: str) -> Mapping:
    """The mapping from its document.

    Raises:
        Refused: it is not a mapping, or it names a role, form or unit that there is not.
    """
    try:
        told = json.loads(text)
    except ValueError as error:
        raise Refused(f"The mapping is not JSON ({error}); download it again.") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise Refused(f'The mapping does not say "format": "{FORMAT}"; download it again.')
    try:
        return Mapping(sheets=tuple(_sheet(sheet) for sheet in told["sheets"]))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Refused(f"The mapping is incomplete ({error}); download it again.") from None


def _sheet(told: dict) -> SheetMapping:
    made = tuple(_field(field) for field in told["fields"])
    return checked(
        SheetMapping(
            sheet=str(told.get("sheet", "")),
            trial=str(told.get("trial", "")),
            columns=tuple(str(name) for name in told["columns"]),
            fields=made,
        )
    )


def _field(told: dict) -> Field:
    known = {field.name for field in fields(Field)}
    unknown = set(told) - known
    if unknown:
        raise Refused(
            f"Mapping: a field says {', '.join(sorted(unknown))}, which means nothing. "
            f"It may say {', '.join(sorted(known))}."
        )
    codes = told.get("codes", {})
    return Field(**{**told, "codes": tuple((str(a), str(b)) for a, b in codes.items())})


_ANSWERS = {
    "dates": '"dmy" (day first) or "mdy" (month first)',
    "thousands": '"none" (a decimal sign), "," or "." (it groups thousands)',
    "unit": 'the unit, such as "g/L" or "mg/dL"; of a time one of ' + ", ".join(DURATIONS),
}


def checked(sheet: SheetMapping) -> SheetMapping:
    """The same mapping, or a refusal in words of what is wrong with it."""
    named = f'Mapping of "{sheet.sheet}"' if sheet.sheet else "Mapping"
    seen: set[str] = set()
    for field in sheet.fields:
        role = ROLES.get(field.ours)
        if role is None:
            raise Refused(f'{named}: "{field.ours}" is not one of {", ".join(ROLES)}.')
        if field.theirs not in sheet.columns:
            raise Refused(f'{named}: there is no column "{field.theirs}".')
        if field.ours in seen and field.ours not in REPEATABLE:
            raise Refused(f"{named}: {role.label} is taken from two columns; choose one.")
        seen.add(field.ours)
        for name in ("dates", "thousands", "unit"):
            if getattr(field, name) == OPEN:
                raise Refused(
                    f'{named}: {name} of the column "{field.theirs}" is still open. Replace the "?" '
                    f"by {_ANSWERS[name]}."
                )
        for name, allowed in (("form", FORMS), ("dates", DATE_ORDERS), ("thousands", GROUPING)):
            if getattr(field, name) not in ("", *allowed):
                raise Refused(
                    f'{named}: {name} "{getattr(field, name)}" is not one of {", ".join(allowed)}.'
                )
        if field.ours == "treatment_start" and field.form not in ("", "date"):
            raise Refused(f"{named}: the start of treatment is a date; {field.theirs} is none.")
        if role.kind == "duration" and field.unit not in DURATIONS:
            raise Refused(f"{named}: {field.theirs} needs a unit, one of {', '.join(DURATIONS)}.")
    return sheet
