"""Two wards' files, as clinics keep them, with the suggestions as they come."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from igcore import ingest
from igcore.__main__ import main
from igcore.ingest import Options
from igcore.ingest.mapping import suggestions
from igcore.ingest.mapping.document import Mapping, from_json, to_json
from igcore.store import Pool
from igcore.store.relations import composed
from tests import wards

TABLES = ("patients", "measurements", "responses", "outcomes")


@pytest.fixture
def files(shared: Path) -> list[Path]:
    return [shared / "clinic" / "ward_a.xlsx", shared / "clinic" / "ward_b.csv"]


def named(mapping: Mapping) -> Mapping:
    """The only corrections by hand: the names of the trials."""
    trial = {"ward_a": "A", "ward_b": "B"}
    return Mapping(sheets=tuple(replace(s, trial=trial[s.trial]) for s in mapping.sheets))


def test_the_suggestions_give_what_a_careful_person_reads_row_for_row(pool, files, shared) -> None:
    suggested = suggestions.suggested(pool, files, trial=None)
    assert suggested.questions == ()
    report = ingest.add(pool, files, Options(mapping=named(suggested.mapping)))
    assert report.errors == []
    measured, people = wards.stored(pool, ("A", "B"))
    careful_measured, careful_people = wards.truth(shared / "clinic")
    assert [(*row[:4], wards.number(row[4]), row[5]) for row in measured] == careful_measured
    assert people == careful_people


def test_the_command_with_the_saved_mapping_stores_the_same_tables(
    pool, files, tmp_path, capsys
) -> None:
    suggested = named(suggestions.suggested(pool, files, trial=None).mapping)
    ingest.add(pool, files, Options(mapping=suggested))
    saved = tmp_path / "mapping.json"
    saved.write_text(to_json(suggested), encoding="utf-8")
    other = str(tmp_path / "other.duckdb")
    assert main(["add", *map(str, files), "--mapping", str(saved), "--pool", other]) == 0
    capsys.readouterr()
    again = Pool.open(other)
    for table in TABLES:
        rows = _rows(pool, table)
        assert rows
        assert _rows(again, table) == rows
    again.close()


def _rows(pool: Pool, table: str) -> list[tuple]:
    with pool.reading() as cursor:
        question = composed(f"select * from named_{table}() order by all")
        return cursor.execute(question, {"version": 1}).fetchall()


def test_a_mapping_is_remembered_for_the_next_file_with_the_same_columns(pool, files) -> None:
    suggested = named(suggestions.suggested(pool, files[1:], trial=None).mapping)
    ingest.add(pool, files[1:], Options(mapping=suggested))
    report = ingest.add(pool, files[1:], Options(trial="C"))
    assert [found.layout for found in report.recognised] == ["mapped as in an earlier upload"]
    assert report.tables["patients"].added == 29
    assert report.trials == ["C"]


def test_the_command_suggests_a_mapping_and_stores_nothing(files, tmp_path, capsys) -> None:
    target, where = tmp_path / "suggested.json", str(tmp_path / "pool.duckdb")
    assert main(["add", *map(str, files), "--suggest", str(target), "--pool", where]) == 0
    assert "Look through it" in capsys.readouterr().out
    made = from_json(target.read_text(encoding="utf-8"))
    assert [len(sheet.fields) for sheet in made.sheets] == [6, 10, 77]
    pool = Pool.open(where)
    assert pool.newest() == 0
    pool.close()
