"""CDISC ADaM as statisticians deliver it: recognised by its columns, translated without mapping."""

from __future__ import annotations

import datetime

import pandas as pd
import pyreadstat
import pytest

from igcore.ingest import Options

# 2008-01-15 is day 1; as a SAS date it is 17546 (days since 1960-01-01).
ADSL = (
    "STUDYID,USUBJID,SEX,AGE,TRT01P,ARM,TRT01A,TRTSDT,TRTEDT\n"
    "S,1,F,61,Len,Len arm,Len given,2008-01-15,2008-03-15\n"
    "S,2,M,NA,,Dex arm,Dex given,17546,17545\n"
    "S,3,U,,NA,.,Dex given,15JAN2008,\n"
    "S,4,F,70,Len,,,,\n"
)
SUBJECTS = {"adsl.csv": ADSL}
ADLB = "STUDYID,USUBJID,PARAMCD,PARAM,AVAL,AVALC,ADT,ADY,ANRLO,ANRHI,DTYPE\n"


def test_subjects_become_patients_and_those_never_treated_are_skipped_and_counted(send, stored):
    report = send(SUBJECTS)
    counts = report.tables["patients"]
    assert (counts.read, counts.added, counts.skipped, counts.refused) == (4, 3, 1, 0)
    assert counts.skipped_because == {"not treated (no TRTSDT)": 1}
    assert report.recognised[0].layout == "CDISC ADaM subject level (ADSL)"
    start = datetime.date(2008, 1, 15)
    # 2008-03-15 is 60 days after the start, so day 61; the day before the start is day -1.
    columns = "trial, patient, arm, sex, age_years, treatment_start, treatment_end_day"
    assert stored("patients", columns) == [
        ("S", "1", "Len", "F", 61.0, start, 61.0),
        ("S", "2", "Dex arm", "M", None, start, -1.0),
        ("S", "3", "Dex given", None, None, start, None),
    ]


def test_dates_are_read_as_sas_numbers_sas_texts_and_iso_and_others_are_refused(send, stored):
    same = [
        "2008-01-15", "2008-01-15T08:30", "2008-01-15 08:30:00", "17546", "17546.0", "1515974400",
        "15JAN2008", "15jan2008", "15-JAN-2008", "15JAN2008:08:30:00", "20080115",
    ]  # fmt: skip
    other = {"31DEC1959": "1959-12-31", "-1": "1959-12-31", "1960-01-01": "1960-01-01"}
    wrong = ["2008-02-30", "2008-01", "01/15/2008", "15XXX2008", "soon", "1e300"]
    rows = "".join(f"S,{i},{date}\n" for i, date in enumerate([*same, *other, *wrong], 10))
    report = send({"adsl.csv": "STUDYID,USUBJID,TRTSDT\n" + rows})
    assert [row[0] for row in stored("patients", "treatment_start::varchar, patient")] == [
        *("1959-12-31", "1959-12-31", "1960-01-01"),
        *["2008-01-15"] * len(same),
    ]
    # A date that cannot be read is not "not treated": the row is refused and the text is shown.
    assert [(p.column, p.value) for p in report.errors] == [
        ("treatment_start", text) for text in wrong
    ]
    assert report.tables["patients"].skipped == 0


