"""Sends every case through the door, each in a process of its own, and prints what came of it.

python -m tests.ingest.corpus [WORDS]       the table, of all cases or of those named like WORDS
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from igcore.store import history
from tests.ingest.corpus import BY_NAME, CASES
from tests.ingest.corpus.child import measure
from tests.ingest.corpus.examine import base_pool, send


def one(name: str, folder: Path) -> None:
    """Send one case's files, made in that folder, and print the outcome with its seconds."""
    case = BY_NAME[name]
    pool = base_pool(folder.parent)
    paths = json.loads((folder.parent / "paths.json").read_text())
    started = time.monotonic()
    outcome = send(pool, case, folder, [Path(path) for path in paths])
    seconds = time.monotonic() - started
    outcome.faults += history.check(pool)
    pool.close()
    print(json.dumps({**asdict(outcome), "seconds": seconds}))


def table(words: str) -> int:
    """Print a line for each case; the number of cases that are not as they must be."""
    wrong = 0
    print(f"{'case':62} {'must be':19} {'outcome':10} {'seconds':>7} {'MB':>5}  first sentence")
    for case in CASES:
        if words.lower() not in case.name.lower():
            continue
        found = measure(case)
        wrong += bool(found.faults)
        print(
            f"{case.name[:62]:62} {case.expected:19} {found.word:10} {found.seconds:7.1f} "
            f"{found.peak_mb:5.0f}  {' '.join(found.sentence.split())[:160]}",
            flush=True,
        )
        for fault in found.faults:
            print(f"{'':4}NOT SO: {fault[:300]}", flush=True)
    print(f"{len(CASES)} cases in the corpus; {wrong} of those shown are not as they must be.")
    return wrong


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]))
    else:
        sys.exit(1 if table(" ".join(sys.argv[1:])) else 0)
