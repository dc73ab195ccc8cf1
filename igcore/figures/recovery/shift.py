"""Shift of classes: low, normal, high or missing at baseline against the final value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from igcore.analysis.recovery.members import CLASSES
from igcore.analysis.result import Result
from igcore.figures import style
from igcore.figures.drawing import Drawing
from igcore.figures.recovery.words import departing, final_words, limits_words
from igcore.figures.style import Ink

PANEL, HEAD = 236, 78  # pixels: ribbons of an isotype, and its name and heads above them
SLOT, LEAST_GAP = 20, 8  # pixels: the least height of a class with its label, and between two
WIDE = 0.022  # of the distance between the sides: the bars of the classes
SIDE = 0.27  # room for labels beside them
PLACES = {"low": 8, "high": 9, "missing": 6}  # normal takes the colour of the normal band
STEPS = np.linspace(0, 1, 25)


class Node(NamedTuple):
    """A class on one side: its upper edge, height, and n."""

    top: float
    height: float
    n: int


def totals(result: Result) -> pd.DataFrame:
    """All trials together: analyte, baseline_class, final_class, n, row_n, share of the row.

    Every isotype has all sixteen cells; share in [0, 1], null where nobody is in the row.
    """
    shift = result.table("shift")
    names = ["analyte", "baseline_class", "final_class"]
    flow = dict.fromkeys(result.table("flow").analyte)
    index = pd.MultiIndex.from_product([list(flow), CLASSES, CLASSES], names=names)
    rows = shift.groupby(names).n.sum().reindex(index, fill_value=0).astype(int).reset_index()
    row_n = rows.groupby(names[:2]).n.transform("sum")
    return rows.assign(row_n=row_n, share=rows.n / row_n.where(row_n > 0))


def shift_figure(result: Result, *, dark: bool = False, compact: bool = False) -> go.Figure:
    """A panel per isotype: ribbons from the class at baseline to the class of the final value.

    Markers on the ribbons and the bars of the classes carry `customdata` ["shift", analyte,
    baseline class, final class]; a bar leaves the other side empty. See picks.
    """
    colours = style.ink(dark)
    rows = totals(result)
    layout = {"barmode": "overlay", "showlegend": False, "hovermode": "closest"}
    drawing = Drawing(go.Figure(layout=layout))
    analytes = list(dict.fromkeys(rows.analyte))
    for place, analyte in enumerate(analytes):
        top = place * (PANEL + HEAD) + HEAD
        Panel(drawing, analyte, rows[rows.analyte == analyte], top, colours).draw()
    inner = len(analytes) * (PANEL + HEAD) + 12
    drawing.figure.update_xaxes(range=[-SIDE, 1 + SIDE], visible=False, fixedrange=True)
    drawing.figure.update_yaxes(range=[inner, 0], visible=False, fixedrange=True)
    title = "From the baseline to the final value"
    top = 78
    style.frame(
        drawing,
        result,
        colours,
        title=title,
        inner=inner,
        top=top,
        below=20,
        compact=compact,
        method=_method(result),
    )
    key = "Ribbons: number of assessable patients, in the colour of the class of the final value"
    style.line(drawing, key, top - 58, colours.quiet, size=13)
    return drawing.finished(margin={"l": 8, "r": 8})


def _method(result: Result) -> str:
    return departing(
        f"Assessable patients. Final value: {final_words(result)}. Classes by the "
        f"limits of {limits_words(result)}; missing: no such value. Counts, all trials together.",
        result,
    )


def hue(name: str, colours: Ink) -> str:
    """A class's colour, "#rrggbb"; normal is the normal band's, in full."""
    if name in PLACES:
        return colours.groups[PLACES[name]]
    parts = colours.band.partition("(")[2].split(",")[:3]
    return "#" + "".join(f"{int(part):02x}" for part in parts)


def nodes(counts: Sequence[int], height: float) -> list[Node]:
    """Places of the classes of one side, from edge to edge; heights in one scale for both sides."""
    total = sum(counts)
    # As if all but one class needed a slot of its own: the scale must not depend on the side.
    room = height - (len(counts) - 1) * (LEAST_GAP + SLOT)
    heights = [room * n / total if total else 0.0 for n in counts]
    slots = [max(SLOT, own) for own in heights]
    gap = (height - sum(slots)) / (len(counts) - 1)
    found, top = [], 0.0
    for n, own, slot in zip(counts, heights, slots, strict=True):
        found.append(Node(top + (slot - own) / 2, own, n))
        top += slot + gap
    return found


class Panel:
    """The ribbons of one isotype, in pixels from `top` downwards."""

    def __init__(
        self, drawing: Drawing, analyte: str, rows: pd.DataFrame, top: float, colours: Ink
    ) -> None:
        self.drawing, self.analyte, self.top, self.colours = drawing, analyte, top, colours
        self.counts = rows.set_index(["baseline_class", "final_class"])
        self.total = int(rows.n.sum())
        before, after = (
            rows.groupby(side).n.sum().reindex(list(CLASSES))
            for side in ("baseline_class", "final_class")
        )
        self.left = dict(zip(CLASSES, nodes(before.tolist(), PANEL), strict=True))
        self.right = dict(zip(CLASSES, nodes(after.tolist(), PANEL), strict=True))

    def draw(self) -> None:
        """Ribbons first, then the classes and the numbers over them."""
        self._heads()
        ends = self._ends()
        for (_, final), (left, right, height) in ends.items():
            self._ribbon(final, left, right, height)
        self._side(self.left, 0, "baseline")
        self._side(self.right, 1, "final value")
        self._numbers(ends)

    def _ends(self) -> dict[tuple[str, str], tuple[float, float, float]]:
        """Upper edges of each ribbon at both sides, and its height; nobody has no ribbon."""
        scale = sum(node.height for node in self.left.values()) / max(self.total, 1)
        used = {side: dict.fromkeys(CLASSES, 0.0) for side in ("left", "right")}
        ends = {}
        for pair in ((base, final) for base in CLASSES for final in CLASSES):
            height = scale * int(self.counts.n[pair])
            left = self.top + self.left[pair[0]].top + used["left"][pair[0]]
            right = self.top + self.right[pair[1]].top + used["right"][pair[1]]
            used["left"][pair[0]] += height
            used["right"][pair[1]] += height
            if height:
                ends[pair] = (left, right, height)
        return ends

    def _ribbon(self, final: str, left: float, right: float, height: float) -> None:
        x = WIDE + (1 - 2 * WIDE) * STEPS
        upper = _course(left, right, STEPS)
        own = hue(final, self.colours)
        self.drawing.scatter(
            name=f"{self.analyte}, ribbon to {final}",
            x=np.concatenate([x, x[::-1]]).round(4),
            y=np.concatenate([upper, (upper + height)[::-1]]).round(2),
            mode="lines",
            fill="toself",
            fillcolor=style.faint(own, 0.38),
            line={"width": 0.6, "color": style.faint(own, 0.6)},
            hoverinfo="skip",
        )

    def _side(self, places: dict[str, Node], x: int, when: str) -> None:
        """Bars of the classes with their names and n; who is in none is named with 0."""
        some = {name: node for name, node in places.items() if node.n}
        empty = [[name, ""] if x == 0 else ["", name] for name in some]
        self.drawing.bar(
            name=f"{self.analyte}, {when}",
            x=[x + WIDE / 2 - x * WIDE] * len(some),
            base=[self.top + node.top for node in some.values()],
            y=[max(node.height, 1.5) for node in some.values()],
            width=WIDE,
            marker={"color": [hue(name, self.colours) for name in some], "line": {"width": 0}},
            customdata=[["shift", self.analyte, *pair] for pair in empty],
            hovertext=[
                f"<b>{self.analyte}</b>, {name} at the {when}: {node.n:,} of {self.total:,}"
                for name, node in some.items()
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            selected={"marker": {"color": self.colours.text}},
            unselected={"marker": {"opacity": 1}},
        )
        for name, node in places.items():
            self._label(
                f"{name.capitalize()}  <b>{node.n:,}</b>"
                if x == 0
                else f"<b>{node.n:,}</b>  {name.capitalize()}",
                x,
                self.top + node.top + node.height / 2,
                self.colours.text if node.n else self.colours.quiet,
            )

    def _label(self, text: str, x: float, y: float, colour: str, **own: object) -> None:
        """Words outside the bars, to the left of the left one and to the right of the right one."""
        self.drawing.note(
            text=text,
            x=x,
            y=y,
            xref="x",
            yref="y",
            xanchor="left" if x else "right",
            xshift=8 if x else -8,
            yanchor="middle",
            showarrow=False,
            font={"size": 14, "color": colour},
            **own,
        )

    def _heads(self) -> None:
        name = f"<b>{style.plain(self.analyte)}</b>  {self.total:,} assessable"
        self.drawing.note(
            text=name,
            x=0,
            xref="paper",
            y=self.top - 48,
            yref="y",
            xanchor="left",
            yanchor="middle",
            showarrow=False,
            font={"size": 16, "color": self.colours.text},
        )
        for x, words in ((0, "At baseline"), (1, "Final value")):
            self._label(words, x, self.top - 18, self.colours.quiet)

    def _numbers(self, ends: dict[tuple[str, str], tuple[float, float, float]]) -> None:
        """A marker with n on each ribbon, where it is not in another's way."""
        if not ends:
            return
        at = spots({pair: (left + h / 2, right + h / 2) for pair, (left, right, h) in ends.items()})
        rows = [self.counts.loc[pair] for pair in ends]
        texts = [f"{int(row.n):,}" for row in rows]
        self.drawing.scatter(
            name=f"{self.analyte}, numbers",
            x=[WIDE + (1 - 2 * WIDE) * at[pair][0] for pair in ends],
            y=[at[pair][1] for pair in ends],
            mode="markers+text",
            cliponaxis=False,
            text=texts,
            textfont={"size": 12, "color": self.colours.text},
            marker={
                "size": [14 + 4.5 * len(text) for text in texts],
                "color": self.colours.ground,
                "opacity": 1,
                "line": {"width": 1.2, "color": [hue(final, self.colours) for _, final in ends]},
            },
            customdata=[["shift", self.analyte, *pair] for pair in ends],
            hovertext=[
                f"<b>{self.analyte}</b>, {base} at baseline, {final} at the final value:<br>"
                f"{text} of {int(row.row_n):,} ({style.percent(row.share)})"
                for (base, final), text, row in zip(ends, texts, rows, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            selected={"marker": {"color": self.colours.grid}},
            unselected={"marker": {"opacity": 1}, "textfont": {"color": self.colours.text}},
        )


def _course(left: float, right: float, share: np.ndarray | float) -> np.ndarray | float:
    """Height of a ribbon on its way: level at both ends."""
    return left + (right - left) * share * share * (3 - 2 * share)


def spots(middles: dict[tuple[str, str], tuple[float, float]]) -> dict:
    """A place on each ribbon for its number, as share of the way and height: far from the others.

    Args:
        middles: heights of each ribbon's middle line at both ends, in pixels.
    """
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for pair, (left, right) in middles.items():
        choices = [
            (t, float(_course(left, right, t))) for t in (0.5, 0.36, 0.64, 0.22, 0.78, 0.1, 0.9)
        ]

        def room(spot: tuple[float, float]) -> float:
            # 400 pixels is what the ribbons have on the narrowest page.
            far = [np.hypot(400 * (spot[0] - x), spot[1] - y) for x, y in found.values()]
            return min([*far, 34.0])

        found[pair] = max(choices, key=room)
    return found


def cells(result: Result) -> tuple[pd.DataFrame, list[str]]:
    """The same numbers for reading: n with the share of its row, and sums on both sides.

    Returns:
        The table, and for each of its rows the analyte and class at baseline, empty for the sum.
    """
    rows = totals(result)
    words, picks = [], []
    for analyte, part in rows.groupby("analyte", sort=False):
        for base in (*CLASSES, ""):
            line = part[part.baseline_class == base] if base else part
            n = line.groupby("final_class").n.sum()
            row_n = int(n.sum())
            counts = {name.capitalize(): _cell(int(n[name]), row_n) for name in CLASSES}
            first = {"Isotype": analyte, "At baseline": base.capitalize() or "Total"}
            words.append({**first, **counts, "Total": f"{row_n:,}"})
            picks.append([analyte, base])
    columns = ["Isotype", "At baseline", *(name.capitalize() for name in CLASSES), "Total"]
    return pd.DataFrame(words, columns=columns), picks


def _cell(n: int, row_n: int) -> str:
    return f"{n:,} ({style.percent(n / row_n)})" if n else "0"


def cell_pick(result: Result, row: int, column: str) -> list[str]:
    """What a clicked cell of `cells` stands for, as the figure's own `customdata`."""
    analyte, base = cells(result)[1][row]
    final = column.lower() if column.lower() in CLASSES else ""
    return ["shift", analyte, base, final]


def describe(result: Result) -> str:
    """The figure in words, for those who cannot see it."""
    rows = totals(result)
    parts = []
    for analyte, part in rows[rows.n > 0].groupby("analyte", sort=False):
        ways = ", ".join(f"{r.baseline_class} to {r.final_class} {r.n}" for r in part.itertuples())
        parts.append(f"{analyte}, {part.n.sum()} assessable: {ways}")
    return f"Class at baseline and at the final value. {'; '.join(parts)}."
