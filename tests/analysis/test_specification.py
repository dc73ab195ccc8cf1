"""The specification as tests: how its tables are read, and h1, who improved out of whom.

Each worked table of DOMAIN part h is uploaded as template rows and asked as a reader would; the
answer is compared with the printed numbers, to their precision. All of these patients are invented.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from igcore import analysis, ingest
from igcore.analysis import Result
from igcore.analysis.rule import VERDICTS
from igcore.ingest import Options, Report
from igcore.store import Pool
from tests.conftest import opened_copy, write_tables

Add = Callable[..., Report]

# Rows as JSON -> the closed file of their pool, to be copied.
uploaded: dict[str, Path] = {}

RANGE = {"unit": "mg/dL", "low": 70, "high": 400}


def read_table(text: str) -> list[dict[str, str]]:
    """The rows of a table written with bars."""
    header, *rows = [[cell.strip() for cell in line.split("|")] for line in text.split("\n")[1:-1]]
    return [dict(zip(header, row, strict=True)) for row in rows]


def pool_of(folder: Path, tables: dict[str, list[dict]]) -> Pool:
    """A pool of these template rows, through the ordinary door.

    A process uploads the same rows once; after that their pool is a copy.
    """
    text = json.dumps(tables, sort_keys=True)
    if text not in uploaded:
        made = Pool.open(folder / "first.duckdb")
        assert ingest.add(made, write_tables(folder / "files", tables)).errors == []
        made.close()
        uploaded[text] = made.path
    return opened_copy(uploaded[text], folder)


def together(*many: dict[str, list[dict]]) -> dict[str, list[dict]]:
    """The rows of several sets of tables as one upload."""
    names = dict.fromkeys(name for tables in many for name in tables)
    return {name: [row for tables in many for row in tables.get(name, [])] for name in names}


def written(folder: Path, name: str, lines: list[str]) -> Path:
    """A file of these lines, for uploads that are no templates."""
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


def person(name: str, m_protein: str = "IgG kappa", trial: str = "A", **more) -> dict:
    return {"trial": trial, "patient": name, "m_protein": m_protein, **more}


def sample(name: str, day: float, value: object, analyte: str = "IgA", **more) -> dict:
    """One measured value of a patient of trial A, in mg/dL with range 70-400 unless said."""
    row = {"trial": "A", "patient": name, "analyte": analyte, "day": day, "value": value}
    return {**row, **RANGE, **more}


def pair(name: str, base: object, final: object, **more) -> list[dict]:
    """A baseline on day 1 and a value on day 60."""
    return [sample(name, 1, base, **more), sample(name, 60, final, **more)]


def of_iga(pool: Pool, rest: str = "") -> Result:
    return analysis.ask(pool, f"recovery?analyte=IgA{rest}")


def verdicts(answer: Result) -> pd.DataFrame:
    """The verdicts by patient."""
    return answer.table("verdicts").set_index("patient")


def improved(answer: Result) -> str:
    """Ids of the improved, sorted."""
    found = verdicts(answer).verdict
    return " ".join(sorted(found[found.str.startswith("improved")].index))


def share(answer: Result, trial: str = "pooled") -> str:
    """Improved of n."""
    row = answer.table("shares").set_index("trial").loc[trial]
    return f"{row.improved}/{row.n}"


def interval(answer: Result) -> str:
    """The pooled share with its limits, in percent as DOMAIN prints them: "57.1 (25.0-84.2)"."""
    row = answer.table("shares").set_index("trial").loc["pooled"]
    return "{:.1f} ({:.1f}-{:.1f})".format(*(100 * row[["share", "lower", "upper"]]))


def shown(values: Iterable[float], digits: int) -> list[float]:
    """Numbers to the precision that DOMAIN prints."""
    return [round(float(value), digits) for value in values]


# DOMAIN h1: IgA, mg/dL, range 70-400, one value a month; the last column is the verdict by the
# last value.
H1 = """
    id  | trial | M-protein     | base | post        | verdict
    P01 | A     | IgG k         | 40   | 50 60 75 80 | improved from low
    P02 | A     | IgG l         | 56   | 70 70       | improved from low
    P03 | A     | IgA k         | 3200 | 900 350     | not assessable
    P04 | B     | IgA l         | 250  | 300 380     | not assessable
    P05 | A     | LC k          | 30   | 50 65       | rise, still low
    P06 | A     | IgG k         | 200  | 255 260     | improved from normal
    P07 | B     | IgG k         | 60   | 150 450     | rise, above range
    P08 | B     | IgG l         | 45   |             | not evaluable
    P09 | B     | non-secretory |      | 90 95       | not evaluable
    P10 | B     | IgD l         | <10  | 80 90       | improved from low
    P11 | B     | IgG k         | 60   | 75 80 62    | low, no rise
    P12 | B     | IgG k + IgA l | 300  | 120 90      | not assessable
