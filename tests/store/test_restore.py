"""A removed upload comes back: as new rows, with a reason, unless the pool says otherwise now."""

from __future__ import annotations

import random

import pytest

from igcore import analysis
from igcore.errors import Refused
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


def test_restoring_needs_a_reason_and_an_upload_that_is_removed(add, pool):
    add(patients=patients("1"))
    with pytest.raises(Refused, match="in force; there is nothing to restore"):
        history.restore(pool, 1, why="x")
    history.remove(pool, 1, why="wrong file")
    with pytest.raises(Refused, match="needs a reason"):
        history.restore(pool, 1, why=" \n")
    with pytest.raises(Refused, match=r'"7" is not one of the pool\'s uploads \(1\)'):
        history.restore(pool, 7, why="x")
    assert history.restore(pool, 1, why=" it was right ", stated_by=" Ada ") == 3
    newest = history.versions(pool).iloc[0]
    assert (newest.action, newest.upload, newest.why, newest.stated_by) == (
        "restore", 1, "it was right", "Ada",
    )  # fmt: skip
    row = history.uploads(pool).iloc[0]
    assert (row.restored_in, row.why) == (3, None)
    assert history.uploads(pool).removed_in.isna().all()


def test_an_upload_is_removed_and_restored_again_and_again_and_older_versions_stay(add, pool):
    add(patients=patients("1", "2", arm="x"))
    for _ in range(2):
        history.remove(pool, 1, why="x")
        assert arms(pool) == {}
        history.restore(pool, 1, why="x")
        assert arms(pool) == {"1": "x", "2": "x"}
    assert [len(arms(pool, version)) for version in range(6)] == [0, 2, 0, 2, 0, 2]
    assert history.check(pool) == []
    rows = pool.rows("patients", **Cohort(5, (("trial", ("A",)),)).values())
    assert list(rows.patient_key) == [1, 2]  # the keys that they had, so links to them hold


def test_no_row_is_ever_unmarked(add, pool):
    def marks() -> list[tuple]:
        with pool.reading() as cursor:
            return cursor.execute(
                "select patient_key, upload, added, removed from patients order by all"
            ).fetchall()

    add(patients=patients("1"))
    history.remove(pool, 1, why="x")
    assert marks() == [(1, 1, 1, 2)]
    history.restore(pool, 1, why="x")
    assert marks() == [(1, 1, 1, 2), (1, 1, 3, None)]


def test_rows_that_an_upload_had_replaced_are_replaced_again(add, pool):
    add(patients=patients("1", "2", arm="first"))
    add(REPLACE, patients=patients("1", "3", arm="second"))
    history.remove(pool, 2, why="x")
    assert arms(pool) == {"1": "first", "2": "first"}
    history.restore(pool, 2, why="x")
    assert arms(pool) == {"1": "second", "2": "first", "3": "second"}
    history.remove(pool, 2, why="x")
    assert arms(pool) == {"1": "first", "2": "first"}
    assert history.check(pool) == []


def test_what_a_later_upload_had_replaced_stays_replaced(add, pool):
    add(patients=patients("1", "2", arm="first"))
    add(REPLACE, patients=patients("1", arm="second"))
    history.remove(pool, 1, why="x")
    assert arms(pool) == {"1": "second"}
    history.restore(pool, 1, why="x")
    assert arms(pool) == {"1": "second", "2": "first"}
    history.remove(pool, 2, why="x")
    assert arms(pool) == {"1": "first", "2": "first"}


def test_other_content_that_came_meanwhile_refuses_the_restoring_and_is_named(add, pool):
    add(patients=patients("1", "2", "3", arm="first"))
    history.remove(pool, 1, why="x")
    add(patients=patients("1", "2", arm="other"))
    add(patients=patients("3", arm="first"))
    with pytest.raises(
        Refused,
        match=r"upload 2 has other content for 2 of its patients \(such as patient 1 of trial A\)",
    ):
        history.restore(pool, 1, why="x")
    assert (pool.newest(), arms(pool)) == (4, {"1": "other", "2": "other", "3": "first"})
    history.remove(pool, 2, why="x")
    history.restore(pool, 1, why="x")
    assert arms(pool) == {"1": "first", "2": "first", "3": "first"}
    with pytest.raises(Refused, match="upload 1 has other content for 2 of its patients"):
        history.restore(pool, 2, why="x")
    assert history.check(pool) == []


