"""The table at risk below the curves (KMunicate): counts as text on the curves' own axis."""

from __future__ import annotations

import numpy as np

from igcore.analysis.result import Result
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.style import Ink

LINES = (("at_risk", "At risk"), ("censored", "Censored"), ("events", "Events"))
CHANGED = ("changed_over", "Changed over")


def lines_of(result: Result, *, compact: bool) -> tuple[tuple[str, str], ...]:
    """Column and words of each group's lines; who leaves for the other group is not censored."""
    if compact:
        return LINES[:1]
    changing = CHANGED[0] in result.table("risk")
    return (*LINES[:2], CHANGED, *LINES[2:]) if changing else LINES


def at_risk(drawing: Drawing, result: Result, groups: list[str], lines, colours: Ink) -> None:
    """Rows in the colours of their curves, in the figure's second row."""
    risk, short = result.table("risk"), len(lines) == 1
    labels = [f'<span style="color:{colours.text}"><b>At risk</b></span>'] if short else []
    for group in groups:
        own = style.colour(group, result, colours)
        heading = f'<span style="color:{own}"><b>{style.name_of(group, result)}</b></span>'
        if not short:
            labels.append(heading)
        for column, words in lines:
            part = risk[risk.group == group]
            drawing.scatter(
                x=part.month,
                y=np.full(len(part), float(len(labels))),
                mode="text",
                text=[f"{n:,}" for n in part[column]],
                textfont={"size": 14, "color": own},
                cliponaxis=False,
                hoverinfo="skip",
                showlegend=False,
                name=f"{style.name_of(group, result)}, {words.lower()}",
                row=2,
                col=1,
            )
            labels.append(heading if short else words)
    drawing.figure.update_yaxes(row=2, col=1, **style.rows(labels, colours))
