"""Kinds of parameter: label, allowed values, unit, text <-> value, refusal in words.

A kind knows everything that a widget, a link, a command-line flag, a caption and the Methods page
need. Options and defaults may depend on the pool (`facts`) and on the parameters declared before
(`values`), so an endpoint that was never uploaded cannot be chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from igcore.errors import Refused

Values = Mapping[str, Any]
SUGGESTED: Any = None  # a declared default that the pool decides, through the kind's `fallback`
Options = Mapping[str, str] | Callable[[Any, Values], Mapping[str, str]]


def _always(values: Values) -> bool:
    return True


@dataclass(frozen=True)
class Fold:
    """Where the controls of declared parameters stand: folded below a heading.

    It stands beside the kind, `Annotated[float, Number(...), Fold("Rule in detail")]`, or beside a
    group of parameters, for those of them that are named or for all. What has none is in sight.
    Folds stand in the order of their first parameters, the `last` ones below all others.
    """

    heading: str
    names: tuple[str, ...] = ()
    last: bool = False


BESIDE = Fold("")  # the page draws it where it belongs, not among its controls


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What every kind of parameter has.

    Args:
        label: the reader's word for it.
        says: one sentence for help texts and the Methods page.
        applies: whether the parameter has a meaning for the values declared before it.
        when: the same condition in words, for the refusal and the Methods page.
        fallback: the default where it depends on the pool; called when the declared one is None.
        otherwise: the default in words where none is declared.
    """

    label: str
    says: str = ""
    applies: Callable[[Values], bool] = _always
    when: str = ""
    fallback: Callable[[Any, Values], Any] | None = None
    otherwise: str = "as the pool has it"
    many = False

    def default(self, declared: Any, facts: Any, values: Values) -> Any:
        """The declared default, or the one that the pool suggests."""
        if declared is SUGGESTED and self.fallback is not None:
            return self.fallback(facts, values)
        return declared

    def refuse(self, text: str, allowed: str) -> Refused:
        """A refusal in words: the value and what is allowed."""
        return Refused(f'{self.label}: "{text}" is not {allowed}.')

    def decode(self, texts: Sequence[str], facts: Any, values: Values) -> Any:
        """Text to value; one text only unless the kind holds many."""
        if len(texts) != 1:
            raise Refused(f"{self.label} is given {len(texts)} times; give it once.")
        return self.read(texts[0], facts, values)

    def read(self, text: str, facts: Any, values: Values) -> Any:
        raise TypeError(f"{type(self).__name__} does not say how its text is read")

    def encode(self, value: Any) -> list[str]:
        """Value to texts, as they stand in a link."""
        return [str(value)]

    def allowed(self) -> str:
        """The allowed values in words, for the Methods page and the command line."""
        return ""


@dataclass(frozen=True, kw_only=True)
class Choice(Kind):
    """One of several codes, each with its words. `options` may depend on the pool."""

    options: Options

    def codes(self, facts: Any, values: Values) -> Mapping[str, str]:
        """Allowed codes with their words, for this pool and the values chosen before."""
        return self.options(facts, values) if callable(self.options) else self.options

    def read(self, text: str, facts: Any, values: Values) -> str:
        codes = self.codes(facts, values)
        if text not in codes:
            names = ", ".join(codes) or "anything that the pool holds"
            only = f"the only choice here, {names}" if codes else names
            raise self.refuse(text, f"one of {names}" if len(codes) > 1 else only)
        return text

    def allowed(self) -> str:
        return "as uploaded" if callable(self.options) else " | ".join(self.options)


@dataclass(frozen=True, kw_only=True)
class Choices(Choice):
    """Several codes, sorted and without repeats. An empty choice means no restriction."""

    many = True

    def decode(self, texts: Sequence[str], facts: Any, values: Values) -> tuple[str, ...]:
        read = {self.read(text, facts, values) for text in texts}
        return tuple(sorted(read))

    def encode(self, value: Any) -> list[str]:
        return sorted(value)


@dataclass(frozen=True, kw_only=True)
class Number(Kind):
    """A number between two bounds, both allowed."""

    low: float
    high: float
    unit: str = ""
    step: float = 1

    def read(self, text: str, facts: Any, values: Values) -> float:
        bounds = f"a number from {self.low:g} to {self.high:g} {self.unit}".strip()
        try:
            number = float(text)
        except ValueError:
            raise self.refuse(text, bounds) from None
        if "_" in text or not text.isascii():  # float alone would read "1_0" as 10
            raise self.refuse(text, bounds)
        if not self.low <= number <= self.high:  # NaN fails this comparison as well.
            raise self.refuse(text, bounds)
        return number

    def encode(self, value: Any) -> list[str]:
        return [repr(int(value)) if float(value).is_integer() else repr(float(value))]

    def allowed(self) -> str:
        return f"{self.low:g} to {self.high:g} {self.unit}".strip()


@dataclass(frozen=True, kw_only=True)
class Bound(Number):
    """A number that restricts; None, which is never written, restricts nothing."""

    def encode(self, value: Any) -> list[str]:
        return [] if value is None else super().encode(value)


@dataclass(frozen=True, kw_only=True)
class PatientKey(Kind):
    """The pool's own key of a patient, a whole number; never the patient's text id."""

    def read(self, text: str, facts: Any, values: Values) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise self.refuse(text, "a patient's key; keys are whole numbers such as 17")
        if facts.trial_of(int(text)) is None:
            raise self.refuse(text, "the key of a patient in this version of the pool")
        return int(text)

    def allowed(self) -> str:
        return "a key of the pool"
