"""What the pool's uploads carry: rows per trial and table, mappings, warnings."""

from __future__ import annotations

import json
import re

import pandas as pd

from igcore.store import Pool, schema

WARNINGS = (
    "upload", "trials", "kind", "rows", "file", "sheet", "line", "column", "value", "problem",
    "cure",
)  # fmt: skip


def carried(pool: Pool) -> pd.DataFrame:
    """One row per upload, trial and table.

    Columns: upload, trial, table, rows (that the upload brought), in_force (of these, now, or
    when the upload was removed; the others say what an earlier upload said, or are replaced),
    patients (whom the rows are about).
    """
    parts = " union all ".join(
        f"""
        select r.upload, s.trial, '{table.name}' as "table",
            count(*) filter (where r.added = m.version) as rows,
            count(*) filter (where r.added <= m.moment
                and (r.removed is null or r.removed > m.moment)) as in_force,
            count(distinct patient_key) as patients
        from {table.name} r join subjects s using (patient_key) join moments m using (upload)
        group by r.upload, s.trial
        """
        for table in schema.TABLES
    )
    with pool.reading() as cursor:
        found = cursor.execute(
            f"""
            with last_done as (
                select upload, arg_max(action, version) as action, max(version) as version
                from versions where upload is not null group by upload
            ),
            moments as (
                select u.upload, u.version, if(d.action = 'remove', d.version - 1,
                    (select max(version) from versions)) as moment
                from uploads u join last_done d using (upload)
            )
            {parts}
            """
        ).df()
    found["table"] = pd.Categorical(found["table"], [table.name for table in schema.TABLES])
    found = found.sort_values(["upload", "trial", "table"], ignore_index=True)
    return found.astype({"table": object})


def mappings(pool: Pool, upload: int) -> list[str]:
    """The mapping documents (JSON) that were saved with an upload; empty for a known layout."""
    return list(pool.rows("upload_mapping", upload=upload).mapping)


def kind(problem: str) -> str:
    """A problem without what differs from row to row, so that the same one counts once.

    >>> kind("It names no known type of monoclonal protein (5 patients).")
    'It names no known type of monoclonal protein (… patients).'
    >>> kind("After death: day 40, death on day 30.")
    'After death.'
    """
    words, differs, _ = problem.partition(":")
    return re.sub(r"\d+(?:[.,]\d+)*", "…", words) + ("." if differs else "")


def warnings(pool: Pool, upload: int | None = None) -> pd.DataFrame:
    """The warnings of one upload, or of all that are in force; one row each, newest upload first.

    `trials` are the trials that the upload has rows of; `kind` is the problem without what differs
    from row to row; `rows` is the number of rows that a warning speaks of.
    """
    listed = pool.rows("uploads")
    wanted = listed.removed_in.isna() if upload is None else listed.upload == upload
    told = [
        (int(row.upload), warning)
        for row in listed[wanted].itertuples()
        for warning in json.loads(row.warnings)
    ]
    trials = carried(pool).groupby("upload").trial.unique() if told else {}
    found = [
        {
            "rows": 1,
            **warning,
            "upload": number,
            "trials": ", ".join(sorted(trials.get(number, []))),
            "kind": kind(warning["problem"]),
        }
        for number, warning in told
    ]
    return pd.DataFrame(found).reindex(columns=list(WARNINGS))
