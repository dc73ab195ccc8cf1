"""Published data through the door: Stanford's transplants, the CDISC pilot, an oncology ADaM.

Golden values: tests/golden/survival.R (R 4.2.2, survival 3.5-3).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from igcore import analysis, ingest
from igcore.errors import Refused
from igcore.ingest import Report
from igcore.store import Pool
from tests.conftest import write_tables

R = json.loads((Path(__file__).parents[1] / "golden" / "survival.json").read_text())
MONTH = 30.4375
RATIO = ["hazard_ratio", "hr_lower", "hr_upper"]


def opened(folder: Path, files: list[Path]) -> tuple[Pool, Report]:
    """A pool of these files, all of whose rows are sound."""
    made = Pool.open(folder / "pool.duckdb")
    report = ingest.add(made, files)
    assert report.errors == []
    return made, report


def same(found, expected, rtol: float) -> None:
    """Equal, None standing for what was not reached."""
    missing = [np.nan if value is None else value for value in expected]
    np.testing.assert_allclose(np.asarray(found, float), missing, rtol=rtol)


@pytest.fixture(scope="module")
def stanford(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """Stanford's heart transplants as template rows: transplanted = PR on that study day."""
    from lifelines.datasets import load_stanford_heart_transplants

    tables: dict[str, list[dict]] = {"patients": [], "outcomes": [], "responses": []}
    for number, rows in load_stanford_heart_transplants().groupby("id"):
        who = {"trial": "Stanford", "patient": number}
        end = {"endpoint": "OS", "time_days": rows.stop.max(), "event": rows.event.max()}
        tables["patients"].append(who)
        tables["outcomes"].append({**who, **end})
        for day in rows[rows.transplant == 1].start:
            tables["responses"].append({**who, "day": day, "response": "PR"})
    folder = tmp_path_factory.mktemp("stanford")
    made, _ = opened(folder, write_tables(folder / "files", tables))
    yield made
    made.close()


def test_a_transplant_counts_from_its_day_on_as_in_r(stanford: Pool) -> None:
    """DOMAIN e.2 and e.3: equal to coxph and Mantel-Byar on lifelines' own (start, stop] rows."""
    expected = R["timed"]["stanford"]["lifelines_rows"]
    answer = analysis.ask(stanford, "survival?endpoint=OS&timing=time-dependent")
    hr = expected["cox"]["groups"]["responder"]
    same(answer.table("comparison")[RATIO].iloc[0], [hr["hr"], hr["lower"], hr["upper"]], 1e-8)
    test = answer.table("test").iloc[0]
    byar = expected["mantel_byar"]
    same([test.statistic, test.p], [byar["chisq"], byar["p"]], 1e-8)
    assert answer.banner == ""


def test_a_landmark_fixes_the_groups_as_in_r(stanford: Pool) -> None:
    """DOMAIN e.1: those still alive at month 4 = day 121.75, by transplant until then."""
    expected = R["timed"]["stanford"]["landmark"][-1]
    assert expected["landmark"] == 4 * MONTH
    answer = analysis.ask(stanford, "survival?endpoint=OS&timing=landmark&landmark=4")
    hr = expected["cox"]["groups"]["responder"]
    same(answer.table("comparison")[RATIO].iloc[0], [hr["hr"], hr["lower"], hr["upper"]], 1e-8)
    groups = answer.table("groups").set_index("group")
    for name, group in expected["groups"].items():
        assert (groups.n[name], groups.events[name]) == (group["n"], group["events"])
        same([groups["median"][name] * MONTH], [group["median"]], 1e-12)


def test_ever_transplanted_has_a_banner_and_no_test(stanford: Pool) -> None:
    """DOMAIN e and f2.7: the biased comparison is shown, and neither tested nor estimated."""
    answer = analysis.ask(stanford, "survival?endpoint=OS&timing=ever")
    assert answer.banner.startswith("Biased: responders had to survive until they responded.")
    assert answer.table("test").empty
    assert answer.table("comparison").empty
    assert answer.table("groups").n.tolist() == [34, 69]


def test_the_cdisc_pilot_from_sas_transport_files_equals_r(pool: Pool, shared: Path) -> None:
    """An endpoint that is neither OS nor PFS, three arms: medians, log-rank and hazard ratios."""
    files = sorted((shared / "cdisc_pilot").glob("*.xpt"))
    report = ingest.add(pool, files)
    assert {name: counts.added for name, counts in report.tables.items()} == {
        "patients": 254,
        "outcomes": 254,
    }
    expected = R["fixed"]["pilot_ttde"]
    answer = analysis.ask(pool, "survival?endpoint=TTDE&group=arm")
    groups = answer.table("groups").set_index("group")
    assert list(groups.index) == sorted(expected["groups"])
    for name, group in expected["groups"].items():
        assert (groups.n[name], groups.events[name]) == (group["n"], group["events"])
        limits = group["intervals"]["log-log"]
        medians = [group["median"], limits["median_lower"], limits["median_upper"]]
        found = groups.loc[name, ["median", "median_lower", "median_upper"]].astype(float)
        same(found * MONTH, medians, 1e-12)
    test, log_rank = answer.table("test").iloc[0], expected["log_rank"]
    same([test.statistic, test.p, test.df], [log_rank[k] for k in ("chisq", "p", "df")], 1e-8)
    for row in answer.table("comparison").itertuples():
        hr = expected["cox"]["groups"][row.group]
        assert row.reference == expected["cox"]["reference"] == "Placebo"
        found = [row.hazard_ratio, row.hr_lower, row.hr_upper]
        same(found, [hr["hr"], hr["lower"], hr["upper"]], 1e-8)
    follow_up = answer.table("follow_up").set_index("group")["median"]
    same([follow_up["all"] * MONTH], [expected["follow_up"]["median"]], 1e-12)


