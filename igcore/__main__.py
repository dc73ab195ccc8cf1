"""The command line: every analysis, add, uploads, remove, backup, check, demo.

Flags and help of the analyses are generated from their declarations.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from igcore import __version__, analysis, ingest
from igcore.analysis.result import Result, records, to_csv
from igcore.errors import IgcoreError, Refused
from igcore.ingest import demo
from igcore.store import Pool, history

DONE, NOTHING, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 for done, 1 for nothing done, 2 for wrong usage."""
    options = parser().parse_args(arguments)
    try:
        _refuse_undecodable(options)
        return options.run(options)
    except IgcoreError as refusal:
        print(f"igcore: {refusal}", file=sys.stderr)
        return USAGE if isinstance(refusal, Refused) else NOTHING
    except BrokenPipeError:
        return DONE


def _refuse_undecodable(options: argparse.Namespace) -> None:
    """Bytes that are no text are refused in words; a file's name may hold them."""
    for name, value in vars(options).items():
        for text in value if isinstance(value, list) else [value]:
            if name != "files" and isinstance(text, str) and not text.isascii():
                try:
                    text.encode()
                except UnicodeEncodeError:
                    raise Refused(f"{text!a} is not text in UTF-8.") from None


def parser() -> argparse.ArgumentParser:
    """The whole command line, as declared."""
    top = argparse.ArgumentParser(
        prog="python -m igcore",
        description="Igcore: immunoglobulin recovery and survival in pooled trials.",
        formatter_class=lambda prog: argparse.HelpFormatter(prog, width=88),
    )
    top.add_argument("--version", action="version", version=f"igcore {__version__}")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_command(commands)
    _show_command(commands)
    for asked in analysis.ANALYSES.values():
        _analysis_command(commands, asked)
    _history_commands(commands)
    return top


def _command(commands, name: str, run, says: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=says, description=says)
    command.add_argument("--pool", metavar="P", help="pool file; IGCORE_POOL or data/pool.duckdb")
    command.set_defaults(run=run)
    return command


def _format(command: argparse.ArgumentParser, *formats: str) -> None:
    command.add_argument("--format", choices=formats, default="text", help="default: text")


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a date such as 2009-06-10') from None


def _add_command(commands) -> None:
    add = _command(commands, "add", _add, "Check files and add them to the pool as one upload.")
    add.add_argument("files", nargs="+", metavar="FILE", help="csv, tsv, txt, xlsx or xpt")
    add.add_argument("--trial", metavar="NAME", help="the one trial that all rows belong to")
    add.add_argument("--title", metavar="T", help="the trial's title")
    add.add_argument("--cutoff", metavar="DATE", type=_date, help="data cut-off, YYYY-MM-DD")
    add.add_argument("--simulated", action="store_true", help="the data are simulated")
    add.add_argument(
        "--no-m-protein",
        action="store_true",
        help="no monoclonal protein in this disease: all isotypes are assessable",
    )
    add.add_argument("--replace", action="store_true", help="same key, other content: take the new")
    add.add_argument("--all-or-nothing", action="store_true", help="one refused row refuses all")
    add.add_argument("--by", metavar="WHO", default="", help="who adds, shown as stated")
    _format(add, "text", "json")


def _add(options: argparse.Namespace) -> int:
    for file in options.files:
        if not Path(file).is_file():
            raise Refused(f"There is no file {file}.")
    report = ingest.add(
        Pool.open(options.pool),
        options.files,
        ingest.Options(
            trial=options.trial,
            title=options.title,
            cutoff=options.cutoff,
            simulated=options.simulated,
            no_m_protein=options.no_m_protein,
            replace=options.replace,
            all_or_nothing=options.all_or_nothing,
            stated_by=options.by,
        ),
    )
    as_json = options.format == "json"
    print(json.dumps(report.as_json(), ensure_ascii=False) if as_json else report.as_text())
    return NOTHING if report.nothing_could_be_added else DONE


def _show_command(commands) -> None:
    show = _command(commands, "show", _show, "Answer a query, written as in the browser's link.")
    show.add_argument("query", metavar="QUERY", help="such as 'survival?endpoint=OS&landmark=6'")
    show.add_argument("--table", metavar="NAME", help="one table only")
    _format(show, "text", "json", "csv")


def _show(options: argparse.Namespace) -> int:
    result = analysis.ask(Pool.open(options.pool, create=False), options.query)
    _print(result, options)
    return DONE


