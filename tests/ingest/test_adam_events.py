"""ADaM's adverse events and medications: infections and therapies, the rest counted by reason."""

from __future__ import annotations

# 2008-01-15 is day 1; as a SAS date it is 17546.
SUBJECTS = {
    "adsl.csv": "STUDYID,USUBJID,TRTSDT\nS,1,2008-01-15\nS,2,17546\nS,3,15JAN2008\nS,4,\n",
}
INFECTED = "Infections and infestations"
SPELL = "patient, kind, start_day, end_day"


def test_infections_come_from_their_organ_class_with_day_term_and_grade(send, stored):
    rows = (
        f"S,1,Pneumonia,{INFECTED},3,2008-01-20,,2008-01-31,,\n"  # 15 Jan is day 1: 6 to 17
        f"S,1,Bronchitis,{INFECTED.upper()},Grade 2,17545,,,,\n"  # the day before: -1
        f"S,2,Sepsis,{INFECTED},4.0,,12,,20,\n"
        f"S,2,Herpes zoster,{INFECTED},,,,,,2008-03-01T10:00\n"  # 46 days after day 1
    )
    head = "STUDYID,USUBJID,AEDECOD,AEBODSYS,AETOXGR,ASTDT,ASTDY,AENDT,AENDY,AESTDTC,AETERM\n"
    report = send({**SUBJECTS, "adae.csv": head + rows.replace("\n", ",as the ward wrote it\n")})
    assert report.recognised[1].layout == "CDISC ADaM adverse events (ADAE)"
    assert "AETERM" in report.recognised[1].ignored  # verbatim text may name people
    assert stored("infections", "patient, term, grade, start_day, end_day") == [
        ("1", "Bronchitis", "2", -1.0, None),
        ("1", "Pneumonia", "3", 6.0, 17.0),
        ("2", "Herpes zoster", None, 47.0, None),
        ("2", "Sepsis", "4", 12.0, 20.0),
    ]


def test_other_events_and_those_without_a_whole_date_are_skipped_and_counted(send):
    rows = (
        "S,1,Febrile neutropenia,Blood and lymphatic system disorders,3,2008-01-20,\n"
        "S,1,Pneumonitis,Respiratory disorders,3,2008-01-20,\n"
        "S,1,Pneumonia,,3,2008-01-20,\n"
        f"S,1,Pneumonia,{INFECTED},3,,2008-02\n"
        f"S,1,Pneumonia,{INFECTED},3,,2008\n"  # a year, not 2,008 days since 1960
        f"S,4,Pneumonia,{INFECTED},3,2008-01-20,\n"
        f"S,1,Influenza,{INFECTED},7,2008-01-20,\n"
        f"S,9,Influenza,{INFECTED},1,2008-01-20,\n"
    )
    head = "STUDYID,USUBJID,AEDECOD,AEBODSYS,ATOXGR,ASTDT,AESTDTC\n"
    report = send({**SUBJECTS, "adae.csv": head + rows})
    counts = report.tables["infections"]
    assert (counts.read, counts.added, counts.skipped, counts.refused) == (8, 0, 6, 2)
    assert counts.skipped_because == {
        "not an infection (AEBODSYS)": 2, "no usable day": 2, "no system organ class (AEBODSYS)": 1,
        "subject not treated": 1,
    }  # fmt: skip
    assert [(p.line, p.column, p.value) for p in report.errors] == [
        (8, "grade", "7"), (9, "patient", "9"),
    ]  # fmt: skip


CM = "STUDYID,USUBJID,CMDECOD,CMCLASCD,CMCAT,ASTDT,ASTDY,AENDY,CMTRT\n"


def medicated(send, *rows: str):
    """A report of an ADCM with these rows: patient, name, code, category, day."""
    text = "".join(
        "S,{},{},{},{},,{},,x\n".format(*(cell.strip() for cell in row.split("|"))) for row in rows
    )
    return send({**SUBJECTS, "adcm.csv": CM + text})


