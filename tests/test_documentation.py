"""Generated documents are as the declarations would make them today."""

from __future__ import annotations

import pytest

from data.demo import simulate
from igcore import documentation
from igcore.store import ROOT


@pytest.mark.parametrize("path", documentation.files(), ids=lambda path: path.name)
def test_generated_file_is_not_stale(path) -> None:
    assert path.read_text() == documentation.files()[path], "run: make generate"


def test_demo_data_are_what_the_script_writes(tmp_path) -> None:
    simulate.write(tmp_path)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv"))
    assert len(made) == 14
    for path in made:
        assert (tmp_path / path).read_bytes() == (ROOT / "data" / "demo" / path).read_bytes()


def test_every_parameter_of_every_analysis_has_words() -> None:
    text = documentation.parameters()
    for asked in documentation.analysis.ANALYSES.values():
        for parameter in asked.parameters:
            assert parameter.kind.label, parameter.name
            assert parameter.kind.says, parameter.name
            assert f"`{parameter.name}`" in text


def test_methods_page_cites_every_rule() -> None:
    text = "".join(part() for part in documentation.PARTS.values())
    assert all(f"**R{n}**" in text for n in range(9))
    assert all(f"**S{n}**" in text for n in range(1, 11))
