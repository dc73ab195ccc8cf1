"""Which roles a column of an unknown sheet can have, by its header's words and how its cells look.

Every rule gives a score from 0 to 1: above 0.7 the header says it and the cells agree, below 0.5
the cells alone suggest it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from igcore.ingest.mapping.looks import Look
from igcore.ingest.mapping.words_columns import MILESTONES, Column, Context, barred, fits

Scored = tuple[str, float]
_MASS_TEXT = re.compile(r"^(?:mg|g|ug|µg|μg|mcg|ng)\s*/\s*(?:100\s*ml|dl|ml|l)$", re.IGNORECASE)
_NUMBER = re.compile(r"\b(?:n|no|nr|nro|num\w*)\b")  # may number the rows and no patients
_LIMIT_WORD = re.compile(r"\b(?:lln|uln|anrlo|anrhi|lower|upper|low|high|lo|hi|unter\w*|ober\w*)\b")


def roles(column: Column, context: Context) -> Iterator[Scored]:
    """The roles that the column can have, each with its score."""
    if barred(column.says):
        return
    for rule in (_who, _words, _milestones, _rows, _measured, _endpoints, _spells):
        yield from rule(column, context)


def _who(column: Column, context: Context) -> Iterator[Scored]:
    says, look = column.says, column.look
    others = says.concepts - {"patient", "id", "trial"}
    text = not column.dated and not look.labels
    if text and says.has("patient") and not others:
        yield "patient", 0.97 if says.has("id") or not says.rest else 0.6
    elif text and says.concepts == {"id"} and not says.rest and fits("event", column) < 0.6:
        yield "patient", 0.4 if _NUMBER.search(says.folded) else 0.6
    if text and says.has("trial") and not others and not says.has("patient"):
        unique = look.filled > 3 and look.distinct > 0.5 * look.filled
        yield ("patient", 0.7) if unique and says.has("id") else ("trial", 0.8)
    if text and says.has("arm") and not says.any("age", "response", "endpoint"):
        yield "arm", 0.8 if not says.rest else 0.5
    sane = column.empty or (look.lowest is not None and 0 <= look.lowest <= 120)
    if says.has("age") and column.numeric and sane and not says.any("arm", "month", "date"):
        yield "age_years", 0.6 if says.any("diagnosis", "death") else 0.95


def _words(column: Column, context: Context) -> Iterator[Scored]:
    """Roles whose words can be recognised."""
    says = column.says
    plain = not says.concepts and not says.endpoint
    if says.has("sex") and fits("sex", column) >= 0.5:
        yield "sex", 0.95
    elif plain and not column.empty and fits("sex", column) >= 0.9 and column.look.distinct > 1:
        yield "sex", 0.4
    isotype = 0.0 if column.look.numbers > 0.5 else fits("m_protein", column)
    analytes = 0.0 if column.empty else fits("analyte", column)
    if context.long and analytes >= 0.5:
        isotype *= 0.4
    if says.has("protein") and isotype >= 0.3 and not says.unit:
        yield "m_protein", 0.95
    elif says.has("type") and isotype >= 0.6 and not says.any("sample", "therapy", "response"):
        yield "m_protein", 0.9
    elif not column.empty and isotype >= 0.9 and not says.any("date", "sample", "therapy"):
        # "L" may be a light chain, and is a low value far more often.
        yield from [("m_protein", 0.45)] if max(len(w) for w, _ in column.look.words) > 2 else []
    if column.empty and not says.has("response"):
        return
    response = fits("response", column)
    if response >= 0.5 and not column.dated and says.has("response"):
        if says.has("best"):
            yield "best_response", 0.95
        elif says.month is not None or (says.any("date", "day", "first") and column.empty):
            return  # a response at one month is neither the best nor dated
        else:
            yield ("response", 0.92) if context.dated_rows else ("best_response", 0.85)
    elif response >= 0.8 and column.look.distinct > 1 and not says.any("death", "progression"):
        yield ("response", 0.45) if context.by_visit else ("best_response", 0.45)


def _milestones(column: Column, context: Context) -> Iterator[Scored]:
    """Dates and days in a patient's course."""
    says, form = column.says, column.form
    if not form or says.endpoint or says.analyte or says.any("statistic", "diagnosis", "yesno"):
        return
    if column.empty and not says.any("date", "day") and says.any("event", "alive", "censor"):
        return
    if says.has("last") and not says.any("end", "response", "sample", "progression"):
        if says.has("therapy"):
            yield "treatment_end", 0.85
        else:
            yield "last_seen", 0.92 if says.any("seen", "alive", "death") else 0.7
    elif says.has("response") and not says.has("best"):
        if context.by_visit and form == "date" and not says.has("first"):
            yield "when", 0.8
        elif says.any("date", "day", "month", "first", "start") or not column.empty:
            yield "first_response", 0.95 if says.has("first") else 0.85
    elif says.has("time") and form != "date":
        return  # a duration, not a moment
    elif says.has("death"):
        yield "death", 0.95
    elif says.has("progression"):
        yield "progression", 0.95
    elif says.any("next", "infection") and not context.kinds:
        return
    elif says.has("start"):
        kind = "start" if context.kinds else "treatment_start"
        if form == "date" or kind == "start":
            yield kind, 0.95 if says.has("therapy") or context.kinds else 0.7
    elif says.has("end"):
        kind = "end" if context.kinds else "treatment_end"
        yield kind, 0.9 if says.has("therapy") or context.kinds else 0.6
    elif says.has("therapy") and form == "date" and not column.empty:
        yield "treatment_start", 0.6
    elif context.kinds and says.has("date") and not column.empty:
        yield "start", 0.6


