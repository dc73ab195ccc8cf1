"""restore, compare and trial on the command line."""

from __future__ import annotations

import json

import pytest

from igcore.__main__ import main
from igcore.store import Pool
from tests.conftest import write_tables


@pytest.fixture
def where(tmp_path) -> str:
    """A pool with one trial in one upload, as the text of its path."""
    rows = {"patients": [{"trial": "A", "patient": "1"}, {"trial": "A", "patient": "2"}]}
    path = str(tmp_path / "pool.duckdb")
    assert main(["add", *map(str, write_tables(tmp_path / "in", rows)), "--pool", path]) == 0
    yield path
    Pool.open(path).close()


def test_an_upload_is_removed_restored_and_compared_by_commands(where, run):
    at = ("--pool", where)
    assert run("remove", "1", "--why", "x", *at)[0] == 0
    assert run("compare", "1", "2", *at)[1] == (
        "A, trials: 0 rows added, 1 removed, 0 replaced\n"
        "A, patients: 0 rows added, 2 removed, 0 replaced; patients: 0 new, 2 gone\n"
    )
    said = "Upload 1 is in force again; the data version is 3.\n"
    assert run("restore", "1", "--why", "it was right", *at) == (0, said, "")
    assert "restored in version 3" in run("uploads", *at)[1]
    (listed,) = json.loads(run("uploads", "--format", "json", *at)[1])
    assert (listed["removed_in"], listed["restored_in"]) == (None, 3)
    compared = json.loads(run("compare", "2", "3", "--format", "json", *at)[1])
    assert compared["tables"][1] == {
        "trial": "A", "table": "patients", "added": 2, "removed": 0, "replaced": 0,
        "patients_new": 2, "patients_gone": 0,
    }  # fmt: skip
    assert run("compare", "1", "3", *at)[1] == "Data versions 1 and 3 hold the same rows.\n"
    assert run("check", *at)[0] == 0


def test_the_changed_rows_come_as_csv_that_no_spreadsheet_runs(where, run, tmp_path):
    rows = {"patients": [{"trial": "=1+1", "patient": "@x", "arm": "-2"}]}
    files = map(str, write_tables(tmp_path / "odd", rows))
    assert run("add", *files, "--pool", where)[0] == 0
    lines = run("compare", "1", "2", "--format", "csv", "--pool", where)[1].splitlines()
    assert lines[0] == "table,trial,patient,row,change,before,after"
    assert "patients,'=1+1,'@x,,added,,arm -2" in lines


def test_a_trials_card_is_changed_by_a_command(where, run):
    at = ("--pool", where, "--why", "as published")
    flags = ("--title", "T", "--cutoff", "2009-06-10", "--simulated", "yes")
    said = "Trial A is changed; the data version is 2.\n"
    assert run("trial", "A", *flags, "--no-m-protein", "yes", *at) == (0, said, "")
    assert run("trial", "A", "--simulated", "no", "--cutoff", "none", *at)[0] == 0
    (card,) = Pool.open(where).facts(3).trials
    assert (card.title, card.cutoff, card.simulated, card.no_m_protein) == ("T", None, False, True)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["restore", "1"], "required: --why"),
        (["restore", "1", "--why", "x"], "in force"),
        (["trial", "A", "--why", "x"], "described like this already"),
        (["trial", "A", "--why", "x", "--simulated", "perhaps"], "invalid choice"),
        (["trial", "A", "--why", "x", "--cutoff", "soon"], "is not a date such as"),
        (["trial", "B", "--why", "x", "--title", "T"], '"B" is not one of'),
        (["compare", "0", "9"], '"9" is not one of 0 to 1'),
    ],
)
def test_a_wrong_command_exits_2_with_a_sentence(command, words, where, run):
    code, _, err = run(*command, "--pool", where)
    assert code == 2
    assert words in err
