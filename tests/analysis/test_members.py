"""Who is counted, decided once: for rows of patients and for counted rows alike."""

from __future__ import annotations

import pandas as pd
import pytest

from igcore import analysis
from igcore.analysis.recovery import members
from igcore.analysis.rule import DENOMINATORS, MISSING, Rule

# By hand: one patient of every kind.
ROWS = pd.DataFrame(
    [
        ("not_assessable", "involved", None, None),
        ("not_evaluable", "no_baseline", None, "low"),
        ("not_evaluable", "no_post_baseline", "low", None),
        ("improved_from_low", None, "low", "normal"),
        ("low_no_rise", None, "low", "low"),
        ("improved_from_normal", None, "normal", "normal"),
        ("high_no_rise", None, "high", "high"),
    ],
    columns=["verdict", "reason", "baseline_class", "final_class"],
)


@pytest.mark.parametrize(
    ("denominator", "missing", "n"),
    [
        ("treated", "left-out", 7),
        ("assessable", "left-out", 6),
        ("evaluable", "left-out", 4),
        ("evaluable", "not-improved", 6),
        ("low", "left-out", 2),
        ("low", "not-improved", 3),
    ],
)
def test_a_denominator_has_these_patients(denominator, missing, n):
    assert members.inside(ROWS, denominator, missing).sum() == n


def test_everyone_who_left_did_so_once_and_for_one_reason():
    left = members.left(ROWS)
    assert list(zip(left.step, left.reason, strict=True)) == [
        ("assessable", "involved"),
        ("evaluable", "no_baseline"),
        ("evaluable", "no_post_baseline"),
        ("low", "normal_at_baseline"),
        ("low", "high_at_baseline"),
    ]


def test_a_class_without_a_value_is_missing_and_only_the_assessable_shift():
    shifting = members.shifting(ROWS)
    assert list(zip(shifting.baseline_class, shifting.final_class, strict=True))[:2] == [
        ("missing", "low"),
        ("low", "missing"),
    ]
    assert len(shifting) == 6


@pytest.mark.parametrize("missing", MISSING)
@pytest.mark.parametrize("denominator", DENOMINATORS)
def test_the_patients_of_a_denominator_are_as_many_as_are_counted(demo_pool, denominator, missing):
    query = f"recovery?denominator={denominator}"
    if denominator in ("evaluable", "low"):
        query += f"&missing={missing}"
    result = analysis.ask(demo_pool, query)
    rows = result.table("verdicts")
    mine = rows[members.inside(rows, denominator, missing)]
    shares = result.table("shares")
    pooled = shares[shares.trial == "pooled"].set_index("analyte")
    assert (mine.groupby("analyte").size() == pooled.n).all()
    assert (mine[members.improved(mine)].groupby("analyte").size() == pooled.improved).all()


def test_a_rule_is_made_of_what_was_asked(demo_pool):
    query = "recovery?analyte=IgG&rise=50&final=month&month=9&washout=90"
    rule = Rule.asked(analysis.ask(demo_pool, query).asked)
    assert rule == Rule(analyte=("IgG",), rise=50, final="month", month=9, washout=90)
