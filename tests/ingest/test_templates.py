"""The six upload templates: which columns they have, what a key is, what an upload may change."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest

from igcore.errors import Refused
from igcore.ingest import Options

PATIENTS = "trial,patient,arm,sex,age_years,m_protein\nA,1,Len,F,61.5,IgG kappa\nA,2,,,,\n"
DELIVERY = {
    "patients.csv": (
        "trial,patient,arm,sex,age_years,m_protein,best_response,treatment_start,"
        "treatment_start_time,treatment_end_day\n"
        "A,1,Len,F,61.5,IgG kappa,VGPR,2008-01-15,8:30,200\n"
    ),
    "measurements.csv": (
        "trial,patient,analyte,day,time,value,unit,low,high\n"
        "A,1,IgA,-3,,<56,mg/dL,70,400\nA,1,IgA,1,08:15,0.6,g/L,0.7,4\n"
    ),
    "responses.csv": "trial,patient,day,response\nA,1,29,PR\n",
    "outcomes.csv": "trial,patient,endpoint,time_days,event,origin_day\nA,1,OS,400.5,0,-7\n",
    "therapies.csv": "trial,patient,kind,start_day,end_day\nA,1,study treatment,1,200\n",
    "infections.csv": (
        "trial,patient,start_day,end_day,term,grade\nA,1,30,34,Pneumonia,3\nA,1,30,,Sinusitis,\n"
    ),
}


def workbook(sheets: dict[str, list[list]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_every_column_of_the_six_templates_is_stored_as_given(send, stored):
    report = send(DELIVERY)
    assert report.errors == []
    assert {name: counts.added for name, counts in report.tables.items()} == {
        "patients": 1, "measurements": 2, "responses": 1,
        "outcomes": 1, "therapies": 1, "infections": 2,
    }  # fmt: skip
    start = datetime.date(2008, 1, 15)
    assert stored("patients", "* exclude (patient_key, involved, upload)") == [
        ("A", "1", "Len", "F", 61.5, "IgG kappa", "VGPR", start, "08:30", 200.0)
    ]
    columns = "analyte, day, time, value, operator, unit, low, high, value_g_per_l, low_g_per_l"
    assert stored("measurements", columns) == [
        ("IgA", -3.0, None, 56.0, "<", "mg/dL", 70.0, 400.0, 0.56, 0.7),
        ("IgA", 1.0, "08:15", 0.6, None, "g/L", 0.7, 4.0, 0.6, 0.7),
    ]
    assert stored("responses", "day, response") == [(29.0, "PR")]
    assert stored("outcomes", "endpoint, time_days, event, origin_day") == [
        ("OS", 400.5, False, -7.0)
    ]
    assert stored("therapies", "kind, start_day, end_day") == [("study treatment", 1.0, 200.0)]
    assert stored("infections", "start_day, end_day, term, grade") == [
        (30.0, 34.0, "Pneumonia", "3"),
        (30.0, None, "Sinusitis", None),
    ]


def test_a_workbook_stores_the_same_rows_as_the_csv_files(send):
    as_csv = {
        name.removesuffix(".csv"): [line.split(",") for line in text.splitlines()]
        for name, text in DELIVERY.items()
    }
    as_typed = {"61.5": 61.5, "1": 1, "200": 200, "-3": -3, "0.7": 0.7, "29": 29, "0": 0, "": None}
    as_typed |= {"2008-01-15": datetime.date(2008, 1, 15), "08:15": datetime.time(8, 15)}
    typed = {
        title: [rows[0], *([as_typed.get(cell, cell) for cell in row] for row in rows[1:])]
        for title, rows in as_csv.items()
    }
    report = send({"delivery.xlsx": workbook({**typed, "empty": []})})
    assert report.errors == []
    assert [found.sheet for found in report.recognised] == list(as_csv)
    again = send(DELIVERY)
    assert again.problems == []
    assert (again.upload, again.added) == (None, 0)
    assert sum(counts.skipped for counts in again.tables.values()) == 8


def test_a_template_that_lacks_a_required_column_is_refused_and_the_column_is_named(send):
    report = send(
        {
            "patients.csv": "trial,arm\nA,x\n",
            "measurements.csv": "trial,patient,analyte,day,value\nA,1,IgA,1,5\n",
            "responses.csv": "trial,patient,response\nA,1,PR\n",
            "outcomes.csv": "trial,patient,endpoint,time_days\nA,1,OS,5\n",
            "therapies.csv": "trial,patient,start_day\nA,1,5\n",
            "infections.csv": "trial,patient,term\nA,1,x\n",
            "strange.csv": "trial,patient,analyte,day,value\nA,1,IgA,1,5\n",
        }
    )
    missing = {problem.file: problem.problem.split("column ")[1] for problem in report.errors}
    assert missing == {
        "patients.csv": "patient.", "measurements.csv": "unit.", "responses.csv": "day.",
        "outcomes.csv": "event.", "therapies.csv": "kind.", "infections.csv": "start_day.",
        "strange.csv": "unit.",
    }  # fmt: skip
    assert report.nothing_could_be_added


def test_the_required_columns_alone_are_enough_whatever_the_file_is_called(send, stored):
    report = send(
        {
            "a.csv": "trial,patient\nA,1\n",
            "b.csv": "trial,patient,analyte,day,value,unit\nA,1,IgA,1,5,g/L\n",
            "c.csv": "trial,patient,day,response\nA,1,5,SD\n",
            "d.csv": "trial,patient,endpoint,time_days,event\nA,1,OS,5,1\n",
            "e.csv": "trial,patient,kind,start_day\nA,1,transplant,5\n",
            "f.csv": "trial,patient,start_day\nA,1,5\n",
        }
    )
    assert report.errors == []
    assert {name: counts.added for name, counts in report.tables.items()} == dict.fromkeys(
        ("patients", "measurements", "responses", "outcomes", "therapies", "infections"), 1
    )
    # An outcome without origin_day starts on day 1.
    assert stored("outcomes", "time_days, event, coalesce(origin_day, 1)") == [(5.0, True, 1.0)]


def test_unknown_columns_are_named_and_ignored_also_when_they_are_called_like_our_own(send, stored):
    text = "Patient , TRIAL,line,file,ord,skip,faults,,arm\n1,A,x,y,7,z,q,blank,Len\n"
    report = send({"patients.csv": text})
    assert report.recognised[0].ignored == (
        *("line", "file", "ord", "skip", "faults"),
        "column 8",
    )
    assert stored("patients", "trial, patient, arm") == [("A", "1", "Len")]


def test_the_same_row_again_is_skipped_and_counted_in_the_pool_and_in_the_upload(send):
    send({"patients.csv": PATIENTS})
    report = send({"patients.csv": PATIENTS + "A,3,,,,\nA,3,,,,\nA,1,Len,F,61.50,IgG kappa\n"})
    counts = report.tables["patients"]
    assert (counts.read, counts.added, counts.skipped, counts.refused) == (5, 1, 4, 0)
    assert counts.skipped_because == {"already in the pool": 2, "given twice in this upload": 2}
    again = send({"patients.csv": PATIENTS})
    assert again.upload is None
    assert not again.nothing_could_be_added


def test_other_content_under_a_known_key_is_refused_with_both_values(send, stored):
    rows = "A,1,IgA,1,,56,mg/dL\nA,1,IgA,2,,7,mg/dL\nA,1,IgA,3,,5,mg/dL\n"
    head = "trial,patient,analyte,day,time,value,unit\n"
    send({"patients.csv": PATIENTS, "measurements.csv": head + rows})
    report = send(
        {"measurements.csv": head + "A,1,IgA,1,,57,g/L\nA,1,IgA,2,,<7,mg/dL\nA,1,IgA,3,,5,mg/dL\n"}
    )
    first, second = report.errors
    assert (first.line, second.line) == (2, 3)
    assert (
        "here value 57.0; unit g/L, in the pool (upload 1) value 56.0; unit mg/dL" in first.problem
    )
    assert "here value <7.0, in the pool (upload 1) value 7.0" in second.problem
    counts = report.tables["measurements"]
    assert (counts.read, counts.added, counts.skipped, counts.refused) == (3, 0, 1, 2)
    assert stored("measurements", "value, operator") == [(5.0, None), (7.0, None), (56.0, None)]


def test_two_lines_of_one_upload_with_the_same_key_keep_the_first_even_under_replace(send, stored):
    text = "trial,patient,arm\nA,1,first\nA,1,second\n"
    report = send({"patients.csv": text}, Options(replace=True))
    assert stored("patients", "arm") == [("first",)]
    (problem,) = report.errors
    assert problem.line == 3
    assert "here arm second, in line 2 of patients.csv arm first" in problem.problem


def test_replacing_shows_the_new_row_and_keeps_the_old_one_for_older_versions(send, stored):
    send({"patients.csv": PATIENTS})
    report = send({"patients.csv": PATIENTS.replace("Len", "Dex")}, Options(replace=True))
    counts = report.tables["patients"]
    assert (counts.added, counts.replaced, counts.skipped) == (1, 1, 1)
    assert stored("patients", "patient, arm") == [("1", "Dex"), ("2", None)]
    assert stored("patients", "patient, arm", 1) == [("1", "Len"), ("2", None)]


def test_a_refused_row_takes_no_other_with_it_unless_all_or_nothing_was_chosen(send, stored):
    text = "trial,patient,sex\nA,1,F\nA,2,female\nA,3,M\n"
    strict = send({"patients.csv": text}, Options(all_or_nothing=True, title="T"))
    counts = strict.tables["patients"]
    assert (strict.upload, counts.read, counts.added, counts.refused) == (None, 3, 0, 3)
    assert strict.nothing_could_be_added
    assert stored("patients", "patient") == []
    loose = send({"patients.csv": text})
    counts = loose.tables["patients"]
    assert (loose.upload, counts.read, counts.added, counts.refused) == (1, 3, 2, 1)
    assert stored("patients", "patient") == [("1",), ("3",)]


def test_a_refused_file_changes_nothing_and_takes_no_namesake_with_it(send, stored):
    half = workbook(
        {
            "patients": [["trial", "patient"], ["W", "9"], ["W", "8", "one cell too many"]],
            "measurements": [["trial", "patient"], ["W", "9"]],
        }
    )
    report = send(
        {
            "one/patients.csv": "trial,patient\nA,1\n",
            "two/patients.csv": "trial,trial\nA,2\n",
            "three/patients.csv": "trial,patient\nB,1\n",
            "half.xlsx": half,
        }
    )
    assert stored("patients", "trial, patient") == [("A", "1"), ("B", "1")]
    assert [problem.file for problem in report.errors] == ["two/patients.csv", "half.xlsx"]
    assert 'Sheet "measurements"' in report.errors[1].problem
    counts = report.tables["patients"]
    assert (counts.read, counts.added, counts.refused) == (2, 2, 0)


def test_a_patient_whom_neither_pool_nor_upload_knows_is_refused_with_that_reason(send, stored):
    send({"patients.csv": "trial,patient\nA,1\n"})
    report = send(
        {
            "a_responses.csv": "trial,patient,day,response\nA,1,5,PR\nA,2,5,PR\nA,3,5,PR\nB,1,5,PR\n",
            "z_patients.csv": "trial,patient,sex\nA,2,F\nA,3,unreadable\n",
        }
    )
    assert stored("responses", "trial, patient") == [("A", "1"), ("A", "2")]
    unknown = [problem for problem in report.errors if problem.column == "patient"]
    assert [(problem.line, problem.value) for problem in unknown] == [(4, "3"), (5, "1")]
    assert unknown[0].problem == "Neither the pool nor this upload knows this patient."


def test_an_empty_time_or_term_is_a_key_of_its_own(send, stored):
    head = "trial,patient,analyte,day,time,value,unit\n"
    rows = "A,1,IgA,1,,5,g/L\nA,1,IgA,1,09:00,6,g/L\nA,1,IgA,1,,5,g/L\nA,1,IgA,1,9:00,7,g/L\n"
    report = send(
        {
            "patients.csv": "trial,patient\nA,1\n",
            "measurements.csv": head + rows,
            "infections.csv": "trial,patient,start_day,term\nA,1,3,\nA,1,3,Flu\nA,1,3,\n",
        }
    )
    assert stored("measurements", "time, value") == [("09:00", 6.0), (None, 5.0)]
    assert stored("infections", "term") == [("Flu",), (None,)]
    assert [problem.line for problem in report.errors] == [5]


def test_one_trial_named_for_the_upload_stands_for_the_column(send, stored):
    send(
        {"patients.csv": "patient\n1\n", "x.csv": "trial,patient,arm\nB,2,y\n"}, Options(trial="A")
    )
    assert stored("patients", "trial, patient") == [("A", "1"), ("A", "2")]


def test_a_trial_has_a_card_and_older_versions_keep_the_older_card(send, pool):
    cutoff = datetime.date(2009, 6, 10)
    send({"patients.csv": "trial,patient\nA,1\n"}, Options(simulated=True, no_m_protein=True))
    send({"patients.csv": "trial,patient\nA,1\n"}, Options(title="The trial", cutoff=cutoff))
    cards = [pool.facts(version).trials[0] for version in (1, 2)]
    assert [(card.title, card.cutoff) for card in cards] == [("A", None), ("The trial", cutoff)]
    assert all(card.simulated and card.no_m_protein for card in cards)


def test_a_title_for_two_trials_and_simulated_rows_for_a_real_trial_are_refused(send, pool):
    send({"patients.csv": "trial,patient\nA,1\n"})
    with pytest.raises(Refused, match="title belongs to one trial"):
        send({"patients.csv": "trial,patient\nA,2\nB,1\n"}, Options(title="T"))
    with pytest.raises(Refused, match='"A" is in the pool as real data'):
        send({"patients.csv": "trial,patient\nA,2\n"}, Options(simulated=True))
    assert pool.newest() == 1


def test_a_rehearsal_says_the_same_and_stores_nothing(send, stored, pool):
    rehearsed = send(DELIVERY, rehearse=True)
    assert (rehearsed.upload, pool.newest(), stored("patients", "patient")) == (None, 0, [])
    assert rehearsed.tables == send(DELIVERY).tables


def test_a_file_of_headers_alone_is_refused_and_among_filled_ones_does_no_harm(send):
    alone = send({"patients.csv": "trial,patient\n"})
    assert [(p.severity, "no rows" in p.problem) for p in alone.problems] == [("error", True)]
    assert alone.nothing_could_be_added
    filled = {
        "patients.csv": "trial,patient\nA,1\n",
        "responses.csv": "trial,patient,day,response\n",
    }
    among = send(filled, Options(all_or_nothing=True))
    assert [(p.file, p.severity) for p in among.problems] == [("responses.csv", "warning")]
    assert among.added == 1
