"""Noise stays noise: responses drawn at random, as in the vignette of R's survival on `lung`.

`python -m tests.analysis.test_noise` writes tests/golden/noise.json and the copy that ships with
the product, the table of the Methods page.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lifelines.datasets import load_lung

from igcore.analysis.estimators.comparison import log_rank
from igcore.analysis.noise import SIMULATED, rejections
from igcore.analysis.risk_table import RiskTable

TABLE = Path(__file__).parents[1] / "golden" / "noise.json"
DRAWS, SEED, LANDMARK, LEVEL = 2_000, 20090610, 120.0, 0.05
TIMINGS = ("ever", "landmark", "time-dependent")
NAMES = ["stratum", "group", "time", "entering", "events", "censored"]


def lung() -> tuple[np.ndarray, np.ndarray]:
    """(228,) days and deaths of R's `lung`."""
    frame = load_lung()
    return frame.time.to_numpy(float), frame.status.to_numpy(int) == 1


def drawn_responses(random: np.random.Generator, time: np.ndarray) -> np.ndarray:
    """Days of response that know nothing of survival: half of all would respond, day 1 to 365.

    Who is dead or gone by then has not responded: inf.
    """
    day = random.integers(1, 366, len(time)).astype(float)
    would = random.random(len(time)) < 0.5
    return np.where(would & (day < time), day, np.inf)


def spans(
    timing: str, time: np.ndarray, event: np.ndarray, day: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Responder or not, entry, exit, event of every span (DOMAIN f2.4 and f2.5)."""
    responds = np.isfinite(day)
    if timing == "ever":
        return responds, np.zeros_like(time), time, event
    if timing == "landmark":
        kept = time > LANDMARK
        early = day[kept] <= LANDMARK
        return early, np.zeros(kept.sum()), time[kept] - LANDMARK, event[kept]
    before = np.minimum(day, time)
    return (
        np.concatenate([np.zeros(len(time), bool), np.ones(responds.sum(), bool)]),
        np.concatenate([np.zeros_like(time), day[responds]]),
        np.concatenate([before, time[responds]]),
        np.concatenate([event & ~responds, event[responds]]),
    )


def p_of(timing: str, time: np.ndarray, event: np.ndarray, day: np.ndarray) -> float:
    """p of the log-rank test, which is Mantel and Byar's for the spans of a state."""
    responder, entry, exit_, had = spans(timing, time, event, day)
    group = np.where(responder, "responder", "non-responder")
    none, one = np.zeros(len(group), int), np.ones(len(group), int)
    entering = zip(none, group, entry, one, none, none, strict=True)
    leaving = zip(none, group, exit_, none, had.astype(int), 1 - had.astype(int), strict=True)
    rows = pd.DataFrame([*entering, *leaving], columns=NAMES)
    return log_rank(RiskTable.from_rows(rows.groupby(NAMES[:3], as_index=False).sum())).p


def rejected(draws: int) -> dict[str, float]:
    """Share of the draws in which each analysis finds a difference at 5 %."""
    random = np.random.default_rng(SEED)
    time, event = lung()
    found = dict.fromkeys(TIMINGS, 0)
    for _ in range(draws):
        day = drawn_responses(random, time)
        for timing in TIMINGS:
            found[timing] += p_of(timing, time, event, day) < LEVEL
    return {timing: n / draws for timing, n in found.items()}


def test_a_response_at_random_looks_like_a_benefit_only_when_it_is_counted_as_ever() -> None:
    """60 draws: "ever" rejects in nearly all, the others hardly ever (P(>9 of 60) = 0.0005)."""
    found = rejected(60)
    assert found["ever"] > 0.5
    assert found["landmark"] <= 9 / 60
    assert found["time-dependent"] <= 9 / 60


def test_the_table_that_ships_is_the_simulated_one() -> None:
    assert SIMULATED.read_bytes() == TABLE.read_bytes()


def test_the_shipped_rates_have_the_error_of_their_draws() -> None:
    """Wilson's limits of 107 of 2,000 by hand: centre 0.05436, half width 0.00989."""
    rows = rejections().set_index("timing")
    assert list(rows.index) == list(TIMINGS)
    row = rows.loc["time-dependent"]
    assert row.rejected == 0.0535
    assert (round(row.lower, 4), round(row.upper, 4)) == (0.0445, 0.0642)


@pytest.mark.slow
def test_the_table_of_the_methods_page_is_what_the_draws_give() -> None:
    """2,000 draws; three standard errors around 5 % are 3.5 to 6.5 %."""
    told = json.loads(TABLE.read_text())
    found = rejected(DRAWS)
    assert told["rejected"] == found
    assert found["ever"] > 0.5
    assert 0.035 < found["landmark"] < 0.065
    assert 0.035 < found["time-dependent"] < 0.065


def main() -> None:
    """Write the table."""
    told = {"draws": DRAWS, "seed": SEED, "landmark_days": LANDMARK, "level": LEVEL}
    text = json.dumps({**told, "rejected": rejected(DRAWS)}, indent=2) + "\n"
    for path in (TABLE, SIMULATED):
        path.write_text(text)


if __name__ == "__main__":
    main()
