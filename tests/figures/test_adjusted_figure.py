"""The forest of the adjusted model, by its data."""

from __future__ import annotations

import numpy as np
import pytest

from igcore import analysis
from igcore.figures.forest import WIDEST
from igcore.figures.survival.adjusted import adjusted_figure, describe
from igcore.store import Pool


@pytest.fixture(scope="module")
def result(demo_pool: Pool) -> analysis.Result:
    return analysis.ask(demo_pool, "adjusted")


def texts(figure) -> list[str]:
    return [note.text.replace("<br>", " ") for note in figure.layout.annotations]


def test_every_term_has_its_ratio_together_and_by_itself(result) -> None:
    figure, table = adjusted_figure(result), result.table("terms")
    squares = [t for t in figure.data if t.mode == "markers" and t.name]
    together = [t.x[0] for t in squares if t.name.endswith("with the other terms")]
    alone = [t.x[0] for t in squares if t.name.endswith("by itself")]
    np.testing.assert_allclose(together, table.hazard_ratio)
    np.testing.assert_allclose(alone, table.unadjusted)
    lines = [t.x for t in figure.data if t.mode == "lines"]
    np.testing.assert_allclose(lines[::2], table[["hr_lower", "hr_upper"]])
    np.testing.assert_allclose(lines[1::2], table[["unadjusted_lower", "unadjusted_upper"]])
    assert figure.layout.xaxis.type == "log"


def test_it_names_what_is_compared_and_says_association(result) -> None:
    said = texts(adjusted_figure(result))
    for words in ("Responders", "v Non-responders", "v Len", "per 10 years", "men", "v women"):
        assert f"   {words}" in said
    assert sum("associated with" in one for one in said) == 2
    joined = " ".join(said)
    assert "SIMULATED" in joined
    assert "improve" not in joined
    assert "favours" not in joined
    row = result.table("terms").iloc[0]
    assert f"{row.events}/{row.n}" in said


def test_an_empty_cell_is_said_and_draws_nothing(result) -> None:
    table = result.table("terms")
    before = table.loc[1].copy()
    table.loc[1, ["hazard_ratio", "hr_lower", "hr_upper", "p"]] = np.nan
    figure = adjusted_figure(result)
    table.loc[1] = before
    assert "not estimable" in texts(figure)
    squares = [t.name for t in figure.data if t.mode == "markers" and t.name]
    assert "Arm Len + Dex, with the other terms" not in squares
    assert "Arm Len + Dex, by itself" in squares


def test_a_limit_beyond_the_axis_ends_in_an_arrow(result) -> None:
    table = result.table("terms")
    before = table.hr_upper[0]
    table.loc[0, "hr_upper"] = 400.0
    figure = adjusted_figure(result)
    table.loc[0, "hr_upper"] = before
    arrows = [t for t in figure.data if t.mode == "markers" and "triangle" in t.marker.symbol]
    assert [t.x[0] for t in arrows] == [WIDEST]


def test_the_words_tell_every_ratio(result) -> None:
    said = describe(result)
    assert said.startswith("OS by response (PR or better), adjusted. Hazard ratios")
    assert "responder v non-responder: 0.60 (0.43 to 0.82), p = 0.002" in said
