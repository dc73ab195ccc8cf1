"""A case in a process of its own, watched: how long its upload takes and how much memory."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from igcore.store import ROOT
from tests.ingest.corpus.case import HEAVY_MB, HEAVY_SECONDS, Case
from tests.ingest.corpus.examine import Outcome

PATIENCE = 3 * HEAVY_SECONDS
STOP_MB = 3 * HEAVY_MB  # before the machine suffers


@dataclass
class Measured(Outcome):
    """An outcome with the seconds of the upload and the largest memory of its process in MB."""

    seconds: float = 0
    peak_mb: float = 0

    @property
    def word(self) -> str:
        """The outcome in a word."""
        return "died" if not self.sentence and not self.stored else super().word


def measure(case: Case) -> Measured:
    """Make the case's files here, send them in a child, and hold it to the bounds."""
    with tempfile.TemporaryDirectory(prefix="corpus-") as home:
        folder = Path(home) / "files"
        folder.mkdir()
        paths = json.dumps([str(path) for path in case.make(folder)])
        (folder.parent / "paths.json").write_text(paths)
        return _watched(case.name, folder)


def _watched(name: str, folder: Path) -> Measured:
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.ingest.corpus", "--one", name, str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    peak, ended, started = 0.0, "", time.monotonic()
    while child.poll() is None:
        peak = max(peak, _peak_mb(child.pid))
        if peak > STOP_MB:
            ended = f"it was stopped at {peak:.0f} MB"
        elif time.monotonic() - started > PATIENCE:
            ended = f"it was stopped after {PATIENCE} s"
        if ended:
            child.kill()
            break
        time.sleep(0.02)
    out, err = child.communicate()
    if ended or child.returncode:
        why = ended or f"its process ended with {child.returncode}: {err.strip()[-500:]}"
        return Measured(faults=[why], seconds=time.monotonic() - started, peak_mb=peak)
    found = Measured(**json.loads(out.splitlines()[-1]), peak_mb=peak)
    if found.seconds > HEAVY_SECONDS:
        found.faults.append(f"it took {found.seconds:.0f} s")
    if peak > HEAVY_MB:
        found.faults.append(f"it took {peak:.0f} MB")
    return found


def _peak_mb(pid: int) -> float:
    """The largest memory so far of that process; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found.group(1)) / 1000 if found else 0
