"""Shares with intervals, the crude pooled share, and the test of shares between trials."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from igcore.definitions import LEVEL

LEAST_EXPECTED = 5  # below it in any cell the chi-squared test gives way to Fisher's (Cochran 1954)
MOST_TABLES = 2_000_000  # tables that Fisher's test may enumerate
NAN = float("nan")


@dataclass(frozen=True)
class Share:
    """`improved` of `n` patients: share and 95 % limits in [0, 1], NaN where `n` is 0 (see `note`)."""

    improved: int
    n: int
    share: float
    lower: float
    upper: float
    interval: str
    note: str = ""


def share(improved: int, n: int, *, interval: str = "wilson") -> Share:
    """Share with its 95 % interval, `interval` being "wilson" or "clopper-pearson" (exact).

    Raises:
        ValueError: not 0 <= improved <= n.

    Source: Wilson 1927, R `prop.test(improved, n, correct = FALSE)`; Clopper and Pearson 1934,
    R `binom.test(improved, n)`.
    """
    improved, n = int(improved), int(n)
    if not 0 <= improved <= n:
        raise ValueError(f"{improved} of {n} is not a share")
    if n == 0:
        return Share(0, 0, NAN, NAN, NAN, interval, "No patients.")
    lower, upper = {"wilson": _wilson, "clopper-pearson": _exact}[interval](improved, n)
    # Both methods reach 0 and 1 exactly there; rounding must not show 1e-17.
    lower = 0.0 if improved == 0 else float(lower)
    upper = 1.0 if improved == n else float(upper)
    return Share(improved, n, improved / n, lower, upper, interval)


def _wilson(improved: int, n: int) -> tuple[float, float]:
    from scipy.stats import binomtest

    return tuple(binomtest(improved, n).proportion_ci(method="wilson"))


def _exact(improved: int, n: int) -> tuple[float, float]:
    # Not binomtest: it searches to 2e-12, which is 1e-9 of a limit near 0.
    from scipy.special import betaincinv

    tail = LEVEL / 2
    lower = betaincinv(improved, n - improved + 1, tail) if improved else 0.0
    upper = betaincinv(improved + 1, n - improved, 1 - tail) if improved < n else 1.0
    return lower, upper


def pooled(counts: Mapping[str, tuple[int, int]], *, interval: str = "wilson") -> Share:
    """Crude share of all trials together, sum of improved / sum of n; never a mean of shares.

    Args:
        counts: trial -> (improved, n).
    """
    improved = sum(int(x) for x, _ in counts.values())
    return share(improved, sum(int(n) for _, n in counts.values()), interval=interval)


@dataclass(frozen=True)
class TrialTest:
    """Test that the share is the same in all trials.

    `name` is "chi-squared", "Fisher exact" or, where nothing can be compared, "none"; `statistic`
    and `df` belong to chi-squared alone (NaN and 0 otherwise); `p` is two-sided.
    """

    name: str
    statistic: float
    df: int
    p: float
    note: str = ""


def between_trials(counts: Mapping[str, tuple[int, int]]) -> TrialTest:
    """Chi-squared without continuity correction, or Fisher's exact test where a cell expects < 5.

    Trials without patients are left out and named in the note.

    Args:
        counts: trial -> (improved, n).

    Source: R `chisq.test(table, correct = FALSE)`, `fisher.test(table)`.
    """
    kept = {trial: (int(x), int(n)) for trial, (x, n) in counts.items() if n > 0}
    empty = [str(trial) for trial in counts if trial not in kept]
    note = f"Left out, no patients: {', '.join(empty)}." if empty else ""
    if len(kept) < 2:
        return TrialTest("none", NAN, 0, NAN, f"{note} Fewer than two trials to compare.".strip())
    improved, n = np.array(list(kept.values()), dtype=float).T
    table = np.stack([improved, n - improved], axis=1)
    expected = np.outer(n, table.sum(axis=0)) / n.sum()
    if expected.min() >= LEAST_EXPECTED:
        return _chi_squared(table, expected, note)
    if _tables(n, improved.sum()) <= MOST_TABLES:
        return TrialTest("Fisher exact", NAN, 0, _fisher(improved, n), note)
    rough = f"{note} An expected count is below {LEAST_EXPECTED}: the p-value is rough.".strip()
    return _chi_squared(table, expected, rough)


def _chi_squared(table: np.ndarray, expected: np.ndarray, note: str) -> TrialTest:
    from scipy.special import chdtrc

    statistic = float(((table - expected) ** 2 / expected).sum())
    df = len(table) - 1
    return TrialTest("chi-squared", statistic, df, float(chdtrc(df, statistic)), note)


def _tables(n: np.ndarray, improved: float) -> float:
    """How many tables Fisher's test would visit: the last trial's count follows from the others."""
    sizes = np.sort(np.minimum(n, min(improved, n.sum() - improved)) + 1)
    return math.prod(sizes[:-1].tolist())


def _fisher(improved: np.ndarray, n: np.ndarray) -> float:
    """Probability of all tables with these margins that are no likelier than the one seen.

    SciPy samples tables of more than two trials; here they are all visited, since trials are few.
    """
    if improved.sum() > n.sum() / 2:
        improved = n - improved  # the same tables, seen from the smaller side
    order = np.argsort(n)
    seen, size, total = improved[order], n[order], improved.sum()
    left, log_p = np.array([total]), np.zeros(1)
    for patients in size[:-1]:
        x = np.arange(min(patients, total) + 1)
        left = (left[:, None] - x).ravel()
        log_p = (log_p[:, None] + _log_choose(patients, x)).ravel()
        log_p, left = log_p[left >= 0], left[left >= 0]
    possible = left <= size[-1]
    log_p = log_p[possible] + _log_choose(size[-1], left[possible])
    log_p -= _log_choose(size.sum(), total)
    limit = _log_choose(size, seen).sum() - _log_choose(size.sum(), total)
    # R's tolerance: tables that are equally likely but for rounding belong to the tail.
    return min(1.0, float(np.exp(log_p[log_p <= limit + 1e-7]).sum()))


def _log_choose(n: np.ndarray | float, k: np.ndarray | float) -> np.ndarray:
    from scipy.special import gammaln

    return gammaln(np.add(n, 1)) - gammaln(np.add(k, 1)) - gammaln(np.subtract(n, k) + 1)
