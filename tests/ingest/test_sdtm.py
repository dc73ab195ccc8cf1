"""CDISC SDTM as it is tabulated: subjects, laboratory, responses, events, medications, procedures."""

from __future__ import annotations

import pytest

from igcore.ingest import Options
from igcore.ingest.layouts.recognise import personal_columns, recognise

DM = (
    "STUDYID,DOMAIN,USUBJID,RFSTDTC,RFXSTDTC,RFXENDTC,ARM,ARMCD,SEX,AGE,AGEU\n"
    "S,DM,1,2008-01-15,2008-01-15T09:30,2008-03-15,Len,LEN,F,61,YEARS\n"
    # Randomised on the 10th, treated from the 15th: SDTM's own days count from the 10th.
    "S,DM,2,2008-01-10,2008-01-15,,Dex,DEX,M,70,YEARS\n"
    "S,DM,3,,,,Screen Failure,SCRNFAIL,M,50,YEARS\n"
    "S,DM,4,2008-01-10,,,Len,LEN,F,50,YEARS\n"
)
SUBJECTS = {"dm.csv": DM}


def test_subjects_start_with_their_first_exposure_and_the_others_are_counted(send, stored):
    report = send(SUBJECTS)
    assert report.recognised[0].layout == "CDISC SDTM demographics (DM)"
    counts = report.tables["patients"]
    assert (counts.read, counts.added, counts.refused) == (4, 2, 0)
    assert counts.skipped_because == {
        "screen failure": 1, "not treated (no RFXSTDTC or RFSTDTC)": 1,
    }  # fmt: skip
    columns = "patient, arm, sex, age_years, treatment_start::varchar, treatment_start_time"
    assert stored("patients", f"{columns}, treatment_end_day") == [
        # 2008-03-15 is 60 days after 2008-01-15.
        ("1", "Len", "F", 61.0, "2008-01-15", "09:30", 61.0),
        ("2", "Dex", "M", 70.0, "2008-01-15", None, None),
    ]


def test_the_reference_start_serves_where_a_trial_has_no_exposure_dates(send, stored):
    rows = "S,1,2008-01-15,Len,F,720,MONTHS\nS,2,2008-01,Len,F,60,YEARS\nS,3,,Len,F,60,\n"
    report = send({"dm.csv": "STUDYID,USUBJID,RFSTDTC,ARM,SEX,AGE,AGEU\n" + rows})
    assert stored("patients", "patient, age_years, treatment_start::varchar") == [
        ("1", None, "2008-01-15")
    ]
    # A partial start is no "not treated": the row is refused and its text shown.
    assert [(p.line, p.column, p.value) for p in report.errors] == [
        (3, "treatment_start", "2008-01")
    ]
    assert report.tables["patients"].skipped == 1


def test_a_subject_who_is_listed_twice_does_not_double_the_records(send):
    twice = DM + DM.splitlines()[-1] + "\n"
    rows = "S,4,IGA,,,,,90,90,mg/dL,70,400,SERUM,,,2008-01-20,6\n"
    assert send({"dm.csv": twice, "lb.csv": LB + rows}).tables["measurements"].read == 1


LB = (
    "STUDYID,USUBJID,LBTESTCD,LBORRES,LBORRESU,LBORNRLO,LBORNRHI,LBSTRESC,LBSTRESN,LBSTRESU,"
    "LBSTNRLO,LBSTNRHI,LBSPEC,LBSTAT,LBDRVFL,LBDTC,LBDY\n"
)


def test_laboratory_results_have_standard_values_limits_and_days_from_treatment(send, stored):
    rows = (
        "S,1,IGA,0.56,g/L,0.7,4,56,56,mg/dL,70,400,SERUM,,,2008-01-14T08:15,-1\n"
        "S,1,IGG,<0.1,g/L,7,16,<10,10,mg/dL,700,1600,SERUM,,,2008-01-15,1\n"
        "S,1,IGM,0.4,g/L,0.4,2.3,,,,,,,,,2008-01-16,2\n"  # not standardised: as reported
        "S,1,ALB,38,g/L,,,38,38,g/L,,,PLASMA,,,2008-02-01,18\n"
        # Day 10 from 10 January is 19 January, which is day 5 of treatment that began on the 15th.
        "S,2,IGA,,,,,80,80,mg/dL,70,400,SERUM,,,,10\n"
        "S,2,IGG,,,,,800,800,mg/dL,,,SERUM,,,2008-01-14,7\n"  # the date goes before: -1
    )
    report = send({**SUBJECTS, "lb.csv": LB + rows})
    assert report.errors == []
    columns = "patient, analyte, day, time, value, operator, unit, low, high"
    assert stored("measurements", columns) == [
        ("1", "ALB", 18.0, None, 38.0, None, "g/L", None, None),
        ("1", "IgA", -1.0, "08:15", 56.0, None, "mg/dL", 70.0, 400.0),
        ("1", "IgG", 1.0, None, 10.0, "<", "mg/dL", 700.0, 1600.0),
        ("1", "IgM", 2.0, None, 0.4, None, "g/L", 0.4, 2.3),
        ("2", "IgA", 5.0, None, 80.0, None, "mg/dL", 70.0, 400.0),
        ("2", "IgG", -1.0, None, 800.0, None, "mg/dL", None, None),
    ]


