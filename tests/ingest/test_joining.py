"""Uploads that meet what is there already: shared rows, simulated trials, extra sheets."""

from __future__ import annotations

import io

import openpyxl
import pytest

from igcore.errors import Refused
from igcore.ingest import Options
from igcore.store import history

HEAD = "trial,patient,arm\n"
BOTH = f"{HEAD}T,1,A\nT,2,A\n"


def test_a_row_that_two_uploads_hold_stays_while_one_of_them_stays(send, stored, pool):
    send({"patients.csv": f"{HEAD}T,1,A\n"})
    report = send({"patients.csv": BOTH})
    counts = report.tables["patients"]
    assert (counts.read, counts.added, counts.skipped) == (2, 1, 1)
    assert stored("patients", "patient, upload") == [("1", 1), ("2", 2)]
    history.remove(pool, 1, why="the second file has it all")
    assert stored("patients", "patient, upload") == [("1", 2), ("2", 2)]
    assert stored("patients", "patient, upload", 2) == [("1", 1), ("2", 2)]
    history.remove(pool, 2, why="neither")
    assert stored("patients", "patient") == []
    assert history.check(pool) == []


def test_rows_that_join_a_simulated_trial_are_told_that_they_become_simulated(send):
    send({"patients.csv": f"{HEAD}T,1,A\n"}, Options(simulated=True))
    report = send({"patients.csv": f"{HEAD}T,2,A\n"})
    (warning,) = report.problems
    assert (warning.severity, warning.value) == ("warning", "T")
    assert "shown as simulated" in warning.problem
    assert report.upload == 2


def test_a_sheet_that_is_no_template_is_named_and_left_out(send, stored):
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    book.active.append(["hello"])
    book.active.append(["world"])
    sheet = book.create_sheet("patients")
    sheet.append(["trial", "patient"])
    sheet.append(["T", "1"])
    saved = io.BytesIO()
    book.save(saved)
    report = send({"ward.xlsx": saved.getvalue()})
    assert stored("patients", "patient") == [("1",)]
    (warning,) = report.problems
    assert (warning.sheet, warning.severity) == ("Read me", "warning")


def test_results_in_words_and_without_a_unit_are_skipped_and_counted(send, stored):
    adsl = "STUDYID,USUBJID,TRTSDT\nT,1,2008-01-15\n"
    adlb = (
        "STUDYID,USUBJID,PARAMCD,PARAM,AVAL,AVALC,ADY,ANRLO,LBSTRESU\n"
        "T,1,PH,pH,7.4,7.4,1,,\n"
        "T,1,BLOOD,Occult blood,,NEGATIVE,1,,\n"
        "T,1,IGA,IgA (g/L),,<0.07,1,0.7,\n"
        "T,1,IGG,IgG,7,7,1,7,\n"
    )
    report = send({"adsl.csv": adsl, "adlb.csv": adlb})
    counts = report.tables["measurements"]
    assert counts.skipped_because == {"no unit": 1, "no number (result in words)": 1}
    assert (counts.added, counts.refused) == (1, 1)
    assert stored("measurements", "analyte, operator, value, unit") == [("IgA", "<", 0.07, "g/L")]
    assert [(p.column, p.line) for p in report.problems] == [("unit", 5)]


def test_adtte_in_months_by_its_parameter_is_taken_as_months(send, stored):
    adsl = "STUDYID,USUBJID,TRTSDT\nT,1,2008-01-15\n"
    adtte = "USUBJID,STUDYID,PARAMCD,PARAM,AVAL,CNSR\n1,T,OS,Overall Survival (Months),12,0\n"
    send({"adsl.csv": adsl, "adtte.csv": adtte})
    assert stored("outcomes", "endpoint, time_days, event") == [("OS", 365.25, True)]


def test_one_name_for_files_of_several_trials_is_refused_and_stores_nothing(send, stored):
    with pytest.raises(Refused, match=r"several trials \(T, U\)"):
        send({"patients.csv": f"{HEAD}T,1,A\nU,2,A\n"}, Options(trial="V"))
    assert stored("patients", "patient") == []
    send({"patients.csv": f"{HEAD}T,1,A\n"}, Options(trial="V"))
    assert stored("patients", "trial, patient") == [("V", "1")]
