"""The recovery page: what each tab shows, and that its lists lead to profiles under the same rule."""

from __future__ import annotations

import pytest

from igcore import analysis
from pages.recovery.closer import SECTIONS

PAGE = "recovery"
FIGURES = {"Who is counted": 2, "From low to normal": 2, "How much": 3, "Responders": 3}
FIGURES |= {"Other rules": 2, "Patients": 1}


def look(at, tab: str):
    """The page with another tab opened."""
    at.session_state["recovery-closer"] = tab
    return at.run()


@pytest.mark.parametrize("tab", SECTIONS)
def test_every_tab_draws_its_figures_below_the_shares(tab, demo_pool, open_page) -> None:
    at = look(open_page(demo_pool, PAGE), tab)
    assert not at.exception and not at.error
    assert len(at.get("plotly_chart")) == FIGURES[tab]


def test_only_the_open_tab_is_counted(demo_pool, open_page) -> None:
    at = open_page(demo_pool, PAGE)
    assert [one.value for one in at.subheader] == ["From treated to evaluable"]
    at = look(at, "Other rules")
    assert [one.value for one in at.subheader] == ["Would another rule say the same?"]


def test_a_verdict_leads_to_the_profile_under_the_whole_rule(demo_pool, open_page) -> None:
    at = look(open_page(demo_pool, PAGE, final="month", month="6", transplant="off"), "Patients")
    table = next(frame.value for frame in at.dataframe if "profile" in frame.value)
    link_to = table.profile.iloc[0]
    assert "&final=month&month=6&" in link_to
    assert "&transplant=off&" in link_to
    query = analysis.read(demo_pool, link_to.removeprefix("/"))
    assert query.values["final"] == "month"


def test_the_list_of_patients_is_narrowed_to_the_verdicts_chosen(demo_pool, open_page) -> None:
    at = look(open_page(demo_pool, PAGE), "Patients")
    at.pills(key="recovery-verdicts").set_value(["improved_from_low"]).run()
    table = next(frame.value for frame in at.dataframe if "profile" in frame.value)
    assert set(table.verdict) == {"improved from low"}
    shares = analysis.ask(demo_pool, "recovery?denominator=low").table("shares")
    assert len(table) == shares[shares.trial == "pooled"].improved.sum()
