"""Tables of recovery that are counted when they are looked at: rows of patients, other rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from igcore.analysis.estimators import paired
from igcore.analysis.estimators.competing import CompetingTable, cumulative_incidence, gray
from igcore.analysis.recovery import counts as recovery_counts
from igcore.analysis.rule import DENOMINATORS, FINALS, Rule
from igcore.definitions import DAYS_PER_MONTH
from igcore.store import Cohort, Pool


def _rows(path: Path, question: str, cohort: Cohort, rule: Rule, **more: object) -> pd.DataFrame:
    pool = Pool.open(path, create=False)
    return pool.rows(question, **rule.values(cohort), **more)


def verdicts(path: Path, cohort: Cohort, rule: Rule, least_depth: int) -> pd.DataFrame:
    """One row per treated patient and isotype, see sql/verdicts.sql; responder: ever (S2)."""
    rows = _rows(path, "verdicts", cohort, rule)
    pool = Pool.open(path, create=False)
    responders = pool.rows("responders", **cohort.values(), least_depth=least_depth)
    return rows.assign(responder=rows.patient_key.isin(responders.patient_key))


def waterfall(path: Path, cohort: Cohort, rule: Rule) -> pd.DataFrame:
    """One row per evaluable patient and isotype, the greatest change first: percent, verdict.

    change_percent is null where both ends are bounds on the same side; change_operator says where
    it is a bound itself.
    """
    rows = _rows(path, "recovery_changes", cohort, rule)
    columns = ["analyte", "trial", "patient_key", "patient", "verdict"]
    return rows[[*columns, "change_percent", "change_operator"]]


def sensitivity(path: Path, cohort: Cohort, rule: Rule, interval: str) -> pd.DataFrame:
    """All rules x denominators, pooled: analyte, final, denominator, n, improved, share, limits."""
    rows = _rows(path, "recovery_sensitivity", cohort, replace(rule, final="all"))
    parts = []
    for final in FINALS:
        cells = rows[rows.final == final]
        for denominator in DENOMINATORS:
            table = recovery_counts.shares(cells, denominator, "left-out", interval=interval)
            table = table[table.trial == recovery_counts.POOLED]
            parts.append(table.assign(final=final, denominator=denominator))
    columns = ["analyte", "final", "denominator", "n", "improved", "share", "lower", "upper"]
    table = pd.concat(parts)[columns]
    return table.sort_values("analyte", kind="stable").reset_index(drop=True)


def change(path: Path, cohort: Cohort, rule: Rule) -> pd.DataFrame:
    """Final value against baseline of the evaluable, one row per isotype, all trials together.

    Returns:
        n pairs, bounded (of these with a value beyond quantification: "<x" at x/2, ">x" at x);
        medians and quartiles of baseline, final and change in g/L and of the change in percent;
        geometric mean ratio with limits; signed rank V, p and p_holm over the isotypes; shift
        (Hodges-Lehmann, g/L) with limits; note.
    """
    rows = _rows(path, "recovery_changes", cohort, rule)
    table = pd.DataFrame([_change(analyte, part) for analyte, part in rows.groupby("analyte")])
    if table.empty:
        return pd.DataFrame(columns=["analyte", "n"])
    adjusted = paired.holm(dict(zip(table.analyte, table.p, strict=True)))
    table.insert(table.columns.get_loc("p") + 1, "p_holm", table.analyte.map(adjusted))
    return table


def _change(analyte: str, rows: pd.DataFrame) -> dict[str, object]:
    before = rows.baseline_g_per_l.to_numpy(float)
    after = rows.final_g_per_l.to_numpy(float)
    ratio = paired.geometric_mean_ratio(before, after)
    rank = paired.signed_rank(before, after)
    row: dict[str, object] = {"analyte": analyte, "n": len(rows), "bounded": rows.bounded.sum()}
    percent = 100 * (after / np.where(before > 0, before, np.nan) - 1)
    for name, values in (
        ("baseline_g_per_l", before),
        ("final_g_per_l", after),
        ("change_g_per_l", after - before),
        ("change_percent", percent),
    ):
        found = paired.quartiles(values)
        row |= {name: found.median, f"{name}_q1": found.lower, f"{name}_q3": found.upper}
    row |= {"ratio": ratio.ratio, "ratio_lower": ratio.lower, "ratio_upper": ratio.upper}
    row |= {"v": rank.v, "p": rank.p, "shift_g_per_l": rank.shift}
    row |= {"shift_lower": rank.lower, "shift_upper": rank.upper, "exact": rank.exact}
    return row | {"note": f"{ratio.note} {rank.note}".strip()}


def incidence(
    path: Path,
    cohort: Cohort,
    rule: Rule,
    *,
    landmark: float,
    trials: list[str],
    least_depth: int,
) -> pd.DataFrame:
    """Cumulative incidence of the first confirmed normalisation by response at the landmark.

    Patients: assessable and low at baseline, still observed after the landmark. The event is the
    second of two consecutive values, at most 84 days apart, that rise and are in range.

    Returns:
        analyte, group, n, left (patients of the group who had left by the landmark), month (since
        the landmark), at_risk, incidence in [0, 1], standard_error, lower, upper.
    """
    rows = _courses(path, cohort, rule, landmark, trials, least_depth)
    parts = []
    for (analyte, group), part in rows.groupby(["analyte", "group"]):
        left = part[~part.stays][["events", "competing", "censored"]].to_numpy().sum()
        table = CompetingTable.from_rows(_after(part, landmark))
        curve = cumulative_incidence(table, group)
        risk = table.at_risk.sum(axis=(0, 2)) if curve.n else np.zeros(0)
        parts.append(
            pd.DataFrame(
                {
                    "analyte": analyte,
                    "group": group,
                    "n": curve.n,
                    "left": int(left),
                    "month": curve.time / DAYS_PER_MONTH,
                    "at_risk": np.concatenate([[curve.n], risk]).astype(int),
                    "incidence": curve.incidence,
                    "standard_error": curve.standard_error,
                    "lower": curve.lower,
                    "upper": curve.upper,
                }
            )
        )
    columns = ["analyte", "group", "n", "left", "month", "at_risk", "incidence"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def incidence_test(
    path: Path,
    cohort: Cohort,
    rule: Rule,
    *,
    landmark: float,
    trials: list[str],
    least_depth: int,
) -> pd.DataFrame:
    """Gray's test of responders against non-responders, stratified by trial, per isotype."""
    rows = _courses(path, cohort, rule, landmark, trials, least_depth)
    found = []
    for analyte, part in rows.groupby("analyte"):
        after = _after(part, landmark)
        if after.empty:
            found.append((analyte, np.nan, 0, np.nan, "Nobody is left after the landmark."))
            continue
        test = gray(CompetingTable.from_rows(after))
        found.append((analyte, test.statistic, test.df, test.p, test.note))
    return pd.DataFrame(found, columns=["analyte", "statistic", "df", "p", "note"])


def _courses(
    path: Path,
    cohort: Cohort,
    rule: Rule,
    landmark: float,
    trials: list[str],
    least_depth: int,
) -> pd.DataFrame:
    return _rows(
        path,
        "recovery_incidence",
        cohort,
        replace(rule, final="confirmed"),
        landmark_days=landmark * DAYS_PER_MONTH,
        trials_with_response=trials,
        least_depth=least_depth,
    )


def _after(rows: pd.DataFrame, landmark: float) -> pd.DataFrame:
    """Courses that go on after the landmark, their clock restarted there."""
    kept = rows[rows.stays]
    return kept.assign(stratum=kept.trial, time=kept.time - landmark * DAYS_PER_MONTH)
