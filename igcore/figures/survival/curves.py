"""The curves of a survival figure in each of its pictures, thinned for drawing only."""

from __future__ import annotations

import numpy as np
import pandas as pd

from igcore.analysis.result import Result
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.step_curves import drawn
from igcore.figures.style import Ink

FEW = 10  # at risk; with fewer a curve goes by single patients
FEWER = f"Fewer than {FEW} at risk: drawn fainter."


def draw(drawing: Drawing, result: Result, groups: list[str], picture: str, colours: Ink) -> None:
    """Every group's curve in the figure's first row."""
    full = result.table("curve")
    for group in groups:
        curve = full[full.group == group]
        if picture == "log-log":
            _log_log(drawing, result, group, curve, colours)
            continue
        if picture == "rmst":
            _area(drawing, result, group, curve, colours)
        else:
            shown = drawn(_turned(curve, picture))
            _band(drawing, result, group, shown[shown.lower.notna()], colours)
        _steps(drawing, result, group, drawn(_turned(curve, picture)), picture, colours)
        _ticks(drawing, result, group, drawn(_censored(_turned(curve, picture))), colours)
    if picture == "rmst":
        _horizon(drawing, result, colours)


def thin(result: Result) -> bool:
    """Whether a part of some curve rests on few patients and is drawn fainter."""
    if result.asked["curve"] == "log-log":
        return False
    curves = result.table("curve").groupby("group")
    return any((curve.at_risk.to_numpy()[1:] < FEW).any() for _, curve in curves)


