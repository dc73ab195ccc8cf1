"""The command `add`: check files and add them to the pool as one upload."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from igcore import ingest
from igcore.commands import DONE, NOTHING, a_date, command, formats
from igcore.errors import Refused
from igcore.ingest.mapping import document as mapping
from igcore.ingest.mapping import suggestions
from igcore.ingest.mapping.document import Mapping
from igcore.store import Pool, refuse_open_pool


def declare(commands) -> None:
    """Add the command to the command line."""
    add = command(commands, "add", _add, "Check files and add them to the pool as one upload.")
    add.add_argument(
        "files", nargs="+", metavar="FILE", help="csv, xlsx, xpt, sas7bdat, parquet ..."
    )
    add.add_argument("--trial", metavar="NAME", help="the one trial that all rows belong to")
    add.add_argument("--title", metavar="T", help="the trial's title")
    add.add_argument("--cutoff", metavar="DATE", type=a_date, help="data cut-off, YYYY-MM-DD")
    add.add_argument("--simulated", action="store_true", help="the data are simulated")
    add.add_argument(
        "--no-m-protein",
        action="store_true",
        help="no monoclonal protein in this disease: all isotypes are assessable",
    )
    add.add_argument(
        "--laboratory",
        metavar="NAME",
        help="whose ranges of normal serve records without limits of their own",
    )
    add.add_argument("--replace", action="store_true", help="same key, other content: take the new")
    add.add_argument("--all-or-nothing", action="store_true", help="one refused row refuses all")
    add.add_argument(
        "--from-zero", action="store_true", help="days of templates count from 0, not from 1"
    )
    add.add_argument(
        "--mapping",
        metavar="FILE",
        action="append",
        default=[],
        help="what the columns of other layouts mean: JSON, from the Upload page or --suggest",
    )
    add.add_argument(
        "--suggest",
        metavar="FILE",
        help="write a suggested mapping of sheets in other layouts, and store nothing",
    )
    add.add_argument(
        "--drop",
        metavar="COLUMN",
        action="append",
        default=[],
        help="leave this column behind at once",
    )
    add.add_argument(
        "--harmless",
        metavar="COLUMN=WHY",
        action="append",
        default=[],
        help="a column that looks personal and is not, and why",
    )
    add.add_argument("--problems", metavar="FILE", help="write every problem to this CSV file")
    add.add_argument("--by", metavar="WHO", default="", help="who adds, shown as stated")
    formats(add, "text", "json")


def _add(options: argparse.Namespace) -> int:
    for file in (*options.files, *options.mapping):
        if not Path(file).is_file():
            raise Refused(f"There is no file {file}.")
    pool = Pool.open(options.pool)
    if options.suggest:
        return _suggest(pool, options)
    report = ingest.add(
        pool,
        options.files,
        ingest.Options(
            trial=options.trial,
            title=options.title,
            cutoff=options.cutoff,
            simulated=options.simulated,
            no_m_protein=options.no_m_protein,
            replace=options.replace,
            all_or_nothing=options.all_or_nothing,
            from_zero=options.from_zero,
            laboratory=options.laboratory,
            mapping=_mapping(options.mapping),
            drop=tuple(options.drop),
            harmless=tuple(_harmless(text) for text in options.harmless),
            problems=_new_file(options.problems),
            stated_by=options.by,
        ),
    )
    as_json = options.format == "json"
    print(json.dumps(report.as_json(), ensure_ascii=False) if as_json else report.as_text())
    return NOTHING if report.nothing_could_be_added else DONE


def _mapping(files: list[str]) -> Mapping:
    """The mappings of several files as one; a later one of the same layout goes before."""
    made = Mapping()
    for file in files:
        refuse_open_pool(file)
        for sheet in mapping.from_json(
            Path(file).read_text(encoding="utf-8", errors="replace")
        ).sheets:
            made = made.with_sheet(sheet)
    return made


def _harmless(text: str) -> tuple[str, str]:
    column, _, why = text.partition("=")
    if not why.strip():
        raise Refused(f'--harmless "{text}" gives no reason; write COLUMN=WHY.')
    return column, why.strip()


def _new_file(name: str | None) -> Path | None:
    if name is None:
        return None
    path = Path(name)
    refuse_open_pool(path)
    if path.exists():
        raise Refused(f"There is a file at {path} already; give another name.")
    if not path.absolute().parent.is_dir():
        raise Refused(f"There is no folder {path.parent}; make it first.")
    return path


def _suggest(pool: Pool, options: argparse.Namespace) -> int:
    """Write the suggested mapping; what only the reader knows is told and stays open in it."""
    target = _new_file(options.suggest)
    suggested = suggestions.suggested(pool, options.files, trial=options.trial, drop=options.drop)
    if not suggested.mapping.sheets:
        print("Every sheet is in a known layout; no mapping is needed.")
        return DONE
    target.write_text(mapping.to_json(suggested.mapping), encoding="utf-8")
    print(f"Written: {target}. Look through it, and use it with: add --mapping {target}")
    for question in suggested.questions:
        print(f"- {question}")
    return DONE