def test_laboratory_records_take_day_limits_and_unit_and_the_rest_is_skipped_and_counted(
    send, stored
):
    rows = (
        "S,1,IGA,IgA (mg/dL),56,56,2008-01-14,,70,400,\n"  # the day before: -1
        "S,1,IGA,IgA (mg/dL),70,70,,15,NA,.,NA\n"  # "NA" and "." mean missing
        "S,2,iga,IgA (g/L),3.5,<7,17548,,,,\n"  # the limit, not the imputed half
        "S,2,IGG,IgG (mg/dL),5000,> 5000,15JAN2008,,,,\n"
        "S,2,IGM,IgM (mg/dL),,<4,,-7,,,\n"
        "S,2,ALB,Albumin (serum) (g/L),38.5,,,3,33,49,\n"
        "S,1,IGA,IgA (mg/dL),99,99,2008-02-01,,70,400,AVERAGE\n"
        "S,1,IGA,IgA (mg/dL),99,99,,,70,400,\n"
        "S,1,IGA,IgA (mg/dL),99,99,2008-02,0,70,400,\n"
        "S,1,IGA,IgA (mg/dL),NA,,2008-02-03,,70,400,\n"
        "S,4,IGA,IgA (mg/dL),99,99,2008-02-01,,70,400,\n"
        "S,9,IGA,IgA (mg/dL),99,99,2008-02-01,,70,400,\n"
        "S,1,IGM,IgM,99,99,2008-02-01,,,,\n"
    )
    report = send({"adlb.csv": ADLB + rows, **SUBJECTS})
    counts = report.tables["measurements"]
    assert (counts.read, counts.added, counts.skipped, counts.refused) == (13, 6, 5, 2)
    assert counts.skipped_because == {
        "no usable day": 2, "no value": 1, "derived record (DTYPE AVERAGE)": 1,
        "subject not treated (no TRTSDT)": 1,
    }  # fmt: skip
    assert [(p.line, p.column) for p in report.errors] == [(14, "unit"), (13, "patient")]
    columns = "patient, analyte, day, value, operator, unit, low, high"
    assert stored("measurements", columns) == [
        ("1", "IgA", -1.0, 56.0, None, "mg/dL", 70.0, 400.0),
        ("1", "IgA", 15.0, 70.0, None, "mg/dL", None, None),
        ("2", "ALB", 3.0, 38.5, None, "g/L", 33.0, 49.0),
        ("2", "IgA", 3.0, 7.0, "<", "g/L", None, None),
        ("2", "IgG", 1.0, 5000.0, ">", "mg/dL", None, None),
        ("2", "IgM", -7.0, 4.0, "<", "mg/dL", None, None),
    ]


def test_the_unit_is_avalu_else_stresu_else_what_stands_in_brackets(send, stored):
    head = "STUDYID,USUBJID,PARAMCD,PARAM,AVAL,AVALU,LBSTRESU,ADY,ANRLO\n"
    rows = (
        "S,1,IGA,IgA (mg/L),1,g/L,g/dL,1,\nS,1,IGA,IgA (mg/L),1,NA,g/dL,2,\n"
        "S,1,IGA,IgA (mg/L),1,,,3,\n"
    )
    send({**SUBJECTS, "adlb.csv": head + rows})
    assert stored("measurements", "day, unit, value_g_per_l") == [
        (1.0, "g/L", 1.0), (2.0, "g/dL", 10.0), (3.0, "mg/L", 0.001),
    ]  # fmt: skip


def test_clock_times_are_kept_unless_they_were_imputed(send, stored):
    subject = "STUDYID,USUBJID,TRTSDT,TRTSDTM,TRTSTMF\n"
    send(
        {
            "adsl.csv": subject
            + "S,1,2008-01-15,2008-01-15T09:00,\nS,2,17546,2008-01-15T09:00,H\n",
            "adlb.csv": "STUDYID,USUBJID,PARAMCD,AVAL,AVALU,ADY,ADTM,ATMF,LBDTC,ANRLO\n"
            "S,1,IGA,1,g/L,1,2008-01-15T08:00,,2008-01-15T07:45,\n"
            "S,1,IGG,1,g/L,1,,,2008-01-15T07:45,\n"
            "S,1,IGM,1,g/L,1,2008-01-15T08:00,H,,\n"
            "S,1,IGM,1,g/L,2,2008-01-16T00:00:00,,2008-01-16,\n",
        }
    )
    assert stored("patients", "patient, treatment_start_time") == [("1", "09:00"), ("2", None)]
    assert stored("measurements", "analyte, day, time") == [
        ("IgA", 1.0, "08:00"), ("IgG", 1.0, "07:45"), ("IgM", 1.0, None), ("IgM", 2.0, None),
    ]  # fmt: skip


