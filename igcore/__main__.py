"""The command line: every analysis, add, and the commands about the pool's history.

Flags and help of the analyses are generated from their declarations.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from igcore import __version__, analysis
from igcore.analysis.result import Result, records, to_csv
from igcore.commands import DONE, NOTHING, USAGE, add, command, formats, history
from igcore.errors import IgcoreError, Refused
from igcore.figures import views
from igcore.store import Pool, closing


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 for done, 1 for nothing done, 2 for wrong usage."""
    options = parser().parse_args(arguments)
    try:
        _refuse_undecodable(options)
        with closing():
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
    add.declare(commands)
    _show_command(commands)
    for asked in analysis.ANALYSES.values():
        _analysis_command(commands, asked)
    history.declare(commands)
    return top


def _show_command(commands) -> None:
    show = command(commands, "show", _show, "Answer a query, written as in the browser's link.")
    show.add_argument("query", metavar="QUERY", help="such as 'survival?endpoint=OS&landmark=6'")
    _parts(show)


def _parts(made: argparse.ArgumentParser) -> None:
    """What of an answer is printed, and how."""
    made.add_argument("--table", metavar="NAME", help="one table only")
    made.add_argument("--figure", metavar="NAME", help="one figure, as Plotly's JSON")
    formats(made, "text", "json", "csv")


def _show(options: argparse.Namespace) -> int:
    pool = Pool.open(options.pool, create=False)
    return _answer(pool, analysis.read(pool, options.query), options)


def _answer(pool: Pool, query: analysis.Query, options: argparse.Namespace) -> int:
    result = analysis.answer(pool, query)
    if options.figure:
        print(views.find(query.analysis.name, options.figure).draw(result).to_json())
    else:
        _print(result, options)
    return DONE


def _analysis_command(commands, asked: analysis.spec.Analysis) -> None:
    says = asked.says.partition("\n")[0]
    asking = command(commands, asked.name, _ask, says)
    for parameter in asked.parameters:
        kind = parameter.kind
        allowed = f" [{kind.allowed()}]" if kind.allowed() else ""
        default = "" if parameter.declared in (None, "") else f"; default {_shown(parameter)}"
        asking.add_argument(
            f"--{parameter.name.replace('_', '-')}",
            dest=f"p_{parameter.name}",
            metavar=parameter.name.upper(),
            action="append",
            help=f"{kind.label}: {kind.says}{allowed}{default}".replace("%", "%%"),
        )
    asking.add_argument("--data", dest="p_data", action="append", help="data version")
    asking.set_defaults(analysis=asked.name)
    _parts(asking)


def _shown(parameter: analysis.spec.Parameter) -> str:
    return ", ".join(parameter.kind.encode(parameter.declared))


def _ask(options: argparse.Namespace) -> int:
    given = {
        name.removeprefix("p_"): texts
        for name, texts in vars(options).items()
        if name.startswith("p_") and texts
    }
    pool = Pool.open(options.pool, create=False)
    return _answer(pool, analysis.check(pool, analysis.find(options.analysis), given), options)


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
        for note in (result.banner, *result.said):
            print(f"- {note}" if note else "", end="\n" if note else "")
    for name, frame in tables.items():
        if options.format == "csv":
            print(("" if options.table else f"# {name}\n") + to_csv(frame), end="")
        else:
            print(f"\n{name}\n{frame.to_string(index=False, max_rows=40)}")


if __name__ == "__main__":
    sys.exit(main())
