"""The parts that one row of a mapped sheet has for each of our tables, as SQL of their columns."""

from __future__ import annotations

from collections.abc import Sequence

from igcore.definitions import DAYS_PER_MONTH
from igcore.ingest.mapping.document import Field, SheetMapping
from igcore.ingest.mapping.pieces import NO_DATE, Pieces


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
        # A unit in the header of one analyte's column is nearer to the value than a row's unit.
        order = (made.bind(value.unit), given) if value.analyte else (given, made.bind(value.unit))
        unit = f"coalesce({', '.join(order)})" if value.unit else given
        parts.append(
            {
                "filled": f"{made.raw(value)} is not null",
                "analyte": analyte,
                "value": made.number(value),
                "unit": unit,
                "time": made.text(times[0]) if times else "null",
                **_other_fluid(made, mapping, placed),
                **{limit: _limit(made, mapping.of(limit), value) for limit in ("low", "high")},
                "day": placed["day"],
            }
        )
    return parts


def _other_fluid(made: Pieces, mapping: SheetMapping, placed: dict[str, str]) -> dict[str, str]:
    """Column skip: rows of another specimen than serum are left out, and counted."""
    skip = placed.get("skip", "null")
    fields = mapping.of("specimen")
    if not fields:
        return {"skip": skip}
    other = f"coalesce({made.text(fields[0])} <> 'serum', false)"
    return {"skip": f"if({other}, 'another specimen than serum', {skip})"}


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
    return any(mapping.of(role) for role in ("time_to", "death", "progression", "event"))


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
    flagged = {field.endpoint for field in mapping.of("event")} - timed
    # Who was last seen alive or dead must be said: a date of last contact alone is no outcome.
    if "OS" not in timed and (mapping.of("death") or "OS" in flagged):
        parts += _from_dates(made, mapping, "OS", mapping.of("death"))
    if "PFS" not in timed and (mapping.of("progression") or "PFS" in flagged):
        parts += _from_dates(
            made, mapping, "PFS", (*mapping.of("progression"), *mapping.of("death"))
        )
    return parts


def _from_dates(
    made: Pieces, mapping: SheetMapping, endpoint: str, events: Sequence[Field]
) -> list[dict[str, str]]:
    """First event, else censored when last seen; time_days = date - start + 1 (CDISC AVAL).

    A flag that says dead, without a date of death, makes the day last seen the day of death. Flags
    that the dates contradict, or an event without any day, refuse the row.
    """
    seen = mapping.of("last_seen")
    if not (events or seen):
        return []
    last = _elapsed(made, seen[0]) if seen else "null::double"
    died, told = _flag(made, mapping, "OS"), _flag(made, mapping, endpoint)
    happened = [*(_elapsed(made, field) for field in events), f"if({died} = '1', {last}, null)"]
    first = f"least({', '.join(happened)})"
    wrong = (
        f"case when {told} = '0' and {first} is not null then 'no event, but its date is given' "
        f"when {told} = '1' and {first} is null then 'an event without its date' end"
    )
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
            "event": f"coalesce({wrong}, if({first} is not null, '1', '0'))",
            "skip": made.needs_start(fields),
        }
    ]


def _flag(made: Pieces, mapping: SheetMapping, endpoint: str) -> str:
    """The event column of an endpoint that has dates and no time of its own; null without one."""
    flags = [field for field in mapping.of("event") if field.endpoint == endpoint]
    return f"({made.text(flags[0])})" if flags else "null::varchar"


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
