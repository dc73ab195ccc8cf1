"""What is in the pool, who added it, undo, backup."""

from __future__ import annotations

from pages.parts import pool as parts
from pages.shared import layout

layout.head(
    "Pool",
    "Every upload, who added it and what it brought. Nothing is ever overwritten: a removed upload "
    "stays in the history, and links to older data versions stay true.",
)
parts.uploads()
parts.remove()
parts.versions()
parts.keep()
parts.start_empty()
