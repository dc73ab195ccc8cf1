"""Patients who leave a state and come back to it: several spans, but one patient of the group."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from igcore.analysis.risk_table import RiskTable
from igcore.store import Pool

COLUMNS = [
    *("trial", "arm", "sex", "age_group", "group", "time", "returning", "returning_later"),
]


def returns(pool: Pool, asked: Any, values: dict[str, Any]) -> pd.DataFrame:
    """Rows of state_returns.sql; none where a state, once reached, stays."""
    if asked.state is None or not (asked.state.may_end and asked.changing):
        return pd.DataFrame(columns=COLUMNS)
    return pool.rows("state_returns", relations={"course": asked.relations["course"]}, **values)


def per_group(rows: pd.DataFrame, table: RiskTable, column: str = "returning") -> np.ndarray:
    """(S, G) entries of the table by patients who had been in the group before.

    `column` is "returning" (since the start) or "returning_later" (since the landmark).
    """
    counts = np.zeros((len(table.strata), len(table.groups)))
    for (trial, group), n in rows.groupby(["trial", "group"])[column].sum().items():
        if group in table.groups:
            stratum = 0 if table.strata == ("",) else table.strata.index(trial)
            counts[stratum, table.groups.index(group)] += n
    return counts
