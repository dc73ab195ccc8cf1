"""A mapping for an unknown sheet, with a reason for every column and what has to be asked.

Header words decide first, then how the values look. What cannot be decided from the sheet is never
guessed: it becomes a question, and the field is left without it until the reader has answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from igcore.ingest.mapping import words, words_roles
from igcore.ingest.mapping.document import DURATIONS, REPEATABLE, ROLES, Field, SheetMapping
from igcore.ingest.mapping.looks import OPEN, Look
from igcore.ingest.mapping.questions import Question, questions
from igcore.ingest.mapping.words_columns import Column, Context, barred, codes_of

ENOUGH = 0.4
_DUMB = ("patient", "trial", "unit")
_COURSE = {"age_years", "sex", "m_protein", "treatment_start", "time_to", "death", "last_seen"}
_WHEN_FIRST = ("date", "study day", "day from 0", "month")


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A suggested mapping.

    Args:
        mapping: its fields leave out what the questions ask for (unit, dates, thousands).
        reasons: a short sentence for every column, by its header; unmapped ones too.
        questions: what the reader has to decide.
        scores: how sure each mapped column is, from 0 to 1; under 0.5 the values alone spoke.
    """

    mapping: SheetMapping
    reasons: dict[str, str] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)


def suggest(
    looks: Sequence[Look], header: Sequence[str], sheet_name: str | None, file_name: str
) -> Suggestion:
    """What the columns of a sheet seem to mean.

    Args:
        looks: from looks.look, one per column of `header`.
        sheet_name: None for files without sheets; then the file's stem names the sheet.
    """
    columns = [Column(look, words.read(name)) for look, name in zip(looks, header, strict=True)]
    context = _context(columns)
    chosen = _assign(columns, context)
    kept = _without_orphans(columns, chosen)
    fields = [(i, _field(columns[i], role)) for i, (role, _) in sorted(kept.items())]
    # The first filled moment of a row counts: a date says more than the label of a visit.
    fields.sort(key=lambda item: _WHEN_FIRST.index(item[1].form) if item[1].ours == "when" else -1)
    fields.sort(key=lambda item: item[1].ours == "when")
    fields = _in_place(fields)
    reasons = {}
    for i, column in enumerate(columns):
        made = next((one for place, one in fields if place == i), None)
        reasons[column.look.theirs] = _mapped(column, made) if made else _unmapped(column)
    mapping = SheetMapping(
        columns=tuple(header),
        fields=tuple(one for _, one in fields),
        sheet=sheet_name if sheet_name is not None else Path(file_name).stem,
    )
    asked = questions([(columns[i], one) for i, one in fields])
    scores = {columns[i].look.theirs: score for i, (_, score) in kept.items()}
    return Suggestion(mapping=mapping, reasons=reasons, questions=asked, scores=scores)


def _in_place(fields: list[tuple[int, Field]]) -> list[tuple[int, Field]]:
    """Fields in the order of their columns, but the moments of a row as they are sorted."""
    moments = [one for one in fields if one[1].ours == "when"]
    if not moments:
        return fields
    first = min(i for i, _ in moments)
    before = [one for one in fields if one[1].ours != "when" and one[0] < first]
    after = [one for one in fields if one[1].ours != "when" and one[0] > first]
    return [*before, *moments, *after]


def _context(columns: Sequence[Column]) -> Context:
    """What the columns tell of the sheet as a whole, before roles are given out."""
    plain = Context()
    scored = [dict(words_roles.roles(column, plain)) for column in columns]
    by_patient = max(
        (i for i in range(len(columns)) if scored[i].get("patient", 0) >= ENOUGH),
        key=lambda i: scored[i]["patient"],
        default=None,
    )
    look = columns[by_patient].look if by_patient is not None else Look(theirs="")
    has = {role for roles in scored for role, score in roles.items() if score >= ENOUGH}
    times = [c.says.endpoint for c, r in zip(columns, scored, strict=True) if "time_to" in r]
    repeats = look.filled > 1.05 * look.distinct
    general = any(
        r.get("value", 0) and not c.says.analyte for c, r in zip(columns, scored, strict=True)
    )
    return Context(
        repeats=repeats,
        dated_rows="when" in has,
        course=bool(has & _COURSE),
        long=repeats and general,
        kinds="therapy" in has or "infection" in has,
        by_endpoint="endpoint" in has,
        endpoints=frozenset(times),
    )


def _assign(columns: Sequence[Column], context: Context) -> dict[int, tuple[str, float]]:
    """One role per column, the best scores first; a role twice only where that has a meaning."""
    offers = sorted(
        (-score, i, role)
        for i, column in enumerate(columns)
        for role, score in words_roles.roles(column, context)
        if score >= ENOUGH
    )
    chosen: dict[int, tuple[str, float]] = {}
    taken: set[tuple] = set()
    headers: set[str] = set()
    for lost, i, role in offers:
        column = columns[i]
        if i in chosen or column.look.theirs in headers:
            continue
        key = _key(role, column)
        if key in taken:
            continue
        taken.add(key)
        headers.add(column.look.theirs)
        chosen[i] = (role, -lost)
    return chosen


