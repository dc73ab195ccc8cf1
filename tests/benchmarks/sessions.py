"""How long many readers at once wait: `python -m tests.benchmarks.sessions` prints, asserts nothing.

A server of its own, on a free port with the simulated trials in a folder of its own, and as many
sessions as asked for: each is a websocket that speaks Streamlit's protocol as a browser does. A
session changes something every 15 s, each at a phase of its own: a query that nobody in the run has
asked, a third each of survival, recovery and trajectories; every tenth change is of the page. A
reader who has waited longer than that goes on at once.

Seconds are from the message to the end of the script. `--repeats` adds a second run, on a server as
fresh, in which half of the changes ask what was asked before. Memory and processor time are read
from /proc, so this runs on Linux.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import math
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

ROOT = Path(__file__).parents[2]
PAGES = ("survival", "recovery", "trajectories")
SECONDS_BETWEEN, PAGE_CHANGES = 15.0, 0.1
LONGEST = 600.0  # seconds that a session waits for the end of a script
SEED = 20261130
FAILED = (ForwardMsg.FINISHED_WITH_COMPILE_ERROR,)


def queries(page: str) -> list[str]:
    """Everything that may be asked on a page: query strings, each different from all others."""
    rises, ages = range(5, 101), range(18, 58)
    if page == "survival":
        months = [tenth / 10 for tenth in range(10, 121)]
        found = itertools.product(("OS", "PFS"), ("PR", "VGPR", "CR"), months)
        return [
            urlencode({"endpoint": end, "responder": least, "timing": "landmark", "landmark": at})
            for end, least, at in found
        ]
    if page == "recovery":
        found = itertools.product(("last", "best", "confirmed"), ("evaluable", "low"), rises)
        return [urlencode({"final": a, "denominator": b, "rise": c}) for a, b, c in found]
    groups = itertools.product(("none", "trial", "response", "arm"), ("median", "lines"), ages)
    plain = [urlencode({"group": a, "style": b, "age_from": c}) for a, b, c in groups]
    judged = itertools.product(("last", "best", "confirmed"), rises)
    return plain + [urlencode({"group": "verdict", "final": a, "rise": b}) for a, b in judged]


@dataclass
class Run:
    """What is asked in a run, what was asked, and how long each change took."""

    repeats: float
    asked: dict[str, list[str]] = field(default_factory=lambda: {page: [] for page in PAGES})
    seconds: dict[str, list[float]] = field(default_factory=lambda: {page: [] for page in PAGES})
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fresh = {page: queries(page) for page in PAGES}
        for left in self.fresh.values():
            random.Random(SEED).shuffle(left)

    def question(self, page: str, chance: random.Random) -> str:
        """A query string of the page: new in this run, or one of those asked before."""
        before = self.asked[page]
        if before and chance.random() < self.repeats:
            return chance.choice(before)
        if not self.fresh[page]:
            raise SystemExit(f"All queries of {page} have been asked: take fewer seconds.")
        before.append(self.fresh[page].pop())
        return before[-1]


@dataclass
class Session:
    """A reader: the websocket, and the names under which the server knows its pages."""

    socket: ClientConnection
    pages: dict[str, str] = field(default_factory=dict)

    async def show(self, page: str, query: str) -> list[str]:
        """Ask for a page with a query and wait for the script's end; what went wrong, in words."""
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_name = query, page
        asked.page_script_hash = self.pages.get(page, "")
        asked.context_info.timezone, asked.context_info.color_scheme = "UTC", "light"
        await self.socket.send(message.SerializeToString())
        wrong: list[str] = []
        while True:
            told = ForwardMsg.FromString(await self.socket.recv())
            kind = told.WhichOneof("type")
            if kind == "navigation":
                self.pages = {
                    one.url_pathname: one.page_script_hash for one in told.navigation.app_pages
                }
            elif kind == "delta":
                wrong += _wrong(told)
            elif kind == "page_not_found":
                wrong.append(f"no page {page}")
            elif kind == "script_finished" and told.script_finished in FAILED:
                return [*wrong, "the script failed"]
            elif kind == "script_finished" and not _again(told):
                return wrong


def _again(told: ForwardMsg) -> bool:
    """True where the script has begun anew by itself, so that another end will come."""
    return told.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN


def _wrong(told: ForwardMsg) -> list[str]:
    """An exception or an error that is shown on the page."""
    element = told.delta.new_element
    kind = element.WhichOneof("type")
    if kind == "exception":
        return [f"{element.exception.type}: {element.exception.message}"]
    if kind == "alert" and element.alert.format == Alert.ERROR:
        return [element.alert.body]
    return []


