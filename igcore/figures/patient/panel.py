"""One isotype of a patient's profile: band, values, the rule's marks, and others behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from igcore.analysis.result import Result
from igcore.analysis.rule import UNJUDGED
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.patient.course import month
from igcore.figures.style import Ink

SHOWN = {"mg/dL": 100.0, "g/L": 1.0}
COUNTS = {
    "before": "before treatment",
    "counted": "counted",
    "replaced": "not counted: replacement",
    "ended": "not counted: observation over",
    "too old": "not counted: too early",
}
CLASSES = {"low": "low", "normal": "in range", "high": "high"}
MIXED = {"involved": "contains M-protein", "isotype_unknown": "may contain M-protein"}


@dataclass(frozen=True)
class Panel:
    """Where an isotype is drawn: drawing, row, unit shown, colours, and the reach of the x axis."""

    drawing: Drawing
    result: Result
    analyte: str
    row: int
    unit: str
    colours: Ink
    reach: list[float]

    @property
    def where(self) -> dict:
        """The panel, as Plotly names it."""
        return {"row": self.row, "col": 1}

    @property
    def number(self) -> str:
        """The panel's number in the names of its axes: none for the first."""
        return "" if self.row == 1 else str(self.row)

    @property
    def verdict(self) -> pd.Series:
        """The isotype's verdict with its numbers."""
        return self.result.table("verdicts").set_index("analyte").loc[self.analyte]

    @property
    def samples(self) -> pd.DataFrame:
        """The isotype's values in the shown unit with the limits in use; "<x" stands at x/2."""
        data, factor = self.result.table("measurements"), SHOWN[self.unit]
        data = data[(data.analyte == self.analyte) & data.value_g_per_l.notna()]
        return data.assign(
            month=month(data.day),
            shown=(data.value_g_per_l * factor / np.where(data.operator == "<", 2, 1)).round(9),
            from_=(data.used_low.astype(float) * factor).round(9),
            to=(data.used_high.astype(float) * factor).round(9),
        )

    def draw(self) -> None:
        """Everything of the isotype, from the ground up."""
        data, verdict = self.samples, self.verdict
        mixed = verdict.reason in MIXED
        own = self.colours.quiet
        if not mixed:
            own = style.colour(self.analyte, self.result, self.colours)
        top = _top(data)
        _band(self, data[data.from_.notna() & data.to.notna()])
        _others(self)
        _values(self, data, own)
        if verdict.verdict not in UNJUDGED:
            top = max(top, _rise_line(self, data))
            _ringed(self, data)
        _head(self, mixed)
        self.drawing.figure.update_yaxes(
            **self.where,
            **style.axis(self.colours, range=[0, 1.08 * top], nticks=5),
        )


def _top(data: pd.DataFrame) -> float:
    """The highest of the patient's own values and limits: others behind do not move the axis."""
    return float(np.nanmax([0.0, *data.shown, *data.to])) or 1.0


def _head(panel: Panel, mixed: bool) -> None:
    """Isotype and verdict above the panel; what its values contain, if not the patient's own."""
    verdict = panel.verdict
    says = style.plain(verdict.sentence)
    if mixed:
        says = f"{MIXED[verdict.reason]}; {says}"
    corner = {
        "xref": f"x{panel.number} domain",
        "yref": f"y{panel.number} domain",
        "showarrow": False,
    }
    panel.drawing.note(
        text=f"<b>{panel.analyte}</b>, {panel.unit}:  {says}",
        **corner,
        x=0,
        y=1,
        xanchor="left",
        yanchor="bottom",
        yshift=3,
        font={"size": 14, "color": panel.colours.text},
    )
    if panel.samples.empty:
        panel.drawing.note(
            text="no values",
            **corner,
            x=0.5,
            y=0.5,
            font={"size": 14, "color": panel.colours.quiet},
        )


def _band(panel: Panel, data: pd.DataFrame) -> None:
    """The limits in use, each until the next sample; the first and last reach to the edges."""
    if data.empty:
        return
    x = [panel.reach[0], *data.month.iloc[1:], panel.reach[1]]
    for column, fill in (("to", None), ("from_", "tonexty")):
        panel.drawing.scatter(
            x=x,
            y=[*data[column], data[column].iloc[-1]],
            mode="lines",
            line={"width": 0.8, "shape": "hv", "color": panel.colours.band},
            fill=fill,
            fillcolor=panel.colours.band,
            hoverinfo="skip",
            name="normal range",
            **panel.where,
        )


