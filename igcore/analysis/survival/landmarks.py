"""The same landmark question at two landmarks, and who is left out of each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from igcore.analysis.estimators.comparison import log_rank
from igcore.analysis.estimators.profile import cox_ratios
from igcore.analysis.risk_table import RiskTable
from igcore.analysis.survival.groups import Comparison, Counted, count_at
from igcore.errors import Refused
from igcore.store import Pool

USUAL = (4, 6, 12)
COLUMNS = [
    *("landmark", "n", "responders", "non_responders", "left_out_responders"),
    *("left_out_non_responders", "later_responders", "classified"),
    *("hazard_ratio", "hr_lower", "hr_upper", "p"),
]


def other(landmark: float) -> float:
    """The landmark shown beside the chosen one: the next usual one, or the last but one."""
    return next((month for month in USUAL if month > landmark), USUAL[-2])


def landmarks(
    pool: Pool,
    asked: Comparison,
    counted: Counted,
    reference: str,
    *,
    test: str = "log-rank",
    ties: str = "efron",
    limits: str = "wald",
) -> pd.DataFrame:
    """One row per landmark, the chosen one (`counted`) and another.

    landmark in months; n at risk after it; responders and non_responders among them; left_out_*:
    event or censoring came by the landmark; later_responders stay with the non-responders;
    classified: share in [0, 1] of all responders whose response came by the landmark; hazard ratio
    of the group that is not the reference and p of the test, NaN where there is none. Where the
    groups are by recovery, responders are those who recovered.
    """
    how = {"test": test, "ties": ties, "limits": limits}
    again = asked.at(other(asked.landmark))
    rows = [
        _row(asked, counted, reference, how),
        _row(again, count_at(pool, again, counted.values), reference, how),
    ]
    return pd.DataFrame(rows, columns=COLUMNS).sort_values("landmark", ignore_index=True)


def _row(asked: Comparison, counted: Counted, reference: str, how: dict[str, str]) -> tuple:
    table, told = counted.table, counted.told
    assert told is not None  # only groups by a state have a landmark
    yes, no = asked.names
    left_reached, left_others = told.left
    n = {yes: 0, no: 0}
    if table is not None:
        n |= dict(zip(table.groups, table.entering.sum(axis=(0, 1)).astype(int), strict=True))
    early, late = n[yes] + left_reached, told.later
    return (
        float(asked.landmark),
        *(int(sum(n.values())), int(n[yes]), int(n[no])),
        *(left_reached, left_others, late),
        early / (early + late) if early + late else np.nan,
        *_numbers(table, reference, **how),
    )


def _numbers(
    table: RiskTable | None, reference: str, *, test: str, ties: str, limits: str
) -> tuple[float, float, float, float]:
    if table is None or reference not in table.groups or len(table.groups) < 2:
        return (float("nan"),) * 4
    p = log_rank(table, weight=test).p
    try:
        (found,) = cox_ratios(table, reference, ties=ties, limits=limits)
    except Refused:  # exact ties that are too many; the comparison itself says so
        return (*(float("nan"),) * 3, p)
    return found.ratio, found.lower, found.upper, p
