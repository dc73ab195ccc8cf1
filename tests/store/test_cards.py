"""A trial's card is edited by hand as a new version, with a reason, and what stays of it."""

from __future__ import annotations

import datetime

import duckdb
import pytest

from igcore.errors import Refused
from igcore.ingest import Options
from igcore.store import Pool, history
from igcore.store.cards import Edit, edit

ONE = {"patients": [{"trial": "A", "patient": "1"}]}
TWO = {"patients": [{"trial": "A", "patient": "2"}]}


def card(pool: Pool, version: int | None = None) -> tuple:
    (found,) = pool.facts(pool.newest() if version is None else version).trials
    return found.title, found.cutoff, found.simulated, found.no_m_protein


def test_an_edit_is_a_new_version_and_the_older_one_keeps_its_card(add, pool):
    add(Options(title="One"), **ONE)
    day = datetime.date(2009, 6, 10)
    changes = Edit(title=" Two ", cutoff=day, simulated=True, no_m_protein=True)
    assert edit(pool, "A", changes, why=" as published ", stated_by="Ada") == 2
    assert card(pool) == ("Two", day, True, True)
    assert card(pool, 1) == ("One", None, False, False)
    newest = history.versions(pool).iloc[0]
    assert (newest.action, newest.trial, newest.why, newest.stated_by) == (
        "edit", "A", "as published", "Ada",
    )  # fmt: skip
    assert edit(pool, "A", Edit(simulated=False, no_cutoff=True), why="they are real") == 3
    assert card(pool) == ("Two", None, False, True)
    assert history.check(pool) == []


@pytest.mark.parametrize(
    ("trial", "changes", "why", "words"),
    [
        ("A", Edit(title="Two"), "  ", "needs a reason"),
        ("B", Edit(title="Two"), "x", r'"B" is not one of the pool\'s trials \(A\)'),
        ("A", Edit(title="One"), "x", "described like this already"),
        ("A", Edit(), "x", "described like this already"),
        ("A", Edit(title=" "), "x", "between 1 and 200 characters"),
        ("A", Edit(title="x" * 201), "x", "between 1 and 200 characters"),
    ],
)
def test_a_wrong_edit_is_refused_in_words_and_changes_nothing(
    trial, changes, why, words, add, pool
):
    add(Options(title="One"), **ONE)
    with pytest.raises(Refused, match=words):
        edit(pool, trial, changes, why=why)
    assert pool.newest() == 1


def test_an_edited_card_stays_when_the_uploads_around_it_go_and_come(add, pool):
    add(Options(title="One"), **ONE)
    edit(pool, "A", Edit(title="By hand"), why="x")
    add(Options(title="Three"), **TWO)
    assert card(pool)[0] == "Three"
    history.remove(pool, 2, why="x")
    assert card(pool)[0] == "By hand"
    history.remove(pool, 1, why="x")
    assert pool.facts(pool.newest()).trials == ()
    history.restore(pool, 1, why="x")
    assert card(pool)[0] == "By hand"
    history.restore(pool, 2, why="x")
    assert card(pool)[0] == "Three"
    assert history.check(pool) == []


def test_the_card_of_a_trial_stays_while_it_has_patients_whoever_stated_it(add, pool):
    add(Options(title="One"), **ONE)
    add(**TWO)
    history.remove(pool, 1, why="x")
    assert card(pool)[0] == "One"
    history.remove(pool, 2, why="x")
    history.restore(pool, 2, why="x")
    assert card(pool)[0] == "One"


def test_a_card_changed_behind_the_pools_back_is_found(add, pool, tmp_path):
    add(**ONE)
    edit(pool, "A", Edit(title="Two"), why="x")
    copy = history.backup(pool, tmp_path / "copy.duckdb")
    with duckdb.connect(str(copy)) as connection:
        connection.execute("update trials set title = 'Three' where removed is null")
    found = Pool.open(copy)
    assert [sentence.split(":")[0] for sentence in history.check(found)] == ["Version 2, trials"]
    found.close()


def test_a_pool_made_before_mappings_were_kept_opens_and_gets_their_tables(add, pool):
    add(**ONE)
    path = pool.path
    pool.close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("drop table upload_mappings; drop table layouts")
    again = Pool.open(path)
    with again.reading() as cursor:
        cursor.execute("insert into upload_mappings values (1, '{}')")
        assert cursor.execute("select count(*) from layouts").fetchall() == [(0,)]
    assert (again.newest(), history.check(again)) == (1, [])
    again.close()
