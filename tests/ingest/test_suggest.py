"""A mapping is suggested for sheets as wards keep them, in five languages, and doubts are asked."""

from __future__ import annotations

import csv

from python_calamine import CalamineWorkbook

from igcore.ingest.mapping.document import checked
from tests.ingest.drawn import asked, date, sheet, suggested, told, value


def test_ward_a_needs_no_correction(shared):
    book = CalamineWorkbook.from_path(shared / "clinic" / "ward_a.xlsx")
    _, _, header, *rows = book.get_sheet_by_name("Immunoglobulins").to_python()
    found = suggested(header, rows)
    assert told(found) == {
        "Pat-Nr": {"ours": "patient"},
        "Date": date("when"),
        "Visit": {"ours": "when", "form": "month"},
        **{f"{ig} [g/L]": value(ig, "g/L") for ig in ("IgA", "IgG", "IgM")},
    }
    assert [f.theirs for f in found.mapping.of("when")] == ["Date", "Visit"]
    assert found.questions == ()
    header, *rows = book.get_sheet_by_name("Patients").to_python()
    found = suggested(header, rows)
    assert told(found) == {
        "Pat-Nr": {"ours": "patient"},
        "Sex (m/w)": {"ours": "sex", "codes": {"w": "F", "m": "M"}},
        "Age": {"ours": "age_years"},
        "Type": {"ours": "m_protein"},
        "Start of therapy": date("treatment_start", ""),
        "Best response": {
            "ours": "best_response",
            "codes": {word: word for word in ("SD", "PR", "CR", "PD", "MR", "VGPR")},
        },
        "Date of first response": date("first_response", ""),
        "Date of progression": date("progression", ""),
        "Date of death": date("death", ""),
        "Last seen": date("last_seen", ""),
    }
    assert found.questions == ()
    checked(found.mapping)


def test_ward_b_needs_no_correction(shared):
    text = (shared / "clinic" / "ward_b.csv").read_text(encoding="cp1252")
    header, *rows = csv.reader(text.splitlines(), delimiter=";")
    found = suggested(header, rows, "ward_b.csv")
    months = {
        f"{ig} M{m} mg/dl": value(ig, "mg/dL", month=float(m))
        for ig in ("IgA", "IgG", "IgM")
        for m in range(22)
    }
    assert told(found) == {
        "Patient-Nr": {"ours": "patient"},
        "Geschlecht": {"ours": "sex", "codes": {"weiblich": "F", "männlich": "M"}},
        "Alter": {"ours": "age_years"},
        "Isotyp": {"ours": "m_protein"},
        "Therapiebeginn": date("treatment_start"),
        "Ansprechen": {
            "ours": "best_response",
            "codes": {word: word for word in ("SD", "PR", "CR", "PD", "MR", "VGPR")},
        },
        "Ansprechen Tag": {"ours": "first_response", "form": "study day"},
        "PFS (Monate)": {"ours": "time_to", "endpoint": "PFS", "unit": "months"},
        "PFS Ereignis": {"ours": "event", "endpoint": "PFS", "codes": {"ja": "1"}},
        "OS (Monate)": {"ours": "time_to", "endpoint": "OS", "unit": "months"},
        "OS Ereignis": {"ours": "event", "endpoint": "OS", "codes": {"ja": "1", "nein": "0"}},
        **months,
    }
    assert found.questions == ()
    assert found.mapping.sheet == "ward_b"
    assert found.reasons["Geschlecht"] == (
        'The header says "Geschlecht"; its values are weiblich, männlich.'
    )
    checked(found.mapping)


def test_an_english_laboratory_list_with_limits_and_wrong_friends():
    found = sheet("""
        Subject ID|Sample type|Test|Collection date|Collection time|Result|Units|LLN|ULN|\
        Comment|SD
        S-01|serum|IgA|03/25/2008|08:30|45|mg/dL|70|400|ok|3.1
        S-01|serum|IgG|03/25/2008|08:30|<5|mg/dL|700|1600||
        S-01|serum|Albumin|04/02/2008|09:00|3.9|g/dL|3.5|5.0||
        S-02|serum|IgM|04/03/2008|10:00|1,150|mg/dL|40|230||2.2""")
    assert told(found) == {
        "Subject ID": {"ours": "patient"},
        "Sample type": {"ours": "specimen", "codes": {"serum": "serum"}},
        "Test": {"ours": "analyte", "codes": {"IgA": "IgA", "IgG": "IgG", "IgM": "IgM"}},
        "Collection date": date("when", "mdy"),
        "Collection time": {"ours": "time"},
        "Result": {"ours": "value", "thousands": ","},  # 3.9 has the decimal point
        "Units": {"ours": "unit"},
        "LLN": {"ours": "low"},
        "ULN": {"ours": "high"},
    }
    assert found.questions == ()


