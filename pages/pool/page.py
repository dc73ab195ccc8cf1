"""What is in the pool, who added it, what changed, undo, backup."""

from __future__ import annotations

from pages.pool import changes, keep, shared, trials, uploads, warnings
from pages.shared import layout

layout.head(
    "Pool",
    "Every trial, every upload, who added it and what it brought. Nothing is ever overwritten: a "
    "removed upload stays in the history, and links to older data versions stay true.",
)
chosen = shared.choose()
shared.said()
if chosen == "trials":
    trials.cards()
elif chosen == "uploads":
    uploads.listed()
    uploads.one()
elif chosen == "changes":
    changes.compared()
elif chosen == "warnings":
    warnings.all_in_force()
elif chosen == "history":
    keep.versions()
    keep.keep()
    keep.start_empty()
