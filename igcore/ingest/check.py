"""What must hold, derived from schema.py: text -> typed rows, and problems with place and cure.

Every check is one expression over a staged row; a row with an error is refused alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from igcore.ingest import isotypes
from igcore.ingest.report import Problem
from igcore.store import schema
from igcore.store.columns import Column, Table

# "NA", "NaN" and SAS's "." mean missing wherever a number, a day, a date or a code is expected.
_MISSING = "('NA', 'NAN', '.')"
_NUMBER = r"[+-]?[0-9]*\.?[0-9]+([eE][+-]?[0-9]+)?|[+-]?[0-9]+\."


def _text(column: Column) -> str:
    """The cell without blanks; null where it is empty or says "missing"."""
    cell = f"nullif(trim({column.name}), '')"
    if column.kind == "text":
        return cell
    return f"(case when upper({cell}) not in {_MISSING} then {cell} end)"


def _typed(column: Column) -> str:
    """SQL of the column's value; null where the text is missing or wrong."""
    text = _text(column)
    if column.kind in ("number", "day"):
        # DuckDB alone would read "1_0" as 10 and "inf" as a number.
        return f"(case when regexp_matches({text}, '^({_NUMBER})$') then try_cast({text} as double) end)"
    if column.kind == "reading":
        number = rf"regexp_extract({text}, '^[<>≤≥]?\s*=?\s*({_NUMBER})$', 1)"
        return f"try_cast(nullif({number}, '') as double)"
    if column.kind == "date":
        whole = rf"regexp_matches({text}, '^\d{{4}}-\d{{2}}-\d{{2}}([T ]00:00(:00)?)?$')"
        return f"(case when {whole} then try_cast(left({text}, 10) as date) end)"
    if column.kind == "clock":
        whole = rf"regexp_matches({text}, '^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$')"
        hours, minutes = (f"split_part({text}, ':', {part})" for part in (1, 2))
        return f"(case when {whole} then lpad({hours}, 2, '0') || ':' || {minutes} end)"
    if column.kind == "flag":
        return (
            f"(case when lower({text}) in ('1', '1.0', 'true') then true "
            f"when lower({text}) in ('0', '0.0', 'false') then false end)"
        )
    if column.kind == "choice":
        words = ", ".join(f"'{word}'" for word in column.allowed)
        lower = ", ".join(f"'{word.lower()}'" for word in column.allowed)
        whole = rf"regexp_replace(lower({text}), '^(\d+)\.0$', '\1')"
        return f"list_extract([{words}], list_position([{lower}], {whole}))"
    if column.name == "analyte":
        return (
            f"(case upper({text}) when 'IGA' then 'IgA' when 'IGG' then 'IgG' "
            f"when 'IGM' then 'IgM' else {text} end)"
        )
    return text


def _faults(column: Column) -> Iterator[tuple[str, str, str]]:
    """Condition, problem and cure for what can be wrong with one column's text."""
    text, typed = _text(column), f"t_{column.name}"
    if column.required:
        yield f"{text} is null", "It is missing.", f"Fill in {column.allows()}."
    wrong = f"{text} is not null and "
    if column.kind not in ("text",):
        yield wrong + f"{typed} is null", f"It is not {column.allows()}.", "Correct the cell."
    if column.kind in ("number", "day", "reading"):
        # Beyond 1e300 a conversion of units would leave the doubles.
        yield wrong + f"abs({typed}) > 1e300", "It is not a finite number.", "Correct the cell."
    if column.kind == "day":
        yield wrong + f"{typed} = 0", "There is no study day 0.", "Day 1 is the first treatment."
        yield wrong + f"abs({typed}) > 40000", "It is more than a century.", "Give a study day."
    if column.low is not None:
        less = "<=" if column.low_open else "<"
        yield wrong + f"{typed} {less} {column.low}", f"It is not {column.allows()}.", "Correct it."
    if column.high is not None:
        yield wrong + f"{typed} > {column.high}", f"It is not {column.allows()}.", "Correct it."
    if column.kind == "text":
        yield wrong + f"length({text}) > 200", "It is longer than 200 characters.", "Shorten it."


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


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _fault_list(table: Table) -> str:
    """SQL list of a staged row's faults, the first of each column: column, value, problem, cure."""
    cases: dict[str, str] = {}
    faults = [(column.name, *fault) for column in table.columns for fault in _faults(column)] + [
        rule[1:] for rule in RULES if rule[0] == table.name
    ]
    for name, condition, problem, cure in faults:
        cases[name] = cases.get(name, "case") + (
            f" when {condition} then {{'column': {_quoted(name)}, 'value': {name}, "
            f"'problem': {_quoted(problem)}, 'cure': {_quoted(cure)}}}"
        )
    listed = ", ".join(f"{case} end" for case in cases.values())
    return f"list_filter([{listed}], lambda fault: fault is not null)"


