"""Responses drawn at random: how often each way to count them finds a benefit that is not there."""

from __future__ import annotations

import json

import pandas as pd

from igcore.analysis.comparing import TIMINGS
from igcore.analysis.estimators.proportions import share
from igcore.definitions import DAYS_PER_MONTH
from igcore.store import ROOT

SIMULATED = ROOT / "data" / "noise.json"  # written by tests/analysis/test_noise.py


def setting() -> dict[str, float]:
    """How it was simulated: draws, level of the test, landmark_days and landmark_months."""
    told = json.loads(SIMULATED.read_text())
    days = told["landmark_days"]
    kept = {name: told[name] for name in ("draws", "level")}
    return {**kept, "landmark_days": days, "landmark_months": days / DAYS_PER_MONTH}


def rejections() -> pd.DataFrame:
    """One row per way of counting: timing, words, rejected (share of the draws in which a
    difference is found), lower and upper (95 % limits of the simulation's own error, Wilson).

    Source: the 228 patients of R's `survival::lung`; responses know nothing of survival.
    """
    told = json.loads(SIMULATED.read_text())
    rows = []
    for timing, rejected in told["rejected"].items():
        found = share(round(rejected * told["draws"]), told["draws"])
        rows.append((timing, TIMINGS[timing], found.share, found.lower, found.upper))
    return pd.DataFrame(rows, columns=["timing", "words", "rejected", "lower", "upper"])
