"""Columns that could tell who a patient is: found by header and by content, and none too many."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pytest

from igcore.ingest.privacy.columns import Personal, personal
from igcore.ingest.privacy.headers import by_header
from igcore.store import ROOT, schema


def _listed(text: str, between: str = " ") -> list[str]:
    return text.split(between)


IDS = [f"P-{n:03}" for n in range(40)]
SURNAMES = _listed(
    "Yilmaz Okafor Lindqvist Nowak Haddad Kowalczyk Ferreira Nakamura Olsen Petrov "
    "Szabo Dimitrov Horvat Bakker Virtanen Eriksen Moreau Castellan Brandt Keller"
)
GIVEN = _listed(
    "Aylin Chidi Saga Zofia Samir Olek Duarte Haruto Liv Oleg Zsofia Ivo Luka Sanne Aino Tor "
    "Axelle Ilario Wiebke Urs"
)


def look(columns: dict[str, Sequence[str | None]]) -> dict[str, Personal]:
    """What is personal in a sheet of these columns, by header."""
    table = {"line": pa.array(range(len(next(iter(columns.values())))), pa.int64())}
    for index, cells in enumerate(columns.values()):
        table[f"c{index}"] = pa.array(cells, pa.string())
    with duckdb.connect() as connection:
        connection.register("sheet", pa.table(table))
        found = personal(connection, "sheet", list(columns))
    return {one.column: one for one in found}


def kind_of(cells: Sequence[str | None], header: str = "Angabe") -> str | None:
    """The kind that a column's content shows, beside a column of patients."""
    told = look({"Patient": [IDS[n % 40] for n in range(len(cells))], header: cells})
    return told[header].kind if header in told else None


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        (
            "a name",
            "Name|Vorname|Nachname|Patientenname|Patient Name|PatientName|Name, Vorname|Surname|"
            "First name|Last name|Nom|Prénom|Nom de famille|Nombre|Apellidos|Nome|Cognome|INVNAM|"
            "Name des Patienten|Nombre del paciente|Initials|Investigator name|Geburtsname",
        ),
        (
            "a birth date",
            "DOB|Date of birth|Birth date|BRTHDTC|BRTHDT|Geburtsdatum|geb.|Geb.-Datum|Jahrgang|"
            "Year of birth|YOB|Date de naissance|Né(e) le|Fecha de nacimiento|Data di nascita",
        ),
        (
            "an address",
            "Address|Adresse|Anschrift|Straße|PLZ|Postleitzahl|ZIP code|Postcode|Code postal|"
            "Dirección|Indirizzo|Wohnort|Street|City",
        ),
        (
            "a telephone number",
            "Telefon|Tel.|Phone|Telephone no|Handy|Mobile|Teléfono|Cellulare|Tel-Nr|Fax",
        ),
        ("an e-mail address", "E-Mail|email|Email address|Mail|Courriel|Correo electrónico"),
        (
            "a record number",
            "MRN|Record no|Record number|Fallnummer|Fall-Nr.|Hospital number|Aktenzeichen|"
            "N° dossier|Medical record|Historia clínica|Cartella clinica",
        ),
        (
            "an insurance or identity number",
            "Versicherungsnummer|Versichertennr.|KV-Nr|NHS number|SSN|n° sécurité sociale|NIR|"
            "Codice fiscale|DNI|Insurance no|Krankenversicherungsnummer|Passport number",
        ),
    ],
)
def test_headers_in_five_languages_announce_personal_data(kind, headers) -> None:
    assert {header: by_header(header) for header in headers.split("|")} == dict.fromkeys(
        headers.split("|"), kind
    )


@pytest.mark.parametrize(
    "header",
    _listed(
        "Patient|Patient-ID|Pat-Nr|Patient-Nr|USUBJID|SUBJID|SITEID|MM-ID|Subject|public_id|PUBLIC_ID|"
        "Arm|ARM|Drug name|File name|Trial name|PARAM name|Name of the drug|Visit|AVISIT|VISITNUM|"
        "Analyte|AEDECOD|AETERM|CMDECOD|LBTEST|LBNAM|PARAM|PARAMCD|Site|Age|Alter|Sex|Geschlecht|"
        "Therapiebeginn|Ansprechen Tag|IgA M0 mg/dl|IgG [g/L]|Date of death|Date of progression|"
        "Last seen|Remark|RFICDTC|TRTSDT|Nombre de patients|Nombre de cycles|Studienname|Birth weight|"
        "Country|Telephone visit|Initial dose|Record ID|Phase|Zyklus|Laboratory name|ADT|DTHDTC",
        "|",
    ),
)
def test_headers_of_a_trial_raise_no_alarm(header) -> None:
    assert by_header(header) is None


