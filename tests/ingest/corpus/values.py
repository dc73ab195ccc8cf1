"""Sound templates with cells that cannot be: numbers, days, dates, codes and ids."""

from __future__ import annotations

from tests.ingest.corpus.case import MEASURED, Case, either, harmless, measured, refused

NUMBER = "number|finite|plausible|above 0|concentration|missing"
DATE = "date|year|before|after|plausible"


def _number(name: str, *cells: str) -> Case:
    return refused(f"A value of {name}", NUMBER, "measurements.csv", measured(*cells))


def _patient(name: str, words: str, column: str, *cells: str) -> Case:
    rows = "".join(f'"{name}",{i},{cell}\n' for i, cell in enumerate(cells))
    return refused(name, words, "patients.csv", f"trial,patient,{column}\n{rows}")


def _row(name: str, words: str, table: str, header: str, *rows: str) -> Case:
    text = f"trial,patient,{header}\n" + "".join(f"Base,1,{row}\n" for row in rows)
    return refused(name, words, f"{table}.csv", text)


NUMBERS = (
    _number("1e400", "1e400", "-1e400"),
    _number("1e308", "1e308", "1.7976931348623157e308"),
    _number("NaN or infinity", "NaN", "inf", "-Infinity", "∞", "1.#INF", "#N/A"),
    _number("minus zero", "-0", "-0.0", "0"),
    _number("0x10 or 1_0", "0x10", "1_0", "1e", "--5", "0b1"),
    _number("twelve in words", "twelve", "12 mg/dL", "high", "+++"),
    _number("nothing but blanks", " ", "\u00a0", "\u3000"),
    _number("-5", "-5", "-0.001"),
    either("A value of ١٢ or १२", 2, NUMBER, "measurements.csv", measured("١٢", "१२")),
    either("A value of full width, １２", 1, NUMBER, "measurements.csv", measured("１２")),
    either("A value of 1.234.567,8", 1, NUMBER, "measurements.csv", measured("1.234.567,8")),
    either("A value of 1 234", 1, NUMBER, "measurements.csv", measured("1 234")),
    either(
        "A value of a thousand figures",
        1,
        NUMBER + "|longer",
        "measurements.csv",
        measured("0." + "3" * 1000),
    ),
)
DAYS = (
    _row("Study day 0", "day 0", "responses", "day,response", "0,PR", "0.0,CR", "-0,SD"),
    _row(
        "Days of another age", "day|century", "responses", "day,response", "99999999,PR", "1e9,PR"
    ),
    _row("Days in words", "day", "responses", "day,response", "soon,PR", "Day 5?,PR", "NaN,PR"),
    _patient("Treatment that started in the year 1", DATE, "treatment_start", "0001-01-01"),
    _patient("Treatment that starts in the year 9999", DATE, "treatment_start", "9999-12-31"),
    _patient(
        "The year 10000 and the year -1", DATE, "treatment_start", "10000-01-01", "-0001-01-01"
    ),
    _patient("31 February", DATE, "treatment_start", "2009-02-31", "31.02.2009", "2009-13-01"),
    _patient(
        "Dates in part", DATE, "treatment_start", "2009", "2009-02", "UN-FEB-2009", "00.00.2009"
    ),
    _patient(
        "Clocks that do not exist", "clock|time", "treatment_start_time", "25:00", "8:60", "noon"
    ),
)
CODES = (
    refused(
        "A unit that nobody knows",
        "unit",
        "measurements.csv",
        measured("5", "5", unit="furlong/firkin"),
    ),
    refused("No unit", "unit|missing", "measurements.csv", measured("5", unit="")),
    refused(
        "A lower limit above the upper one",
        "limit",
        "measurements.csv",
        measured("5", low="4", high="0.7"),
    ),
    _row(
        "Responses that nobody knows",
        "sCR|response|one of",
        "responses",
        "day,response",
        "29,great",
        "30,0",
    ),
    _row(
        "Times of zero and below",
        "above 0|> 0|time",
        "outcomes",
        "endpoint,time_days,event",
        "OS,0,1",
        "PFS,-5,1",
    ),
    _row(
        "An event of maybe",
        "1 or 0|0 or 1|event|true",
        "outcomes",
        "endpoint,time_days,event",
        "OS,5,maybe",
        "PFS,5,2",
    ),
    _row(
        "Infections of grade 9",
        "1, 2, 3|grade|one of",
        "infections",
        "start_day,end_day,term,grade",
        "3,4,Flu,9",
    ),
    _row(
        "Therapies that nobody knows",
        "one of|transplant",
        "therapies",
        "kind,start_day,end_day",
        "prayer,3,4",
    ),
    _row(
        "Spells that end before they start",
        "ends before",
        "therapies",
        "kind,start_day,end_day",
        "transplant,5,4",
    ),
    _patient(
        "Ages of -1, 200 and infinity", "years|age|0 to 120|number", "age_years", "-1", "200", "inf"
    ),
    _patient("A sex of 3", "F|sex", "sex", "3", "maybe"),
)
IDS = (
    refused("No patient's id", "missing", "patients.csv", "trial,patient,arm\nA,,x\nA, ,y\n"),
    refused("No trial's name", "missing", "patients.csv", "trial,patient,arm\n,1,x\n ,2,y\n"),
    refused(
        "Measurements of nobody",
        "knows? this patient|unknown patient",
        "measurements.csv",
        MEASURED + "Base,999,IgA,3,,1,g/L,,\n",
    ),
    refused(
        "An id of 10,000 letters",
        "200 characters|long",
        "patients.csv",
        f"trial,patient\nA,{'x' * 10_000}\n",
    ),
    refused(
        "A trial called pooled",
        "pooled",
        "patients.csv",
        "trial,patient\npooled,1\nPOOLED,2\n Pooled ,3\n",
    ),
    refused(
        "One patient twice with two sexes in an upload that is there already",
        "differ|twice|already|same|other",
        "patients.csv",
        "trial,patient,arm,sex,treatment_start\nBase,1,Len,M,2008-01-15\n",
    ),
    harmless(
        "Ids that look like numbers, nothing or logic",
        9,
        "p.csv",
        "trial,patient\n"
        + "".join(
            f"Ids,{i}\n" for i in ("007", "7", "1e5", "100000", "NULL", "None", "nan", "TRUE", "-")
        ),
    ),
)

CASES = (*NUMBERS, *DAYS, *CODES, *IDS)
