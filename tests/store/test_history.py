"""The pool is append-only: removing, returning rows, older versions, proof and backup."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from igcore import analysis
from igcore.errors import PoolError, Refused
from igcore.ingest import Options
from igcore.store import Cohort, Pool, history
from igcore.store.relations import composed

REPLACE = Options(replace=True)


def patients(*ids: str, trial: str = "A", **same: str) -> list[dict]:
    return [{"trial": trial, "patient": patient, **same} for patient in ids]


def arms(pool: Pool, version: int | None = None) -> dict[str, str]:
    """Patient -> arm as of a version."""
    at = pool.newest() if version is None else version
    with pool.reading() as cursor:
        question = composed("select patient, arm from named_patients()")
        return dict(cursor.execute(question, {"version": at}).fetchall())


def test_removing_needs_a_reason_and_an_upload_that_is_there(add, pool):
    add(patients=patients("1"))
    with pytest.raises(Refused, match="needs a reason"):
        history.remove(pool, 1, why=" \n")
    with pytest.raises(Refused, match=r'"7" is not one of the pool\'s uploads \(1\)'):
        history.remove(pool, 7, why="wrong file")
    assert history.remove(pool, 1, why=" wrong file ", stated_by="Ada") == 2
    with pytest.raises(Refused, match="removed already"):
        history.remove(pool, 1, why="again")
    row = history.uploads(pool).iloc[0]
    assert (row.why, row.removed_by, row.removed_in) == ("wrong file", "Ada", 2)
    assert list(history.versions(pool).action) == ["remove", "add"]


def test_rows_that_a_replacement_had_replaced_return_when_it_is_removed(add, pool):
    add(patients=patients("1", "2", arm="first"))
    add(REPLACE, patients=patients("1", "3", arm="second"))
    assert arms(pool) == {"1": "second", "2": "first", "3": "second"}
    history.remove(pool, 2, why="x")
    assert arms(pool) == {"1": "first", "2": "first"}
    assert arms(pool, 2) == {"1": "second", "2": "first", "3": "second"}
    assert history.check(pool) == []


@pytest.mark.parametrize(
    ("order", "after"),
    [
        ((3, 2, 1), ("second", "first", None)),
        ((2, 3, 1), ("third", "first", None)),
        ((1, 3, 2), ("third", "second", None)),
    ],
)
def test_a_chain_of_three_uploads_goes_back_to_the_latest_one_still_in_force(
    order, after, add, pool
):
    for arm in ("first", "second", "third"):
        add(REPLACE, patients=patients("1", arm=arm))
    for upload, arm in zip(order, after, strict=True):
        history.remove(pool, upload, why="x")
        assert arms(pool).get("1") == arm
    assert arms(pool, 2) == {"1": "second"}
    assert history.check(pool) == []


def test_a_returned_row_can_be_replaced_and_return_again(add, pool):
    add(patients=patients("1", arm="first"))
    for number in (2, 3):
        add(REPLACE, patients=patients("1", arm="other"))
        history.remove(pool, number, why="x")
        assert arms(pool) == {"1": "first"}
    assert [arms(pool, version)["1"] for version in range(1, 6)] == [
        "first", "other", "first", "other", "first",
    ]  # fmt: skip


def test_a_title_a_cutoff_and_a_flag_go_back_with_the_upload_that_stated_them(add, pool):
    add(Options(title="One"), patients=patients("1"))
    add(Options(title="Two", no_m_protein=True), patients=patients("2"))
    assert [trial.title for trial in pool.facts(2).trials] == ["Two"]
    history.remove(pool, 2, why="not that disease")
    (card,) = pool.facts(3).trials
    assert (card.title, card.no_m_protein) == ("One", False)
    assert pool.facts(2).trials[0].no_m_protein
    assert history.check(pool) == []


def test_an_upload_whose_patients_others_use_stays_and_the_users_are_named(add, pool):
    add(patients=patients("1", "2"))
    add(responses=[{"trial": "A", "patient": "1", "day": 5, "response": "PR"}])
    add(infections=[{"trial": "A", "patient": p, "start_day": 5} for p in ("1", "2")])
    with pytest.raises(Refused, match=r"used by upload 2 \(1 patients\), upload 3 \(2 patients\)"):
        history.remove(pool, 1, why="x")
    assert (pool.newest(), len(arms(pool))) == (3, 2)
    for upload in (2, 3, 1):
        history.remove(pool, upload, why="x")
    assert arms(pool) == {}
    assert pool.facts(pool.newest()).trials == ()


def test_a_replacement_of_used_patients_can_be_removed_because_the_old_rows_return(add, pool):
    add(patients=patients("1", arm="first"))
    add(REPLACE, patients=patients("1", arm="second"))
    add(responses=[{"trial": "A", "patient": "1", "day": 5, "response": "PR"}])
    history.remove(pool, 2, why="x")
    assert arms(pool) == {"1": "first"}


def test_keys_of_patients_are_never_used_again_and_a_returning_patient_keeps_his_own(add, pool):
    def keys() -> dict[str, int]:
        rows = pool.rows(
            "patients",
            **Cohort(
                pool.newest(),
                (
                    (
                        "trial",
                        (
                            "A",
                            "B",
                        ),
                    ),
                ),
            ).values(),
        )
        return dict(zip(rows.patient, rows.patient_key, strict=True))

    add(patients=patients("1", "2"))
    history.remove(pool, 1, why="x")
    add(patients=patients("3", trial="B"))
    assert keys() == {"3": 3}
    add(patients=patients("4", "2"))
    assert keys() == {"2": 2, "3": 3, "4": 4}


def test_a_question_as_of_an_older_version_is_answered_the_same_for_ever(add, pool):
    def course(value: float, limit: float) -> list[dict]:
        who = {"trial": "A", "patient": "1", "analyte": "IgA", "unit": "mg/dL"}
        return [
            {**who, "day": day, "value": level, "low": limit, "high": 400}
            for day, level in ((-1, 56), (29, value))
        ]

    query = "recovery?analyte=IgA&data=1"
    add(patients=patients("1", m_protein="IgG kappa"), measurements=course(70, 70))
    before = analysis.ask(pool, query).as_json()
    assert before["tables"]["verdicts"][0]["verdict"] == "improved_from_low"
    add(patients=patients("2", trial="B"))
    add(REPLACE, measurements=course(60, 70), patients=patients("1", m_protein="IgA kappa"))
    now = analysis.ask(pool, "recovery?analyte=IgA&trial=A").table("verdicts")
    assert list(now.reason) == ["involved"]
    history.remove(pool, 3, why="x")
    history.remove(pool, 2, why="x")
    history.remove(pool, 1, why="x")
    assert analysis.ask(pool, query).as_json() == before
    with pytest.raises(Refused, match="no trials in this version"):
        analysis.ask(pool, "recovery")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed pool file with a replacement in it, to be damaged in copies."""
    from igcore import ingest
    from tests.conftest import write_tables

    folder = tmp_path_factory.mktemp("filled")
    made = Pool.open(folder / "pool.duckdb")
    for number, arm in enumerate(("x", "y")):
        rows = {"patients": patients("1", "2", arm=arm)}
        rows["responses"] = [{"trial": "A", "patient": "1", "day": 5 + number, "response": "PR"}]
        ingest.add(made, write_tables(folder / str(number), rows), REPLACE)
    assert history.check(made) == []
    made.close()
    return made.path