def test_a_header_is_enough_even_where_the_cells_are_empty() -> None:
    told = look({"Patient": IDS, "Vorname": [None] * 40})
    assert told["Vorname"] == Personal("Vorname", 1, "a name", told["Vorname"].reason)


def test_surname_and_first_name_that_differ_per_patient_are_names() -> None:
    pairs = list(zip(SURNAMES, GIVEN, strict=True))
    assert kind_of([f"{last}, {first}" for last, first in pairs]) == "a name"
    assert kind_of([f"{first} {last}" for last, first in pairs]) == "a name"


def test_names_in_the_column_of_the_patients_are_found() -> None:
    cells = [f"{last}, {first}" for last, first in zip(SURNAMES, GIVEN, strict=True)] * 3
    told = look({"Sample day": [str(n) for n in range(20)], "Patient": cells[:20]})
    assert told["Patient"].kind == "a name"


def test_frequent_first_names_alone_are_names() -> None:
    assert kind_of(["Anna", "Hans", "Peter", "Maria", "Oleg"], "P") == "a name"


def test_words_that_repeat_across_patients_are_not_names() -> None:
    arms = ["Lenalidomide Dexamethasone", "Placebo Dexamethasone", "Len, Dex"] * 13
    assert kind_of(arms, "Gruppe") is None
    terms = ["Herpes Zoster", "Atrial Fibrillation", "Back Pain", "Lung Infection", "Deep Vein"]
    assert kind_of(terms * 8, "AEDECOD") is None
    # Several terms for each patient: no name, whatever the header is.
    told = look(
        {"Patient": [IDS[n % 10] for n in range(40)], "X": [f"{a} Pain" for a in SURNAMES] * 2}
    )
    assert "X" not in told


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["ok", "see a.b@clinic.example", "ok"], "an e-mail address"),
        (["0711/123456", "089 4455667", "+49 171 2345678"], "a telephone number"),
        (["(555) 123-4567", "555-987-6543", "555.222.1234"], "a telephone number"),
        (["06 12 34 56 78", "01 98 76 54 32", "04 11 22 33 44"], "a telephone number"),
        (["Hauptstraße 5, 70173 Stuttgart", "Am Weg 3", "Bahnhofstr. 12a"], "an address"),
        (["12 High Street", "4 Park Road, Leeds", "77 Mill Lane"], "an address"),
        (["SW1A 1AA", "M1 1AE", "LS2 9JT"], "an address"),
        # A is 01: 0 * 1 + 1 * 2 = 2, and 2 is the check digit; B gives 4, C gives 6.
        (["A000000002", "B000000004", "C000000006"], "an insurance or identity number"),
        (["078-05-1120", "219-09-9999", "457-55-5462"], "an insurance or identity number"),
        (["RSSMRA85T10A562S", "VRDLGI50A01F205X", "BNCMRA60B41H501Z"], "an insurance or identity number"),
        # 12345678 leaves 14 after division by 23, which is Z; 0 is T, 1 is R.
        (["12345678Z", "00000000T", "00000001R"], "an insurance or identity number"),
    ],
)  # fmt: skip
def test_content_tells_what_the_header_does_not(cells, kind) -> None:
    assert kind_of(cells) == kind


def nhs(start: int, count: int) -> list[str]:
    """Sound NHS numbers, by the published rule written out."""
    made: list[str] = []
    while len(made) < count:
        start += 1
        digits = [int(d) for d in str(start)]
        total = sum(w * d for w, d in zip(range(10, 1, -1), digits, strict=True))
        check = 11 - total % 11
        if check != 10:
            made.append(f"{start}{0 if check == 11 else check}")
    return made


def test_nhs_numbers_are_found_even_in_the_column_of_the_patients() -> None:
    # 943 476 5919 is the example of the NHS data dictionary.
    assert nhs(943_476_590, 1)[0] == "9434765919"
    assert (
        look({"Patient": nhs(943_476_590, 12)})["Patient"].kind == "an insurance or identity number"
    )


def test_ten_digit_study_numbers_are_not_nhs_numbers() -> None:
    for header in ("Patient", "Subject", "USUBJID", "Sample"):
        assert not look({header: [str(1_000_000_000 + 7 * n) for n in range(60)]})


def test_study_numbers_written_like_other_numbers_raise_no_alarm() -> None:
    assert kind_of([f"01-701-{1015 + n}" for n in range(30)], "USUBJID") is None
    assert kind_of([f"101-01-{1000 + n}" for n in range(30)], "Nummer") is None
    assert kind_of([f"A{123_456_000 + n}" for n in range(30)], "Kennung") is None


