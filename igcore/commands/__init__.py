"""What the commands share: how one is declared, its formats, and the exit codes."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Callable

DONE, NOTHING, USAGE = 0, 1, 2


def command(
    commands: argparse._SubParsersAction,
    name: str,
    run: Callable[[argparse.Namespace], int],
    says: str,
) -> argparse.ArgumentParser:
    """A new command on a pool; `run` returns its exit code."""
    made = commands.add_parser(name, help=says, description=says)
    made.add_argument("--pool", metavar="P", help="pool file; IGCORE_POOL or data/pool.duckdb")
    made.set_defaults(run=run)
    return made


def formats(made: argparse.ArgumentParser, *allowed: str) -> None:
    """The flag --format of a command, text unless another one is asked for."""
    made.add_argument("--format", choices=allowed, default="text", help="default: text")


def a_date(text: str) -> datetime.date:
    """An ISO date, for argparse."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a date such as 2009-06-10') from None