def _part(curve: pd.DataFrame, few: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Months and survival of the steps that begin at the rows where `few`; gaps between them."""
    runs = np.split(np.flatnonzero(few), np.flatnonzero(np.diff(np.flatnonzero(few)) > 1) + 1)
    month, survival = curve.month.to_numpy(float), curve.survival.to_numpy(float)
    x, y = [], []
    for run in runs:
        if len(run):  # a step ends where the next one begins
            rows = slice(run[0], run[-1] + 2)
            x += [*month[rows], np.nan]
            y += [*survival[rows], np.nan]
    return np.array(x[:-1]), np.array(y[:-1])


def _turned(curve: pd.DataFrame, picture: str) -> pd.DataFrame:
    """Survival, or the share that has had the event."""
    if picture != "events":
        return curve
    return curve.assign(survival=1 - curve.survival, lower=1 - curve.upper, upper=1 - curve.lower)


def _censored(curve: pd.DataFrame) -> pd.DataFrame:
    """Rows at which the curve does not step: somebody was censored there."""
    return curve[(curve.survival.diff() == 0) & (curve.month > 0)]


def _line(group: str, result: Result, colours: Ink, **own) -> dict:
    return {
        "width": 3,
        "shape": "hv",
        "color": style.colour(group, result, colours),
        "dash": style.dash(group, result),
        **own,
    }


def _steps(
    drawing: Drawing,
    result: Result,
    group: str,
    curve: pd.DataFrame,
    picture: str,
    colours: Ink,
) -> None:
    words = "with event" if picture == "events" else "survival"
    # Who is at risk along a step is who is at risk just before its end.
    few = curve.at_risk.to_numpy()[1:] < FEW
    name = style.name_of(group, result)
    if few.any():
        own = style.colour(group, result, colours)
        for rows, words_, line in (
            (~few, f"{FEW} or more at risk", {}),
            (few, f"fewer than {FEW} at risk", {"color": style.faint(own, 0.45), "width": 2}),
        ):
            x, y = _part(curve, rows)
            drawing.scatter(
                x=x,
                y=y,
                mode="lines",
                line=_line(group, result, colours, **line),
                name=f"{name}, {words_}",
                hoverinfo="skip",
                showlegend=False,
                row=1,
                col=1,
            )
    drawing.scatter(
        x=curve.month,
        y=curve.survival,
        mode="lines",
        line=_line(group, result, colours),
        opacity=0 if few.any() else 1,  # drawn in its two parts, it stays for the pointer
        name=name,
        customdata=np.stack([curve.lower, curve.upper, curve.at_risk], axis=1),
        hovertemplate="<b>%{fullData.name}</b><br>month %{x:.1f}<br>" + words + " %{y:.3f} "
        "(%{customdata[0]:.3f} to %{customdata[1]:.3f})<br>at risk %{customdata[2]:,.0f}<extra></extra>",
        showlegend=False,
        row=1,
        col=1,
    )


def _band(drawing: Drawing, result: Result, group: str, band: pd.DataFrame, colours: Ink) -> None:
    """The pointwise interval, between an upper and a lower line of no width."""
    own, name = style.colour(group, result, colours), style.name_of(group, result)
    for bound, fill in (("upper", None), ("lower", "tonexty")):
        drawing.scatter(
            x=band.month,
            y=band[bound],
            mode="lines",
            line={"width": 0, "shape": "hv", "color": own},
            fill=fill,
            fillcolor=style.faint(own),
            hoverinfo="skip",
            showlegend=False,
            name=f"{name}, {bound} limit",
            row=1,
            col=1,
        )


def _ticks(drawing: Drawing, result: Result, group: str, ticks: pd.DataFrame, colours: Ink) -> None:
    own = style.colour(group, result, colours)
    inks = [style.faint(own, 0.45) if n < FEW else own for n in ticks.at_risk]
    drawing.scatter(
        x=ticks.month,
        y=ticks.survival,
        mode="markers",
        marker={
            "symbol": "line-ns",
            "size": 9,
            "line": {"width": 1.5, "color": inks},
            "color": inks,
        },
        name=f"{style.name_of(group, result)}, censored",
        hoverinfo="skip",
        showlegend=False,
        row=1,
        col=1,
    )


def _area(drawing: Drawing, result: Result, group: str, curve: pd.DataFrame, colours: Ink) -> None:
    """The area under the curve up to the horizon: its size in months is the restricted mean."""
    means = result.tables.get("rmst", pd.DataFrame(columns=["group", "horizon"]))
    horizon = means.horizon.max() if len(means) else np.nan
    part = curve[curve.month <= horizon]
    if part.empty:
        return
    part = drawn(part)
    drawing.scatter(
        x=[*part.month, horizon],
        y=[*part.survival, part.survival.iloc[-1]],
        mode="lines",
        line={"width": 0, "shape": "hv"},
        fill="tozeroy",
        fillcolor=style.faint(style.colour(group, result, colours), 0.10),
        hoverinfo="skip",
        showlegend=False,
        name=f"{style.name_of(group, result)}, restricted mean",
        row=1,
        col=1,
    )


def _horizon(drawing: Drawing, result: Result, colours: Ink) -> None:
    if "rmst" in result.tables:
        horizon = float(result.table("rmst").horizon.iloc[0])
        drawing.scatter(
            x=[horizon, horizon],
            y=[0, 1],
            mode="lines",
            line={"width": 1.5, "color": colours.quiet, "dash": "dot"},
            hoverinfo="skip",
            showlegend=False,
            name="horizon",
            row=1,
            col=1,
        )


def _log_log(
    drawing: Drawing, result: Result, group: str, curve: pd.DataFrame, colours: Ink
) -> None:
    """log(-log S) at the drops; curves that run parallel speak for proportional hazards."""
    inside = (curve.survival > 0) & (curve.survival < 1) & (curve.month > 0)
    shown = drawn(curve[inside & (curve.survival.diff() < 0)])
    drawing.scatter(
        x=shown.month,
        y=np.log(-np.log(shown.survival)),
        mode="lines",
        line=_line(group, result, colours, width=2.5),
        name=style.name_of(group, result),
        hovertemplate="<b>%{fullData.name}</b><br>month %{x:.1f}<br>%{y:.2f}<extra></extra>",
        showlegend=False,
        row=1,
        col=1,
    )
