"""Axes of trajectories: the normal band, doublings, months with n below them, and the heads."""

from __future__ import annotations

import numpy as np
import pandas as pd

from igcore.analysis.result import Result
from igcore.figures import style
from igcore.figures.trajectories.panel import Panel

TITLES = {
    "percent": "% of baseline",
    "multiple": "× lower limit",
    "position": "position in the range",
}


def ranges(panel: Panel) -> list[tuple[float, float]]:
    """The normal band in what is drawn: of every record, then of any; one where they agree."""
    return _ranges(panel, panel.rows("panels"))


def _ranges(panel: Panel, rows: pd.DataFrame) -> list[tuple[float, float]]:
    y = panel.asked["y"]
    if y == "position":
        return [(0.0, 1.0)]
    if y in ("change", "percent"):
        return []
    pairs = []
    for row in rows.itertuples():
        if y == "multiple":
            pairs += [(1.0, row.ratio_min), (1.0, row.ratio_max)]
        else:
            pairs += [(row.low_max, row.high_min), (row.low_min, row.high_max)]
    return [pair for pair in dict.fromkeys(pairs) if pair[0] < pair[1]]  # NaN compares as no


def band(panel: Panel) -> None:
    """The normal range, darker where every record agrees; else the line of no change."""
    number = panel.number
    colours = panel.colours
    for low, high in ranges(panel):
        panel.drawing.shape(
            type="rect",
            xref=f"x{number} domain",
            yref=f"y{number}",
            x0=0,
            x1=1,
            y0=low,
            y1=high,
            fillcolor=colours.band,
            line={"width": 1, "color": colours.band},
            layer="below",
        )
    y = panel.asked["y"]
    if y in ("change", "percent"):
        panel.drawing.shape(
            type="line",
            xref=f"x{number} domain",
            yref=f"y{number}",
            x0=0,
            x1=1,
            y0=100 if y == "percent" else 0,
            y1=100 if y == "percent" else 0,
            line={"width": 1.2, "dash": "dash", "color": colours.quiet},
            layer="below",
        )


def axes(panel: Panel, summary: pd.DataFrame) -> None:
    """Months with n under them; the y axis of the analyte, the same in all its panels."""
    first = panel.where["col"] == 1
    months = ticks(last_month(panel.result), panel.columns)
    counts = dict(zip(summary.month, summary.n, strict=True))
    quiet = panel.colours.quiet
    panel.drawing.figure.update_xaxes(
        **panel.where,
        **style.axis(panel.colours, range=reach(panel.result), showgrid=False, fixedrange=True),
        tickvals=months,
        ticktext=[
            f"{m:g}<br><span style='color:{quiet};font-size:13px'>{counts.get(m, 0):,}</span>"
            for m in months
        ],
    )
    panel.drawing.figure.update_yaxes(
        **panel.where,
        **style.axis(panel.colours, **_scale(panel), fixedrange=True),
        title_text=_title(panel) if first and not _unit_above(panel) else None,
        title_standoff=8,
        showticklabels=first or panel.across,
    )
    if first:
        number = panel.number
        panel.drawing.note(
            text="n",
            xref=f"x{number} domain",
            yref=f"y{number} domain",
            x=0,
            y=0,
            xanchor="right",
            yanchor="top",
            xshift=-9,
            yshift=-26,
            showarrow=False,
            font={"size": 13, "color": quiet},
        )


def _unit_above(panel: Panel) -> bool:
    """True where each column has a unit of its own, which then stands in its heads."""
    return panel.across and panel.asked["y"] in ("concentration", "change")


def _title(panel: Panel) -> str:
    y, shown = panel.asked["y"], style.plain(panel.unit)
    return TITLES.get(y) or (f"change, {shown}" if y == "change" else shown)


