"""Change within patients, before against after: quartiles, geometric mean ratio, signed rank.

Everything here works on the distinct differences and how often each occurs, so that a cohort of
any size costs what its distinct values cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from igcore.definitions import LEVEL, Z

NAN = float("nan")
EXACT_BELOW = 50  # differences; R's limit for the exact distribution


@dataclass(frozen=True)
class Quartiles:
    """Median with lower and upper quartile of `n` values, in their unit; NaN where `n` is 0."""

    n: int
    median: float
    lower: float
    upper: float


def quartiles(values: np.ndarray) -> Quartiles:
    """Quartiles of (n,) values without the missing. Source: R `quantile(x, type = 7)`."""
    known = _known(values)
    if not len(known):
        return Quartiles(0, NAN, NAN, NAN)
    lower, middle, upper = np.quantile(known, [0.25, 0.5, 0.75])
    return Quartiles(len(known), float(middle), float(lower), float(upper))


@dataclass(frozen=True)
class GeometricMeanRatio:
    """Geometric mean of after / before over `n` patients with 95 % limits; NaN: see `note`."""

    n: int
    ratio: float
    lower: float
    upper: float
    note: str = ""


def geometric_mean_ratio(before: np.ndarray, after: np.ndarray) -> GeometricMeanRatio:
    """Ratio with a t interval on the log scale; values of 0 or less are left out and counted.

    Args:
        before, after: (n,) concentrations in one unit, in the same order of patients.

    Source: R `exp(t.test(log(after / before))$conf.int)`, which refuses constant ratios likewise.
    """
    from scipy.special import stdtrit

    before, after = _pairs(before, after)
    positive = (before > 0) & (after > 0)
    log_ratio = np.log(after[positive] / before[positive])
    n, left = len(log_ratio), int((~positive).sum())
    note = f"Values of 0 or less have no logarithm: {left} left out." if left else ""
    if n == 0:
        return GeometricMeanRatio(0, NAN, NAN, NAN, f"{note} No pairs.".strip())
    mean = float(log_ratio.mean())
    error = float(log_ratio.std(ddof=1) / np.sqrt(n)) if n > 1 else NAN
    if not error > 10 * np.finfo(float).eps * max(abs(mean), 1e-300):
        words = "One pair has no interval." if n == 1 else "All ratios are equal: no interval."
        return GeometricMeanRatio(n, float(np.exp(mean)), NAN, NAN, f"{note} {words}".strip())
    reach = float(stdtrit(n - 1, 0.975)) * error
    limits = np.exp([mean, mean - reach, mean + reach])
    return GeometricMeanRatio(n, *map(float, limits), note)


@dataclass(frozen=True)
class SignedRank:
    """Wilcoxon signed-rank test and Hodges-Lehmann shift of the differences after - before.

    `n` differences that are not 0, `zeros` dropped; `v` and `w_minus` are the sums of ranks of
    rises and of falls; `p` is two-sided; `shift` is the pseudo-median in the unit of the values
    with limits at `level` (a probability, 0.95 unless so few differences do not reach it); `exact`
    says which distribution was used. NaN: not computable, see `note`.
    """

    n: int
    zeros: int
    v: float
    w_minus: float
    p: float
    shift: float
    lower: float
    upper: float
    level: float
    exact: bool
    note: str = ""


def signed_rank(before: np.ndarray, after: np.ndarray) -> SignedRank:
    """Signed-rank test and shift of (n,) pairs in one unit; pairs with a missing side are left out.

    Differences are rounded to a power of ten between 1e-10 and 1e-9 of the largest value, so that
    0.70 - 0.56 and 0.84 - 0.70 tie, and the result is the same in g/L and in mg/dL. Exact for fewer
    than 50 differences without ties and zeros, else normal with continuity correction.

    Source: Wilcoxon 1945, Hodges and Lehmann 1963; R `wilcox.test(after, before, paired = TRUE,
    conf.int = TRUE)`. In the normal case R searches the limits to 1e-4 (`tol.root`), here they are
    the differences' means themselves; and R's shift is a point between the two middle means, here
    their midpoint.
    """
    before, after = _pairs(before, after)
    steps, per_unit = _grid(before, after)
    zeros = int((steps == 0).sum())
    values, counts = np.unique(steps[steps != 0], return_counts=True)
    n = int(counts.sum())
    note = f"Differences of 0 dropped: {zeros}." if zeros else ""
    if n == 0:
        words = f"{note} No differences other than 0.".strip()
        return SignedRank(0, zeros, NAN, NAN, NAN, NAN, NAN, NAN, NAN, False, words)
    rank, ties = _ranks(values, counts)
    v = float((rank * counts)[values > 0].sum())
    exact = bool(n < EXACT_BELOW and not zeros and ties.max() == 1)
    p = _exact_p(v, n) if exact else _normal_p(v, n, ties)
    means = n * (n + 1) // 2
    below, level = _exact_limit(n) if exact else _normal_limit(values, counts)
    shift = (_mean(values, counts, (means + 1) // 2) + _mean(values, counts, means // 2 + 1)) / 2
    lower = upper = NAN
    if below:
        lower = _mean(values, counts, below) / per_unit
        upper = _mean(values, counts, means + 1 - below) / per_unit
    if level < 0.95:
        few = f"Too few differences for 95 %: limits at {100 * level:.2g} %."
        note = f"{note} {few if below else 'Too few different values: no limits.'}".strip()
    shift /= per_unit
    return SignedRank(n, zeros, v, means - v, p, shift, lower, upper, level, exact, note)


def holm(p: Mapping[str, float]) -> dict[str, float]:
    """Holm's adjusted p-values by name; NaN stays NaN and is not counted as a test.

    Source: Holm 1979; R `p.adjust(p, "holm")`.
    """
    known = sorted((value, name) for name, value in p.items() if not np.isnan(value))
    adjusted, highest = dict.fromkeys(p, NAN), 0.0
    for i, (value, name) in enumerate(known):
        highest = max(highest, min(1.0, (len(known) - i) * value))
        adjusted[name] = highest
    return adjusted


def _known(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    return values[~np.isnan(values)]


def _pairs(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs with both sides."""
    before, after = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    both = ~(np.isnan(before) | np.isnan(after))
    return before[both], after[both]


