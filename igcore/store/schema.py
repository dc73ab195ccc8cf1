"""Tables and columns of the pool: type, unit, allowed values, source. The one home of each.

Upload templates, checks at the door, the data dictionary, the Methods page and the DDL are all
derived from the declarations below. Days are CDISC study days: 1 is the day of first treatment,
-1 the day before, there is no day 0.
"""

from __future__ import annotations

from igcore.store.columns import Column, Derived, Table

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
        Column(
            name="age_years",
            kind="number",
            unit="years",
            low=0,
            high=120,
            capped_above=89,
            says="Age at start; above 89 stored as 90.",
        ),
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
            name="day",
            kind="day",
            unit="study day",
            required=True,
            key=True,
            says="Day of sampling.",
        ),
        Column(name="time", kind="clock", key=True, says="Time of sampling."),
        Column(
            name="value",
            kind="reading",
            unit="as given",
            required=True,
            says="Measured concentration.",
        ),
        Column(name="unit", kind="text", required=True, says="Unit of value, low and high."),
        Column(
            name="low", kind="number", unit="as given", says="Lower limit of normal of the record."
        ),
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
            name="low_g_per_l",
            sql_type="double",
            sql="round(low * factor, 12)",
            unit="g/L",
            says="Lower limit.",
        ),
        Derived(
            name="high_g_per_l",
            sql_type="double",
            sql="round(high * factor, 12)",
            unit="g/L",
            says="Upper limit.",
        ),
    ),
)

RESPONSE_ROWS = Table(
    name="responses",
    says="One row per dated response assessment.",
    columns=(
        *_who(),
        Column(
            name="day",
            kind="day",
            unit="study day",
            required=True,
            key=True,
            says="Assessment day.",
        ),
        Column(
            name="response",
            kind="choice",
            required=True,
            allowed=RESPONSES,
            says="Response on that day.",
        ),
    ),
)

OUTCOMES = Table(
    name="outcomes",
    says="One row per patient and endpoint.",
    columns=(
        *_who(),
        Column(
            name="endpoint", kind="text", required=True, key=True, says="OS, PFS or any other code."
        ),
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
            name="grade",
            kind="choice",
            allowed=("1", "2", "3", "4", "5"),
            says="CTCAE grade, 1 to 5.",
        ),
    ),
)

CATEGORIES = Table(
    name="categories",
    says="One row per patient and category; survival can be compared by each of them.",
    columns=(
        *_who(),
        Column(
            name="category",
            kind="text",
            required=True,
            key=True,
            says="What is told apart, as it was at the start: ISS stage, cytogenetic risk ...",
        ),
        Column(
            name="level", kind="text", required=True, says="Where the patient belongs: II, high."
        ),
    ),
)

TABLES = (PATIENTS, MEASUREMENTS, RESPONSE_ROWS, OUTCOMES, THERAPY_ROWS, INFECTIONS, CATEGORIES)
BY_NAME = {table.name: table for table in TABLES}
