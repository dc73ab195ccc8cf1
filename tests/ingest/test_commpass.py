"""MMRF CoMMpass: its tables, found by their header, in files invented from its dictionary."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from igcore.ingest.layouts.commpass import mapping_for
from igcore.ingest.mapping.document import Mapping, checked, from_json, to_json

SUBJECT = (
    "public_id,project_id,gender,age_at_index,vital_status\n"
    "mmrf_0001,mmrf_commpass,female,61,alive\n"
    "mmrf_0002,mmrf_commpass,male,70,dead\n"
    "mmrf_0003,mmrf_commpass,not_reported,,alive\n"
)
DIAGNOSIS = (
    "dx_id,public_id,project_id,cancer_diagnosis,best_overall_response,"
    "days_to_best_overall_response,days_to_first_progressive_disease\n"
    "a,mmrf_0001,mmrf_commpass,3,,,\n"  # an earlier cancer: nothing is known of its response
    "b,mmrf_0001,mmrf_commpass,10,vgpr,120,\n"
    "c,mmrf_0002,mmrf_commpass,10,scr,90,400\n"
    "d,mmrf_0003,mmrf_commpass,10,unknown,,\n"
)
FEATURES = (
    "sample_visit_id,public_id,project_id,visit_name,ig_heavy_institution,ig_light_institution\n"
    "mmrf_0001_1,mmrf_0001,mmrf_commpass,baseline,igg,kappa\n"
    "mmrf_0001_2,mmrf_0001,mmrf_commpass,other,not_recorded,not_recorded\n"
    "mmrf_0002_1,mmrf_0002,mmrf_commpass,baseline,iga_igg,bi_clonal\n"
    "mmrf_0003_1,mmrf_0003,mmrf_commpass,baseline,not_recorded,lambda\n"
)
LABS = (
    "labs_id,public_id,project_id,lab_group,days_to_specimen_collection,lab_test,lab_test_result,"
    "lab_result_test_unit\n"
    "1,mmrf_0001,mmrf_commpass,serum_mm_labs,-3,iga,0.56,g/l\n"
    "2,mmrf_0001,mmrf_commpass,serum_mm_labs,0,igg,700,mg/dL\n"
    "3,mmrf_0001,mmrf_commpass,serum_mm_labs,28,igm,0.5,g/l\n"
    "4,mmrf_0001,mmrf_commpass,serum_chemistry,28,creatinine,80,umol/l\n"
    "5,mmrf_0001,mmrf_commpass,serum_mm_labs,56,iga,0.6,gl/l\n"  # a unit of the list, but none
)
FOLLOWUP = (
    "followup_id,public_id,project_id,days_to_visit,disease_response,"
    "days_to_disease_response_assessment\n"
    "1,mmrf_0001,mmrf_commpass,30,partial_response,28\n"
    "2,mmrf_0001,mmrf_commpass,90,stingent_complete_respones,88\n"
    "3,mmrf_0001,mmrf_commpass,120,,\n"
)
SURVIVAL = (
    "public_id,project_id,cancer_diagnosis,surivival_time_os,censor_os,survival_time_pfs,"
    "censor_pfs\n"
    "mmrf_0001,mmrf_commpass,10,900,0,400,1\n"
    "mmrf_0002,mmrf_commpass,10,0,1,0,1\n"
)
V25 = {
    "subject.csv": SUBJECT, "diagnosis.csv": DIAGNOSIS, "sample_features.csv": FEATURES,
    "labs.csv": LABS, "followup.csv": FOLLOWUP, "survival_pfs_response.csv": SURVIVAL,
}  # fmt: skip


@pytest.fixture
def release(send):
    return send(V25)


def test_patients_of_three_tables_are_one_row_each(release, stored):
    columns = "trial, patient, sex, age_years, m_protein, involved, best_response"
    assert stored("patients", columns) == [
        ("mmrf_commpass", "mmrf_0001", "F", 61.0, "IgG", ["IgG"], "VGPR"),
        ("mmrf_commpass", "mmrf_0002", "M", 70.0, "IgA + IgG", ["IgA", "IgG"], "sCR"),
        # A light chain without a heavy one may be either not recorded or light chain disease.
        ("mmrf_commpass", "mmrf_0003", None, None, None, None, None),
    ]


def test_index_day_0_is_study_day_1_and_units_are_the_row_s_own(release, stored):
    assert stored("measurements", "analyte, day, value, unit, value_g_per_l") == [
        ("IgA", -3.0, 0.56, "g/l", 0.56),
        ("IgG", 1.0, 700.0, "mg/dL", 7.0),
        ("IgM", 29.0, 0.5, "g/l", 0.5),
        ("creatinine", 29.0, 80.0, "umol/l", None),
    ]
    refused = [(p.file, p.line, p.column, p.value) for p in release.errors]
    assert refused == [("labs.csv", 6, "lab_result_test_unit", "gl/l")]


def test_responses_stand_on_the_day_of_their_assessment(release, stored):
    assert stored("responses", "patient, day, response") == [
        ("mmrf_0001", 29.0, "PR"), ("mmrf_0001", 89.0, "sCR"),
    ]  # fmt: skip


def test_censor_is_1_when_it_happened_and_times_from_day_0_are_one_day_longer(release, stored):
    assert stored("outcomes", "patient, endpoint, time_days, event") == [
        ("mmrf_0001", "OS", 901.0, False), ("mmrf_0001", "PFS", 401.0, True),
        ("mmrf_0002", "OS", 1.0, True), ("mmrf_0002", "PFS", 1.0, True),
    ]  # fmt: skip


VISITS = (
    "PUBLIC_ID,VISIT,VISITDY,D_LAB_serum_iga,D_LAB_serum_igg,D_LAB_serum_igm,D_IM_IGH_SITE\n"
    "MMRF_0001,0,-5,0.56,7,0.4,IgG\nMMRF_0001,1,30,0.7,,,\n"
)
OLDER = {
    "PER_PATIENT.csv": "PUBLIC_ID,D_PT_age,D_PT_gender\nMMRF_0001,61,2\nMMRF_0002,70,1\n",
    "SURVIVAL.csv": "public_id,ttcos,censos,ttcpfs,censpfs\nMMRF_0001,900,0,400,1\n",
}


def test_older_flat_files_are_of_one_trial_and_censos_is_1_when_it_happened(send, stored):
    assert send(OLDER).errors == []
    assert stored("patients", "trial, patient, sex, age_years") == [
        ("mmrf_commpass", "MMRF_0001", "F", 61.0), ("mmrf_commpass", "MMRF_0002", "M", 70.0),
    ]  # fmt: skip
    assert stored("outcomes", "patient, endpoint, time_days, event") == [
        ("MMRF_0001", "OS", 901.0, False), ("MMRF_0001", "PFS", 401.0, True),
    ]  # fmt: skip


def test_the_unit_of_older_immunoglobulins_is_asked_and_never_assumed(send, stored):
    found = mapping_for(VISITS.splitlines()[0].split(","))
    assert [(f.analyte, f.theirs, f.unit) for f in found.of("value")] == [
        ("IgA", "D_LAB_serum_iga", ""), ("IgG", "D_LAB_serum_igg", ""),
        ("IgM", "D_LAB_serum_igm", ""),
    ]  # fmt: skip
    send({**OLDER, "PER_PATIENT_VISIT.csv": VISITS})
    assert stored("measurements", "day") == []


def test_what_tells_who_somebody_is_stays_out_without_stopping_the_upload(send):
    born = SUBJECT.replace("vital_status", "year_of_birth").replace("alive", "1950")
    report = send({"subject.csv": born.replace("dead", "1941")})
    assert report.personal == []
    assert report.tables["patients"].added == 3
    assert any("year_of_birth" in note for note in report.recognised[0].notes)


def dictionary(shared: Path) -> dict[str, list[str]]:
    """The tables of the data dictionary and their columns."""
    path = shared / "commpass" / "data_dictionary_v25.csv"
    tables: dict[str, list[str]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            tables.setdefault(row["Table"], []).append(row["MMRF Variable Name"].strip())
    return tables


READ = {
    "subject": ["patient", "trial", "sex", "age_years"],
    "labs": ["patient", "trial", "when", "analyte", "value", "unit"],
    "followup": ["patient", "trial", "when", "response"],
    "diagnosis": ["patient", "trial", "best_response"],
    "sample_features": ["patient", "trial", "m_protein"],
    "survival_pfs_response": ["patient", "trial", "time_to", "event", "time_to", "event"],
}


def test_the_dictionary_s_own_headers_are_recognised_and_those_of_other_tables_are_not(shared):
    told = {name: mapping_for(columns) for name, columns in dictionary(shared).items()}
    assert {name: [f.ours for f in m.fields] for name, m in told.items() if m} == READ


def test_every_word_of_the_dictionary_s_code_lists_is_known(shared):
    path = shared / "commpass" / "data_dictionary_v25.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Table"] in READ]
    columns = dictionary(shared)
    unknown = []
    for row in rows:
        fields = mapping_for(columns[row["Table"]]).fields
        field = next((f for f in fields if f.theirs == row["MMRF Variable Name"].strip()), None)
        if field and field.codes and field.ours != "event":
            known = {word for word, _ in field.codes}
            unknown += [w for w in row["MMRF Values"].split() if w.strip() not in known]
    assert unknown == []


def test_the_built_in_mappings_are_documents_like_any_other():
    headers = [text.splitlines()[0].split(",") for text in (*V25.values(), *OLDER.values(), VISITS)]
    whole = Mapping(sheets=tuple(checked(mapping_for(header)) for header in headers))
    assert from_json(to_json(whole)) == whole


def test_a_time_without_its_event_is_left_alone():
    found = mapping_for(["public_id", "ttcos", "censos", "ttcpfs"])
    assert [(f.ours, f.endpoint) for f in found.fields] == [
        ("patient", ""), ("time_to", "OS"), ("event", "OS"),
    ]  # fmt: skip


@pytest.mark.parametrize("header", ["patient,lab_test", "public_id,line,trtname", "PUBLIC_ID"])
def test_other_headers_are_not_taken_for_commpass(header):
    assert mapping_for(header.split(",")) is None
