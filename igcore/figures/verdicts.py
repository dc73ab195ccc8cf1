"""Colours and dashes of the verdicts: one place, so that a verdict looks the same in every figure.

Greens are improved (from normal nearer to yellow, to be told from low), amber and blue rose but are
not in range, slate, magenta and brown did not rise. Apart from the groups' colours, so that no
verdict looks like a response or a trial.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from igcore.figures.palette import Ink

# Verdict -> colour on light ground, on dark ground, dash. All have 3:1 contrast and stay apart
# (CIE76 distance 10 or more) under simulated protanopia and deuteranopia.
_LOOKS = {
    "improved_from_low": ("#1A8452", "#35C47F", "solid"),
    "improved_from_normal": ("#58A621", "#E2F53F", "longdash"),
    "improved_from_high": ("#0C4A30", "#DDF6D2", "longdashdot"),
    "in_range_no_rise": ("#5A6F8C", "#8FA9CF", "dashdot"),
    "rise_still_low": ("#C77F00", "#FFC04D", "dash"),
    "rise_above_range": ("#3D5BD0", "#7F9BFF", "dot"),
    "low_no_rise": ("#8E1F66", "#F06BBE", "dash"),
    "high_no_rise": ("#6F3D1C", "#C08A5A", "longdash"),
    "indeterminate": ("#9A7BC8", "#C9B2F2", "dot"),
    "not_evaluable": ("#666B73", "#9A9DA3", "dashdot"),
    "not_assessable": ("#90959D", "#6A6F7A", "longdashdot"),
}
# The coarse verdicts look like the commonest of their classes.
_COARSE = {
    "improved": "improved_from_low",
    "not improved": "low_no_rise",
    "not evaluable": "not_evaluable",
    "not assessable": "not_assessable",
}


def _look(verdict: str) -> tuple[str, str, str]:
    return _LOOKS[_COARSE.get(verdict, verdict)]


def verdict_colour(verdict: str, colours: Ink) -> str:
    """The verdict's colour as "#RRGGBB".

    Args:
        verdict: a code of `igcore.analysis.rule.VERDICTS`, or a coarse one: "improved", "not
            improved", "indeterminate", "not evaluable", "not assessable"; KeyError for others.
    """
    light, dark, _ = _look(verdict)
    return light if colours.ground == "#FFFFFF" else dark


def verdict_dash(verdict: str) -> str:
    """The verdict's dash, for lines; takes what `verdict_colour` takes."""
    return _look(verdict)[2]
