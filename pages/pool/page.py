"""What is in the pool, who added it, what changed, undo, backup."""

from __future__ import annotations

from pages.parts import pool
from pages.parts.pool import changes as pool_changes
from pages.parts.pool import keep as pool_keep
from pages.parts.pool import trials as pool_trials
from pages.parts.pool import uploads as pool_uploads
from pages.parts.pool import warnings as pool_warnings
from pages.shared import layout

layout.head(
    "Pool",
    "Every trial, every upload, who added it and what it brought. Nothing is ever overwritten: a "
    "removed upload stays in the history, and links to older data versions stay true.",
)
chosen = pool.choose()
pool.said()
if chosen == "trials":
    pool_trials.cards()
elif chosen == "uploads":
    pool_uploads.listed()
    pool_uploads.one()
elif chosen == "changes":
    pool_changes.compared()
elif chosen == "warnings":
    pool_warnings.all_in_force()
elif chosen == "history":
    pool_keep.versions()
    pool_keep.keep()
    pool_keep.start_empty()
