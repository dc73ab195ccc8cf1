"""Every figure, declared once: of which analysis, how it is drawn, said in words, with which numbers.

Pages, the command line and, later, reports and slides walk this list; none of them calls a drawing
function. A new figure is its module and one entry here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from plotly.graph_objects import Figure

from igcore.analysis.result import Result
from igcore.errors import Refused
from igcore.figures import patient, recovery, survival, trajectories
from igcore.figures.patient import analytes
from igcore.figures.recovery import (
    change,
    flow,
    incidence,
    responders,
    response_words,
    sensitivity,
    shift,
    waterfall,
)
from igcore.figures.survival import adjusted, forest, swimmer

Numbers = Callable[[Result], dict[str, pd.DataFrame]]


def _always(result: Result) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class View:
    """A figure of an analysis.

    Args:
        name: its name in file names and keys.
        title: its heading, where it stands among others.
        draw: (result, *, dark, and compact where it can be) -> figure.
        words: what it shows, as sentences; for those who cannot see it, and for titles.
        numbers: the tables that it shows, the first one those that are drawn.
        shown: whether there is anything to draw.
    """

    name: str
    title: str
    draw: Callable[..., Figure]
    words: Callable[[Result], str]
    numbers: Numbers
    shown: Callable[[Result], bool] = _always


def _tables(*names: str) -> Numbers:
    return lambda result: {name: result.table(name) for name in names}


def _all_tables(*first: str) -> Numbers:
    """All tables of the result, these first."""
    return lambda result: {
        name: result.table(name)
        for name in (*first, *(one for one in result.tables if one not in first))
    }


SURVIVAL = View(
    name="survival",
    title="Survival curves",
    draw=survival.survival_figure,
    words=survival.describe,
    numbers=_all_tables("curve", "groups", "risk", "comparison", "test"),
)
FOREST = View(
    name="forest",
    title="By trial and subgroup",
    draw=forest.forest_figure,
    words=forest.describe,
    numbers=_all_tables(),
)
ADJUSTED = View(
    name="adjusted",
    title="Adjusted hazard ratios",
    draw=adjusted.adjusted_figure,
    words=adjusted.describe,
    numbers=_all_tables(),
)
SWIMMER = View(
    name="swimmer",
    title="Patient by patient",
    draw=swimmer.swimmer_figure,
    words=swimmer.describe,
    numbers=_tables("marks", "lanes"),
)
SHARES = View(
    name="recovery",
    title="Who improved",
    draw=recovery.shares_figure,
    words=recovery.describe,
    numbers=_tables("shares", "trials_test"),
)
FLOW = View(
    name="recovery-flow",
    title="From treated to evaluable",
    draw=flow.flow_figure,
    words=flow.describe,
    numbers=_tables("flow", "reasons"),
)
SHIFT = View(
    name="recovery-shift",
    title="From baseline to final value",
    draw=shift.shift_figure,
    words=shift.describe,
    numbers=lambda result: {
        "shift": shift.totals(result),
        "shift by trial": result.table("shift"),
    },
)
WATERFALL = View(
    name="recovery-waterfall",
    title="How much it changed",
    draw=waterfall.waterfall_figure,
    words=waterfall.describe,
    numbers=_tables("waterfall"),
    shown=lambda result: len(result.table("waterfall")) > 0,
)
CHANGE = View(
    name="recovery-change",
    title="Change within patients",
    draw=change.change_figure,
    words=change.describe,
    numbers=_tables("change"),
    shown=WATERFALL.shown,
)
RESPONDERS = View(
    name="recovery-responders",
    title="Responders and non-responders",
    draw=responders.responders_figure,
    words=responders.describe,
    numbers=_tables("two_by_two", "stratified"),
    shown=lambda result: len(response_words.compared(result)) > 0,
)
INCIDENCE = View(
    name="recovery-incidence",
    title="Cumulative incidence of normalisation",
    draw=incidence.incidence_figure,
    words=incidence.describe,
    numbers=_tables("incidence", "incidence_test"),
    shown=lambda result: bool(incidence.shown(result)),
)
SENSITIVITY = View(
    name="recovery-sensitivity",
    title="Every rule and denominator",
    draw=sensitivity.sensitivity_figure,
    words=sensitivity.describe,
    numbers=lambda result: {
        "sensitivity": result.table("sensitivity"),
        "as printed": sensitivity.printed(result),
    },
    shown=lambda result: len(result.table("sensitivity")) > 0,
)
TRAJECTORIES = View(
    name="trajectories",
    title="Trajectories",
    draw=trajectories.trajectories_figure,
    words=trajectories.describe,
    # The numbers drawn per visit, and the lines where there are any.
    numbers=lambda result: {
        name: result.table(name)
        for name in ("summary", "lines", "marks")
        if name == "summary" or len(result.table(name))
    },
    shown=lambda result: len(result.table("panels")) > 0,
)
PROFILE = View(
    name="patient",
    title="One patient",
    draw=patient.profile_figure,
    words=patient.describe,
    numbers=_tables("measurements", "verdicts", "course"),
)
ANALYTES = View(
    name="patient-analytes",
    title="What else was measured",
    draw=analytes.analytes_figure,
    words=analytes.describe,
    numbers=lambda result: {
        f"{analyte}, {unit}": data for analyte, unit, data in analytes.panels(result)
    },
    shown=lambda result: bool(analytes.panels(result)),
)

VIEWS: dict[str, tuple[View, ...]] = {
    "survival": (SURVIVAL,),
    "subgroups": (FOREST,),
    "adjusted": (ADJUSTED,),
    "swimmer": (SWIMMER,),
    "recovery": (
        SHARES,
        FLOW,
        SHIFT,
        WATERFALL,
        CHANGE,
        RESPONDERS,
        INCIDENCE,
        SENSITIVITY,
    ),
    "trajectories": (TRAJECTORIES,),
    "patient": (PROFILE, ANALYTES),
}


def find(analysis: str, name: str) -> View:
    """The figure of that name of an analysis; refused in words if there is none."""
    known = {view.name: view for view in VIEWS.get(analysis, ())}
    if name not in known:
        allowed = f"one of {', '.join(known)}" if known else "there: this analysis has none"
        raise Refused(f'Figure: "{name}" is not {allowed}.')
    return known[name]
