"""How fast recovery is counted: `python -m tests.benchmarks.recovery [PATIENTS ...]` prints only.

On a generated pool (24 monthly values of three isotypes for each patient, filled by SQL), each in a
process of its own so that its peak of memory is its own, the least of several runs:

- igcore: the answer to the Recovery query, shares with flow, shift and comparison by response, not
  kept from before; and the first screen again when it is kept;
- floor: the bare DuckDB aggregate of baseline and final value per patient and isotype;
- pandas: a plain group-by that does the same, on frames read before the clock starts.
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
from pathlib import Path

VISITS, ISOTYPES = 24, 3
QUERY = "recovery?trial=T0&trial=T1"
FLOOR = """
    select count(*), sum(baseline), sum(final) from (
        select patient_key, analyte,
            arg_max(value_g_per_l, day) filter (day <= 1) as baseline,
            arg_max(value_g_per_l, day) filter (day > 1) as final
        from measurements group by patient_key, analyte
    )
"""
PANDAS_ROWS = 25_000_000  # beyond, the frame alone does not fit the memory of the others


def fill(path: Path, patients: int) -> None:
    """A fresh pool of two trials: baseline on day 1, then every 30 days, limits with each value."""
    from igcore.store import Pool

    pool = Pool.open(path)
    with pool.writing() as cursor:
        cursor.execute(
            "insert into versions values (1, 'add', 1, 'bench', '', now()::timestamp, '')"
        )
        cursor.execute(
            "insert into trials by name select 'T' || i as trial, 'Generated' as title, "
            "true as simulated, false as no_m_protein, 1 as upload, 1 as added from range(2) t(i)"
        )
        cursor.execute(
            "insert into subjects select i + 1, 'T' || i % 2, 'P' || i from range($n) t(i)",
            {"n": patients},
        )
        cursor.execute(
            "insert into patients by name select (i + 1)::integer as patient_key, 'Len' as arm, "
            "if(i % 2 = 0, 'F', 'M') as sex, 40 + i % 45 as age_years, 'IgG kappa' as m_protein, "
            "case i % 10 when 0 then ['IgA'] when 1 then null when 2 then ['IgG'] "
            "else []::varchar[] end as involved, 720 as treatment_end_day, 1 as upload, "
            "1 as added from range($n) t(i)",
            {"n": patients},
        )
        cursor.execute(
            "insert into responses by name select (i + 1)::integer as patient_key, 90 as day, "
            "if(i % 3 = 0, 'SD', 'PR') as response, 1 as upload, 1 as added from range($n) t(i)",
            {"n": patients},
        )
        cursor.execute(_MEASUREMENTS, {"n": patients, "visits": VISITS})
    pool.close()


_MEASUREMENTS = """
    insert into measurements by name
    select
        (i // ($visits * 3) + 1)::integer as patient_key, a.analyte,
        (case i % ($visits * 3) // 3 when 0 then 1 else i % ($visits * 3) // 3 * 30 end)::double
            as day,
        round(
            a.low * (0.2 + 1.2 * (hash(i // ($visits * 3) * 3 + i % 3) % 1000 / 1000))
            * (0.8 + 0.4 * (hash(i) % 1000 / 1000)) * (1 + i % ($visits * 3) // 3 / 40), 2
        ) as value,
        'g/L' as unit, a.low, a.high, value as value_g_per_l, a.low as low_g_per_l,
        a.high as high_g_per_l, 1 as upload, 1 as added
    from range($n * $visits * 3) t(i)
    join (values (0, 'IgA', 0.7, 4.0), (1, 'IgG', 7.0, 16.0), (2, 'IgM', 0.4, 2.3))
        a(place, analyte, low, high) on a.place = i % 3
"""


def least(run, times: int) -> float:
    """Seconds of the fastest of so many runs."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def igcore(path: Path, times: int) -> float:
    """The analysis itself, asked as a reader asks it."""
    from igcore import analysis
    from igcore.store import Pool

    pool = Pool.open(path)
    seconds = least(lambda: analysis.ask(pool, QUERY).table("shares"), times)
    pool.close()
    return seconds


def floor(path: Path, times: int) -> float:
    """The bare aggregate in the same engine, with the same settings."""
    from igcore.store import Pool

    pool = Pool.open(path)
    with pool.reading() as cursor:
        seconds = least(lambda: cursor.execute(FLOOR).fetchall(), times)
    pool.close()
    return seconds


def pandas(path: Path, times: int) -> float:
    """Baseline, final value, rise, range and shares by group-by."""
    import pandas as pd

    from igcore.store import Pool

    pool = Pool.open(path)
    columns = "patient_key, analyte, day, value_g_per_l, low_g_per_l, high_g_per_l"
    with pool.reading() as cursor:
        rows = cursor.execute(f"select {columns} from measurements").df()
        people = cursor.execute(
            "select patient_key, trial, involved, treatment_end_day + 30 as last_day "
            "from patients join subjects using (patient_key)"
        ).df()
    pool.close()

    def run() -> pd.DataFrame:
        data = rows.merge(people[["patient_key", "last_day"]], on="patient_key")
        data = data.sort_values(["patient_key", "analyte", "day"], kind="stable")
        keys = ["patient_key", "analyte"]
        base = data[data.day.between(-35, 1)].groupby(keys).value_g_per_l.last().rename("base")
        later = data[(data.day > 1) & (data.day - 1 <= data.last_day)].groupby(keys).last()
        both = later.join(base, how="inner").reset_index().merge(people, on="patient_key")
        known = both[both.involved.notna()]
        mine = [one in many for one, many in zip(known.analyte, known.involved, strict=True)]
        known = known[~pd.Series(mine, index=known.index)]
        value, low, high = known.value_g_per_l, known.low_g_per_l, known.high_g_per_l
        rises = value >= 1.25 * known.base * (1 - 1e-9)
        within = (value >= low * (1 - 1e-9)) & (value <= high * (1 + 1e-9))
        known = known.assign(improved=rises & within)
        return known.groupby(["analyte", "trial"]).improved.agg(["sum", "count"])

    return least(run, times)


RUNS = {"igcore": igcore, "floor": floor, "pandas": pandas}


def measure(what: str, path: Path, times: int) -> dict[str, float]:
    """Seconds and peak megabytes of one kind in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.recovery", "--alone", what, str(path)]
    done = subprocess.run(
        [*command, "--times", str(times)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def compare(patients: int, folder: Path) -> None:
    """The three side by side on one pool."""
    path = folder / f"pool-{patients}" / "pool.duckdb"
    fill(path, patients)
    rows = patients * VISITS * ISOTYPES
    print(f"{patients:,} patients, {rows:,} values, {path.stat().st_size / 1e6:,.0f} MB")
    kinds = ["floor", "igcore"] + (["pandas"] if rows <= PANDAS_ROWS else [])
    found = {what: measure(what, path, 1 if rows > 5e7 else 7) for what in kinds}
    for what, run in found.items():
        ratio = run["seconds"] / found["floor"]["seconds"]
        print(
            f"  {what:<7} {run['seconds']:8.3f} s   {ratio:6.2f} x floor   "
            f"peak {run['peak']:6,.0f} MB",
            flush=True,
        )
    if "pandas" in found:
        times = found["pandas"]["seconds"] / found["igcore"]["seconds"]
        print(f"  igcore is {times:.1f} times as fast as pandas")


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patients", nargs="*", type=int, default=[1_000, 100_000])
    parser.add_argument("--folder", type=Path, help="where the pools are made; a temporary one")
    parser.add_argument("--times", type=int, default=5, help=argparse.SUPPRESS)
    parser.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    os.environ.setdefault("IGCORE_MEMORY", "3GB")
    if given.alone:
        seconds = RUNS[given.alone[0]](Path(given.alone[1]), given.times)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "peak": peak}))
        return
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        for patients in given.patients:
            compare(patients, Path(folder))


if __name__ == "__main__":
    main()
