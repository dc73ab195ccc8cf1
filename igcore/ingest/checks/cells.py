"""One cell or row of text in SQL: its typed value, and what can be wrong with it.

Derived from schema.py: every check is one expression over a staged row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from igcore.store import schema
from igcore.store.columns import Column, Table

# "NA", "NaN" and SAS's "." mean missing wherever a number, a day, a date or a code is expected.
_MISSING = "('NA', 'NAN', '.')"
_NUMBER = r"[+-]?[0-9]*\.?[0-9]+([eE][+-]?[0-9]+)?|[+-]?[0-9]+\."
NUMERIC = ("number", "day", "reading")


def text(column: Column) -> str:
    """The cell without blanks; null where it is empty or says "missing"."""
    cell = f"nullif(trim({column.name}), '')"
    if column.kind == "text":
        return cell
    return f"(case when upper({cell}) not in {_MISSING} then {cell} end)"


def plain(column: Column) -> str:
    """SQL of the number that DuckDB reads in the cell; `typed` decides whether to believe it."""
    return f"try_cast(trim({column.name}) as double) as n_{column.name}"


def plains(columns: Sequence[Column]) -> list[str]:
    """`plain` of the columns that hold numbers."""
    return [plain(column) for column in columns if column.kind in NUMERIC]


def typed(column: Column) -> str:
    """SQL of the column's value; null where the text is missing or wrong."""
    cell, number = text(column), f"n_{column.name}"
    if column.kind in NUMERIC:
        # DuckDB alone would read "1_0" as 10, "+-1" as -1 and "inf" as a number. The pattern costs
        # more than the cast, so it is kept for the few cells with one of these signs.
        odd = " or ".join(f"contains({column.name}, '{sign}')" for sign in "_+eE")
        sure = f"isfinite({number}) and not ({odd})"
        if column.kind == "reading":
            signed = rf"regexp_extract({cell}, '^[<>≤≥]?\s*=?\s*({_NUMBER})$', 1)"
            return f"(case when {sure} then {number} else try_cast(nullif({signed}, '') as double) end)"
        pattern = f"regexp_matches({cell}, '^({_NUMBER})$')"
        return f"(case when {sure} then {number} when {pattern} then {number} end)"
    if column.kind == "date":
        whole = rf"regexp_matches({cell}, '^\d{{4}}-\d{{2}}-\d{{2}}([T ]00:00(:00)?)?$')"
        return f"(case when {whole} then try_cast(left({cell}, 10) as date) end)"
    if column.kind == "clock":
        whole = rf"regexp_matches({cell}, '^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$')"
        hours, minutes = (f"split_part({cell}, ':', {part})" for part in (1, 2))
        return f"(case when {whole} then lpad({hours}, 2, '0') || ':' || {minutes} end)"
    if column.kind == "flag":
        return (
            f"(case when lower({cell}) in ('1', '1.0', 'true') then true "
            f"when lower({cell}) in ('0', '0.0', 'false') then false end)"
        )
    if column.kind == "choice":
        words = ", ".join(f"'{word}'" for word in column.allowed)
        lower = ", ".join(f"'{word.lower()}'" for word in column.allowed)
        whole = rf"regexp_replace(lower({cell}), '^(\d+)\.0$', '\1')"
        return f"list_extract([{words}], list_position([{lower}], {whole}))"
    if column.name == "analyte":
        return (
            f"(case upper({cell}) when 'IGA' then 'IgA' when 'IGG' then 'IgG' "
            f"when 'IGM' then 'IgM' else {cell} end)"
        )
    return cell


def stored(column: Column) -> str:
    """SQL of what is stored of the column's value."""
    value, top = f"t_{column.name}", column.capped_above
    return value if top is None else f"if({value} > {top}, {top + 1}, {value})"


def faults(column: Column) -> Iterator[tuple[str, str, str]]:
    """Condition, problem and cure for what can be wrong with one column's text."""
    cell, value = text(column), f"t_{column.name}"
    if column.required:
        yield f"{value} is null and {cell} is null", "It is missing.", f"Fill in {column.allows()}."
    if column.kind != "text":
        wrong = f"{value} is null and {cell} is not null"
        yield wrong, f"It is not {column.allows()}.", "Correct the cell."
    if column.kind in NUMERIC:
        # Beyond 1e300 a conversion of units would leave the doubles.
        yield f"abs({value}) > 1e300", "It is not a finite number.", "Correct the cell."
    if column.kind == "day":
        yield f"{value} = 0", "There is no study day 0.", "Day 1 is the first treatment."
        yield f"abs({value}) > 40000", "It is more than a century.", "Give a study day."
    if column.kind == "date":
        odd = f"year({value}) not between 1900 and 2100"
        yield odd, "The date is not between the years 1900 and 2100.", "Correct the date."
    if column.low is not None:
        less = "<=" if column.low_open else "<"
        yield f"{value} {less} {column.low}", f"It is not {column.allows()}.", "Correct it."
    if column.high is not None:
        yield f"{value} > {column.high}", f"It is not {column.allows()}.", "Correct it."
    if column.kind == "text":
        yield f"length({value}) > 200", "It is longer than 200 characters.", "Shorten it."


_IMMUNOGLOBULIN = "t_analyte in (" + ", ".join(f"'{name}'" for name in schema.ISOTYPES) + ")"
# (table, column, condition, problem, cure) for what concerns several columns of a row.
RULES = (
    (
        "patients",
        "trial",
        "lower(t_trial) = 'pooled'",
        'A trial cannot be called "pooled"; tables use that word for all trials together.',
        "Give the trial another name.",
    ),
    (
        "measurements",
        "value",
        f"{_IMMUNOGLOBULIN} and t_value <= 0",
        "An immunoglobulin concentration is above 0.",
        'Below quantification it is written "<" and the limit, such as "<7".',
    ),
    (
        "measurements",
        "unit",
        f"{_IMMUNOGLOBULIN} and t_unit is not null and factor is null",
        "The unit is not known, and a conversion is never guessed.",
        "Give one of " + ", ".join(("g/L", "mg/dL", "g/dL", "mg/mL", "mg/L", "µg/mL")) + ".",
    ),
    (
        "measurements",
        "low",
        "t_low > t_high",
        "The lower limit is above the upper limit.",
        "Exchange them, or leave both empty.",
    ),
    *(
        (
            table,
            "end_day",
            "t_end_day < t_start_day",
            "It ends before it starts.",
            "Correct one of the days.",
        )
        for table in ("therapies", "infections")
    ),
)


def rulebook(table: Table) -> list[tuple[str, str, str, str]]:
    """Column, condition, problem and cure of everything that can be wrong with a row."""
    own = [(column.name, *fault) for column in table.columns for fault in faults(column)]
    return own + [rule[1:] for rule in RULES if rule[0] == table.name]


def conditions(table: Table, columns: Sequence[Column]) -> list[str]:
    """The conditions of the rulebook that concern some of a table's columns."""
    names = {column.name for column in columns}
    return [condition for name, condition, *_ in rulebook(table) if name in names]


def one_of(conditions: list[str]) -> str:
    """SQL that is true if one condition is; a `case` stops at the first and takes null as no."""
    cases = " ".join(f"when {condition} then true" for condition in conditions)
    return f"(case {cases} else false end)"
