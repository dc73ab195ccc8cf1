"""Other questions about the same comparison of survival: the same choices, as far as they apply."""

from __future__ import annotations

from urllib.parse import quote

from igcore.analysis import Query, find
from pages.shared import view


def same(query: Query, name: str, **own: list[str]) -> Query:
    """The question `name` with what it has in common with the page's, and values of its own."""
    asked = find(name)
    names = {parameter.name for parameter in asked.parameters}
    given = {
        parameter.name: parameter.kind.encode(query.values[parameter.name])
        for parameter in query.analysis.parameters
        if parameter.name in names and parameter.name in query.values
    }
    pairs = [
        f"{key}={quote(text, safe='')}" for key, texts in (given | own).items() for text in texts
    ]
    return view.canonical(f"{name}?{'&'.join(pairs)}&data={query.version}")
