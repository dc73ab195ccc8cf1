"""SQL of the cells of a mapped sheet, and the parts that one row of it has for each of our tables.

Texts of the reader never stand in the SQL: columns are c0, c1, ..., and code lists, analytes, units
and the trial's name are bound values.
"""

from __future__ import annotations

from collections.abc import Sequence

from igcore.ingest.mapping.document import DURATIONS, ROLES, Field, SheetMapping
from igcore.ingest.staging import StagedSheet

DAYS_PER_MONTH = 30.4375
NO_DATE = " is no whole date"
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


def measurements(made: Pieces, mapping: SheetMapping) -> list[dict[str, str]]:
    """One part per value column; a column may stand for one analyte and one month."""
    times = mapping.of("time")
    parts = []
    for value in mapping.of("value"):
        analyte = made.bind(value.analyte) if value.analyte else _text(made, mapping, "analyte")
        if value.month is None:
            placed = made.row_day(mapping.of("when"))
        else:
            placed = {"day": f"'{1 + round(DAYS_PER_MONTH * value.month)}'"}
        given = _text(made, mapping, "unit")
        unit = f"coalesce({given}, {made.bind(value.unit)})" if value.unit else given
        parts.append(
            {
                "filled": f"{made.raw(value)} is not null",
                "analyte": analyte,
                "value": made.number(value),
                "unit": unit,
                "time": made.text(times[0]) if times else "null",
                **{limit: _limit(made, mapping.of(limit), value) for limit in ("low", "high")},
                **placed,
            }
        )
    return parts


def _text(made: Pieces, mapping: SheetMapping, role: str) -> str:
    fields = mapping.of(role)
    return made.text(fields[0]) if fields else "null"


def _limit(made: Pieces, fields: Sequence[Field], value: Field) -> str:
    """The limit that belongs to a value column: of the same analyte, or of no analyte."""
    own = [field for field in fields if field.analyte in ("", value.analyte)]
    return made.number(own[0]) if own else "null"


def responses(made: Pieces, mapping: SheetMapping) -> list[dict[str, str]]:
    """The response on the row's date, and one at PR on the date of first response (rule f2.3)."""
    parts = []
    for field in mapping.of("response"):
        parts.append(
            {
                "filled": f"{made.text(field)} is not null",
                "response": made.text(field),
                **made.row_day(mapping.of("when")),
            }
        )
    for field in mapping.of("first_response"):
        parts.append(
            {
                "filled": f"{made.raw(field)} is not null",
                "response": "'PR'",
                **made.row_day((field,)),
            }
        )
    return parts


def has_outcomes(mapping: SheetMapping) -> bool:
    """True if rows of the sheet have an outcome, as a time or as dates."""
    return bool(mapping.of("time_to")) or bool(mapping.of("death") or mapping.of("last_seen"))


def outcomes(made: Pieces, mapping: SheetMapping) -> list[dict[str, str]]:
    """Outcomes as times with their events, and OS and PFS from dates where no time is given."""
    parts = []
    for time in mapping.of("time_to"):
        events = [f for f in mapping.of("event") if f.endpoint in ("", time.endpoint)]
        endpoint = made.bind(time.endpoint) if time.endpoint else _text(made, mapping, "endpoint")
        parts.append(
            {
                "filled": f"{made.raw(time)} is not null",
                "endpoint": endpoint,
                "time_days": made.days(time),
                "event": made.text(events[0]) if events else "null",
            }
        )
    timed = {field.endpoint for field in mapping.of("time_to")}
    if "OS" not in timed:
        parts += _from_dates(made, mapping, "OS", mapping.of("death"))
    if "PFS" not in timed and mapping.of("progression"):
        parts += _from_dates(
            made, mapping, "PFS", (*mapping.of("progression"), *mapping.of("death"))
        )
    return parts


def _from_dates(
    made: Pieces, mapping: SheetMapping, endpoint: str, events: Sequence[Field]
) -> list[dict[str, str]]:
    """First event, else censored when last seen; time_days = date - start + 1 (CDISC AVAL)."""
    seen = mapping.of("last_seen")
    if not (events or seen):
        return []
    happened = [_elapsed(made, field) for field in events]
    first = f"least({', '.join(happened)})" if happened else "null::double"
    last = _elapsed(made, seen[0]) if seen else "null::double"
    fields = (*events, *seen)
    filled = " or ".join(f"{made.raw(field)} is not null" for field in fields)
    # A date of death that cannot be read must not turn into "alive": its text refuses the row.
    unclear = ", ".join(
        f"if({_unreadable(made, field)}, {made.raw(field)} || '{NO_DATE}', null)"
        for field in fields
    )
    return [
        {
            "filled": filled,
            "endpoint": made.bind(endpoint),
            "time_days": f"coalesce({unclear}, ({first})::varchar, ({last})::varchar, "
            "if(unknown, '1', null))",
            "event": f"if({first} is not null, '1', '0')",
            "skip": made.needs_start(fields),
        }
    ]


def _unreadable(made: Pieces, field: Field) -> str:
    if field.form in ("", "date"):
        return f"({made.text(field)} is not null and {made.date(field)} is null)"
    return f"({made.text(field)} is not null and {_elapsed(made, field)} is null)"


def _elapsed(made: Pieces, field: Field) -> str:
    """Days from the start of treatment to a moment, the first day counted as 1."""
    day = f"try_cast({made.day((field,))} as double)"
    return f"({day} + if({day} < 0, 1, 0))"


def therapies(made: Pieces, mapping: SheetMapping) -> list[dict[str, str]]:
    """One spell of therapy per row."""
    return [{"kind": made.text(mapping.of("therapy")[0]), **_span(made, mapping, "therapy")}]


def infections(made: Pieces, mapping: SheetMapping) -> list[dict[str, str]]:
    """One infection per row."""
    return [
        {
            "term": made.text(mapping.of("infection")[0]),
            "grade": _text(made, mapping, "grade"),
            **_span(made, mapping, "infection"),
        }
    ]


def _span(made: Pieces, mapping: SheetMapping, role: str) -> dict[str, str]:
    begins = mapping.of("start") or mapping.of("when")
    placed = made.row_day(begins)
    ends = mapping.of("end")
    return {
        "filled": f"{made.raw(mapping.of(role)[0])} is not null",
        "start_day": placed["day"],
        "end_day": made.day(ends) if ends else "null",
        "skip": placed.get("skip", "null"),
    }
