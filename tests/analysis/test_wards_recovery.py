"""Recovery on two wards' own files equals the naive twin on what a careful person reads in them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from igcore import analysis, ingest
from igcore.ingest import Options
from igcore.ingest.mapping import suggestions
from igcore.store import Pool
from tests.twins import recovery as twin


@pytest.fixture(scope="module")
def wards(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Pool:
    made = Pool.open(tmp_path_factory.mktemp("wards") / "pool.duckdb")
    files = [shared / "clinic" / "ward_a.xlsx", shared / "clinic" / "ward_b.csv"]
    suggested = suggestions.suggested(made, files, trial=None)
    assert ingest.add(made, files, Options(mapping=suggested.mapping)).errors == []
    yield made
    made.close()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def careful(folder: Path) -> dict[str, list[dict[str, str]]]:
    """The careful person's two tables in the columns of the upload templates."""
    people, measured = (rows(folder / f"truth_{name}.csv") for name in ("patients", "measurements"))
    names = {"A": "ward_a", "B": "ward_b"}
    return {
        "patients": [
            {"trial": names[row["ward"]], "patient": row["patient"], "m_protein": row["m_protein"]}
            for row in people
        ],
        "outcomes": [
            {
                **{"trial": names[row["ward"]], "patient": row["patient"], "endpoint": "PFS"},
                **{"time_days": int(row["pfs_days"]), "event": int(row["pfs_event"])},
            }
            for row in people
        ],
        "measurements": [
            {
                **{"trial": names[row["ward"]], "patient": row["patient"]},
                **{name: row[name] for name in ("analyte", "value", "unit")},
                "day": int(row["study_day"]),
                "time": None,
            }
            for row in measured
        ],
    }


@pytest.mark.parametrize("denominator", ["treated", "assessable", "evaluable", "low"])
@pytest.mark.parametrize("final", ["last", "best", "confirmed"])
def test_both_wards_by_every_rule(wards, shared, final, denominator) -> None:
    answer = analysis.ask(wards, f"recovery?final={final}&denominator={denominator}")
    found = answer.table("shares").set_index(["analyte", "trial"])
    tables = careful(shared / "clinic")
    for analyte in ("IgA", "IgG", "IgM"):
        for row in twin.shares(tables, analyte, denominator, final=final):
            mine = found.loc[(analyte, row["trial"])]
            for name in ("n_treated", "n_assessable", "n_evaluable", "n_low", "n", "improved"):
                assert mine[name] == row[name], (analyte, row["trial"], name)
            if row["n"]:
                assert mine.share == pytest.approx(row["share"], rel=1e-12)
    assert found.improved.sum() > 0