def _others(panel: Panel) -> None:
    """Other patients as one pale trace, parted by gaps."""
    rows = panel.result.table("others")
    rows = rows[rows.analyte == panel.analyte]
    if rows.empty:
        return
    number = np.cumsum((rows.patient_key != rows.patient_key.shift()).to_numpy()) - 1
    place = np.arange(len(rows)) + number
    x, y = (np.full(place[-1] + 1, np.nan) for _ in range(2))
    x[place], y[place] = month(rows.day), rows.level * SHOWN[panel.unit]
    panel.drawing.scatter(
        x=x,
        y=y,
        mode="lines",
        line={"width": 1, "color": style.faint(panel.colours.quiet, 0.22)},
        hoverinfo="skip",
        name="other patients",
        **panel.where,
    )


def _values(panel: Panel, data: pd.DataFrame, own: str) -> None:
    """The measured values: hollow where limits of quantification, small where they do not count."""
    if data.empty:  # Plotly places words by an axis only where something is drawn on it
        panel.drawing.scatter(x=[None], y=[None], name=panel.analyte, **panel.where)
        return
    counts = data.counts.isin(["before", "counted"]) | (panel.verdict.verdict == "not_assessable")
    panel.drawing.scatter(
        x=data.month,
        y=data.shown,
        mode="lines+markers",
        line={"color": own, "width": 2},
        marker={
            "size": np.where(counts, 8, 5),
            "opacity": 1,  # Plotly fades markers of several sizes
            "color": np.where(data.operator.notna(), panel.colours.ground, own),
            "line": {"color": own, "width": 1.8},
        },
        cliponaxis=False,
        customdata=_hover(panel, data),
        hovertemplate="%{customdata}<extra></extra>",
        name=panel.analyte,
        **panel.where,
    )


def _hover(panel: Panel, data: pd.DataFrame) -> list[str]:
    """Value as given, the limits in use, the day, what it is to the rule, and the verdict."""
    verdict, words = panel.verdict, []
    for row in data.itertuples():
        limits = "no limits"
        if row.from_ == row.from_ and row.to == row.to:
            limits = f"{row.from_:.4g} to {row.to:.4g} {panel.unit}"
            limits += f" ({style.plain(row.range_of)})" if isinstance(row.range_of, str) else ""
            limits += f": {CLASSES[row.range_class]}" if row.range_class in CLASSES else ""
        lines = [
            f"<b>{style.plain(row.operator or '')}{row.value:g} {style.plain(row.unit)}</b>",
            limits,
            f"day {row.day:g}{f', {row.time}' if isinstance(row.time, str) else ''}, "
            f"month {row.month:.1f}",
        ]
        if verdict.verdict == "not_assessable":
            lines.append(MIXED.get(verdict.reason, ""))
        else:
            lines.append(COUNTS.get(row.counts, ""))
        lines.append(f"{panel.analyte}: {style.plain(verdict.says)}")
        words.append("<br>".join(line for line in lines if line))
    return words


def _sample(data: pd.DataFrame, day: float, time: str | None) -> pd.DataFrame:
    """The one sample of that day and time."""
    wanted = time if isinstance(time, str) else ""
    return data[(data.day == day) & (data.time.fillna("") == wanted)]


def _ringed(panel: Panel, data: pd.DataFrame) -> None:
    """Baseline as a diamond, the final value ringed."""
    for side, name, symbol, size in (
        ("baseline", "baseline", "diamond-open", 15),
        ("final", "final value", "circle-open", 19),
    ):
        part = _sample(data, panel.verdict[f"{side}_day"], panel.verdict[f"{side}_time"])
        panel.drawing.scatter(
            x=part.month,
            y=part.shown,
            mode="markers",
            marker={
                "symbol": symbol,
                "size": size,
                "color": panel.colours.text,
                "line": {"width": 2},
            },
            cliponaxis=False,
            hoverinfo="skip",
            name=name,
            **panel.where,
        )


def _rise_line(panel: Panel, data: pd.DataFrame) -> float:
    """The level from which the value has risen as the rule asks; returns it."""
    verdict = panel.verdict
    rise = panel.result.asked["rise"]
    base = _sample(data, verdict.baseline_day, verdict.baseline_time).shown.iloc[0]
    whole = 2 if verdict.baseline_operator == "<" else 1  # the bound itself, not half of it
    level = float(base) * whole * (1 + rise / 100)
    line = {"dash": "dash", "width": 1.2, "color": panel.colours.quiet}
    refs = {"xref": f"x{panel.number} domain", "yref": f"y{panel.number}"}
    panel.drawing.shape(type="line", x0=0, x1=1, y0=level, y1=level, **refs, line=line)
    panel.drawing.note(
        text=f"+{rise:g} %",
        xref=f"x{panel.number}",
        yref=f"y{panel.number}",
        x=panel.reach[1],
        y=level,
        xanchor="right",
        yanchor="bottom",
        showarrow=False,
        font={"size": 12, "color": panel.colours.quiet},
    )
    return level
