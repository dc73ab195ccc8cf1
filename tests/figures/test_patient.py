"""The patient's figures by their data: panels, strips whose words do not overlap, other analytes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from igcore import analysis
from igcore.analysis.result import Result
from igcore.figures import style
from igcore.figures.patient import analytes as patient_analytes
from igcore.figures.patient import describe, extent, profile_figure
from igcore.figures.patient.course import GAP, LETTER, NARROWEST, height, strips
from igcore.figures.patient.words import measurement_rows
from igcore.ingest import Report
from igcore.store import Pool

Add = Callable[..., Report]
WHO = {"trial": "T", "patient": "1"}
MONTH = 30.4375


def value(analyte: str, day: float, given_: object, **more: object) -> dict:
    """One value in mg/dL with IgA's usual limits, of patient 1 unless said."""
    row = {"analyte": analyte, "day": day, "value": given_, "unit": "mg/dL"}
    return {**WHO, **row, "low": 70, "high": 400, **more}


def said(figure) -> list[str]:
    """All texts that stand in the figure, in their order."""
    return [note.text.replace("\N{NO-BREAK SPACE}", " ") for note in figure.layout.annotations]


def named(figure, name: str) -> list:
    """The traces of that name."""
    return [trace for trace in figure.data if trace.name == name]


def test_a_panel_has_values_limits_baseline_final_and_the_rise_asked_for(
    pool: Pool, add: Add
) -> None:
    """Baseline 56 on day 1, final 70 on day 60, day 200 after the end + 30: rise line at 70."""
    rows = [value("IgA", 1, 56), value("IgA", 60, 70), value("IgA", 200, 90)]
    add(
        patients=[{**WHO, "m_protein": "IgG kappa", "treatment_end_day": 60}],
        measurements=[*rows, value("IgG", 1, 3000)],
    )
    result = analysis.ask(pool, "patient")
    figure = profile_figure(result)
    (iga,) = named(figure, "IgA")
    np.testing.assert_allclose(iga.x * MONTH, [0, 59, 199])
    np.testing.assert_allclose(iga.y, [56, 70, 90])
    assert list(iga.marker["size"]) == [8, 8, 5]  # small: the observation was over
    assert iga.marker.opacity == 1
    assert [list(trace.y) for trace in named(figure, "baseline")] == [[56]]
    assert [list(trace.y) for trace in named(figure, "final value")] == [[70]]
    assert [shape.y0 for shape in figure.layout.shapes if shape.line.dash == "dash"] == [70]
    upper, lower = named(figure, "normal range")[:2]
    assert (list(upper.y), list(lower.y)) == ([400] * 4, [70] * 4)
    assert [upper.x[0], upper.x[-1]] == extent(result)
    assert iga.customdata[1] == (
        "<b>70 mg/dL</b><br>70 to 400 mg/dL: in range<br>day 60, month 1.9<br>counted<br>"
        "IgA: improved"
    )
    (igg,) = named(figure, "IgG")
    assert igg.line.color == style.LIGHT.quiet
    texts = said(figure)
    assert (
        "<b>IgG</b>, mg/dL:  contains M-protein; not assessable: the myeloma's own isotype" in texts
    )
    assert "no values" in texts  # IgM, whose words need an axis with something on it
    assert [list(trace.y) for trace in named(figure, "IgM")] == [[None]]
    assert any(text.endswith("grey: contains M-protein") for text in texts)
    assert "small: not counted" in "".join(texts)


def test_values_and_limits_are_shown_in_the_unit_of_most_values(pool: Pool, add: Add) -> None:
    """0.56 g/L and 70 mg/dL: two of three in g/L, so 0.7."""
    metric = {"unit": "g/L", "low": 0.7, "high": 4}
    rows = [value("IgA", 1, 0.56, **metric), value("IgA", 30, 70), value("IgA", 60, 0.8, **metric)]
    add(patients=[{**WHO, "m_protein": "LC k"}], measurements=rows)
    figure = profile_figure(analysis.ask(pool, "patient"))
    np.testing.assert_allclose(named(figure, "IgA")[0].y, [0.56, 0.7, 0.8])
    np.testing.assert_allclose(named(figure, "normal range")[0].y, 4)
    assert "<b>70 mg/dL</b><br>0.7 to 4 g/L: in range" in named(figure, "IgA")[0].customdata[1]


