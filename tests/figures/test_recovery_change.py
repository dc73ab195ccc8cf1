"""The paired change as printed: DOMAIN h10's ten differences, and what must be said beside them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from igcore import analysis, ingest
from igcore.figures.recovery import change
from tests.analysis.test_specification import pair, person, pool_of
from tests.conftest import write_tables

# DOMAIN h10, in mg/dL over a baseline of 100: W- 5, V 50, exact p 0.0195, shift 15 (4 to 26).
H10 = (12, 25, -4, 40, 5, 8, 31, -10, 18, 22)


@pytest.fixture(scope="module")
def h10(tmp_path_factory):
    tables = {"patients": [person(f"p{i}") for i in range(10)], "measurements": []}
    for i, difference in enumerate(H10):
        for analyte in ("IgA", "IgM"):
            tables["measurements"] += pair(f"p{i}", 100, 100 + difference, analyte=analyte)
    made = pool_of(tmp_path_factory.mktemp("change"), tables)
    yield made
    made.close()


@pytest.fixture(scope="module")
def result(h10):
    return analysis.ask(h10, "recovery")


def texts(figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_the_table_prints_h10_in_g_per_l_with_holm_beside_the_raw_p(result):
    """Sorted, the median is 15 and the type 7 quartiles are 5.75 and 24.25; 1 g/L = 100 mg/dL."""
    printed = change.printed(result)
    assert list(printed.columns) == ["IgA", "IgM"]
    column = printed["IgA"]
    assert column["Pairs"] == "10"
    assert column["Baseline, median (IQR), g/L"] == "1.00 (1.00 to 1.00)"
    assert column["Final value, median (IQR), g/L"].startswith("1.15 (1.06 to 1.24")
    assert column["Change, median (IQR), g/L"] == "0.15 (0.06 to 0.24)"
    assert column["Hodges-Lehmann shift (95 %), g/L"] == "0.15 (0.04 to 0.26)"
    assert column["Wilcoxon signed rank, p"] == "0.020"
    assert column["p, Holm-adjusted"] == "0.039"  # twice the raw p, two isotypes


def test_one_isotype_needs_no_adjustment(h10):
    column = change.printed(analysis.ask(h10, "recovery?analyte=IgA"))["IgA"]
    assert column["Wilcoxon signed rank, p"] == column["p, Holm-adjusted"] == "0.020"


@pytest.mark.parametrize("dark", [False, True])
def test_the_figure_draws_ratio_and_limits_on_a_logarithmic_axis(result, dark):
    figure = change.change_figure(result, dark=dark)
    ratio = math.prod(1 + difference / 100 for difference in H10) ** (1 / 10)
    row = result.table("change").iloc[0]
    drawn = figure.data[0]
    assert drawn.name == "IgA"
    np.testing.assert_allclose(drawn.x, [ratio])
    np.testing.assert_allclose(drawn.x[0] + drawn.error_x.array[0], row.ratio_upper)
    np.testing.assert_allclose(drawn.x[0] - drawn.error_x.arrayminus[0], row.ratio_lower)
    assert figure.layout.xaxis.type == "log"
    low, high = figure.layout.xaxis.range
    assert low == -high < math.log10(row.ratio_lower) < math.log10(row.ratio_upper) < high
    assert f"{ratio:.2f} ({row.ratio_lower:.2f} to {row.ratio_upper:.2f})" in texts(figure)


def test_words_say_ratio_pairs_and_p(result):
    assert "IgM: 1.14 (1.03 to 1.26) in 10 pairs, Holm-adjusted p = 0.039" in change.describe(
        result
    )


def test_bounds_zeros_and_falls_are_said_in_words(pool, tmp_path):
    """ "<10" counts as 5: 5 -> 4 is a fall; 50 -> 50 has no rank; two differences are too few."""
    tables = {
        "patients": [person(name) for name in ("bound", "same", "fell")],
        "measurements": [*pair("bound", "<10", 4), *pair("same", 50, 50), *pair("fell", 90, 40)],
    }
    ingest.add(pool, write_tables(tmp_path / "files", tables))
    result = analysis.ask(pool, "recovery?analyte=IgA")
    said = " ".join(change.remarks(result))
    assert "Pairs with a value beyond quantification: IgA 1" in said
    assert "IgA: Differences of 0 dropped: 1." in said
    assert change.printed(result)["IgA"]["Change, median (IQR), g/L"].startswith("−0.01 (")


def test_one_pair_has_a_ratio_without_an_interval(pool, tmp_path):
    tables = {"patients": [person("one")], "measurements": pair("one", 50, 100)}
    ingest.add(pool, write_tables(tmp_path / "files", tables))
    result = analysis.ask(pool, "recovery?analyte=IgA")
    assert change.printed(result)["IgA"]["Geometric mean ratio (95 %)"] == "2.00, no interval"
    drawn = change.change_figure(result).data[0]
    assert (list(drawn.x), list(drawn.error_x.array)) == ([2], [0])


def test_a_number_that_rounds_to_zero_has_no_sign():
    assert change._minus("-0.00") == "0.00"
    assert change._minus("-0.01") == "−0.01"
    assert change._minus("-") == "-"


def test_no_pairs_at_all_break_nothing(pool, tmp_path):
    tables = {"patients": [person("none")], "measurements": pair("none", 50, 60)[:1]}
    ingest.add(pool, write_tables(tmp_path / "files", tables))
    result = analysis.ask(pool, "recovery")
    assert change.printed(result).empty
    assert len(change.change_figure(result).data) == 0
    assert change.remarks(result) == []
