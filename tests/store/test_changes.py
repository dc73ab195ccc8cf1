"""What changed between two versions, and what the uploads of a pool carry."""

from __future__ import annotations

import pytest

from igcore.errors import Refused
from igcore.ingest import Options
from igcore.store import cards, changes, contents, history

REPLACE = Options(replace=True)


def told(pool, before: int, after: int) -> dict[tuple[str, str], tuple]:
    """(trial, table) -> added, removed, replaced, patients new, patients gone."""
    frame = changes.counts(pool, before, after)
    return {(row[0], row[1]): tuple(int(n) for n in row[2:]) for row in frame.values.tolist()}


@pytest.fixture
def course(add, pool) -> None:
    """Two uploads and a correction, each of the next versions made in the tests."""
    a1, a2 = ({"trial": "A", "patient": p} for p in "12")
    iga = {"analyte": "IgA", "unit": "g/L"}
    add(
        patients=[{**a1, "arm": "x"}, {**a2, "arm": "x"}],
        measurements=[{**a1, **iga, "day": 1, "value": 2}, {**a1, **iga, "day": 29, "value": "<5"}],
    )
    add(
        REPLACE,
        patients=[{**a1, "arm": "x"}, {**a2, "arm": "y"}, {"trial": "B", "patient": "1"}],
        measurements=[
            {**a1, **iga, "day": 29, "value": 5, "time": "08:00"},
            {**a1, **iga, "day": 1, "value": 3, "low": 1},
            {**a2, **iga, "day": 1, "value": 4},
        ],
    )


def test_rows_added_removed_and_replaced_are_counted_by_trial_and_table(course, pool):
    assert told(pool, 0, 1) == {
        ("A", "trials"): (1, 0, 0, 0, 0),
        ("A", "patients"): (2, 0, 0, 2, 0),
        ("A", "measurements"): (2, 0, 0, 1, 0),
    }
    # Patient A/1 is the same again: nothing changed. Day 29 at 08:00 is another key than day 29.
    forth = {
        ("A", "patients"): (0, 0, 1, 0, 0),
        ("A", "measurements"): (2, 0, 1, 1, 0),
        ("B", "trials"): (1, 0, 0, 0, 0),
        ("B", "patients"): (1, 0, 0, 1, 0),
    }
    assert told(pool, 1, 2) == forth
    back = {place: (b, a, same, gone, new) for place, (a, b, same, new, gone) in forth.items()}
    assert told(pool, 2, 1) == back
    history.remove(pool, 2, why="x")
    assert told(pool, 2, 3) == back
    assert told(pool, 1, 3) == {}
    history.restore(pool, 2, why="x")
    assert told(pool, 2, 4) == {}
    cards.edit(pool, "A", cards.Edit(title="New"), why="x")
    assert told(pool, 4, 5) == {("A", "trials"): (0, 0, 1, 0, 0)}
    assert told(pool, 0, 0) == {}


def test_each_changed_row_is_told_with_its_key_and_what_it_was(course, pool):
    cards.edit(pool, "B", cards.Edit(title="New"), why="x")
    assert changes.changed(pool, 1, 3).values.tolist() == [
        ["measurements", "A", "1", "analyte IgA; day 1", "replaced", "value 2; low empty",
         "value 3; low 1"],
        ["measurements", "A", "1", "analyte IgA; day 29; time 08:00", "added", "",
         "value 5; unit g/L"],
        ["patients", "A", "2", "", "replaced", "arm x", "arm y"],
        ["measurements", "A", "2", "analyte IgA; day 1", "added", "", "value 4; unit g/L"],
        ["trials", "B", None, "", "added", "", "title New; simulated false; no_m_protein false"],
        ["patients", "B", "1", "", "added", "", ""],
    ]  # fmt: skip
    assert len(changes.changed(pool, 1, 3, limit=2)) == 2
    back = changes.changed(pool, 1, 0)
    assert set(back.change) == {"removed"}
    assert "value <5; unit g/L" in list(back.before)


def test_the_changed_rows_of_a_patient_are_ordered_by_analyte_and_day(add, pool):
    who = {"trial": "A", "patient": "1", "unit": "g/L", "value": 1}
    days = (120, -4, 29)
    add(
        patients=[{"trial": "A", "patient": "1"}],
        measurements=[{**who, "analyte": name, "day": d} for name in ("IgG", "IgA") for d in days],
    )
    found = changes.changed(pool, 0, 1)
    assert [row for row in found.row if row] == [
        f"analyte {name}; day {d}" for name in ("IgA", "IgG") for d in (-4, 29, 120)
    ]


