"""Random cohorts compared together: one upload holds them all as trials of their own.

Planning an upload, or a question, about ten patients takes longer than the patients do.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from pprint import pformat
from typing import Any

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from igcore import ingest
from igcore.store import Pool
from tests.conftest import write_tables

Tables = dict[str, list[dict]]
Case = tuple[Tables, Any]  # a cohort under trial names of its own, and what is asked about it
Compare = Callable[[Pool, list[Case]], None]


def agree(cases: st.SearchStrategy[Case], compare: Compare, *, n: int, start: int) -> None:
    """Compare n random cases in one pool; the seed is `start`, or any where new ones are looked for.

    If they do not agree, each is compared in a pool of its own, and Hypothesis shrinks and prints
    the first that fails.
    """
    if not settings().derandomize:
        start = random.randrange(2**32)
    met: list[Callable[[Case], object]] = []

    @seed(start)
    @settings(max_examples=n)
    @given(cases)
    def each(case: Case) -> None:
        met[-1](case)

    drawn: list[Case] = []
    met.append(drawn.append)
    each()
    try:
        compare_in_one_pool(drawn, compare)
    except Exception as error:
        met.append(lambda case: compare_in_one_pool([case], compare))
        each()
        error.add_note(f"Seed {start}: together they differ, alone none of them does.")
        raise


def compare_in_one_pool(cases: list[Case], compare: Compare) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pool = Pool.open(Path(folder) / "pool.duckdb")
        try:
            named = store(pool, [tables for tables, _ in cases], Path(folder) / "files")
            compare(
                pool, [(tables, asked) for tables, (_, asked) in zip(named, cases, strict=True)]
            )
        finally:
            pool.close()


def store(pool: Pool, cohorts: list[Tables], folder: Path) -> list[Tables]:
    """Add cohorts as trials of one upload; each under the names that its trials have there."""
    named = [
        {
            name: [{**row, "trial": f"{row['trial']}-{number}"} for row in rows]
            for name, rows in tables.items()
        }
        for number, tables in enumerate(cohorts)
    ]
    assert not ingest.add(pool, write_tables(folder, united(named))).errors
    return named


def united(cohorts: list[Tables]) -> Tables:
    """The rows of all cohorts."""
    names = dict.fromkeys(name for tables in cohorts for name in tables)
    return {name: [row for tables in cohorts for row in tables.get(name, ())] for name in names}


def trials(tables: Tables) -> list[str]:
    return sorted({row["trial"] for row in tables["patients"]})


def query(name: str, tables: Tables, rest: str) -> str:
    """A question about the trials of one cohort."""
    return f"{name}?" + "".join(f"trial={trial}&" for trial in trials(tables)) + rest


@contextmanager
def told(tables: Tables, asked: object) -> Iterator[None]:
    """Print the cohort in full with what fails inside the block."""
    try:
        yield
    except Exception as error:
        error.add_note(f"Asked: {asked}\nCohort:\n{pformat(tables, width=120)}")
        raise
