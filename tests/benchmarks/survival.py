"""How fast survival is answered: `python -m tests.benchmarks.survival [PATIENTS ...]` prints.

Two trials, two arms, daily times up to eight years. Side by side, each in a process of its own, so
that its peak of memory is its own; data are made once and are where each works best:

- this: the pool holds them; from the question to finished numbers (query included);
- lifelines: rows in memory, as pandas frames; what it has of the set, and survival's difference;
- R survival: rows in memory; the same set, if Rscript is there.

The set: Kaplan-Meier with log-log limits and medians of both arms, stratified log-rank, stratified
Efron hazard ratio, restricted means to 48 months. `--timed` asks this for time-dependent groups.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (1_000, 100_000, 1_000_000, 5_000_000)
RUNS = 3
HORIZON = 48
SLOW = 1_000_000  # more rows than this take the others minutes and gigabytes

ROWS = """
select
    i + 1 as patient_key, 'T' || i % 2 as trial, 'P' || i as patient,
    if(hash(i) % 2 = 0, 'A', 'B') as arm,
    least(1 + hash(i, 1) % 2922,
        1 + floor(-ln((1 + hash(i, 2) % 1000000) / 1000001.0) * if(hash(i) % 2 = 0, 1500, 1800)))
        ::double as time_days,
    time_days < 1 + hash(i, 1) % 2922 as event,
    if(hash(i, 3) % 2 = 0, 20.0 + hash(i, 4) % 300, null) as response_day
from range({n}) t(i)
"""


def fill(folder: Path, n: int) -> None:
    """A pool of n patients without the upload's checks, and the same rows as Parquet and CSV."""
    from igcore.store import Pool

    pool = Pool.open(folder / "pool.duckdb")
    with pool.writing() as cursor:
        cursor.execute(f"create temp table made as {ROWS.format(n=n)}")
        cursor.execute("insert into subjects select patient_key, trial, patient from made")
        for name in ("T0", "T1"):
            cursor.execute(
                "insert into trials by name select ? as trial, ? as title, false as simulated, "
                "false as no_m_protein, 1 as upload, 1 as added",
                [name, name],
            )
        life = "1 as upload, 1 as added"
        cursor.execute(f"insert into patients by name select patient_key, arm, {life} from made")
        cursor.execute(
            "insert into outcomes by name select patient_key, 'OS' as endpoint, time_days, event, "
            f"1 as origin_day, {life} from made"
        )
        cursor.execute(
            "insert into responses by name select patient_key, response_day as day, "
            f"'PR' as response, {life} from made where response_day is not null"
        )
        cursor.execute(
            "insert into versions by name select 1 as version, 'add' as action, 1 as upload"
        )
        made = cursor.execute("select trial, arm, time_days, event from made").df()
    pool.close()
    made.to_parquet(folder / "rows.parquet")
    made.assign(event=made.event.astype(int)).to_csv(folder / "rows.csv", index=False)


def timed(work, runs: int) -> list[float]:
    """Seconds of each run."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return seconds


def told(seconds: list[float], **numbers: float) -> None:
    """What a process says: its best time, its peak of memory, and its numbers."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(json.dumps({"seconds": statistics.median(seconds), "peak_gb": peak, **numbers}))


def ours(folder: Path, question: str) -> None:
    """From the question's text to finished numbers; the pool is open, nothing of it is kept."""
    from igcore import analysis
    from igcore.store import Pool

    pool = Pool.open(folder / "pool.duckdb")
    text = f"survival?trial=T0&trial=T1&endpoint=OS&{question}"
    analysis.read(pool, text)  # what may be chosen is known once for a version
    seconds = timed(lambda: analysis.ask(pool, text), RUNS)
    result = analysis.ask(pool, text)
    ratio, test = result.table("comparison").iloc[0], result.table("test").iloc[0]
    told(seconds, hr=ratio.hazard_ratio, chisq=test.statistic)


def fixed(folder: Path) -> None:
    """Arms."""
    ours(folder, f"group=arm&reference=A&horizon={HORIZON}")


def dependent(folder: Path) -> None:
    """Response as a state that begins on its day."""
    ours(folder, "group=response&timing=time-dependent")


