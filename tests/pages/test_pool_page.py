"""The pool page as a reader meets it: cards, uploads, comparison, warnings, undo, restore."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from igcore import ingest
from igcore.ingest import Options
from igcore.store import history
from tests.conftest import write_tables

PAGE = "pool"
TRIAL = "<b>T</b> *x*"
PARTS = ("trials", "uploads", "changes", "warnings", "history")


@pytest.fixture
def filled(pool, tmp_path):
    """Two uploads of a trial with an odd name; the second replaces a patient of the first."""
    who = {"trial": TRIAL, "patient": "1"}
    first = {
        "patients": [{**who, "m_protein": "riddle"}, {"trial": TRIAL, "patient": "2"}],
        "measurements": [{**who, "analyte": "IgA", "day": 1, "value": 2, "unit": "g/L"}],
        # 304.375 days are 10 months of 30.4375 days.
        "outcomes": [{**who, "endpoint": "OS", "time_days": 304.375, "event": 0}],
    }
    ingest.add(
        pool, write_tables(tmp_path / "one", first), Options(title="*One*", stated_by="<i>Ada</i>")
    )
    second = {"patients": [{**who, "m_protein": "IgA kappa"}]}
    ingest.add(pool, write_tables(tmp_path / "two", second), Options(replace=True))
    return pool


def words(at: AppTest) -> str:
    """All text of a page, with the backslashes of Markdown taken out."""
    elements = (*at.error, *at.info, *at.success, *at.markdown, *at.caption, *at.subheader)
    return "\n".join(str(element.value) for element in elements).replace("\\", "")


def press(at: AppTest, label: str) -> AppTest:
    return next(button for button in at.button if button.label == label).click().run()


def write(at: AppTest, label: str, text: str) -> None:
    next(field for field in at.text_input if field.label == label).set_value(text)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_page_opens_and_shows_user_text_as_it_stands(filled, open_page, part):
    at = open_page(filled, PAGE, part=part)
    assert not at.exception
    assert not at.error
    assert "Data version 2: 1 trial, 2 patients, 1 measurements; 2 of 2 uploads in force." in (
        words(at)
    )
    raw = "\n".join(str(element.value) for element in (*at.markdown, *at.caption, *at.subheader))
    for text in (TRIAL, "*One*", "<i>Ada</i>"):
        assert text not in raw  # it is there with its signs escaped, or not at all


def test_a_trials_card_shows_its_numbers_and_the_ranges_used(filled, open_page):
    at = open_page(filled, PAGE)
    assert {metric.label: metric.value for metric in at.metric} == {
        "Patients": "2",
        "Median follow-up": "10.0 months",
        "With a response record": "0",
        "Data cut-off": "–",
    }
    assert "*One*" in words(at)
    assert "Ranges used: 0 of 1 records with both limits of their own; 1 with the range of" in (
        words(at)
    )
    frame = at.dataframe[0].value
    assert frame.loc[0, ["Analyte", "Unit", "Records"]].tolist() == ["IgA", "g/L", 1]


def test_a_card_is_changed_with_a_reason_as_a_new_version(filled, open_page):
    at = open_page(filled, PAGE)
    write(at, "Title", "Better")
    at.checkbox[0].check()
    at = press(at, "Save as a new data version")
    assert "A change of a trial's card needs a reason" in words(at)
    assert filled.newest() == 2
    write(at, "Reason", "as agreed")
    write(at, "Your name", "Ada")
    at = press(at, "Save as a new data version")
    assert f"Trial {TRIAL} is changed; the data version is 3." in words(at)
    assert "simulated data" in words(at)
    (card,) = filled.facts(3).trials
    assert (card.title, card.simulated) == ("Better", True)
    at = press(open_page(filled, PAGE), "Save as a new data version")
    assert not at.exception


def test_an_upload_is_removed_and_restored_with_a_reason_and_a_name(filled, open_page):
    at = open_page(filled, PAGE, part="uploads", upload="2")
    assert "In force. Added on " in words(at)
    at = press(at, "Remove upload 2")
    assert "Removing needs a reason" in words(at)
    write(at, "Reason", "The *wrong* file.")
    write(at, "Your name", "Bob")
    at = press(at, "Remove upload 2")
    assert "Upload 2 is removed; the data version is 3." in words(at)
    assert "Removed in version 3: The *wrong* file. Added on" in words(at)
    carried = at.dataframe[3].value
    assert carried["In force when removed"].tolist() == [1]
    write(at, "Reason", "It was right")
    at = press(at, "Restore upload 2")
    assert "Upload 2 is in force again; the data version is 4." in words(at)
    assert "In force, restored in version 4." in words(at)
    newest = history.versions(filled).iloc[0]
    assert (newest.action, newest.stated_by) == ("restore", "Bob")  # the name is kept


def test_a_restoring_that_would_clash_is_refused_on_the_page(filled, open_page, tmp_path):
    history.remove(filled, 2, why="x")
    history.remove(filled, 1, why="x")
    rows = {"patients": [{"trial": TRIAL, "patient": "1", "m_protein": "IgG kappa"}]}
    ingest.add(filled, write_tables(tmp_path / "three", rows))
    at = open_page(filled, PAGE, part="uploads", upload="2")
    write(at, "Reason", "x")
    at = press(at, "Restore upload 2")
    assert "upload 3 has other content for 1 of its patients (such as patient 1 of trial" in (
        words(at)
    )
    assert filled.newest() == 5


def test_an_uploads_files_counts_and_warnings_are_shown(filled, open_page):
    at = open_page(filled, PAGE, part="uploads", upload="1")
    _, files, read, carried, grouped = (frame.value for frame in at.dataframe)
    assert sorted(files.File) == ["measurements.csv", "outcomes.csv", "patients.csv"]
    assert files["SHA-256"].str.len().unique().tolist() == [64]
    assert dict(zip(read.Table, read.Added, strict=True)) == {
        "patients": 2, "measurements": 1, "outcomes": 1,
    }  # fmt: skip
    assert carried["In force now"].tolist() == [1, 1, 1]  # patient 1 is replaced by upload 2
    assert grouped["Such as"].tolist() == ["riddle"]
    assert "Mapping: none was needed" in words(at)
    with filled.writing() as cursor:
        cursor.execute("insert into upload_mappings values (1, '{}')")
    at = open_page(filled, PAGE, part="uploads", upload="1")
    assert "Mapping: none was needed" not in words(at)
    labels = [element.proto.label for element in at.get("download_button")]
    assert labels == ["Mapping (JSON)", "All warnings (CSV)"]


def test_two_versions_are_compared_by_the_link_and_by_the_controls(filled, open_page):
    at = open_page(filled, PAGE, part="changes")
    row = at.dataframe[0].value.iloc[0]
    assert row[["Table", "Added", "Replaced"]].tolist() == ["patients", 0, 1]
    assert at.dataframe[1].value.After.tolist() == ["m_protein IgA kappa"]
    at.selectbox(key="pool.from").set_value("0").run()
    assert at.query_params["from"] == "0"
    assert at.dataframe[0].value.Added.tolist() == [1, 2, 1, 1]
    at.selectbox(key="pool.to").set_value("0").run()
    assert "Data versions 0 and 0 hold the same rows." in words(at)


def test_an_upload_leads_to_what_it_changed(filled, open_page):
    at = press(open_page(filled, PAGE, part="uploads", upload="2"), "What it changed →")
    assert (at.query_params["part"], at.query_params["from"]) == ("changes", "1")
    assert "Version 2: upload 2 added" in words(at)


def test_warnings_are_filtered_by_trial_and_kind(filled, open_page, tmp_path):
    other = {"patients": [{"trial": "U", "patient": "9", "m_protein": "mystery"}]}
    ingest.add(filled, write_tables(tmp_path / "other", other))
    at = open_page(filled, PAGE, part="warnings")
    assert at.dataframe[0].value.Uploads.tolist() == ["1, 3"]
    at.multiselect[0].set_value(["U"]).run()
    assert at.dataframe[0].value["Such as"].tolist() == ["mystery"]
    assert at.dataframe[1].value.Value.tolist() == ["mystery"]
    at.multiselect[1].set_value(at.multiselect[1].options).run()
    assert at.dataframe[1].value.Value.tolist() == ["mystery"]


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"part": "none"}, 'Part: "none" is not one of trials, uploads'),
        ({"part": "changes", "to": "9"}, 'To data version: "9" is not one of 2, 1, 0.'),
        ({"part": "uploads", "upload": "<9>"}, 'Upload in full: "<9>" is not one of 2, 1.'),
    ],
)
def test_a_wrong_link_is_refused_in_words_with_a_way_back(filled, open_page, link, sentence):
    at = open_page(filled, PAGE, **link)
    assert sentence in words(at)
    at = press(at, "Show the defaults")
    assert not at.error


def test_a_pool_without_uploads_or_without_trials_says_what_to_do(pool, open_page, tmp_path):
    rows = {"patients": [{"trial": "A", "patient": "1"}]}
    ingest.add(pool, write_tables(tmp_path / "one", rows))
    history.remove(pool, 1, why="x")
    at = open_page(pool, PAGE)
    assert "No upload is in force, so there are no trials." in words(at)
    assert "No upload in force has a warning." in words(open_page(pool, PAGE, part="warnings"))
    for part in PARTS:
        assert not open_page(pool, PAGE, part=part).exception


def test_the_simulated_trials_leave_by_one_button(demo_pool, open_page, tmp_path):
    copy = type(demo_pool).open(history.backup(demo_pool, tmp_path / "copy.duckdb"))
    at = press(open_page(copy, PAGE, part="history"), "Remove the simulated trials")
    assert "The simulated trials are removed." in words(at)
    assert copy.facts(copy.newest()).trials == ()
    at = press(at, "Check the pool")
    assert "Every version holds what was added to it." in words(at)
    copy.close()
