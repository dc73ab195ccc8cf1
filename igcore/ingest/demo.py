"""The two simulated trials of data/demo, added through the ordinary upload."""

from __future__ import annotations

from igcore.ingest import Options, Report, add
from igcore.store import ROOT, Pool

FOLDER = ROOT / "data" / "demo"
TITLES = {
    "SIM-LEN-1": "Simulated lenalidomide trial 1",
    "SIM-LEN-2": "Simulated lenalidomide trial 2",
}
STATED_BY = "Igcore demo"


def fill(pool: Pool) -> list[Report]:
    """Add each simulated trial as one upload; the reports of both."""
    return [
        add(
            pool,
            sorted((FOLDER / trial).glob("*.csv")),
            Options(title=title, simulated=True, stated_by=STATED_BY),
        )
        for trial, title in TITLES.items()
    ]