def _analysis_command(commands, asked: analysis.spec.Analysis) -> None:
    says = asked.says.partition("\n")[0]
    command = _command(commands, asked.name, _ask, says)
    for parameter in asked.parameters:
        kind = parameter.kind
        allowed = f" [{kind.allowed()}]" if kind.allowed() else ""
        default = "" if parameter.declared in (None, "") else f"; default {_shown(parameter)}"
        command.add_argument(
            f"--{parameter.name.replace('_', '-')}",
            dest=f"p_{parameter.name}",
            metavar=parameter.name.upper(),
            action="append",
            help=f"{kind.label}: {kind.says}{allowed}{default}".replace("%", "%%"),
        )
    command.add_argument("--data", dest="p_data", action="append", help="data version")
    command.add_argument("--table", metavar="NAME", help="one table only")
    command.set_defaults(analysis=asked.name)
    _format(command, "text", "json", "csv")


def _shown(parameter: analysis.spec.Parameter) -> str:
    return ", ".join(parameter.kind.encode(parameter.declared))


def _ask(options: argparse.Namespace) -> int:
    pairs = [
        f"{name[2:]}={quote(text, safe='')}"
        for name, texts in vars(options).items()
        if name.startswith("p_") and texts
        for text in texts
    ]
    options.query = f"{options.analysis}?{'&'.join(pairs)}"
    return _show(options)


def _print(result: Result, options: argparse.Namespace) -> None:
    tables = result.tables
    if options.table:
        if options.table not in tables:
            raise Refused(f'Table: "{options.table}" is not one of {", ".join(tables)}.')
        tables = {options.table: tables[options.table]}
    if options.format == "json":
        told = result.as_json()
        told["tables"] = {name: records(frame) for name, frame in tables.items()}
        print(json.dumps(told, ensure_ascii=False))
        return
    if options.format == "text":
        stamp = " SIMULATED" if result.simulated else ""
        print(f"{result.title} ({result.population}){stamp}\n{result.query}\n{result.method}")
        for note in (result.banner, *result.notes):
            print(f"- {note}" if note else "", end="\n" if note else "")
    for name, frame in tables.items():
        if options.format == "csv":
            print(("" if options.table else f"# {name}\n") + to_csv(frame), end="")
        else:
            print(f"\n{name}\n{frame.to_string(index=False, max_rows=40)}")


def _history_commands(commands) -> None:
    uploads = _command(commands, "uploads", _uploads, "List the uploads, newest first.")
    _format(uploads, "text", "json")
    remove = _command(commands, "remove", _remove, "Take an upload back, with a reason.")
    remove.add_argument("upload", type=int, metavar="UPLOAD", help="its number in `uploads`")
    remove.add_argument("--why", required=True, help="the reason; it stays in the history")
    remove.add_argument("--by", metavar="WHO", default="", help="who removes, shown as stated")
    backup = _command(commands, "backup", _backup, "Copy the whole pool to a new file.")
    backup.add_argument("path", metavar="PATH", help="a file that is not there yet")
    _command(commands, "check", _check, "Open, count and compare every upload with its proof.")
    _command(commands, "demo", _demo, "Add the two simulated trials, as an ordinary upload.")


def _uploads(options: argparse.Namespace) -> int:
    rows = records(history.uploads(Pool.open(options.pool, create=False)))
    for row in rows:
        row.update({name: json.loads(row[name]) for name in ("files", "counts", "warnings")})
    if options.format == "json":
        print(json.dumps(rows, ensure_ascii=False, default=str))
        return DONE
    for row in rows:
        added = ", ".join(f"{n['added']} {name}" for name, n in row["counts"].items())
        gone = f"; removed in version {row['removed_in']}: {row['why']}" if row["why"] else ""
        print(
            f"upload {row['upload']}, version {row['version']}, {row['written'][:16]} UTC, "
            f"by {row['stated_by'] or 'nobody named'}: {added}{gone}"
        )
    if not rows:
        print("No uploads yet.")
    return DONE


def _remove(options: argparse.Namespace) -> int:
    pool = Pool.open(options.pool, create=False)
    version = history.remove(pool, options.upload, why=options.why, stated_by=options.by)
    print(f"Upload {options.upload} is removed; the data version is {version}.")
    return DONE


def _backup(options: argparse.Namespace) -> int:
    print(f"Written: {history.backup(Pool.open(options.pool, create=False), options.path)}")
    return DONE


def _check(options: argparse.Namespace) -> int:
    wrong = history.check(Pool.open(options.pool, create=False))
    print("\n".join(wrong) or "Every version holds what was added to it.")
    return NOTHING if wrong else DONE


def _demo(options: argparse.Namespace) -> int:
    for report in demo.fill(Pool.open(options.pool)):
        print(report.as_text())
    return DONE


if __name__ == "__main__":
    sys.exit(main())
