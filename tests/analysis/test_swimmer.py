"""The lanes and markers of the swimmer plot, worked by hand on invented patients."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from igcore import analysis
from igcore.analysis.survival import swimmer as module
from igcore.errors import Refused
from igcore.store import Pool
from tests.analysis.test_specification import pool_of

MONTH = 30.4375


def who(name: str) -> dict:
    return {"trial": "T", "patient": name}


def tables() -> dict[str, list[dict]]:
    """Four patients, days on the study clock (day d is d - 1 days after first treatment).

    a: PR on day 29, again on 57, CR on 85, PD on 113 with PFS, a CR after it; next therapy on day
    120; treated until day 100; dead at 400. IgA 50 at baseline, 80 and 90 (range 70-400) on 29, 57.
    b: SD, PFS event and death on the same day 61; end of treatment unknown. c: VGPR at once on day
    29, in follow-up at 300 (its PFS ended at 200), last sample on day 350. d: nothing but OS.
    """
    patients = [
        {**who("a"), "arm": "x", "m_protein": "IgG kappa", "treatment_end_day": 100},
        {**who("b"), "arm": "y", "m_protein": "IgG kappa"},
        {**who("c"), "arm": "y", "m_protein": "IgA kappa", "treatment_end_day": 320},
        {**who("d"), "treatment_end_day": 5},
    ]
    responses = [
        *[
            {**who("a"), "day": d, "response": r}
            for d, r in ((29, "PR"), (57, "PR"), (85, "CR"), (113, "PD"), (130, "CR"))
        ],
        {**who("b"), "day": 29, "response": "SD"},
        {**who("c"), "day": 29, "response": "VGPR"},
    ]
    outcomes = [
        *[
            {**who(n), "endpoint": "OS", "time_days": t, "event": e}
            for n, t, e in (("a", 400, 1), ("b", 61, 1), ("c", 300, 0), ("d", 40, 0))
        ],
        *[
            {**who(n), "endpoint": "PFS", "time_days": t, "event": e}
            for n, t, e in (("a", 113, 1), ("b", 61, 1), ("c", 200, 0))
        ],
    ]
    iga = [
        ("a", -1, 50),
        ("a", 29, 80),
        ("a", 57, 90),
        ("c", -1, 50),
        ("c", 29, 80),
        ("c", 57, 90),
        ("c", 350, 95),
    ]
    measurements = [
        {**who(n), "analyte": "IgA", "day": d, "value": v, "unit": "mg/dL", "low": 70, "high": 400}
        for n, d, v in iga
    ]
    therapies = [{**who("a"), "kind": "next therapy", "start_day": 120}]
    return {
        "patients": patients,
        "responses": responses,
        "outcomes": outcomes,
        "measurements": measurements,
        "therapies": therapies,
    }


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    made = pool_of(tmp_path_factory.mktemp("swimmer"), tables())
    yield made
    made.close()


def marks(result, name: str) -> list[tuple[str, float, str]]:
    """(kind, elapsed day, what) of one patient."""
    lanes = result.table("lanes").set_index("patient")
    rows = result.table("marks")
    rows = rows[rows.place == lanes.place[name]]
    return [(row.kind, round(row.month * MONTH, 6), row.what) for row in rows.itertuples()]


def test_a_lane_goes_from_first_treatment_to_death_or_the_day_last_seen(pool: Pool) -> None:
    lanes = analysis.ask(pool, "swimmer").table("lanes").set_index("patient")
    assert lanes.index.tolist() == ["a", "c", "b", "d"]
    # a died 399 days after the start; c was last sampled on day 350; OS ends b and d.
    np.testing.assert_allclose(lanes.months * MONTH, [399, 349, 60, 39])
    np.testing.assert_allclose(lanes.treated_months * MONTH, [99, 319, 60, 4])
    assert lanes.treatment_end.tolist() == ["known", "known", "not known", "known"]
    assert lanes.dead.tolist() == [True, False, True, False]
    assert lanes.best_response.fillna("-").tolist() == ["CR", "VGPR", "SD", "-"]


def test_first_and_deeper_responses_count_until_progression_and_next_therapy(pool: Pool) -> None:
    result = analysis.ask(pool, "swimmer")
    assert marks(result, "a") == [
        ("response", 28, "PR"),
        ("normalised", 56, "IgA"),
        ("deeper", 84, "CR"),
        ("progression", 112, "PD"),
        ("next therapy", 119, "next therapy"),
        ("death", 399, "death"),
    ]


def test_a_pfs_event_that_is_the_death_is_no_progression(pool: Pool) -> None:
    assert marks(analysis.ask(pool, "swimmer"), "b") == [("death", 60, "death")]


def test_the_involved_isotype_never_normalises(pool: Pool) -> None:
    """c has the same IgA as a, but it is the myeloma's own."""
    result = analysis.ask(pool, "swimmer")
    assert marks(result, "c") == [("response", 28, "VGPR"), ("alive", 349, "last seen")]


def test_the_rule_says_which_response_is_the_first(pool: Pool) -> None:
    deep = analysis.ask(pool, "swimmer?responder=CR&who=responders")
    assert deep.table("lanes").patient.tolist() == ["a"]
    assert ("response", 84, "CR") in marks(deep, "a")
    assert deep.population.startswith("n = 1 responders; ")


def test_lanes_are_sorted_as_asked(pool: Pool) -> None:
    def order(by: str) -> list[str]:
        return analysis.ask(pool, f"swimmer?order={by}").table("lanes").patient.tolist()

    assert order("treatment") == ["c", "a", "b", "d"]
    assert order("response") == ["a", "c", "b", "d"]


def test_a_page_holds_its_lanes_and_says_of_how_many(pool: Pool, monkeypatch) -> None:
    monkeypatch.setattr(module, "LANES", 3)
    second = analysis.ask(pool, "swimmer?page=2")
    assert second.table("lanes").patient.tolist() == ["d"]
    assert second.table("pages").to_dict("records") == [{"first": 4, "last": 4, "n": 4, "pages": 2}]
    assert set(second.table("marks").place) == {4}
    with pytest.raises(Refused, match="there is no page 3"):
        analysis.ask(pool, "swimmer?page=3")


def test_responders_that_nobody_is_are_refused_in_words(tmp_path) -> None:
    one = {name: [row for row in rows if row["patient"] == "b"] for name, rows in tables().items()}
    pool = pool_of(tmp_path, {name: rows for name, rows in one.items() if rows})
    with pytest.raises(Refused, match="Nobody responds by this rule"):
        analysis.ask(pool, "swimmer?who=responders")
    pool.close()


def test_markers_are_those_of_the_whole_cohort_on_every_page(pool: Pool, monkeypatch) -> None:
    """The pages together have what one page of all has."""
    whole = analysis.ask(pool, "swimmer").table("marks")
    monkeypatch.setattr(module, "LANES", 1)
    pages = [analysis.ask(pool, f"swimmer?page={page}").table("marks") for page in (1, 2, 3, 4)]
    pd.testing.assert_frame_equal(pd.concat(pages, ignore_index=True), whole)
