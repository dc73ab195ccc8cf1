"""The survival page in a real browser: controls, link, and the table under its axis."""

from __future__ import annotations

import pytest

from tests.pages.conftest import settle
from tests.pages.test_browser import texts_of


def choose(page, label: str, option: str) -> None:
    """Choose in one of the sidebar's lists."""
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def test_timing_landmark_and_endpoint_are_in_the_link_and_in_the_figure(visit) -> None:
    page = visit("survival")
    choose(page, "Response, recovery or infection counted", "At a landmark")
    assert "timing=landmark" in page.url
    page.get_by_role("spinbutton", name="Landmark (months)").fill("6")
    page.keyboard.press("Enter")
    settle(page)
    choose(page, "Endpoint", "PFS")
    assert "endpoint=PFS" in page.url and "landmark=6" in page.url
    said = " ".join(texts_of(page))
    assert "PFS by response" in said and "6-month landmark" in said
    assert page.get_by_text("Why the curves start at month 6").is_visible()
    there = visit(page.url.split("/", 3)[3], fresh=True)
    assert " ".join(texts_of(there)) == said


@pytest.mark.parametrize("width", [1440, 1024, 768])
def test_the_table_at_risk_stands_under_the_months_of_the_axis(visit, width) -> None:
    page = visit("survival?group=arm", width=width)
    texts_of(page)
    ticks = page.evaluate(
        """[...document.querySelectorAll('.st-key-figure-survival .xaxislayer-above .xtick text')]
            .map(one => one.getBoundingClientRect()).map(box => box.left + box.width / 2)"""
    )
    at_risk = page.evaluate(
        """[...document.querySelectorAll('.st-key-figure-survival .textpoint text')]
            .filter(one => /^[0-9,]+$/.test(one.textContent))
            .map(one => one.getBoundingClientRect())
            .map(box => box.left + box.width / 2)"""
    )
    assert len(ticks) >= 4 and len(at_risk) >= 3 * len(ticks)
    for place in at_risk:
        assert min(abs(place - tick) for tick in ticks) < 1.5