def test_results_that_cannot_serve_are_skipped_and_counted_and_faults_refused(send):
    usual = "70,400,SERUM,,,2008-01-20,6"
    rows = (
        "S,1,IGA,,,,,90,90,mg/dL,,,URINE,,,2008-01-20,6\n"
        "S,1,IGA,,,,,,,,,,SERUM,NOT DONE,,2008-01-20,6\n"
        "S,1,IGA,,,,,90,90,mg/dL,,,SERUM,,Y,2008-01-20,6\n"
        "S,1,IGA,,,,,90,90,mg/dL,,,SERUM,,,2008-01,\n"
        "S,1,IGA,,,,,90,90,mg/dL,,,SERUM,,,2008,\n"
        f"S,1,IGA,,,,,,,mg/dL,{usual}\n"
        f"S,1,COLOR,,,,,YELLOW,,,{usual}\n"
        f"S,1,PH,,,,,7,7,,{usual}\n"
        f"S,4,IGA,,,,,90,90,mg/dL,{usual}\n"
        f"S,9,IGA,,,,,90,90,mg/dL,{usual}\n"
        f"S,1,IGA,,,,,90,90,,{usual}\n"
    )
    report = send({**SUBJECTS, "lb.csv": LB + rows})
    assert report.tables["measurements"].skipped_because == {
        "no usable day": 2, "not from blood: URINE": 1, "not done (LBSTAT)": 1,
        "derived record (LBDRVFL)": 1, "no value": 1, "no number (result in words)": 1,
        "no unit": 1, "subject not treated": 1,
    }  # fmt: skip
    assert sorted((p.line, p.column) for p in report.errors) == [(11, "patient"), (12, "unit")]


RS = "STUDYID,USUBJID,RSTESTCD,RSSTRESC,RSEVAL,RSACPTFL,RSDTC,RSDY\n"


def test_responses_are_overall_responses_of_the_investigator(send, stored):
    rows = (
        "S,1,OVRLRESP,vgpr,INVESTIGATOR,,2008-02-01,18\n"
        "S,1,OVRLRESP,PR,INDEPENDENT ASSESSOR,,2008-02-01,18\n"
        "S,1,BESTRESP,CR,INVESTIGATOR,,2008-03-01,\n"
        "S,2,OVRLRESP,PD,,,,10\n"
        "S,2,OVRLRESP,NON-CR/NON-PD,,,2008-03-01,\n"
        "S,2,OVRLRESP,SD,,,2008-03,\n"
        "S,3,OVRLRESP,SD,,,2008-03-01,\n"
    )
    report = send({**SUBJECTS, "rs.csv": RS + rows})
    assert stored("responses", "patient, day, response") == [("1", 18.0, "VGPR"), ("2", 5.0, "PD")]
    assert report.tables["responses"].skipped_because == {
        "other evaluator than the investigator": 1, "other test than OVRLRESP": 1,
        "no response word: NON-CR/NON-PD": 1, "no usable day": 1, "subject not treated": 1,
    }  # fmt: skip


def test_responses_marked_as_accepted_go_before_the_evaluator(send, stored):
    rows = (
        "S,1,OVRLRESP,PR,INDEPENDENT ASSESSOR,Y,2008-02-01,\n"
        "S,1,OVRLRESP,SD,INVESTIGATOR,,2008-02-01,\n"
    )
    report = send({**SUBJECTS, "rs.csv": RS + rows})
    assert stored("responses", "day, response") == [(18.0, "PR")]
    assert report.tables["responses"].skipped_because == {"not the accepted assessment": 1}


def test_events_medications_and_procedures_become_infections_and_therapies(send, stored):
    soc = "INFECTIONS AND INFESTATIONS"
    files = {
        **SUBJECTS,
        "ae.csv": "STUDYID,USUBJID,AETERM,AEDECOD,AEBODSYS,AETOXGR,AESTDTC,AESTDY,AEENDTC\n"
        f"S,1,x,Pneumonia,{soc},3,2008-01-20,6,2008-01-31\nS,2,x,Cystitis,{soc},1,,10,\n",
        "cm.csv": "STUDYID,USUBJID,CMTRT,CMDECOD,CMCLASCD,CMOCCUR,CMSTDTC,CMENDTC\n"
        "S,1,x,IGG,J06BA02,,2008-01-20T10:00,2008-02\nS,1,x,IGG,J06BA02,N,2008-03-20,\n",
        "pr.csv": "STUDYID,USUBJID,PRTRT,PRDECOD,PRSTDTC\n"
        "S,1,AUTO-SCT,AUTOLOGOUS STEM CELL TRANSPLANT,2008-04-14\nS,1,x,BIOPSY,2008-01-20\n",
    }
    report = send(files)
    assert report.errors == []
    assert stored("infections", "patient, term, grade, start_day, end_day") == [
        ("1", "Pneumonia", "3", 6.0, 17.0), ("2", "Cystitis", "1", 5.0, None),
    ]  # fmt: skip
    assert stored("therapies", "patient, kind, start_day, end_day") == [
        ("1", "immunoglobulin replacement", 6.0, None),
        ("1", "transplant", 91.0, None),  # 90 days after 15 January of a leap year
    ]
    assert report.tables["therapies"].skipped_because == {"not given": 1, "other procedure": 1}


