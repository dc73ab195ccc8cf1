"""The door of the pool: files -> staged sheets -> checked rows -> one transaction.

`add` does it all at once, for the command line and for scripts. The Upload page stages first
(`staging.stage_file`), asks what is not clear, and then calls `add_staged`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from igcore.ingest import staging
from igcore.ingest.intake import add_staged
from igcore.ingest.options import Cancel, Cancelled, Options
from igcore.ingest.privacy import stop as personal
from igcore.ingest.report import Problem, Recognised, Report, shown
from igcore.ingest.staging import Progress
from igcore.store import Pool

_READING = 0.4  # share of the time that reading takes, for the progress that is shown


def _no_progress(share: float, words: str) -> None:
    return None


def add(
    pool: Pool,
    files: Sequence[Path | str],
    options: Options = Options(),
    *,
    names: Sequence[str] | None = None,
    rehearse: bool = False,
    progress: Progress = _no_progress,
    cancel: Cancel | None = None,
) -> Report:
    """Read, recognise, check and add files as one upload, or rehearse it and store nothing.

    Args:
        files: paths of files of the kinds that `read.kinds` lists.
        names: what the reader calls them; their file names unless given.
        progress: called with a share from 0 to 1 and words.
        cancel: may be set from another thread; nothing is stored then.

    Raises:
        Refused: an option contradicts the files or the pool, or a file is the pool itself.
        Cancelled: `cancel` was set.
    """
    paths = [Path(file) for file in files]
    named = _apart(paths, names or [path.name for path in paths])
    cancel = cancel or Cancel()
    with staging.folder(pool) as folder:
        staged = []
        for number, (path, name) in enumerate(zip(paths, named, strict=True)):
            told = _part(progress, cancel, _READING * number / len(paths), _READING / len(paths))
            file = staging.stage_file(path, name, folder, progress=told)
            staged.append(personal.left_behind(file, options.drop))
        rest = _part(progress, cancel, _READING, 1 - _READING)
        return add_staged(pool, staged, options, rehearse=rehearse, progress=rest, cancel=cancel)


def _part(progress: Progress, cancel: Cancel, first: float, length: float) -> Progress:
    """Progress of one step of several; also the place where a step learns that it is cancelled."""

    def told(share: float, words: str) -> None:
        cancel.look()
        progress(min(1.0, first + length * share), words)

    return told


def _apart(paths: list[Path], names: Sequence[str]) -> list[str]:
    """Names that can be shown, no two alike: equal ones get their folder, else their number."""
    plain = [shown(name.encode(errors="replace").decode(), 200) for name in names]
    apart: list[str] = []
    for number, (path, name) in enumerate(zip(paths, plain, strict=True), 1):
        if plain.count(name) > 1:
            folder = shown(path.parent.name.encode(errors="replace").decode(), 200)
            name = f"{folder}/{name}"
        apart.append(f"{number}/{name}" if name in apart else name)
    return apart


__all__ = [
    "Cancel",
    "Cancelled",
    "Options",
    "Problem",
    "Recognised",
    "Report",
    "add",
    "add_staged",
]