def _key(role: str, column: Column) -> tuple:
    """What may be there only once: a role, or with it what tells repeated columns apart."""
    if role not in REPEATABLE:
        return (role,)
    if role == "m_protein":
        return (role, column.look.theirs)
    if role == "when":
        return (role, column.form)
    if role in ("time_to", "event"):
        return (role, _endpoint(role, column))
    return (role, column.says.analyte, column.says.month)


def _endpoint(role: str, column: Column) -> str:
    """The endpoint that a column stands for; death and progression name theirs."""
    says = column.says
    if says.endpoint or role != "event":
        return says.endpoint
    if column.vital or says.any("death", "alive"):
        return "OS"
    return "PFS" if says.has("progression") else ""


def _without_orphans(
    columns: Sequence[Column], chosen: dict[int, tuple[str, float]]
) -> dict[int, tuple[str, float]]:
    """Without columns whose role means nothing in a sheet that lacks what they belong to."""
    roles = {role for role, _ in chosen.values()}
    undated = any(r == "value" and columns[i].says.month is None for i, (r, _) in chosen.items())
    timed = {columns[i].says.endpoint for i, (r, _) in chosen.items() if r == "time_to"}
    # A flag beside a date of last contact or death says whether the last day was an event.
    timed |= {"OS", "PFS"} if roles & {"last_seen", "death"} else set()
    needs = {
        "when": undated or bool(roles & {"response", "therapy", "infection"}),
        "time": undated,
        "unit": "value" in roles,
        "analyte": "value" in roles,
        "low": "value" in roles,
        "high": "value" in roles,
        "specimen": "value" in roles,
        "endpoint": "time_to" in roles,
        "grade": "infection" in roles,
        "start": bool(roles & {"therapy", "infection"}),
        "end": bool(roles & {"therapy", "infection"}),
    }
    kept = {}
    for i, (role, score) in chosen.items():
        if role == "value" and columns[i].says.month is None and "when" not in roles:
            continue  # a value without a day cannot be stored
        endpoint = _endpoint(role, columns[i])
        orphan = role == "event" and not (endpoint in timed or (not endpoint and len(timed) == 1))
        if needs.get(role, True) and not orphan:
            kept[i] = (role, score)
    return kept


def _field(column: Column, role: str) -> Field:
    look, says = column.look, column.says
    made = Field(ours=role, theirs=look.theirs, codes=_codes(column, role))
    kind = ROLES[role].kind
    if kind == "moment":
        order = look.orders[0] if len(look.orders) == 1 else ""
        made = replace(made, form=column.form, dates=order if column.form == "date" else "")
    if kind in ("number", "reading", "duration"):
        made = replace(made, thousands="" if look.grouping == OPEN else look.grouping)
    if role in ("value", "low", "high"):
        unit = says.unit if says.unit != "%" else ""
        made = replace(made, analyte=says.analyte, month=says.month, unit=unit)
    if role == "time_to":
        unit = says.duration if says.duration in DURATIONS else ""
        made = replace(made, unit=unit)
    if role in ("time_to", "event"):
        made = replace(made, endpoint=_endpoint(role, column))
    return made


def _codes(column: Column, role: str) -> tuple[tuple[str, str], ...]:
    """Every word of the column that its code list knows, the most frequent first."""
    if role in _DUMB:
        return ()
    meaning = codes_of(role, column)
    if meaning is None:
        return ()
    read = ((text, meaning(text)) for text, _ in column.look.words)
    return tuple((text, ours) for text, ours in read if ours is not None)


def _mapped(column: Column, made: Field) -> str:
    theirs = column.look.theirs
    said = bool(column.says.concepts or column.says.analyte or column.says.endpoint)
    first = f'The header says "{theirs}"' if said else f'The header "{theirs}" says little'
    return f"{first}; {_evidence(column, made)}."


def _evidence(column: Column, made: Field) -> str:
    look = column.look
    if column.empty:
        return "it has no values"
    if made.form == "date":
        order = {"dmy": ", day before month", "mdy": ", month before day"}.get(made.dates, "")
        return f"its cells are dates{order}"
    if made.form == "month":
        return f"its cells are months of treatment ({', '.join(look.examples)})"
    if made.form:
        zero = "0 is among them, so they count from 0" if made.form == "day from 0" else "no 0"
        return f"its cells are numbers of days ({zero})"
    if made.ours in ("value", "low", "high") and made.analyte:
        parts = [made.analyte, f"month {made.month:g}" if made.month is not None else ""]
        named = ", ".join(part for part in (*parts, made.unit or "no unit") if part)
        return f"it names {named}, and its cells are numbers"
    if ROLES[made.ours].kind in ("number", "reading", "duration") and look.lowest is not None:
        return f"its cells are numbers from {look.lowest:g} to {look.highest:g}"
    shown = ", ".join(look.examples)
    return f"its values are {shown}" if len(look.words) <= 3 and look.words else f"such as {shown}"


def _unmapped(column: Column) -> str:
    if column.says.has("birth"):
        return "A date of birth is personal and is never read; the age is enough."
    if barred(column.says):
        return "It looks personal and is not read."
    if column.says.has("statistic") and (column.says.analyte or column.numeric):
        return "It looks like a remark or a statistic of other values and is not read."
    if column.says.analyte:
        return "It names no month, and no column says when its values were taken; it is not read."
    return "Neither its header nor its values say what it means; it is not read."
