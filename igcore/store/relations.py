"""Relations: named texts of which questions are made, written into one statement as its CTEs.

SQL names a relation as `cohort()`; the $values in it are those that the question binds. Where one is
to be another, the call says so, also for what that relation is made of: `drawn(several := true)`, or
`verdicts(rule['final'] := 'best')` for one field of a struct. A relation becomes one CTE per distinct
arguments.

A relation is a file of `sql/relations`, or made from a declaration: `patients()` and the other tables
as of $version, `named_patients()` with the patients' names, `trials()`, `cohort()`, and
`reference_ranges()`. A line of its file, or the first of its text, may say that DuckDB shall write it
down or not, and why: "-- Materialized: ...", "-- Not materialized: ...". Scalar rules, such as
`elapsed(day)`, stand in `sql/expressions.sql`, and the numbers of `igcore.definitions`, such as
`days_per_month()`; they are written out where they are used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from igcore import definitions
from igcore.store import cohort, ddl, ranges

SQL = Path(__file__).parent / "sql"
_STRING = r"'(?:[^']|'')*'"
_COMMENT = re.compile(rf"({_STRING})|--[^\n]*")
_WORD = re.compile(rf"{_STRING}|(?<!\w)(?:[A-Za-z_]\w*|\$\w+(?:\['\w+'\])?)")
_MARK = re.compile(rf"{_STRING}|[(){{}}\[\],]")
_EXPRESSION = re.compile(r"create macro (\w+)\((.*?)\) as\b(.*?);", re.DOTALL)
# The first word of the select, before which the CTEs go; `create table x as` may stand before it.
_SELECT = re.compile(r"\b(with|select|from)\b")


@cache
def known() -> dict[str, str]:
    """Name -> text of every relation."""
    files = {path.stem: path.read_text() for path in (SQL / "relations").glob("*.sql")}
    return ddl.relations() | cohort.relations() | ranges.relations() | files


@cache
def _expressions() -> dict[str, tuple[list[str], str]]:
    """Name -> parameters and text of every scalar rule."""
    text = _bare((SQL / "expressions.sql").read_text())
    numbers = {
        name.lower(): ([], repr(value))
        for name, value in vars(definitions).items()
        if isinstance(value, float)
    }
    return numbers | {
        name: ([one.strip() for one in parameters.split(",")], body.strip())
        for name, parameters, body in _EXPRESSION.findall(f"{text};")
    }


@cache
def question(name: str, chosen: tuple[tuple[str, str], ...] = ()) -> tuple[str, frozenset[str]]:
    """The statement of a question of `sql/`, and the names of the values that it binds."""
    text = composed((SQL / f"{name}.sql").read_text(), chosen)
    words = _WORD.findall(text)
    return text, frozenset(word[1:].split("[")[0] for word in words if word.startswith("$"))


def composed(text: str, chosen: tuple[tuple[str, str], ...] = ()) -> str:
    """A constant text of ours as one statement that DuckDB runs.

    Args:
        chosen: pairs of a name that the text, or a relation of it, calls and the relation that is
            meant by it here.

    Raises:
        LookupError: a chosen relation is not known, or nothing calls it.
    """
    made = _Composition(dict(chosen))
    body = made.written(_bare(text), {})
    unknown = {new for _, new in chosen} - known().keys() | {old for old, _ in chosen} - made.called
    if unknown:
        raise LookupError(f"These are no relations, or not called here: {sorted(unknown)}.")
    if not made.ctes:
        return body
    begins = _SELECT.search(body)
    assert begins, text
    rest = body[begins.start() :]
    own = f",\n{rest.removeprefix('with').lstrip()}" if begins[0] == "with" else f"\n{rest}"
    return body[: begins.start()] + "with " + ",\n".join(made.ctes.values()) + own


def _bare(text: str) -> str:
    """Without comments."""
    return _COMMENT.sub(lambda found: found[1] or "", text).strip().removesuffix(";")


class _Composition:
    """The CTEs of one statement, in an order in which each needs only those before it."""

    def __init__(self, chosen: Mapping[str, str]) -> None:
        self.ctes: dict[str, str] = {}  # name -> definition
        self.called: set[str] = set()
        self._chosen = chosen
        self._names: dict[tuple[str, str], str] = {}  # relation and its text -> name of the CTE

    def written(self, text: str, values: Mapping[str, str]) -> str:
        """The text with what it calls, and with expressions for the values that are not bound."""
        parts, at = [], 0
        while found := _WORD.search(text, at):
            word = found[0]
            parts.append(text[at : found.start()])
            at = found.end()
            relation = self._chosen.get(word, word)
            if text[at : at + 1] == "(" and (relation in known() or word in _expressions()):
                arguments, at = _arguments(text, at)
                given = [self.written(one, values) for one in arguments]
                if word in _expressions():
                    # Once more, for the rules by which this one is said.
                    word = self.written(_expression(word, given), {})
                else:
                    self.called.add(word)
                    word = self._cte(relation, given, values)
            elif word.startswith("$"):
                word = _value(word, values)
            parts.append(word)
        return "".join([*parts, text[at:]])

    def _cte(self, relation: str, given: list[str], values: Mapping[str, str]) -> str:
        """The name of the CTE of a relation with these arguments, which is added if need be."""
        own = {
            name.strip(): f"({value.strip()})"
            for name, _, value in (one.partition(":=") for one in given)
        }
        text = known()[relation]
        body = self.written(_bare(text), {**values, **own})
        if (relation, body) not in self._names:
            name = f"{relation}_{1 + sum(known_ == relation for known_, _ in self._names)}"
            self._names[relation, body] = name
            plan = "materialized " if "-- Materialized: " in text else ""
            plan = "not materialized " if "-- Not materialized: " in text else plan
            self.ctes[name] = f"{name} as {plan}(\n{body}\n)"
        return self._names[relation, body]


def _value(word: str, values: Mapping[str, str]) -> str:
    """`$name` or a field of it, `$name['field']`, or what stands in its place here."""
    whole, _, field = word[1:].partition("[")
    if not field and any(name.startswith(f"{whole}[") for name in values):
        raise ValueError(f"A field of {word} is another here; name the fields that are used.")
    if word[1:] in values or whole not in values:
        return values.get(word[1:], word)
    return values[whole] + (field and f"[{field}")


def _expression(name: str, given: list[str]) -> str:
    """A scalar rule written out for its arguments."""
    parameters, body = _expressions()[name]
    values = {
        parameter: one if re.fullmatch(r"[\w.$]+", one) else f"({one})"
        for parameter, one in zip(parameters, given, strict=bool(given))
    }
    return "(" + _WORD.sub(lambda found: values.get(found[0], found[0]), body) + ")"


def _arguments(text: str, at: int) -> tuple[list[str], int]:
    """The arguments in the parentheses that open at this place, and the place after them."""
    depth, begins, found = 0, at + 1, []
    for mark in _MARK.finditer(text, at):
        depth += (mark[0] in "([{") - (mark[0] in ")]}")
        if depth == 0 or (depth == 1 and mark[0] == ","):
            found.append(text[begins : mark.start()].strip())
            begins = mark.end()
        if depth == 0:
            return [one for one in found if one], mark.end()
    raise ValueError(f"A parenthesis is open: {text[at : at + 60]}")
