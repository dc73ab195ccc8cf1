"""The recovery page in a real browser: clicks list patients."""

from __future__ import annotations

from tests.pages.conftest import settle


def click(page, mark) -> None:
    """Click the middle of a mark of a figure."""
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    settle(page)


def test_a_click_on_a_bar_lists_those_who_improved(visit) -> None:
    page = visit("recovery")
    click(page, page.locator(".st-key-figure-recovery .bars .point path").first)
    page.get_by_text("IgA improved, SIM-LEN-1: 69 verdicts").wait_for()
    assert page.locator(".stDataFrame").count() == 1


def test_a_click_on_a_ribbon_lists_the_patients_whom_it_counts(visit) -> None:
    page = visit("recovery")
    page.get_by_role("tab", name="From low to normal").click()
    settle(page)
    label = page.locator(".st-key-figure-recovery-shift .textpoint text", has_text="89").first
    n = label.text_content()
    click(page, label)
    said = page.get_by_text("IgA: low at baseline, normal at the final value")
    said.wait_for()
    assert said.locator("..").text_content().endswith(f"{n} verdicts")
