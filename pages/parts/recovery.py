"""Tables of the recovery page: flow of patients, shift of classes, verdicts with links."""

from __future__ import annotations

import streamlit as st

from igcore.analysis import ANALYSES, Result
from igcore.analysis.recovery import CLASSES
from igcore.analysis.rule import REASONS, VERDICTS

FLOW = {
    "n_treated": "Treated",
    "n_assessable": "Assessable",
    "n_evaluable": "Evaluable",
    "n_low": "Low at baseline",
}


def flow(result: Result) -> None:
    """How many patients each step keeps, and why the others left."""
    st.subheader("From treated to evaluable", anchor=False)
    shares = result.table("shares")
    pooled = shares[shares.trial == "pooled"].set_index("analyte")
    kept = pooled[list(FLOW)].rename(columns=FLOW)
    verdicts = result.table("verdicts")
    left = verdicts[verdicts.verdict.isin(("not_assessable", "not_evaluable"))]
    reasons = left.groupby(["analyte", "reason"]).patient_key.count().unstack(fill_value=0)
    reasons = reasons.rename(columns=REASONS)
    with st.container(key="tables-flow"):
        one, two = st.columns(2)
    one.caption("Patients who remain, all trials")
    one.dataframe(kept, alt="Patients who remain at each step, by isotype")
    two.caption("Why patients left")
    two.dataframe(reasons.T, alt="Reasons for leaving, by isotype")


def shift(result: Result) -> None:
    """Class at baseline against class at the final value, per isotype."""
    st.subheader("From baseline to final value", anchor=False)
    table = result.table("shift")
    names = list(dict.fromkeys(table.analyte))
    with st.container(key="tables-shift"):
        columns = st.columns(max(len(names), 1))
    for column, analyte in zip(columns, names, strict=False):
        rows = table[table.analyte == analyte]
        cells = rows.pivot_table(
            index="baseline_class", columns="final_class", values="n", aggfunc="sum", fill_value=0
        ).reindex(index=list(CLASSES), columns=list(CLASSES), fill_value=0)
        cells.index.name, cells.columns.name = "baseline", None
        column.caption(f"{analyte}: baseline in rows, final value in columns")
        column.dataframe(cells, alt=f"{analyte}: baseline class by final class")


def verdicts(result: Result) -> None:
    """Every patient's verdict; the key leads to the patient's profile under the same rule."""
    st.subheader("Patient by patient", anchor=False)
    table = result.table("verdicts").copy()
    # The profile has its own cohort, one patient; everything else that it knows is the rule.
    knows = {parameter.name for parameter in ANALYSES["patient"].parameters} - {"trial", "arm"}
    pairs = result.query.partition("?")[2].split("&")
    rule = "".join(f"&{pair}" for pair in pairs if pair.partition("=")[0] in knows)
    table["profile"] = [
        f"/patient?key={key}{rule}&data={result.data_version}" for key in table.patient_key
    ]
    table["verdict"] = table.verdict.map(VERDICTS)
    table["reason"] = table.reason.map(REASONS)
    wanted = st.pills(
        "Show", sorted(table.verdict.unique()), selection_mode="multi", key="recovery-verdicts"
    )
    if wanted:
        table = table[table.verdict.isin(wanted)]
    columns = [
        *("profile", "trial", "patient", "analyte", "verdict", "baseline_operator", "baseline"),
        *("final_operator", "final", "unit", "change_percent", "low", "high", "reason"),
    ]
    columns = [name for name in columns if "operator" not in name or table[name].notna().any()]
    st.dataframe(
        table[columns],
        hide_index=True,
        placeholder="",
        height=380,
        alt="Verdict of every patient and isotype",
        column_config={
            "profile": st.column_config.LinkColumn("profile", display_text="open"),
            "baseline": st.column_config.NumberColumn(format="%.3g"),
            "final": st.column_config.NumberColumn(format="%.3g"),
            "low": st.column_config.NumberColumn(format="%.3g"),
            "high": st.column_config.NumberColumn(format="%.3g"),
            "baseline_operator": st.column_config.TextColumn("", width="small"),
            "final_operator": st.column_config.TextColumn(" ", width="small"),
            "change_percent": st.column_config.NumberColumn("change, %", format="%+.1f"),
        },
    )
    st.caption(f"{len(table)} of {len(result.table('verdicts'))} verdicts.")
