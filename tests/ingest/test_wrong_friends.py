"""Words that mean two things, columns that must not be read, and what only the reader can say."""

from __future__ import annotations

import pytest

from igcore.ingest.mapping import words, words_codes
from tests.ingest.drawn import asked, date, sheet, suggested, told, value

READ = {
    # header: analyte, month, unit, endpoint, duration
    "IgA [g/L]": ("IgA", None, "g/L", "", ""),
    "IgA (mg/dl)": ("IgA", None, "mg/dL", "", ""),
    "IgG g/l": ("IgG", None, "g/L", "", ""),
    "IgA M0 mg/dl": ("IgA", 0.0, "mg/dL", "", ""),
    "igm_month12_mg_dl": ("IgM", 12.0, "mg/dL", "", ""),
    "IGG_BL": ("IgG", 0.0, "", "", ""),
    "Immunglobulin G Monat 3 [g/L]": ("IgG", 3.0, "g/L", "", ""),
    "inmunoglobulina A mes 6": ("IgA", 6.0, "", "", ""),
    "IgG1 (g/l)": ("IgG1", None, "g/L", "", ""),
    "IgG kappa (g/L)": ("IgG kappa", None, "g/L", "", ""),
    "FLC kappa M3 mg/L": ("FLC kappa", 3.0, "mg/L", "", ""),
    "Albumin (g/L)": ("Albumin", None, "g/L", "", ""),
    "LDH (U/l)": ("LDH", None, "U/l", "", ""),
    "PFS (Monate)": ("", None, "", "PFS", "months"),
    "OS [days]": ("", None, "", "OS", "days"),
    "OS_mois": ("", None, "", "OS", "months"),
    "PFS in weeks": ("", None, "", "PFS", "weeks"),
    "Gesamtüberleben (Jahre)": ("", None, "", "OS", "years"),
    "Progression-free survival": ("", None, "", "PFS", ""),
    "Survie sans progression (mois)": ("", None, "", "PFS", "months"),
    "Datum": ("", None, "", "", ""),
}


@pytest.mark.parametrize("header", READ)
def test_headers_name_analyte_month_unit_endpoint_and_duration(header):
    found = words.read(header)
    assert (
        found.analyte, found.month, found.unit, found.endpoint, found.duration,
    ) == READ[header]  # fmt: skip


@pytest.mark.parametrize(
    "codes, ours, theirs",
    [
        (words_codes.SEX, "F", "w|weiblich|Femme|mujer|DONNA|female|Frau"),
        (words_codes.SEX, "M", "m|männlich|homme|hombre|uomo|Male|maschio"),
        (words_codes.RESPONSES, "sCR", "sCR|stringent complete remission|RCs"),
        (
            words_codes.RESPONSES,
            "CR",
            "komplette Remission|rémission complète|RC|Complete response",
        ),
        (words_codes.RESPONSES, "nCR", "nCR|near-CR|nahezu komplette Remission"),
        (words_codes.RESPONSES, "VGPR", "sehr gute partielle Remission|TBRP|MBRP|VGPR"),
        (words_codes.RESPONSES, "PR", "Teilremission|teilweise Remission|réponse partielle|RP"),
        (words_codes.RESPONSES, "MR", "minimal response|respuesta mínima|risposta minima"),
        (words_codes.RESPONSES, "SD", "stable disease|stabile Erkrankung|malattia stabile"),
        (words_codes.RESPONSES, "PD", "Progress|Progression|maladie progressive|progresión"),
        (words_codes.RESPONSES, "", "k. A.|unknown|?|-|n/a|desconocido"),
        (words_codes.ANALYTES, "IgA", "IGA|Ig A|Ig-A|Immunglobulin A|immunoglobuline A|s-IgA"),
        (words_codes.THERAPIES, "transplant", "ASCT|Transplantation|autogreffe|trapianto"),
        (words_codes.THERAPIES, "immunoglobulin replacement", "IVIG|Immunglobulin-Ersatz|SCIG"),
        (words_codes.THERAPIES, "next therapy", "next line|Folgetherapie|segunda línea"),
        (words_codes.THERAPIES, "anti-CD38 antibody", "Daratumumab|isatuximab|anti-CD38"),
        (words_codes.SEX, None, "1|2|divers|+"),
        (words_codes.RESPONSES, None, "NR|no response|perhaps"),
    ],
)
def test_their_words_stand_for_ours(codes, ours, theirs):
    read = {text: words_codes.ours(codes, text) for text in theirs.split("|")}
    assert read == dict.fromkeys(theirs.split("|"), ours)


def test_columns_about_the_person_are_never_mapped():
    found = sheet("""
        Patient|Name|Vorname|Geburtsdatum|DOB|Date of birth|Fecha de nacimiento|Telefon|E-Mail|Sex
        1|Meier|Ute|01.02.1940|1940-02-01|1940-02-01|01/02/1940|0711|a@b.c|w
        2|Huber|Udo|13.02.1940|1940-02-13|1940-02-13|13/02/1940|0712|d@e.f|m""")
    assert set(told(found)) == {"Patient", "Sex"}