def lifelines(folder: Path) -> None:
    """Its fitters on rows; its log-rank has no strata, so it runs without."""
    import pandas as pd
    from lifelines import CoxPHFitter, KaplanMeierFitter
    from lifelines.statistics import logrank_test
    from lifelines.utils import median_survival_times, restricted_mean_survival_time

    rows = pd.read_parquet(folder / "rows.parquet")
    rows["b"] = (rows.arm == "B").astype(float)
    found = {}

    def work() -> None:
        for _, part in rows.groupby("arm"):
            fitted = KaplanMeierFitter().fit(part.time_days, part.event)
            median_survival_times(fitted.confidence_interval_)
            restricted_mean_survival_time(fitted, t=HORIZON * 30.4375, return_variance=False)
        a, b = rows[rows.b == 0], rows[rows.b == 1]
        logrank_test(a.time_days, b.time_days, a.event, b.event)
        cox = CoxPHFitter().fit(
            rows[["time_days", "event", "b", "trial"]], "time_days", "event", strata=["trial"]
        )
        found["hr"] = float(cox.hazard_ratios_["b"])

    told(timed(work, 1), **found)


R_SCRIPT = """
library(survival)
rows <- read.csv(commandArgs(TRUE)[1])
seconds <- system.time({
  fit <- survfit(Surv(time_days, event) ~ arm, data = rows, conf.type = "log-log")
  median <- quantile(fit, 0.5)
  rmean <- summary(fit, rmean = as.numeric(commandArgs(TRUE)[2]))$table
  test <- survdiff(Surv(time_days, event) ~ arm + strata(trial), data = rows)
  cox <- coxph(Surv(time_days, event) ~ arm + strata(trial), data = rows, ties = "efron")
  limits <- confint(cox)
})[["elapsed"]]
peak <- as.numeric(sub("[^0-9]*([0-9]+).*", "\\\\1",
  grep("VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024^2
cat(sprintf('{"seconds": %.4f, "peak_gb": %.3f, "hr": %.12f, "chisq": %.9f}\\n',
  seconds, peak, exp(coef(cox)), test$chisq))
"""


def in_r(folder: Path) -> dict | None:
    """R's survival on rows in its memory; None without Rscript."""
    if shutil.which("Rscript") is None:
        return None
    script = folder / "rows.R"
    script.write_text(R_SCRIPT)
    days = str(HORIZON * 30.4375)
    command = ["Rscript", str(script), str(folder / "rows.csv"), days]
    return _answer(subprocess.run(command, capture_output=True, text=True, check=False))


def _answer(done: subprocess.CompletedProcess) -> dict | None:
    if done.returncode:
        print(f"  (failed: {done.stderr.strip().splitlines()[-1:] or done.returncode})")
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])


def alone(name: str, folder: Path) -> dict | None:
    """One contender in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.survival", "--alone", name, str(folder)]
    return _answer(subprocess.run(command, capture_output=True, text=True, check=False))


def line(name: str, found: dict | None, base: float) -> None:
    """One row of the printed table."""
    if found is None:
        print(f"  {name:<34} not run")
        return
    ratio = f"{found['seconds'] / base:8.1f} x" if base else ""
    numbers = "  ".join(f"{k} {found[k]:.9f}" for k in ("hr", "chisq") if k in found)
    print(f"  {name:<34} {found['seconds']:9.3f} s {found['peak_gb']:6.2f} GB {ratio}  {numbers}")


def compare(n: int, everything: bool) -> None:
    """All contenders at one size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder, n)
        print(f"{n:,} patients")
        mine = alone("fixed", folder)
        base = mine["seconds"] if mine else 0.0
        line("this, by arm", mine, base)
        line("this, time-dependent response", alone("dependent", folder), base)
        others = everything or n <= SLOW
        line("R survival, by arm", in_r(folder) if others else None, base)
        line("lifelines, by arm", alone("lifelines", folder) if others else None, base)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("patients", nargs="*", type=int, default=SIZES)
    parser.add_argument("--everything", action="store_true", help="all contenders at all sizes")
    parser.add_argument("--alone", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        work = {"fixed": fixed, "dependent": dependent, "lifelines": lifelines}[options.alone[0]]
        work(Path(options.alone[1]))
        return
    for n in options.patients:
        compare(n, options.everything)


if __name__ == "__main__":
    main()
