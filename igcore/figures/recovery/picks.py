"""What a click on the flow or on the shift of classes means: whose patients, in which words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from igcore.analysis.recovery.counts import POOLED
from igcore.analysis.recovery.members import inside, left, shifting
from igcore.analysis.rule import REASONS
from igcore.figures import style

STEP_WORDS = {
    "treated": "Treated",
    "assessable": "Assessable",
    "evaluable": "Evaluable",
    "low": "Low at baseline",
}
AT_BASELINE = {
    "normal_at_baseline": "normal at baseline",
    "high_at_baseline": "above the range at baseline",
}
REASON_WORDS = {**REASONS, **AT_BASELINE}


def flow_patients(verdicts: pd.DataFrame, pick: Sequence[str]) -> pd.DataFrame:
    """The rows of `verdicts` that a clicked box, bar or reason of the flow counts.

    Args:
        verdicts: the result's table of that name.
        pick: `customdata` of the clicked point: "flow", analyte, escaped trial, step, and a reason
            or nothing.
    """
    _, analyte, trial, step, reason = pick
    rows = verdicts[verdicts.analyte == analyte]
    if trial != POOLED:
        wanted = [name for name in rows.trial.unique() if style.plain(name) == trial]
        rows = rows[rows.trial.isin(wanted)]
    if not reason:
        return rows[inside(rows, step)]
    gone = left(rows)
    return rows[rows.index.isin(gone.index[(gone.step == step) & (gone.reason == reason)])]


def flow_heading(verdicts: pd.DataFrame, pick: Sequence[str]) -> str:
    """What was clicked in the flow, in words; the trial's name as it stands, not escaped."""
    _, analyte, trial, step, reason = pick
    names = {style.plain(name): name for name in verdicts.trial.unique()}
    where = "all trials" if trial == POOLED else names.get(trial, trial)
    what = f"left, {REASON_WORDS.get(reason, reason)}" if reason else STEP_WORDS[step].lower()
    return f"{analyte}, {where}: {what}"


def shift_patients(verdicts: pd.DataFrame, pick: Sequence[str]) -> pd.DataFrame:
    """The rows of `verdicts` that a clicked ribbon, class or cell of the shift counts.

    Args:
        verdicts: the result's table of that name.
        pick: "shift", analyte, class at baseline, class at the final value; an empty class is any.
    """
    _, analyte, baseline, final = pick
    rows = shifting(verdicts[verdicts.analyte == analyte])
    for name, wanted in (("baseline_class", baseline), ("final_class", final)):
        if wanted:
            rows = rows[rows[name] == wanted]
    return verdicts.loc[rows.index]


def shift_heading(pick: Sequence[str]) -> str:
    """What was clicked in the shift of classes, in words."""
    _, analyte, baseline, final = pick
    ends = ((baseline, "at baseline"), (final, "at the final value"))
    return f"{analyte}: {', '.join(f'{name} {when}' for name, when in ends if name) or 'all'}"