def test_numbers_of_rows_and_of_records_are_not_patients_beside_a_patient():
    found = sheet("""
        Lfd. Nr.|Patientenkürzel|NHC|Numéro de dossier|Sexo
        1|P-7|1001|2001|H
        2|P-8|1002|2002|M""")
    assert told(found)["Patientenkürzel"] == {"ours": "patient"}
    assert set(told(found)) == {"Patientenkürzel", "Sexo"}


def test_a_type_of_sample_is_no_type_of_myeloma():
    found = sheet("""
        Patient|Type|Typ|Date|IgA g/L
        1|serum|IgG kappa|2007-01-13|1.5
        1|urine|IgG kappa|2007-02-13|1.4
        2|serum|LC|2007-02-14|1.3""")
    assert told(found) == {
        "Patient": {"ours": "patient"},
        "Typ": {"ours": "m_protein"},
        "Date": date("when", ""),
        "IgA g/L": value("IgA", "g/L"),
    }


def test_a_column_called_m_is_read_by_its_values_or_not_at_all():
    by_values = sheet("ID|M\n1|M\n2|F\n3|M")
    assert told(by_values)["M"] == {"ours": "sex", "codes": {"M": "M", "F": "F"}}
    assert "says little" in by_values.reasons["M"]
    assert by_values.scores["M"] < 0.5
    numbers = sheet("ID|M|IgA g/L|Date\n1|3|1.5|2007-01-13\n1|4|1.4|2007-02-13")
    assert "M" not in told(numbers)


def test_no_is_an_answer_and_a_number_but_never_both():
    found = sheet("Paciente|No|OS (meses)|OS evento\n1|1|12,5|no\n2|2|13,5|sí\n3|3|14,5|no")
    assert told(found) == {
        "Paciente": {"ours": "patient"},
        "OS (meses)": {"ours": "time_to", "endpoint": "OS", "unit": "months"},
        "OS evento": {"ours": "event", "endpoint": "OS", "codes": {"no": "0", "sí": "1"}},
    }
    assert "No" not in told(sheet("No|Sexo\nno|H\nsí|F"))


def test_sd_is_a_response_in_cells_and_a_statistic_in_headers():
    found = sheet("""
        Patient|Status|IgA (g/L) BL|IgA SD (g/L)|SD
        1|SD|1.5|0.1|0.2
        2|PR|1.6|0.2|0.3""")
    assert told(found) == {
        "Patient": {"ours": "patient"},
        "Status": {"ours": "best_response", "codes": {"SD": "SD", "PR": "PR"}},
        "IgA (g/L) BL": value("IgA", "g/L", month=0.0),
    }
    assert "statistic" in found.reasons["IgA SD (g/L)"]


def test_alive_and_censored_turn_yes_round_and_a_legend_does_not():
    found = sheet("""
        Patient|OS (Monate)|lebt|PFS (Monate)|PFS (1=Ereignis, 0=zensiert)|EFS (Tage)|EFS zensiert
        1|12,5|ja|10,5|1|300|0
        2|13,5|nein|11,5|0|301|1""")
    told_events = {f.endpoint: dict(f.codes) for f in found.mapping.of("event")}
    assert told_events == {
        "OS": {"ja": "0", "nein": "1"},
        "PFS": {"1": "1", "0": "0"},
        "EFS": {"0": "1", "1": "0"},
    }


def test_a_response_at_one_month_is_not_the_best_response():
    found = sheet("Patient|Alter|Ansprechen M3|Response month 6\n1|60|PR|CR\n2|61|SD|PR")
    assert set(told(found)) == {"Patient", "Alter"}


def test_limits_belong_to_the_analyte_that_they_name():
    found = sheet("""
        Patient|Date|IgA g/L|IgA LLN (g/L)|IgA ULN (g/L)|IgG g/L|IgG untere Grenze|IgG obere Grenze
        1|2007-01-13|1.5|0.7|4.0|9.1|7|16
        1|2007-02-13|1.6|0.7|4.0|9.2|7|16""")
    limits = [
        (f.theirs, f.ours, f.analyte, f.unit) for f in found.mapping.fields if "I" in f.theirs
    ]
    assert limits == [
        ("IgA g/L", "value", "IgA", "g/L"),
        ("IgA LLN (g/L)", "low", "IgA", "g/L"),
        ("IgA ULN (g/L)", "high", "IgA", "g/L"),
        ("IgG g/L", "value", "IgG", "g/L"),
        ("IgG untere Grenze", "low", "IgG", ""),
        ("IgG obere Grenze", "high", "IgG", ""),
    ]


def test_one_dated_response_a_patient_is_a_response_where_nothing_else_is_told():
    found = sheet("Patient|Datum|Ansprechen\n1|13.02.2007|PR\n2|14.02.2007|SD")
    assert told(found)["Datum"] == date("when")
    assert told(found)["Ansprechen"]["ours"] == "response"


