"""A pool written by an older Igcore opens, passes its check and keeps the numbers of its links."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from igcore import analysis
from igcore.store import Pool, history

POOLS = Path(__file__).parents[1] / "fixtures" / "pools"
FOLDERS = sorted(path.parent for path in POOLS.glob("*/pool.duckdb.gz"))
ASKED = [
    pytest.param(folder, link, id=f"{folder.name} {link}")
    for folder in FOLDERS
    for link in json.loads((folder / "answers.json").read_text())
]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Path, Pool]]:
    """Every old pool, each a copy."""
    pools = {}
    for folder in FOLDERS:
        path = tmp_path_factory.mktemp(folder.name) / "pool.duckdb"
        path.write_bytes(gzip.decompress((folder / "pool.duckdb.gz").read_bytes()))
        pools[folder] = Pool.open(path)
    yield pools
    for pool in pools.values():
        pool.close()


def same(now: object, then: object) -> bool:
    """Equal; numbers to 1e-9, because sums of doubles follow the engine's plan."""
    if isinstance(now, float) and isinstance(then, float | int):
        return math.isclose(now, then, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(now, list) and isinstance(then, list):
        return len(now) == len(then) and all(map(same, now, then))
    return now == then


def test_there_is_a_pool_of_every_older_schema() -> None:
    assert [folder.name for folder in FOLDERS] == ["schema_1"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_old_pool_opens_and_its_check_is_content(folder: Path, opened: dict) -> None:
    assert opened[folder].newest() == 8
    assert history.check(opened[folder]) == []


@pytest.mark.parametrize(("folder", "link"), ASKED)
def test_a_link_to_an_old_pool_keeps_its_numbers(folder: Path, link: str, opened: dict) -> None:
    then = json.loads((folder / "answers.json").read_text())[link]
    now = analysis.ask(opened[folder], link).as_json()["tables"]
    for name, rows in then.items():
        for there, here in zip(rows, now[name][: len(rows)], strict=True):
            # A column added since is no change; one that is gone or differs is.
            different = {key: here.get(key) for key in there if not same(here.get(key), there[key])}
            assert different == {}, (name, there)
