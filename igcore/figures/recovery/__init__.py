"""Share of patients who improved: one bar per trial and one for all, per isotype."""

from __future__ import annotations

import plotly.graph_objects as go

from igcore.analysis.result import Result
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.recovery.words import denominator
from igcore.figures.style import Ink

ROW = 34


def shares_figure(result: Result, *, dark: bool = False, compact: bool = False) -> go.Figure:
    """Bars with 95 % limits and n/N beside each; bars of one isotype stand together."""
    colours = style.ink(dark)
    shares = result.table("shares")
    names, trials = (list(dict.fromkeys(shares[column])) for column in ("analyte", "trial"))
    place = {
        (analyte, trial): i * (len(trials) + 1.1) + j
        for i, analyte in enumerate(names)
        for j, trial in enumerate(trials)
    }
    drawing = Drawing(go.Figure(layout={"barmode": "overlay", "showlegend": False}))
    for trial in trials:
        _bars(drawing, result, trial, place, colours)
    for i, analyte in enumerate(names):
        drawing.note(
            text=f"<b>{analyte}</b>",
            xref="paper",
            x=0,
            xanchor="left",
            y=i * (len(trials) + 1.1) - 0.82,
            showarrow=False,
            font={"size": 16, "color": colours.text},
        )
    last = max(place.values(), default=0)
    _axes(drawing, result, place, last, colours, wide=124 if compact else 112)
    style.frame(
        drawing,
        result,
        colours,
        title="Patients whose immunoglobulin improved",
        inner=int((last + 2) * ROW),
        top=72,
        below=64,
        compact=compact,
    )
    return drawing.finished()


def _axes(
    drawing: Drawing, result: Result, place: dict, last: float, colours: Ink, *, wide: float
) -> None:
    """Percent below, trials at the left; `wide` leaves room for the words beside full bars."""
    drawing.figure.update_xaxes(
        **style.axis(colours, range=[0, wide], fixedrange=True),
        title_text=f"Improved, % of the {denominator(result)}",
        tickvals=[0, 20, 40, 60, 80, 100],
        title_standoff=6,
    )
    names = [style.name_of(trial, result) for _, trial in place]
    drawing.figure.update_yaxes(
        **style.rows(names, colours)
        | {"tickvals": list(place.values()), "range": [last + 0.7, -1.25], "fixedrange": True}
    )


def _bars(drawing: Drawing, result: Result, trial: str, place: dict, colours) -> None:
    rows = result.table("shares")
    rows = rows[(rows.trial == trial)]
    own = style.colour(trial, result, colours)
    where = [place[analyte, trial] for analyte in rows.analyte]
    share, lower, upper = (100 * rows[name] for name in ("share", "lower", "upper"))
    drawing.bar(
        x=share,
        y=where,
        orientation="h",
        width=0.74,
        marker={"color": style.faint(own, 0.55), "line": {"color": own, "width": 1.5}},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": upper - share,
            "arrayminus": share - lower,
            "color": colours.text,
            "thickness": 1.6,
            "width": 5,
        },
        customdata=rows.assign(trial=style.plain(trial))[["analyte", "trial", "improved", "n"]],
        hovertemplate="<b>%{fullData.name}</b>, %{customdata[0]}<br>"
        "%{customdata[2]} of %{customdata[3]} improved: %{x:.1f} %<extra></extra>",
        name=style.name_of(trial, result),
    )
    for y, row in zip(where, rows.itertuples(), strict=True):
        edge = row.upper if row.upper == row.upper else 0.0
        drawing.note(
            text=f"{row.improved}/{row.n}"
            + (f" = <b>{style.percent(row.share)}</b>" if row.n else ""),
            x=100 * edge,
            y=y,
            xanchor="left",
            xshift=8,
            showarrow=False,
            font={"size": 14, "color": colours.text},
        )


def trials_in_words(result: Result) -> str:
    """Whether the shares are the same in all trials, as a sentence; empty for a single trial."""
    tests = result.table("trials_test")
    if result.table("shares").trial.nunique() < 3 or tests.empty:  # one trial and "pooled"
        return ""
    parts = []
    for row in tests.to_dict("records"):
        says = f"{style.p_value(row['p'])} ({row['name']})" if row["p"] == row["p"] else row["note"]
        parts.append(f"{row['analyte']} {says}")
    return f"Are the shares the same in all trials? {'; '.join(parts).rstrip('.')}."


def origins_in_words(result: Result) -> str:
    """How many of the improved were low and how many already normal at baseline, all trials."""
    shares = result.table("shares")
    parts = []
    for row in shares[(shares.trial == "pooled") & (shares.improved > 0)].itertuples():
        words = f"{row.improved_from_low:,} from low, {row.improved_from_normal:,} already normal"
        if row.improved_from_high:
            words += f", {row.improved_from_high:,} already high"
        parts.append(f"{row.analyte} {words}")
    if not parts:
        return ""
    return f"Where the improved stood at baseline: {'; '.join(parts)}."


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    parts = [
        f"{row.analyte}, {style.name_of(row.trial, result)}: {row.improved} of {row.n} "
        f"({style.percent(row.share)})"
        for row in result.table("shares").itertuples()
    ]
    return f"Share improved. {'; '.join(parts)}."
