"""Colours of a light and of a dark page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ink:
    """Colours of one page theme: text, quiet text, ground, grid, band, stamp, and the groups'."""

    text: str
    quiet: str
    ground: str
    grid: str
    band: str
    stamp: str
    groups: tuple[str, ...]


# Chosen for 4.5:1 contrast on their ground and told apart under the common colour deficiencies.
LIGHT = Ink(
    text="#14213D",
    quiet="#55617A",
    ground="#FFFFFF",
    grid="#E4E8EF",
    band="rgba(46, 125, 90, 0.13)",
    stamp="#B42318",
    groups=(
        "#0A6E7C",
        "#C2500A",
        "#4B4FA8",
        "#A0256B",
        "#5E6B10",
        "#7A4A21",
        "#5A6472",
        "#2A6F97",
        "#9A6B00",
        "#6A3D9A",
    ),
)
DARK = Ink(
    text="#EEF2F8",
    quiet="#A9B4C6",
    ground="#111A2B",
    grid="#2A364C",
    band="rgba(110, 200, 150, 0.16)",
    stamp="#FF8A7A",
    groups=(
        "#4CC9D9",
        "#FF9D5C",
        "#A5A8FF",
        "#F48CC4",
        "#C4D34F",
        "#D9B48F",
        "#B3BECC",
        "#7FB8E6",
        "#E5B94E",
        "#C3A0F0",
    ),
)
