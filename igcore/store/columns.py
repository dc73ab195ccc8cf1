"""What a table and its columns are declared with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a template and of the pool.

    `kind` is how its text is read: text, number, day (study day, not 0), date (ISO), clock (hh:mm),
    flag (1/0), choice (one of `allowed`) or reading (a number, "<5" or ">5000"). A value above
    `capped_above` is stored as the next whole number, so that it tells nobody apart.
    """

    name: str
    kind: str
    says: str
    unit: str = ""
    required: bool = False
    key: bool = False
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    default: str = ""
    capped_above: int | None = None

    @property
    def sql_type(self) -> str:
        """The column's type in DuckDB."""
        types = {"number": "double", "day": "double", "reading": "double", "date": "date"}
        return types.get(self.kind, "boolean" if self.kind == "flag" else "varchar")

    def allows(self) -> str:
        """The allowed values in words."""
        words = {
            "text": "text",
            "number": "a number",
            "day": "a study day (1 is the first day of treatment, there is no day 0)",
            "date": "a date such as 2008-01-15",
            "clock": "a time of day such as 08:30",
            "flag": "1 or 0",
            "reading": 'a number, or "<5", or ">5000"',
            "choice": "one of " + ", ".join(self.allowed),
        }[self.kind]
        if self.low is not None and self.high is not None:
            return f"{words} from {self.low:g} to {self.high:g}"
        if self.low is not None:
            return f"{words} above {self.low:g}" if self.low_open else f"{words} from {self.low:g}"
        return words


@dataclass(frozen=True, kw_only=True)
class Derived:
    """A column that the pool computes from the uploaded ones when a row is added."""

    name: str
    sql_type: str
    sql: str
    says: str
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """One upload template and its table in the pool."""

    name: str
    says: str
    columns: tuple[Column, ...]
    derived: tuple[Derived, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that identify a row, in declared order."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def content(self) -> tuple[Column, ...]:
        """Declared columns that are not part of the key."""
        return tuple(column for column in self.columns if not column.key)

    @property
    def stored(self) -> tuple[tuple[str, str], ...]:
        """Name and SQL type of each stored column, the patient as `patient_key`."""
        own = [(c.name, c.sql_type) for c in self.columns if c.name not in ("trial", "patient")]
        extra = [(d.name, d.sql_type) for d in self.derived]
        return (("patient_key", "integer"), *own, *extra)

    def column(self, name: str) -> Column:
        """The declared column of that name; KeyError if there is none."""
        return {column.name: column for column in self.columns}[name]