def test_dates_a_life_before_the_others_are_birth_dates() -> None:
    born = [f"{1 + n:02}.03.{1930 + 2 * n}" for n in range(20)]
    start = [f"2007-0{1 + n % 9}-11" for n in range(20)]
    told = look({"Datum 1": born, "Datum 2": start})
    assert [(one.column, one.index, one.kind) for one in told.values()] == [
        ("Datum 1", 0, "a birth date")
    ]


def test_birth_dates_with_two_figures_for_the_year_are_found() -> None:
    born = [f"{1 + n:02}.03.{40 + n}" for n in range(20)]
    assert kind_of(born) == "a birth date"


def test_dates_of_diagnosis_some_years_before_treatment_are_not_births() -> None:
    before = [f"{1990 + n}-03-11" for n in range(15)]
    start = [f"200{n % 8}-0{1 + n % 9}-11" for n in range(15)]
    assert not look({"Datum 1": before, "Datum 2": start})


def test_measured_values_raise_no_alarm() -> None:
    assert kind_of([f"{0.51 + n / 10:.2f}".replace(".", ",") for n in range(40)]) is None
    assert kind_of(["<0,07", "0.0123456789", "1234.5678", "+12.5", "-3"] * 8) is None
    assert kind_of(["08:30", "12:15", "2007-01-02T08:30"] * 5) is None


def test_no_message_repeats_a_value() -> None:
    told = look(
        {"Remark": ["call me", "write to zz@y.example", "x"], "Q": ["Anna", "Hans", "Maria"]}
    )
    assert {one.kind for one in told.values()} == {"an e-mail address", "a name"}
    for one in told.values():
        assert not any(word in one.reason for word in ("zz", "Anna", "Hans", "Maria"))


def test_a_column_that_fills_up_late_is_seen_in_a_long_sheet() -> None:
    cells = [None] * 5_000 + ["a@clinic.example"] * 5_000
    assert look({"Patient": IDS * 250, "Bem.": cells})["Bem."].kind == "an e-mail address"


def of_csv(path: Path, delimiter: str = ",", encoding: str = "utf-8-sig") -> dict[str, Personal]:
    with path.open(newline="", encoding=encoding) as file:
        header, *rows = csv.reader(file, delimiter=delimiter)
    return look({name: [row[n] or None for row in rows] for n, name in enumerate(header)})


def test_templates_and_demo_data_raise_no_alarm() -> None:
    files = [
        *(ROOT / "data" / "demo").glob("*/*.csv"),
        *(ROOT / "data" / "templates").glob("*.csv"),
    ]
    assert len(files) == 3 * len(schema.TABLES)
    assert [path for path in files if of_csv(path)] == []


def test_the_wards_raise_no_alarm(shared) -> None:
    clinic = shared / "clinic"
    assert not of_csv(clinic / "ward_b.csv", ";", "windows-1252")
    for sheet in openpyxl.load_workbook(clinic / "ward_a.xlsx"):
        rows = [[None if c is None else str(c) for c in row] for row in sheet.values]
        top = next(n for n, row in enumerate(rows) if row[1])
        columns = {name: [r[n] for r in rows[top + 1 :]] for n, name in enumerate(rows[top])}
        assert "Pat-Nr" in columns
        assert not look(columns)


def test_of_an_adam_delivery_only_the_birth_date_is_personal(shared) -> None:
    told = {path.name: list(of_csv(path)) for path in (shared / "adam_onco").glob("*.csv")}
    assert told == {
        "adsl.csv": ["BRTHDTC"],
        "adlb.csv": [],
        "adrs_onco.csv": [],
        "adtte_onco.csv": [],
    }


def test_the_dates_of_birth_of_an_adam_delivery_are_known_by_content_too(shared) -> None:
    with (shared / "adam_onco" / "adsl.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    columns = {name: [row[n] or None for row in rows] for n, name in enumerate(header)}
    columns["D"] = columns.pop("BRTHDTC")
    assert {name: one.kind for name, one in look(columns).items()} == {"D": "a birth date"}


def test_of_the_commpass_dictionary_only_the_year_of_birth_is_personal(shared) -> None:
    path = shared / "commpass" / "data_dictionary_v25.csv"
    with path.open(newline="", encoding="utf-8-sig") as file:
        names = [row["MMRF Variable Name"] for row in csv.DictReader(file)]
    assert len(names) > 300
    assert {name for name in names if by_header(name)} == {"year_of_birth"}
