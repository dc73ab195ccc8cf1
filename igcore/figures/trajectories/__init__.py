"""Trajectories: a panel per analyte and group, with the normal band and n under the axis."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from igcore.analysis.result import Result
from igcore.analysis.rule import VERDICTS
from igcore.analysis.trajectories.choices import named
from igcore.analysis.trajectories.notes import one_band, sampled
from igcore.analysis.trajectories.tables import ORDER
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.trajectories import axes as trajectory_axes
from igcore.figures.trajectories.axes import short
from igcore.figures.trajectories.panel import Panel, label

PANEL, FEET, ROW = 230, 48, 20
MOST_COLUMNS = 4
KINDS = {
    "immunoglobulin replacement": ("triangle-up", "▲", "IgG replacement starts"),
    "transplant": ("star", "★", "transplant"),
    "progression": ("x-thin", "✕", "progression"),
}


def trajectories_figure(result: Result, *, dark: bool = False) -> go.Figure:
    """Lines, medians or means against the normal band; panels of an analyte share their axis."""
    colours = style.ink(dark)
    panels = result.table("panels")
    analytes = named(pd.DataFrame({"analyte": list(result.asked["analyte"])}))
    groups = list(dict.fromkeys(_in_order(panels["group"], result)))
    across = result.asked["arrangement"] == "columns"
    if max(len(groups), len(analytes)) > MOST_COLUMNS:
        across = len(groups) > MOST_COLUMNS  # the longer side runs down the page
    rows, columns = (groups, analytes) if across else (analytes, groups)
    head = 62 if len(columns) > 2 else 42
    inner = PANEL * len(rows) + (head + FEET) * (len(rows) - 1)
    drawing = Drawing(
        make_subplots(
            rows=len(rows),
            cols=len(columns),
            vertical_spacing=(head + FEET) / inner if len(rows) > 1 else 0,
            horizontal_spacing=(0.07 if across else 0.035) if len(columns) > 1 else 0,
        )
    )
    drawing.figure.update_layout(showlegend=False, hovermode="closest")
    for analyte in analytes:
        for group in groups:
            place = (analytes.index(analyte), groups.index(group))
            row, col = reversed(place) if across else place
            where = {"row": row + 1, "col": col + 1}
            _draw(Panel(drawing, result, colours, analyte, group, where, len(columns), across))
    key = style.wrap(_key(result), 110 if len(columns) < 3 else 96)
    lines = key.count("<br>") + 1
    top = 62 + ROW * lines + head
    style.beneath(drawing, "Months from first treatment", FEET - 2, colours.text)
    style.frame(drawing, result, colours, title=result.title, inner=inner, top=top, below=FEET + 40)
    style.line(drawing, key, top - 62, colours.quiet, size=13)
    return drawing.finished()


def _in_order(groups: pd.Series, result: Result) -> list[str]:
    """Groups in the order in which the result lists them, over all analytes."""
    seen = list(dict.fromkeys(groups))
    if result.asked["group"] in ("response", "verdict"):
        return [name for name in ORDER if name in seen]
    return sorted(seen)


def _key(result: Result) -> str:
    """What the signs mean, in one line of words."""
    lines = result.asked["style"] == "lines"
    words = {
        "median": "━● median, shaded: quartiles",
        "mean": "━● geometric mean, shaded: 95 % interval",
        "lines": "━ median per visit, thin: one patient each",
    }[result.asked["style"]]
    parts = [words]
    if lines and sampled(result.tables):
        parts = ["━ median per visit, shaded: quartiles, thin: a sample of patients"]
    if lines:
        parts.append("● a patient's last value")
    if result.asked["y"] in ("concentration", "multiple", "position"):
        differ = result.asked["y"] != "position" and not one_band(result.table("panels"))
        parts.append("green: normal range" + (", paler: of some records" if differ else ""))
    parts.append("n: patients with a value")
    if lines:
        drawn = result.table("lines")
        if (drawn.operator.notna() & drawn.contains.isna()).any():
            parts.append("○ beyond quantification")
        if drawn.contains.notna().any():
            parts.append("grey: contains M-protein, or may")
        kinds = set(result.table("marks").kind)
        parts += [f"{sign} {words}" for kind, (_, sign, words) in KINDS.items() if kind in kinds]
    return "    ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in parts)


def _draw(panel: Panel) -> None:
    """Everything, from the back to the front."""
    lines, summary = panel.rows("lines"), panel.rows("summary")
    trajectory_axes.band(panel)
    _thin(panel, lines[lines.contains.notna()], "contains M-protein", panel.colours.quiet)
    _thin(panel, lines[lines.contains.isna()], "patients", panel.own)
    _summary(panel, summary, bold=panel.asked["style"] == "lines")
    _hollow(panel, lines[lines.operator.notna() & lines.contains.isna()])
    _marks(panel, panel.rows("marks"))
    trajectory_axes.axes(panel, summary)
    trajectory_axes.head(panel)


def _thin(panel: Panel, lines: pd.DataFrame, name: str, own: str) -> None:
    """One trace for all patients, their lines parted by gaps; a lone value is a dot."""
    if lines.empty:
        return
    start = (lines.patient_key != lines.patient_key.shift()).to_numpy()
    number = np.cumsum(start) - 1
    place = np.arange(len(lines)) + number
    x, y = (np.full(place[-1] + 1, np.nan) for _ in range(2))
    x[place], y[place] = lines.month, lines.y
    words = np.full(len(x), "", dtype=object)
    words[place] = _hover(panel, lines)
    share = float(np.clip(3 / np.sqrt(number[-1] + 1), 0.12, 0.7))
    panel.add(
        name,
        x=x,
        y=y,
        mode="lines",
        line={"width": 1, "color": style.faint(own, share)},
        text=words,
        hovertemplate="%{text}<extra></extra>",
    )
    # A line itpanel cannot be clicked, and a dot on every value would make the browser slow.
    last = (lines.patient_key != lines.patient_key.shift(-1)).to_numpy()
    _dots(panel, lines[last], f"{name}, last values", size=5, color=style.faint(own, 0.75))


def _dots(panel: Panel, lines: pd.DataFrame, name: str, **marker) -> None:
    """Values with a dot, which a reader can click: each carries its patient's key.

    Keys go as lists: the browser would hand numbers of an array back as a mapping.
    """
    marker = {"line": {"width": 0}, **marker}
    panel.add(
        name,
        x=lines.month,
        y=lines.y,
        mode="markers",
        marker=marker,
        selected={"marker": {"size": 12}},
        unselected={"marker": {"opacity": 1}},
        text=_hover(panel, lines),
        customdata=[[key] for key in lines.patient_key.tolist()],
        hovertemplate="%{text}<extra></extra>",
    )


def _hover(panel: Panel, lines: pd.DataFrame) -> list[str]:
    """Value, limits, day and verdict of each point."""
    unit = style.plain(panel.unit)
    words = {"involved": "<br>contains M-protein", "unknown": "<br>may contain M-protein"}
    verdicts = {code: f"<br>{said}" for code, said in VERDICTS.items()}
    given = lines.level * np.where(lines.operator == "<", 2, 1)
    signs = lines.operator.map(style.plain, na_action="ignore").fillna("")
    return [
        f"<b>{sign}{short(value)} {unit}</b>"
        + (f" ({short(row.low)} to {short(row.high)})" if row.low == row.low else "")
        + f"<br>day {row.day:g}{words.get(row.contains, verdicts.get(row.verdict, ''))}"
        + ("<br>under immunoglobulin replacement" if row.replaced else "")
        for row, sign, value in zip(lines.itertuples(), signs, given, strict=True)
    ]


def _summary(panel: Panel, rows: pd.DataFrame, *, bold: bool) -> None:
    """Centre per visit, and its quartiles or limits as a band."""
    rows = rows[rows.drawn]
    names = ("mean", "lower", "upper") if "mean" in rows else ("median", "q1", "q3")
    centre, lower, upper = (rows[name] for name in names)
    if not bold or sampled(panel.result.tables):
        for bound, fill in ((upper, None), (lower, "tonexty")):
            panel.add(
                f"{bound.name}",
                x=rows.month,
                y=bound,
                mode="lines",
                line={"width": 1 if bold else 0, "color": panel.own},  # seen above the lines
                fill=fill,
                fillcolor=style.faint(panel.own, 0.2),
                hoverinfo="skip",
            )
    if bold:  # keeps the median apart from the lines of its own colour
        panel.add(
            "outline",
            x=rows.month,
            y=centre,
            mode="lines",
            line={"width": 7, "color": panel.colours.ground},
            opacity=0.8,
            hoverinfo="skip",
        )
    panel.add(
        names[0],
        x=rows.month,
        y=centre,
        mode="lines" if bold else "lines+markers",
        line={"width": 3 if bold else 2.2, "color": panel.own, "dash": panel.dash},
        marker={"size": 6 if panel.columns < 3 else 4, "color": panel.own},
        customdata=np.stack([lower, upper, rows.n], axis=1),
        hovertemplate=f"<b>{names[0]} %{{y:.4g}}</b> (%{{customdata[0]:.4g}} to "
        "%{customdata[1]:.4g})<br>month %{x:g}, n = %{customdata[2]:d}<extra></extra>",
    )


def _hollow(panel: Panel, lines: pd.DataFrame) -> None:
    """Limits of quantification, hollow."""
    if lines.empty:
        return
    _dots(
        panel,
        lines,
        "beyond quantification",
        size=7,
        color=panel.colours.ground,
        line={"color": panel.own, "width": 1.4},
    )


def _marks(panel: Panel, marks: pd.DataFrame) -> None:
    for kind, (symbol, _, _) in KINDS.items():
        rows = marks[marks.kind == kind]
        if len(rows):
            panel.add(
                kind,
                x=rows.month,
                y=rows.y,
                mode="markers",
                marker={
                    "symbol": symbol,
                    "size": 5 if kind == "progression" else 8,
                    "color": panel.colours.text,
                    "line": {"width": 1 if kind == "progression" else 0},
                    "opacity": 0.75,
                },
                selected={"marker": {"size": 12}},
                unselected={"marker": {"opacity": 0.75}},
                customdata=[[key] for key in rows.patient_key.tolist()],
                hovertemplate=f"{kind}, month %{{x:.1f}}<extra></extra>",
            )


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    name = "mean" if "mean" in result.table("summary") else "median"
    parts = []
    for (analyte, group), rows in result.table("summary").groupby(["analyte", "group"], sort=False):
        ends = [
            f"{row[name]:.3g} at month {row.month:g} (n = {row.n:,})"
            for _, row in rows.iloc[[0, -1]].iterrows()
        ]
        parts.append(f"{analyte}, {label(group, result)}: {name} {' to '.join(ends)}")
    return f"{result.title}. {'; '.join(parts)}."