"""


def h1_tables() -> dict[str, list[dict]]:
    tables: dict[str, list[dict]] = {"patients": [], "measurements": []}
    for row in read_table(H1):
        name, trial = row["id"], row["trial"]
        tables["patients"].append(person(name, row["M-protein"], trial))
        values = {30 * month: value for month, value in enumerate(row["post"].split(), start=1)}
        if row["base"]:
            values[-7] = row["base"]
        tables["measurements"] += [
            sample(name, day, value, trial=trial) for day, value in values.items()
        ]
    return tables


@pytest.fixture(scope="module")
def h1(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """A pool of the patients of h1, for questions only."""
    made = pool_of(tmp_path_factory.mktemp("h1"), h1_tables())
    yield made
    made.close()


def test_every_patient_of_h1_gets_the_printed_verdict(h1: Pool) -> None:
    """h1, column class (last): 56 -> 70 is exactly +25 % and exactly the lower limit."""
    found = verdicts(of_iga(h1))
    expected = {row["id"]: row["verdict"] for row in read_table(H1)}
    assert found.verdict.map(VERDICTS).to_dict() == expected
    assert found.reason[["P03", "P04", "P12"]].tolist() == ["involved"] * 3
    assert found.reason[["P08", "P09"]].tolist() == ["no_post_baseline", "no_baseline"]


@pytest.mark.parametrize(
    ("rule", "evaluable", "low", "trials", "percent", "finals"),
    [
        ("last", "4/7", "3/6", "3/4 1/3", "57.1 (25.0-84.2)", "P01 80, P02 70, P06 260, P10 90"),
        (
            *("confirmed", "5/7", "4/6", "3/4 2/3", "71.4 (35.9-91.8)"),
            "P01 80, P02 70, P06 260, P10 90, P11 80",
        ),
        (
            *("best", "6/7", "5/6", "3/4 3/3", "85.7 (48.7-97.4)"),
            "P01 80, P02 70, P06 260, P07 150, P10 90, P11 80",
        ),
    ],
)
def test_each_rule_improves_the_printed_share_of_patients(
    h1: Pool, rule: str, evaluable: str, low: str, trials: str, percent: str, finals: str
) -> None:
    """h1: last 4/7 = 57.1 %, confirmed 5/7, best 6/7; the improved with their final value (b5.4)."""
    answer = of_iga(h1, f"&final={rule}")
    assert share(answer) == evaluable
    assert f"{share(answer, 'A')} {share(answer, 'B')}" == trials
    assert interval(answer) == percent
    found = verdicts(answer).final
    assert ", ".join(f"{name} {found[name]:g}" for name in improved(answer).split()) == finals
    assert share(of_iga(h1, f"&final={rule}&denominator=low")) == low


@pytest.mark.parametrize(
    ("denominator", "expected", "percent"),
    [
        ("treated", "4/12", "33.3"),
        ("assessable", "4/9", "44.4 (18.9-73.3)"),
        ("evaluable", "4/7", "57.1 (25.0-84.2)"),
        ("low", "3/6", "50.0 (18.8-81.2)"),
    ],
)
def test_the_share_names_whom_it_is_out_of(
    h1: Pool, denominator: str, expected: str, percent: str
) -> None:
    """h1 and b4: D0 = 12 treated, D1 = 9 assessable, D2 = 7 evaluable, D3 = 6 of them low."""
    answer = of_iga(h1, f"&denominator={denominator}")
    assert share(answer) == expected
    assert interval(answer).startswith(percent)
    row = answer.table("shares").set_index("trial").loc["pooled"]
    flow = ["n_treated", "n_assessable", "n_evaluable", "n_low"]
    assert row[flow].tolist() == [12, 9, 7, 6]
    assert improved(answer) == "P01 P02 P06 P10"  # without P10, 4/9 by accident: P01 P02 P04 P06


def test_the_shift_table_sums_to_the_evaluable(h1: Pool) -> None:
    """h1 and b5.8: L->L 2, L->N 3, L->H 1, N->N 1, sum 7; P08 and P09 have a missing side."""
    table = of_iga(h1).table("shift")
    cells = table.groupby(["baseline_class", "final_class"]).n.sum().to_dict()
    assert (cells.pop(("low", "missing")), cells.pop(("missing", "normal"))) == (1, 1)
    assert cells == {
        ("low", "low"): 2,
        ("low", "normal"): 3,
        ("low", "high"): 1,
        ("normal", "normal"): 1,
    }


def test_ignoring_the_involved_isotype_would_improve_five_of_ten(pool: Pool, add: Add) -> None:
    """h1, WRONG: 5/10; so it is where a trial without monoclonal protein says so itself."""
    add(Options(no_m_protein=True), **h1_tables())
    answer = of_iga(pool)
    assert share(answer) == "5/10"
    assert improved(answer) == "P01 P02 P04 P06 P10"


def improving(trial: str, improved: int, n: int) -> dict[str, list[dict]]:
    """A trial of n patients of whom so many improve."""
    names = [f"P{number:03d}" for number in range(n)]
    rows = [
        row
        for number, name in enumerate(names)
        for row in pair(name, 40, 80 if number < improved else 40, trial=trial)
    ]
    return {"patients": [person(name, trial=trial) for name in names], "measurements": rows}


def test_pooled_shares_add_patients_and_never_average_percentages(pool: Pool, add: Add) -> None:
    """h8: 56 % and 50 % make 53/100 where N are 50 and 50, but 128/250 where they are 50, 200."""
    trials = [("one", 28, 50), ("two", 25, 50), ("large", 100, 200)]
    add(**together(*(improving(*trial) for trial in trials)))
    even, uneven = of_iga(pool, "&trial=one&trial=two"), of_iga(pool, "&trial=one&trial=large")
    assert (share(even), interval(even)) == ("53/100", "53.0 (43.3-62.5)")
    assert (share(uneven), interval(uneven)) == ("128/250", "51.2 (45.0-57.3)")
    alone = even.table("shares").set_index("trial").loc[["one", "two"]]
    assert shown(100 * alone.lower, 1) == [42.3, 36.6]
    assert shown(100 * alone.upper, 1) == [68.8, 63.4]
