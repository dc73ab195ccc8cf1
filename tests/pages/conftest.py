"""A dashboard in this process (AppTest), and one behind a real port for a real browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from igcore.store import ROOT, Pool

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READY = "[data-testid=stApp][data-test-script-state=notRunning]"
# Resolves when nothing was drawn for the first number of milliseconds, at the latest after the second.
QUIET = """([quiet, longest]) => new Promise((resolve) => {
    const done = () => { watch.disconnect(); clearTimeout(wait); clearTimeout(end); resolve(); };
    const end = setTimeout(done, longest);
    let wait = setTimeout(done, quiet);
    const watch = new MutationObserver(() => {
        clearTimeout(wait);
        wait = setTimeout(done, quiet);
    });
    const all = { subtree: true, childList: true, attributes: true, characterData: true };
    watch.observe(document, all);
})"""


@pytest.hookimpl(tryfirst=True)  # before -m chooses among them
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks for the browser is marked so: `make test-browser` runs it, `make test-code` not.

    It comes last: Playwright's event loop runs on in its process, where no other may then be run.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open a page of the dashboard on a pool: `open_page(pool, "survival", endpoint="OS")`."""

    def opened(pool: Pool, page: str, **link: object) -> AppTest:
        monkeypatch.setenv("IGCORE_POOL", str(pool.path))
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        # AppTest's own way to another page is to draw the first page before it; a browser that
        # follows a link does not.
        at._page_hash = calc_hash(page)
        for name, value in link.items():
            at.query_params[name] = value
        at.run()
        assert at._finished_page_script_hash == calc_hash(page), f"there is no page {page}"
        return at

    return opened


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def server(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard with the two simulated trials; tests leave its pool as it is.

    A file whose tests add to the pool has a `server` of its own.
    """
    yield from serve(tmp_path_factory.mktemp("server"), demo_file)


def serve(folder: Path, pool_file: Path | None = None) -> Iterator[str]:
    """The address of a fresh dashboard on a pool in that folder.

    The pool is a copy of that closed file; without one the dashboard makes and fills its own.
    """
    if pool_file:
        shutil.copyfile(pool_file, folder / "pool.duckdb")
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "IGCORE_POOL": str(folder / "pool.duckdb")},
            stdout=log,
            stderr=log,
        )
    address = f"http://localhost:{port}"
    try:
        wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=60)


def wait_for(address: str, process: subprocess.Popen) -> None:
    """Wait until the server answers; fail if it ended."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except OSError:
            assert process.poll() is None, "the dashboard ended before it answered"
            time.sleep(0.05)
    raise AssertionError("the dashboard did not answer within 30 s")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, or the one that Playwright installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def tab(browser: Browser) -> Page:
    """One reader's browser for all tests: the dashboard's scripts are loaded and compiled once."""
    return browser.new_context(accept_downloads=True).new_page()


@pytest.fixture
def visit(browser: Browser, tab: Page, server: str) -> Iterator[Callable[..., Page]]:
    """Open a link and wait until it stands: `visit("survival", width=390, dark=True)`.

    It is opened in the one tab, as a new session of the dashboard, or with `fresh` in another
    browser that has never been here.
    """
    others = []

    def opened(
        link: str, *, width: int = 1440, height: int = 1000, dark: bool = False, fresh: bool = False
    ) -> Page:
        page = tab
        if fresh:
            others.append(browser.new_context())
            page = others[-1].new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto(f"{server}/{link}")
        settle(page)
        return page

    yield opened
    for one in others:
        one.close()


def settle(page: Page) -> None:
    """Wait until the page's script has run and the browser has drawn it."""
    page.wait_for_selector(READY, timeout=60_000)
    page.evaluate(QUIET, [300, 700])
    page.wait_for_selector(READY, timeout=60_000)
