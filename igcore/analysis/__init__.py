"""Questions that can be asked of a pool. Importing the package declares all of them."""

from igcore.analysis import overview, patient, recovery, survival, trajectories
from igcore.analysis.result import Result
from igcore.analysis.spec import (
    ANALYSES,
    Query,
    answer,
    ask,
    check,
    encoded,
    find,
    linked,
    read,
    resolve,
)
from igcore.analysis.survival import adjusted, subgroups, swimmer

__all__ = [
    "ANALYSES",
    "Query",
    "Result",
    "adjusted",
    "answer",
    "ask",
    "check",
    "encoded",
    "find",
    "linked",
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
