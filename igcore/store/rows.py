"""SQL about the rows of one table: their key, when two are the same, when they differ."""

from __future__ import annotations

from igcore.store import schema
from igcore.store.columns import Table


def keys(table: Table) -> list[str]:
    """The stored columns that identify a row."""
    return ["patient_key", *(key for key in table.key if key not in ("trial", "patient"))]


def contents(table: Table) -> list[str]:
    """The columns by which two rows of one key differ: as given, without what is derived."""
    names = [column.name for column in table.content]
    return [*names, "operator"] if table is schema.MEASUREMENTS else names


def same_key(table: Table, left: str, right: str) -> str:
    """Condition: two rows have one key."""
    return " and ".join(f"{left}.{k} is not distinct from {right}.{k}" for k in keys(table))


def differs(table: Table, left: str, right: str) -> str:
    """Condition: two rows of one key have other content."""
    cells = (f"{left}.{name} is distinct from {right}.{name}" for name in contents(table))
    return " or ".join(cells) or "false"
