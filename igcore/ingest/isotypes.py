"""Involved heavy chains from the text of the monoclonal protein (rule R0)."""

from __future__ import annotations

import re
import unicodedata

_GREEK = str.maketrans({"κ": " kappa", "λ": " lambda"})
_HEAVY = re.compile(
    # Not inside a word: "cadenas ligeras" and "origen" hold "ige".
    r"(?<![a-z])s?ig[\s-]*([gamde])(?![a-jm-z])"
    r"|(?:immun\w{0,2}globulin[ae]?|inmunoglobulina)[\s-]+([gamde])(?![a-z])"
)
_SHORT = re.compile(r"(?<![a-z])([gamde])\s*[/-]?\s*(?:kappa|lambda|k|l)(?![a-z])")
_NONE_INVOLVED = re.compile(
    r"light[\s-]*chain|leicht\w*[\s-]*kette|chaines?\s+legere|cadenas?\s+(?:ligera|leve)"
    r"|caten[ae]\s+legger|micromolecolar|bence"
    r"|(?<![a-z])(?:bjp|lc|lcd|flc|kappa|lambda|[kl])(?![a-z])"
    r"|(?<![a-z])(?:non?|nicht|pas)[\s-]*se(?:cret|kret|zern|cern)|(?<![a-z])ase[ck]ret"
    r"|(?<![a-z])(?:none|(?:no|kein|sin)\s+(?:m[\s-]*protein|paraprotein|m[\s-]*komponente)"
    r"|no monoclonal protein|(?:sin|senza|sans|pas de|nessuna)\s+compo[sn]\w+\s+mono[ck]lonal)"
)
_UNKNOWN = re.compile(
    r"^(?:unknown|not known|missing|n/?a|nd|not done|\?|-|unbekannt|nicht bekannt|keine angabe"
    r"|k\.? ?a\.?|inconnue?|non connu|desconocid[oa]|no consta|sconosciut[oa]|non not[oa])$"
)


def _plain(text: str) -> str:
    """Lower case with Greek letters spelt out, without accents."""
    spelt = text.lower().translate(_GREEK).replace("_", " ")
    # "IgG à kappa" and "IgG e kappa" join two words; they name neither IgA nor IgE.
    spelt = re.sub(r"(?<=ig[gamde]) (?:à|a|e|et|y|und|con|mit) (?=kappa|lambda)", " ", spelt)
    marks = unicodedata.normalize("NFD", spelt)
    return " ".join("".join(c for c in marks if not unicodedata.combining(c)).split())


def involved(text: str | None) -> tuple[str, ...] | None:
    """The set of involved heavy chains, sorted; () for none of them, None for unknown.

    >>> involved("IgG kappa + IgA lambda")
    ('IgA', 'IgG')
    >>> involved("G/K"), involved("BJP"), involved("non-secretory"), involved("perhaps")
    (('IgG',), (), (), None)
    """
    if text is None:
        return None
    plain = _plain(text)
    if _UNKNOWN.match(plain):
        return None
    named = {one or other for one, other in _HEAVY.findall(plain)}
    chains = named | set(_SHORT.findall(plain))
    if chains:
        return tuple(sorted(f"Ig{chain.upper()}" for chain in chains))
    unnamed = re.search(r"(?<![a-z])ig(?![a-z])", plain)  # "Ig kappa" leaves the heavy chain open
    return () if _NONE_INVOLVED.search(plain) and not unnamed else None


def understood(text: str | None) -> bool:
    """False for a text that names no known type and does not say "unknown" either."""
    if text is None or _UNKNOWN.match(_plain(text)):
        return True
    return involved(text) is not None
