"""Every page and every tab in a real browser, light and dark: axe finds nothing serious."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from pages.recovery.closer import SECTIONS as RECOVERY
from pages.survival.closer import SECTIONS as SURVIVAL
from tests.pages.conftest import settle
from tests.pages.test_pool_page import PARTS

ADDRESSES = (
    "",
    "upload",
    "methods",
    "patient",
    "patient?key=126&others=trial",
    "trajectories",
    "trajectories?style=lines&group=response",
)
# What can be wrong in one colour scheme and right in the other; the elements are the same in both.
OF_COLOURS = ("color-contrast", "link-in-text-block")
FRAME, FIGURES = ".stApp", ".js-plotly-plot .main-svg"
IN_SCHEME = """([elements, scheme]) => [...document.querySelectorAll(elements)]
    .map(one => getComputedStyle(one).backgroundColor.match(/[0-9.]+/g).map(Number))
    .filter(colour => colour[3] !== 0)
    .every(([red, green, blue]) => (red + green + blue < 300) === (scheme === "dark"))"""


def findings(page: Page, scheme: str) -> list[tuple[str, str]]:
    """Serious findings by every rule in the scheme that the page is in, and of colours in the other.

    The page is left in the other.
    """
    found = [*lasting(page, scheme)]
    other = {"light": "dark", "dark": "light"}[scheme]
    turn(page, other)
    return [*found, *lasting(page, other, {"runOnly": OF_COLOURS})]


def turn(page: Page, scheme: str) -> None:
    """Change the reader's colour scheme; figures have their own colours, and the page runs again."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(IN_SCHEME, arg=[FRAME, scheme])
    for _ in range(10):
        page.wait_for_timeout(500)  # the scheme is told to the server some time after it is seen
        page.keyboard.press("r")  # Streamlit's key for it
        settle(page)
        if page.evaluate(IN_SCHEME, [f"{FRAME}, {FIGURES}", scheme]):
            break


def lasting(page: Page, scheme: str, rules: dict | None = None) -> list[tuple[str, str]]:
    """Serious findings that stay: a page that is still fading in has colours of neither state."""
    page.wait_for_function(IN_SCHEME, arg=[f"{FRAME}, {FIGURES}", scheme])
    settle(page)
    serious = serious_findings(page, rules)
    for _ in range(18):
        if not serious:
            break
        page.wait_for_timeout(500)
        serious = serious_findings(page, rules)
    return serious


def serious_findings(page: Page, rules: dict | None) -> list[tuple[str, str]]:
    """Rule and element of every serious or critical finding."""
    options = {"resultTypes": ["violations"], **(rules or {})}
    return [
        (rule["id"], node["html"][:160])
        for rule in Axe().run(page, options=options).response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing_serious(visit, address) -> None:
    page = visit(address)
    if address.startswith(("patient", "trajectories")):
        page.locator(".js-plotly-plot").first.wait_for(timeout=60_000)
    assert findings(page, "light") == []


@pytest.mark.parametrize(("address", "tabs"), [("recovery", RECOVERY), ("survival", SURVIVAL)])
def test_axe_finds_nothing_serious_behind_any_tab(visit, address, tabs) -> None:
    """Every second tab is opened in the scheme in which the one before it was left."""
    page = visit(address)
    for number, name in enumerate(tabs):
        page.get_by_role("tab", name=name, exact=True).click()
        settle(page)
        assert findings(page, ("light", "dark")[number % 2]) == [], name


@pytest.mark.parametrize("part", PARTS)
def test_no_part_of_the_pool_page_is_wider_than_a_small_window_and_axe_finds_nothing_serious(
    visit, part
) -> None:
    page = visit(f"pool?part={part}", width=1024, height=900, dark=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024
    assert findings(page, "dark") == []
