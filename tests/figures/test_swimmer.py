"""The swimmer plot, by its data."""

from __future__ import annotations

import numpy as np
import pytest

from igcore import analysis
from igcore.figures import style
from igcore.figures.survival.swimmer import SIGNS, describe, swimmer_figure
from igcore.store import Pool
from tests.analysis.test_specification import pool_of
from tests.analysis.test_swimmer import tables


def bars(figure) -> list:
    return [trace for trace in figure.data if trace.type == "bar"]


def texts(figure) -> str:
    return " ".join(note.text for note in figure.layout.annotations).replace("<br>", " ")


def test_thick_and_thin_lanes_add_up_to_the_time_followed(demo_pool: Pool) -> None:
    result = analysis.ask(demo_pool, "swimmer")
    after, *treated = bars(swimmer_figure(result))
    lanes = result.table("lanes")
    length = dict(zip(after.y, np.asarray(after.base) + np.asarray(after.x), strict=True))
    assert length == pytest.approx(dict(zip(lanes.place, lanes.months, strict=True)))
    thick = {place: x for trace in treated for place, x in zip(trace.y, trace.x, strict=True)}
    assert thick == pytest.approx(dict(zip(lanes.place, lanes.treated_months, strict=True)))
    assert len(thick) == 60


def test_every_marker_stands_on_its_lane_and_leads_to_its_patient(demo_pool: Pool) -> None:
    result = analysis.ask(demo_pool, "swimmer?order=response&page=2")
    figure = swimmer_figure(result)
    keys = result.table("lanes").set_index("place").patient_key
    drawn = 0
    for trace in figure.data:
        for place, (kind, key) in zip(trace.y, trace.customdata or (), strict=False):
            assert (kind, key) == ("patient", keys[place])
        drawn += trace.type == "scatter" and trace.customdata is not None and len(trace.x)
    marks = result.table("marks")
    assert drawn >= len(marks)
    for kind, sign in SIGNS.items():
        trace = next(trace for trace in figure.data if trace.name == sign.words)
        rows = marks[marks.kind == kind]
        if len(rows):
            np.testing.assert_allclose(np.asarray(trace.x, float), rows.month)
            assert list(trace.y) == list(rows.place)


def test_an_isotype_is_told_by_its_letter(tmp_path) -> None:
    pool = pool_of(tmp_path, tables())
    figure = swimmer_figure(analysis.ask(pool, "swimmer"))
    pool.close()
    trace = next(one for one in figure.data if one.name == SIGNS["normalised"].words)
    assert list(trace.text) == ["A"]
    assert trace.hovertext[0].endswith("IgA normalised at month 1.8")  # 56 days


def test_it_says_which_lanes_of_how_many_and_what_colours_mean(demo_pool: Pool) -> None:
    figure = swimmer_figure(analysis.ask(demo_pool, "swimmer?page=6"))
    said = texts(figure)
    assert "Lanes 301 to 360 of 360, by time followed." in said
    assert "SIMULATED" in said
    assert "do not compare groups" in said
    assert all(f"</span> {arm}" in said for arm in ("Len", "Len + Dex"))
    by_depth = texts(swimmer_figure(analysis.ask(demo_pool, "swimmer?colour=response")))
    assert by_depth.index("</span> VGPR") < by_depth.index("</span> PR")
    assert "Best response:" in by_depth


def test_arms_keep_their_colours_in_every_figure(demo_pool: Pool) -> None:
    result = analysis.ask(demo_pool, "swimmer")
    for dark in (False, True):
        figure = swimmer_figure(result, dark=dark)
        trace = next(one for one in bars(figure) if one.name == "Len + Dex")
        own = style.colour("Len + Dex", result, style.ink(dark))
        assert trace.marker.color == style.faint(own, 0.6)


def test_user_text_is_shown_as_it_stands(tmp_path) -> None:
    given = tables()
    for rows in given.values():
        for row in rows:
            row["patient"] = f"<b>{row['patient']}</b>"
    given["patients"][0]["arm"] = "<i>x</i>"
    pool = pool_of(tmp_path, given)
    result = analysis.ask(pool, "swimmer")
    pool.close()
    drawn = swimmer_figure(result).to_json()
    assert "<i>x" not in drawn
    assert "<b><b>" not in drawn
    assert "&lt;b&gt;a" in drawn


def test_the_words_count_the_markers(demo_pool: Pool) -> None:
    result = analysis.ask(demo_pool, "swimmer")
    deaths = int(result.table("lanes").dead.sum())
    assert f"death {deaths}, alive when last seen {60 - deaths}" in describe(result)