def test_others_lie_behind_as_one_trace_and_do_not_move_the_axes(pool: Pool, add: Add) -> None:
    people = [{"trial": "T", "patient": str(i), "m_protein": "LC k"} for i in (1, 2, 3)]
    rows = [value("IgA", 1, 100), value("IgA", 30, 120)]
    rows += [value("IgA", day, 900 + day, patient=str(i)) for i in (2, 3) for day in (1, 400)]
    add(patients=people, measurements=rows)
    hidden = profile_figure(analysis.ask(pool, "patient?key=1"))
    shown = profile_figure(analysis.ask(pool, "patient?key=1&others=trial"))
    assert named(hidden, "other patients") == []
    (trace,) = named(shown, "other patients")
    np.testing.assert_allclose(trace.y, [901, 1300, np.nan, 901, 1300])
    np.testing.assert_allclose(trace.x * MONTH, [0, 399, np.nan, 0, 399])
    order = [one.name for one in shown.data]
    assert order.index("other patients") < order.index("IgA")
    assert shown.layout.yaxis.range == hidden.layout.yaxis.range
    assert shown.layout.xaxis.range == hidden.layout.xaxis.range
    assert "pale: other patients" in "".join(said(shown))


def test_what_goes_far_beyond_the_measurements_ends_at_the_edge_with_its_month(
    pool: Pool, add: Add
) -> None:
    """Values until month 10, death in month 40: the axis ends at month 11 and 4 percent of it."""
    days = (1, 10 * MONTH + 1)
    add(
        patients=[{**WHO, "m_protein": "LC k", "treatment_end_day": 40}],
        measurements=[value("IgA", day, 100) for day in days],
        outcomes=[{**WHO, "endpoint": "OS", "time_days": 40 * MONTH + 1, "event": 1}],
        therapies=[{**WHO, "kind": "next therapy", "start_day": 20 * MONTH + 1}],
    )
    result = analysis.ask(pool, "patient")
    assert extent(result)[1] == pytest.approx(11 * 1.04)
    figure = profile_figure(result)
    assert "died, month 40.0" in said(figure)
    assert "from month 20.0, end not recorded" in said(figure)
    (death,) = named(figure, "Death or last seen")
    assert death.marker.symbol == "triangle-right"
    assert death.x[0] == pytest.approx(extent(result)[1])
    assert "Death or last seen: died, month 40.0" in describe(result)


def test_a_patient_of_whom_nothing_is_known_is_a_course_that_says_so(pool: Pool, add: Add) -> None:
    add(patients=[WHO])
    result = analysis.ask(pool, "patient")
    figure = profile_figure(result)
    texts = said(figure)
    assert "n = 1; arm not stated; monoclonal protein unknown" in texts
    assert texts.count("none recorded") == 5
    assert not any(text.startswith("<b>Ig") for text in texts)
    assert result.said == ("No immunoglobulin was measured in this patient.",)
    assert np.isfinite(figure.layout.xaxis.range).all()


def test_one_value_alone_is_a_dot_on_an_axis_of_a_month(pool: Pool, add: Add) -> None:
    add(patients=[{**WHO, "m_protein": "LC k"}], measurements=[value("IgM", 1, "<5")])
    result = analysis.ask(pool, "patient")
    (trace,) = named(profile_figure(result), "IgM")
    assert (list(trace.x), list(trace.y)) == ([0], [2.5])
    assert trace.marker.color[0] == style.LIGHT.ground
    assert extent(result) == pytest.approx([-0.03, 1.04])


def marks(names: list[str], rows: list[tuple]) -> pd.DataFrame:
    """Rows of a course: one strip's marks, in order of their start."""
    found = sorted((start, start + length, words) for start, length, words in rows)
    mark = {"Response": "dot", "Infections": "bar", "Transplant": "event"}
    table = [
        (name, mark[name], start, end if name == "Infections" else np.nan, words)
        for name in names
        for start, end, words in found
    ]
    return pd.DataFrame(table, columns=["strip", "mark", "start_day", "end_day", "words"])


