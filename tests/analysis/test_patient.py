"""One patient: what each value is to the rule, the limits in use, the course, others, the search.

Expected values are worked by hand from DOMAIN.md, parts b and c.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from igcore import analysis
from igcore.analysis.patient import DRAWN, FIRST, Place, matches, place
from igcore.errors import Refused
from igcore.ingest import Report
from igcore.store import Pool

Add = Callable[..., Report]
WHO = {"trial": "T", "patient": "1"}


def value(analyte: str, day: float, given: object, **more: object) -> dict:
    """One value in mg/dL with IgA's usual limits, of patient 1 unless said."""
    row = {"analyte": analyte, "day": day, "value": given, "unit": "mg/dL"}
    return {**WHO, **row, "low": 70, "high": 400, **more}


def strips(pool: Pool, text: str = "patient") -> dict[str, list[tuple]]:
    """The course as strip -> marks with their words."""
    table = analysis.ask(pool, text).table("course")
    return {
        name: list(rows[["mark", "words"]].itertuples(index=False, name=None))
        for name, rows in table.groupby("strip", sort=False)
    }


def test_each_value_is_told_what_it_is_to_the_rule(pool: Pool, add: Add) -> None:
    """b5.2 and b5.3: baseline window 35 days, treatment to day 100 and 30 more, IVIG from 40."""
    days = (-36, -35, 1, 29, 40, 130, 131)
    add(
        patients=[{**WHO, "m_protein": "IgA kappa", "treatment_end_day": 100}],
        measurements=[value("IgG", day, 800, low=700, high=1600) for day in days]
        + [value("Calprotectin", 1, 5)],
        therapies=[{**WHO, "kind": "immunoglobulin replacement", "start_day": 40}],
    )
    rows = analysis.ask(pool, "patient").table("measurements")
    igg = rows[rows.analyte == "IgG"].set_index("day").counts.to_dict()
    assert igg == {
        -36: "too old",
        -35: "before",
        1: "before",
        29: "counted",
        40: "replaced",
        130: "replaced",
        131: "ended",
    }
    assert rows[rows.analyte == "Calprotectin"].counts.isna().all()


def test_limits_in_use_are_the_record_s_the_default_or_the_named_laboratory_s(
    pool: Pool, add: Add
) -> None:
    """b5.5 and c: without limits 70-400; Mayo nephelometry has 61-356 for IgA."""
    add(
        patients=[{**WHO, "m_protein": "IgG kappa"}],
        measurements=[
            value("IgA", 1, 65, low=50, high=300),
            value("IgA", 30, 65, low="", high=""),
            value("Ferritin", 1, 5, low=10, high=20, unit="U/L"),
        ],
    )
    answer = analysis.ask(pool, "patient")
    rows = answer.table("measurements").set_index(["analyte", "day"])
    used = [[*row] for row in rows.loc["IgA"][["used_low", "used_high"]].round(12).to_numpy()]
    assert used == [[0.5, 3.0], [0.7, 4.0]]
    assert list(rows.loc["IgA"].range_class) == ["normal", "low"]
    assert list(rows.loc["IgA"].range_of) == [None, "U Chicago (Tietz/Roche)"]
    assert rows.loc["Ferritin"].range_class.tolist() == ["low"]
    assert (
        "IgA: records without limits of their own; the range of U Chicago (Tietz/Roche) stands in."
        in answer.said
    )
    named = analysis.ask(pool, "patient?range=Mayo%20nephelometry")
    rows = named.table("measurements").set_index(["analyte", "day"])
    assert rows.loc["IgA"].used_low.round(12).tolist() == [0.61, 0.61]
    assert rows.loc["IgA"].range_class.tolist() == ["normal", "normal"]
    assert rows.loc["Ferritin"].used_low.tolist() == [10]  # no laboratory has a range for it
    assert named.said == ()