def test_an_english_patient_list_with_censoring_and_a_date_of_birth():
    found = sheet("""
        Patient|Gender|Date of birth|Age at enrolment|Myeloma type|Treatment start date|BOR|\
        OS [days]|OS CNSR|PFS months|PFS status|Arm
        1|Male|1950-01-02|58|IgG kappa|2008-01-15|VGPR|400|1|11.5|progressed|Len/Dex
        2|Female|1944-05-06|64|BJP|2008-02-15|stable disease|300|0|4.25|censored|Dex""")
    assert told(found) == {
        "Patient": {"ours": "patient"},
        "Gender": {"ours": "sex", "codes": {"Male": "M", "Female": "F"}},
        "Age at enrolment": {"ours": "age_years"},
        "Myeloma type": {"ours": "m_protein"},
        "Treatment start date": date("treatment_start", ""),
        "BOR": {"ours": "best_response", "codes": {"VGPR": "VGPR", "stable disease": "SD"}},
        "OS [days]": {"ours": "time_to", "endpoint": "OS", "unit": "days"},
        "OS CNSR": {"ours": "event", "endpoint": "OS", "codes": {"1": "0", "0": "1"}},
        "PFS months": {"ours": "time_to", "endpoint": "PFS", "unit": "months"},
        "PFS status": {
            "ours": "event", "endpoint": "PFS", "codes": {"progressed": "1", "censored": "0"},
        },
        "Arm": {"ours": "arm"},
    }  # fmt: skip
    assert "personal" in found.reasons["Date of birth"]


def test_a_german_list_of_visits_and_one_of_patients():
    found = sheet("""
        Pat.-ID|Studientag|Ansprechen|Bemerkung
        7|0|stabile Erkrankung|Husten
        7|28|teilweise Remission|
        8|0|Progress|
        8|29|k. A.|""")
    assert told(found) == {
        "Pat.-ID": {"ours": "patient"},
        "Studientag": {"ours": "when", "form": "day from 0"},
        "Ansprechen": {
            "ours": "response",
            "codes": {
                "stabile Erkrankung": "SD", "teilweise Remission": "PR", "Progress": "PD",
                "k. A.": "",
            },
        },
    }  # fmt: skip
    assert "0 is among them" in found.reasons["Studientag"]
    found = sheet("""
        Patienten-Nr.|Name|Geschlecht|Paraprotein|Leichtkette|Beginn der Therapie|\
        Datum Progress|Verstorben am|Zuletzt gesehen|Größe
        7|Meier|w|IgG|kappa|13.02.2007|||01.09.2008|170
        8|Huber|m|IgA|lambda|02.03.2007|04.05.2008|06.07.2008|06.07.2008|180""")
    assert told(found) == {
        "Patienten-Nr.": {"ours": "patient"},
        "Geschlecht": {"ours": "sex", "codes": {"w": "F", "m": "M"}},
        "Paraprotein": {"ours": "m_protein"},
        "Leichtkette": {"ours": "m_protein"},
        "Beginn der Therapie": date("treatment_start"),
        "Datum Progress": date("progression", ""),
        "Verstorben am": date("death", ""),
        "Zuletzt gesehen": date("last_seen", ""),
    }
    assert asked(found) == [
        ("Datum Progress", "day-month order", "Verstorben am", "Zuletzt gesehen")
    ]
    (question,) = found.questions
    assert "04.05.2008 and 06.07.2008" in question.text
    assert "The other dates of the sheet have the day first." in question.text
    assert question.choices == (("dmy", "4 May 2008"), ("mdy", "5 April 2008"))


def test_a_french_list_of_patients_and_one_of_samples():
    found = sheet("""
        N° patient|Sexe|Âge|Chaînes légères|Isotype|Début du traitement|Meilleure réponse|\
        Date de réponse|Date du décès|Date dernière nouvelle|Date de naissance
        F1|F|61|kappa|IgG|14/02/2007|rémission partielle|13/04/2007||25/06/2008|1/1/1940
        F2|H|70|lambda|IgA|02/03/2007|maladie stable||16/07/2008|16/07/2008|1/1/1941""")
    assert told(found) == {
        "N° patient": {"ours": "patient"},
        "Sexe": {"ours": "sex", "codes": {"F": "F", "H": "M"}},
        "Âge": {"ours": "age_years"},
        "Chaînes légères": {"ours": "m_protein"},
        "Isotype": {"ours": "m_protein"},
        "Début du traitement": date("treatment_start"),
        "Meilleure réponse": {
            "ours": "best_response",
            "codes": {"rémission partielle": "PR", "maladie stable": "SD"},
        },
        "Date de réponse": date("first_response"),
        "Date du décès": date("death"),
        "Date dernière nouvelle": date("last_seen"),
    }
    assert found.questions == ()
    found = sheet("""
        Patient|Visite|Date de prélèvement|IgA (g/L)|IgG (g/L)|Immunoglobuline M (g/l)|Remarque
        F1|M0|01/02/2007|0,54|1,234|0,2|
        F1|M1|03/03/2007|0,49|2,345|<0,07|
        F2|M0|04/05/2007|0,5|3,456|0,3|""")
    assert told(found) == {
        "Patient": {"ours": "patient"},
        "Date de prélèvement": date("when", ""),
        "Visite": {"ours": "when", "form": "month"},
        "IgA (g/L)": value("IgA", "g/L"),
        "IgG (g/L)": value("IgG", "g/L"),
        "Immunoglobuline M (g/l)": value("IgM", "g/L"),
    }
    assert asked(found) == [
        ("Date de prélèvement", "day-month order"), ("IgG (g/L)", "decimal or thousands"),
    ]  # fmt: skip
    assert found.questions[1].choices == (
        ("", "decimal sign: 1.234"), (",", "thousands: 1234"),
    )  # fmt: skip


