"""The layouts that need no mapping: our templates, CDISC ADaM and CDISC SDTM, by their columns."""

from __future__ import annotations

from dataclasses import dataclass

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
    def cdisc(self) -> bool:
        """True for CDISC, whose rows are translated into those of a template."""
        return self.name in CDISC

    @property
    def trial_column(self) -> str:
        """The column that names the trial."""
        return "STUDYID" if self.cdisc else "trial"

    @property
    def stage(self) -> str:
        """Name of the staging table that takes the layout's text."""
        return f"stage_{self.name}"


def _named(*layouts: Layout) -> dict[str, Layout]:
    return {layout.name: layout for layout in layouts}


_SUBJECT = ("STUDYID", "USUBJID")
_EVENT = (
    *("AEDECOD", "AEBODSYS", "AESOC", "AETOXGR", "ATOXGR"),
    *("AESTDTC", "AESTDY", "AEENDTC", "AEENDY"),
)
_MEDICATION = (
    *("CMTRT", "CMDECOD", "CMCAT", "CMSCAT", "CMOCCUR", "CMSTAT", "CMCLASCD", "CMATCCD", "ATCCD"),
    *("ATC3CD", "ATC4CD", "ATC5CD", "CMATC3CD", "CMATC4CD", "CMATC5CD"),
    *("CMSTDTC", "CMSTDY", "CMENDTC", "CMENDY"),
)
_ANALYSIS_DAYS = ("ASTDT", "ASTDY", "AENDT", "AENDY", "TRTSDT")

TEMPLATES = _named(
    *(
        Layout(t.name, f"template {t.name}", t.name, tuple(c.name for c in t.columns))
        for t in schema.TABLES
    )
)
ADAM = _named(
    Layout(
        "adsl",
        "CDISC ADaM subject level (ADSL)",
        "patients",
        (
            *(*_SUBJECT, "SEX", "AGE", "TRT01P", "ARM", "TRT01A"),
            *("TRTSDT", "TRTSDTM", "TRTSTMF", "TRTEDT"),
        ),
    ),
    Layout(
        "adlb",
        "CDISC ADaM laboratory (ADLB)",
        "measurements",
        (
            *(*_SUBJECT, "PARAMCD", "PARAM", "AVAL", "AVALC", "AVALU", "STRESU"),
            *("ADT", "ADY", "ADTM", "ATMF", "LBDTC", "ANRLO", "ANRHI", "DTYPE", "TRTSDT"),
        ),
    ),
    Layout(
        "adrs",
        "CDISC ADaM response (ADRS)",
        "responses",
        (*_SUBJECT, "PARAMCD", "AVALC", "ADT", "ADY", "TRTSDT"),
    ),
    Layout(
        "adtte",
        "CDISC ADaM time to event (ADTTE)",
        "outcomes",
        (*_SUBJECT, "PARAMCD", "PARAM", "AVAL", "AVALU", "CNSR", "STARTDT", "TRTSDT"),
    ),
    Layout(
        "adae",
        "CDISC ADaM adverse events (ADAE)",
        "infections",
        (*_SUBJECT, *_EVENT, *_ANALYSIS_DAYS),
    ),
    Layout(
        "adcm",
        "CDISC ADaM medications (ADCM)",
        "therapies",
        (*_SUBJECT, *_MEDICATION, *_ANALYSIS_DAYS),
    ),
)
SDTM = _named(
    Layout(
        "dm",
        "CDISC SDTM demographics (DM)",
        "patients",
        (*_SUBJECT, "SEX", "AGE", "AGEU", "ARM", "ARMCD", "RFSTDTC", "RFXSTDTC", "RFXENDTC"),
    ),
    Layout(
        "lb",
        "CDISC SDTM laboratory (LB)",
        "measurements",
        (
            *(*_SUBJECT, "LBTESTCD", "LBSTRESN", "LBSTRESC", "LBSTRESU", "LBSTNRLO", "LBSTNRHI"),
            *("LBORRES", "LBORRESU", "LBORNRLO", "LBORNRHI", "LBSPEC", "LBSTAT", "LBDRVFL"),
            *("LBDTC", "LBDY"),
        ),
    ),
    Layout("ae", "CDISC SDTM adverse events (AE)", "infections", (*_SUBJECT, *_EVENT)),
    Layout("cm", "CDISC SDTM medications (CM)", "therapies", (*_SUBJECT, *_MEDICATION)),
    # Procedures are staged under the names of medications, so that both are read alike.
    Layout(
        "pr",
        "CDISC SDTM procedures (PR)",
        "therapies",
        (
            *(*_SUBJECT, "CMTRT", "CMDECOD", "CMCAT", "CMSCAT", "CMOCCUR", "CMSTAT"),
            *("CMSTDTC", "CMSTDY", "CMENDTC", "CMENDY"),
        ),
    ),
    Layout(
        "rs",
        "CDISC SDTM response (RS)",
        "responses",
        (
            *(*_SUBJECT, "RSTESTCD", "RSSTRESC", "RSORRES", "RSEVAL", "RSACPTFL", "RSSTAT"),
            *("RSDTC", "RSDY"),
        ),
    ),
)
CDISC = {**ADAM, **SDTM}

# Standard variables that tell who somebody is: dates of birth, initials, the investigator's name.
PERSONAL_CDISC = frozenset(
    (
        *("BRTHDTC", "BRTHDT", "BRTHDTF", "BRTHDTM", "BRTHTM", "BRTHTMF"),
        *("SUBJINIT", "SUBJINI", "INVNAM"),
    )
)

__all__ = ["ADAM", "CDISC", "PERSONAL_CDISC", "SDTM", "TEMPLATES", "Layout"]