def test_the_course_says_what_happened_and_what_was_not_recorded(pool: Pool, add: Add) -> None:
    """Day d is month (d - 1) / 30.4375: day 305.375 is month 10.0, day 609.75 month 20.0."""
    add(
        patients=[{**WHO, "treatment_end_day": 305.375}],
        responses=[
            {**WHO, "day": day, "response": word}
            for day, word in ((30, "PR"), (60, "PR"), (90, "CR"), (305.375, "PD"))
        ],
        outcomes=[
            {**WHO, "endpoint": "OS", "time_days": 609.75, "event": 0},
            {**WHO, "endpoint": "PFS", "time_days": 400, "event": 1},
            {**WHO, "endpoint": "TTNT", "time_days": 609.75, "event": 1},
        ],
        infections=[{**WHO, "start_day": 5, "end_day": 9, "term": "Pneumonia", "grade": 3}],
        therapies=[{**WHO, "kind": "transplant", "start_day": 305.375}],
    )
    assert strips(pool) == {
        "Study treatment": [("bar", "to month 10.0")],
        "Response": [("dot", "PR"), ("dot", ""), ("dot", "CR"), ("dot", "PD")],
        "Replacement": [("none", "none recorded")],
        "Infections": [("bar", "Pneumonia G3")],
        "Transplant": [("event", "month 10.0")],
        "Progression": [("event", "PD, month 10.0")],
        "Death or last seen": [("open", "last seen alive, month 20.0")],
        "TTNT": [("event", "event, month 20.0")],
    }


@pytest.mark.parametrize(
    ("outcomes", "progression", "end"),
    [
        (
            [("OS", 366, 1, 1), ("PFS", 366, 1, 1)],
            ("event", "at death (PFS event), month 12.0"),
            ("event", "died, month 12.0"),
        ),
        (
            [("PFS", 366.25, 0, 1)],
            ("open", "none by month 12.0 (PFS censored)"),
            ("open", "survival not recorded; last record month 12.0"),
        ),
        (  # 14 days before treatment: the 30th day from there is day 16, 15 days elapsed
            [("PFS", 30, 1, -14)],
            ("event", "PFS event, month 0.5"),
            ("open", "survival not recorded; last record month 0.5"),
        ),
        (
            [],
            ("none", "none recorded"),
            ("open", "survival not recorded; last record month 0.0"),
        ),
    ],
)
def test_progression_and_the_end_are_told_from_what_there_is(
    pool: Pool, add: Add, outcomes, progression, end
) -> None:
    rows = [
        {**WHO, "endpoint": name, "time_days": days, "event": event, "origin_day": origin}
        for name, days, event, origin in outcomes
    ]
    add(patients=[WHO], **({"outcomes": rows} if rows else {}))
    found = strips(pool)
    assert found["Progression"] == [progression]
    assert found["Death or last seen"] == [end]
    assert found["Study treatment"] == [("open bar", "end not recorded")]


def test_others_are_of_the_same_trial_and_neither_involved_nor_under_replacement(
    pool: Pool, add: Add
) -> None:
    """b1 and b2.4: 2's IgA is involved, its IgG is replaced from day 30 until 183 days after 40."""
    people = [("T", "1", "IgG kappa"), ("T", "2", "IgA kappa"), ("T", "3", ""), ("U", "4", "LC k")]
    add(
        patients=[{"trial": t, "patient": p, "m_protein": m} for t, p, m in people],
        measurements=[
            value(analyte, day, "<8" if analyte == "IgM" else 80, trial=t, patient=p)
            for t, p, _ in people
            for analyte in ("IgA", "IgG", "IgM")
            for day in (1, 30, 223, 224)
        ],
        therapies=[
            {
                "trial": "T",
                "patient": "2",
                "kind": "immunoglobulin replacement",
                "start_day": 30,
                "end_day": 40,
            }
        ],
    )
    shown = analysis.ask(pool, "patient?trial=T&key=1&others=trial")
    found = shown.table("others")
    assert set(found.patient_key) == {2}  # of 3 the isotype is unknown: none of its values
    assert found[found.analyte == "IgG"].day.tolist() == [1, 224]
    assert found[found.analyte == "IgM"].day.tolist() == [1, 30, 223, 224]
    assert set(found[found.analyte == "IgM"].level.round(12)) == {0.04}  # "<8" at 4 mg/dL
    assert "IgA" not in set(found.analyte)
    assert "Pale lines: 1 other patient of the trial" in shown.method
    assert analysis.ask(pool, "patient?key=1").table("others").empty


