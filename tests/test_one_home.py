"""A fact has one home: the fixed numbers of the domain are written in igcore/definitions.py alone."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from igcore import definitions
from igcore.store import ROOT

HOME = ROOT / "igcore" / "definitions.py"
DURATIONS = {definitions.DAYS_PER_MONTH, definitions.DAYS_PER_YEAR, definitions.Z}
# These mean one thing in questions and answers; figures count pixels, readers of files bytes.
RULE = {definitions.CONFIRMED_DAYS, definitions.WASHOUT_DAYS, definitions.LEVEL}
DEFAULTS = {"washout", "baseline_window", "rise", "window"}
PLACES = ("igcore/analysis", "igcore/store", "pages")
CODE = [*sorted((ROOT / "igcore").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]


def typed(path: Path) -> set[float]:
    """Every number that is written in the code, not in its texts."""
    return {
        float(node.value)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and type(node.value) in (int, float)
    }


def ours(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_duration_of_the_domain_is_typed_a_second_time() -> None:
    found = {ours(path): typed(path) & DURATIONS for path in CODE if path != HOME}
    assert {path: numbers for path, numbers in found.items() if numbers} == {}


def test_no_number_of_the_rule_is_typed_where_questions_are_asked() -> None:
    asked = [path for path in CODE if ours(path).startswith(PLACES)]
    waiting = ROOT / "igcore" / "store" / "engines" / "duck.py"  # seconds between two attempts
    found = {ours(path): typed(path) & RULE for path in asked if path != waiting}
    assert {path: numbers for path, numbers in found.items() if numbers} == {}


def test_no_question_of_the_pool_types_one_either() -> None:
    telling = DURATIONS | RULE - {definitions.LEVEL}
    found = {}
    for path in (ROOT / "igcore").rglob("*.sql"):
        code = "\n".join(line.partition("--")[0] for line in path.read_text().splitlines())
        numbers = {float(one) for one in re.findall(r"(?<![\w.$])\d+(?:\.\d+)?(?![\w.])", code)}
        found[ours(path)] = numbers & telling
    assert len(found) > 50
    assert {path: numbers for path, numbers in found.items() if numbers} == {}


def test_a_default_of_the_rule_is_given_where_it_is_declared_and_nowhere_else() -> None:
    given = [
        (ours(path), node.arg)
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.keyword) and node.arg in DEFAULTS
        if isinstance(node.value, ast.Constant)
    ]
    assert given == []


def test_the_words_for_the_sexes_have_one_home() -> None:
    pattern = re.compile(r"\{\s*[\"']F[\"']: ?[\"']")
    found = [ours(path) for path in CODE if pattern.search(path.read_text())]
    assert found == [ours(HOME)]
