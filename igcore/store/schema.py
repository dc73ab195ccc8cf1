"""Tables and columns of the pool: type, unit, allowed values, source. The one home of each.

Upload templates, checks at the door, the data dictionary, the Methods page and the DDL are all
derived from the declarations below. Days are CDISC study days: 1 is the day of first treatment,
-1 the day before, there is no day 0.
"""

from __future__ import annotations

from dataclasses import dataclass

ISOTYPES = ("IgA", "IgG", "IgM")
RESPONSES = ("sCR", "CR", "nCR", "VGPR", "PR", "MR", "SD", "PD", "NE")
THERAPIES = (
    "study treatment",
    "immunoglobulin replacement",
    "transplant",
    "next therapy",
    "anti-CD38 antibody",
)

# 1 g/L = 100 mg/dL; 1 g/dL = 10 g/L; 1 mg/mL = 1 g/L. Keys are lower case without blanks.
GRAMS_PER_LITRE = {
    "g/l": 1.0,
    "mg/dl": 0.01,
    "mg/100ml": 0.01,
    "g/dl": 10.0,
    "mg/ml": 1.0,
    "mg/l": 0.001,
    "ug/ml": 0.001,
    "µg/ml": 0.001,
    "μg/ml": 0.001,
    "mcg/ml": 0.001,
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a template and of the pool.

    `kind` is how its text is read: text, number, day (study day, not 0), date (ISO), clock (hh:mm),
    flag (1/0), choice (one of `allowed`) or reading (a number, "<5" or ">5000").
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


def _who() -> tuple[Column, ...]:
    return (
        Column(name="trial", kind="text", required=True, key=True, says="Name of the trial."),
        Column(name="patient", kind="text", required=True, key=True, says="Patient's id in it."),
    )


def _start(says: str, *, key: bool = True) -> Column:
    return Column(name="start_day", kind="day", unit="study day", required=True, key=key, says=says)


_END = Column(name="end_day", kind="day", unit="study day", says="Last day; empty if unknown.")

PATIENTS = Table(
    name="patients",
    says="One row per treated patient.",
    columns=(
        *_who(),
        Column(name="arm", kind="text", says="Planned treatment arm."),
        Column(name="sex", kind="choice", allowed=("F", "M"), says="Sex."),
        Column(name="age_years", kind="number", unit="years", low=0, high=120, says="Age at start."),
        Column(
            name="m_protein",
            kind="text",
            says='Monoclonal protein at baseline: "IgG kappa", "LC lambda", "non-secretory", "none".',
        ),
        Column(
            name="best_response",
            kind="choice",
            allowed=RESPONSES,
            says="Best response without its date; serves the descriptive curve alone.",
        ),
        Column(name="treatment_start", kind="date", says="Date of first treatment."),
        Column(name="treatment_start_time", kind="clock", says="Time of the first dose."),
        Column(
            name="treatment_end_day", kind="day", unit="study day", says="Last day of treatment."
        ),
    ),
    derived=(
        Derived(
            name="involved",
            sql_type="varchar[]",
            sql="involved",
            says="Involved heavy chains parsed from m_protein; empty: none of them; null: unknown.",
        ),
    ),
)

MEASUREMENTS = Table(
    name="measurements",
    says="One row per measured value.",
    columns=(
        *_who(),
        Column(
            name="analyte", kind="text", required=True, key=True, says="IgA, IgG, IgM or any other."
        ),
        Column(
            name="day", kind="day", unit="study day", required=True, key=True, says="Day of sampling."
        ),
        Column(name="time", kind="clock", key=True, says="Time of sampling."),
        Column(
            name="value", kind="reading", unit="as given", required=True, says="Measured concentration."
        ),
        Column(name="unit", kind="text", required=True, says="Unit of value, low and high."),
        Column(name="low", kind="number", unit="as given", says="Lower limit of normal of the record."),
        Column(
            name="high", kind="number", unit="as given", says="Upper limit of normal of the record."
        ),
    ),
    derived=(
        Derived(
            name="operator",
            sql_type="varchar",
            sql="operator",
            says='"<" or ">" where the value is a limit of quantification.',
        ),
        Derived(
            name="value_g_per_l",
            sql_type="double",
            sql="round(value * factor, 12)",
            unit="g/L",
            says="Value in g/L; null where the unit is not a mass concentration.",
        ),
        Derived(
            name="low_g_per_l", sql_type="double", sql="round(low * factor, 12)", unit="g/L", says="Lower limit."
        ),
        Derived(
            name="high_g_per_l", sql_type="double", sql="round(high * factor, 12)", unit="g/L", says="Upper limit."
        ),
    ),
)

RESPONSE_ROWS = Table(
    name="responses",
    says="One row per dated response assessment.",
    columns=(
        *_who(),
        Column(
            name="day", kind="day", unit="study day", required=True, key=True, says="Assessment day."
        ),
        Column(
            name="response", kind="choice", required=True, allowed=RESPONSES, says="Response on that day."
        ),
    ),
)

OUTCOMES = Table(
    name="outcomes",
    says="One row per patient and endpoint.",
    columns=(
        *_who(),
        Column(name="endpoint", kind="text", required=True, key=True, says="OS, PFS or any other code."),
        Column(
            name="time_days",
            kind="number",
            unit="days",
            required=True,
            low=0,
            low_open=True,
            says="Time from origin_day to event or censoring: date - start + 1 (CDISC AVAL).",
        ),
        Column(
            name="event",
            kind="flag",
            required=True,
            says="1 = it happened, 0 = censored (the reverse of CDISC's CNSR).",
        ),
        Column(
            name="origin_day",
            kind="day",
            unit="study day",
            default="1",
            says="Study day on which time_days starts to count.",
        ),
    ),
)

THERAPY_ROWS = Table(
    name="therapies",
    says="One row per spell of therapy.",
    columns=(
        *_who(),
        Column(
            name="kind",
            kind="choice",
            required=True,
            key=True,
            allowed=THERAPIES,
            says="What was given.",
        ),
        _start("First day."),
        _END,
    ),
)

INFECTIONS = Table(
    name="infections",
    says="One row per infection.",
    columns=(
        *_who(),
        _start("First day."),
        _END,
        Column(name="term", kind="text", key=True, says="Preferred term."),
        Column(
            name="grade", kind="choice", allowed=("1", "2", "3", "4", "5"), says="CTCAE grade, 1 to 5."
        ),
    ),
)

TABLES = (PATIENTS, MEASUREMENTS, RESPONSE_ROWS, OUTCOMES, THERAPY_ROWS, INFECTIONS)
BY_NAME = {table.name: table for table in TABLES}

# A row is seen by a question about version v if added <= v and (removed is null or removed > v).
LIFE = (("upload", "integer"), ("added", "integer"), ("removed", "integer"))

BOOKKEEPING = """
create table versions (
    version integer, action varchar, upload integer, stated_by varchar, why varchar,
    written timestamp, igcore_version varchar
);
create table uploads (
    upload integer, version integer, stated_by varchar, written timestamp, files varchar, counts varchar,
    warnings varchar
);
create table trials (
    trial varchar, title varchar, cutoff date, simulated boolean, no_m_protein boolean,
    upload integer, added integer, removed integer
);
create table subjects (patient_key integer, trial varchar, patient varchar);
create table proofs (
    version integer, table_name varchar, added bigint, checksum varchar, removed bigint
);
create table reference_ranges (
    laboratory varchar, analyte varchar, low_g_per_l double, high_g_per_l double
);
"""


def ddl() -> str:
    """SQL that makes an empty pool: bookkeeping and one table per template."""
    statements = [BOOKKEEPING]
    for table in TABLES:
        columns = ", ".join(f"{name} {kind}" for name, kind in (*table.stored, *LIFE))
        statements.append(f"create table {table.name} ({columns});")
    return "\n".join(statements)


def views() -> str:
    """Table macros `<table>_at(v)`: the rows that belong to version v of the pool."""
    statements = []
    for table in TABLES:
        columns = ", ".join(f"r.{name}" for name, _ in table.stored)
        statements.append(
            f"create or replace macro {table.name}_at(v) as table "
            f"select s.trial, s.patient, {columns}, r.upload "
            f"from {table.name} r join subjects s using (patient_key) "
            f"where r.added <= v and (r.removed is null or r.removed > v);"
        )
    statements.append(
        "create or replace macro trials_at(v) as table "
        "select trial, title, cutoff, simulated, no_m_protein from trials "
        "where added <= v and (removed is null or removed > v);"
    )
    return "\n".join(statements)
