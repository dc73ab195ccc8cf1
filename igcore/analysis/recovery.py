"""Who improved, by which rule, out of whom."""

from __future__ import annotations

import numpy as np
import pandas as pd

from igcore.analysis.result import Result, counted
from igcore.analysis.rule import (
    DENOMINATORS,
    Analytes,
    Denominator,
    Final,
    Rise,
    rule_words,
)
from igcore.analysis.spec import analysis
from igcore.store import Cohort, Pool
from igcore.store.schema import ISOTYPES

CLASSES = ("low", "normal", "high", "missing")


def rule_values(cohort: Cohort, analyte: tuple[str, ...], rise: float, final: str) -> dict:
    """What the recovery questions bind."""
    return {
        **cohort.values(),
        "analyte": list(analyte),
        "rise_factor": 1 + rise / 100,
        "final": final,
    }


@analysis(title="Recovery")
def recovery(
    pool: Pool,
    cohort: Cohort,
    *,
    analyte: Analytes = ISOTYPES,
    rise: Rise = 25,
    final: Final = "last",
    denominator: Denominator = "evaluable",
) -> Result:
    """Share of patients whose immunoglobulin improved: a rise, and a final value in range.

    The involved isotype of a myeloma is never judged; limits are the final record's own; values
    below quantification are judged by bounds and are "indeterminate" where that leaves it open.

    Returns:
        verdicts (one row per treated patient and isotype; values and limits in the final record's
        unit, change in percent), shares (n/N with Wilson limits, per trial and pooled), shift
        (baseline class x final class of the assessable).

    Raises:
        Refused: the cohort is empty.

    Source: rules R0 to R8 of the Methods page; Wilson 1927 through statsmodels `proportion_confint`.
    """
    values = rule_values(cohort, analyte, rise, final)
    verdicts = pool.rows("verdicts", **values)
    counts = pool.rows("recovery_counts", **values)
    treated = int(counts[counts.trial.isna()].n_treated.max()) if len(counts) else 0
    return Result(
        query="",
        data_version=cohort.version,
        title="Immunoglobulin recovery",
        method=(
            f"Improved: {rule_words(rise, final)}. Out of: {DENOMINATORS[denominator].lower()}. "
            "Wilson 95 % interval; pooled share is crude (sum over trials)."
        ),
        notes=tuple(_notes(verdicts)),
        population=f"n = {treated} treated; {cohort.words()}",
        tables={
            "verdicts": verdicts,
            "shares": shares(counts, denominator),
            "shift": pool.rows("shift", **values),
        },
    )


def shares(counts: pd.DataFrame, denominator: str) -> pd.DataFrame:
    """Counts -> n, improved, share and Wilson limits; null where nobody is in the denominator."""
    from statsmodels.stats.proportion import proportion_confint

    table = counts.copy()
    table["trial"] = table.trial.fillna("pooled")
    table["n"] = table[f"n_{denominator}"]
    low = denominator == "low"
    table["improved"] = table.improved_low if low else table.improved_evaluable
    some = table.n > 0
    table["share"] = (table.improved / table.n.where(some)).astype(float)
    for name in ("lower", "upper"):
        table[name] = np.nan
    if some.any():
        lower, upper = proportion_confint(
            table.improved[some].to_numpy(), table.n[some].to_numpy(), method="wilson"
        )
        table.loc[some, "lower"], table.loc[some, "upper"] = lower, upper
    groups = ["n_treated", "n_assessable", "n_evaluable", "n_low"]
    return table[["analyte", "trial", *groups, "n", "improved", "share", "lower", "upper"]]


def _notes(verdicts: pd.DataFrame) -> list[str]:
    notes = []
    default = int(verdicts.default_limits.sum())
    if default:
        notes.append(
            f"{counted(default, 'final value')} came without limits; the default range applies "
            "(U Chicago, Tietz/Roche: IgA 70-400, IgG 700-1600, IgM 40-230 mg/dL)."
        )
    unknown = verdicts[verdicts.reason == "isotype_unknown"].patient_key.nunique()
    if unknown:
        notes.append(
            f"{counted(unknown, 'patient')} without a known type of monoclonal protein: "
            "not assessable."
        )
    open_ = int((verdicts.verdict == "indeterminate").sum())
    if open_:
        notes.append(
            f"{counted(open_, 'verdict')} open because of values below or above quantification: "
            "indeterminate, counted in the denominator, not as improved."
        )
    return notes
