"""Flow of patients: treated, assessable, evaluable, low at baseline, and why the others left."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import NamedTuple

import plotly.graph_objects as go

from igcore.analysis.recovery.counts import POOLED
from igcore.analysis.recovery.members import STEPS
from igcore.analysis.result import Result
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.recovery.picks import REASON_WORDS, STEP_WORDS
from igcore.figures.recovery.words import departing, final_words, limits_words
from igcore.figures.style import Ink

BOX, LINE, SPACE = 34, 17, 11  # pixels: a box, a line of a reason, and around the reasons
GRID_TOP, TRIAL = 72, 56  # pixels: before the first trial, and of a trial
GAP = 0.04  # of the width between isotypes
WIDTHS = {1: 88, 2: 40}  # characters of a reason's line beside so many isotypes
THREE = 24
LONGEST = 70  # characters of a trial's name
EDGE = 0.004  # of a box, so that its frame is drawn in full
STEM = 0.05  # where the arrow runs, as a share of a box


class Reason(NamedTuple):
    """A reason with its number of patients and the lines that it takes."""

    code: str
    n: int
    lines: list[str]


def flow_figure(result: Result, *, dark: bool = False, compact: bool = False) -> go.Figure:
    """A column of boxes per isotype, filled as far as patients remain; below, trial by trial.

    Boxes, reasons and bars carry `customdata` ["flow", analyte, trial, step, reason]; the trial is
    escaped, the reason empty but for reasons; see picks.
    """
    colours = style.ink(dark)
    flow = result.table("flow")
    analytes = list(dict.fromkeys(flow.analyte))
    trials = [trial for trial in dict.fromkeys(flow.trial) if trial != POOLED]
    reasons = {
        (analyte, step): _reasons(result, analyte, step, len(analytes))
        for analyte in analytes
        for step in STEPS
    }
    tops = _tops(reasons, analytes)
    layout = {"barmode": "overlay", "showlegend": False, "hovermode": "closest"}
    drawing = Drawing(go.Figure(layout=layout))
    inner = tops[-1] + BOX
    for place, analyte in enumerate(analytes):
        axis = _axis(drawing, place, len(analytes))
        _head(drawing, axis, analyte, colours)
        _boxes(drawing, axis, result, analyte, tops, colours)
        for step, above, below in zip(STEPS[1:], tops, tops[1:], strict=False):
            _left(drawing, axis, analyte, step, reasons[analyte, step], (above, below), colours)
        if len(trials) > 1:
            _grid(drawing, axis, result, analyte, trials, inner, colours)
    if len(trials) > 1:
        _names(drawing, result, trials, inner, colours)
        inner += GRID_TOP + TRIAL * len(trials) - 12
    drawing.figure.update_yaxes(range=[inner, 0], visible=False, fixedrange=True)
    title = "From all treated to those low at baseline"
    style.frame(
        drawing,
        result,
        colours,
        title=title,
        inner=inner,
        top=108,
        below=22,
        compact=compact,
        method=_method(result),
    )
    return drawing.finished(margin={"l": 8, "r": 16})


def _method(result: Result) -> str:
    return departing(
        "Assessable: not the isotype of the myeloma itself. Evaluable: with a baseline and a later "
        f"value that counts ({final_words(result)}). Low: the baseline is below the lower limit of "
        f"{limits_words(result)}. Each patient who left is counted once, "
        "under the first reason that applies.",
        result,
    )


def _reasons(result: Result, analyte: str, step: str, columns: int) -> list[Reason]:
    """Reasons for leaving on the way to a step, the most frequent first."""
    rows = result.table("reasons")
    rows = rows[(rows.analyte == analyte) & (rows.trial == POOLED) & (rows.step == step)]
    rows = rows.sort_values("n", ascending=False, kind="stable")
    width = WIDTHS.get(columns, THREE)
    found = []
    for code, n in zip(rows.reason, rows.n, strict=True):
        count = f"{n:,}"
        first, *rest = wrap(f"{count} {REASON_WORDS.get(code, code)}", width)
        bold = f"<b>{count}</b>{first[len(count) :]}"
        found.append(Reason(code, int(n), [bold, *rest]))
    return found


def _tops(reasons: dict[tuple[str, str], list[Reason]], analytes: Sequence[str]) -> list[int]:
    """Upper edge of each step's box; all isotypes have theirs at one height."""
    tops = [0]
    for step in STEPS[1:]:
        lines = max(
            sum(len(one.lines) for one in reasons[analyte, step]) or 1 for analyte in analytes
        )
        tops.append(tops[-1] + BOX + 2 * SPACE + 4 + LINE * lines)
    return tops


