"""Sends a case through the door and says what is not as it must be, in sentences."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd

from igcore import ingest
from igcore.analysis.result import to_csv
from igcore.errors import IgcoreError
from igcore.ingest import Report
from igcore.store import Pool, history, schema
from igcore.store.relations import composed
from tests.ingest.corpus.case import BASE, Case

# Words of the machinery; a reader can do nothing with them.
INTERNAL = re.compile(
    r"traceback|duckdb|pyarrow|\barrow|pandas|numpy|openpyxl|calamine|readstat|python|site-packages"
    r"|\b[a-z]+error\b|exception|<class|<built-in|nonetype|\bcodec\b|0x[0-9a-f]{6}|\bstage_|typed_"
    r"|fate_|\bselect .* from\b|\binsert into\b|(?<![\w/])/(?:\w+/)+|\.py\b|zlib|struct\.",
    re.IGNORECASE,
)
# What would let a sentence run on over a terminal's or a page's other words.
RUNAWAY = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass
class Outcome:
    """What came of a case: rows stored, the first sentence, and what is not as it must be."""

    stored: int = 0
    sentence: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def word(self) -> str:
        """The outcome in a word."""
        return f"stored {self.stored}" if self.stored else "refused"


def base_pool(folder: Path) -> Pool:
    """A new pool that holds one patient, so that a file of measurements can stand alone."""
    pool = Pool.open(folder / "pool.duckdb")
    file = folder / "patients.csv"
    file.write_text(BASE)
    assert ingest.add(pool, [file]).upload == 1
    return pool


def send(pool: Pool, case: Case, folder: Path, paths: list[Path]) -> Outcome:
    """Add the case's files, made in that folder, and examine the report and the pool."""
    beside = set(folder.parent.rglob("*"))
    before = pool.newest()
    try:
        report = ingest.add(pool, paths, names=case.called)
    except IgcoreError as refusal:
        outcome = Outcome(0, str(refusal), list(_sentence_faults(str(refusal), folder)))
        outcome.faults += _word_faults(case, 0, [str(refusal)])
    else:
        outcome = _examine(pool, case, report, folder)
    if not outcome.stored and pool.newest() != before:
        outcome.faults.append("nothing was stored, and yet the pool has a new version")
    if outcome.stored:  # what was refused is checked once for all, when the pool is closed
        outcome.faults += [f"the pool's check says: {wrong}" for wrong in history.check(pool)]
    new = {path for path in set(folder.parent.rglob("*")) - beside if path.is_file()}
    left = {path.name for path in new if not path.name.startswith(pool.path.name)}
    if left:
        outcome.faults.append(f"files were left behind: {sorted(left)}")
    return outcome


def _examine(pool: Pool, case: Case, report: Report, folder: Path) -> Outcome:
    rows = report.added if report.upload is not None else 0
    said = [problem.problem for problem in report.problems if problem.severity == "error"]
    # Who reads "harmless" words: a note on a file that was read, or a warning, is words as well.
    told = [problem.problem for problem in report.problems]
    first = (said or told or [""])[0]
    outcome = Outcome(rows, first)
    if rows not in case.stored:
        outcome.faults.append(f"{rows} rows were stored, not {case.stored}")
    outcome.faults += _word_faults(case, rows, said if rows == 0 else told)
    if rows and case.expected != "in part" and said:
        outcome.faults.append(f"rows were stored and an error was told: {said[0]}")
    for problem in report.problems[:1000]:
        outcome.faults += _sentence_faults(problem.problem, folder)
        outcome.faults += _sentence_faults(problem.cure, folder)
        if len(problem.value or "") > 1000:
            outcome.faults.append(f"a value of {len(problem.value)} characters is repeated")
    for found in report.recognised:
        if "\n" in found.file or RUNAWAY.search(found.file):
            outcome.faults.append(
                f"a file's name is shown with its signs of control: {found.file!r}"
            )
    outcome.faults += _csv_faults(pd.DataFrame([asdict(p) for p in report.problems]))
    for counts in report.tables.values():
        if counts.read != counts.added + counts.skipped + counts.refused:
            outcome.faults.append(f"the counts do not add up: {counts}")
    json.dumps(report.as_json()).encode()
    report.as_text().encode()
    if report.upload is not None:
        outcome.faults += _stored_faults(pool, report.upload)
    outcome.faults = list(dict.fromkeys(outcome.faults))
    return outcome


def _word_faults(case: Case, rows: int, said: list[str]) -> Iterator[str]:
    """The problem must be named when something was refused, also beside sound rows."""
    if rows == 0 or (case.words and case.expected == "in part"):
        pattern = re.compile(case.words or "(?!)", re.IGNORECASE)
        if not any(pattern.search(words) for words in said):
            yield f"no problem says /{case.words}/: {said[:2]}"


def _sentence_faults(words: str, folder: Path) -> Iterator[str]:
    if not words.strip():
        yield "a problem or its cure has no words"
    if INTERNAL.search(words) or str(folder) in words:
        yield f"words of the machinery: {words[:200]}"
    if RUNAWAY.search(words):
        yield f"signs of control in a sentence: {words[:200]!r}"
    if len(words) > 1000:
        yield f"a sentence of {len(words)} characters: {words[:100]}"


def _csv_faults(frame: pd.DataFrame) -> Iterator[str]:
    """A download of the table is read back; no text of it may start as a formula does."""
    texts = [name for name in frame.columns if frame[name].dtype == object]
    for row in csv.DictReader(io.StringIO(to_csv(frame), newline="")):
        for name in texts:
            if row[name].startswith(RISKY):
                yield f"a download has a cell that runs: {row[name][:60]}"


def _stored_faults(pool: Pool, upload: int) -> Iterator[str]:
    """What was stored of text is inert in a download."""
    with pool.reading() as cursor:
        for table in schema.TABLES:
            frame = cursor.execute(
                composed(f"select * from named_{table.name}() where upload = $upload"),
                {"version": pool.newest(), "upload": upload},
            ).df()
            yield from _csv_faults(frame)
