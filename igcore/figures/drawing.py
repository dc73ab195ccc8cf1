"""What a figure shows, collected first and handed to Plotly in one call.

Plotly checks all earlier annotations and shapes again whenever one is added, so that adding them
one by one costs the square of their number.
"""

from __future__ import annotations

import plotly.graph_objects as go


class Drawing:
    """Traces, annotations and shapes of a figure as plain values, in the order of their drawing.

    The layout is the figure's own; what is collected is in it once `finished` has been called.
    """

    def __init__(self, figure: go.Figure) -> None:
        self.figure = figure
        self._traces: list[dict] = []
        self._places: list[tuple[int, int]] = []
        self._arrays: dict[str, list[dict]] = {}

    def scatter(self, *, row: int | None = None, col: int | None = None, **own: object) -> None:
        """A trace of points, lines or words; `row` and `col` from 1 where there are subplots."""
        self._trace("scatter", row, col, own)

    def bar(self, *, row: int | None = None, col: int | None = None, **own: object) -> None:
        """A trace of bars; `row` and `col` from 1 where there are subplots."""
        self._trace("bar", row, col, own)

    def note(self, **own: object) -> None:
        """A text on the figure; axes by name."""
        self._part("annotations", own)

    def shape(self, **own: object) -> None:
        """A line or a rectangle on the figure; axes by name."""
        self._part("shapes", own)

    def finished(self, **layout: object) -> go.Figure:
        """The figure with all that was drawn; call it once.

        Args:
            layout: what is last to be set in the layout.

        Raises:
            ValueError: Plotly knows no such property or value; or some traces name their subplot
                and others do not.
        """
        self.figure.update_layout(**layout)
        rows, cols = zip(*self._places, strict=True) if self._places else (None, None)
        self.figure.add_traces(self._traces, rows=rows, cols=cols)
        for name, parts in self._arrays.items():
            self.figure.layout[name] = parts
        return self.figure

    def _trace(self, kind: str, row: int | None, col: int | None, own: dict) -> None:
        self._traces.append({"type": kind, **own})
        if row is not None and col is not None:
            self._places.append((row, col))

    def _part(self, name: str, own: dict) -> None:
        if name not in self._arrays:
            self._arrays[name] = []
            self.figure.layout[name] = [{}]  # keeps their place in the order of the layout
        self._arrays[name].append(own)
