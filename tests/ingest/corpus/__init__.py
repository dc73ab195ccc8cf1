"""Broken and hostile files, each with what an upload of it must end in.

`python -m tests.ingest.corpus` sends every one of them through the door, each in a process of its
own, and prints what came of it.
"""

from __future__ import annotations

from tests.ingest.corpus import (
    binary,
    columnar,
    encodings,
    heavy,
    hostile,
    layouts,
    names,
    notebooks,
    values,
    workbooks,
)
from tests.ingest.corpus.case import HEAVY_MB, HEAVY_SECONDS, Case

CASES: tuple[Case, ...] = (
    *layouts.CASES,
    *encodings.CASES,
    *values.CASES,
    *hostile.CASES,
    *names.CASES,
    *workbooks.CASES,
    *notebooks.CASES,
    *binary.CASES,
    *columnar.CASES,
    *heavy.CASES,
)
BY_NAME = {case.name: case for case in CASES}

__all__ = ["BY_NAME", "CASES", "HEAVY_MB", "HEAVY_SECONDS", "Case"]
