"""The server does not look through its own modules for garbage while readers wait."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

from igcore.store import ROOT

# The server's life, as Streamlit calls it, until its early work is done.
LIFE = """
import asyncio, gc, json, sys
from streamlit import config
from pages.shared import server

async def live():
    async with server.opened(None):
        for _ in range(600):
            if gc.get_freeze_count():
                break
            await asyncio.sleep(0.1)
        seen = [one for one in gc.get_objects() if one is sys.modules["pages.recovery.flow"]]
        print(json.dumps({
            "frozen": gc.get_freeze_count(),
            "seen": len(seen),
            "after_each_run": config.get_option("runner.postScriptGC"),
        }))

asyncio.run(live())
"""


def test_what_stands_is_frozen_once_and_no_rerun_ends_in_a_full_collection(demo_file, tmp_path):
    shutil.copyfile(demo_file, tmp_path / "pool.duckdb")
    environment = {**os.environ, "IGCORE_POOL": str(tmp_path / "pool.duckdb")}
    done = subprocess.run(
        [sys.executable, "-c", LIFE],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["after_each_run"] is False
    assert found["frozen"] > 100_000
    # A page's part was there before, so that it is among what is frozen.
    assert found["seen"] == 0
