"""What an upload did, or would do: counts per table, problems with place and cure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

COLUMNS = ("file", "sheet", "line", "column", "value", "problem", "cure", "severity")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what and how it can be mended.

    `severity` is "error" (the row or file was refused) or "warning" (added, but worth a look).
    """

    file: str
    sheet: str | None
    line: int | None
    column: str | None
    value: str | None
    problem: str
    cure: str
    severity: str = "error"


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


@dataclass
class Report:
    """The result of `add`. `upload` is None when nothing was stored."""

    upload: int | None = None
    data_version: int = 0
    tables: dict[str, Counts] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    recognised: list[Recognised] = field(default_factory=list)
    trials: list[str] = field(default_factory=list)

    @property
    def added(self) -> int:
        """Rows that were, or would be, stored."""
        return sum(counts.added for counts in self.tables.values())

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def nothing_could_be_added(self) -> bool:
        """True when nothing was stored, unless all rows were sound and there already."""
        read = any(counts.read for counts in self.tables.values())
        return self.upload is None and (bool(self.errors) or not read)

    def as_json(self) -> dict:
        """Plain values for `--format json`."""
        return {
            "upload": self.upload,
            "data_version": self.data_version,
            "trials": self.trials,
            "tables": {name: asdict(counts) for name, counts in self.tables.items()},
            "problems": [asdict(problem) for problem in self.problems],
            "recognised": [asdict(found) for found in self.recognised],
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
        for problem in self.problems[:20]:
            lines.append(f"{problem.severity}: {place(problem)}: {problem.problem} {problem.cure}")
        if len(self.problems) > 20:
            lines.append(f"... and {len(self.problems) - 20} more problems; see --format json.")
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