def test_replacement_is_told_by_its_code_and_by_its_name_where_there_is_no_code(send, stored):
    medicated(
        send,
        "1 | ANYTHING | J06BA02 | | 10",
        "1 | ANYTHING | J06BA01 | | 20",
        "1 | HYPERIMMUNE | J06BB | | 30",
        "1 | ANYTHING | J06BD01 | | 40",  # antibodies against bacteria and viruses are none
        "2 | Immunoglobulin human normal | | | 10",
        "2 | Immunglobuline (IVIG) | | | 20",
        "2 | PRIVIGEN | J06B | | 30",  # a code of the third level does not decide
        "2 | ANTI-THYMOCYTE IMMUNOGLOBULIN | | | 40",
        "2 | IMMUNOGLOBULIN, RABBIT | L04AA04 | | 50",  # its code says what it is
    )
    assert stored("therapies", "patient, kind, start_day") == [
        (patient, "immunoglobulin replacement", day)
        for patient in ("1", "2")
        for day in (10.0, 20.0, 30.0)
    ]


def test_antibodies_transplants_and_next_therapies_are_kept_and_a_drug_may_be_two(send, stored):
    report = medicated(
        send,
        "1 | DARATUMUMAB | L01XC24 | | 5",
        "1 | Sarclisa | | | 6",
        "1 | NEW MONOCLONAL | L01FC02 | | 7",
        "2 | DARATUMUMAB | | SUBSEQUENT ANTI-MYELOMA THERAPY | 100",
        "2 | MELPHALAN | L01AA03 | Next anticancer therapy | 200",
        "2 | MELPHALAN | L01AA03 | PRIOR ANTI-MYELOMA THERAPY | -400",
        "3 | Autologous stem cell transplantation | | | 90",
        "3 | ASCT | | PRIOR TRANSPLANT | -300",
        "3 | Stem cell harvest for transplantation | | | 80",
        "3 | PARACETAMOL | N02BE01 | CONCOMITANT MEDICATION | 3",
    )
    assert stored("therapies", "patient, kind, start_day") == [
        ("1", "anti-CD38 antibody", 5.0), ("1", "anti-CD38 antibody", 6.0),
        ("1", "anti-CD38 antibody", 7.0), ("2", "anti-CD38 antibody", 100.0),
        ("2", "next therapy", 100.0), ("2", "next therapy", 200.0), ("3", "transplant", 90.0),
    ]  # fmt: skip
    counts = report.tables["therapies"]
    assert (counts.read, counts.skipped) == (11, 4)
    assert counts.skipped_because == {"other medication": 3, "transplant before treatment": 1}


def test_spells_of_therapy_have_days_from_dates_and_are_open_while_they_go_on(send, stored):
    rows = (
        "S,1,IVIG,,,2008-01-20,,40,x\n"  # day 6
        "S,1,IVIG,,,17561,,,x\n"  # 15 days after 17546: day 16
        "S,1,IVIG,,,2008-02,,,x\n"
        "S,4,IVIG,,,2008-01-20,,,x\n"
        "S,9,IVIG,,,2008-01-20,,,x\n"
    )
    report = send({**SUBJECTS, "adcm.csv": CM + rows})
    assert stored("therapies", SPELL) == [
        ("1", "immunoglobulin replacement", 6.0, 40.0),
        ("1", "immunoglobulin replacement", 16.0, None),
    ]
    assert report.tables["therapies"].skipped_because == {
        "no usable day": 1, "subject not treated": 1,
    }  # fmt: skip
    assert [(p.line, p.column) for p in report.errors] == [(6, "patient")]


def test_the_drugs_of_one_regimen_are_one_spell_that_ends_with_the_last(send, stored):
    category = "SUBSEQUENT ANTI-MYELOMA THERAPY"
    rows = (
        f"S,1,LENALIDOMIDE,,{category},,100,200,x\nS,1,DEXAMETHASONE,,{category},,100,160,x\n"
        f"S,2,LENALIDOMIDE,,{category},,100,200,x\nS,2,DEXAMETHASONE,,{category},,100,,x\n"
        f"S,2,BORTEZOMIB,,{category},,300,310,x\n"
    )
    report = send({**SUBJECTS, "adcm.csv": CM + rows})
    assert report.errors == []
    assert stored("therapies", SPELL) == [
        ("1", "next therapy", 100.0, 200.0), ("2", "next therapy", 100.0, None),
        ("2", "next therapy", 300.0, 310.0),
    ]  # fmt: skip
    assert report.tables["therapies"].skipped_because == {"same therapy from the same day": 2}


def test_other_data_sets_with_several_rows_a_subject_are_not_taken_for_subjects(send):
    exposure = "STUDYID,USUBJID,EXSEQ,TRTSDT\nS,1,1,2008-01-15\nS,1,2,2008-01-15\n"
    report = send({**SUBJECTS, "adex.csv": exposure})
    assert [p.file for p in report.errors] == ["adex.csv"]
    assert report.tables["patients"].read == 4
