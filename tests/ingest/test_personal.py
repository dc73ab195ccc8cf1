"""What identifies people stays out: columns that stop an upload, standard ones, old ages."""

from __future__ import annotations

import pytest

from igcore.__main__ import main
from igcore.ingest import Options
from igcore.store import Pool

NAMES = (
    "trial,patient,m_protein,E-mail\nA,1,IgG kappa,anna@example.org\nA,2,IgA kappa,x@example.org\n"
)


def test_a_personal_column_stops_the_upload_by_name_and_shows_none_of_its_values(send, pool):
    report = send({"patients.csv": NAMES})
    assert [(column.column, column.file) for column in report.personal] == [
        ("E-mail", "patients.csv")
    ]
    assert report.upload is None
    assert report.nothing_could_be_added
    assert pool.newest() == 0
    assert "example.org" not in str(report.as_json())


def test_a_dropped_column_stops_nothing_and_is_nowhere_in_the_pool(send, pool, tmp_path):
    report = send({"patients.csv": NAMES}, Options(drop=("E-mail",)))
    assert report.added == 2
    assert "Left behind at once, as personal: E-mail." in report.recognised[0].notes
    pool.close()
    assert b"example.org" not in (tmp_path / "pool.duckdb").read_bytes()
    assert list((tmp_path / ".pool.duckdb.uploads").iterdir()) == []


def test_a_column_called_harmless_goes_on_with_its_reason(send):
    text = "trial,patient,Name\nA,1,North\nA,2,South\n"
    assert [column.column for column in send({"patients.csv": text}).personal] == ["Name"]
    report = send({"patients.csv": text}, Options(harmless=(("Name", "names of the sites"),)))
    assert (report.added, report.personal) == (2, [])
    (warning,) = report.problems
    assert warning.problem.endswith("called harmless: names of the sites")


def test_the_command_stops_and_goes_on_with_drop_or_a_reason(tmp_path, capsys):
    file, where = tmp_path / "patients.csv", str(tmp_path / "pool.duckdb")
    file.write_text(NAMES)
    assert main(["add", str(file), "--pool", where]) == 1
    assert 'the column "E-mail" looks like' in capsys.readouterr().out
    assert main(["add", str(file), "--pool", where, "--harmless", "E-mail"]) == 2
    assert "gives no reason" in capsys.readouterr().err
    assert main(["add", str(file), "--pool", where, "--drop", "E-mail"]) == 0
    Pool.open(where).close()


@pytest.mark.parametrize("column", ["BRTHDTC", "BRTHDT"])
def test_standard_birth_dates_of_cdisc_files_are_left_behind_and_told(send, column):
    text = f"STUDYID,USUBJID,SEX,AGE,TRT01P,TRTSDT,{column}\nS,S-1,F,60,Len,2008-01-15,1948-01-01\n"
    report = send({"adsl.csv": text})
    assert report.added == 1
    assert any(column in note for note in report.recognised[0].notes)


def test_an_age_over_89_is_stored_as_90_with_a_note_and_is_known_again(send, stored):
    text = "trial,patient,age_years\nA,1,89\nA,2,89.5\nA,3,104\n"
    report = send({"patients.csv": text})
    assert stored("patients", "patient, age_years") == [("1", 89), ("2", 90), ("3", 90)]
    assert [(note.column, note.rows) for note in report.notes if note.column == "age_years"] == [
        ("age_years", 2)
    ]
    assert send({"patients.csv": text}).tables["patients"].skipped == 3


def test_all_or_nothing_counts_the_sound_rows_as_refused_in_every_trial(send):
    text = "trial,patient,sex\nA,1,F\nB,2,X\n"
    report = send({"patients.csv": text}, Options(all_or_nothing=True))
    counts = {trial: tables["patients"] for trial, tables in report.by_trial.items()}
    assert {trial: (n["added"], n["refused"]) for trial, n in counts.items()} == {
        "A": (0, 1),
        "B": (0, 1),
    }
