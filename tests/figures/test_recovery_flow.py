"""The flow of patients: every box, reason and bar holds the patients that it counts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from igcore import analysis
from igcore.analysis import Result
from igcore.figures.recovery.flow import describe, flow_figure
from igcore.figures.recovery.picks import REASON_WORDS, flow_heading, flow_patients
from igcore.store import Pool
from pages.recovery import flow as part
from tests.analysis.test_specification import h1_tables, of_iga, person, pool_of, together

# DOMAIN h1, by hand. A: P01 P02 P03 P05 P06; B: P04 and P07 to P12. P03, P04 and P12 have the
# isotype involved, P08 has no later value, P09 no baseline, P06 was normal at baseline.
STEPS = ("treated", "assessable", "evaluable", "low")
BY_HAND = {"pooled": [12, 9, 7, 6], "A": [5, 4, 4, 3], "B": [7, 5, 3, 3]}
LEFT = {
    ("assessable", "involved"): "P03 P04 P12",
    ("evaluable", "no_baseline"): "P09",
    ("evaluable", "no_post_baseline"): "P08",
    ("low", "normal_at_baseline"): "P06",
}


@pytest.fixture(scope="module")
def h1(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """A pool of the patients of h1, for questions only."""
    made = pool_of(tmp_path_factory.mktemp("flow"), h1_tables())
    yield made
    made.close()


@pytest.fixture(scope="module")
def result(h1: Pool) -> Result:
    return of_iga(h1)


def traces(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def notes(figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def ids(rows) -> str:
    return " ".join(sorted(rows.patient))


def test_every_box_carries_the_number_worked_by_hand(result):
    figure = flow_figure(result)
    shown = {note.name: note.text for note in figure.layout.annotations if note.name}
    assert shown == {
        f"n IgA {step}": f"<b>{n}</b>" for step, n in zip(STEPS, BY_HAND["pooled"], strict=True)
    }
    bars = traces(figure)["IgA, bar"]
    assert list(bars.x) == pytest.approx([1, 9 / 12, 7 / 12, 6 / 12])
    assert list(traces(figure)["IgA, frame"].x) == [1] * 4


def test_beside_each_arrow_stand_the_reasons_with_their_numbers(result):
    text = " ".join(notes(flow_figure(result)))
    for (_, reason), names in LEFT.items():
        assert f"<b>{len(names.split())}</b> {REASON_WORDS[reason]}" in text


def test_below_stands_every_trial_with_its_own_steps_as_shares_of_its_treated(result):
    figure = flow_figure(result)
    expected = [n / BY_HAND[trial][0] for trial in ("A", "B") for n in BY_HAND[trial]]
    bars, frames = (traces(figure)[f"IgA, by trial, {kind}"] for kind in ("bar", "frame"))
    drawn = [bar / frame for bar, frame in zip(bars.x, frames.x, strict=True)]
    assert drawn == pytest.approx(expected)
    numbers = [f"{n}" for trial in ("A", "B") for n in BY_HAND[trial]]
    heads = ["1", "2", "3", "4"]
    assert [text for text in notes(figure) if text.isdigit()] == numbers + heads


def test_one_trial_alone_is_not_drawn_twice(h1):
    figure = flow_figure(of_iga(h1, "&trial=A"))
    assert "IgA, by trial, bar" not in traces(figure)
    assert not any("Trial by trial" in text for text in notes(figure))


def test_a_click_on_a_box_or_a_bar_finds_exactly_its_patients(result):
    verdicts = result.table("verdicts")
    clicked = 0
    for trace in flow_figure(result).data:
        for kind, _, trial, step, reason in trace.customdata if trace.customdata else ():
            assert kind == "flow"
            if not reason:
                rows = flow_patients(verdicts, (kind, "IgA", trial, step, reason))
                assert len(rows) == BY_HAND[trial][STEPS.index(step)]
                clicked += 1
    assert clicked == 3 * 4 * 2  # both trials and all, four steps, bar and frame


def test_a_click_on_a_reason_finds_who_left_for_it(result):
    verdicts = result.table("verdicts")
    dots = [trace for trace in flow_figure(result).data if ", left before " in trace.name]
    picks = [list(pick) for trace in dots for pick in trace.customdata]
    assert {(pick[3], pick[4]): ids(flow_patients(verdicts, pick)) for pick in picks} == LEFT


def test_steps_that_keep_nobody_are_drawn_with_0(tmp_path):
    made = pool_of(tmp_path, {"patients": [person("1", ""), person("2", "")]})
    try:
        figure = flow_figure(analysis.ask(made, "recovery"))
    finally:
        made.close()
    for analyte in ("IgA", "IgG", "IgM"):
        assert list(traces(figure)[f"{analyte}, bar"].x) == [1, 0, 0, 0]
    assert notes(figure).count("<b>0</b>") == 9
    assert notes(figure).count("nobody left") == 6


def test_twelve_trials_and_three_isotypes_have_a_line_each(tmp_path):
    trials = [f"Trial {number:02d}" for number in range(12)]
    people = [person("1", trial=trial) for trial in trials]
    made = pool_of(tmp_path, {"patients": people})
    try:
        figure = flow_figure(analysis.ask(made, "recovery"))
    finally:
        made.close()
    assert [text for text in notes(figure) if text in trials] == trials
    for analyte in ("IgA", "IgG", "IgM"):
        assert len(traces(figure)[f"{analyte}, by trial, bar"].x) == 12 * 4
    assert all(note.y <= figure.layout.yaxis.range[0] for note in figure.layout.annotations)


def test_user_text_is_shown_as_it_stands_and_still_found_by_a_click(tmp_path):
    names = {"A": "<i>T</i> & Co", "B": "<a href='x'>B</a>"}
    tables = h1_tables()
    for row in (*tables["patients"], *tables["measurements"]):
        row["trial"] = names[row["trial"]]
    made = pool_of(tmp_path, together(tables))
    try:
        answer = of_iga(made)
        text = flow_figure(answer).to_json()
        for tag in ("<i>T", "<a href", "\\u003ci\\u003eT", "\\u003ca href"):
            assert tag not in text
        pick = ["flow", "IgA", "&lt;i&gt;T&lt;/i&gt; &amp; Co", "low", ""]
        verdicts = answer.table("verdicts")
        assert ids(flow_patients(verdicts, pick)) == "P01 P02 P05"
        assert flow_heading(verdicts, pick) == "IgA, <i>T</i> & Co: low at baseline"
    finally:
        made.close()


def test_the_figure_is_told_in_words_with_all_numbers(result):
    assert describe(result) == (
        "Flow of patients, all trials together. IgA: 12 treated; 9 assessable (left: 3 the myeloma's "
        "own isotype); 7 evaluable (left: 1 no baseline value, 1 no value after the start); 6 low "
        "at baseline (left: 1 normal at baseline)."
    )


def test_the_section_hands_over_the_patients_of_what_was_clicked(result, monkeypatch):
    picks = [["flow", "IgA", "pooled", "low", "normal_at_baseline"]]
    picks += [["flow", "IgA", "A", "low", ""]]
    monkeypatch.setattr(part.layout, "figure", lambda *_, **__: picks)
    words, rows = part.section(result)
    assert words == "IgA, all trials: left, normal at baseline; IgA, A: low at baseline"
    assert ids(rows) == "P01 P02 P05 P06"


def test_the_verdicts_are_not_read_before_something_is_clicked(h1, monkeypatch):
    answer = of_iga(h1)
    monkeypatch.setattr(part.layout, "figure", lambda *_, **__: [])
    monkeypatch.setattr(
        "igcore.analysis.recovery.details._rows", lambda *_, **__: pytest.fail("verdicts were read")
    )
    assert part.section(answer) is None
