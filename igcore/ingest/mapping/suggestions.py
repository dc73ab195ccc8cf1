"""Suggested mappings for files that nobody has looked at yet, for the command line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from igcore.ingest import staging
from igcore.ingest.mapping import remember
from igcore.ingest.mapping.document import Mapping
from igcore.ingest.mapping.draft import draft
from igcore.ingest.privacy import stop as personal
from igcore.ingest.stage import plain_name
from igcore.ingest.understand import understand
from igcore.store import Pool


@dataclass(frozen=True)
class Suggested:
    """A mapping of every sheet that needs one, and what only the reader knows."""

    mapping: Mapping
    questions: tuple[str, ...]


def suggested(
    pool: Pool, files: Sequence[Path | str], *, trial: str | None, drop: Collection[str] = ()
) -> Suggested:
    """Look at files, without the columns to drop, and suggest what their columns mean."""
    mapping, questions = Mapping(), []
    with staging.folder(pool) as folder:
        staged = [
            personal.left_behind(
                staging.stage_file(Path(file), Path(file).name, folder, progress=lambda *_: None),
                drop,
            )
            for file in files
        ]
        sheets = [sheet for file in staged for sheet in file.sheets]
        found = understand(
            sheets, given=Mapping(), remembered=remember.remembered(pool), trial=trial
        )
        for item in found:
            if item.layout:
                continue
            made = draft(item.sheet, item)
            named = trial or plain_name(item.sheet.file)
            mapping = mapping.with_sheet(replace(made.marked(), trial=named))
            fields = made.mapping.fields
            if not made.mapping.of("patient"):
                questions.append(f"{item.sheet.title}: which column is the patient's id?")
            questions += [
                f"{item.sheet.title}, column {fields[one.field].theirs}: "
                + (one.text or f"which {one.what}?")
                for one in made.open()
            ]
        questions += [file.refusal.problem for file in staged if file.refusal]
    return Suggested(mapping, tuple(questions))
