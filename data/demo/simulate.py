"""Two simulated multiple-myeloma trials, written in the upload templates.

Every number is drawn here; none comes from a patient. Response (tumour halved) multiplies the
hazards of progression and of death, and IgA rises only after response. Given response, all are
independent: an analysis without guarantee-time bias finds about the factors given below.

    python -m data.demo.simulate [FOLDER]      default folder: data/demo
"""

import csv
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.random import Generator

from igcore.definitions import DAYS_PER_YEAR

FOLDER = Path(__file__).resolve().parent
YEAR = DAYS_PER_YEAR
SCALE = {"mg/dL": (1.0, 0), "g/L": (0.01, 2)}  # unit -> its amount in 1 mg/dL, decimals written
# Arm -> probability that the tumour will halve, factor on the hazard of progression.
ARMS = {"Len + Dex": (0.91, 0.85), "Len": (0.87, 1.0)}
PROGRESSION, DEATH = (0.67, 0.45), (0.30, 0.60)  # hazard a year, factor from response on
COLUMNS = {
    "patients": "trial patient arm sex age_years m_protein best_response treatment_start "
    "treatment_start_time treatment_end_day",
    "measurements": "trial patient analyte day time value unit low high",
    "responses": "trial patient day response",
    "outcomes": "trial patient endpoint time_days event origin_day",
    "therapies": "trial patient kind start_day end_day",
    "infections": "trial patient start_day end_day term grade",
    "categories": "trial patient category level",
}
STAGES = {"I": 0.28, "II": 0.38, "III": 0.29, "": 0.05}  # ISS; independent of all else
M_PROTEINS = {
    "IgG kappa": 0.33, "IgG lambda": 0.20, "IgA kappa": 0.12, "IgA lambda": 0.09,
    "LC kappa": 0.10, "LC lambda": 0.08, "IgD lambda": 0.015, "IgG kappa + IgA lambda": 0.015,
    "non-secretory": 0.03, "": 0.02,
}  # fmt: skip
INFECTIONS = {
    "upper respiratory tract infection": 0.38, "pneumonia": 0.18, "urinary tract infection": 0.14,
    "bronchitis": 0.13, "herpes zoster": 0.07, "gastroenteritis": 0.06, "sepsis": 0.04,
}  # fmt: skip
# Immune state before treatment -> polyclonal mg/dL as median and log sd.
POLYCLONAL = {
    "preserved": {"IgA": (180, 0.35), "IgG": (1050, 0.18), "IgM": (95, 0.35)},
    "low": {"IgA": (46, 0.45), "IgG": (600, 0.25), "IgM": (27, 0.40)},
    "very low": {"IgA": (18, 0.50), "IgG": (380, 0.25), "IgM": (13, 0.45)},
}
IMMUNITY = {"preserved": 0.19, "low": 0.65, "very low": 0.16}
REPLACEMENT = {"preserved": 0.02, "low": 0.07, "very low": 0.25}  # probability of it
MONOCLONAL = {"IgA": (2400, 0.45), "IgG": (3200, 0.40)}
LEVELS = ((0.01, "CR"), (0.10, "VGPR"), (0.50, "PR"), (0.75, "MR"), (math.inf, "SD"))


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What differs between the trials."""

    seed: int
    patients: int
    first_id: int
    first_start: date
    recovery: float  # probability that the IgA of a responder rises towards a healthy level
    unit: str
    limits: dict[str, tuple[str, str]]  # analyte -> low, high in `unit`, as written
    levels: tuple[tuple[float, str], ...]  # tumour fraction at or below -> response


TRIALS = {
    "SIM-LEN-1": Trial(
        seed=374, patients=184, first_id=1001, first_start=date(2014, 2, 3), recovery=0.89,
        unit="mg/dL", levels=(LEVELS[0], (0.03, "nCR"), *LEVELS[1:]),
        limits={"IgA": ("70", "400"), "IgG": ("700", "1600"), "IgM": ("40", "230")},
    ),
    "SIM-LEN-2": Trial(
        seed=546, patients=176, first_id=2001, first_start=date(2015, 6, 1), recovery=0.80,
        unit="g/L", levels=((0.003, "sCR"), *LEVELS),
        limits={"IgA": ("0.61", "3.56"), "IgG": ("7.67", "15.90"), "IgM": ("0.37", "2.86")},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Course:
    """One patient's true course. Days are study days >= 1; None = did not happen."""

    tumour: tuple[float, float]  # lowest fraction of its start, speed towards it a day
    visits: list[int]  # days of the response assessments made
    response: int | None
    progression: int | None
    death: int | None
    treatment_end: int | None
    last_seen: int
    last_visit: int  # last possible day of anything but death
    medians: dict[str, tuple[float, float]]  # the patient's row of POLYCLONAL
    replacement: tuple[float, float]


