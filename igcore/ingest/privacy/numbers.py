"""Numbers of insurance and identity that are known by how they are built, check digits included."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """How a number of identity is written, and its check: `words` name it in a sentence.

    `share` of the different cells must fit, at least `least` of them; a check digit alone is met by
    one number in ten or so.
    """

    words: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool]
    least: int = 3
    share: float = 0.8


def passes(number: Number, different: Sequence[str]) -> bool:
    """True if nearly all of these different cells are such numbers."""
    plain = [re.sub(r"[ .]", "", cell) for cell in different]
    fitting = [cell for cell in plain if number.pattern.fullmatch(cell)]
    if len(fitting) < max(number.least, number.share * len(different)):
        return False
    return sum(number.check(cell) for cell in fitting) >= number.share * len(different) and (
        number is not SOCIAL_SECURITY or len({cell[:3] for cell in fitting}) * 2 > len(fitting)
    )


def _german(text: str) -> bool:
    """Krankenversichertennummer: the letter as two figures, weights 1 and 2, sum of figures."""
    figures = f"{ord(text[0]) - 64:02d}{text[1:9]}"
    products = (int(f) * (1 + place % 2) for place, f in enumerate(figures))
    return sum(p // 10 + p % 10 for p in products) % 10 == int(text[9])


def _nhs(text: str) -> bool:
    """NHS number: weights 10 to 2, modulus 11."""
    rest = 11 - sum(int(f) * (10 - place) for place, f in enumerate(text[:9])) % 11
    return rest % 11 == int(text[9]) if rest != 10 else False


def _spanish(text: str) -> bool:
    """DNI: the letter at the number's rest after division by 23."""
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(text[:8]) % 23] == text[8].upper()


def _french(text: str) -> bool:
    """NIR: key of 97 minus the rest after division by 97; Corsica's letters count as figures."""
    body = text[:13].upper().replace("2A", "19").replace("2B", "18")
    return 97 - int(body) % 97 == int(text[13:])


def _american(text: str) -> bool:
    """SSN: areas 000, 666 and 900 and above are not given out."""
    return text[:3] not in ("000", "666") and text[0] != "9" and text[4:6] != "00"


def _always(text: str) -> bool:
    return True


SOCIAL_SECURITY = Number(
    # Numbers of site and subject are written alike, but share their first three figures.
    "US social security numbers",
    re.compile(r"\d{3}-\d{2}-\d{4}"),
    _american,
)
IDENTITY_NUMBERS = (
    Number("German health insurance numbers", re.compile(r"[A-Z]\d{9}"), _german),
    Number("NHS numbers", re.compile(r"\d{10}"), _nhs, least=5, share=0.9),
    Number(
        "Italian tax codes",
        re.compile(r"[A-Za-z]{6}\d{2}[A-EHLMPR-Ta-ehlmpr-t]\d{2}[A-Za-z]\d{3}[A-Za-z]"),
        _always,
    ),
    Number(
        "Spanish identity numbers",
        re.compile(r"\d{8}-?[A-Za-z]"),
        lambda t: _spanish(t.replace("-", "")),
    ),
    Number("French social security numbers", re.compile(r"[12]\d{4}(\d{2}|2[ABab])\d{8}"), _french),
    SOCIAL_SECURITY,
)