def _axis(drawing: Drawing, place: int, columns: int) -> str:
    """The x axis of a column: 0 to 1, a box from edge to edge."""
    width = (1 - GAP * (columns - 1)) / columns
    left = place * (width + GAP)
    name = f"xaxis{place + 1}" if place else "xaxis"
    domain = [left, min(left + width, 1)]
    own = {
        "domain": domain,
        "range": [-EDGE, 1 + EDGE],
        "visible": False,
        "fixedrange": True,
        "anchor": "y",
    }
    drawing.figure.update_layout({name: own})
    return name.replace("axis", "")


def _text(
    drawing: Drawing, axis: str, x: float, y: float, text: str, colour: str, **own: object
) -> None:
    usual = {"showarrow": False, "xanchor": "left", "yanchor": "middle", "align": "left"}
    font = {"size": own.pop("size", 14), "color": colour}
    drawing.note(x=x, y=y, xref=axis, yref="y", text=text, font=font, **usual | own)


def _small(result: Result) -> bool:
    """True when all numbers are short enough for the usual size of type."""
    return bool(result.table("flow").n.max() < 100_000)


def _head(drawing: Drawing, axis: str, analyte: str, colours: Ink) -> None:
    name = f"<b>{style.plain(analyte)}</b>"
    _text(drawing, axis, 0, 0, name, colours.text, size=16, yanchor="bottom", yshift=6)


def _bars(
    drawing: Drawing, axis: str, name: str, colours: Ink, own: str, rows: list[dict], height: int
) -> None:
    """Frames, and in them bars as far as patients remain; both can be clicked."""
    fill = {"color": style.faint(own, 0.34), "line": {"width": 0}}
    frame = {"color": "rgba(0,0,0,0)", "line": {"color": own, "width": 1.2}}
    for kind, marker, lengths in (
        ("bar", fill, [row["frame"] * row["share"] for row in rows]),
        ("frame", frame, [row["frame"] for row in rows]),
    ):
        drawing.bar(
            orientation="h",
            name=f"{name}, {kind}",
            x=lengths,
            base=[row["base"] for row in rows],
            y=[row["y"] for row in rows],
            width=height,
            xaxis=axis,
            marker=marker,
            customdata=[row["pick"] for row in rows],
            hovertext=[row["says"] for row in rows],
            hovertemplate="%{hovertext}<extra></extra>",
            textposition="none",
            selected={"marker": {"color": style.faint(own, 0.4)}},
            unselected={"marker": {"opacity": 1}},
        )


def _rows(result: Result, analyte: str, trial: str) -> list[dict]:
    """The steps of an isotype in a trial: n, share of the treated, words and what is picked."""
    flow = result.table("flow")
    some = flow[(flow.analyte == analyte) & (flow.trial == trial)].set_index("step")
    treated = int(some.n["treated"])
    who = f"{style.plain(analyte)}, {style.name_of(trial, result)}"
    found = []
    for step in STEPS:
        n, left = int(some.n[step]), int(some.left[step])
        share = n / treated if treated else 0.0
        says = f"<b>{who}</b><br>{STEP_WORDS[step]}: {n:,} of {treated:,} ({style.percent(share)})"
        says += f"<br>{left:,} left before this step" if step != "treated" else ""
        pick = ["flow", analyte, style.plain(trial), step, ""]
        found.append({"step": step, "n": n, "share": share, "says": says, "pick": pick})
    return found


def _boxes(
    drawing: Drawing, axis: str, result: Result, analyte: str, tops: list[int], colours: Ink
) -> None:
    """The steps of all trials together."""
    size = 14 if _small(result) else 13
    own = style.colour(analyte, result, colours)
    rows = _rows(result, analyte, POOLED)
    for row, top in zip(rows, tops, strict=True):
        row |= {"base": 0.0, "frame": 1.0, "y": top + BOX / 2}
    _bars(drawing, axis, analyte, colours, own, rows, BOX)
    for number, row in enumerate(rows, start=1):
        words = f'<span style="color:{colours.quiet}">{number}</span>  {STEP_WORDS[row["step"]]}'
        _text(drawing, axis, 0, row["y"], words, colours.text, xshift=6, size=size)
        end = {"xanchor": "right", "xshift": -7, "name": f"n {analyte} {row['step']}"}
        _text(drawing, axis, 1, row["y"], f"<b>{row['n']:,}</b>", colours.text, size=size, **end)