def simulate(trial: str, seed: int, *, patients: int | None = None) -> dict[str, list[dict]]:
    """Rows of one trial by table of COLUMNS, "" = missing; ValueError for an unknown trial."""
    if trial not in TRIALS:
        raise ValueError(f'Trial: "{trial}" is not one of {", ".join(TRIALS)}.')
    tables: dict[str, list[dict]] = {table: [] for table in COLUMNS}
    first = TRIALS[trial].first_id
    for number in range(first, first + (patients or TRIALS[trial].patients)):
        # A generator per patient: a change in one patient leaves all others as they were.
        rng = np.random.default_rng([seed, number])
        ids = trial, str(number)
        for table, rows in _patient(rng, TRIALS[trial]).items():
            keys = COLUMNS[table].split()
            tables[table] += [dict(zip(keys, ids + row, strict=True)) for row in rows]
    return tables


def write(folder: Path = FOLDER) -> None:
    """Write both trials as FOLDER/TRIAL/TABLE.csv; the same code gives the same bytes."""
    for name, trial in TRIALS.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for table, rows in simulate(name, trial.seed).items():
            lines = [COLUMNS[table].split(), *(row.values() for row in rows)]
            with open(folder / name / f"{table}.csv", "w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(lines)


def _patient(rng: Generator, trial: Trial) -> dict[str, list[tuple]]:
    """One patient's rows without trial and patient: table name -> rows."""
    m_protein, sex = _draw(rng, M_PROTEINS), _draw(rng, {"F": 0.45, "M": 0.55})
    arm, age = _draw(rng, dict.fromkeys(ARMS, 0.5)), min(max(int(rng.normal(66, 9)), 38), 86)
    entry, dose_time = int(rng.integers(365)), f"{rng.integers(9, 12):02d}:{rng.integers(60):02d}"
    course = _course(rng, arm, age, entry)
    level = _levels(rng, trial, course, m_protein)
    start = (trial.first_start + timedelta(days=entry)).isoformat()
    end, responses = course.treatment_end or "", _responses(rng, trial, course)
    return {
        "patients": [(arm, sex, age, m_protein, "", start, dose_time, end)],
        "measurements": _measurements(rng, trial, course, level),
        "responses": responses,
        "outcomes": _outcomes(course, responses),
        "therapies": _therapies(rng, course, age),
        "infections": _infections(rng, trial, course, level),
        "categories": [("ISS stage", stage) for stage in [_draw(rng, STAGES)] if stage],
    }


def _course(rng: Generator, arm: str, age: int, entry: int) -> Course:
    """Draw one patient's true course; `entry` counts days from the trial's first patient."""
    # Assessed every 28 days for half a year, then every 56 days.
    planned = (*range(29, 170, 28), *range(225, 5 * 365, 56))
    visits = [day + int(rng.integers(-3, 4)) for day in planned]
    halves, factor = ARMS[arm]
    tumour = rng.uniform(0.58, 1.05), 1 / 60
    if rng.random() < halves:
        floor = 0.42 * rng.random() ** 2
        tumour = floor, math.log((1 - floor) / (0.5 - floor)) / (46 * rng.lognormal(0, 0.5))
    response = next((day for day in visits if _fraction(tumour, day) <= 0.5), None)
    growth = _event_day(rng, PROGRESSION[0] * factor, PROGRESSION[1], response)
    response = response if response and response < growth else None
    death = max(_event_day(rng, DEATH[0] * 1.02 ** (age - 66), DEATH[1], response), 2)
    # Data are cut five years after the first patient's start; one in twenty is lost earlier.
    last_seen = 5 * 365 - entry - int(rng.integers(30))
    last_seen = int(rng.integers(60, last_seen)) if rng.random() < 0.05 else last_seen
    died, last_seen = death if death <= last_seen else None, min(death, last_seen)
    last_visit = last_seen - 1 if died else last_seen
    progression = next((day for day in visits if growth <= day < last_seen), None)
    visits = [day for day in visits if day <= (progression or last_visit)]
    stops = 30 + int(rng.exponential(6 * YEAR)), (progression or 9999) + int(rng.integers(8)), death
    end = min(stops) if min(stops) <= last_seen else None
    immunity = _draw(rng, IMMUNITY)
    begin = -90 if rng.random() < 0.12 else int(rng.integers(40, 400))
    replaced = begin, max(begin, 0) + int(rng.integers(120, 500))
    replaced = replaced if rng.random() < REPLACEMENT[immunity] else (math.inf, math.inf)
    clocks = visits, response, progression, died, end, last_seen, last_visit
    return Course(tumour, *clocks, POLYCLONAL[immunity], replaced)


def _event_day(rng: Generator, hazard: float, ratio: float, response: int | None) -> int:
    """Study day of an event with `hazard` a year, times `ratio` from response on."""
    needed = rng.exponential() * YEAR / hazard
    before = min(needed, response or math.inf)
    return math.ceil(before + (needed - before) / ratio)


def _levels(rng: Generator, trial: Trial, course: Course, m_protein: str) -> Callable:
    """Return level(analyte, day) -> true polyclonal, monoclonal mg/dL of one patient."""
    before = {name: median * rng.lognormal(0, sd) for name, (median, sd) in course.medians.items()}
    drift = {name: rng.normal(0, 0.09) for name in before}
    # Without response the myeloma goes on suppressing IgA.
    drift["IgA"] -= 0 if course.response else 0.10
    peak = {name: median * rng.lognormal(0, sd) for name, (median, sd) in MONOCLONAL.items()}
    rise = math.log(max(165 * rng.lognormal(0, 0.45) / before["IgA"], 1.5))
    constant, fall = 70 * rng.lognormal(0, 0.4), rng.uniform(0, 0.45)
    recovery = course.response if rng.random() < trial.recovery else None

    def level(analyte: str, day: int) -> tuple[float, float]:
        regrowth = min(max((day - (course.progression or math.inf)) / 56 + 1, 0), 1.5)
        change = drift[analyte] * min(max(day, 0) / YEAR, 1)
        if analyte == "IgA" and recovery and day > recovery:
            change += rise * (1 - math.exp((recovery - day) / constant)) - fall * regrowth
        polyclonal = before[analyte] * math.exp(change)
        if analyte == "IgG" and day >= course.replacement[0]:
            # IgG has a half-life of about three weeks, once the infusions end.
            polyclonal += 350 * 0.5 ** (max(0, day - course.replacement[1]) / 21)
        fraction = _fraction(course.tumour, day) + 0.4 * regrowth
        return polyclonal, peak[analyte] * fraction if analyte in m_protein else 0.0

    return level


def _measurements(rng: Generator, trial: Trial, course: Course, level: Callable) -> list[tuple]:
    """Baseline, then every 27 to 32 days on treatment for two years, some once after the end."""
    early = -int(rng.integers(1, 29))
    days = ([early], [early, 1], [1], [])[rng.choice(4, p=(0.80, 0.05, 0.12, 0.03))]
    end = course.treatment_end or course.last_seen
    monthly = (np.cumsum(rng.integers(27, 33, size=24)) + 1).tolist()
    monthly = [day for day in monthly if day <= end and rng.random() > 0.05]
    monthly += [end + int(rng.integers(7, 40))] if end < 730 and rng.random() < 0.35 else []
    days = days + monthly if rng.random() > 0.02 else days
    rows, (scale, decimals) = [], SCALE[trial.unit]
    for day in (day for day in days if day <= course.last_visit):
        # First doses are given from 9 o'clock on, so a sample of day 1 is from before the dose.
        time = f"{rng.integers(7, 9 if day == 1 else 15):02d}:{rng.integers(60):02d}"
        time = time if day == 1 or rng.random() < 0.6 else ""
        for analyte, limits in trial.limits.items():
            mg_per_dl = sum(level(analyte, day)) * rng.lognormal(0, 0.085)
            # The assay quantifies from 7 mg/dL on.
            value = f"{'<' if mg_per_dl < 7 else ''}{max(mg_per_dl, 7) * scale:.{decimals}f}"
            if rng.random() > 0.01:
                rows.append((analyte, day, time, value, trial.unit, *limits))
    return rows


def _responses(rng: Generator, trial: Trial, course: Course) -> list[tuple]:
    """(day, response) at each visit until progression."""
    rows = []
    for day in course.visits:
        fraction = _fraction(course.tumour, day)
        word = next(word for limit, word in trial.levels if fraction <= limit)
        # Hazards change at the first response, so that one is never lost.
        lost = rng.random() < 0.02 and day != course.response
        rows.append((day, "PD" if day == course.progression else "NE" if lost else word))
    return rows


def _outcomes(course: Course, responses: list[tuple]) -> list[tuple]:
    """(endpoint, time_days, event, origin_day); PFS is censored at the last assessment."""
    event = course.progression or course.death
    pfs = event or max((day for day, word in responses if word != "NE"), default=1)
    os = "OS", course.last_seen, int(bool(course.death)), 1
    return [os, ("PFS", pfs, int(bool(event)), 1)]


def _therapies(rng: Generator, course: Course, age: int) -> list[tuple]:
    """(kind, start_day, end_day) of each therapy; no end = unknown or not yet."""
    spans = [("study treatment", 1, course.treatment_end or math.inf)]
    spans += [("immunoglobulin replacement", *course.replacement)]
    stop, day = course.treatment_end or course.last_seen, int(rng.integers(150, 320))
    if rng.random() < 0.14 and age < 68 and (course.response or stop) < day < stop:
        spans.append(("transplant", day, day))
    begin = (course.progression or stop) + int(rng.integers(10, 70))
    end = begin + int(rng.integers(60, 500))
    if rng.random() < (0.75 if course.progression else 0.3):
        spans.append(("next therapy", begin, end))
        spans += [("anti-CD38 antibody", begin, end)] if rng.random() < 0.12 else []
    kept = [span for span in spans if span[1] <= course.last_visit]
    return [(*span, end if end <= course.last_seen else "") for *span, end in kept]


def _infections(rng: Generator, trial: Trial, course: Course, level: Callable) -> list[tuple]:
    """(start_day, end_day, term, grade) until 30 days after treatment; at most one a month."""
    low = float(trial.limits["IgA"][0]) / SCALE[trial.unit][0]
    last = min((course.treatment_end or course.last_seen) + 30, course.last_visit)
    rows = []
    for month in range(1, last + 1, 30):
        rate = 0.6 if level("IgA", month)[0] >= low else 1.2
        day, rate = month + int(rng.integers(30)), rate * (1.5 if month < 90 else 1)
        if rng.random() < 1 - math.exp(-rate * 30 / YEAR) and day <= last:
            term, end = _draw(rng, INFECTIONS), day + int(rng.integers(4, 22))
            grade = 3 if term == "sepsis" else 1 + int(rng.choice(4, p=(0.22, 0.5, 0.24, 0.04)))
            rows.append((day, end if end <= course.last_visit else "", term, grade))
    if course.death and last == course.last_visit and rng.random() < 0.2:
        day, term = max(last - int(rng.integers(10)), 1), ("pneumonia", "sepsis")[rng.integers(2)]
        rows = [row for row in rows if row[0] < day] + [(day, course.death, term, 5)]
    return rows


def _fraction(tumour: tuple[float, float], day: int) -> float:
    """Tumour at `day` as a fraction of its start, before any regrowth."""
    return tumour[0] + (1 - tumour[0]) * math.exp(-tumour[1] * max(day, 0))


def _draw(rng: Generator, shares: dict[str, float]) -> str:
    return list(shares)[int(rng.choice(len(shares), p=list(shares.values())))]


if __name__ == "__main__":
    write(*map(Path, sys.argv[1:2]))