@pytest.fixture(scope="module")
def oncology(
    tmp_path_factory: pytest.TempPathFactory, shared: Path
) -> Iterator[tuple[Pool, Report]]:
    """A whole ADaM delivery of an oncology flavour, in one upload."""
    files = sorted((shared / "adam_onco").glob("*.csv"))
    made = opened(tmp_path_factory.mktemp("oncology"), files)
    yield made
    made[0].close()


def records(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "adam_onco" / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_of_an_adam_delivery_is_accounted_for(oncology: tuple[Pool, Report]) -> None:
    """Untreated subjects, derived records and other parameters are skipped with their reason."""
    _, report = oncology
    counts = {
        name: (table.read, table.added, table.skipped, table.refused)
        for name, table in report.tables.items()
    }
    assert counts == {
        "patients": (306, 254, 52, 0),
        "measurements": (12537, 9075, 3462, 0),
        "responses": (3694, 19, 3675, 0),
        "outcomes": (512, 512, 0, 0),
    }
    reasons = {name: table.skipped_because for name, table in report.tables.items()}
    assert reasons["patients"] == {"not treated (no TRTSDT)": 52}
    assert all(why.startswith("derived record (DTYPE ") for why in reasons["measurements"])
    assert reasons["responses"] == {
        "other parameter than OVR": 3672,
        "no response word: NON-CR/NON-PD": 3,
    }


def test_without_immunoglobulins_nobody_is_judged_and_it_is_said(
    oncology: tuple[Pool, Report],
) -> None:
    """DOMAIN b1: no known monoclonal protein, so none assessable; no division by nobody."""
    answer = analysis.ask(oncology[0], "recovery")
    assert set(answer.table("verdicts").reason) == {"isotype_unknown"}
    shares = answer.table("shares")
    assert set(shares.n_treated) == {254}
    assert set(shares.n) == {0}
    assert shares[["share", "lower", "upper"]].isna().all(axis=None)
    (trial,) = analysis.read(oncology[0], answer.query).values["trial"]
    assert answer.said[0] == (
        f"No immunoglobulin was measured in trial {trial} (254 patients); leave it out of the "
        "cohort."
    )
    assert not any("type of monoclonal protein" in note for note in answer.said)


@pytest.mark.parametrize("endpoint", ["OS", "PFS"])
def test_events_are_the_records_with_cnsr_0(
    oncology: tuple[Pool, Report], shared: Path, endpoint: str
) -> None:
    """DOMAIN f: the file's own count of CNSR 0, by arm and by response."""
    rows = [row for row in records(shared, "adtte_onco") if row["PARAMCD"] == endpoint]
    events = sum(row["CNSR"] == "0" for row in rows)
    pool, _ = oncology
    for question in ("group=arm", "timing=landmark&landmark=0", "landmark=0"):
        groups = analysis.ask(pool, f"survival?endpoint={endpoint}&{question}").table("groups")
        assert groups.events.sum() == events
    by_arm = analysis.ask(pool, f"survival?endpoint={endpoint}&group=arm").table("groups")
    assert by_arm.n.sum() == len(rows) == 254


def test_an_endpoint_that_starts_at_response_is_not_grouped_by_it(
    oncology: tuple[Pool, Report],
) -> None:
    """DOMAIN f2.1: refused in words; by arm it is answered."""
    pool, _ = oncology
    with pytest.raises(Refused, match="RSD starts at the response"):
        analysis.ask(pool, "survival?endpoint=RSD")
    assert analysis.ask(pool, "survival?endpoint=RSD&group=arm").table("groups").n.sum() == 4


def test_a_patient_shows_the_records_of_the_file(
    oncology: tuple[Pool, Report], shared: Path
) -> None:
    """Each measured value of the first subject with its own day and limits; derived ones not."""
    answer = analysis.ask(oncology[0], "patient")
    subject = answer.table("patient").patient[0]
    found = answer.table("measurements")[["analyte", "day", "value", "low", "high"]]
    expected = [
        (row["PARAMCD"], *(float(row[name]) for name in ("ADY", "AVAL", "ANRLO", "ANRHI")))
        for row in records(shared, "adlb")
        if row["USUBJID"] == subject and not row["DTYPE"]
    ]
    assert sorted(found.itertuples(index=False, name=None)) == sorted(expected)
    assert answer.table("responses").response.tolist() == ["SD", "NE", "CR"]
    assert answer.table("outcomes").endpoint.tolist() == ["OS", "PFS", "RSD"]
