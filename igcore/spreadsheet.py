"""Text on its way into a spreadsheet."""

from __future__ import annotations


def inert(value: object) -> object:
    """Text that no spreadsheet takes for a formula; anything else as it is.

    >>> inert("=1+1"), inert("IgA"), inert(-1)
    ("'=1+1", 'IgA', -1)
    """
    formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if formula else value
