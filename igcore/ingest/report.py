"""What an upload did, or would do: counts per table, problems with place and cure."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from igcore.spreadsheet import inert

COLUMNS = ("file", "sheet", "line", "column", "value", "problem", "cure", "severity")
KEPT = 10_000  # problems kept row by row; all of them are counted, and written to a file on demand
EXAMPLES = 3
STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")  # Unicode's control, format and separator signs


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what and how it can be mended.

    `severity` is "error" (the row or file was refused), "warning" (added, but worth a look) or
    "note" (nothing is wrong, but it should be known); `rows` is the number of rows that it speaks of.
    """

    file: str
    sheet: str | None
    line: int | None
    column: str | None
    value: str | None
    problem: str
    cure: str
    severity: str = "error"
    rows: int = 1


@dataclass
class Kind:
    """Problems of one kind: how many rows, and the first places."""

    severity: str
    column: str | None
    problem: str
    cure: str
    rows: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass
class Counts:
    """Rows of one table: read = added + skipped + refused."""

    read: int = 0
    added: int = 0
    skipped: int = 0
    refused: int = 0
    replaced: int = 0
    skipped_because: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Recognised:
    """What a file or sheet was taken for, and which of its columns were left alone."""

    file: str
    sheet: str | None
    layout: str
    rows: int
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PersonalColumn:
    """A column that looks as if it identified people; `reason` never repeats a value."""

    file: str
    sheet: str | None
    column: str
    kind: str
    reason: str