@given(
    st.lists(
        st.tuples(
            st.integers(1, 900),
            st.integers(0, 200),
            st.sampled_from(["CR", "VGPR", "sepsis G4", "upper respiratory tract infection G2"]),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_words_on_a_line_never_overlap_each_other(rows) -> None:
    """By pixels of the narrowest plot, worked out again from the mark and its words."""
    reach = [-0.5, 31.0]
    per = (reach[1] - reach[0]) / NARROWEST
    table = marks(["Response", "Infections", "Transplant"], rows)
    grades = [words[-1] if " G" in words else None for *_, words in sorted(rows)]
    infections = pd.DataFrame({"grade": grades}, dtype=object)
    tables = {"course": table, "infections": infections}
    result = Result(title="", method="", tables=tables)
    found = strips(result, reach)
    assert height(found) > 0
    for strip in found:
        taken: dict[int, list[tuple[float, float]]] = {}
        placed = zip(strip.marks.itertuples(), strip.line, strip.told, strip.side, strict=True)
        for row, line, told, side in placed:
            if not told:
                continue
            width, end = len(told) * LETTER * per, min(row.end, reach[1])
            left = {
                "above": row.start - width / 2,
                "inside": row.start + GAP * per,
                "right": end + GAP * per,
                "left": row.start - GAP * per - width,
            }[side]
            taken.setdefault(line, []).append((left, left + width))
            assert line < strip.lines
            if side in ("right", "inside"):
                assert left + width <= reach[1] + 1e-9
        for spans in taken.values():
            ordered = sorted(spans)
            for before, after in pairwise(ordered):
                assert before[1] <= after[0] + 1e-9


def test_other_analytes_have_a_panel_per_unit_with_their_own_limits(pool: Pool, add: Add) -> None:
    count = {"unit": "GI/L", "low": 1, "high": 4}
    add(
        patients=[{**WHO, "arm": "Len"}],
        measurements=[
            value("LYMPH", 1, 2, **count),
            value("LYMPH", 31, "<0.4", **{**count, "low": 1.2}),
            value("LYMPH", 61, 900, unit="cells/uL", low="", high=""),
            value("<b>X</b>", 1, 7, unit="IU/mL", low="", high=""),
        ],
    )
    result = analysis.ask(pool, "patient")
    drawn = patient_analytes.panels(result)
    assert [(name, unit) for name, unit, _ in drawn] == [
        ("<b>X</b>", "IU/mL"),
        ("LYMPH", "GI/L"),
        ("LYMPH", "cells/uL"),
    ]
    figure = patient_analytes.analytes_figure(result)
    texts = said(figure)
    assert "<b>&lt;b&gt;X&lt;/b&gt;</b>, IU/mL" in texts
    first, second = named(figure, "LYMPH")
    np.testing.assert_allclose(first.y, [2, 0.2])  # "<0.4" at its half
    assert list(first.marker.color) == [style.LIGHT.groups[patient_analytes.HUE], "#FFFFFF"]
    assert first.customdata[1] == "<b>&lt;0.4 GI/L</b><br>limits 1.2 to 4: low<br>day 31"
    assert second.customdata[0] == "<b>900 cells/uL</b><br>no limits<br>day 61"
    low = [trace for trace in named(figure, "limits") if trace.fill == "tonexty"]
    assert [list(trace.y) for trace in low] == [[1, 1.2, 1.2]]
    assert "n = 1; Len; monoclonal protein unknown" in texts
    words = patient_analytes.describe(result)
    assert "LYMPH: 2 on day 1 to <0.4 on day 31 GI/L, 2 values" in words


def test_the_table_names_baseline_and_final_value_and_why_others_do_not_count(
    pool: Pool, add: Add
) -> None:
    add(
        patients=[{**WHO, "m_protein": "IgG kappa", "treatment_end_day": 60}],
        measurements=[
            value("IgA", -3, "<5"),
            value("IgA", 30, 72),
            value("IgA", 60, 80),
            value("IgA", 99, 80),
            value("IgG", 1, 3000),
            value("ALB", 1, 40, unit="g/L"),
        ],
    )
    table = measurement_rows(analysis.ask(pool, "patient")).set_index(["Analyte", "Day"])
    assert table["For the rule"].to_dict() == {
        ("ALB", 1): None,
        ("IgA", -3): "baseline",
        ("IgA", 30): "counted",
        ("IgA", 60): "final value",
        ("IgA", 99): "not counted: observation over",
        ("IgG", 1): "contains M-protein",
    }
    assert table.Value["IgA", -3] == "<5"
    assert "Limits used" not in table


def test_every_simulated_patient_can_be_drawn(demo_pool: Pool) -> None:
    for key in range(1, 361, 60):
        result = analysis.ask(demo_pool, f"patient?key={key}&others=trial")
        for dark in (False, True):
            figure = profile_figure(result, dark=dark)
            assert figure.layout.paper_bgcolor == style.ink(dark).ground
            assert any("SIMULATED" in text for text in said(figure))
