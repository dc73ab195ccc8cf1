"""Commands about what is in the pool already: its uploads, versions, cards, backup and check."""

from __future__ import annotations

import argparse
import datetime
import json

from igcore.analysis.result import counted, records, to_csv
from igcore.commands import DONE, NOTHING, a_date, command, formats
from igcore.ingest import demo
from igcore.store import Pool, cards, changes, history

YES_NO = {"yes": True, "no": False}


def declare(commands: argparse._SubParsersAction) -> None:
    """Add these commands to the command line."""
    uploads = command(commands, "uploads", _uploads, "List the uploads, newest first.")
    formats(uploads, "text", "json")
    remove = command(commands, "remove", _remove, "Take an upload back, with a reason.")
    restore = command(
        commands, "restore", _restore, "Bring a removed upload in again, with a reason."
    )
    for moved, does in ((remove, "removes"), (restore, "restores")):
        moved.add_argument("upload", type=int, metavar="UPLOAD", help="its number in `uploads`")
        _reasons(moved, does)
    compare = command(
        commands, "compare", _compare, "What changed from one data version to another."
    )
    compare.add_argument("before", type=int, metavar="V1", help="data version; 0 is the empty pool")
    compare.add_argument("after", type=int, metavar="V2", help="data version")
    formats(compare, "text", "json", "csv")
    _trial_command(commands)
    backup = command(commands, "backup", _backup, "Copy the whole pool to a new file.")
    backup.add_argument("path", metavar="PATH", help="a file that is not there yet")
    command(commands, "check", _check, "Open, count and compare every upload with its proof.")
    command(commands, "demo", _demo, "Add the two simulated trials, as an ordinary upload.")


def _reasons(made: argparse.ArgumentParser, does: str) -> None:
    made.add_argument("--why", required=True, help="the reason; it stays in the history")
    made.add_argument("--by", metavar="WHO", default="", help=f"who {does}, shown as stated")


def _trial_command(commands: argparse._SubParsersAction) -> None:
    trial = command(commands, "trial", _trial, "Change a trial's title, cut-off or flags.")
    trial.add_argument("trial", metavar="NAME", help="the trial's name; it stays as it is")
    trial.add_argument("--title", metavar="T", help="the trial's title")
    trial.add_argument(
        "--cutoff",
        metavar="DATE",
        type=_date_or_none,
        help='data cut-off, YYYY-MM-DD, or "none"',
    )
    trial.add_argument("--simulated", choices=tuple(YES_NO), help="are the data simulated?")
    trial.add_argument(
        "--no-m-protein",
        choices=tuple(YES_NO),
        help="yes: no monoclonal protein in this disease, all isotypes are assessable",
    )
    trial.add_argument(
        "--laboratory",
        metavar="NAME",
        help='whose ranges serve values without limits of their own; "default" for the default',
    )
    _reasons(trial, "changes it")


def _date_or_none(text: str) -> datetime.date | str:
    return text if text == "none" else a_date(text)


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
        if row["restored_in"]:
            gone = f"; restored in version {row['restored_in']}"
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


def _restore(options: argparse.Namespace) -> int:
    pool = Pool.open(options.pool, create=False)
    version = history.restore(pool, options.upload, why=options.why, stated_by=options.by)
    print(f"Upload {options.upload} is in force again; the data version is {version}.")
    return DONE


def _compare(options: argparse.Namespace) -> int:
    pool = Pool.open(options.pool, create=False)
    if options.format == "csv":
        print(to_csv(changes.changed(pool, options.before, options.after)), end="")
        return DONE
    rows = records(changes.counts(pool, options.before, options.after))
    if options.format == "json":
        told = {"before": options.before, "after": options.after, "tables": rows}
        print(json.dumps(told, ensure_ascii=False))
        return DONE
    for row in rows:
        patients = (
            f"; patients: {row['patients_new']} new, {row['patients_gone']} gone"
            if row["patients_new"] or row["patients_gone"]
            else ""
        )
        print(
            f"{row['trial']}, {row['table']}: {counted(row['added'], 'row')} added, "
            f"{row['removed']} removed, {row['replaced']} replaced{patients}"
        )
    if not rows:
        print(f"Data versions {options.before} and {options.after} hold the same rows.")
    return DONE


def _trial(options: argparse.Namespace) -> int:
    no_cutoff = options.cutoff == "none"
    version = cards.edit(
        Pool.open(options.pool, create=False),
        options.trial,
        cards.Edit(
            title=options.title,
            cutoff=None if no_cutoff else options.cutoff,
            no_cutoff=no_cutoff,
            simulated=YES_NO.get(options.simulated),
            no_m_protein=YES_NO.get(options.no_m_protein),
            laboratory="" if options.laboratory == "default" else options.laboratory,
        ),
        why=options.why,
        stated_by=options.by,
    )
    print(f"Trial {options.trial} is changed; the data version is {version}.")
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
