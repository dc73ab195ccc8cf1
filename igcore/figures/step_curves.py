"""Step curves above their numbers at risk: what survival and cumulative incidence share."""

from __future__ import annotations

import numpy as np
import pandas as pd

ROW = 21  # pixels of one line of the table at risk, or of the key
STEPS = 2_000  # two for every pixel column of a figure 1,000 pixels wide


def drawn(curve: pd.DataFrame) -> pd.DataFrame:
    """The rows that are drawn: all of a short curve; of a long one the first and the last drop of
    every pixel column, so that each step that can be seen is kept."""
    if len(curve) <= STEPS:
        return curve
    drops = curve.survival.diff().fillna(-1) != 0
    kept = curve[drops | (np.arange(len(curve)) == len(curve) - 1)]
    month = kept.month.to_numpy()
    width = (month[-1] - month[0]) / (STEPS / 2) or 1.0
    column = np.minimum((month - month[0]) // width, STEPS / 2 - 1)
    changes = np.flatnonzero(np.diff(column))
    return kept.iloc[np.unique([0, *changes, *(changes + 1), len(kept) - 1])]