@asynccontextmanager
async def session(port: int) -> AsyncIterator[Session]:
    """A reader who has come to the start page."""
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    own = {"subprotocols": ["streamlit"], "max_size": None, "ping_interval": None}
    async with connect(address, open_timeout=LONGEST, **own) as opened:
        reader = Session(opened)
        await asyncio.wait_for(reader.show("", ""), LONGEST)
        yield reader


async def read(reader: Session, number: int, run: Run, seconds: float) -> None:
    """One reader's changes until the seconds are over; one that has begun is waited for."""
    page, chance = PAGES[number % len(PAGES)], random.Random(SEED + number)
    start = time.perf_counter()
    due = start + chance.random() * SECONDS_BETWEEN
    while due < start + seconds:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if chance.random() < PAGE_CHANGES:
            others = [other for other in PAGES if other != page]
            page = min(others, key=lambda other: len(run.seconds[other]))  # to a third each
        query, begun = run.question(page, chance), time.perf_counter()
        try:
            wrong = await asyncio.wait_for(reader.show(page, query), LONGEST)
        except (TimeoutError, ConnectionClosed) as error:
            run.errors.append(f"{page}?{query}: {type(error).__name__}")
            return
        run.seconds[page].append(time.perf_counter() - begun)
        run.errors += [f"{page}?{query}: {words}" for words in wrong[:1]]
        due = max(due + SECONDS_BETWEEN, time.perf_counter())


@contextmanager
def server(folder: Path) -> Iterator[tuple[int, int]]:
    """The port and the process of a dashboard that fills a new pool with the simulated trials."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--server.address", "127.0.0.1"],
            cwd=ROOT,
            env={**os.environ, "IGCORE_POOL": str(folder / "pool.duckdb")},
            stdout=log,
            stderr=log,
        )
    try:
        _wait(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(port: int, process: subprocess.Popen) -> None:
    """Wait until the server answers; fail if it ended."""
    for _ in range(1200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
                return
        except OSError:
            if process.poll() is not None:
                raise SystemExit("The server ended before it answered.") from None
            time.sleep(0.05)
    raise SystemExit("The server did not answer within 60 s.")


def processor(pid: int) -> float:
    """Seconds of the processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Megabytes of a process that are in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


async def readers(port: int, pid: int, run: Run, sessions: int, seconds: float) -> dict[str, float]:
    """Let all read at once, from when the last of them has come; what it took of the server."""
    async with asyncio.TaskGroup() as coming:
        doors = [session(port) for _ in range(sessions)]
        tasks = [coming.create_task(door.__aenter__()) for door in doors]
    took = {"start_mb": memory(pid), "processor": processor(pid)}
    try:
        async with asyncio.TaskGroup() as all_:
            for number, task in enumerate(tasks):
                all_.create_task(read(task.result(), number, run, seconds))
        took["processor"] = processor(pid) - took["processor"]
        return took | {"end_mb": memory(pid)}
    finally:
        for door in doors:
            await door.__aexit__(None, None, None)


def line(name: str, seconds: list[float]) -> None:
    """Count, half, 95 of 100 and the longest."""
    if seconds:
        half, most = statistics.median(seconds), max(seconds)
        slow = sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]
        print(f"  {name:<14}{len(seconds):6d}{half:9.2f}{slow:9.2f}{most:9.2f}")


def benchmark(sessions: int, seconds: float, repeats: float) -> None:
    """One run on a fresh server, printed."""
    run = Run(repeats)
    with tempfile.TemporaryDirectory() as name, server(Path(name)) as (port, pid):
        took = asyncio.run(readers(port, pid, run, sessions, seconds))
    everything = [one for page in PAGES for one in run.seconds[page]]
    print(f"{sessions} sessions, {seconds:g} s, {repeats:.0%} of the changes asked before")
    print(f"  {'seconds':<14}{'n':>6}{'p50':>9}{'p95':>9}{'max':>9}")
    for page in PAGES:
        line(page, run.seconds[page])
    line("all", everything)
    print(f"  errors {len(run.errors)}")
    for words in run.errors[:5]:
        print(f"    {words}")
    print(f"  processor of the server {took['processor'] / max(len(everything), 1):.3f} s a change")
    print(f"  memory of the server {took['start_mb']:.0f} MB, {took['end_mb']:.0f} MB at the end")


def main() -> None:
    """Print one run, and one with repeats if asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--repeats", action="store_true", help="a second run, half asked before")
    options = parser.parse_args()
    for repeats in (0.0, 0.5) if options.repeats else (0.0,):
        benchmark(options.sessions, options.seconds, repeats)


if __name__ == "__main__":
    main()
