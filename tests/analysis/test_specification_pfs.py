"""PFS by named censoring sets, made from dates: DOMAIN f, f2.11 and h6. All patients are invented."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from igcore import analysis
from igcore.analysis import Result
from igcore.errors import Refused
from igcore.store import Pool
from tests.analysis.test_specification import pool_of, shown, together
from tests.analysis.test_specification_states import MONTH, course_of

START = datetime.date(2008, 1, 15)


def dated(name: str, last: str, end: str | None = None, died: str | None = None, **more: str):
    """A patient of trial S by dates: last assessment, PD, death, next therapy."""

    def day(text: str) -> int:
        return (datetime.date.fromisoformat(text) - START).days + 1

    who = {"trial": "S", "patient": name}
    final = died or end or last
    tables: dict[str, list[dict]] = {
        "patients": [who],
        "responses": [],
        "outcomes": [
            {**who, "endpoint": "OS", "time_days": day(final), "event": int(bool(died))},
            {**who, "endpoint": "PFS", "time_days": 999, "event": 1},  # taken as given elsewhere
        ],
        "therapies": [],
    }
    if last:
        tables["responses"].append({**who, "day": day(last), "response": "SD"})
    if end:
        tables["responses"].append({**who, "day": day(end), "response": "PD"})
    if "treated" in more:
        start = {**who, "kind": "next therapy", "start_day": day(more["treated"])}
        tables["therapies"].append(start)
    return tables


H6 = {
    "i": dated("i", "2008-06-08", end="2008-07-08"),
    "ii": dated("ii", "2008-09-30"),
    "iii": dated("iii", "2008-07-08", end="2008-12-01", treated="2008-08-01"),
    "iv": dated("iv", "2008-07-08", died="2009-01-14"),
}


@pytest.fixture(scope="module")
def dates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """h6 (i) to (iv) in one trial."""
    made = pool_of(tmp_path_factory.mktemp("dates"), together(*H6.values()))
    yield made
    made.close()


def leaves(answer: Result) -> list[tuple[float, float]]:
    """(day, survival from it on) of the steps of the one curve."""
    curve = answer.table("curve")
    return [
        (round(m * MONTH, 6), s) for m, s in zip(curve.month[1:], curve.survival[1:], strict=True)
    ]


def test_pfs_of_h6_by_either_set(dates: Pool) -> None:
    """h6: FDA-like 176 d, 260 c, 176 c, 176 c; EMA-like 176 d, 260 c, 322 d, 366 d; OS 366 d."""
    fda = analysis.ask(dates, "survival?endpoint=PFS-FDA-like&assessed_every=30&group=trial")
    groups = fda.table("groups").iloc[0]
    assert (groups.n, groups.events) == (4, 1)
    assert leaves(fda) == [(176, 0.75), (260, 0.75)]
    ema = analysis.ask(dates, "survival?endpoint=PFS-EMA-like&group=trial")
    assert ema.table("groups").events.tolist() == [3]
    assert leaves(ema) == [(176, 0.75), (260, 0.75), (322, 0.375), (366, 0)]
    months = ema.table("curve").month[1:]
    assert shown(months, 2) == [5.78, 8.54, 10.58, 12.02]
    overall = analysis.ask(dates, "survival?endpoint=OS&group=trial")
    assert leaves(overall)[-1] == (366, 0)


@pytest.mark.parametrize(("every", "day", "event"), [(28, 176, 0), (94, 176, 0), (95, 366, 1)])
def test_two_missed_assessments_are_more_than_two_intervals(
    tmp_path_factory, every: float, day: int, event: int
) -> None:
    """By hand: from day 176 to 366 are 190 days; two intervals of 94 are 188."""
    others = [dated("pd", "2008-02-01", end="2008-02-20"), H6["iii"]]
    made = pool_of(tmp_path_factory.mktemp("missed"), together(H6["iv"], *others))
    answer = analysis.ask(
        made, f"survival?endpoint=PFS-FDA-like&assessed_every={every!r}&group=trial"
    )
    made.close()
    events = answer.table("groups").events.iloc[0]
    assert events == 1 + event
    assert leaves(answer)[-1][0] == day


def test_without_any_assessment_pfs_ends_on_day_1_or_with_an_early_death(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """DOMAIN f: no post-baseline assessment -> day 1; death within two visits is an event."""
    others = [dated("pd", "2008-02-01", end="2008-02-20"), H6["iii"]]
    early, late = (dated(name, "", died=day) for name, day in
                   (("early", "2008-03-10"), ("late", "2008-05-10")))  # fmt: skip
    made = pool_of(tmp_path_factory.mktemp("unseen"), together(early, late, *others))
    answer = analysis.ask(made, "survival?endpoint=PFS-FDA-like&assessed_every=28&group=trial")
    made.close()
    # Day 1: late is censored; day 37: PD; day 56: early dies, 55 days after day 1; 176: treated.
    np.testing.assert_allclose(leaves(answer), [(1, 1), (37, 2 / 3), (56, 1 / 3), (176, 1 / 3)])


def test_what_is_missing_for_pfs_from_dates_is_named(dates: Pool, tmp_path: Path) -> None:
    pool = pool_of(tmp_path, course_of("course", "a", 5, "31:80"))
    with pytest.raises(Refused, match="needs the planned days between response assessments"):
        analysis.ask(dates, "survival?endpoint=PFS-FDA-like&group=trial")
    with pytest.raises(Refused) as refused:
        analysis.read(pool, "survival?endpoint=PFS-FDA-like&assessed_every=28")
    assert str(refused.value) == (
        "Endpoint: PFS-FDA-like cannot be made from dates here. Trial course has no dated response "
        "assessments and no dated progressions (PD) and no dates of next therapy."
    )
    pool.close()
    with pytest.raises(Refused, match="It applies when the endpoint is PFS-FDA-like"):
        analysis.read(dates, "survival?endpoint=PFS-EMA-like&assessed_every=28")


def test_a_trial_without_the_dates_is_left_out_and_told(tmp_path: Path) -> None:
    tables = together(*H6.values(), course_of("course", "a", 5, "31:80"))
    made = pool_of(tmp_path, tables)
    answer = analysis.ask(made, "survival?endpoint=PFS-EMA-like&group=trial")
    made.close()
    assert answer.table("groups").group.tolist() == ["S"]
    assert any(note.startswith("Trial course has no") for note in answer.said)
    assert any("is made from dates and is not the uploaded PFS" in note for note in answer.said)


def test_the_uploaded_pfs_is_taken_as_given(dates: Pool) -> None:
    """f2.11: all four of h6 have an uploaded PFS of 999 days."""
    answer = analysis.ask(dates, "survival?endpoint=PFS&group=trial")
    assert leaves(answer) == [(999, 0)]
