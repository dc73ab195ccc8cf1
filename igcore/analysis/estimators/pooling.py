"""Several trials: each by itself, together in two stages, and whether they tell the same story.

The main answer stays the one-stage model stratified by trial (`comparison.hazard_ratios`); what is
here stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from igcore.analysis.estimators.partial_likelihood import maximum, partial_likelihood
from igcore.analysis.estimators.profile import comparable, cox_ratios, why_empty
from igcore.analysis.risk_table import RiskTable
from igcore.definitions import Z
from igcore.errors import Refused

METHODS = ("common effect", "DerSimonian-Laird")
FEW = 5  # up to this many trials heterogeneity can hardly be seen


@dataclass(frozen=True)
class Pooled:
    """One log hazard ratio out of several trials; NaN where there is none.

    Attributes:
        method: one of METHODS, as asked; never another because of the data.
        trials: how many have an estimate.
        ratio, lower, upper: hazard ratio with 95 % limits.
        coefficient, standard_error, p: its logarithm, and the test of 0.
        weights: (trials,) shares, summing to 1, in the order given.
        q, df, q_p: Cochran's test that the trials share one ratio.
        i2: share in [0, 1] of the variation that is between trials; NaN with one trial.
        tau2: variance between trials by DerSimonian and Laird, of the log ratio.
        remark: what I2 can say with so few trials, and who is missing; "" where nothing is.
    """

    method: str
    trials: int
    ratio: float
    lower: float
    upper: float
    coefficient: float
    standard_error: float
    p: float
    weights: np.ndarray
    q: float
    df: int
    q_p: float
    i2: float
    tau2: float
    remark: str


@dataclass(frozen=True)
class Interaction:
    """Whether the hazard ratios differ between trials: chi-square, df, p (NaN, 0: no test)."""

    statistic: float
    df: int
    p: float
    notes: tuple[str, ...]


def per_trial(
    table: RiskTable, reference: str, *, ties: str = "efron", limits: str = "wald"
) -> pd.DataFrame:
    """Every stratum by itself: hazard ratio of each of its groups against the reference.

    Args:
        ties, limits: as in `profile.cox_ratios`.

    Returns:
        one row per trial and group: trial, group, n, events, reference_n, reference_events, ratio,
        lower, upper, coefficient, standard_error, note. NaN with a note where none is finite, or
        where exact ties are too many to add up.

    Source: R `coxph(Surv(...) ~ group, data = one trial, ties = ties)`.
    """
    rows = []
    for trial, part in trials(table):
        counts = dict(
            zip(
                part.groups,
                zip(part.patients.sum(axis=0), part.events.sum(axis=(0, 1)), strict=True),
                strict=True,
            )
        )
        found, refused = {}, ""
        if reference in counts:
            try:
                ratios = cox_ratios(part, reference, ties=ties, limits=limits)
                found = {r.group: r for r in ratios}
            except Refused as refusal:
                refused = str(refusal)
        for group in table.groups:
            if group == reference:
                continue
            r = found.get(group)
            finite = r is not None and np.isfinite(r.ratio)
            names = ("ratio", "lower", "upper", "coefficient", "standard_error")
            rows.append(
                {
                    "trial": trial,
                    "group": group,
                    **dict(zip(("n", "events"), counts.get(group, (0, 0)), strict=True)),
                    "reference_n": counts.get(reference, (0, 0))[0],
                    "reference_events": counts.get(reference, (0, 0))[1],
                    **{name: getattr(r, name) if finite else np.nan for name in names},
                    "note": "" if finite else refused or why_empty(part, group, reference),
                }
            )
    return pd.DataFrame(rows)


def trials(table: RiskTable) -> list[tuple[str, RiskTable]]:
    """Each stratum as a table of its own, with the groups that have anybody in it."""
    parts = []
    for s, name in enumerate(table.strata):
        kept = np.flatnonzero(table.entering[s].sum(axis=0) > 0)
        counts = (x[s : s + 1][:, :, kept] for x in (table.entering, table.events, table.censored))
        groups = tuple(table.groups[g] for g in kept)
        back = None if table.returning is None else table.returning[s : s + 1][:, kept]
        parts.append((name, RiskTable(groups, (name,), table.time, *counts, back)))
    return parts


def pool(
    coefficient: np.ndarray, standard_error: np.ndarray, *, method: str = "common effect"
) -> Pooled:
    """Inverse-variance pooling of (k,) log hazard ratios; trials with NaN are left out and told.

    Cochran's Q, I2 and tau2 come with both methods, and never choose between them.

    Source: Cochran 1954; Higgins and Thompson 2002; DerSimonian and Laird 1986; R `metafor::rma(yi,
        sei = , method = "FE" | "DL")`. Not statsmodels' `combine_effects`: it goes on with a tau2
        below 0, and fails where the trials agree exactly.
    """
    from scipy.special import chdtrc, erfc

    y, se = np.asarray(coefficient, float), np.asarray(standard_error, float)
    known = np.isfinite(y) & np.isfinite(se)
    y, w = y[known], se[known] ** -2.0
    k, df = len(y), max(len(y) - 1, 0)
    remark = _remark(k, int(np.sum(~known)))
    if not k:
        return Pooled(method, 0, *(np.nan,) * 6, w, np.nan, 0, *(np.nan,) * 3, remark)
    q = float(w @ (y - w @ y / w.sum()) ** 2)
    tau2 = max(0.0, (q - df) / (w.sum() - w @ w / w.sum())) if df else float("nan")
    i2 = (max(0.0, (q - df) / q) if q > 0 else 0.0) if df else float("nan")
    if method == "DerSimonian-Laird" and tau2 > 0:
        w = 1 / (1 / w + tau2)
    b, error = float(w @ y / w.sum()), float(w.sum() ** -0.5)
    ratio, low, high = map(float, np.exp([b, b - Z * error, b + Z * error]))
    p = float(erfc(abs(b / error) / 2**0.5))
    q_p = float(chdtrc(df, q)) if df else float("nan")
    weights = w / w.sum()
    return Pooled(
        method, k, ratio, low, high, b, error, p, weights, q, df, q_p, i2, tau2, remark
    )  # fmt: skip


def _remark(k: int, missing: int) -> str:
    """What a reader must know before believing I2."""
    parts = []
    if missing:
        parts.append(f"{missing} without a finite hazard ratio left out.")
    if k == 1:
        parts.append("One trial alone: there is nothing to pool and no heterogeneity to measure.")
    elif 1 < k <= FEW:
        parts.append(
            f"With {k} trials I² and Q say little: a real difference between trials is easily "
            "missed, and the variance between trials is hardly known. Look at the trials "
            "themselves and at the interaction."
        )
    return " ".join(parts)


def interaction(table: RiskTable, reference: str, *, ties: str = "efron") -> Interaction:
    """Likelihood-ratio test of group by trial: own ratios in each trial against common ones.

    Of two groups, Cochran's Q in `pool` is the Wald version of the same question. Trials without
    finite ratios for all their groups are left out and told. No test where exact ties are too many.

    Source: R `anova(coxph(Surv(...) ~ group + strata(trial)), coxph(Surv(...) ~ group * trial +
        strata(trial)))`.
    """
    from scipy.special import chdtrc

    kept, left_out = [], []
    for s, (name, part) in enumerate(trials(table)):
        whole = reference in part.groups and len(part.groups) > 1
        if whole and len(comparable(part, reference, ties)) == len(part.groups):
            kept.append((s, part))
        else:
            left_out.append(name)
    notes = [f"Interaction: {n} is left out, not all its ratios are finite." for n in left_out]
    if len(kept) < 2:
        notes.append("Interaction: fewer than two trials to compare; no test.")
        return Interaction(float("nan"), 0, float("nan"), tuple(notes))
    strata = [s for s, _ in kept]
    counts = (x[strata] for x in (table.entering, table.events, table.censored))
    together = RiskTable(
        table.groups, tuple(table.strata[s] for s in strata), table.time, *counts
    )  # fmt: skip
    try:
        common, least = top(together, reference, ties)
        apart = [top(part, reference, ties) for _, part in kept]
    except Refused as refusal:
        return Interaction(float("nan"), 0, float("nan"), (*notes, f"Interaction: {refusal}"))
    df = sum(p for _, p in apart) - least
    statistic = max(0.0, 2 * (sum(value for value, _ in apart) - common))
    if df < 1:
        notes.append("Interaction: no group is compared in two trials; no test.")
        return Interaction(float("nan"), 0, float("nan"), tuple(notes))
    return Interaction(statistic, df, float(chdtrc(df, statistic)), tuple(notes))


def top(table: RiskTable, reference: str, ties: str = "efron") -> tuple[float, int]:
    """Greatest log partial likelihood, and how many ratios it took.

    Raises:
        Refused: exact ties that are too many to add up.
    """
    columns = comparable(table, reference, ties)
    at = partial_likelihood(table, columns, ties)
    _, value, _ = maximum(at, np.zeros(len(columns)), range(1, len(columns)))
    return value, len(columns) - 1
