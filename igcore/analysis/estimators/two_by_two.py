"""Two groups, improved or not: exact odds ratio of one table, Mantel-Haenszel over several.

An odds ratio is that of the first group against the second; exchanging them inverts it. Where a
cell is 0 it is 0 or infinity, which are results; NaN means that nothing can be said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from igcore.analysis.estimators.proportions import Share, share
from igcore.definitions import Z

NAN, INF = float("nan"), float("inf")
Counts = tuple[int, int, int, int]  # improved and n of the first group, of the second


@dataclass(frozen=True)
class TwoByTwo:
    """One table: shares with Clopper-Pearson limits, conditional odds ratio with exact limits, p."""

    first: Share
    second: Share
    odds_ratio: float
    lower: float
    upper: float
    p: float
    note: str = ""


def two_by_two(improved_1: int, n_1: int, improved_2: int, n_2: int) -> TwoByTwo:
    """Fisher's exact test with the conditional maximum likelihood odds ratio and exact 95 % limits.

    Where all or none improved, R prints an odds ratio of 0; the data say nothing, so it is NaN
    here, with limits 0 to infinity and p = 1.

    Raises:
        ValueError: not 0 <= improved <= n in a group.

    Source: Fisher 1935, Cornfield 1956; R `fisher.test(matrix(c(x1, n1 - x1, x2, n2 - x2), 2))`,
    whose root finder stops at 1e-4 where this one goes on.
    """
    first = share(improved_1, n_1, interval="clopper-pearson")
    second = share(improved_2, n_2, interval="clopper-pearson")
    if not (first.n and second.n):
        return TwoByTwo(first, second, NAN, NAN, NAN, NAN, "A group has no patients.")
    x, total = first.improved, first.improved + second.improved
    low, high = max(0, total - second.n), min(first.n, total)
    if low == high:
        words = "All improved in both groups." if total else "Nobody improved in either group."
        return TwoByTwo(first, second, NAN, 0.0, INF, 1.0, words)
    estimate, lower, upper = _exact_odds_ratio(first, second)
    return TwoByTwo(first, second, estimate, lower, upper, _fisher_p(x, low, high, first, second))


def _log_weight(u: np.ndarray, first: Share, second: Share) -> np.ndarray:
    """log of the number of tables in which u of those improved are in the first group."""
    from scipy.special import gammaln

    total = first.improved + second.improved
    cells = (u, first.n - u, total - u, second.n - total + u)
    return -sum(gammaln(cell + 1.0) for cell in cells)


def _fisher_p(x: int, low: int, high: int, first: Share, second: Share) -> float:
    """Tables that are no likelier than the one seen, up to R's tolerance for rounding."""
    u = np.arange(low, high + 1)
    log_p = _log_weight(u, first, second)
    p = np.exp(log_p - log_p.max())
    return min(1.0, float(p[log_p <= log_p[x - low] + 1e-7].sum() / p.sum()))


def _exact_odds_ratio(first: Share, second: Share) -> tuple[float, float, float]:
    """Conditional estimate and limits: E(u) = x, P(u >= x) = 2.5 %, P(u <= x) = 2.5 %."""
    from scipy.optimize import brentq

    x, total = first.improved, first.improved + second.improved
    low, high = max(0, total - second.n), min(first.n, total)
    cells = np.array([x, first.n - x, second.improved, second.n - second.improved]) + 0.5
    # 60 standard deviations about the count seen: what lies beyond adds nothing in doubles, and
    # a table of a million patients costs what one of a thousand does.
    reach = 100 + int(60 / np.sqrt((1 / cells).sum()))
    u = np.arange(max(low, x - reach), min(high, x + reach) + 1)
    log_weight = _log_weight(u, first, second)

    def p(log_ratio: float) -> np.ndarray:
        log_p = log_weight + log_ratio * (u - x)
        weight = np.exp(log_p - log_p.max())
        return weight / weight.sum()

    def solve(equation) -> float:
        # +-800 spans every odds ratio that a double can hold.
        return float(np.exp(brentq(equation, -800, 800, xtol=1e-13, rtol=1e-14, maxiter=500)))

    lower = 0.0 if x == low else solve(lambda b: p(b)[u >= x].sum() - 0.025)
    upper = INF if x == high else solve(lambda b: p(b)[u <= x].sum() - 0.025)
    if x in (low, high):
        return (0.0 if x == low else INF), lower, upper
    return solve(lambda b: p(b) @ (u - x)), lower, upper


@dataclass(frozen=True)
class Stratified:
    """Two groups within strata (trials).

    `odds_ratio` with limits: Mantel-Haenszel, Robins-Breslow-Greenland. `cmh` and `cmh_corrected`:
    Cochran-Mantel-Haenszel chi-squared (df 1) without and with continuity correction.
    `breslow_day`: homogeneity of the odds ratios, `breslow_day_df` = strata - 1. `strata` are those
    used, `left_out` those that carry no information -> why. NaN: not estimable, see `notes`.
    """

    odds_ratio: float
    lower: float
    upper: float
    cmh: float
    cmh_p: float
    cmh_corrected: float
    cmh_corrected_p: float
    breslow_day: float
    breslow_day_df: int
    breslow_day_p: float
    strata: tuple[str, ...]
    left_out: Mapping[str, str]
    notes: tuple[str, ...] = ()


