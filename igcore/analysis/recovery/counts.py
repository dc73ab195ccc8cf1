"""Shares, flow, shift and comparisons from the counts of verdicts, a few rows for any cohort.

`cells` are the rows of sql/recovery_counts.sql: analyte, trial, verdict, reason, classes, n.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from igcore.analysis.estimators import proportions
from igcore.analysis.estimators.two_by_two import stratified, two_by_two
from igcore.analysis.recovery.members import (
    IMPROVED,
    STEPS,
    evaluable,
    improved,
    inside,
    left,
    shifting,
)
from igcore.analysis.result import Note, NoteKind, counted
from igcore.analysis.rule import Rule
from igcore.analysis.states.response import RESPONDERS

POOLED = "pooled"
GROUPS = ["responder", "non-responder"]


def shares(cells: pd.DataFrame, denominator: str, missing: str, *, interval: str) -> pd.DataFrame:
    """Share improved per isotype and trial and pooled: steps, n, improved, share and limits.

    Shares and 95 % limits are in [0, 1], null where nobody is in the denominator.
    """
    rows = []
    for (analyte, trial), part in _by_trial(cells):
        members = part[inside(part, denominator, missing)]
        n, some = int(members.n.sum()), int(members[improved(members)].n.sum())
        one = proportions.share(some, n, interval=interval)
        steps = {f"n_{step}": int(part[inside(part, step)].n.sum()) for step in STEPS}
        limits = {"share": one.share, "lower": one.lower, "upper": one.upper}
        rows.append(
            {"analyte": analyte, "trial": trial, **steps, "n": n, "improved": some, **limits}
        )
    columns = ["analyte", "trial", *(f"n_{step}" for step in STEPS), "n", "improved"]
    return pd.DataFrame(rows, columns=[*columns, "share", "lower", "upper"])


def origins(cells: pd.DataFrame, denominator: str, missing: str) -> pd.DataFrame:
    """The improved by their class at baseline, per isotype and trial and pooled: counts."""
    rows = []
    for (analyte, trial), part in _by_trial(cells):
        members = part[inside(part, denominator, missing)]
        found = members.groupby("verdict").n.sum().reindex(IMPROVED, fill_value=0)
        rows.append((analyte, trial, *(int(n) for n in found)))
    return pd.DataFrame(rows, columns=["analyte", "trial", *IMPROVED])


def _by_trial(cells: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """Cells per isotype and trial, the trials of an isotype followed by all of them."""
    found = []
    for analyte, part in cells.groupby("analyte"):
        found += [((analyte, trial), rows) for trial, rows in part.groupby("trial")]
        found.append(((analyte, POOLED), part))
    return found


def flow(cells: pd.DataFrame) -> pd.DataFrame:
    """Patients who remain at each step, and who left for it: analyte, trial, step, n, left."""
    rows = []
    for (analyte, trial), part in _by_trial(cells):
        before = int(part.n.sum())
        for step in STEPS:
            n = int(part[inside(part, step)].n.sum())
            rows.append((analyte, trial, step, n, before - n))
            before = n
    return pd.DataFrame(rows, columns=["analyte", "trial", "step", "n", "left"])


def reasons(cells: pd.DataFrame) -> pd.DataFrame:
    """Why patients left on the way to a step: analyte, trial, step, reason, n."""
    both = left(cells)
    every = pd.concat([both, both.assign(trial=POOLED)])
    rows = every.groupby(["analyte", "trial", "step", "reason"], as_index=False).n.sum()
    order = {step: place for place, step in enumerate(STEPS)}
    rows = rows.assign(last=rows.trial == POOLED, place=rows.step.map(order))
    rows = rows.sort_values(["analyte", "last", "trial", "place", "n"], kind="stable")
    return rows[["analyte", "trial", "step", "reason", "n"]].reset_index(drop=True)


def shift(cells: pd.DataFrame) -> pd.DataFrame:
    """Baseline class x final class of the assessable: analyte, trial, classes, n, row share (R8).

    share: of the patients of that isotype, trial and baseline class, in [0, 1].
    """
    names = ["baseline_class", "final_class"]
    rows = shifting(cells).groupby(["analyte", "trial", *names], as_index=False).n.sum()
    row = rows.groupby(["analyte", "trial", "baseline_class"]).n.transform("sum")
    return rows.assign(share=rows.n / row)


def trials_test(table: pd.DataFrame) -> pd.DataFrame:
    """Test that the share is the same in all trials: analyte, name, statistic, df, p, note."""
    rows = []
    for analyte, part in table[table.trial != POOLED].groupby("analyte"):
        counts = {row.trial: (row.improved, row.n) for row in part.itertuples()}
        one = proportions.between_trials(counts)
        rows.append((analyte, one.name, one.statistic, one.df, one.p, one.note))
    return pd.DataFrame(rows, columns=["analyte", "name", "statistic", "df", "p", "note"])


def by_response(
    cells: pd.DataFrame, trials: Sequence[str], denominator: str, missing: str
) -> pd.DataFrame:
    """Responders (ever) against non-responders per isotype and trial and pooled.

    Returns:
        analyte, trial, n and improved of each group with share and Clopper-Pearson limits,
        conditional odds ratio with exact limits, Fisher's p, note.
    """
    known = cells[cells.trial.isin(trials)]
    rows = []
    for (analyte, trial), part in _by_trial(known):
        members = part[inside(part, denominator, missing)]
        counts = []
        for is_responder in (True, False):
            group = members[members.responder == is_responder]
            counts += [int(group[improved(group)].n.sum()), int(group.n.sum())]
        one = two_by_two(*counts)
        row: dict[str, object] = {"analyte": analyte, "trial": trial}
        for name, share in (("responder", one.first), ("non_responder", one.second)):
            row |= {f"{name}_improved": share.improved, f"{name}_n": share.n}
            row |= {f"{name}_share": share.share}
            row |= {f"{name}_lower": share.lower, f"{name}_upper": share.upper}
        row |= {"odds_ratio": one.odds_ratio, "lower": one.lower, "upper": one.upper}
        rows.append({**row, "p": one.p, "note": one.note})
    groups = ("responder", "non_responder")
    of_group = ("improved", "n", "share", "lower", "upper")
    columns = [f"{group}_{name}" for group in groups for name in of_group]
    rest = ["odds_ratio", "lower", "upper", "p", "note"]
    return pd.DataFrame(rows, columns=["analyte", "trial", *columns, *rest])


def by_trial(
    cells: pd.DataFrame, trials: Sequence[str], denominator: str, missing: str
) -> pd.DataFrame:
    """Mantel-Haenszel odds ratio, CMH with and without correction, Breslow-Day, trials as strata."""
    compared = by_response(cells, trials, denominator, missing)
    rows = []
    for analyte, part in compared[compared.trial != POOLED].groupby("analyte"):
        one = stratified(
            {
                row.trial: (
                    row.responder_improved,
                    row.responder_n,
                    row.non_responder_improved,
                    row.non_responder_n,
                )
                for row in part.itertuples()
            }
        )
        rows.append(
            (
                analyte,
                len(one.strata),
                one.odds_ratio,
                one.lower,
                one.upper,
                one.cmh,
                one.cmh_p,
                one.cmh_corrected,
                one.cmh_corrected_p,
                one.breslow_day,
                one.breslow_day_df,
                one.breslow_day_p,
                " ".join(one.notes),
            )
        )
    columns = ["analyte", "strata", "odds_ratio", "lower", "upper", "cmh", "cmh_p"]
    columns += ["cmh_corrected", "cmh_corrected_p", "breslow_day", "breslow_day_df"]
    return pd.DataFrame(rows, columns=[*columns, "breslow_day_p", "note"])


def unjudged(cells: pd.DataFrame) -> list[str]:
    """Trials in which no patient is evaluable for any isotype, sorted."""
    return sorted(set(cells.trial) - set(cells[evaluable(cells)].trial))


def notes(
    cells: pd.DataFrame,
    rule: Rule,
    responder: str,
    with_response: Sequence[str],
    unmeasured: Sequence[str] = (),
) -> list[Note]:
    """What a reader must see beside the shares; `unmeasured`: trials without immunoglobulins."""
    found = []
    for trial in unmeasured:
        n = int(cells[cells.trial == trial].groupby("analyte").n.sum().max())
        told = (
            f"No immunoglobulin was measured in trial {trial} ({counted(n, 'patient')}); leave it "
            "out of the cohort."
        )
        found.append(Note(NoteKind.NOT_ESTIMABLE, told))
    default = cells[cells.default_limits]
    if len(default):
        names = " and ".join(sorted(set(default.range_laboratory.dropna())))
        told = (
            f"{counted(int(default.n.sum()), 'final value')} came without limits; the range of "
            f"{names} applies."
        )
        found.append(Note(NoteKind.LIMITS, told))
    unknown = cells[(cells.reason == "isotype_unknown") & ~cells.trial.isin(unmeasured)]
    unknown = unknown.groupby("analyte").n.sum()
    if len(unknown):
        told = (
            f"{counted(int(unknown.max()), 'patient')} without a known type of monoclonal protein: "
            "not assessable."
        )
        found.append(Note(NoteKind.UNKNOWN, told))
    open_ = int(cells[cells.verdict == "indeterminate"].n.sum())
    if open_:
        told = (
            f"{counted(open_, 'verdict')} open because of values below or above quantification: "
            "indeterminate, counted in the denominator, not as improved."
        )
        found.append(Note(NoteKind.UNKNOWN, told))
    silent = sorted(set(cells.trial) - set(with_response))
    if silent and with_response:
        told = (
            f"Responders ({RESPONDERS[responder]}) are compared without {', '.join(silent)}: "
            "no dated responses."
        )
        found.append(Note(NoteKind.LEFT_OUT, told))
    return found
