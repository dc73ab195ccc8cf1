"""Which known layout a sheet has, decided by its header: our templates, CDISC ADaM or SDTM."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from igcore.errors import UnreadableFile
from igcore.ingest.layouts import commpass
from igcore.ingest.layouts.declared import ADAM, CDISC, PERSONAL_CDISC, SDTM, TEMPLATES, Layout
from igcore.store import schema

_LABORATORY = {"ANRLO", "ANRHI", "ANRIND", "LBTESTCD", "LBSTRESU", "LBSTRESN"}
# Of these, an analysis data set has one at least, the tabulation that it was made from has none.
_ANALYSIS = {"ASTDT", "ASTDY", "AENDT", "AENDY", "TRTEMFL", "TRTSDT", "ONTRTFL"}
# A sequence number belongs to data sets with several rows a subject: ASEQ, AESEQ, EXSEQ.
_SEQUENCE = re.compile(r"A?SEQ|[A-Z]{2}SEQ")

UNKNOWN_LAYOUT = (
    "Its columns fit none of the known layouts.",
    f"Use a template ({', '.join(TEMPLATES)}), CDISC ADaM ({', '.join(ADAM).upper()}) or "
    f"SDTM ({', '.join(SDTM).upper()}).",
)


def recognise(
    header: Sequence[str], *, sheet: str | None, file: str, trial: str | None
) -> Layout | None:
    """The sheet's layout with its columns found; None if no known layout fits.

    Args:
        header: the names of the sheet's columns, as they stand there.
        sheet, file: how sheet and file are called; a template may be told by its name.
        trial: name given for the whole upload; a template may then do without a column "trial".

    Raises:
        UnreadableFile: it is meant for a template, but lacks columns; names them.
    """
    return _cdisc(header) or _template(header, sheet, file, trial)


def personal_columns(header: Sequence[str]) -> set[str]:
    """The columns of a CDISC or CoMMpass sheet that are personal by its standard.

    >>> personal_columns(["USUBJID", "BRTHDTC", "AGE"])
    {'BRTHDTC'}
    """
    told = {name: name.strip().upper() for name in header}
    if "USUBJID" in told.values():
        return {name for name, plain in told.items() if plain in PERSONAL_CDISC}
    if commpass.mapping_for(header):
        return {name for name, plain in told.items() if plain.lower() in commpass.PERSONAL}
    return set()


def _cdisc(header: Sequence[str]) -> Layout | None:
    columns = {name.strip().upper(): name for name in header}
    if "USUBJID" not in columns:
        return None
    has = set(columns)
    name = _adam_parameter(has) if "PARAMCD" in has else _domain(has)
    if name is None:
        return None
    if name == "adlb":
        standard = [column for column in header if column.strip().upper().endswith("STRESU")]
        if standard:
            columns["STRESU"] = standard[0]
    if name == "pr":
        columns |= {f"CM{told[2:]}": own for told, own in columns.items() if told[:2] == "PR"}
    return _with(CDISC[name], columns)


def _adam_parameter(has: set[str]) -> str | None:
    """Name of the layout with one row per subject and parameter."""
    if {"CNSR", "AVAL"} <= has:
        return "adtte"
    if "AVAL" in has and has & _LABORATORY and has & {"ADT", "ADY"}:
        return "adlb"
    return "adrs" if "AVALC" in has and has & {"ADT", "ADY"} else None


def _domain(has: set[str]) -> str | None:
    """Name of the layout without parameters: events, medications, findings, subjects."""
    analysis = bool(has & _ANALYSIS)
    if has & {"AEDECOD", "AETERM"}:
        return "adae" if analysis else "ae"
    if has & {"CMDECOD", "CMTRT"}:
        return "adcm" if analysis else "cm"
    if has & {"PRDECOD", "PRTRT"}:
        return "pr"
    if "LBTESTCD" in has and has & {"LBSTRESN", "LBSTRESC", "LBORRES"}:
        return "lb"
    if "RSTESTCD" in has and has & {"RSSTRESC", "RSORRES"}:
        return "rs"
    if any(_SEQUENCE.fullmatch(name) for name in has):
        return None
    if "TRTSDT" in has:
        return "adsl"
    return "dm" if has & {"RFSTDTC", "RFXSTDTC"} and has & {"ARM", "ARMCD", "DMDTC"} else None


def _template(
    header: Sequence[str], sheet: str | None, file: str, trial: str | None
) -> Layout | None:
    columns = {name.strip().lower(): name for name in header}
    given = set(columns) | ({"trial"} if trial else set())
    needed = {table.name: {c.name for c in table.columns if c.required} for table in schema.TABLES}
    called = (sheet or Path(file).stem).strip().lower()
    shared = {table.name: sum(c.name in given for c in table.columns) for table in schema.TABLES}
    # A ward's own sheet may be called "Patients", too; it is ours only if columns are.
    if called in needed and shared[called] and not needed[called] <= given:
        missing = ", ".join(sorted(needed[called] - given))
        raise UnreadableFile(
            f'It is called "{called}", but lacks the column {missing}.',
            "Add the column; the empty templates on the Upload page have all of them.",
        )
    best = (
        called
        if called in needed
        else max(shared, key=lambda name: (shared[name], needed[name] <= given, name))
    )
    own = sum(name in columns for name in (c.name for c in schema.BY_NAME[best].columns))
    # A ward's sheet may have a "Patient" and a "Sex", too: ours has mostly our columns.
    foreign = own < 2 or 2 * own < len([name for name in columns if name])
    if (foreign and called not in needed) or not {"patient"} <= given:
        return None
    if not needed[best] <= given:
        missing = ", ".join(sorted(needed[best] - given))
        raise UnreadableFile(
            f"It looks like {best}, but lacks the column {missing}.",
            "Add the column, or name the sheet or file after its template.",
        )
    return _with(TEMPLATES[best], columns)


def _with(layout: Layout, columns: Mapping[str, str]) -> Layout:
    """The layout with the sheet's own name of each of its columns that the sheet has."""
    theirs = {ours: columns[ours] for ours in layout.columns if ours in columns}
    return Layout(
        layout.name, layout.words, layout.table, layout.columns, tuple(sorted(theirs.items()))
    )


__all__ = [
    "ADAM",
    "CDISC",
    "PERSONAL_CDISC",
    "SDTM",
    "TEMPLATES",
    "UNKNOWN_LAYOUT",
    "Layout",
    "personal_columns",
    "recognise",
]
