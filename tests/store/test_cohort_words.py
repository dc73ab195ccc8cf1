"""Filters of the cohort as phrases, links and refusals, on eight patients made by hand."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from igcore import analysis
from igcore.analysis.spec import ANALYSES
from igcore.errors import EmptyCohort, Refused
from igcore.store.cohort import FILTERS


@pytest.mark.parametrize(
    ("filters", "ids", "words"),
    [
        ("sex=F&age_from=65", "36", "trials A, B; women; aged 65 or more"),
        ("sex=F&sex=M&trial=A&age_to=70", "12", "trials A; women and men; aged 70 or less"),
        (
            "isotype=IgG&isotype=light-chain&isotype=none&response=MR&response=CR",
            "13",
            "trials A, B; monoclonal protein IgG, light chain only or none or non-secretory; "
            "best response CR or MR",
        ),
        (
            "arm=Len&verdict=IgM-improved&verdict=IgA-improved&follow_up=1",
            "1",
            "trials A, B; arms Len; IgA improved or IgM improved by the usual rule; followed for at "
            "least 1 month",
        ),
        (
            "response=none&response=PD&follow_up=0.5",
            "57",
            "trials A, B; best response PD or none recorded; followed for at least 0.5 months",
        ),
    ],
)
def test_filters_together_keep_whom_each_keeps_and_are_a_phrase(eight, filters, ids, words):
    cohort = analysis.read(eight, f"overview?{filters}").cohort
    assert "".join(eight.rows("patients", **cohort.values()).patient) == ids
    assert cohort.words() == words
    assert analysis.ask(eight, f"overview?{filters}").population == f"n = {len(ids)}; {words}"


def test_a_link_holds_the_filters_in_their_order_and_says_the_same_again(eight):
    asked = (
        "recovery?follow_up=1&verdict=IgM-improved&verdict=IgA-improved&response=VGPR&response=CR"
        "&isotype=IgG&age_to=80&age_from=20.50&sex=F&data=1"
    )
    text = analysis.read(eight, asked).text
    pairs = parse_qsl(text.partition("?")[2])
    assert pairs[:11] == [
        *(("trial", "A"), ("trial", "B"), ("sex", "F"), ("age_from", "20.5"), ("age_to", "80")),
        *(("isotype", "IgG"), ("response", "CR"), ("response", "VGPR")),
        *(("verdict", "IgA-improved"), ("verdict", "IgM-improved"), ("follow_up", "1")),
    ]
    assert analysis.read(eight, text).text == text


def test_an_unset_filter_writes_nothing_so_that_old_links_stay_as_they_were(eight):
    assert analysis.read(eight, "overview").text == "overview?trial=A&trial=B&data=1"
    old = "subgroups?trial=A&arm=Len&endpoint=OS&group=sex&reference=F&data=1"
    assert analysis.read(eight, old).text == old


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("sex=f", 'Sex: "f" is not one of F, M.'),
        ("sex=", 'Sex: "" is not one of'),
        ("age_from=old", 'Age at least: "old" is not a number from 0 to 90 years.'),
        ("age_to=-1", 'Age at most: "-1" is not a number from 0 to 90 years.'),
        ("age_to=nan", 'Age at most: "nan" is not a number'),
        ("age_from=1&age_from=2", "Age at least is given 2 times; give it once."),
        ("isotype=IGG", 'Monoclonal protein: "IGG" is not one of IgG, IgA,'),
        ("response=NE", 'Best response: "NE" is not one of CR, VGPR, PR, MR, SD, PD, none.'),
        ("verdict=improved", 'Verdict: "improved" is not one of IgA-improved, IgA-not-improved,'),
        ("follow_up=601", 'Follow-up at least: "601" is not a number from 0 to 600 months.'),
        ("followup=6", '"followup" is not one of trial, arm, sex,'),
    ],
)
def test_a_wrong_filter_is_refused_in_words(eight, wrong, sentence):
    with pytest.raises(Refused) as refusal:
        analysis.read(eight, f"overview?{wrong}")
    assert sentence in str(refusal.value)


@pytest.mark.parametrize("name", [name for name in ANALYSES if name != "patient"])
def test_filters_that_leave_nobody_are_refused_in_words_by_every_analysis(eight, name):
    with pytest.raises(EmptyCohort, match=r"Nobody is left: .*women; aged 80 or more\. Leave a"):
        analysis.ask(eight, f"{name}?sex=F&age_from=80")


def test_no_parameter_of_an_analysis_has_the_name_of_a_filter():
    filters = [filter_.name for filter_ in FILTERS]
    for asked in ANALYSES.values():
        names = [parameter.name for parameter in asked.parameters]
        assert len(set(names)) == len(names), asked.name
        assert names[: len(filters)] == filters


def test_a_filter_by_what_came_later_is_told_beside_the_answer(eight):
    told = analysis.ask(eight, "survival?response=CR&response=MR&group=sex").said[0]
    assert told.startswith("Only patients with this are shown: best response CR or MR.")
    assert "they had to live long enough for it" in told
    for filters in ("", "sex=F", "age_from=50&isotype=IgG&isotype=IgA"):
        notes = analysis.ask(eight, f"recovery?{filters}").said
        assert not any("long enough" in note for note in notes)


def test_a_link_to_one_patient_is_never_refused_because_of_a_filter(eight):
    inside = analysis.ask(eight, "patient?key=1&sex=F&response=CR")
    assert not any("not among" in note for note in inside.said)
    outside = analysis.ask(eight, "patient?key=2&sex=F&response=CR")
    assert outside.title == "Patient 2, A"
    assert outside.said[0] == (
        "This patient is not among those that the filters leave: trials A; women; best response CR."
    )


def test_the_first_patient_is_the_first_whom_the_filters_keep(eight):
    assert analysis.read(eight, "patient?verdict=IgM-improved").values["key"] == 2
    with pytest.raises(EmptyCohort, match="Nobody is left"):
        analysis.read(eight, "patient?sex=F&age_from=80")