@dataclass
class Report:
    """The result of `add`. `upload` is None when nothing was stored.

    Attributes:
        problems: the first KEPT of them; `kinds` counts all. `notes` tell what is not wrong.
        personal: columns that stop the upload until they are dropped or declared harmless.
        by_trial: trial -> table -> rows read = added (replaced among them) + there already +
            left out (for a reason that `tables` counts) + refused.
    """

    upload: int | None = None
    data_version: int = 0
    tables: dict[str, Counts] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    recognised: list[Recognised] = field(default_factory=list)
    trials: list[str] = field(default_factory=list)
    personal: list[PersonalColumn] = field(default_factory=list)
    by_trial: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    kinds: dict[tuple, Kind] = field(default_factory=dict, repr=False)
    problem_file: Path | None = None

    def tell(self, problems: Iterable[Problem], *, listed: bool = True) -> None:
        """Take problems in: count all by kind, keep the first; `listed` ones go to `problem_file`.

        What speaks of many rows is not listed: its rows are written one by one, with `write`.
        """
        if self.problem_file is None or not listed:
            for problem in problems:
                self._tell(problem)
        else:
            self.write(self._told(problems))

    def _told(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        for problem in problems:
            self._tell(problem)
            yield problem

    def write(self, problems: Iterable[Problem]) -> None:
        """Append problems to `problem_file`, as CSV in which no text is a formula."""
        new = not self.problem_file.exists()
        with self.problem_file.open("a", encoding="utf-8-sig" if new else "utf-8", newline="") as f:
            writer = csv.writer(f)
            if new:
                writer.writerow(COLUMNS)
            for problem in problems:
                writer.writerow([inert(getattr(problem, name)) for name in COLUMNS])

    def _tell(self, problem: Problem) -> None:
        problem = replace(
            problem,
            value=shown(problem.value, 80) if problem.value else problem.value,
            problem=shown(problem.problem, 600),
        )
        if problem.severity == "note":
            self.notes.append(problem)
            return
        if len(self.problems) < KEPT:
            self.problems.append(problem)
        # What follows a colon differs from row to row.
        words = problem.problem.partition(":")[0]
        key = (problem.severity, problem.column, words, problem.cure)
        kind = self.kinds.get(key)
        if kind is None:
            kind = Kind(problem.severity, problem.column, problem.problem, problem.cure)
            self.kinds[key] = kind
        elif kind.problem != problem.problem:
            kind.problem = f"{words}."
        kind.rows += problem.rows
        if len(kind.examples) < EXAMPLES:
            value = f": {problem.value}" if problem.value else ""
            kind.examples.append(f"{place(problem)}{value}")

    def of(self, trial: str, table: str) -> dict[str, int]:
        """The counts of one trial's rows of a table, to be counted up."""
        empty = dict.fromkeys(("read", "added", "replaced", "there", "left out", "refused"), 0)
        return self.by_trial.setdefault(trial, {}).setdefault(table, empty)

    @property
    def added(self) -> int:
        """Rows that were, or would be, stored."""
        return sum(counts.added for counts in self.tables.values())

    @property
    def n_errors(self) -> int:
        """Problems for which a row or file was refused."""
        return sum(kind.rows for kind in self.kinds.values() if kind.severity == "error")

    @property
    def n_warnings(self) -> int:
        """Rows that were added with a mark."""
        return sum(kind.rows for kind in self.kinds.values() if kind.severity == "warning")

    @property
    def errors(self) -> list[Problem]:
        """The errors among the problems that were kept."""
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def nothing_could_be_added(self) -> bool:
        """True when nothing was stored, unless all rows were sound and there already."""
        read = any(counts.read for counts in self.tables.values())
        return self.upload is None and (bool(self.n_errors or self.personal) or not read)

    def as_json(self) -> dict:
        """Plain values for `--format json`."""
        return {
            "upload": self.upload,
            "data_version": self.data_version,
            "trials": self.trials,
            "tables": {name: asdict(counts) for name, counts in self.tables.items()},
            "by_trial": self.by_trial,
            "problems": [asdict(problem) for problem in self.problems],
            "notes": [asdict(note) for note in self.notes],
            "kinds": [asdict(kind) for kind in self.kinds.values()],
            "recognised": [asdict(found) for found in self.recognised],
            "personal": [asdict(column) for column in self.personal],
        }

    def as_text(self) -> str:
        """The same for a terminal; at most twenty problems are spelled out."""
        lines = [
            f"{found.file}{f' [{found.sheet}]' if found.sheet else ''}: {found.layout}, "
            f"{found.rows} rows" + _ignored(found)
            for found in self.recognised
        ]
        for name, counts in self.tables.items():
            lines.append(
                f"{name}: read {counts.read}, added {counts.added}, "
                f"skipped {counts.skipped}, refused {counts.refused}"
            )
            lines += [f"  skipped {n}: {why}" for why, n in counts.skipped_because.items()]
        for found in self.recognised:
            lines += [f"{found.file}: {note}" for note in found.notes]
        lines += [_sentence(problem) for problem in self.problems[:20]]
        if len(self.problems) > 20:
            lines.append(f"... and {len(self.problems) - 20} more problems; see --problems FILE.")
        lines += [f"note: {note.problem} {note.cure}" for note in self.notes]
        lines += [_stop(column) for column in self.personal]
        if self.upload is None:
            lines.append("Nothing was stored.")
        else:
            lines.append(
                f"Stored as upload {self.upload}; the data version is {self.data_version}."
            )
        return "\n".join(lines)


def _ignored(found: Recognised) -> str:
    if not found.ignored:
        return ""
    names = ", ".join(found.ignored[:8])
    more = f" and {len(found.ignored) - 8} more" if len(found.ignored) > 8 else ""
    return f"; columns not used: {names}{more}"


def _sentence(problem: Problem) -> str:
    rows = f" ({problem.rows} rows, the first here)" if problem.rows > 1 else ""
    return f"{problem.severity}: {place(problem)}{rows}: {problem.problem} {problem.cure}"


def _stop(column: PersonalColumn) -> str:
    where = f"{column.file}, sheet {column.sheet}" if column.sheet else column.file
    return (
        f'stopped: {where}: the column "{column.column}" looks like {column.kind}. '
        f"{column.reason} Drop it with --drop, or say with --harmless why it is none."
    )


def place(problem: Problem) -> str:
    """File, sheet, line and column of a problem, as far as known."""
    parts = [problem.file]
    if problem.sheet:
        parts.append(f"sheet {problem.sheet}")
    if problem.line:
        parts.append(f"line {problem.line}")
    if problem.column:
        parts.append(f"column {problem.column}")
    return ", ".join(parts)


def shown(text: str, length: int) -> str:
    """Text without signs that steer a terminal or turn its direction, and not longer than that."""
    plain = "".join(sign if unicodedata.category(sign) not in STEERING else " " for sign in text)
    return plain if len(plain) <= length else f"{plain[: length - 1]}…"
