"""The desk: files in hand, read again, a column dropped for good, a step cancelled."""

from __future__ import annotations

import io
import time

import pytest

from igcore.ingest import Cancel, Cancelled, Options
from igcore.ingest.desk import Desk
from igcore.ingest.job import Job
from igcore.ingest.read import Reading


def quiet(share: float, words: str) -> None:
    """No progress."""


def put(desk: Desk, name: str, text: str | bytes) -> None:
    raw = text.encode() if isinstance(text, str) else text
    desk.put(io.BytesIO(raw), name, progress=quiet)


@pytest.fixture
def desk(pool) -> Desk:
    return Desk(pool)


def test_files_of_one_name_are_told_apart_and_taken_away_alone(desk):
    put(desk, "a.csv", "trial,patient\nA,1\n")
    put(desk, "a.csv", "trial,patient\nA,2\n")
    assert [file.name for file in desk.files] == ["a.csv", "2/a.csv"]
    desk.take_away("a.csv")
    assert [file.name for file in desk.files] == ["2/a.csv"]
    desk.clear()
    assert [path for path in desk.folder.rglob("*") if path.is_file()] == []


def test_a_file_is_read_again_as_the_reader_says(desk):
    put(desk, "a.csv", b"trial;patient\nA;1\n")
    desk.read_again("a.csv", Reading(delimiter=",", header_row=1), progress=quiet)
    assert desk.sheets[0].header == ("trial;patient",)
    desk.read_again("a.csv", Reading(delimiter=";", header_row=1), progress=quiet)
    assert desk.sheets[0].header == ("trial", "patient")


def test_a_dropped_column_is_nowhere_in_the_staged_copies(desk):
    put(desk, "a.csv", "trial,patient,Name\nA,1,Miller\nA,2,Jones\n")
    assert any(b"Miller" in file.read_bytes() for file in desk.folder.rglob("*") if file.is_file())
    desk.drop(desk.sheets[0], "Name")
    assert desk.sheets[0].header == ("trial", "patient")
    for file in desk.folder.rglob("*"):
        assert not file.is_file() or b"Miller" not in file.read_bytes()
    report = desk.add(Options(), rehearse=False, progress=quiet, cancel=Cancel())
    assert report.added == 2


def test_a_cancelled_step_stores_nothing_and_says_so(desk, pool):
    put(desk, "patients.csv", "trial,patient\nA,1\n")
    cancel = Cancel()
    cancel.set()
    with pytest.raises(Cancelled, match="Nothing of this upload was stored"):
        desk.add(Options(), rehearse=False, progress=quiet, cancel=cancel)
    assert pool.newest() == 0


def test_cancelling_interrupts_the_statement_that_is_running(pool):
    with pool.reading() as cursor:

        def work(progress, cancel):
            cancel.watch(cursor)
            cursor.execute(
                "select count(*) from range(1000000000000) where range % 7 = 3"
            ).fetchall()

        job = Job(work)
        time.sleep(0.3)
        assert not job.ended(0)
        job.cancel.set()
        assert job.ended(20)
        with pytest.raises(Exception, match="INTERRUPT"):
            job.result()


def test_the_error_of_a_step_reaches_whoever_asks_for_its_result():
    def work(progress, cancel):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Job(work).result()
