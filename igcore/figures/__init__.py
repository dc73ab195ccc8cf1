"""Results -> Plotly figures in journal form."""

from plotly.graph_objects import Figure

__all__ = ["Figure"]
