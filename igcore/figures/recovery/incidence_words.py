"""What the cumulative incidence says in words: who is followed, who is not, and the test."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from igcore.analysis.result import Result, counted
from igcore.figures import style
from igcore.figures.recovery.footers import rule_of
from igcore.figures.recovery.response_words import GROUPS
from igcore.figures.survival.curves import parameter


def shown(result: Result) -> list[str]:
    """Isotypes with anybody still observed after the landmark."""
    table = result.table("incidence")
    return list(dict.fromkeys(table.analyte[table.n > 0]))


def course(result: Result, analyte: str, group: str) -> pd.DataFrame:
    """The rows of a curve; empty where nobody of the group is left after the landmark."""
    table = result.table("incidence")
    return table[(table.analyte == analyte) & (table.group == group) & (table.n > 0)]


def landmark(result: Result) -> str:
    """The landmark in words: "month 4"."""
    return f"month {parameter(result, 'landmark')}"


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    parts = []
    for analyte in shown(result):
        said = []
        for group in GROUPS:
            curve = course(result, analyte, group)
            if len(curve):
                last = curve.iloc[-1]
                said.append(
                    f"{style.WORDS[group].lower()} {style.percent(last.incidence)} by month "
                    f"{last.month:.1f} after the landmark (n = {int(last.n):,})"
                )
        parts.append(f"{analyte}: {', '.join(said)}; {tested(result, analyte)}")
    return (
        f"Cumulative incidence of the first confirmed normalisation from {landmark(result)} on. "
        f"{'. '.join(parts)}. {' '.join(left(result))}"
    )


def tested(result: Result, analyte: str) -> str:
    """Gray's test of a panel in words, or why there is none."""
    for group in GROUPS:
        if course(result, analyte, group).empty:
            return f"Not tested: no {style.WORDS[group].lower()} left"
    test = result.table("incidence_test").set_index("analyte").loc[analyte]
    if test.p == test.p:
        return f"Gray's test {style.p_value(test.p)}"
    table = result.table("incidence")
    if table[table.analyte == analyte].incidence.max() == 0:
        return "Not tested: nobody normalised"
    return f"Not tested: {test.note[:1].lower()}{test.note[1:].rstrip('.')}"


def left(result: Result) -> list[str]:
    """Who is not in the curves, as sentences; at least one."""
    table = result.table("incidence")
    nobody, found, gone = [], [], []
    for analyte in dict.fromkeys(result.table("shares").analyte):
        part = table[table.analyte == analyte].groupby("group")[["n", "left"]].first()
        if part.empty:
            nobody.append(analyte)
        elif not part.n.any():
            found.append(
                f"{analyte}: all {counted(int(part.left.sum()), 'patient')} low at baseline had "
                f"left by {landmark(result)}."
            )
        else:
            each = (f"{int(part.left.get(g, 0)):,} {style.WORDS[g].lower()}" for g in GROUPS)
            gone.append(f"{analyte} {' and '.join(each)}")
    if nobody:
        found.append(
            f"{', '.join(nobody)}: nobody who can be judged was low at baseline in a trial with "
            "dated responses, so nobody can normalise."
        )
    if not gone:
        return found
    why = "they had normalised, progressed, stopped, died or had their last sample"
    return [f"Left out, because by {landmark(result)} {why}: {'; '.join(gone)}.", *found]


def method_of(result: Result) -> str:
    """The rule of this figure, which is confirmed normalisation whatever the final value is."""
    rule = replace(rule_of(result), final="confirmed")
    return (
        f"Low at baseline and observed after {landmark(result)}. Normalised: {rule.words()}, at "
        "most 84 days apart. Progression, death and the end of the observation compete "
        "(Aalen-Johansen, 95 % limits by log(-log)). Curves add the trials; Gray's test compares "
        "within them. "
        f"{rule.departures()}"
    ).rstrip()
