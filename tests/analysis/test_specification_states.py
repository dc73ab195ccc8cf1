"""Groups by recovery of an immunoglobulin, as specified: DOMAIN b5, e, f2 and h7.

Days are study days of 30.4375 a month where the numbers are months. All patients are invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from igcore import analysis
from igcore.analysis import Result
from igcore.errors import Refused
from igcore.store import Pool
from tests.analysis.test_specification import pool_of, shown, together
from tests.analysis.test_specification_survival import by_group, ratio

MONTH = 30.4375


def course_of(
    trial: str, name: str, months: float, values: str, **more: object
) -> dict[str, list[dict]]:
    """A patient of IgG myeloma whose IgA is 40 mg/dL before treatment and then "day:value ..."."""
    who = {"trial": trial, "patient": name}
    record = {**who, "analyte": "IgA", "unit": "mg/dL", "low": 70, "high": 400}
    samples = [word.split(":") for word in ["-1:40", *values.split()]]
    return {
        "patients": [{**who, "m_protein": "IgG kappa", **more}],
        "measurements": [{**record, "day": float(day), "value": value} for day, value in samples],
        "outcomes": [{**who, "endpoint": "OS", "time_days": months * MONTH, "event": 1}],
    }


def one(pool: Pool, question: str) -> Result:
    return analysis.ask(pool, f"survival?group=recovery&rates=1&{question}")


def spans(answer: Result) -> dict[str, list[tuple]]:
    """Group -> (day, at risk just before it) of every step of its curve."""
    return {
        group: [(round(m * MONTH, 6), n) for m, n in zip(part.month, part.at_risk, strict=True)]
        for group, part in answer.table("curve").groupby("group")
    }


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """Course: low, in range at day 31, high at 61, in range at 91 and 121, low at 151. Dies at 200."""
    tables = together(
        course_of("course", "a", 200 / MONTH, "31:80 61:500 91:90 121:95 151:50"),
        course_of("course", "b", 300 / MONTH, "31:50 61:60"),
    )
    made = pool_of(tmp_path_factory.mktemp("states"), tables)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("rule", "turns"),
    [
        # Study day d is day d of time_days, whose first day is 1.
        ("final=best&state=stays", [31]),
        ("final=confirmed&state=stays", [121]),
        ("final=best&state=reversible", [31, 61, 91, 151]),
        ("final=confirmed&state=reversible", [121, 151]),
    ],
)
def test_recovery_begins_with_the_sample_that_makes_it_and_is_left_if_asked(
    pool: Pool, rule: str, turns: list[int]
) -> None:
    """By hand: patient a is in the state between the turns, in odd ones, to day 200 if it stays."""
    answer = one(pool, f"trial=course&{rule}&landmark=0")
    steps = spans(answer)
    entries, exits = turns[::2], [*turns[1::2], 200][: len(turns[::2])]
    if rule.endswith("stays"):
        exits = [200]
    left = sorted({*exits})
    assert [day for day, _ in steps["recovered"]][1:] == left
    assert [n for _, n in steps["recovered"]] == [0, *[1] * len(left)]
    others = sorted({*entries, 300} | ({200} if exits[-1] != 200 else set()))
    assert [day for day, _ in steps["not recovered"]][1:] == others
    # Patient b is never recovered and is at risk with a until a's state begins.
    assert [n for _, n in steps["not recovered"]] == [2, *[2] * (len(others) - 1), 1]


def test_recovery_is_never_counted_before_its_sample(pool: Pool) -> None:
    """At landmark day 30 nobody has recovered; at day 31 one has (r <= L)."""
    for days, recovered in ((30, 0), (31, 1)):
        answer = one(pool, f"trial=course&final=best&timing=landmark&landmark={days / MONTH!r}")
        row = answer.table("landmarks").iloc[0]
        assert (row.responders, row.non_responders) == (recovered, 2 - recovered)
        assert row.later_responders == 1 - recovered


def test_a_state_that_can_be_left_is_that_of_the_landmark(pool: Pool) -> None:
    """Patient a is out of range from day 61 to 90: not recovered at the landmark of day 70."""
    for state, recovered in (("stays", 1), ("reversible", 0)):
        question = f"trial=course&final=best&state={state}&timing=landmark&landmark={70 / MONTH!r}"
        row = one(pool, question).table("landmarks").iloc[0]
        assert row.responders == recovered
        assert row.later_responders == 1 - recovered  # recovers again at day 91


@pytest.mark.parametrize(("second", "recovered"), [(115, 1), (116, 0)])
def test_two_samples_confirm_each_other_up_to_84_days_apart(
    tmp_path: Path, second: int, recovered: int
) -> None:
    """b5.4: day 31 and day 115 are 84 days apart."""
    samples = f"31:80 {second}:85"
    tables = together(course_of("gap", "a", 10, samples), course_of("gap", "b", 12, ""))
    made = pool_of(tmp_path, tables)
    row = one(made, "timing=landmark&landmark=4").table("landmarks").iloc[0]
    made.close()
    assert row.responders == recovered


def worthless(i: int, which: int) -> dict[str, list[dict]]:
    """h7: two die at each month i; of a pair after month 12 one has IgA in range from month 12 on."""
    values = f"31:45 {12 * MONTH}:90" if which and i > 12 else "31:45"
    return course_of("h7", f"{i}-{which}", i, values)


def test_a_worthless_recovery_has_hazard_ratio_1_when_timed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """h7 with recovery for response: naive under a banner, time-dependent and landmark 12 HR 1."""
    tables = together(*(worthless(i, which) for i in range(1, 25) for which in (0, 1)))
    made = pool_of(tmp_path_factory.mktemp("h7"), tables)
    for timing in ("landmark", "time-dependent"):
        answer = one(made, f"final=best&timing={timing}&landmark=12")
        assert ratio(answer) == [1.000, 0.449, 2.226]
        assert by_group(answer, "groups").n.to_dict() == {"not recovered": 12, "recovered": 12}
    ever = one(made, "final=best&timing=ever")
    assert ever.table("comparison").empty
    assert ever.table("test").empty
    assert ever.banner.startswith("Biased: patients had to survive until they recovered.")
    medians = by_group(ever, "groups")["median"]
    assert (medians["recovered"], medians["not recovered"]) == (18.5, 9.5)
    early = one(made, "final=best&timing=landmark&landmark=6")
    assert "0 recovered by month 6: no test and no hazard ratio." in early.said
    forest = analysis.ask(made, "subgroups?group=recovery&final=best&landmark=12").table("forest")
    assert shown(forest.hazard_ratio, 9) == [1]
    made.close()


def test_the_final_value_and_a_month_are_refused_because_nobody_knows_them_in_time(
    pool: Pool,
) -> None:
    for final in ("last", "month"):
        with pytest.raises(Refused, match="has no day from which a patient counts as recovered"):
            analysis.read(pool, f"survival?group=recovery&final={final}")
    with pytest.raises(Refused, match="It applies when the groups are by recovery"):
        analysis.read(pool, "survival?group=trial&final=best")
    with pytest.raises(Refused, match="It applies when the groups are by recovery of IgG"):
        analysis.read(pool, "survival?group=recovery&analyte=IgA&washout=30")


def test_old_links_keep_their_text(pool: Pool) -> None:
    """Parameters of recovery and of PFS from dates appear with these choices only."""
    assert analysis.read(pool, "survival?endpoint=OS&group=trial").text == (
        "survival?trial=course&endpoint=OS&group=trial&stratify=none&reference=course&test=log-rank"
        "&ties=efron&limits=wald&horizon=longest&interval=log-log&rates=1&rates=3&rates=6"
        "&risk_every=2&curve=survival&data=1"
    )
    text = analysis.read(pool, "subgroups?endpoint=OS&group=response&landmark=4").text
    assert text == (
        "subgroups?trial=course&endpoint=OS&group=response&responder=PR&timing=time-dependent"
        "&landmark=4&reference=non-responder&data=1"
    )


def test_who_cannot_be_judged_is_left_out_and_told(tmp_path_factory) -> None:
    tables = together(
        course_of("T", "fine", 5, "31:80 61:85"),
        course_of("T", "involved", 6, "31:80", m_protein="IgA kappa"),
        course_of("T", "unknown", 7, "31:80", m_protein=None),
        course_of("T", "unseen", 8, ""),
        course_of("U", "elsewhere", 9, ""),
    )
    late = course_of("T", "late", 9, "31:80")
    late["measurements"] = late["measurements"][1:]  # no baseline
    tables = together(tables, late)
    tables["measurements"] = [row for row in tables["measurements"] if row["trial"] == "T"]
    made = pool_of(tmp_path_factory.mktemp("told"), tables)
    answer = one(made, "landmark=0")
    assert by_group(answer, "groups").n.to_dict() == {"not recovered": 2, "recovered": 1}
    assert "Trial U is left out (1 patient): it has no IgA." in answer.said
    assert any("cannot be judged: 3 patients" in note for note in answer.said)
    (why,) = (note for note in answer.said if "cannot be judged" in note)
    assert "1 type of monoclonal protein unknown; 1 the myeloma's own isotype" in why
    assert "1 no baseline value" in why
    assert any("Counted as not recovered: 1 patient without" in note for note in answer.said)
    with pytest.raises(Refused, match="Groups by recovery need values of IgM"):
        one(made, "analyte=IgM")
    made.close()


def test_who_leaves_a_state_and_returns_is_one_patient_of_it(pool: Pool) -> None:
    """f2.6, by hand: a is recovered in 31-61 and 91-151, not before, between and after; b never."""
    question = "trial=course&final=best&state=reversible"
    cases = (
        # From the start: both begin as not recovered; a enters both groups twice or more.
        (0, {"not recovered": 2, "recovered": 1}, 2),
        # At day 40 a is recovered, leaves at 61, returns at 91, leaves at 151: still one in each.
        (40, {"not recovered": 2, "recovered": 1}, 2),
        # At day 100 a is recovered and leaves at 151 for good.
        (100, {"not recovered": 2, "recovered": 1}, 2),
        # At day 160 a is not recovered and stays so: nobody is in the other group after it.
        (160, {"not recovered": 2, "recovered": 0}, 2),
    )
    for day, n, at_risk in cases:
        answer = one(pool, f"{question}&landmark={day / MONTH!r}")
        found = by_group(answer, "groups").n.to_dict()
        assert found == n
        first = answer.table("risk").query("month == 0").at_risk.sum()
        assert first == at_risk
    forest = analysis.ask(pool, f"subgroups?group=recovery&{question}").table("forest").iloc[0]
    assert (forest.n, forest.reference_n) == (1, 2)


def test_patients_of_groups_that_can_be_left_equal_a_count_by_hand(demo_pool: Pool) -> None:
    """Distinct patients of the simulated trials; recomputed in R from the same spans."""
    asked = "analyte=IgA&state=reversible"
    for choice, n in (
        ("endpoint=OS&final=confirmed", (137, 124)),
        ("endpoint=PFS&final=confirmed", (101, 120)),
        ("endpoint=OS&final=best", (124, 134)),
    ):
        rows = by_group(one(demo_pool, f"{asked}&{choice}"), "groups")
        assert (rows.n["not recovered"], rows.n["recovered"]) == n
    asked += "&endpoint=OS&final=confirmed"
    trials = one(demo_pool, asked).table("trials").set_index("trial")
    assert trials.n.to_dict() == {"SIM-LEN-1": 67, "SIM-LEN-2": 59}
    assert trials.reference_n.to_dict() == {"SIM-LEN-1": 135, "SIM-LEN-2": 120}
    terms = analysis.ask(demo_pool, f"adjusted?group=recovery&{asked}").table("terms")
    assert terms.set_index("variable").n["recovery"] == 126
    parts = analysis.ask(demo_pool, f"subgroups?group=recovery&{asked}").table("forest")
    by_kind = parts.groupby("kind")[["n", "reference_n"]].sum()
    assert by_kind.loc["all"].tolist() == [126, 255]
    for kind in ("trial", "arm", "sex", "age"):  # everyone here has all labels
        assert by_kind.loc[kind].tolist() == [126, 255]


def test_who_changes_over_is_not_shown_as_censored(pool: Pool) -> None:
    """By hand: a recovers at day 31, dies at 200 in the state; b dies at 300; nobody is censored."""
    answer = one(pool, "trial=course&final=best&state=stays&landmark=0&risk_every=1")
    risk = answer.table("risk").set_index(["group", "month"])
    assert not risk.censored.any()
    assert risk.loc[("not recovered", 2), ["at_risk", "events", "changed_over"]].tolist() == [
        1,
        0,
        1,
    ]
    assert risk.loc[("recovered", 7), ["at_risk", "events", "changed_over"]].tolist() == [0, 1, 0]
    assert any("1 patient who changes over counts in both groups" in n for n in answer.said)
    fixed = one(pool, "trial=course&final=best&timing=landmark&landmark=0").table("risk")
    assert "changed_over" not in fixed


def test_who_left_before_the_landmark_is_told(pool: Pool) -> None:
    """Landmark day 250: a died at 200."""
    answer = one(pool, f"trial=course&final=best&landmark={250 / MONTH!r}")
    (told,) = (note for note in answer.said if "and so in the curves" in note)
    assert "in the curves: 1 of 2 patients. The other 1 had left by then" in told
    assert "(1 with the event, 0 censored)" in told


def test_a_trial_that_hardly_saw_anybody_is_a_caution_in_words(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """By hand: three of four have no response record; the fourth responds at day 20 and lives."""
    who = [{"trial": "dim", "patient": name} for name in "abcd"]
    tables = {
        "patients": who,
        "responses": [{**who[0], "day": 20, "response": "PR"}],
        "outcomes": [
            {**one_, "endpoint": "OS", "time_days": 100 * (i + 1), "event": int(i > 0)}
            for i, one_ in enumerate(who)
        ],
    }
    tables["outcomes"][0]["time_days"] = 500
    made = pool_of(tmp_path_factory.mktemp("dim"), tables)
    answer = analysis.ask(made, "survival?group=response&landmark=0&rates=1")
    assert answer.said[0] == (
        "Read with caution: 3 of 4 patients of trial dim have no response record and count as "
        "non-responders. What this trial tells rests on 1 responder."
    )
    assert (
        "Responders: no hazard ratio, because there is no event in the responders." in answer.said
    )
    made.close()
