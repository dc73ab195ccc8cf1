"""The upload desk in a real browser: wards, privacy, open questions, correction, cancel, undo."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from igcore.ingest.mapping.document import from_json
from igcore.store import Pool
from tests import wards
from tests.conftest import SHARED
from tests.pages.conftest import serve, settle

ADD = re.compile(r"^Add [\d,]+ rows? to the pool$")


@pytest.fixture(scope="module")
def server(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard of its own: these tests add to the pool."""
    yield from serve(tmp_path_factory.mktemp("server"), demo_file)


def drop(page, *files: Path) -> None:
    page.locator("input[type=file]").first.set_input_files([str(file) for file in files])
    page.get_by_text("Files in hand").wait_for(timeout=60_000)
    settle(page)


def choose(page, label: str, option: str) -> None:
    """Choose by keyboard in the selectbox of that label."""
    box = page.get_by_role("combobox", name=re.compile(re.escape(label))).first
    box.click()
    box.press_sequentially(option)
    page.wait_for_timeout(200)
    page.keyboard.press("Enter")
    settle(page)


def put(folder: Path, name: str, header: str, *rows: str) -> Path:
    file = folder / name
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


@pytest.mark.skipif(not (SHARED / "clinic").exists(), reason="the wards' files are not here")
def test_both_wards_need_no_correction_but_the_names_of_their_trials(visit, tmp_path) -> None:
    page = visit("upload")
    drop(page, SHARED / "clinic" / "ward_a.xlsx", SHARED / "clinic" / "ward_b.csv")
    page.get_by_text("Nothing is wrong with these files.").wait_for(timeout=60_000)
    boxes = page.get_by_role("textbox", name="Trial")
    for number, trial in ((0, "A"), (1, "A"), (2, "B")):
        boxes.nth(number).fill(trial)
        page.keyboard.press("Enter")
        settle(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the mapping (JSON)").click()
    saved = from_json(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert [sheet.trial for sheet in saved.sheets] == ["A", "A", "B"]
    page.get_by_role("button", name=ADD).click()
    page.get_by_text(re.compile("Stored as upload")).wait_for(timeout=60_000)

    page.goto(page.url.replace("/upload", "/pool?part=history"))
    settle(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download a backup").click()
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(Path(waiting.value.path()).read_bytes())
    pool = Pool.open(copy)
    measured, people = wards.stored(pool, ("A", "B"))
    pool.close()
    careful_measured, careful_people = wards.truth(SHARED / "clinic")
    assert [(*row[:4], wards.number(row[4]), row[5]) for row in measured] == careful_measured
    assert people == careful_people


def test_a_column_of_names_stops_the_upload_until_it_is_dropped(visit, tmp_path) -> None:
    rows = (
        "A1,Miller Anna,IgG kappa,2007-01-15",
        "A2,Jones Peter,IgA kappa,2007-02-15",
        "A3,Smith Claire,IgG lambda,2007-03-15",
    )
    file = put(
        tmp_path, "names.csv", "Pat-Nr,Surname and first name,Isotype,Start of therapy", *rows
    )
    page = visit("upload")
    drop(page, file)
    page.get_by_text("Stopped: this may identify people").wait_for(timeout=60_000)
    assert page.get_by_text("Miller").count() == 0
    assert page.get_by_role("button", name=ADD).count() == 0
    page.get_by_role("button", name="Drop the column").click()
    settle(page)
    assert page.get_by_text("Stopped: this may identify people").count() == 0
    page.get_by_role("button", name=ADD).wait_for(timeout=60_000)
    assert page.get_by_text("Surname and first name").count() == 0


def test_dates_that_fit_both_orders_are_asked_with_two_examples(visit, tmp_path) -> None:
    rows = ("A1,IgG kappa,03/04/2007", "A2,IgA kappa,05/06/2007")
    page = visit("upload")
    drop(page, put(tmp_path, "both.csv", "Pat-Nr,Isotype,Start of therapy", *rows))
    page.get_by_text("Some questions are open.").wait_for(timeout=60_000)
    assert page.get_by_text("03/04/2007").count() >= 1
    assert page.get_by_role("button", name=ADD).count() == 0
    choose(page, "Start of therapy", "date, month first")
    page.get_by_role("button", name=ADD).wait_for(timeout=60_000)


def test_a_wrong_suggestion_is_corrected_and_the_upload_is_taken_back(visit, tmp_path) -> None:
    rows = ("C1,weiblich,IgG kappa,12,2007-03-04", "C2,männlich,unklar,13,2007-03-05")
    page = visit("upload")
    header = "Pat-Nr,Geschlecht,Isotyp,Zahl,Therapiebeginn"
    drop(page, put(tmp_path, "ward_c.csv", header, *rows))
    page.get_by_text("1 unclear").wait_for(timeout=60_000)
    choose(page, "unklar (1)", "IgA lambda")
    page.get_by_role("button", name=ADD).click()
    page.get_by_text(re.compile("Stored as upload")).wait_for(timeout=60_000)
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("textbox", name="Reason").fill("only a trial run")
    page.keyboard.press("Enter")
    settle(page)
    page.get_by_role("button", name=re.compile("Remove upload")).click()
    page.get_by_text(re.compile("is taken back")).wait_for(timeout=60_000)


def test_a_long_check_shows_progress_and_is_cancelled(visit, tmp_path) -> None:
    people = put(
        tmp_path, "patients.csv", "trial,patient", *(f"BIG,{number}" for number in range(2000))
    )
    values = tmp_path / "measurements.csv"
    with values.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["trial", "patient", "analyte", "day", "value", "unit"])
        for number in range(2000):
            writer.writerows(["BIG", number, "IgA", day, 1.5, "g/L"] for day in range(1, 301))
    page = visit("upload")
    page.locator("input[type=file]").first.set_input_files([str(people), str(values)])
    page.get_by_text(re.compile("Checking|Looking for|Taking the rows in")).first.wait_for(
        timeout=60_000
    )
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("The check was cancelled. Nothing was stored.").wait_for(timeout=60_000)
    page.get_by_role("button", name="Check again").click()
    page.get_by_role("button", name=ADD).wait_for(timeout=90_000)