def test_responses_are_ovr_else_cbor_else_bor_of_each_trial_and_never_mixed(send, stored):
    start = "STUDYID,USUBJID,TRTSDT\n" + "".join(f"{trial},1,2008-01-15\n" for trial in "XYZ")
    rows = (
        # AVAL is coded differently from place to place; it is never read.
        "X,1,OVR,8,SD,2008-02-01\nX,1,OVR,1,vgpr,2008-03-01\nX,1,OVR,1,MISSING,2008-04-01\n"
        "X,1,OVR,1,NON-CR/NON-PD,2008-05-01\nX,1,OVR,3,PR,\nX,1,OVR,,,2008-06-01\n"
        "X,1,CBOR,1,CR,2008-02-02\nX,1,BOR,1,CR,2008-02-03\n"
        "Y,1,BOR,1,CR,2008-02-01\nY,1,CBOR,1,PR,17582\nZ,1,BOR,1,MR,2008-02-01\n"
    )
    report = send(
        {"adsl.csv": start, "adrs.csv": "STUDYID,USUBJID,PARAMCD,AVAL,AVALC,ADT\n" + rows}
    )
    # 2008-02-01 is day 18, 2008-03-01 day 47; 17582 is 2008-02-20, day 37.
    assert stored("responses", "trial, day, response") == [
        ("X", 18.0, "SD"), ("X", 47.0, "VGPR"), ("Y", 37.0, "PR"), ("Z", 18.0, "MR"),
    ]  # fmt: skip
    assert report.errors == []
    assert report.recognised[1].ignored == ("AVAL",)
    assert report.tables["responses"].skipped_because == {
        "other parameter than OVR": 2, "other parameter than CBOR": 1, "no usable day": 1,
        "no response word: MISSING": 1, "no response word: NON-CR/NON-PD": 1,
        "no response word: empty": 1,
    }  # fmt: skip


def test_censoring_is_turned_into_events_and_the_origin_is_the_day_of_startdt(send, stored):
    rows = (
        "S,1,OS,100,0,2008-01-15\nS,1,PFS,50,1,2008-02-01\nS,1,DOR,40,2,17582\nS,2,OS,30,0.0,\n"
        "S,2,PFS,20,3,2008-01-14\nS,2,TTDE,1,0,NA\n"
        "S,3,OS,0,0,\nS,3,PFS,,0,\nS,3,A,9,1.5,\nS,3,B,9,-1,\nS,3,C,9,,\nS,3,D,x,0,\n"
        "S,3,E,9,0,2008-01\nS,4,OS,9,0,\nS,8,OS,9,0,\n"
    )
    report = send({**SUBJECTS, "adtte.csv": "STUDYID,USUBJID,PARAMCD,AVAL,CNSR,STARTDT\n" + rows})
    assert stored("outcomes", "patient, endpoint, time_days, event, coalesce(origin_day, 1)") == [
        ("1", "DOR", 40.0, False, 37.0), ("1", "OS", 100.0, True, 1.0),
        ("1", "PFS", 50.0, False, 18.0), ("2", "OS", 30.0, True, 1.0),
        ("2", "PFS", 20.0, False, -1.0), ("2", "TTDE", 1.0, True, 1.0),
    ]  # fmt: skip
    assert [(p.line, p.column) for p in report.errors] == [
        (8, "time_days"), (10, "event"), (11, "event"), (12, "event"), (13, "time_days"),
        (14, "origin_day"), (16, "patient"),
    ]  # fmt: skip
    assert report.tables["outcomes"].skipped_because == {
        "no time (AVAL)": 1, "subject not treated (no TRTSDT)": 1,
    }  # fmt: skip


def test_times_in_months_weeks_and_years_become_days_and_other_units_are_refused(send, stored):
    rows = "S,1,A,2,MONTHS\nS,1,B,2,Weeks\nS,1,C,2,years\nS,1,D,2,DAYS\nS,1,E,2,\nS,1,F,2,cycles\n"
    head = "STUDYID,USUBJID,PARAMCD,AVAL,AVALU,CNSR\n"
    text = head + rows.replace("\n", ",0\n")
    report = send({**SUBJECTS, "adtte.csv": text})
    assert stored("outcomes", "endpoint, time_days") == [
        ("A", 60.875), ("B", 14.0), ("C", 730.5), ("D", 2.0), ("E", 2.0),
    ]  # fmt: skip
    assert [(p.line, p.value) for p in report.errors] == [(7, "2 cycles")]


