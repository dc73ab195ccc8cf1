"""Questions that can be asked of a pool. Importing the package declares all of them."""

from igcore.analysis import (
    adjusted,
    overview,
    patient,
    recovery,
    subgroups,
    survival,
    swimmer,
    trajectories,
)
from igcore.analysis.result import Result
from igcore.analysis.spec import ANALYSES, Query, answer, ask, check, find, read, resolve

__all__ = [
    "ANALYSES",
    "Query",
    "Result",
    "adjusted",
    "answer",
    "ask",
    "check",
    "find",
    "overview",
    "patient",
    "read",
    "recovery",
    "resolve",
    "subgroups",
    "survival",
    "swimmer",
    "trajectories",
]