def _rows(column: Column, context: Context) -> Iterator[Scored]:
    """When a row was: dates, labels of visits, days, months, times of day."""
    says, look, form = column.says, column.look, column.form
    if says.any("clock", "time", "sample") and look.clocks >= 0.6:
        yield "time", 0.9
    elif look.clocks >= 0.9:
        yield "time", 0.4
    if not form or says.endpoint or says.analyte or says.any(*MILESTONES):
        return
    known = says.any("date", "visit", "sample", "day", "month")
    if known and not (column.empty and says.has("visit") and not says.has("date")):
        vague = says.rest or (says.has("time") and form != "date")
        yield "when", 0.55 if vague else 0.9
    elif look.labels >= 0.9:
        yield "when", 0.5


def _measured(column: Column, context: Context) -> Iterator[Scored]:
    says, look = column.says, column.look
    concentration = bool(says.unit) and says.unit != "%"
    if says.has("sample") and fits("specimen", column) >= 0.5 and not column.empty:
        yield "specimen", 0.9
    if (not column.numeric and says.has("unit")) or (look.words and _units(look) >= 0.8):
        yield "unit", 0.9 if says.has("unit") else 0.6
    if not column.empty and not column.numeric and not column.dated:
        share = fits("analyte", column)
        if says.has("analyte") and not look.labels and not fits("endpoint", column) >= 0.5:
            yield "analyte", 0.9 if share else 0.6
        elif share >= 0.5 and context.long:
            yield "analyte", 0.7
    if not column.numeric or column.dated or says.any("statistic", "age", "event", "censor"):
        return
    if says.any("low", "high") and (says.has("limit") or _LIMIT_WORD.search(says.folded)):
        if says.analyte or says.any("limit", "value") or not says.rest:
            yield "low" if says.has("low") else "high", 0.96
    elif says.any("low", "high"):
        return
    elif re.match(r"Ig[AGMDE]\b|Ig[AG]\d", says.analyte) and not says.any("date", "day"):
        yield "value", 0.95
    elif says.analyte and concentration:
        yield "value", 0.85
    elif says.has("value") and not says.any("time", "grade") and not context.by_endpoint:
        yield "value", 0.9 if not says.rest else 0.6


def _units(look: Look) -> float:
    return sum(n for text, n in look.words if _MASS_TEXT.match(text)) / max(1, look.filled)


def _endpoints(column: Column, context: Context) -> Iterator[Scored]:
    says, look = column.says, column.look
    if not column.empty and fits("endpoint", column) >= 0.5 and not column.numeric:
        yield "endpoint", 0.9 if says.any("endpoint", "analyte") else 0.6
    told = column.vital or says.any("event", "censor", "alive", "yesno")
    flags = fits("event", column) >= 0.6 and (look.highest is None or look.highest <= 1)
    if flags and not (column.empty and not told) and not column.dated and not says.any("age"):
        if says.endpoint or column.vital or says.any("death", "alive", "progression"):
            yield "event", 0.95
        elif told and (context.by_endpoint or len(context.endpoints) == 1):
            yield "event", 0.85
    if not column.numeric or column.dated or told or says.any("statistic", "best"):
        return
    if says.endpoint and not (flags and not column.empty):
        yield "time_to", 0.95
    elif context.by_endpoint and says.any("time", "value", "day", "month"):
        yield "time_to", 0.85


def _spells(column: Column, context: Context) -> Iterator[Scored]:
    """Therapies and infections."""
    says, look = column.says, column.look
    if column.empty or column.dated or (column.numeric and not says.has("grade")):
        return
    therapy = fits("therapy", column)
    if says.has("therapy") and therapy >= 0.3:
        yield "therapy", 0.9
    elif therapy >= 0.6 and not says.any("response", "arm"):
        yield "therapy", 0.5
    if says.has("grade") and fits("grade", column) >= 0.6:
        yield "grade", 0.9
    elif says.has("infection") and look.distinct > 1 and fits("event", column) < 0.6:
        yield "infection", 0.85
