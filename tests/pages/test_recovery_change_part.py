"""The section on change: what a click on the waterfall hands to the page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from igcore import analysis
from igcore.analysis.later import Tables
from pages.recovery import change as part
from tests.analysis.test_specification import h1_tables, pool_of


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    made = pool_of(tmp_path_factory.mktemp("part"), h1_tables())
    yield analysis.ask(made, "recovery?analyte=IgA")
    made.close()


def test_a_picked_bar_gives_its_row_of_the_verdicts_under_a_heading(result):
    verdicts = result.table("verdicts")
    keys = verdicts.set_index("patient").patient_key
    heading, rows = part._rows(
        result, [["patient", int(keys[name]), "IgA"] for name in ["P07", "P02"]]
    )
    assert heading == "IgA: 2 patients picked in the waterfall"
    assert rows.patient.tolist() == ["P07", "P02"]
    assert rows.verdict.tolist() == ["rise_above_range", "improved_from_low"]
    assert list(rows.columns) == list(verdicts.columns)


def test_without_a_pick_the_verdicts_are_not_asked_for(result):
    def late():
        raise AssertionError("the verdicts were read")

    guarded = replace(
        result, tables=Tables({"waterfall": result.table("waterfall")}, {"verdicts": late})
    )
    assert part._rows(guarded, []) is None
    assert part._rows(guarded, [["something else", 1]]) is None
