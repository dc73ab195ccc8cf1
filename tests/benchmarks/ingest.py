"""How fast rows come in: `python -m tests.benchmarks.ingest [ROWS]` prints, asserts nothing.

Side by side on one generated CSV of measurements, each in a process of its own so that its peak of
memory is its own: this intake (read, map, check, commit) into a new pool, DuckDB's bare `create
table as`, and pandas `read_csv` and `to_parquet`.

- `--kinds`: one line for 1,000,000 rows of xpt and one for 200,000 of xlsx as well, which their
  readers limit.
- `--while-adding`: how long a Survival figure takes in the same process while the rows go in.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import duckdb

PER_PATIENT = 50


def generate(folder: Path, rows: int) -> tuple[Path, Path]:
    """`patients.csv` and `measurements.csv`: three analytes every four weeks, two decimals."""
    patients, measurements = folder / "patients.csv", folder / "measurements.csv"
    connection = duckdb.connect()
    connection.execute(
        "copy (select 'T' || i % 3 as trial, 'P' || lpad(i::varchar, 7, '0') as patient, "
        "if(hash(i) % 2 = 0, 'F', 'M') as sex, 40 + hash(i) % 45 as age_years, "
        "'IgG kappa' as m_protein, '2015-01-01' as treatment_start "
        f"from range({-(-rows // PER_PATIENT)}) t(i)) to '{patients}' (header)"
    )
    connection.execute(
        f"copy (select 'T' || (i // {PER_PATIENT}) % 3 as trial, "
        f"'P' || lpad((i // {PER_PATIENT})::varchar, 7, '0') as patient, "
        f"['IgA', 'IgG', 'IgM'][i % {PER_PATIENT} % 3 + 1] as analyte, "
        f"i % {PER_PATIENT} // 3 * 28 + 1 as day, null as time, "
        "(20 + hash(i) % 1980) / 100 as value, 'g/L' as unit, 0.7 as low, 16 as high "
        f"from range({rows}) t(i)) to '{measurements}' (header)"
    )
    return patients, measurements


def intake(folder: Path) -> None:
    """This intake: read, map, check, commit."""
    from igcore import ingest
    from igcore.store import Pool

    files = [next(folder.glob("patients.*")), next(folder.glob("measurements.*"))]
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        pool = Pool.open(Path(fresh) / "pool.duckdb")
        report = ingest.add(pool, files)
        pool.close()
    assert not report.n_errors and report.upload == 1


def bare(folder: Path) -> None:
    """DuckDB alone, into a file."""
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        connection = duckdb.connect(str(Path(fresh) / "bare.duckdb"))
        path = folder / "measurements.csv"
        connection.execute(f"create table measurements as select * from read_csv('{path}')")
        connection.close()


def pandas(folder: Path) -> None:
    """pandas, into a Parquet file."""
    import pandas as pd

    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        pd.read_csv(folder / "measurements.csv").to_parquet(Path(fresh) / "measurements.parquet")


def transport(folder: Path, rows: int) -> None:
    """The patients as CSV and the measurements as SAS transport, in place of the CSV."""
    import pandas as pd
    import pyreadstat

    frame = pd.read_csv(generate(folder, rows)[1]).drop(columns="time")
    pyreadstat.write_xport(frame, str(folder / "measurements.xpt"))
    (folder / "measurements.csv").unlink()


def workbook(folder: Path, rows: int) -> None:
    """The patients as CSV and the measurements as xlsx, in place of the CSV."""
    import csv

    import openpyxl

    path = generate(folder, rows)[1]
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("measurements")
    with path.open(newline="") as file:
        for row in csv.reader(file):
            sheet.append(row)
    book.save(folder / "measurements.xlsx")
    path.unlink()


RUNS = {"intake": intake, "bare": bare, "pandas": pandas}


def run_alone(what: str, folder: Path) -> None:
    """In the child: seconds and peak memory as JSON. Imports are not counted, start-up memory is."""
    import pandas  # noqa: F401

    import igcore.ingest  # noqa: F401

    before, start = time.process_time(), time.perf_counter()
    RUNS[what](folder)
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime - before
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": used.ru_maxrss / 1024}))


def measure(what: str, folder: Path) -> dict[str, float]:
    """Seconds, seconds of processor and peak megabytes of one run in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.ingest", "--alone", what, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def told(words: str, rows: int, run: dict[str, float], ratio: float | None = None) -> None:
    """One line: rows per second, seconds, peak of memory, time as a multiple of bare DuckDB's."""
    times = "" if ratio is None else f"   {ratio:5.2f} x bare DuckDB"
    print(
        f"{words:<34} {rows / run['seconds']:>12,.0f} rows/s {run['seconds']:8.2f} s "
        f"(processor {run['cpu']:7.2f} s)"
        f"  peak {run['peak']:6,.0f} MB{times}",
        flush=True,
    )


def compare(rows: int) -> None:
    """The three side by side, on one file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = generate(folder, rows)[1]
        print(f"{rows:,} rows of measurements, {path.stat().st_size / 1e6:,.0f} MB of CSV")
        runs = {what: measure(what, folder) for what in ("bare", "intake", "pandas")}
        for what, words in (
            ("intake", "Igcore, read to commit"),
            ("bare", "DuckDB, create table as read_csv"),
            ("pandas", "pandas, read_csv and to_parquet"),
        ):
            told(words, rows, runs[what], runs[what]["seconds"] / runs["bare"]["seconds"])


def kinds() -> None:
    """Kinds of file whose readers set the pace."""
    for words, rows, write in (
        ("xpt, limited by its reader", 1_000_000, transport),
        ("xlsx, limited by its reader", 200_000, workbook),
    ):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write(folder, rows)
            told(words, rows, measure("intake", folder))


def while_adding(rows: int) -> None:
    """Seconds of a Survival answer, asked anew all the time while the rows go in."""
    from igcore import analysis, ingest
    from igcore.ingest import demo
    from igcore.store import Pool

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = generate(folder, rows)
        pool = Pool.open(folder / "pool.duckdb")
        demo.fill(pool)
        version = pool.newest()
        failed: list[BaseException] = []

        def add() -> None:
            try:
                ingest.add(pool, files)
            except BaseException as error:  # told by the main thread
                failed.append(error)

        def ask() -> object:
            return analysis.ask(pool, f"survival?data={version}")

        ask()
        thread, seconds = threading.Thread(target=add), []
        thread.start()
        while thread.is_alive():
            start = time.perf_counter()
            ask()
            seconds.append(time.perf_counter() - start)
            time.sleep(0.05)
        thread.join()
        pool.close()
        if failed:
            raise failed[0]
    p95 = statistics.quantiles(seconds, n=20)[-1]
    print(
        f"Survival while {rows:,} rows go in: median {statistics.median(seconds):.3f} s, "
        f"p95 {p95:.3f} s, most {max(seconds):.3f} s of {len(seconds)} answers"
    )


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--kinds", action="store_true")
    parser.add_argument("--while-adding", action="store_true")
    parser.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        run_alone(given.alone[0], Path(given.alone[1]))
    elif given.while_adding:
        while_adding(given.rows)
    else:
        compare(given.rows)
        if given.kinds:
            kinds()


if __name__ == "__main__":
    main()
