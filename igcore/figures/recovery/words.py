"""Words that figures of recovery share: what was asked, as a part of their sentences."""

from __future__ import annotations

from igcore.analysis.result import Result
from igcore.analysis.rule import Rule


def denominator(result: Result) -> str:
    """Who the shares are out of, as a noun."""
    code = result.asked["denominator"]
    return {"low": "evaluable who were low at baseline"}.get(code, code)


def final_words(result: Result) -> str:
    """The final value as a noun."""
    if result.asked["final"] == "month":
        return f"value at month {result.asked['month']:g}"
    words = {
        "last": "last value on treatment",
        "best": "best value",
        "confirmed": "confirmed value",
    }
    return words[result.asked["final"]]


def limits_words(result: Result) -> str:
    """Whose limits part low, normal and high."""
    limits = result.asked["range"]
    return "each value's own record" if limits == "own" else f"the range of {limits}"


def departing(method: str, result: Result) -> str:
    """A figure's own method, and what of the rule departs from the usual."""
    return f"{method} {Rule.asked(result.asked).departures()}".rstrip()