def test_a_delivery_with_both_takes_each_part_from_adam_and_counts_the_other(send, stored):
    files = {
        **SUBJECTS,
        "adsl.csv": "STUDYID,USUBJID,TRTSDT,SEX\nS,1,2008-01-15,F\n",
        "adlb.csv": "STUDYID,USUBJID,PARAMCD,AVAL,AVALU,ADY,ANRLO\nS,1,IGA,57,mg/dL,6,70\n",
        "lb.csv": LB + "S,1,IGA,,,,,56,56,mg/dL,70,400,SERUM,,,2008-01-20,6\n"
        "S,1,IGG,,,,,560,560,mg/dL,,,SERUM,,,2008-01-20,6\n",
        "adrs.csv": "STUDYID,USUBJID,PARAMCD,AVALC,ADY\nS,1,OVR,PR,30\n",
        "rs.csv": RS + "S,1,OVRLRESP,SD,,,2008-01-20,6\n",
        "adae.csv": "STUDYID,USUBJID,AEDECOD,AEBODSYS,ASTDY\n"
        "S,1,Sepsis,Infections and infestations,9\n",
        "ae.csv": "STUDYID,USUBJID,AEDECOD,AEBODSYS,AESTDY\n"
        "S,1,Cystitis,Infections and infestations,9\n",
        "adcm.csv": "STUDYID,USUBJID,CMTRT,ASTDY\nS,1,IVIG,9\n",
        "cm.csv": "STUDYID,USUBJID,CMTRT,CMSTDY\nS,1,IVIG,8\n",
    }
    report = send(files)
    assert report.errors == []
    assert stored("responses", "day, response") == [(30.0, "PR")]
    assert stored("infections", "term") == [("Sepsis",)]
    assert stored("therapies", "start_day") == [(9.0,)]
    assert stored("patients", "patient") == [("1",), ("2",)]
    assert stored("measurements", "analyte, value") == [("IgA", 57.0), ("IgG", 560.0)]
    assert report.tables["patients"].skipped_because["taken from ADSL"] == 1
    assert report.tables["measurements"].skipped_because == {"taken from ADLB": 1}


def test_a_trial_named_for_the_upload_stands_for_studyid_in_every_domain(send, stored):
    files = {
        **SUBJECTS,
        "lb.csv": LB + "S,2,IGA,,,,,80,80,mg/dL,70,400,SERUM,,,,10\n",
        "rs.csv": RS + "S,2,OVRLRESP,PD,,,,10\n",
        "ae.csv": "STUDYID,USUBJID,AEDECOD,AEBODSYS,AESTDY\n"
        "S,2,Cystitis,Infections and infestations,10\n",
        "cm.csv": "STUDYID,USUBJID,CMTRT,CMSTDY\nS,2,IVIG,10\n",
    }
    assert send(files, Options(trial="T")).errors == []
    # Day 10 from 10 January is day 5 from 15 January, whatever the trial is called.
    for table in ("measurements", "responses"):
        assert stored(table, "trial, patient, day") == [("T", "2", 5.0)]
    for table in ("infections", "therapies"):
        assert stored(table, "trial, patient, start_day") == [("T", "2", 5.0)]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("USUBJID RFSTDTC ARMCD BRTHDTC", "dm"),
        ("USUBJID LBTESTCD LBSTRESN LBDTC", "lb"),
        ("usubjid lbtestcd lborres lbdtc", "lb"),
        ("USUBJID AETERM AESTDTC", "ae"),
        ("USUBJID AETERM ASTDT TRTSDT", "adae"),
        ("USUBJID CMTRT CMSTDTC", "cm"),
        ("USUBJID CMTRT ASTDY TRTSDT", "adcm"),
        ("USUBJID PRTRT PRSTDTC", "pr"),
        ("USUBJID RSTESTCD RSSTRESC RSDTC", "rs"),
        ("USUBJID PARAMCD AVAL LBTESTCD LBSTRESN LBDTC ADT", "adlb"),
        ("USUBJID PARAMCD AVALC RSTESTCD RSSTRESC RSDTC ADT", "adrs"),
        ("USUBJID TRTSDT RFSTDTC ARM", "adsl"),
        ("USUBJID MHSEQ MHDECOD TRTSDT", None),
        ("USUBJID VSTESTCD VSSTRESN", None),
    ],
)
def test_a_domain_is_told_by_its_header_alone(header, name):
    found = recognise(header.split(), sheet=None, file="anything.csv", trial=None)
    assert (found.name if found else None) == name


def test_dates_of_birth_and_names_are_personal_by_the_standard_of_cdisc_files():
    assert personal_columns(["USUBJID", "brthdtc", "AGE", "INVNAM"]) == {"brthdtc", "INVNAM"}
    assert personal_columns(["patient", "BRTHDTC"]) == set()
