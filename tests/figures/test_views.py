"""The registry of figures: every figure is in it, and everything that shows figures walks it."""

from __future__ import annotations

import ast
import json

import pytest

from igcore import analysis
from igcore.errors import Refused
from igcore.figures.views import ANALYTES, VIEWS, View, find
from igcore.store import ROOT, Pool

ALL = [(name, view) for name, views in VIEWS.items() for view in views]


@pytest.fixture(scope="module")
def answers(demo_pool: Pool) -> dict[str, analysis.Result]:
    """The usual answer of each analysis that has figures, on the simulated trials."""
    return {name: analysis.ask(demo_pool, name) for name in VIEWS}


@pytest.mark.parametrize(("name", "view"), ALL, ids=[view.name for _, view in ALL])
def test_a_view_draws_says_and_counts(name: str, view: View, answers: dict) -> None:
    result = answers[name]
    if view is ANALYTES:  # nothing else was measured in these trials
        assert not view.shown(result)
        return
    assert view.shown(result)
    assert view.draw(result).data
    assert len(view.words(result).split()) > 5
    assert all(len(table.columns) for table in view.numbers(result).values())


def test_names_of_views_are_their_own() -> None:
    names = [view.name for _, view in ALL]
    assert len(set(names)) == len(names)


def test_every_drawing_function_is_in_the_registry() -> None:
    listed = {view.draw.__name__ for _, view in ALL}
    drawn = {
        node.name
        for path in (ROOT / "igcore" / "figures").rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.endswith("_figure")
    }
    assert listed == drawn


def test_no_page_calls_a_drawing_function() -> None:
    drawing = {view.draw.__name__ for _, view in ALL}
    for path in (ROOT / "pages").rglob("*.py"):
        names = {
            node.id for node in ast.walk(ast.parse(path.read_text())) if type(node) is ast.Name
        }
        assert names & drawing == set(), path


def test_an_unknown_figure_is_refused_with_those_that_there_are() -> None:
    assert find("survival", "survival").title == "Survival curves"
    with pytest.raises(Refused, match='"pie" is not one of recovery, recovery-flow'):
        find("recovery", "pie")
    with pytest.raises(Refused, match="this analysis has none"):
        find("overview", "pie")


def test_the_command_line_prints_a_figure(run) -> None:
    code, out, _ = run("show", "survival", "--figure", "survival")
    assert code == 0
    assert {trace["type"] for trace in json.loads(out)["data"]} == {"scatter"}
    assert run("show", "survival", "--figure", "pie")[0] == 2
