"""Which layout a sheet has, decided by its columns: our templates or CDISC ADaM."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from igcore.errors import UnreadableFile
from igcore.ingest.read import Sheet
from igcore.store import schema


@dataclass(frozen=True)
class Layout:
    """A known layout: which columns it has and which table it fills.

    `columns` are ours; `theirs` maps each to the sheet's own column, absent ones are left out.
    """

    name: str
    words: str
    table: str
    columns: tuple[str, ...]
    theirs: tuple[tuple[str, str], ...] = ()

    @property
    def adam(self) -> bool:
        """True for CDISC ADaM, whose missing values are written in several ways."""
        return self.name in ADAM

    @property
    def stage(self) -> str:
        """Name of the staging table that takes the layout's text."""
        return f"stage_{self.name}"


TEMPLATES = {
    table.name: Layout(
        table.name, f"template {table.name}", table.name, tuple(c.name for c in table.columns)
    )
    for table in schema.TABLES
}
ADAM = {
    "adsl": Layout(
        "adsl",
        "CDISC ADaM subject level (ADSL)",
        "patients",
        (
            *("STUDYID", "USUBJID", "SEX", "AGE", "TRT01P", "ARM", "TRT01A"),
            *("TRTSDT", "TRTSDTM", "TRTSTMF", "TRTEDT"),
        ),
    ),
    "adlb": Layout(
        "adlb",
        "CDISC ADaM laboratory (ADLB)",
        "measurements",
        (
            *("STUDYID", "USUBJID", "PARAMCD", "PARAM", "AVAL", "AVALC", "AVALU", "STRESU"),
            *("ADT", "ADY", "ADTM", "ATMF", "LBDTC", "ANRLO", "ANRHI", "DTYPE", "TRTSDT"),
        ),
    ),
    "adrs": Layout(
        "adrs",
        "CDISC ADaM response (ADRS)",
        "responses",
        ("STUDYID", "USUBJID", "PARAMCD", "AVALC", "ADT", "ADY", "TRTSDT"),
    ),
    "adtte": Layout(
        "adtte",
        "CDISC ADaM time to event (ADTTE)",
        "outcomes",
        ("STUDYID", "USUBJID", "PARAMCD", "PARAM", "AVAL", "AVALU", "CNSR", "STARTDT", "TRTSDT"),
    ),
}
_LABORATORY = {"ANRLO", "ANRHI", "ANRIND", "LBTESTCD", "LBSTRESU", "LBSTRESN"}


UNKNOWN_LAYOUT = (
    "Its columns fit none of the known layouts.",
    f"Use a template ({', '.join(TEMPLATES)}) or CDISC ADaM (ADSL, ADLB, ADRS, ADTTE).",
)


def recognise(sheet: Sheet, trial: str | None) -> Layout | None:
    """The sheet's layout with its columns found; None if no known layout fits.

    Args:
        trial: name given for the whole upload; a template may then do without a column "trial".

    Raises:
        UnreadableFile: it is meant for a template, but lacks columns; names them.
    """
    return _adam(sheet) or _template(sheet, trial)


def _adam(sheet: Sheet) -> Layout | None:
    columns = {name.strip().upper(): name for name in sheet.header}
    has = columns.keys()
    if not {"USUBJID"} <= has:
        return None
    name = None
    if "PARAMCD" not in has:
        name = "adsl" if "TRTSDT" in has else None
    elif "CNSR" in has and "AVAL" in has:
        name = "adtte"
    elif "AVAL" in has and has & _LABORATORY and has & {"ADT", "ADY"}:
        name = "adlb"
    elif "AVALC" in has and has & {"ADT", "ADY"}:
        name = "adrs"
    if name is None:
        return None
    standard = [column for column in sheet.header if column.strip().upper().endswith("STRESU")]
    if standard:
        columns["STRESU"] = standard[0]
    return _with(
        ADAM[name], {ours: columns[ours] for ours in ADAM[name].columns if ours in columns}
    )


def _template(sheet: Sheet, trial: str | None) -> Layout | None:
    columns = {name.strip().lower(): name for name in sheet.header}
    given = set(columns) | ({"trial"} if trial else set())
    needed = {table.name: {c.name for c in table.columns if c.required} for table in schema.TABLES}
    called = (sheet.sheet or Path(sheet.file).stem).strip().lower()
    if called in needed and not needed[called] <= given:
        missing = ", ".join(sorted(needed[called] - given))
        raise UnreadableFile(
            f'It is called "{called}", but lacks the column {missing}.',
            "Add the column; the empty templates on the Upload page have all of them.",
        )
    shared = {table.name: sum(c.name in given for c in table.columns) for table in schema.TABLES}
    best = (
        called
        if called in needed
        else max(shared, key=lambda name: (shared[name], needed[name] <= given, name))
    )
    if shared[best] < 2 or not {"patient"} <= given:
        return None
    if not needed[best] <= given:
        missing = ", ".join(sorted(needed[best] - given))
        raise UnreadableFile(
            f"It looks like {best}, but lacks the column {missing}.",
            "Add the column, or name the sheet or file after its template.",
        )
    table = TEMPLATES[best]
    return _with(table, {ours: columns[ours] for ours in table.columns if ours in columns})


def _with(layout: Layout, theirs: dict[str, str]) -> Layout:
    return Layout(
        layout.name, layout.words, layout.table, layout.columns, tuple(sorted(theirs.items()))
    )