TAMPERED = {
    "a value changed": "update responses set response = 'CR' where day = 5",
    "a row deleted": "delete from patients where arm = 'x' and patient_key = 1",
    "a row inserted": "insert into responses values (1, 9, 'PR', 2, 2, null)",
    "a row before all versions": "insert into responses values (1, 9, 'PR', 1, 0, null)",
    "a row put into a later version": "update responses set added = 2 where day = 5",
    "a row ended": "update responses set removed = 2 where day = 5",
    "a replaced row revived": "update patients set removed = null where arm = 'x'",
    "an end moved": "update patients set removed = 3 where arm = 'x'",
    "a row given to another patient": "update responses set patient_key = 2 where day = 5",
    "a patient renamed": "update subjects set patient = '9' where patient_key = 1",
    "a trial made real or simulated": "update trials set simulated = not simulated",
    "a proof deleted": "delete from proofs where version = 2 and table_name = 'patients'",
}


@pytest.mark.parametrize("what", TAMPERED)
def test_check_finds_what_was_changed_behind_its_back(what, filled, tmp_path):
    copy = tmp_path / "pool.duckdb"
    shutil.copy(filled, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(TAMPERED[what])
    found = Pool.open(copy)
    wrong = history.check(found)
    found.close()
    assert wrong
    assert all(sentence.startswith("Version ") for sentence in wrong)


def test_a_backup_opens_as_a_pool_with_the_same_answers(add, pool, tmp_path):
    outcome = {"trial": "A", "endpoint": "OS", "event": 1}
    add(
        patients=patients("1", "2", arm="x") + patients("3", arm="y"),
        outcomes=[{**outcome, "patient": p, "time_days": int(p) * 7} for p in "123"],
    )
    add(REPLACE, patients=patients("1", arm="z"))
    where = history.backup(pool, tmp_path / 'it\'s a "copy".duckdb')
    with pytest.raises(Refused, match="already"):
        history.backup(pool, where)
    with pytest.raises(Refused, match="no folder"):
        history.backup(pool, tmp_path / "nowhere" / "copy.duckdb")
    copy = Pool.open(where)
    for query in ("survival?group=arm", "survival?group=arm&data=1", "recovery", "overview"):
        assert analysis.ask(copy, query).as_json() == analysis.ask(pool, query).as_json()
    assert history.check(copy) == []
    assert history.remove(copy, 2, why="x") == 3
    assert pool.newest() == 2
    copy.close()
    assert sorted(path.name for path in tmp_path.glob("*in-progress*")) == []


def test_backups_at_the_same_moment_wait_for_each_other(add, pool, tmp_path):
    add(patients=patients("1", "2"))
    made: list[Path] = []

    def copy(number: int) -> Callable[[], None]:
        return lambda: made.append(history.backup(pool, tmp_path / f"copy{number}.duckdb"))

    threads = [threading.Thread(target=copy(number)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 3


def test_what_is_not_a_pool_is_refused_in_words(tmp_path):
    for name, content in (("empty", b""), ("text", b"hello " * 900)):
        path = tmp_path / f"{name}.duckdb"
        path.write_bytes(content)
        with pytest.raises(PoolError, match=f"{name}.duckdb cannot be opened"):
            Pool.open(path)
    foreign = tmp_path / "foreign.duckdb"
    with duckdb.connect(str(foreign)) as connection:
        connection.execute("create table orders (number integer)")
    with pytest.raises(PoolError, match="not a pool of Igcore"):
        Pool.open(foreign)
    with pytest.raises(PoolError, match="no pool at"):
        Pool.open(tmp_path / "absent.duckdb", create=False)
    (tmp_path / "file").write_text("x")
    with pytest.raises(PoolError, match="cannot be made"):
        Pool.open(tmp_path / "file" / "below" / "pool.duckdb")
