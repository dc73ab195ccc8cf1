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

# The order in which commands, parameters and Methods list them, whatever imports what first.
for _name in (
    *("overview", "patient", "survival", "recovery", "trajectories"),
    *("adjusted", "subgroups", "swimmer"),
):
    ANALYSES[_name] = ANALYSES.pop(_name)

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