def head(panel: Panel) -> None:
    """Analyte, group and its patients above the panel."""
    number, rows = panel.number, panel.rows("panels")
    n = int(rows.patients.sum())
    who = "" if panel.group == "all" and panel.asked["group"] == "none" else panel.who
    words = [f"<b>{style.plain(panel.analyte)}</b>"]
    if _unit_above(panel):
        words[0] += f", {_title(panel)}"
    count = f"n = {n:,}" if n else "nobody to show"
    if who:
        named = style.wrap(who, 60 // panel.columns).split("<br>")
        short = named[0] + ("…" if len(named) > 1 else "")
        words.append(f'<span style="color:{panel.own}"><b>{short}</b></span>, {count}')
    else:
        words[0] += f"  {count}"
    panel.drawing.note(
        text="<br>".join(words) if panel.columns > 2 else "  ".join(words),
        xref=f"x{number} domain",
        yref=f"y{number} domain",
        x=0,
        y=1,
        xanchor="left",
        yanchor="bottom",
        yshift=2,
        align="left",
        showarrow=False,
        font={"size": 14, "color": panel.colours.text},
    )


def drawn(result: Result) -> pd.DataFrame:
    """The visits that are drawn."""
    rows = result.table("summary")
    return rows[rows.drawn]


def last_month(result: Result) -> float:
    """The last month that anything is drawn at."""
    return float(max([*drawn(result).month, *result.table("lines").month], default=1.0))


def reach(result: Result) -> list[float]:
    """The x axis: from the earliest value to the last, with some air."""
    first = float(min([0.0, *result.table("lines").month]))
    last = last_month(result)
    air = 0.03 * (last - first) + 0.1
    return [first - air, last + air]


def ticks(last: float, columns: int) -> list[float]:
    """Months that carry a label and their n: as many as find room beside each other."""
    most = {1: 13, 2: 9}.get(columns, 5)
    step = next((s for s in (1, 2, 3, 6, 12, 24, 60, 120) if last / s < most), 240)
    return [float(month) for month in np.arange(0, last + 0.5, step)]


def extent(panel: Panel) -> tuple[float, float]:
    """Lowest and highest of what is drawn of the analyte in any group, and of its band."""
    panels = panel.result.table("panels")
    bands = _ranges(panel, panels[panels.analyte == panel.analyte])
    found: list[float] = [edge for pair in bands for edge in pair]
    for table, names in (
        ("lines", ("y",)),
        ("summary", ("median", "q1", "q3", "mean", "lower", "upper")),
        ("marks", ("y",)),
    ):
        rows = panel.result.table(table) if table != "summary" else drawn(panel.result)
        rows = rows[rows.analyte == panel.analyte]
        for name in names:
            if name in rows and len(rows):
                found += [float(rows[name].min()), float(rows[name].max())]
    found = [value for value in found if np.isfinite(value)]
    if panel.asked["y"] == "percent":
        found.append(100.0)
    return (min(found), max(found)) if found else (0.0, 1.0)


def short(value: float) -> str:
    """A level in three or four digits, without powers of ten."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def doublings(low: float, high: float, base: float) -> list[float]:
    """Ticks of a log scale: `base` doubled and halved; quarter steps where these are few."""
    powers = np.arange(np.floor(np.log2(low / base)), np.ceil(np.log2(high / base)) + 1)
    inside = [power for power in powers if low <= base * 2.0**power <= high]
    if len(inside) < 3:
        values = [base * 2.0**power * part for power in powers for part in (1, 1.25, 1.5, 1.75)]
        return [value for value in values if low <= value <= high]
    step = int(np.ceil(len(inside) / 8))
    return [float(base * 2.0**power) for power in inside if power % step == 0]


def _scale(panel: Panel) -> dict:
    """Linear, from 0 where that is near and nothing is negative; or doublings."""
    low, high = extent(panel)
    y = panel.asked["y"]
    if panel.asked.get("axis") == "log2":
        base = 100.0 if y == "percent" or (panel.unit == "mg/dL" and y != "multiple") else 1.0
        low, high = low / 1.05, high * 1.05
        values = doublings(low, high, base)
        return {
            "type": "log",
            "range": [np.log10(low), np.log10(high)],
            "tickvals": values,
            "ticktext": [short(value) for value in values],
        }
    if y in ("concentration", "percent", "multiple") and 0 <= low < 0.3 * high:
        low = 0.0
    air = 0.05 * (high - low) or 0.5
    return {"range": [low - (air if low else 0), high + air], "nticks": 6, "tickformat": ",.6~g"}
