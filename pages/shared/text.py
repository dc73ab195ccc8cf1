"""User text in Markdown."""

from __future__ import annotations

import re


def safe(text: object) -> str:
    """User text in Markdown, shown as it stands."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>$:~@&])", r"\\\1", str(text))
