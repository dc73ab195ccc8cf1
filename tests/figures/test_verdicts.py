"""The verdicts' colours: one for each, seen on both grounds, and none that is a group's."""

from __future__ import annotations

import itertools

import pytest

from igcore.analysis.rule import VERDICTS
from igcore.figures import style

COARSE = ("improved", "not improved", "indeterminate", "not evaluable", "not assessable")


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of "#RRGGBB"."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [style.LIGHT, style.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("verdict", [*VERDICTS, *COARSE])
def test_every_verdict_has_a_colour_that_is_seen_on_its_ground(verdict, colours):
    own = style.verdict_colour(verdict, colours)
    assert contrast(own, colours.ground) >= 3  # WCAG 2.2, 1.4.11: graphical objects
    assert own not in colours.groups


@pytest.mark.parametrize("colours", [style.LIGHT, style.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("names", [tuple(VERDICTS), COARSE], ids=["fine", "coarse"])
def test_no_two_verdicts_share_a_colour(names, colours):
    drawn = [style.verdict_colour(name, colours) for name in names]
    assert len(set(drawn)) == len(names)


def test_neighbouring_lines_of_coarse_verdicts_differ_by_dash_as_well():
    dashes = [style.verdict_dash(name) for name in COARSE]
    assert all(one != other for one, other in itertools.pairwise(dashes))
    assert set(dashes) <= set(style.DASHES)


def test_an_unknown_verdict_has_no_colour():
    with pytest.raises(KeyError):
        style.verdict_colour("recovered", style.LIGHT)
