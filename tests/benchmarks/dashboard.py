"""How long a reader waits: `python -m tests.benchmarks.dashboard` prints seconds, asserts nothing.

- first page: from `streamlit run` to an Overview with its controls, and with its figures drawn, in a
  real browser, on a warm disk; with a pool that is there, and with a new one that is filled first.
- a control: server time of one rerun of a page after a control was changed, answer not yet kept.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright
from streamlit.testing.v1 import AppTest

from igcore.ingest import demo
from igcore.store import ROOT, Pool
from tests.pages.conftest import FLAGS, READY, free_port, wait_for

RUNS = 5


def first_page(pool: Path) -> tuple[float, float]:
    """Seconds from `streamlit run` to the first page with its controls, and to its figures."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    path = shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page()
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "IGCORE_POOL": str(pool)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(f"http://localhost:{port}", process)
            page.goto(f"http://localhost:{port}/")
            page.wait_for_selector("h1")
            page.wait_for_selector(".stMultiSelect")
            interactive = time.perf_counter() - start
            for name in ("survival", "recovery"):
                page.wait_for_selector(f".st-key-figure-overview-{name} .js-plotly-plot svg")
            page.wait_for_selector(READY)
            return interactive, time.perf_counter() - start
        finally:
            process.terminate()
            process.wait(timeout=10)
            browser.close()


def control(page: str, changes: list[Callable[[AppTest], object]]) -> list[float]:
    """Seconds of the server for each change of a control."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    at.switch_page(f"pages/{page}.py")
    at.query_params.clear()
    at.run()
    seconds = []
    for change in changes:
        changed = change(at)
        start = time.perf_counter()
        changed.run()
        seconds.append(time.perf_counter() - start)
        assert not at.exception
    return seconds


def survival_changes() -> list[Callable[[AppTest], object]]:
    """Changes whose answers differ each time."""
    months = [lambda at, m=m: at.number_input(key="survival.landmark").set_value(m) for m in (5, 6)]
    months += [
        lambda at, m=m: at.number_input(key="survival.landmark").set_value(m) for m in (7, 8)
    ]
    return [
        *months,
        lambda at: at.selectbox(key="survival.timing").set_value("landmark"),
        lambda at: at.selectbox(key="survival.endpoint").set_value("PFS"),
        lambda at: at.selectbox(key="survival.responder").set_value("CR"),
        lambda at: at.selectbox(key="survival.group").set_value("arm"),
    ]


def recovery_changes() -> list[Callable[[AppTest], object]]:
    """Changes whose answers differ each time."""
    return [
        lambda at, r=r: at.number_input(key="recovery.rise").set_value(float(r))
        for r in (30, 35, 40, 45)
    ]


def told(what: str, seconds: list[float]) -> None:
    """One line: median, least and most."""
    print(
        f"{what:<52} median {statistics.median(seconds):6.3f} s"
        f"   least {min(seconds):6.3f}   most {max(seconds):6.3f}"
    )


def main() -> None:
    """Print the waits."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "kept.duckdb"
        pool = Pool.open(kept)
        demo.fill(pool)
        os.environ["IGCORE_POOL"] = str(kept)
        told(
            "Survival, a control changed (server time)",
            control("survival", survival_changes()),
        )
        told(
            "Recovery, a control changed (server time)",
            control("recovery", recovery_changes()),
        )
        pool.close()
        fresh = [Path(folder) / f"new-{i}.duckdb" for i in range(RUNS)]
        for what, pools in (("pool is there", [kept] * RUNS), ("new pool, filled first", fresh)):
            interactive, drawn = zip(*(first_page(path) for path in pools), strict=True)
            told(f"first page with controls, {what}", list(interactive))
            told(f"first page with figures, {what}", list(drawn))


if __name__ == "__main__":
    main()