def test_a_spanish_list_where_m_is_a_woman_and_no_is_no():
    found = sheet("""
        Código paciente|Sexo|Edad|Tipo|Fecha inicio tratamiento|Mejor respuesta|Éxitus|\
        Supervivencia global (meses)|SLP (meses)|Progresión|Última visita
        E1|H|66|IgG kappa|13/02/2007|respuesta parcial|no|12,5|10,1|sí|01/09/2008
        E2|M|58|no secretor|02/03/2007|RC|sí|20,2|18,3|no|13/09/2008
        E3|M|59|cadenas ligeras|02/03/2007|enfermedad estable|no|20,1|18,4|no|13/10/2008""")
    assert told(found) == {
        "Código paciente": {"ours": "patient"},
        "Sexo": {"ours": "sex", "codes": {"H": "M", "M": "F"}},
        "Edad": {"ours": "age_years"},
        "Tipo": {"ours": "m_protein"},
        "Fecha inicio tratamiento": date("treatment_start"),
        "Mejor respuesta": {
            "ours": "best_response",
            "codes": {"respuesta parcial": "PR", "RC": "CR", "enfermedad estable": "SD"},
        },
        "Éxitus": {"ours": "event", "endpoint": "OS", "codes": {"no": "0", "sí": "1"}},
        "Supervivencia global (meses)": {"ours": "time_to", "endpoint": "OS", "unit": "months"},
        "SLP (meses)": {"ours": "time_to", "endpoint": "PFS", "unit": "months"},
        "Progresión": {"ours": "event", "endpoint": "PFS", "codes": {"no": "0", "sí": "1"}},
        "Última visita": date("last_seen"),
    }


def test_an_italian_list_of_samples_and_one_of_patients():
    found = sheet("""
        Codice paziente|Data|IgA mg/dl|IgG mg/dl|IgM|Risposta
        I1|13/02/2007|54|1200|130|risposta parziale
        I1|14/03/2007|60|1100|133|RC
        I2|01/03/2007|70|900|120|malattia stabile
        I2|01/04/2007|75|910|120|progressione""")
    assert told(found) == {
        "Codice paziente": {"ours": "patient"},
        "Data": date("when"),
        "IgA mg/dl": value("IgA", "mg/dL"),
        "IgG mg/dl": value("IgG", "mg/dL"),
        "IgM": value("IgM", ""),
        "Risposta": {
            "ours": "response",
            "codes": {
                "risposta parziale": "PR", "RC": "CR", "malattia stabile": "SD",
                "progressione": "PD",
            },
        },
    }  # fmt: skip
    assert asked(found) == [("IgM", "unit")]
    assert "would fit mg/dL, but that is no proof" in found.questions[0].text
    found = sheet("""
        ID|Sesso|Componente monoclonale|Inizio terapia|Fine terapia|Decesso|\
        Data ultimo contatto|OS_mesi|OS|PFS_mesi|PFS evento
        I1|D|IgA k|13/02/2007|14/05/2007||15/09/2008|20|0|10|1
        I2|U|catene leggere|13/03/2007|14/06/2007|15/09/2008|15/09/2008|18|1|12|1""")
    assert told(found) == {
        "ID": {"ours": "patient"},
        "Sesso": {"ours": "sex", "codes": {"D": "F", "U": "M"}},
        "Componente monoclonale": {"ours": "m_protein"},
        "Inizio terapia": date("treatment_start"),
        "Fine terapia": date("treatment_end"),
        "Decesso": date("death"),
        "Data ultimo contatto": date("last_seen"),
        "OS_mesi": {"ours": "time_to", "endpoint": "OS", "unit": "months"},
        "OS": {"ours": "event", "endpoint": "OS", "codes": {"0": "0", "1": "1"}},
        "PFS_mesi": {"ours": "time_to", "endpoint": "PFS", "unit": "months"},
        "PFS evento": {"ours": "event", "endpoint": "PFS", "codes": {"1": "1"}},
    }