def _left(
    drawing: Drawing,
    axis: str,
    analyte: str,
    step: str,
    reasons: list[Reason],
    between: tuple[int, int],
    colours: Ink,
) -> None:
    """The arrow to a step, and those who left beside it."""
    top, bottom = between[0] + BOX, between[1]
    drawing.scatter(
        name=f"{analyte}, arrow to {step}",
        x=[STEM, STEM],
        y=[top + 1, bottom - 5],
        xaxis=axis,
        mode="lines+markers",
        hoverinfo="skip",
        line={"color": colours.quiet, "width": 1.4},
        marker={"symbol": "triangle-down", "size": [0, 9], "color": colours.quiet, "opacity": 1},
        unselected={"marker": {"opacity": 1}},
    )
    at, y = [], top + SPACE + LINE / 2 - 1
    if not reasons:
        _text(drawing, axis, STEM, y, "nobody left", colours.quiet, size=13, xshift=15)
    for one in reasons:
        at.append(y)
        for line in one.lines:
            _text(drawing, axis, STEM, y, line, colours.text, size=13, xshift=15)
            y += LINE
    dot = {"size": 9, "color": colours.ground, "line": {"color": colours.quiet, "width": 1.6}}
    drawing.scatter(
        name=f"{analyte}, left before {step}",
        x=[STEM] * len(at),
        y=at,
        xaxis=axis,
        mode="markers",
        marker=dot | {"opacity": 1},
        customdata=[["flow", analyte, POOLED, step, one.code] for one in reasons],
        hoverinfo="none",
        selected={"marker": {"color": colours.text}},
        unselected={"marker": {"opacity": 1}},
    )


def _grid(
    drawing: Drawing,
    axis: str,
    result: Result,
    analyte: str,
    trials: Sequence[str],
    inner: int,
    colours: Ink,
) -> None:
    """The four steps of each trial in one line: n above a bar of its share of the treated."""
    own = style.colour(analyte, result, colours)
    size = 13 if _small(result) else 11
    rows = []
    for place, trial in enumerate(trials):
        y = inner + GRID_TOP + TRIAL * place + 33
        for number, row in enumerate(_rows(result, analyte, trial)):
            base = number / len(STEPS)
            rows.append(row | {"base": base, "frame": 0.9 / len(STEPS), "y": y})
            _text(drawing, axis, base, y - 13, f"{row['n']:,}", colours.text, size=size)
    _bars(drawing, axis, f"{analyte}, by trial", colours, own, rows, 9)
    for number in range(len(STEPS)):
        x, y = number / len(STEPS), inner + GRID_TOP - 15
        _text(drawing, axis, x, y, str(number + 1), colours.quiet, size=13)


def _names(
    drawing: Drawing, result: Result, trials: Sequence[str], inner: int, colours: Ink
) -> None:
    """What the lines of the trials are, and whose each is."""
    steps = ", ".join(
        f"{number} {STEP_WORDS[step].lower()}" for number, step in enumerate(STEPS, start=1)
    )
    head = f"<b>Trial by trial</b>  {steps}"
    _text(drawing, "paper", 0, inner + GRID_TOP - 37, head, colours.text)
    for place, trial in enumerate(trials):
        name = trial if len(trial) <= LONGEST else f"{trial[: LONGEST - 1]}…"
        y = inner + GRID_TOP + TRIAL * place + 4
        _text(drawing, "paper", 0, y, style.name_of(name, result), colours.quiet, size=13)


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    flow = result.table("flow")
    parts = []
    for analyte in dict.fromkeys(flow.analyte):
        n = flow[(flow.analyte == analyte) & (flow.trial == POOLED)].set_index("step").n
        words = f"{n['treated']} treated"
        for step in STEPS[1:]:
            left = _reasons(result, analyte, step, 1)
            why = ", ".join(f"{one.n} {REASON_WORDS.get(one.code, one.code)}" for one in left)
            words += f"; {n[step]} {STEP_WORDS[step].lower()} (left: {why or 'nobody'})"
        parts.append(f"{analyte}: {words}")
    return f"Flow of patients, all trials together. {'. '.join(parts)}."