def test_the_start_of_another_therapy_is_not_the_start_of_treatment():
    found = sheet("""
        Patient|Start of next therapy|Date of transplant|Date of diagnosis|First dose
        1|2008-01-13|2008-02-13|2006-01-13|2007-01-13
        2|2008-01-14|2008-02-14|2006-01-14|2007-01-14""")
    assert told(found) == {
        "Patient": {"ours": "patient"},
        "First dose": date("treatment_start", ""),
    }


def test_the_date_of_the_last_dose_ends_treatment_and_the_last_contact_does_not():
    found = sheet("""
        Patient|Last dose date|Date of death or last contact
        1|2008-01-13|2008-02-13
        2|2008-01-14|2008-02-14""")
    assert told(found) == {
        "Patient": {"ours": "patient"},
        "Last dose date": date("treatment_end", ""),
        "Date of death or last contact": date("last_seen", ""),
    }


def test_values_without_a_day_or_month_are_left_and_the_reason_says_why():
    found = sheet("Patient|IgA g/L\n1|1.5\n2|1.6")
    assert told(found) == {"Patient": {"ours": "patient"}}
    assert "names no month" in found.reasons["IgA g/L"]


def test_spells_of_therapy_infections_and_endpoints_have_a_row_each():
    found = sheet("""
        Patient|Therapie|Beginn|Ende
        1|ASCT|13.02.2007|
        2|IVIG|14.02.2007|15.08.2007
        2|Folgetherapie|15.02.2008|""")
    kinds = {
        "ASCT": "transplant", "IVIG": "immunoglobulin replacement", "Folgetherapie": "next therapy",
    }  # fmt: skip
    assert told(found) == {
        "Patient": {"ours": "patient"},
        "Therapie": {"ours": "therapy", "codes": kinds},
        "Beginn": date("start"),
        "Ende": date("end"),
    }
    found = sheet(
        "Pat-ID|Infektion|CTCAE Grad|Beginn\n1|Sepsis|3|13.02.2007\n1|Zoster|2|14.03.2007"
    )
    assert told(found) == {
        "Pat-ID": {"ours": "patient"},
        "Infektion": {"ours": "infection"},
        "CTCAE Grad": {"ours": "grade", "codes": {"2": "2", "3": "3"}},
        "Beginn": date("start"),
    }
    found = sheet(
        "Patient|Endpunkt|Zeit (Monate)|zensiert\n1|OS|12,5|ja\n1|PFS|10,1|nein\n2|OS|9,5|ja"
    )
    assert told(found) == {
        "Patient": {"ours": "patient"},
        "Endpunkt": {"ours": "endpoint", "codes": {"OS": "OS", "PFS": "PFS"}},
        "Zeit (Monate)": {"ours": "time_to", "unit": "months"},
        "zensiert": {"ours": "event", "codes": {"ja": "0", "nein": "1"}},
    }


def test_units_that_nothing_tells_are_asked_once_for_columns_that_are_alike():
    found = sheet("""
        PatID|iga_bl|iga_m3|igg_bl|OS|OS_event
        1|54|66|700|12|1
        2|55|60|710|13|0""")
    assert told(found) == {
        "PatID": {"ours": "patient"},
        "iga_bl": value("IgA", "", month=0.0),
        "iga_m3": value("IgA", "", month=3.0),
        "igg_bl": value("IgG", "", month=0.0),
        "OS": {"ours": "time_to", "endpoint": "OS"},
        "OS_event": {"ours": "event", "endpoint": "OS", "codes": {"1": "1", "0": "0"}},
    }
    assert asked(found) == [("iga_bl", "unit", "iga_m3"), ("igg_bl", "unit"), ("OS", "unit")]
    assert "54 and 55" in found.questions[0].text
    assert [value for value, _ in found.questions[0].choices] == ["g/L", "mg/dL", "g/dL", "mg/L"]
    assert "months" in [value for value, _ in found.questions[2].choices]


def test_serial_numbers_of_a_spreadsheet_are_dates_beside_words_of_time_alone():
    found = sheet("Patient|Date|IgG mg/L|Nr\n1|39448|39448|39448\n1|39476|39476|39476")
    assert told(found) == {
        "Patient": {"ours": "patient"},
        "Date": date("when", ""),
        "IgG mg/L": value("IgG", "mg/L"),
    }


def test_a_sheet_that_says_nothing_gets_no_fields_and_a_reason_for_each_column():
    found = sheet("foo|bar\nx|1\ny|2")
    assert found.mapping.fields == ()
    assert set(found.reasons) == {"foo", "bar"}
    assert found.questions == ()


@pytest.mark.parametrize(
    "header", ["", " ", "🙂", "()", "[/]", "x" * 100_000, "datum" * 20_000, "\0"]
)
def test_no_header_stops_the_suggestion(header):
    found = suggested(["Patient", header], [["1", "2"], ["2", "+"]])
    assert told(found) == {"Patient": {"ours": "patient"}}
