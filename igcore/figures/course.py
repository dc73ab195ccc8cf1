"""The course strip of a patient: responses, therapies, infections and outcomes over time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from igcore.analysis.result import Result
from igcore.analysis.spec import DAYS_PER_MONTH
from igcore.figures import style
from igcore.figures.style import Ink
from igcore.store.schema import THERAPIES


def month(day: pd.Series | float) -> pd.Series | float:
    """Months from first treatment of a study day: day 1 is 0, there is no day 0."""
    elapsed = np.where(np.asarray(day, dtype=float) > 0, np.asarray(day, dtype=float) - 1, day)
    return elapsed / DAYS_PER_MONTH


def course_of(result: Result) -> list[tuple[str, pd.DataFrame]]:
    """Strips of the course from top to bottom: name and rows (start, end, label), in study days."""
    therapies, end = result.table("therapies"), last_day(result)
    strips = []
    responses = result.table("responses")
    if len(responses):
        strips.append(
            (
                "Response",
                responses.assign(
                    start=responses.day, end=np.nan, label=_changes(responses.response)
                ),
            )
        )
    for kind in THERAPIES:
        part = therapies[therapies.kind == kind]
        if len(part):
            rows = part.assign(start=part.start_day, end=part.end_day.fillna(end), label="")
            strips.append((kind[0].upper() + kind[1:], rows))
    infections = result.table("infections")
    if len(infections):
        rows = infections.assign(
            start=infections.start_day,
            end=infections.end_day.fillna(infections.start_day),
            label=infections.term.fillna("infection"),
        )
        strips.append(("Infection", rows))
    for one in result.table("outcomes").itertuples():
        origin = one.origin_day if one.origin_day > 0 else one.origin_day + 1
        rows = pd.DataFrame(
            {
                "start": [origin + one.time_days - 1],
                "end": np.nan,
                "label": ["\u2715 event" if one.event else "\u25cb censored"],
            }
        )
        strips.append((style.plain(one.endpoint), rows))
    return strips


def _changes(words: pd.Series) -> pd.Series:
    """A response that stays the same is a dot, so that the words have room."""
    return words.where(words != words.shift(), "\N{MIDDLE DOT}")


def draw_course(figure: go.Figure, course: list, row: int, colours: Ink) -> None:
    for place, (name, rows) in enumerate(course):
        hue = colours.groups[place % len(colours.groups)]
        words = bool(rows.end.isna().all())
        for one in rows.itertuples():
            x = [one.start] if words else [one.start, max(one.end, one.start)]
            figure.add_trace(
                go.Scatter(
                    x=[float(month(value)) for value in x],
                    y=[place] * len(x),
                    mode="text" if words else "lines+markers",
                    text=[style.plain(one.label)] if words else None,
                    textposition="middle center" if name == "Response" else "middle left",
                    textfont={"size": 13, "color": colours.text},
                    line={"width": 9, "color": style.faint(hue, 0.75)},
                    marker={"size": 9, "symbol": "line-ns", "color": hue, "line": {"width": 2}},
                    customdata=[style.plain(one.label or name)] * len(x),
                    hovertemplate="%{customdata}, month %{x:.1f}<extra></extra>",
                    name=name,
                    cliponaxis=False,
                ),
                row=row,
                col=1,
            )
    figure.update_yaxes(row=row, col=1, **style.rows([name for name, _ in course], colours))


def last_day(result: Result) -> float:
    days = [
        *result.table("measurements").day,
        *result.table("responses").day,
        *(result.table("outcomes").time_days),
    ]
    return float(max(days, default=30.0))
