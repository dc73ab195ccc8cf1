"""How fast trajectories are made: `python -m tests.benchmarks.trajectories [PATIENTS ...]` prints only.

On the pool of the recovery benchmark (24 monthly values of three isotypes for each patient), each in
a process of its own so that its peak of memory is its own, the least of several runs in wall and in
processor seconds, which other programs on the machine disturb less:

- floor: the bare DuckDB aggregate, the quartiles of a concentration per isotype and month;
- median, mean: the summary per visit of all together; percent: as a share of the baseline;
- response, arm, verdict: the median of each group; the last judges every patient's recovery first;
- lines: a line for each of as many patients as can be drawn, with the events on it.

An answer is asked as a reader asks it and not kept from before.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.recovery import ISOTYPES, VISITS, fill

QUERY = "trajectories?trial=T0&trial=T1"
ASKED = {
    "median": "y=concentration&style=median",
    "mean": "y=concentration&style=mean",
    "percent": "y=percent&style=median",
    "response": "y=concentration&style=median&group=response",
    "arm": "y=concentration&style=median&group=arm",
    "verdict": "y=concentration&style=median&group=verdict",
    "lines": "y=concentration&style=lines",
}
FLOOR = """
    select analyte, round(day / 30.4375) as month, count(*), quantile_cont(
        value_g_per_l, [0.25, 0.5, 0.75])
    from measurements group by all
"""
MANY_ROWS = 5e7  # from here on one run is enough


def least(run: Callable[[], object], times: int) -> tuple[float, float]:
    """Wall and processor seconds, each the least of so many runs."""
    wall, processor = [], []
    for _ in range(times):
        start, before = time.perf_counter(), time.process_time()
        run()
        wall.append(time.perf_counter() - start)
        processor.append(time.process_time() - before)
    return min(wall), min(processor)


def floor(path: Path, times: int) -> tuple[float, float]:
    """The bare aggregate in the same engine, with the same settings."""
    from igcore.store import Pool

    pool = Pool.open(path)
    with pool.reading() as cursor:
        seconds = least(lambda: cursor.execute(FLOOR).fetchall(), times)
    pool.close()
    return seconds


def igcore(path: Path, times: int, rest: str) -> tuple[float, float]:
    """The analysis itself, from the question's text to finished tables."""
    from igcore import analysis
    from igcore.store import Pool

    pool = Pool.open(path)
    text = f"{QUERY}&{rest}"
    analysis.read(pool, text)  # what may be chosen is known once for a version
    seconds = least(lambda: analysis.ask(pool, text), times)
    pool.close()
    return seconds


def alone(what: str, path: Path, times: int) -> None:
    """In the child: seconds and peak memory as JSON. Imports are not counted, start-up memory is."""
    wall, processor = floor(path, times) if what == "floor" else igcore(path, times, ASKED[what])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall": wall, "processor": processor, "peak": peak}))


def measure(what: str, path: Path, times: int) -> dict[str, float]:
    """Seconds and peak megabytes of one kind in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.trajectories", "--alone", what, str(path)]
    done = subprocess.run(
        [*command, "--times", str(times)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def compare(patients: int, folder: Path, times: int) -> None:
    """The floor and every question, on one pool."""
    path = folder / f"pool-{patients}" / "pool.duckdb"
    fill(path, patients)
    rows = patients * VISITS * ISOTYPES
    print(f"{patients:,} patients, {rows:,} values, {path.stat().st_size / 1e6:,.0f} MB")
    base: dict[str, float] = {}
    for what in ("floor", *ASKED):
        run = measure(what, path, 1 if rows > MANY_ROWS else times)
        base = base or run
        print(
            f"  {what:<9} {run['wall']:8.3f} s {run['wall'] / base['wall']:7.2f} x floor   "
            f"processor {run['processor']:8.3f} s {run['processor'] / base['processor']:7.2f} x "
            f"floor   peak {run['peak']:6,.0f} MB",
            flush=True,
        )


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("patients", nargs="*", type=int, default=[1_000, 100_000])
    parser.add_argument("--folder", type=Path, help="where the pools are made; a temporary one")
    parser.add_argument("--times", type=int, default=5, help="runs of each, the least is printed")
    parser.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    os.environ.setdefault("IGCORE_MEMORY", "3GB")
    if given.alone:
        alone(given.alone[0], Path(given.alone[1]), given.times)
        return
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        for patients in given.patients:
            compare(patients, Path(folder), given.times)


if __name__ == "__main__":
    main()
