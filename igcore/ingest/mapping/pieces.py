"""SQL of the cells of a mapped sheet.

Texts of the reader never stand in the SQL: columns are c0, c1, ..., and code lists, analytes, units
and the trial's name are bound values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from igcore.definitions import DAYS_PER_MONTH
from igcore.ingest.mapping.document import DURATIONS, ROLES, Field, SheetMapping
from igcore.ingest.staging import StagedSheet

NO_DATE = " is no whole date"
# What wards write in the place of an end that has not come.
ONGOING = "['ongoing', 'continuing', 'laufend', 'en cours', 'en curso', 'in corso', 'lopend']"
_START_NEEDED = "start is null and not unknown"


class Pieces:
    """Builds expressions over one sheet and collects the values that they bind.

    Args:
        trial: trial of the rows that name none; of all rows if `fixed`.
        first: the first free `ord` of the table that will be filled.
    """

    def __init__(
        self, sheet: StagedSheet, mapping: SheetMapping, trial: str, *, fixed: bool, first: int
    ) -> None:
        self.sheet = sheet
        self.mapping = mapping
        self.fixed = fixed
        self.values: dict = {
            "file": sheet.file,
            "sheet": sheet.sheet,
            "first": first,
            "trial": trial,
        }

    def bind(self, value: object) -> str:
        """A placeholder for a value, typed so that DuckDB knows it before it is bound."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"${name}::varchar[]" if isinstance(value, list) else f"${name}::varchar"

    def bound(self, sql: str) -> dict:
        """The values that a statement binds; an expression that was not used bound some more."""
        named = set(re.findall(r"[$](\w+)", sql))
        return {name: value for name, value in self.values.items() if name in named}

    def who(self) -> str:
        """Columns own_trial and own_patient."""
        named = self.mapping.of("trial")
        own = "$trial::varchar"
        if named and not self.fixed:
            own = f"coalesce({self.text(named[0])}, $trial::varchar)"
        patient = self.mapping.of("patient")
        return f"{own} as own_trial, {self.text(patient[0]) if patient else 'null'} as own_patient"

    def raw(self, field: Field) -> str:
        return self.sheet.cells(field.theirs)

    def text(self, field: Field) -> str:
        """The cell with the code list applied; a word that is mapped to "" is missing."""
        cell = self.raw(field)
        if field.ours in ("end", "treatment_end"):
            cell = f"if(list_contains({ONGOING}, lower(trim({cell}))), null, {cell})"
        if field.ours == "m_protein":
            cell = f"replace(replace({cell}, 'κ', 'kappa'), 'λ', 'lambda')"
        if not field.codes:
            return cell
        words = self.bind([word.strip().lower() for word, _ in field.codes])
        ours = self.bind([mine or None for _, mine in field.codes])
        place = f"list_position({words}, lower(trim({self.raw(field)})))"
        return f"if({place} > 0, list_extract({ours}, {place}), {cell})"

    def number(self, field: Field) -> str:
        grouping = self.bind(field.thousands)
        return f"read_number({self.text(field)}, {grouping})"

    def date(self, field: Field) -> str:
        """The cell's date; null where there is none or a part of it is missing."""
        return f"read_date({self.text(field)}, {self.bind(field.dates or 'dmy')})"

    def cell(self, fields: Sequence[Field]) -> str:
        """The cell of a role as plain text; several columns of m_protein are read as one."""
        kind = ROLES[fields[0].ours].kind
        if len(fields) > 1:
            return f"nullif(concat_ws(' ', {', '.join(self.text(field) for field in fields)}), '')"
        (field,) = fields
        if kind in ("number", "reading"):
            return self.number(field)
        if kind == "moment":
            return f"coalesce({self.date(field)}::varchar, {self.text(field)})"
        return self.text(field)

    def day(self, fields: Sequence[Field], start: str = "start") -> str:
        """Study day of the first filled moment; text that cannot be read stays as it is."""
        return f"coalesce({', '.join(self._day(field, start) for field in fields)})"

    def _day(self, field: Field, start: str) -> str:
        text = self.text(field)
        if field.form == "month":
            months = f"coalesce(read_month({text}), try_cast(read_number({text}, '') as double))"
            return f"(1 + round({DAYS_PER_MONTH} * {months}))::bigint::varchar"
        if field.form in ("study day", "day from 0"):
            number = self.number(field)
            if field.form == "study day":
                return number
            day = f"try_cast({number} as double)"
            return f"if({day} >= 0, ({day} + 1)::varchar, {number})"
        date = self.date(field)
        # Left as it is, "2007" would pass for the study day 2007.
        return (
            f"if({text} is null, null, if({date} is null, {text} || '{NO_DATE}', "
            f"study_day({date}, {start})::varchar))"
        )

    def days(self, field: Field) -> str:
        """A duration in days: months and years are rounded to whole days."""
        number = self.number(field)
        factor = DURATIONS[field.unit]
        if field.unit == "days":
            return number
        value = f"try_cast({number} as double)"
        scaled = f"{value} + 1" if field.unit == "days from 0" else f"round({factor} * {value})"
        return f"coalesce(({scaled})::varchar, {self.text(field)})"

    def needs_start(self, fields: Sequence[Field]) -> str:
        """Why a row is left out for want of a start of treatment, or null."""
        dated = [field for field in fields if field.form in ("", "date")]
        if not dated:
            return "null"
        filled = " or ".join(f"{self.raw(field)} is not null" for field in dated)
        reason = self.bind("no start of treatment is known, so its date is no study day")
        return f"if(({filled}) and {_START_NEEDED}, {reason}, null)"

    def row_day(self, fields: Sequence[Field]) -> dict[str, str]:
        """Columns day and skip of a row; whom nobody knows is refused as unknown on any day."""
        if not fields:
            return {"day": "null"}
        return {
            "day": f"if(unknown, coalesce({self.day(fields)}, '1'), {self.day(fields)})",
            "skip": f"if(untreated, 'subject not treated', {self.needs_start(fields)})",
        }
