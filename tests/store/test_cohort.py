"""Filters of the cohort on eight patients made by hand: whom each of them keeps."""

from __future__ import annotations

import pytest

from igcore import analysis
from igcore.analysis.spec import size
from igcore.ingest.isotypes import involved
from igcore.store.relations import question


def kept(pool, filters: str) -> str:
    """Ids of the patients whom the filters keep, as one word."""
    cohort = analysis.read(pool, f"overview?{filters}").cohort
    found = pool.rows("patients", **cohort.values())
    assert size(pool, cohort) == len(found)
    return "".join(found.patient)


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ("", "12345678"),
        ("trial=B", "5678"),
        ("arm=Len", "1357"),
        ("sex=F", "1368"),
        ("sex=F&sex=M", "1234678"),  # without the one whose sex is not known
        ("age_from=65", "2346"),
        ("age_to=65", "1278"),
        ("age_from=65&age_to=75", "236"),
        ("age_from=90", "4"),
        ("age_from=0", "1234678"),
    ],
)
def test_a_filter_of_the_patient_keeps_whom_it_names_and_no_unknown_ones(eight, filters, ids):
    assert kept(eight, filters) == ids


@pytest.mark.parametrize(
    ("isotype", "ids"),
    [
        ("IgG", "16"),  # a biclonal protein counts as both
        ("IgA", "26"),
        ("IgM", ""),
        ("IgD", "7"),
        ("light-chain", "3"),
        ("none", "48"),
        ("unknown", "5"),
        ("IgD&isotype=light-chain", "37"),
    ],
)
def test_the_monoclonal_protein_is_chosen_by_its_heavy_chains(eight, isotype, ids):
    assert kept(eight, f"isotype={isotype}") == ids


LIGHT = (
    "LC kappa|LC|lambda light chain|Light-chain only|BJP|Bence Jones|FLC lambda|Leichtkette κ|"
    "leichte Ketten|chaînes légères kappa|chaine légère|cadenas ligeras lambda|catene leggere|"
    "micromolecolare|kappa|λ|K"
)
NEITHER = (
    "non-secretory|nonsecretory|none|no M-protein|nicht sekretorisch|Nicht sezernierend|"
    "asekretorisch|non sécrétant|no secretor|non secernente|kein Paraprotein|"
    "sin componente monoclonal|pas de composante monoclonale|senza componente monoclonale"
)


def test_light_chains_are_told_from_no_protein_in_what_clinics_write(pool, add):
    texts = [*LIGHT.split("|"), *NEITHER.split("|")]
    assert {involved(text) for text in texts} == {()}
    people = [{"trial": "A", "patient": text, "m_protein": text} for text in texts]
    add(patients=people)
    for code, wanted in (("light-chain", LIGHT), ("none", NEITHER)):
        cohort = analysis.read(pool, f"overview?isotype={code}").cohort
        found = pool.rows("patients", **cohort.values())
        assert sorted(found.patient) == sorted(wanted.split("|"))


def test_in_a_trial_without_monoclonal_protein_nobody_is_unknown(pool, add):
    from igcore.ingest import Options

    add(Options(no_m_protein=True), patients=[{"trial": "A", "patient": "1"}])
    assert kept(pool, "isotype=none") == "1"
    assert kept(pool, "isotype=unknown") == ""


@pytest.mark.parametrize(
    ("response", "ids"),
    [
        ("CR", "1"),
        ("VGPR", "24"),  # nCR before progression; undated
        ("PR", ""),
        ("MR", "3"),
        ("SD", "6"),
        ("PD", "78"),
        ("none", "5"),
        ("CR&response=none", "15"),
    ],
)
def test_the_best_response_is_dated_before_progression_and_next_therapy_or_undated(
    eight, response, ids
):
    assert kept(eight, f"response={response}") == ids


@pytest.mark.parametrize(
    ("verdict", "ids"),
    [
        ("IgA-improved", "1"),  # 60 -> 75: exactly 25 %
        ("IgA-not-improved", "34"),  # 60 -> 74.9; 300 -> 200
        ("IgA-not-evaluable", "78"),
        ("IgA-not-assessable", "256"),
        ("IgA-indeterminate", ""),
        ("IgM-improved", "27"),
        ("IgA-improved&verdict=IgM-improved", "127"),
    ],
)
def test_the_verdict_is_that_of_the_usual_rule_and_one_of_several_is_enough(eight, verdict, ids):
    assert kept(eight, f"verdict={verdict}") == ids


def test_the_verdict_of_a_filter_does_not_follow_the_rule_of_the_page(eight):
    asked = "recovery?verdict=IgA-improved&rise=50&final=best&analyte=IgA"
    table = analysis.ask(eight, asked).table("verdicts")
    assert list(table.patient) == ["1"]
    assert list(table.verdict) == ["in_range_no_rise"]


@pytest.mark.parametrize(
    ("months", "ids"),
    [
        ("0", "12345678"),
        ("6.5", "1236"),  # 6: next therapy on day 200
        ("11.9", "123"),
        ("12", "23"),  # 365.25 days
        ("24", "3"),  # exactly 730.5 days
        ("24.1", ""),
    ],
)
def test_follow_up_reaches_to_the_last_end_or_record(eight, months, ids):
    assert kept(eight, f"follow_up={months}") == ids


def test_follow_up_counts_an_endpoint_from_its_own_origin(pool, add):
    who = {"trial": "A", "patient": "1"}
    end = {"endpoint": "DOR", "time_days": 30, "event": 0, "origin_day": 337}
    add(patients=[who], outcomes=[{**who, **end}])
    assert kept(pool, "follow_up=12.02") == "1"  # elapsed 336 + 30 = 366 days = 12.025 months
    assert kept(pool, "follow_up=12.03") == ""


def test_an_unset_filter_is_not_even_planned(eight):
    def plan(filters: str) -> str:
        cohort = analysis.read(eight, f"overview?trial=A&trial=B{filters}").cohort
        with eight.reading() as cursor:
            asked = f"explain {question('cohort_size')[0]}"
            return cursor.execute(asked, cohort.values()).fetchall()[0][1]

    bare = plan("")
    assert not {"get_bit", "bit_length", "responses", "outcomes", "measurements"} & set(
        bare.split()
    )
    assert "bit" not in bare
    assert "bit" in plan("&sex=F")
