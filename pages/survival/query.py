"""Other questions about the same comparison of survival: the same choices, as far as they apply."""

from __future__ import annotations

from igcore.analysis import Query, encoded, find, linked
from pages.shared import view


def same(query: Query, name: str, **own: list[str]) -> Query:
    """The question `name` with what it has in common with the page's, and values of its own."""
    return view.canonical(linked(name, encoded(find(name), query.values) | own, query.version))
