"""Results -> Plotly figures in journal form."""
