"""One column of an unknown sheet: its look, what its header says, and what its words stand for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from igcore.ingest.isotypes import involved
from igcore.ingest.mapping import words_codes
from igcore.ingest.mapping.looks import Look
from igcore.ingest.mapping.words import Header, fold

_ALIVE = re.compile(r"\b(?:alive|lebt|lebend|vivant\w*|viv[oa]s?)\b")
_FREE = re.compile(r"\bfree\b|frei\b|\b(?:libre|libera|libero|sans)\b")
# "1 = event, 0 = censored" explains an event, though it names censoring.
_LEGEND = re.compile(
    r"\b0 (?:cens|zens|alive|lebt|lebend|viv)|\b1 (?:event|ereignis|evenement|evento|tot|dead|death)"
)
# Words of a patient's course: a date beside one of them is not simply the date of the row.
MILESTONES = (
    "start", "end", "progression", "death", "last", "response", "diagnosis", "therapy", "first",
    "infection", "next", "event", "censor", "age", "arm", "best", "statistic",
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column: its look and what its header says."""

    look: Look
    says: Header

    @property
    def empty(self) -> bool:
        return self.look.filled == 0

    @property
    def numeric(self) -> bool:
        """Numbers or readings, or nothing at all."""
        return self.empty or self.look.numbers + self.look.readings >= 0.6

    @property
    def dated(self) -> bool:
        says = self.says
        moment = says.any("date", "visit", "sample", *MILESTONES) and not says.any(
            "day", "id", "age"
        )
        # Only beside words of time is 39448 the first of January 2008 and no number.
        serials = moment and not says.analyte and not says.endpoint and not says.has("value")
        return self.look.dates + (self.look.serials if serials else 0.0) >= 0.6

    @property
    def vital(self) -> bool:
        """Whether its words tell the dead from the living."""
        plain = {re.sub(r"^[01] (?=[a-z])", "", fold(text)) for text, _ in self.look.words}
        return bool(plain & words_codes.VITAL) and plain <= words_codes.STATES.keys() | {""}

    def share(self, meaning: Callable[[str], str | None]) -> float:
        """Share of cells whose word the list knows; 1 for an empty column, 0 for missing alone."""
        if self.empty:
            return 1.0
        read = [(meaning(text), n) for text, n in self.look.words]
        told = sum(n for _, n in read)
        if not any(ours for ours, _ in read):
            return 0.0
        return sum(n for ours, n in read if ours is not None) / told

    @property
    def form(self) -> str:
        """How a moment in this column is written, one of mapping.FORMS; "" where it is none."""
        if self.dated:
            return "date"
        if self.look.labels >= 0.5:
            return "month"
        if self.empty:
            if self.says.has("date") or not self.says.any("day", "month"):
                return "date"
            return "study day" if self.says.has("day") else "month"
        if not self.numeric or self.look.numbers < 0.6:
            return ""
        if self.says.has("day"):
            return "day from 0" if self.look.zeros else "study day"
        return "month" if self.says.has("month") else ""


@dataclass(frozen=True, kw_only=True)
class Context:
    """What is known of the sheet as a whole.

    `repeats`: patients have several rows; `dated_rows`: there is a date of the row; `course`: there
    are columns of which a patient has one value, such as the age; `endpoints`:
    those with a column of times; `long`: one row per measurement; `kinds`: of therapies or
    infections; `by_endpoint`: a column names the endpoint of the row.
    """

    repeats: bool = False
    dated_rows: bool = False
    course: bool = False
    long: bool = False
    kinds: bool = False
    by_endpoint: bool = False
    endpoints: frozenset[str] = frozenset()

    @property
    def by_visit(self) -> bool:
        """One row per visit: what it says holds on the date of the row."""
        return self.dated_rows and (self.repeats or not self.course)


def barred(says: Header) -> bool:
    """Columns about the person, which are never mapped whatever they hold."""
    named = says.any("trial", "analyte", "endpoint", "arm", "therapy", "infection")
    return says.has("birth") or (says.has("personal") and not named)


def codes_of(role: str, column: Column) -> Callable[[str], str | None] | None:
    """How a word of the column is read in that role; None for roles without a code list."""
    if role == "sex":
        listed = words_codes.sex((text for text, _ in column.look.words), column.look.theirs)
        return lambda text: words_codes.ours(listed, text)
    if role == "event":
        censor = _turned(column.says)
        return lambda text: words_codes.event(text, censor=censor)
    if role == "endpoint":
        return lambda text: words_codes.endpoint(text) or None
    if role == "m_protein":
        return words_codes.m_protein
    lists = {
        "response": words_codes.RESPONSES,
        "best_response": words_codes.RESPONSES,
        "analyte": words_codes.ANALYTES,
        "therapy": words_codes.THERAPIES,
        "grade": words_codes.GRADES,
        "specimen": words_codes.SPECIMENS,
    }
    return (lambda text: words_codes.ours(lists[role], text)) if role in lists else None


def _turned(says: Header) -> bool:
    """Whether yes in the column means that it did not happen: censored, or alive."""
    if _LEGEND.search(says.folded):
        return False
    if _FREE.search(says.folded) and not says.any("event", "time"):
        return True
    return says.has("censor") or bool(_ALIVE.search(says.folded))


def fits(role: str, column: Column) -> float:
    """Share of the column's cells that the role's code list knows."""
    if role == "m_protein":
        return column.share(_isotype)
    return column.share(codes_of(role, column) or (lambda text: None))


def _isotype(text: str) -> str | None:
    return "type" if involved(text) is not None else words_codes.m_protein(text)