def test_the_same_content_that_came_meanwhile_stays_and_each_upload_holds_it(add, pool):
    add(patients=patients("1", arm="x"))
    history.remove(pool, 1, why="x")
    add(patients=patients("1", arm="x"))
    history.restore(pool, 1, why="x")
    assert arms(pool) == {"1": "x"}
    history.remove(pool, 2, why="x")
    assert arms(pool) == {"1": "x"}
    history.remove(pool, 1, why="x")
    assert arms(pool) == {}


def test_rows_about_patients_who_are_gone_stay_out_and_their_upload_is_named(add, pool):
    add(patients=patients("1", "2"))
    add(infections=[{"trial": "A", "patient": p, "start_day": 5} for p in "12"])
    history.remove(pool, 2, why="x")
    history.remove(pool, 1, why="x")
    with pytest.raises(
        Refused, match=r"no longer knows 2 of the patients .* Restore these uploads first: 1\."
    ):
        history.restore(pool, 2, why="x")
    assert pool.newest() == 4
    history.restore(pool, 1, why="x")
    history.restore(pool, 2, why="x")
    with pool.reading() as cursor:
        infections = cursor.execute(composed("from infections()"), {"version": 6}).fetchall()
        assert len(infections) == 2


def test_simulated_rows_do_not_come_back_into_a_trial_that_is_real_now(add, pool):
    add(Options(simulated=True), patients=patients("1"))
    history.remove(pool, 1, why="x")
    add(patients=patients("2"))
    with pytest.raises(Refused, match='rows were simulated, and trial "A" is now'):
        history.restore(pool, 1, why="x")
    history.remove(pool, 2, why="x")
    history.restore(pool, 1, why="x")
    assert pool.facts(pool.newest()).trials[0].simulated


def test_title_and_flags_come_back_with_the_upload_that_stated_them(add, pool):
    add(Options(title="One"), patients=patients("1"))
    add(Options(title="Two", no_m_protein=True), patients=patients("2"))
    history.remove(pool, 2, why="x")
    history.restore(pool, 2, why="x")
    (card,) = pool.facts(4).trials
    assert (card.title, card.no_m_protein) == ("Two", True)
    for upload in (1, 2):
        history.remove(pool, upload, why="x")
    assert pool.facts(6).trials == ()
    history.restore(pool, 1, why="x")
    assert [trial.title for trial in pool.facts(7).trials] == ["One"]
    assert history.check(pool) == []


def test_an_answer_is_the_same_after_removing_and_restoring(add, pool):
    who = {"trial": "A", "patient": "1"}
    add(
        patients=[{**who, "m_protein": "IgG kappa"}],
        measurements=[
            {**who, "analyte": "IgA", "unit": "mg/dL", "day": day, "value": value, "low": 70,
             "high": 400}
            for day, value in ((-1, 56), (29, 90))
        ],
    )  # fmt: skip
    before = analysis.ask(pool, "recovery?analyte=IgA&data=1").as_json()["tables"]
    assert before["verdicts"][0]["verdict"] == "improved_from_low"
    history.remove(pool, 1, why="x")
    history.restore(pool, 1, why="x")
    assert analysis.ask(pool, "recovery?analyte=IgA&data=3").as_json()["tables"] == before


@pytest.mark.parametrize("seed", range(4))
def test_what_is_in_force_depends_on_the_uploads_in_force_alone(seed, add, pool):
    # The naive twin lays the uploads in force over each other, the first one lowest.
    draw = random.Random(seed)
    stated: dict[int, dict[str, str]] = {}
    in_force: set[int] = set()
    refused: list[str] = []

    def expected() -> dict[str, str]:
        laid: dict[str, str] = {}
        for upload in sorted(in_force):
            laid |= stated[upload]
        return laid

    for _ in range(14):
        gone = sorted(stated.keys() - in_force)
        what = draw.choice(["add", "remove", "remove", "restore", "restore"])
        if what == "remove" and in_force:
            upload = draw.choice(sorted(in_force))
            history.remove(pool, upload, why="x")
            in_force.discard(upload)
        elif what == "restore" and gone:
            upload = draw.choice(gone)
            try:
                history.restore(pool, upload, why="x")
            except Refused as refusal:
                refused.append(str(refusal))
            else:
                in_force.add(upload)
        else:
            rows = {p: draw.choice("xy") for p in draw.sample("1234", draw.randint(1, 4))}
            report = add(REPLACE, patients=[{"trial": "A", "patient": p, "arm": a}
                                            for p, a in rows.items()])  # fmt: skip
            if report.upload:
                stated[report.upload] = rows
                in_force.add(report.upload)
        assert arms(pool) == expected()
    assert all("has other content" in words for words in refused)
    assert history.check(pool) == []
