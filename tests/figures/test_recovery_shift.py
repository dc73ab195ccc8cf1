"""The shift of classes: ribbons, bars, table and flow have the same totals."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from igcore import analysis
from igcore.analysis import Result
from igcore.analysis.recovery.members import CLASSES
from igcore.figures import style
from igcore.figures.recovery.picks import shift_heading, shift_patients
from igcore.figures.recovery.shift import (
    cell_pick,
    cells,
    describe,
    hue,
    nodes,
    shift_figure,
    spots,
    totals,
)
from igcore.store import Pool
from pages.recovery import shift as part
from tests.analysis.test_specification import h1_tables, of_iga, person, pool_of

# DOMAIN h1, by hand: low to low P05 P11, to normal P01 P02 P10, to high P07; P06 stays normal;
# P08 has no final value and P09 no baseline.
BY_HAND = {
    ("low", "low"): "P05 P11",
    ("low", "normal"): "P01 P02 P10",
    ("low", "high"): "P07",
    ("low", "missing"): "P08",
    ("normal", "normal"): "P06",
    ("missing", "normal"): "P09",
}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Result]:
    """The answer for the patients of h1, all trials."""
    made = pool_of(tmp_path_factory.mktemp("shift"), h1_tables())
    yield of_iga(made)
    made.close()


@pytest.fixture(scope="module")
def simulated(demo_pool: Pool) -> Result:
    """The answer for the simulated trials, three isotypes."""
    return analysis.ask(demo_pool, "recovery")


def traces(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def ids(rows) -> str:
    return " ".join(sorted(rows.patient))


def numbers(figure, analyte: str) -> dict[tuple[str, str], int]:
    """What the markers on the ribbons say."""
    drawn = traces(figure)[f"{analyte}, numbers"]
    return {
        (pick[2], pick[3]): int(text.replace(",", ""))
        for pick, text in zip(drawn.customdata, drawn.text, strict=True)
    }


def test_each_ribbon_carries_the_number_worked_by_hand(result):
    expected = {pair: len(names.split()) for pair, names in BY_HAND.items()}
    assert numbers(shift_figure(result), "IgA") == expected


def test_the_rows_are_summed_over_trials_and_their_shares_made_anew(result):
    """Low at baseline: A 1 of 3 and B 1 of 4 stay low, so 2 of 7, not the mean of 1/3 and 1/4."""
    row = totals(result).set_index(["analyte", "baseline_class", "final_class"])
    assert len(row) == 16
    low = row.loc["IgA", "low", "low"]
    assert (low.n, low.row_n) == (2, 7)
    assert low.share == pytest.approx(2 / 7)
    assert np.isnan(row.share["IgA", "high", "low"])


def test_ribbons_bars_table_and_flow_have_the_same_totals(simulated):
    figure, flow = shift_figure(simulated), simulated.table("flow")
    shown, picks = cells(simulated)
    table = shown.assign(base=[base for _, base in picks])
    for analyte in ("IgA", "IgG", "IgM"):
        step = flow[(flow.analyte == analyte) & (flow.trial == "pooled")].set_index("step").n
        drawn = numbers(figure, analyte)
        assert sum(drawn.values()) == step.assessable
        evaluable = [n for pair, n in drawn.items() if "missing" not in pair]
        assert sum(evaluable) == step.evaluable
        low = [n for (base, final), n in drawn.items() if base == "low" and final != "missing"]
        assert sum(low) == step.low
        some = table[table.Isotype == analyte].set_index("base")
        for base in CLASSES:
            counted = some.loc[base, [name.capitalize() for name in CLASSES]]
            values = [int(text.partition(" ")[0]) for text in counted]
            assert values == [drawn.get((base, final), 0) for final in CLASSES]
            assert int(some.Total[base]) == sum(values)
        assert int(some.Total[""]) == step.assessable


def test_bars_of_both_sides_are_as_high_as_their_ribbons(simulated):
    figure = shift_figure(simulated)
    for analyte in ("IgA", "IgG", "IgM"):
        drawn = numbers(figure, analyte)
        for place, name in enumerate(("baseline", "final value")):
            bars = traces(figure)[f"{analyte}, {name}"]
            sums = pd.Series(drawn).groupby(level=place).sum()
            heights = {pick[2 + place]: y for pick, y in zip(bars.customdata, bars.y, strict=True)}
            assert set(heights) == set(sums.index)
            thick = {key: height for key, height in heights.items() if height > 2}
            ratios = [height / sums[key] for key, height in thick.items()]
            assert ratios == pytest.approx([ratios[0]] * len(ratios))


def test_a_click_on_a_number_a_bar_or_a_cell_finds_exactly_its_patients(result):
    verdicts = result.table("verdicts")
    figure = shift_figure(result)
    found = {
        tuple(pick[2:]): ids(shift_patients(verdicts, pick))
        for pick in traces(figure)["IgA, numbers"].customdata
    }
    assert found == BY_HAND
    low, normal = ["shift", "IgA", "low", ""], ["shift", "IgA", "", "normal"]
    assert low in [list(pick) for pick in traces(figure)["IgA, baseline"].customdata]
    assert normal in [list(pick) for pick in traces(figure)["IgA, final value"].customdata]
    assert ids(shift_patients(verdicts, low)) == "P01 P02 P05 P07 P08 P10 P11"
    assert ids(shift_patients(verdicts, normal)) == "P01 P02 P06 P09 P10"


@pytest.mark.parametrize(
    ("row", "column", "shown", "names"),
    [
        (0, "Normal", "3 (42.9 %)", "P01 P02 P10"),
        (3, "Normal", "1 (100.0 %)", "P09"),
        (0, "Total", "7", "P01 P02 P05 P07 P08 P10 P11"),
        (4, "Missing", "1 (11.1 %)", "P08"),
        (4, "Total", "9", "P01 P02 P05 P06 P07 P08 P09 P10 P11"),
        (2, "Low", "0", ""),
    ],
)
def test_each_cell_of_the_table_says_and_lists_the_same(result, row, column, shown, names):
    assert cells(result)[0][column][row] == shown
    pick = cell_pick(result, row, column)
    assert ids(shift_patients(result.table("verdicts"), pick)) == names


def test_a_class_or_an_isotype_without_patients_is_named_with_0(tmp_path):
    made = pool_of(tmp_path, {"patients": [person("1", ""), person("2", "IgG kappa")]})
    try:
        answer = analysis.ask(made, "recovery")
        figure = shift_figure(answer)
    finally:
        made.close()
    assert numbers(figure, "IgA") == {("missing", "missing"): 1}
    assert "IgG, numbers" not in traces(figure)  # one patient's own isotype, the other's unknown
    texts = [note.text for note in figure.layout.annotations]
    assert "<b>IgG</b>  0 assessable" in texts
    assert texts.count("High  <b>0</b>") == 3
    assert cells(answer)[0].Total.tolist() == [*"00011", *"00000", *"00011"]


def test_classes_of_both_sides_share_one_scale_and_leave_room_for_their_names():
    """236 px less three slots and gaps of 28 px are 152 px for 1000 patients."""
    for counts in ([997, 1, 1, 1], [250, 250, 250, 250], [0, 0, 0, 1000]):
        places = nodes(counts, 236)
        assert [place.height for place in places] == pytest.approx([0.152 * n for n in counts])
        middles = np.array([place.top + place.height / 2 for place in places])
        assert np.diff(middles).min() >= 20
        assert places[0].top >= 0
        assert places[-1].top + places[-1].height <= 236 + 1e-9


def test_sixteen_numbers_do_not_cover_one_another():
    """The narrowest page leaves 380 px for the ribbons; a marker of two digits is 23 px wide."""
    at = nodes([40, 30, 20, 10], 236)
    middles = {
        (base, final): (
            at[i].top + at[i].height * (j + 0.5) / 4,
            at[j].top + at[j].height * (i + 0.5) / 4,
        )
        for i, base in enumerate(CLASSES)
        for j, final in enumerate(CLASSES)
    }
    found = np.array(list(spots(middles).values())) * [380, 1]
    apart = np.hypot(*(found[:, None] - found[None]).transpose(2, 0, 1))
    assert apart[np.triu_indices(16, 1)].min() > 15


@pytest.mark.parametrize("dark", [False, True])
def test_ribbons_have_the_colour_of_the_class_they_end_in(result, dark):
    colours = style.ink(dark)
    bars = traces(shift_figure(result, dark=dark))["IgA, final value"]
    drawn = dict(zip((pick[3] for pick in bars.customdata), bars.marker.color, strict=True))
    for trace in shift_figure(result, dark=dark).data:
        if ", ribbon to " in trace.name:
            final = trace.name.rpartition(" ")[2]
            assert trace.fillcolor == style.faint(drawn[final], 0.38)
    assert len({hue(name, colours) for name in CLASSES}) == 4
    assert style.faint(hue("normal", colours), 0.1).startswith(colours.band.rpartition(",")[0])


def test_the_figure_is_told_in_words_with_all_numbers(result):
    assert describe(result) == (
        "Class at baseline and at the final value. IgA, 9 assessable: low to low 2, low to normal "
        "3, low to high 1, low to missing 1, normal to normal 1, missing to normal 1."
    )


def test_the_section_lists_what_was_clicked_last_in_figure_or_table(result, monkeypatch):
    drawn, chosen = [], []
    monkeypatch.setattr(part.layout, "figure", lambda *_, **__: list(drawn))
    monkeypatch.setattr(part, "_table", lambda _: list(chosen))
    monkeypatch.setattr(part.st, "session_state", {})
    assert part.section(result) is None
    drawn[:] = [["shift", "IgA", "low", "high"]]
    assert part.section(result)[0] == "IgA: low at baseline, high at the final value"
    chosen[:] = [["shift", "IgA", "", "normal"]]
    words, rows = part.section(result)
    assert words == shift_heading(chosen[0]) == "IgA: normal at the final value"
    assert ids(rows) == "P01 P02 P06 P09 P10"
    drawn[:] = [["shift", "IgA", "low", "low"]]
    assert ids(part.section(result)[1]) == "P05 P11"
    drawn.clear()
    assert part.section(result)[0] == "IgA: normal at the final value"
    chosen.clear()
    assert part.section(result) is None