def type_rows(cursor: duckdb.DuckDBPyConnection, table: Table) -> None:
    """`stage_<table>` (text) -> `typed_<table>`: declared columns, derived inputs and `faults`."""
    typed = ", ".join(f"{_typed(column)} as t_{column.name}" for column in table.columns)
    declared = ", ".join(f"t_{column.name} as {column.name}" for column in table.columns)
    extra, joins = "", ""
    if table is schema.MEASUREMENTS:
        extra = (
            ", regexp_replace(regexp_replace(regexp_extract(trim(value), '^[<>≤≥]'), '≤', '<'), "
            "'≥', '>') as sign, factor"
        )
        joins = "left join unit_factor on unit_factor.written = lower(replace(s.unit, ' ', ''))"
        declared += ", nullif(sign, '') as operator, factor"
    if table is schema.PATIENTS:
        joins = "left join isotype_of on isotype_of.written = s.m_protein"
        extra = ", isotype_of.involved as involved"
        declared += ", involved"
    cursor.execute(
        f"create or replace temp table typed_{table.name} as "
        f"with typed as (select s.*, {typed}{extra} from stage_{table.name} s {joins} "
        f"where s.skip is null) "
        f"select file, sheet, line, ord, {declared}, {_fault_list(table)} as faults from typed"
    )


def prepare_lookups(cursor: duckdb.DuckDBPyConnection) -> None:
    """Small tables of what a text means: unit -> factor to g/L, M-protein -> involved chains."""
    cursor.execute("create or replace temp table unit_factor (written varchar, factor double)")
    cursor.executemany(
        "insert into unit_factor values (?, ?)", list(schema.GRAMS_PER_LITRE.items())
    )
    cursor.execute(
        "create or replace temp table isotype_of (written varchar, involved varchar[], clear boolean)"
    )
    texts = [
        row[0]
        for row in cursor.execute(
            "select distinct m_protein from stage_patients where m_protein is not null"
        ).fetchall()
    ]
    for text in texts:
        chains = isotypes.involved(text)
        cursor.execute(
            "insert into isotype_of values (?, ?, ?)",
            [text, None if chains is None else list(chains), isotypes.understood(text)],
        )


def faults(cursor: duckdb.DuckDBPyConnection, table: Table) -> list[Problem]:
    """The faults of a typed table, in the order of the lines."""
    rows = cursor.execute(
        f"select file, sheet, line, unnest(faults, recursive := true) from typed_{table.name} "
        "order by ord"
    ).fetchall()
    return [Problem(*row) for row in rows]


def unclear_isotypes(cursor: duckdb.DuckDBPyConnection) -> list[Problem]:
    """Texts of the monoclonal protein that name no known type: unknown, told once per text."""
    rows = cursor.execute(
        "select min_by(s.file, s.ord), min_by(s.sheet, s.ord), min_by(s.line, s.ord), s.m_protein, "
        "count(*) from stage_patients s join isotype_of i on i.written = s.m_protein "
        "where not i.clear and s.skip is null group by s.m_protein order by min(s.ord)"
    ).fetchall()
    return [
        Problem(
            file,
            sheet,
            line,
            "m_protein",
            text,
            f"It names no known type of monoclonal protein ({n} patients); taken as unknown, "
            "so no isotype of theirs is assessable.",
            'Write it like "IgG kappa", "LC lambda", "non-secretory" or "none".',
            "warning",
        )
        for file, sheet, line, text, n in rows
    ]
