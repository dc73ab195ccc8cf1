"""Staging tables of CDISC layouts -> staging tables of the templates, with reasons for what is not."""

from __future__ import annotations

from pathlib import Path

import duckdb

from igcore.ingest.layouts.declared import CDISC, SDTM, Layout
from igcore.store import schema
from igcore.store.relations import composed

SQL = Path(__file__).parents[1] / "sql"
# Text that identifies is taken as it stands: "NA" may be sodium's code, or a subject's.
_IDENTIFIES = ("STUDYID", "USUBJID", "PARAMCD", "LBTESTCD", "RSTESTCD")
_MISSING = "('', 'NA', 'NAN', '.')"


def translate(cursor: duckdb.DuckDBPyConnection, trial: str | None, version: int) -> None:
    """Add the rows of CDISC layouts to the template staging tables.

    Subjects come first: they say when day 1 is, to this upload and as of `version` in the pool.
    Every staged row arrives, once or (a drug with two meanings) more often; column `skip` holds
    the reason why it is left out, or null.

    Args:
        trial: name given for the whole upload, in place of STUDYID.
        version: data version of the pool that is asked for subjects.
    """
    staged = " union all ".join(f"select 1 from {layout.stage}" for layout in CDISC.values())
    if not cursor.execute(f"{staged} limit 1").fetchall():
        return
    for layout in CDISC.values():
        cursor.execute(_known(layout))
    _run(cursor, "adsl", trial=trial)
    _run(cursor, "dm", trial=trial)
    starts(cursor, version, trial)
    _run(cursor, "adlb", trial=trial)
    _run(cursor, "lb", trial=trial)
    _run(cursor, "adrs", trial=trial, responses=list(schema.RESPONSES))
    _run(cursor, "rs", trial=trial, responses=list(schema.RESPONSES))
    _run(cursor, "adtte", trial=trial)
    _run(cursor, "infections", trial=trial)
    _run(cursor, "therapies", trial=trial)


def starts(cursor: duckdb.DuckDBPyConnection, version: int, trial: str | None = None) -> None:
    """Table `known_start`: trial, patient, start (date), treated, reference (date).

    It holds the subjects of the staged patients and of the pool as of `version`.
    """
    cursor.execute(_known(SDTM["dm"]))
    _run(cursor, "starts", trial=trial, version=version)


def _known(layout: Layout) -> str:
    """A view of a staging table in which "NA", "NaN" and SAS's "." are missing."""
    cells = ", ".join(
        name
        if name in _IDENTIFIES
        else f"case when upper(trim({name})) not in {_MISSING} then {name} end as {name}"
        for name in layout.columns
    )
    return (
        f"create or replace temp view known_{layout.name} as "
        f"select file, sheet, line, ord, {cells} from {layout.stage}"
    )


def _run(cursor: duckdb.DuckDBPyConnection, name: str, **values: object) -> None:
    cursor.execute(composed((SQL / f"{name}.sql").read_text()), values)


__all__ = ["starts", "translate"]
