"""The long road in a real browser: upload, figure, link, the same numbers elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from igcore.ingest import demo
from tests.pages.conftest import serve, settle


@pytest.fixture(scope="module")
def server(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard of its own: these tests add to the pool."""
    yield from serve(tmp_path_factory.mktemp("server"), demo_file)


def texts_of(page) -> list[str]:
    """What the survival figure says: title, key, test and the table at risk."""
    chart = page.locator(".st-key-figure-survival .js-plotly-plot")
    chart.wait_for(timeout=60_000)
    return [text for text in chart.locator("svg text").all_text_contents() if text.strip()]


def test_the_first_deep_link_to_a_fresh_server_opens_its_page(visit) -> None:
    page = visit("survival?landmark=6")
    assert page.get_by_text("Page not found").count() == 0
    assert "landmark=6" in page.url
    assert any("6-month landmark" in text for text in texts_of(page))


def test_upload_figure_link_and_the_same_numbers_in_a_fresh_browser(visit, tmp_path) -> None:
    page = visit("upload")
    for file in sorted((demo.FOLDER / "SIM-LEN-1").glob("*.csv")):
        text = file.read_text().replace("SIM-LEN-1", "REAL-9")
        (tmp_path / file.name).write_text(text)
    files = [str(path) for path in sorted(tmp_path.glob("*.csv"))]
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="Add 10,985 rows to the pool").click(timeout=60_000)
    page.get_by_text("Stored as upload 3; the data version is 3.").wait_for(timeout=60_000)

    page.get_by_role("link", name="Survival →").click()
    settle(page)
    page.get_by_role("spinbutton", name="Landmark (months)").fill("6")
    page.keyboard.press("Enter")
    settle(page)
    assert "trial=REAL-9&" in page.url
    assert "SIM-LEN" not in page.url
    assert "landmark=6" in page.url
    here = texts_of(page)
    assert "n = 184; trials REAL-9" in here

    there = visit(page.url.split("/", 3)[3], fresh=True)
    assert texts_of(there) == here
    assert there.url == page.url


def test_the_figure_is_saved_by_the_browser(visit) -> None:
    page = visit("survival")
    texts_of(page)
    for kind, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=f"Figure ({kind})").first.click()
        saved = Path(waiting.value.path()).read_bytes()
        assert saved.startswith(start)
        assert waiting.value.suggested_filename == f"survival.{kind.lower()}"
        assert len(saved) > 10_000


def test_navigation_leaves_the_parameters_of_another_page_behind(visit) -> None:
    page = visit("survival?timing=landmark")
    page.get_by_role("link", name="Recovery").click()
    settle(page)
    assert page.get_by_role("heading", name="Recovery").is_visible()
    assert "timing" not in page.url
    assert "denominator=evaluable" in page.url


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_start_is_not_wider_than_the_window(visit, width) -> None:
    page = visit("", width=width, height=900)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_server_listens_on_localhost_alone(server) -> None:
    port = int(server.rsplit(":", 1)[1])
    listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    rows = [line.split() for line in listening.splitlines() if f":{port:04X} " in line]
    local = {row[1].split(":")[0] for row in rows if row[3] == "0A"}
    assert local <= {"0100007F", "00000000000000000000000001000000"}
    assert local
