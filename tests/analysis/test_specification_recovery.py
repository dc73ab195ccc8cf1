"""The recovery rule on single patients: the worked examples of DOMAIN h2 to h5."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from igcore import analysis, ingest
from igcore.analysis.rule import VERDICTS
from igcore.store import Pool
from igcore.store.schema import GRAMS_PER_LITRE
from tests.analysis.test_specification import (
    improved,
    of_iga,
    pair,
    person,
    pool_of,
    read_table,
    sample,
    share,
    shown,
    together,
    verdicts,
    written,
)

Tables = dict[str, list[dict]]

# DOMAIN h2 in mg/dL: baseline, final, lower limit (upper: 400); verdict and change in percent.
H2 = """
    id    | base | final | low | verdict           | change
    exact | 56   | 70    | 70  | improved from low | 25
    short | 40   | 50    | 70  | rise, still low   | 25
    lower | 40   | 50    | 50  | improved from low | 25
    under | 56   | 69    | 69  | in range, no rise | 23.2
    above | 60   | 450   | 70  | rise, above range | 650
    upper | 60   | 400   | 70  | improved from low | 566.7
"""
UNITS = ["mg/dL", "g/L", "g/dL", "mg/mL", "mg/L", "µg/mL"]


def h2(unit: str) -> Tables:
    """The rows of h2 in another unit, as a trial of that name."""
    factor = GRAMS_PER_LITRE["mg/dl"] / GRAMS_PER_LITRE[unit.lower()]
    people, samples = [], []
    for row in read_table(H2):
        base, final, low, high = (
            f"{float(number) * factor:.9g}"
            for number in (row["base"], row["final"], row["low"], 400)
        )
        people.append(person(row["id"], trial=unit))
        samples += pair(row["id"], base, final, trial=unit, unit=unit, low=low, high=high)
    return {"patients": people, "measurements": samples}


H3_RANGES = {"own": (61, 356), "usual": (70, 400), "none": (None, None)}


def h3() -> Tables:
    samples = [
        sample("units", 1, 45, trial="h3"),
        sample("units", 60, "0.80", trial="h3", unit="g/L", low="0.70", high="4.00"),
    ]
    for name, (low, high) in H3_RANGES.items():
        samples += pair(name, 45, 65, trial="h3", low=low, high=high)
    people = [person(name, trial="h3") for name in ("units", *H3_RANGES)]
    return {"patients": people, "measurements": samples}


def h4() -> Tables:
    return {
        "patients": [person("five", trial="h4"), person("sixty", trial="h4")],
        "measurements": [
            *pair("five", "<5", 72, trial="h4"),
            *pair("sixty", "<60", 72, trial="h4"),
        ],
    }


def h5_baseline() -> Tables:
    values = [(-14, None, 60), (1, "08:00", 52), (1, "11:30", 55), (30, None, 60)]
    values += [(60, None, 75), (90, None, 68)]
    start = {"treatment_start": "2008-01-15", "treatment_start_time": "09:00"}
    return {
        "patients": [person("P", trial="h5", **start)],
        "measurements": [
            sample("P", day, value, trial="h5", time=time) for day, time, value in values
        ],
    }


def h5_replacement() -> Tables:
    where = {"trial": "ivig", "analyte": "IgG", "low": 700, "high": 1600}
    given = {"kind": "immunoglobulin replacement", "start_day": 40, "end_day": 40}
    return {
        "patients": [person(name, "IgA kappa", "ivig") for name in ("given", "naive")],
        "measurements": [
            sample(name, day, value, **where)
            for name in ("given", "naive")
            for day, value in [(1, 300), (29, 320), (57, 850)]
        ],
        "therapies": [{"trial": "ivig", "patient": "given", **given}],
    }


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """Each example as a trial of its own, in one upload, for questions only."""
    tables = together(*map(h2, UNITS), h3(), h4(), h5_baseline(), h5_replacement())
    made = pool_of(tmp_path_factory.mktemp("examples"), tables)
    yield made
    made.close()


def test_the_verdict_does_not_change_with_the_unit(examples: Pool) -> None:
    """h2: 0.56 -> 0.70 g/L is improved, as 56 -> 70 mg/dL is, though doubles say 24.999... %."""
    assert [row["value"] for row in h2("g/L")["measurements"][:2]] == ["0.56", "0.7"]
    rows = read_table(H2)
    table = of_iga(examples).table("verdicts")
    for unit in UNITS:
        found = table[table.trial == unit].set_index("patient").loc[[row["id"] for row in rows]]
        assert found.verdict.map(VERDICTS).tolist() == [row["verdict"] for row in rows]
        assert shown(found.change_percent, 1) == [float(row["change"]) for row in rows]


def test_units_are_converted_and_the_range_of_the_record_decides(examples: Pool) -> None:
    """h3: 45 mg/dL -> 0.80 g/L is +77.8 % (wrong: -98.2 %); 65 is in 61-356, not in 70-400."""
    answer = of_iga(examples, "&trial=h3")
    found = verdicts(answer).loc[["units", *H3_RANGES]]
    assert found.verdict.tolist() == ["improved_from_low"] * 2 + ["rise_still_low"] * 2
    assert shown(found.change_percent, 1) == [77.8, 44.4, 44.4, 44.4]
    assert found.unit.tolist() == ["g/L"] + ["mg/dL"] * 3
    assert shown(found.baseline, 9) == [0.45, 45, 45, 45]
    assert shown(found.final, 9) == [0.8, 65, 65, 65]
    # Without limits of its own a record takes the default range, and the reader is told.
    assert found.default_limits.tolist() == [False, False, False, True]
    assert answer.said[0].startswith("1 final value")


def test_values_below_quantification_are_judged_by_their_bound(examples: Pool) -> None:
    """h4: "<5" -> 72 is improved by ">= 1340 %"; "<60" -> 72 is indeterminate, but counted."""
    answer = of_iga(examples, "&trial=h4")
    found = verdicts(answer).loc[["five", "sixty"]]
    assert found.verdict.tolist() == ["improved_from_low", "indeterminate"]
    assert found.change_operator.tolist() == [">=", ">="]
    assert shown(found.change_percent, 9) == [1340, 20]
    assert found.baseline_operator.tolist() == ["<", "<"]
    assert found.baseline.tolist() == [5, 60]
    assert (share(answer), improved(answer)) == ("1/2", "five")
    profile = analysis.ask(examples, f"patient?key={found.patient_key['five']}")
    sentence = profile.table("verdicts").set_index("analyte").sentence["IgA"]
    assert sentence.startswith("baseline <5, final 72 mg/dL, >= +1340.0 %")


def test_the_baseline_is_the_last_value_before_the_first_dose(examples: Pool) -> None:
    """h5: 52 before the first dose on day 1 is the baseline, not 55 after it; only best is yes."""
    for rule, verdict, final, change in (
        ("last", "rise_still_low", 68, 30.8),
        ("best", "improved_from_low", 75, 44.2),
        ("confirmed", "rise_still_low", 68, 30.8),
    ):
        found = verdicts(of_iga(examples, f"&trial=h5&final={rule}")).loc["P"]
        assert (found.baseline, found.baseline_day) == (52, 1)
        assert (found.verdict, found.final) == (verdict, final)
        assert shown([found.change_percent], 1) == [change]


def test_igg_under_replacement_is_not_recovery(examples: Pool) -> None:
    """h5: IVIG on day 40, so 850 on day 57 is not endogenous: 320, +6.7 % (naive +183 %)."""
    answer = analysis.ask(examples, "recovery?trial=ivig&analyte=IgG")
    found = verdicts(answer).loc[["given", "naive"]]
    assert found.verdict.tolist() == ["low_no_rise", "improved_from_low"]
    assert found.final.tolist() == [320, 850]
    assert shown(found.change_percent, 1) == [6.7, 183.3]


def test_there_is_no_study_day_0(pool: Pool, tmp_path: Path) -> None:
    """h5: TRTSDT 2008-01-15, so 2008-01-14 is day -1 and 2008-01-15 is day 1 (ADLB without ADY)."""
    header = "STUDYID,USUBJID,PARAMCD,AVAL,AVALU,ANRLO,ANRHI,ADT"
    dates = ["2008-01-14", "2008-01-15", "2008-01-16"]
    rows = [f"S,P,IGA,60,mg/dL,70,400,{date}" for date in dates]
    adsl = written(tmp_path, "adsl.csv", ["STUDYID,USUBJID,TRTSDT", "S,P,2008-01-15"])
    ingest.add(pool, [adsl, written(tmp_path, "adlb.csv", [header, *rows])])
    found = analysis.ask(pool, "patient").table("measurements")
    assert found.day.tolist() == [-1, 1, 2]
