"""A mapping as a document, and what its fields make of cells. Expected values are worked by hand."""

from __future__ import annotations

import json

import pytest

from igcore.errors import Refused
from igcore.ingest import Options
from igcore.ingest.mapping.document import Field, Mapping, SheetMapping, checked, from_json, to_json

WHO = Field(ours="patient", theirs="Nr")
START = Field(ours="treatment_start", theirs="Start", form="date", dates="dmy")


def options(header: str, *fields: Field, **more) -> Options:
    """Options with one mapping, for sheets with that header, of trial W."""
    sheet = SheetMapping(columns=tuple(header.split(";")), fields=fields, trial="W")
    return Options(mapping=Mapping(sheets=(sheet,)), **more)


def test_a_mapping_comes_back_from_its_document_as_it_was():
    sheet = SheetMapping(
        sheet="Labor",
        trial="W",
        columns=("Nr", "IgA M3"),
        fields=(
            WHO,
            Field(
                ours="value", theirs="IgA M3", analyte="IgA", month=3.0, unit="g/L", thousands="."
            ),
        ),
    )
    assert from_json(to_json(Mapping(sheets=(sheet,)))) == Mapping(sheets=(sheet,))


def test_a_mapping_fits_a_header_that_differs_in_case_and_blanks_and_takes_its_words():
    sheet = SheetMapping(columns=("Nr", "Alter"), fields=(WHO, Field(ours="sex", theirs="Alter")))
    found = Mapping(sheets=(sheet,)).get(["NR ", "alter"])
    assert [field.theirs for field in found.fields] == ["NR ", "alter"]
    assert Mapping(sheets=(sheet,)).get(["Nr", "Alter", "Arm"]) is None


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("{", "is not JSON"),
        ("[]", 'does not say "format"'),
        ('{"format": "igcore mapping 1"}', "incomplete"),
        ('{"format": "igcore mapping 1", "sheets": [{"columns": ["a"]}]}', "incomplete"),
    ],
)
def test_a_document_that_is_no_mapping_is_refused_in_words(document, words):
    with pytest.raises(Refused, match=words):
        from_json(document)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (Field(ours="shoe", theirs="Nr"), '"shoe" is not one of'),
        (Field(ours="sex", theirs="none"), 'no column "none"'),
        (Field(ours="when", theirs="Nr", form="year"), 'form "year" is not one of'),
        (Field(ours="time_to", theirs="Nr"), "needs a unit"),
        (Field(ours="patient", theirs="Nr"), "taken from two columns"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_in_words(field, words):
    with pytest.raises(Refused, match=words):
        checked(SheetMapping(columns=("Nr",), fields=(WHO, field)))


def test_a_field_with_an_unknown_attribute_is_refused():
    told = json.loads(to_json(Mapping(sheets=(SheetMapping(columns=("Nr",), fields=(WHO,)),))))
    told["sheets"][0]["fields"][0]["colour"] = "red"
    with pytest.raises(Refused, match="colour"):
        from_json(json.dumps(told))


def test_dates_months_and_days_from_0_become_study_days(send, stored):
    header = "Nr;Start;Datum;IgA"
    text = f"{header}\n1;10.01.2007;09.01.2007;1,5\n1;10.01.2007;10.01.2007;<0,07\n"
    fields = (
        WHO,
        START,
        Field(ours="when", theirs="Datum", form="date", dates="dmy"),
        Field(ours="value", theirs="IgA", analyte="IgA", unit="g/L"),
    )
    assert send({"w.csv": text}, options(header, *fields)).errors == []
    assert stored("measurements", "day, operator, value") == [(-1, None, 1.5), (1, "<", 0.07)]

    header = "Nr;Start;Tag;IgM"
    text = f"{header}\n2;10.01.2007;-3;1\n2;10.01.2007;0;2\n2;10.01.2007;27;3\n"
    fields = (
        WHO,
        START,
        Field(ours="when", theirs="Tag", form="day from 0"),
        Field(ours="value", theirs="IgM", analyte="IgM", unit="g/L"),
    )
    assert send({"x.csv": text}, options(header, *fields)).errors == []
    assert stored("measurements", "patient, day, value")[2:] == [
        ("2", -3, 1),
        ("2", 1, 2),
        ("2", 28, 3),
    ]


def test_month_m_is_study_day_1_plus_the_rounded_days(send, stored):
    header = "Nr;Typ;Besuch;IgG"
    text = f"{header}\n1;IgA kappa;BL;9\n1;IgA kappa;M1;8\n1;IgA kappa;Monat 12;7\n"
    fields = (
        WHO,
        Field(ours="m_protein", theirs="Typ"),
        Field(ours="when", theirs="Besuch", form="month"),
        Field(ours="value", theirs="IgG", analyte="IgG", unit="g/L"),
    )
    assert send({"w.csv": text}, options(header, *fields)).errors == []
    # 30.4375 rounds to 30, 365.25 to 365.
    assert stored("measurements", "day, value") == [(1, 9), (31, 8), (366, 7)]


def test_a_year_is_no_study_day(send, stored):
    header = "Nr;Start;Datum;IgA"
    fields = (
        WHO,
        START,
        Field(ours="when", theirs="Datum", form="date", dates="dmy"),
        Field(ours="value", theirs="IgA", analyte="IgA", unit="g/L"),
    )
    text = f"{header}\n1;10.01.2007;2007;1\n"
    report = send({"w.csv": text}, options(header, *fields))
    assert stored("measurements", "day") == []
    assert [(p.column, p.value) for p in report.errors] == [("Datum", "2007 is no whole date")]


def test_dates_without_a_start_of_treatment_are_left_out_and_counted(send, stored):
    header = "Nr;Typ;Datum;IgA"
    fields = (
        WHO,
        Field(ours="m_protein", theirs="Typ"),
        Field(ours="when", theirs="Datum", form="date", dates="dmy"),
        Field(ours="value", theirs="IgA", analyte="IgA", unit="g/L"),
    )
    report = send({"w.csv": f"{header}\n1;IgG;01.02.2007;1\n"}, options(header, *fields))
    assert stored("measurements", "day") == []
    assert report.tables["measurements"].skipped_because == {
        "no start of treatment is known, so its date is no study day": 1
    }


def test_a_first_response_is_one_at_pr_and_unclear_words_are_refused_in_their_column(send, stored):
    header = "Nr;Bestes Ansprechen;am Tag"
    fields = (
        WHO,
        Field(ours="best_response", theirs="Bestes Ansprechen", codes=(("sehr gut", "VGPR"),)),
        Field(ours="first_response", theirs="am Tag", form="study day"),
    )
    text = f"{header}\n1;Sehr gut;29\n2;prima;\n"
    report = send({"w.csv": text}, options(header, *fields))
    assert stored("patients", "patient, best_response") == [("1", "VGPR")]
    assert stored("responses", "patient, day, response") == [("1", 29, "PR")]
    assert [(p.line, p.column, p.value) for p in report.errors] == [
        (3, "Bestes Ansprechen", "prima")
    ]


def test_several_sheets_of_one_patient_are_joined_where_they_agree(send, stored):
    one, two = "Nr;Sex", "Nr;Alter"
    sheets = (
        SheetMapping(
            columns=tuple(one.split(";")), fields=(WHO, Field(ours="sex", theirs="Sex")), trial="W"
        ),
        SheetMapping(
            columns=tuple(two.split(";")),
            fields=(WHO, Field(ours="age_years", theirs="Alter")),
            trial="W",
        ),
    )
    files = {"one.csv": f"{one}\n1;F\n2;F\n2;M\n", "two.csv": f"{two}\n1;61\n2;50\n"}
    report = send(files, Options(mapping=Mapping(sheets=sheets)))
    assert stored("patients", "patient, sex, age_years")[0] == ("1", "F", 61)
    assert any("Other content under the same key" in p.problem for p in report.errors)


def test_templates_that_count_from_0_and_write_decimal_commas_are_understood(send, stored):
    files = {
        "patients.csv": "trial;patient\nA;1\n",
        "measurements.csv": "trial;patient;analyte;day;value;unit\nA;1;IgA;0;0,56;g/L\n",
    }
    assert send(files, Options(from_zero=True)).errors == []
    assert stored("measurements", "day, value") == [(1, 0.56)]


def test_the_laboratory_chosen_at_upload_is_on_the_trials_card_and_in_the_note(send, pool):
    files = {
        "patients.csv": "trial,patient\nA,1\n",
        "measurements.csv": "trial,patient,analyte,day,value,unit\nA,1,IgA,1,0.56,g/L\n",
    }
    with pytest.raises(Refused, match="is not one of"):
        send(files, Options(laboratory="Utopia"))
    report = send(files, Options(laboratory="U Chicago (Tietz/Roche)"))
    assert pool.rows("trials", version=1).laboratory.tolist() == ["U Chicago (Tietz/Roche)"]
    assert any("U Chicago (Tietz/Roche)" in note.problem for note in report.notes)


def test_every_problem_is_written_to_the_file_and_no_text_is_a_formula(send, tmp_path):
    where = tmp_path / "problems.csv"
    files = {
        "patients.csv": "trial,patient,sex\nA,1,F\nA,2,=1+1\n",
        "measurements.csv": "trial,patient,analyte,day,value,unit\n"
        + "".join(f"A,1,IgG,{day},{9000},g/L\n" for day in range(1, 4)),
    }
    report = send(files, Options(problems=where))
    lines = where.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "file,sheet,line,column,value,problem,cure,severity"
    assert any("'=1+1" in line for line in lines)
    marked = [line for line in lines if line.endswith("warning") and "plausible" in line]
    assert len(marked) == 3
    assert [kind.rows for kind in report.kinds.values() if "plausible" in kind.problem] == [3]


def test_a_mapping_with_an_open_question_is_refused_until_it_is_answered(send):
    header = "Nr;Start;Datum;IgA"
    fields = (
        WHO,
        START,
        Field(ours="when", theirs="Datum", form="date", dates="?"),
        Field(ours="value", theirs="IgA", analyte="IgA", unit="g/L"),
    )
    sheet = SheetMapping(columns=tuple(header.split(";")), fields=fields)
    with pytest.raises(Refused, match='dates of the column "Datum" is still open'):
        from_json(to_json(Mapping(sheets=(sheet,))))


def test_rows_of_another_specimen_than_serum_are_left_out_and_counted(send, stored):
    header = "Nr;Typ;Tag;Material;IgA"
    fields = (
        WHO,
        Field(ours="m_protein", theirs="Typ"),
        Field(ours="when", theirs="Tag", form="study day"),
        Field(ours="specimen", theirs="Material", codes=(("Serum", "serum"), ("Urin", "other"))),
        Field(ours="value", theirs="IgA", analyte="IgA", unit="g/L"),
    )
    text = f"{header}\n1;IgG;1;Serum;1\n1;IgG;1;Urin;0,1\n"
    report = send({"w.csv": text}, options(header, *fields))
    assert stored("measurements", "value") == [(1,)]
    assert report.tables["measurements"].skipped_because == {"another specimen than serum": 1}


def test_the_days_count_from_the_start_that_is_stored(send, stored):
    files = {
        "adsl.csv": "STUDYID,USUBJID,TRTSDT\nS,1,2007-01-10\nS,1,2007-03-10\n",
        "adrs.csv": "STUDYID,USUBJID,PARAMCD,AVALC,ADT\nS,1,OVR,PR,2007-01-31\n",
    }
    report = send(files)
    assert len(report.errors) == 1
    assert stored("patients", "treatment_start::varchar") == [("2007-01-10",)]
    assert stored("responses", "day") == [(22,)]


def test_a_wards_sheet_with_a_patient_is_no_template_because_the_trial_is_named(send):
    text = "Patient,Sex,Status,Last contact,Therapy start,Stage\n1,F,dead,2007-03-01,2007-01-01,2\n"
    report = send({"ward.csv": text}, Options(trial="T"))
    assert report.upload is None
    assert "none of the known layouts" in report.errors[0].problem


def test_a_mapping_for_other_columns_is_told(send):
    text = "trial,patient\nA,1\n"
    report = send({"patients.csv": text}, options("Nr;Alter", WHO))
    assert [p.problem for p in report.errors] == ["The mapping names the columns of other sheets."]
    assert report.added == 1