def test_versions_that_are_not_there_are_refused_in_words(course, pool):
    for compare in (changes.counts, changes.changed):
        with pytest.raises(Refused, match='"3" is not one of 0 to 2'):
            compare(pool, 0, 3)


def test_what_an_upload_carried_is_counted_also_after_it_was_removed(course, pool):
    def rows(upload: int) -> list[list]:
        frame = contents.carried(pool)
        return frame[frame.upload == upload].drop(columns="upload").values.tolist()

    # Of upload 1, A/2 and day 1 are replaced by upload 2; of upload 2, A/1 was there already.
    assert rows(1) == [["A", "patients", 2, 1, 2], ["A", "measurements", 2, 1, 1]]
    second = [
        ["A", "patients", 2, 1, 2],
        ["A", "measurements", 3, 3, 2],
        ["B", "patients", 1, 1, 1],
    ]
    assert rows(2) == second
    history.remove(pool, 2, why="x")
    assert rows(2) == second
    assert rows(1) == [["A", "patients", 2, 2, 2], ["A", "measurements", 2, 2, 1]]


def test_a_trials_facts_are_counts_the_median_follow_up_and_the_limits_used(add, pool):
    who = [{"trial": "A", "patient": p} for p in "123"]
    add(
        patients=who,
        # Longest times: 304.375, 608.75 and 30.4375 days = 10, 20 and 1 months; the median is 10.
        outcomes=[
            {**one, "endpoint": name, "time_days": days, "event": 0}
            for one, os in zip(who, (304.375, 608.75, 30.4375), strict=True)
            for name, days in (("OS", os), ("PFS", 20))
        ],
        measurements=[
            {**who[0], "analyte": "IgA", "day": 1, "value": 1, "unit": "g/L", "low": 1, "high": 4},
            {**who[0], "analyte": "IgA", "day": 9, "value": 1, "unit": "g/L", "low": 1},
            {**who[1], "analyte": "IgA", "day": 1, "value": 90, "unit": "mg/dL"},
            {**who[1], "analyte": "albumin", "day": 1, "value": 40, "unit": "g/L"},
        ],
    )
    (facts,) = pool.rows("trial_facts", version=1).to_dict("records")
    assert (facts["patients"], facts["with_outcomes"], facts["measurements"]) == (3, 3, 4)
    assert facts["follow_up_months"] == pytest.approx(10, rel=1e-12)
    assert facts["uploads"] == "1"
    frame = pool.rows("trial_analytes", version=1)
    columns = ["analyte", "unit", "records", "patients", "own_limits", "default_limits",
               "without_limits"]  # fmt: skip
    assert frame[columns].values.tolist() == [
        ["IgA", "g/L", 2, 1, 1, 1, 0],
        ["IgA", "mg/dL", 1, 1, 0, 1, 0],
        ["albumin", "g/L", 1, 1, 0, 0, 1],
    ]
    # data/reference_ranges.csv: the default laboratory's range of IgA is in every row of it.
    assert frame.default_low.notna().tolist() == [True, True, False]


def test_warnings_of_the_uploads_in_force_are_told_with_trial_and_kind(add, pool):
    for trial, words in (("A", ("mystery", "riddle")), ("B", ("puzzle",))):
        add(patients=[{"trial": trial, "patient": w, "m_protein": w} for w in words])
    every = contents.warnings(pool)
    assert [(row.upload, row.trials, row.value) for row in every.itertuples()] == [
        (2, "B", "puzzle"), (1, "A", "mystery"), (1, "A", "riddle"),
    ]  # fmt: skip
    assert every.kind.nunique() == 1
    history.remove(pool, 2, why="x")
    assert set(contents.warnings(pool).upload) == {1}
    assert list(contents.warnings(pool, 2).value) == ["puzzle"]
    history.remove(pool, 1, why="x")
    assert list(contents.warnings(pool).columns) == list(contents.WARNINGS)
    assert len(contents.warnings(pool)) == 0


def test_the_mapping_of_an_upload_is_kept_beside_it(course, pool):
    with pool.writing() as cursor:
        cursor.execute("insert into upload_mappings values (2, '{\"sheets\": []}')")
    assert contents.mappings(pool, 2) == ['{"sheets": []}']
    assert contents.mappings(pool, 1) == []
