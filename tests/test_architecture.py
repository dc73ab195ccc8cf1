"""The walls of the house (DESIGN.md, sections 1 and 4), so that nobody has to remember them."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

from igcore.store import ROOT

# Layer -> layers that it may import; what is not named here stands alone.
BASE = {"store", "params", "errors", "spreadsheet", "definitions"}
MAY_IMPORT = {
    "__init__": set(),
    "errors": set(),
    "definitions": set(),
    "rules": {"definitions"},
    "spreadsheet": set(),
    "params": {"errors"},
    "store": {"params", "errors", "definitions"},
    "ingest": BASE,
    "analysis": BASE | {"rules"},
    "figures": BASE | {"analysis", "rules"},
    "documentation": BASE | {"analysis", "ingest", "rules", "__main__"},
    "commands": BASE | {"analysis", "ingest"},
    "__main__": BASE | {"analysis", "figures", "ingest", "documentation", "commands"},
    "pages": BASE | {"analysis", "figures", "ingest", "rules", "documentation"},
    "app": {"pages"},
}
# Library -> the only layers or folders that may import it.
KEPT = {
    "duckdb": {"igcore/store/engines", "ingest"},
    "plotly": {"figures"},
    "streamlit": {"pages", "app"},
    "starlette": {"pages/door"},
}
TOP = {
    "app.py", "pages", "igcore", "data", "docs", "tests", "requirements.txt", "README.md", "Makefile",
    "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "pyproject.toml", ".streamlit", ".ci", ".gitignore",
}  # fmt: skip
SOURCES = [
    ROOT / "app.py",
    *(path for name in ("igcore", "pages") for path in sorted((ROOT / name).rglob("*.py"))),
]


def layer(path: Path) -> str:
    """The layer of a file: "store" for igcore/store/cohort.py, "errors" for igcore/errors.py."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "igcore" else parts[0]


def imported(path: Path) -> set[str]:
    """Modules that a file imports anywhere, `from a import b` as a.b."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def own_layers(path: Path) -> set[str]:
    """Layers of ours that a file imports; `from igcore import __version__` is none."""
    ours = [name.split(".") for name in imported(path)]
    pages = {"pages"} if any(parts[0] == "pages" for parts in ours) else set()
    return pages | {parts[1] for parts in ours if parts[0] == "igcore"} - {"__version__"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_layer_imports_only_what_stands_to_its_right(path):
    here = layer(path)
    places = {here, str(path.parent.relative_to(ROOT))}
    libraries = {name.split(".")[0] for name in imported(path)}
    assert own_layers(path) - {here} <= MAY_IMPORT[here]
    assert {library for library in libraries if not KEPT.get(library, places) & places} == set()


def test_no_page_lies_where_streamlit_would_serve_it_past_the_door():
    assert list((ROOT / "pages").glob("*.py")) == []


def test_every_sql_file_begins_with_a_line_that_says_its_grain():
    files = sorted((ROOT / "igcore").rglob("*.sql"))
    assert files
    for path in files:
        first = path.read_text().splitlines()[0]
        assert first.startswith("-- "), path
        rules = path.name in ("dates.sql", "reading.sql", "expressions.sql")  # they have no rows
        assert rules or first.startswith("-- Grain: "), path


def test_a_figure_is_given_to_plotly_in_one_call():
    # Plotly checks all earlier annotations and shapes at every add_annotation and add_shape.
    called = [
        (str(path.relative_to(ROOT)), node.attr)
        for path in sorted((ROOT / "igcore" / "figures").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr.startswith("add_")
    ]
    assert called == [("igcore/figures/drawing.py", "add_traces")]


def test_the_top_level_holds_only_what_the_house_has_a_place_for():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    assert {Path(line).parts[0] for line in listed.stdout.splitlines()} <= TOP


def test_a_file_has_one_reason_to_exist_and_500_lines_are_the_end():
    # The naive twins are excepted: each is read from top to bottom against one part of DOMAIN.md.
    tests = [path for path in (ROOT / "tests").rglob("*.py") if path.parent.name != "twins"]
    lines = {path: len(path.read_text().splitlines()) for path in (*SOURCES, *tests)}
    assert {str(path.relative_to(ROOT)): n for path, n in lines.items() if n > 500} == {}


FIGURES = sorted((ROOT / "igcore" / "figures").rglob("*.py"))
# Who may read a result's text of its query or its method: what prints them.
PRINTS = {("igcore/figures/style.py", "footer"), ("pages/shared/layout.py", "as_text")}


def attributes(path: Path) -> list[tuple[str, str, str]]:
    """(function around it, what it is of, its name) of every attribute that a file reads."""
    found: list[tuple[str, str, str]] = []

    def walk(node: ast.AST, around: str) -> None:
        if isinstance(node, ast.FunctionDef):
            around = node.name
        if isinstance(node, ast.Attribute):
            found.append((around, ast.unparse(node.value), node.attr))
        for child in ast.iter_child_nodes(node):
            walk(child, around)

    walk(ast.parse(path.read_text()), "")
    return found


def test_a_result_s_link_and_sentence_are_printed_and_never_read_as_data():
    pages = sorted((ROOT / "pages").rglob("*.py"))
    read = {
        (str(path.relative_to(ROOT)), function)
        for path in (*FIGURES, *pages)
        for function, of, name in attributes(path)
        if name in ("query", "method") and of != "view"  # view.query is the page's own question
    }
    assert read == PRINTS


def test_a_link_is_taken_apart_in_one_place():
    found = [path for path in SOURCES if "parse_qsl" in path.read_text()]
    assert found == [ROOT / "igcore" / "analysis" / "spec.py"]


def modules(names: set[str]) -> set[str]:
    """The modules of igcore/figures among imported names: "igcore.figures.style" for its `plain`."""
    known = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in FIGURES}
    known = {name.removesuffix(".__init__") for name in known}
    return {
        next(one for one in (name, name.rpartition(".")[0]) if one in known)
        for name in names
        if name.startswith("igcore.figures.")
    }


def test_kinds_of_figures_know_nothing_of_one_another():
    kinds = {path.parent.name for path in FIGURES} - {"figures"}
    assert {"patient", "recovery", "survival", "trajectories"} <= kinds
    registry = ROOT / "igcore" / "figures" / "views.py"  # lists them all
    for path in set(FIGURES) - {registry}:
        others = kinds - {path.parent.name}
        assert {name.split(".")[2] for name in modules(imported(path))} & others == set(), path


def test_figures_import_one_another_without_a_circle():
    waiting = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): modules(
            imported(path)
        )
        for path in FIGURES
    }
    while free := [name for name, needs in waiting.items() if not needs & set(waiting)]:
        for name in free:
            del waiting[name]
    assert waiting == {}