def stratified(counts: Mapping[str, Counts]) -> Stratified:
    """Mantel-Haenszel odds ratio, CMH tests and Breslow-Day over strata.

    Args:
        counts: stratum -> (improved, n of the first group, improved, n of the second).

    Raises:
        ValueError: not 0 <= improved <= n in a group.

    Source: Mantel and Haenszel 1959, Robins, Breslow and Greenland 1986; R
    `mantelhaen.test(table, correct = FALSE | TRUE)`. Breslow and Day 1980, without Tarone's
    adjustment; R `DescTools::BreslowDayTest(table)`.
    """
    left_out = {name: why for name, cells in counts.items() if (why := uninformative(*cells))}
    kept = {name: cells for name, cells in counts.items() if name not in left_out}
    notes = [f"Stratum {name} left out: {why}." for name, why in left_out.items()]
    if not kept:
        nothing = [NAN] * 8
        notes.append("No stratum compares the two groups.")
        return Stratified(*nothing, 0, NAN, (), left_out, tuple(notes))
    x_1, n_1, x_2, n_2 = np.array(list(kept.values()), dtype=float).T
    ratio, lower, upper = _mantel_haenszel(x_1, n_1, x_2, n_2)
    homogeneity = _breslow_day(x_1, n_1, x_2, n_2, ratio)
    if np.isnan(lower):
        notes.append("A cell is 0 in every stratum: the odds ratio has no interval.")
    tests = (*_cmh(x_1, n_1, x_2, n_2, correct=False), *_cmh(x_1, n_1, x_2, n_2, correct=True))
    return Stratified(
        ratio, lower, upper, *tests, *homogeneity, tuple(kept), left_out, tuple(notes)
    )


def uninformative(x_1: int, n_1: int, x_2: int, n_2: int) -> str:
    """Why a stratum cannot compare the groups; empty if it can."""
    if not (0 <= x_1 <= n_1 and 0 <= x_2 <= n_2):
        raise ValueError(f"{x_1} of {n_1} and {x_2} of {n_2} are not two shares")
    if n_1 == 0 or n_2 == 0:
        return "no patients in either group" if n_1 == n_2 else "no patients in one group"
    if x_1 + x_2 == 0:
        return "nobody improved"
    return "all improved" if x_1 + x_2 == n_1 + n_2 else ""


def _mantel_haenszel(x_1, n_1, x_2, n_2) -> tuple[float, float, float]:
    """Pooled odds ratio and 95 % limits from (S,) counts; limits NaN at 0 and infinity."""
    if not (x_1 * (n_2 - x_2)).any():
        return 0.0, NAN, NAN
    if not ((n_1 - x_1) * x_2).any():
        return INF, NAN, NAN
    n = n_1 + n_2
    for_, against = x_1 * (n_2 - x_2) / n, (n_1 - x_1) * x_2 / n
    alike, apart = (x_1 + n_2 - x_2) / n, (n_1 - x_1 + x_2) / n
    f, a = for_.sum(), against.sum()
    variance = (
        (alike * for_).sum() / f**2
        + (alike * against + apart * for_).sum() / (f * a)
        + (apart * against).sum() / a**2
    ) / 2
    limits = np.exp(np.log(f / a) + np.array([-Z, Z]) * np.sqrt(variance))
    return float(f / a), float(limits[0]), float(limits[1])


def _cmh(x_1, n_1, x_2, n_2, *, correct: bool) -> tuple[float, float]:
    """Chi-squared and p from (S,) counts; the correction never exceeds the difference, as in R."""
    from scipy.special import chdtrc

    n, improved = n_1 + n_2, x_1 + x_2
    difference = abs((x_1 - n_1 * improved / n).sum())
    if correct and difference >= 0.5:
        difference -= 0.5
    variance = (n_1 * n_2 * improved * (n - improved) / (n**2 * (n - 1))).sum()
    statistic = float(difference**2 / variance)
    return statistic, float(chdtrc(1, statistic))


def _breslow_day(x_1, n_1, x_2, n_2, ratio: float) -> tuple[float, int, float]:
    """Chi-squared, df and p that all strata share the odds ratio `ratio`."""
    from scipy.special import chdtrc

    df = len(x_1) - 1
    if df == 0 or ratio == 0 or np.isinf(ratio):
        return NAN, df, NAN
    improved = x_1 + x_2
    # Expected e of x_1: e (n_2 - improved + e) = ratio (n_1 - e) (improved - e). Of the quadratic's
    # roots this form gives the possible one, and it holds at a ratio of 1 too.
    half = ratio * (n_1 + improved) + n_2 - improved
    product = ratio * n_1 * improved
    e = 2 * product / (half + np.sqrt(half**2 + 4 * (1 - ratio) * product))
    variance = 1 / (1 / e + 1 / (n_1 - e) + 1 / (improved - e) + 1 / (n_2 - improved + e))
    statistic = float(((x_1 - e) ** 2 / variance).sum())
    return statistic, df, float(chdtrc(df, statistic))