def test_of_many_others_a_drawn_sample_is_shown_and_said(pool: Pool, add: Add) -> None:
    names = [str(i) for i in range(DRAWN + 31)]
    add(
        patients=[{"trial": "T", "patient": name, "m_protein": "LC k"} for name in names],
        measurements=[value("IgA", 1, 80, patient=name) for name in names],
    )
    shown = analysis.ask(pool, "patient?others=trial")
    assert shown.table("others").patient_key.nunique() == DRAWN
    assert f"{DRAWN} of {DRAWN + 30} other patients of the trial, drawn by lot" in shown.method
    again = analysis.ask(pool, "patient?others=trial")
    assert again.table("others").equals(shown.table("others"))


def test_a_few_other_analytes_are_chosen_and_the_rest_is_counted(pool: Pool, add: Add) -> None:
    names = [f"A{i}" for i in range(FIRST + 2)]
    add(patients=[WHO], measurements=[value(name, 1, 5, unit="U/L") for name in names])
    answer = analysis.ask(pool, "patient")
    assert answer.table("shown").analyte.tolist() == names[:FIRST]
    assert "2 other analytes not drawn; all are in the table below." in answer.said
    chosen = analysis.ask(pool, "patient?measured=A7&measured=A1")
    assert chosen.table("shown").analyte.tolist() == ["A1", "A7"]
    assert "&measured=A1&measured=A7&" in chosen.query
    with pytest.raises(Refused, match='Other analytes: "A99" is not one of'):
        analysis.ask(pool, "patient?measured=A99")


def cohort(pool: Pool, text: str):
    """The cohort of a query."""
    return analysis.read(pool, text).cohort


def test_patients_are_stepped_through_by_trial_and_id_among_the_filtered(
    pool: Pool, add: Add
) -> None:
    people = [("U", "1", "A"), ("T", "b", "A"), ("T", "a", "B"), ("T", "c", "A")]
    add(patients=[{"trial": t, "patient": p, "arm": arm} for t, p, arm in people])
    every = cohort(pool, "patient?trial=T&trial=U")  # a 3, b 2, c 4, then 1 of U
    assert place(pool, every, 3) == Place(4, 1, 3, None, 2)
    assert place(pool, every, 4) == Place(4, 3, 3, 2, 1)
    assert place(pool, every, 1) == Place(4, 4, 3, 4, None)
    arm = cohort(pool, "patient?trial=T&arm=A&key=2")
    assert place(pool, arm, 2) == Place(2, 1, 2, None, 4)
    assert place(pool, arm, 3) == Place(2, 0, 2, None, None)


def test_a_search_finds_any_text_as_it_stands_and_says_how_many(pool: Pool, add: Add) -> None:
    names = ["AB-1", "xab-1", "ab-10", "50%", "a_b", "O'Neil; --", "AB"]
    add(patients=[{"trial": "T", "patient": name} for name in names])
    all_ = cohort(pool, "patient")

    def found(text: str, most: int = 50) -> tuple[list[str], int]:
        rows, n = matches(pool, all_, text, most)
        return rows.patient.tolist(), n

    assert found("ab") == (["AB", "AB-1", "ab-10", "xab-1"], 4)
    assert found("AB-1") == (["AB-1", "ab-10", "xab-1"], 3)
    assert found("ab", 2) == (["AB", "AB-1"], 4)
    assert found("%") == (["50%"], 1)
    assert found("_") == (["a_b"], 1)
    assert found("'Neil; --") == (["O'Neil; --"], 1)
    assert found("nobody") == ([], 0)