def test_laboratory_data_may_follow_later_when_the_pool_knows_the_subjects(send, stored):
    send(SUBJECTS)
    rows = "S,1,IGA,IgA (g/L),1,,2008-01-14,,,,\nS,2,IGA,IgA (g/L),1,,17546,,,,\n"
    report = send({"later.csv": ADLB + rows + "S,4,IGA,IgA (g/L),1,,17546,,,,\n"})
    assert stored("measurements", "patient, day") == [("1", -1.0), ("2", 1.0)]
    assert [(p.line, p.column, p.value) for p in report.errors] == [(4, "patient", "4")]


def test_records_without_their_subjects_are_refused_as_unknown_patients(send):
    report = send(
        {
            "adlb.csv": ADLB + "S,1,IGA,IgA (g/L),1,,2008-01-14,,,,\n",
            "adrs.csv": "STUDYID,USUBJID,PARAMCD,AVALC,ADT\nS,1,OVR,PR,2008-01-16\n",
            "adtte.csv": "STUDYID,USUBJID,PARAMCD,AVAL,CNSR,STARTDT\nS,1,OS,5,0,2008-01-15\n",
        }
    )
    assert [(p.column, p.value) for p in report.errors] == [("patient", "1")] * 3
    assert report.nothing_could_be_added


def test_a_trial_named_for_the_upload_stands_for_studyid_in_every_adam_file(send, stored):
    rows = "S,1,IGA,IgA (g/L),1,,2008-01-14,,,,\n"
    response = "STUDYID,USUBJID,PARAMCD,AVALC,ADT\nS,1,OVR,PR,2008-01-16\n"
    outcome = "STUDYID,USUBJID,PARAMCD,AVAL,CNSR\nS,1,OS,5,0\n"
    files = {**SUBJECTS, "adlb.csv": ADLB + rows, "adrs.csv": response, "adtte.csv": outcome}
    assert send(files, Options(trial="T")).errors == []
    for table in ("measurements", "responses", "outcomes"):
        assert stored(table, "trial, patient") == [("T", "1")]


@pytest.fixture
def transport(tmp_path):
    def write(frame: pd.DataFrame) -> bytes:
        path = tmp_path / "written.xpt"
        pyreadstat.write_xport(frame, str(path))
        return path.read_bytes()

    return write


def test_transport_files_have_numbers_for_dates_and_no_value_is_no_value(send, stored, transport):
    nothing = float("nan")
    adsl = pd.DataFrame(
        {
            "STUDYID": ["S"] * 3, "USUBJID": ["1", "2", "3"], "TRT01P": ["Len", "", "x"],
            "ARM": ["", "Dex", "x"], "AGE": [60.0, nothing, 70], "TRTSDT": [17546.0, 17547, nothing],
            "TRTEDT": [17600.0, nothing, nothing],
        }
    )  # fmt: skip
    adlb = pd.DataFrame(
        {
            "STUDYID": ["S"] * 4, "USUBJID": ["1"] * 4, "PARAMCD": ["IGA", "IGG", "IGM", "IGM"],
            "PARAM": ["Ig (g/L)"] * 4, "AVAL": [1.0, nothing, nothing, 0], "AVALC": ["", "<5", "", ""],
            "ADT": [17545.0] * 4, "ADY": [nothing] * 4, "ANRLO": [0.7, nothing, 1, 1],
        }
    )  # fmt: skip
    report = send({"adsl.xpt": transport(adsl), "adlb.xpt": transport(adlb)})
    assert stored("patients", "patient, arm, age_years, treatment_end_day") == [
        ("1", "Len", 60.0, 55.0), ("2", "Dex", None, None),
    ]  # fmt: skip
    assert stored("measurements", "analyte, day, value, operator, low") == [
        ("IgA", -1.0, 1.0, None, 0.7), ("IgG", -1.0, 5.0, "<", None),
    ]  # fmt: skip
    assert report.tables["measurements"].skipped_because == {"no value": 1}
    assert [(p.line, p.value) for p in report.errors] == [(4, "0")]  # the fourth record


def test_a_torn_transport_file_is_refused(send, transport):
    whole = transport(pd.DataFrame({"STUDYID": ["S"], "USUBJID": ["1"], "TRTSDT": [17546.0]}))
    report = send({f"cut{at}.xpt": whole[:at] for at in (10, 80, 400, 800, len(whole) - 1)})
    assert len(report.errors) == 5
    assert report.nothing_could_be_added
