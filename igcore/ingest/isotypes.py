"""Involved heavy chains from the text of the monoclonal protein (rule R0)."""

from __future__ import annotations

import re

_GREEK = str.maketrans({"κ": " kappa", "λ": " lambda"})
_HEAVY = re.compile(r"ig[\s-]*([gamde])")
_SHORT = re.compile(r"(?<![a-z])([gamde])\s*[/-]?\s*(?:kappa|lambda|k|l)(?![a-z])")
_NONE_INVOLVED = re.compile(
    r"light[\s-]*chain|leichtkette|bence|(?<![a-z])(?:bjp|lc|lcd|flc|kappa|lambda|[kl])(?![a-z])"
    r"|non[\s-]*secret|(?<![a-z])(?:none|no m[\s-]*protein|no monoclonal protein)(?![a-z])"
)
_UNKNOWN = re.compile(r"^(?:unknown|not known|missing|n/?a|nd|not done|\?|-)$")


def involved(text: str | None) -> tuple[str, ...] | None:
    """The set of involved heavy chains, sorted; () for none of them, None for unknown.

    >>> involved("IgG kappa + IgA lambda")
    ('IgA', 'IgG')
    >>> involved("G/K"), involved("BJP"), involved("non-secretory"), involved("perhaps")
    (('IgG',), (), (), None)
    """
    if text is None:
        return None
    plain = " ".join(text.lower().translate(_GREEK).replace("_", " ").split())
    if _UNKNOWN.match(plain):
        return None
    chains = set(_HEAVY.findall(plain)) | set(_SHORT.findall(plain))
    if chains:
        return tuple(sorted(f"Ig{chain.upper()}" for chain in chains))
    unnamed = re.search(r"(?<![a-z])ig(?![a-z])", plain)  # "Ig kappa" leaves the heavy chain open
    return () if _NONE_INVOLVED.search(plain) and not unnamed else None


def understood(text: str | None) -> bool:
    """False for a text that names no known type and does not say "unknown" either."""
    if text is None or _UNKNOWN.match(" ".join(text.lower().split())):
        return True
    return involved(text) is not None