def _grid(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, float]:
    """Differences as (n,) whole steps, and the steps per unit: a power of ten keeps decimals."""
    largest = max(np.abs(before).max(initial=0), np.abs(after).max(initial=0))
    exponent = int(np.floor(np.log10(largest))) - 9 if largest > 0 else 0
    per_unit = 10.0**-exponent
    return np.rint((after - before) * per_unit).astype(np.int64), per_unit


def _ranks(values: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean rank of the size of each distinct difference, and the numbers of ties by size."""
    _, size = np.unique(np.abs(values), return_inverse=True)
    ties = np.bincount(size, counts)
    return (np.cumsum(ties) - (ties - 1) / 2)[size], ties


def _distribution(n: int) -> np.ndarray:
    """Probabilities of V = 0 ... n (n + 1) / 2 where rises and falls are equally likely."""
    ways = np.ones(1)
    for rank in range(1, n + 1):
        ways = np.pad(ways, (0, rank)) + np.pad(ways, (rank, 0))
    return ways / 2.0**n


def _exact_p(v: float, n: int) -> float:
    tail = int(min(v, n * (n + 1) / 2 - v))  # the distribution is symmetric
    return min(1.0, 2 * float(_distribution(n)[: tail + 1].sum()))


def _sigma(n: int, ties: np.ndarray) -> float:
    ties = ties.astype(float)
    return float(np.sqrt(n * (n + 1) * (2 * n + 1) / 24 - (ties**3 - ties).sum() / 48))


def _normal_p(v: float, n: int, ties: np.ndarray) -> float:
    from scipy.special import ndtr

    distance = max(0.0, abs(v - n * (n + 1) / 4) - 0.5)
    return float(2 * ndtr(-distance / _sigma(n, ties)))


def _exact_limit(n: int) -> tuple[int, float]:
    """Which of the ascending pairwise means is the lower limit (0: none), and its level."""
    below = np.cumsum(_distribution(n))
    place = max(1, int(np.argmax(below >= 0.025)))
    reached = 1 - 2 * float(below[place - 1])
    if reached <= 0:
        return 0, 0.0
    # R calls the level 95 % unless it is missed by half of 5 %.
    return place, 0.95 if reached >= 0.925 else reached


def _normal_limit(values: np.ndarray, counts: np.ndarray) -> tuple[int, float]:
    """The same by the normal approximation.

    R doubles alpha until the smallest and the largest difference enclose both limits.
    """
    from scipy.special import ndtri

    bounds = [_standardised(values - end, counts) for end in (values[0], values[-1])]
    if not np.isfinite(bounds).all():
        return 0, 0.0
    alpha, z = LEVEL, Z
    while bounds[0] < z or bounds[1] > -z:
        alpha, z = 2 * alpha, -float(ndtri(min(1.0, 2 * alpha) / 2))
        if alpha >= 1:
            return 0, 0.0
    n = int(counts.sum())
    # Moving the differences by d, V is the number of pairwise means above d, so that the crossing
    # sought is one of these means; equal differences stay tied wherever they are moved.
    place = int(np.floor(n * (n + 1) / 4 - 0.5 - z * _sigma(n, counts))) + 1
    return max(1, place), 1 - alpha


def _standardised(values: np.ndarray, counts: np.ndarray) -> float:
    """Corrected z of differences, those of 0 dropped; NaN if none is left."""
    values, counts = values[values != 0], counts[values != 0]
    n = int(counts.sum())
    if n == 0:
        return NAN
    rank, ties = _ranks(values, counts)
    distance = float((rank * counts)[values > 0].sum()) - n * (n + 1) / 4
    return (distance - 0.5 * np.sign(distance)) / _sigma(n, ties)


def _mean(values: np.ndarray, counts: np.ndarray, place: int) -> float:
    """The `place`-th smallest (from 1) of the means (d_i + d_j) / 2, i <= j, in steps.

    Found by halving whole numbers, because a million differences have half a billion means.
    """
    cumulated = np.concatenate([[0], np.cumsum(counts)])

    def up_to(total: int) -> int:
        ordered = counts @ cumulated[np.searchsorted(values, total - values, side="right")]
        return int(ordered + counts[2 * values <= total].sum()) // 2

    low, high = 2 * int(values[0]), 2 * int(values[-1])
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if up_to(middle) >= place else (middle + 1, high)
    return low / 2
