"""What a reader sees, recorded: answers, pages with their figures, help and generated documents.

    python -m tests.recorder record FILE [WORD...]   # with the code as it is
    python -m tests.recorder compare OLD NEW [WORD...]   # what differs; exit code 1 if anything does

Words narrow both to keys that hold one of them, such as "ask demo" or "page wards".

The gate for work that must change nothing: record before, record after, compare. Texts, keys, counts,
order of rows and structure of figures must be identical; numbers agree to 1e-12 relative, because sums
of doubles follow the engine's plan.
"""

from __future__ import annotations

import base64
import io
import json
import math
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from unittest import mock

import numpy as np
from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

from igcore import analysis, documentation, ingest
from igcore.__main__ import main
from igcore.analysis.result import plain
from igcore.errors import IgcoreError
from igcore.ingest import Options, demo
from igcore.ingest.mapping import suggestions
from igcore.store import ROOT, Pool
from pages.shared import site
from tests.conftest import SHARED, rows_of, write_tables

TIMES = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?|\d\d:\d\d UTC")
DRAWN = ("formId", "styler", "deferredFileId")  # drawn by lot in every run
IDS = re.compile(r"\$\$ID-[0-9a-f]+-")
# Page -> links of it; "&tab=" opens a tab of the page.
SURVIVAL_TABS = ("Read off the curves", "By trial and subgroup", "Adjusted", "Patient by patient")
RECOVERY_TABS = (
    *("Who is counted", "From low to normal", "How much"),
    *("Responders", "Other rules", "Patients"),
)


def links_of(name: str) -> list[str]:
    """The links that are asked of one of the pools."""
    lines = (ROOT / "tests" / "fixtures" / "links.txt").read_text().splitlines()
    return [line.removeprefix(f"{name} ") for line in lines if line.startswith(f"{name} ")]


def pools(folder: Path) -> Iterator[tuple[str, Pool, list[str]]]:
    """Name, pool and the links asked of it."""
    simulated = Pool.open(folder / "demo.duckdb")
    demo.fill(simulated)
    yield "demo", simulated, links_of("demo")
    strange = Pool.open(folder / "strange.duckdb")
    for number, trial in enumerate(("A & B", "50% = +x?")):
        options = Options(title=f"Title *of* {trial}", stated_by="Ada <b>")
        ingest.add(strange, write_tables(folder / str(number), rows_of(trial)), options)
    yield "strange", strange, links_of("strange")
    if not SHARED.is_dir():
        return
    wards = Pool.open(folder / "wards.duckdb")
    files = [SHARED / "clinic" / "ward_a.xlsx", SHARED / "clinic" / "ward_b.csv"]
    suggested = suggestions.suggested(wards, files, trial=None)
    ingest.add(wards, files, Options(mapping=suggested.mapping))
    yield "wards", wards, links_of("wards")
    onco = Pool.open(folder / "onco.duckdb")
    ingest.add(onco, sorted((SHARED / "adam_onco").glob("*.csv")))
    yield "onco", onco, links_of("onco")


def wanted(key: str, words: Sequence[str]) -> bool:
    """True when nothing is asked for in particular, or a word of it is in the key."""
    return not words or any(word in key for word in words)


def answers(name: str, pool: Pool, links: list[str]) -> Iterator[tuple[str, Callable]]:
    """Every answer in full, or the refusal."""
    for link in links:
        yield f"ask {name} {link}", partial(answered, pool, link)


def answered(pool: Pool, link: str) -> object:
    """One answer, every table in full, or the refusal."""
    try:
        result = analysis.ask(pool, link)
    except IgcoreError as refusal:
        return f"{type(refusal).__name__}: {refusal}"
    tables = {
        title: {"columns": list(frame.columns), "rows": frame.values.tolist()}
        for title, frame in result.tables.items()
    }
    own = {"tables": tables, "cutoff": result.cutoff, "banner": result.banner}
    return result.as_json() | own | {"labels": dict(result.labels)}


def opened(pool: Pool, link: str, dark: bool) -> AppTest:
    """The page of a link, light or dark; a part `&tab=NAME` of it opens that tab."""
    page, _, rest = link.partition("?")
    with (
        mock.patch.dict(os.environ, IGCORE_POOL=str(pool.path)),
        mock.patch("pages.shared.view.dark", return_value=dark),
    ):
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
        at.switch_page(str(site.page_path(page).relative_to(ROOT)))
        at.query_params.clear()
        for name, texts in analysis.spec.split(f"x?{rest}")[1].items():
            if name == "tab":
                at.session_state[f"{page}-closer"] = texts[0]
            else:
                at.query_params[name] = texts
        return at.run()


def elements(at: AppTest) -> list[object]:
    """Every element of a page in order: its type and what it was sent."""
    found: list[object] = []

    def walk(node: object) -> None:
        proto = getattr(node, "proto", None)
        own: dict = (
            MessageToDict(proto) if proto is not None and hasattr(proto, "DESCRIPTOR") else {}
        )
        if getattr(node, "type", "") == "plotly_chart":
            own["spec"] = unpacked(json.loads(own["spec"]))
        if getattr(node, "type", "") in ("arrow_data_frame", "arrow_table", "dataframe", "table"):
            own.pop("data", None)
            own.pop("styler", None)
            value = node.value
            own["columns"] = [str(one) for one in value.columns]
            own["values"] = [[plain(cell) for cell in row] for row in value.values.tolist()]
        found.append([getattr(node, "type", ""), own])
        for child in getattr(node, "children", {}).values():
            walk(child)

    walk(at.main)
    walk(at.sidebar)
    return found


def unpacked(value: object) -> object:
    """Arrays that Plotly packed, as lists."""
    if isinstance(value, dict) and "bdata" in value:
        array = np.frombuffer(base64.b64decode(value["bdata"]), dtype=np.dtype(value["dtype"]))
        return [None if isinstance(x, float) and math.isnan(x) else x for x in array.tolist()]
    if isinstance(value, dict):
        return {key: unpacked(inner) for key, inner in value.items()}
    return [unpacked(inner) for inner in value] if isinstance(value, list) else value


def seen(name: str, pool: Pool, links: list[str]) -> Iterator[tuple[str, Callable]]:
    """The pages of these links."""
    known = {name for name, _ in site.PAGES}
    pages = [link for link in links if link.partition("?")[0] in known]
    if name == "demo":
        pages += [f"survival?tab={tab}" for tab in SURVIVAL_TABS]
        pages += [f"survival?group=recovery&timing=landmark&tab={tab}" for tab in SURVIVAL_TABS]
        pages += [f"recovery?tab={tab}" for tab in RECOVERY_TABS]
        pages += [f"recovery?final=confirmed&denominator=low&tab={tab}" for tab in RECOVERY_TABS]
        pages += ["methods", "pool", "upload"]
    for link in pages:
        for dark in (False, True) if name == "demo" else (False,):
            key = f"page {name} {link} {'dark' if dark else 'light'}"
            yield key, partial(looked_at, pool, link, dark)


def looked_at(pool: Pool, link: str, dark: bool) -> list[object]:
    """The elements of a page, or what went wrong on it."""
    at = opened(pool, link, dark)
    return [one.value for one in at.exception] or elements(at)


def words() -> Iterator[tuple[str, object]]:
    """Help of all commands, and the generated documents."""
    said = io.StringIO()
    names = ["", "add", "show", *analysis.ANALYSES, "uploads", "remove", "restore", "compare"]
    names += ["trial", "backup", "check", "demo"]
    for name in names:
        said = io.StringIO()
        with redirect_stdout(said):
            try:
                main([*name.split(), "--help"])
            except SystemExit:
                pass  # help ends the parser
        yield f"help {name}", said.getvalue()
    for file, text in documentation.templates().items():
        yield f"template {file}", text
    for made in (documentation.data_dictionary, documentation.parameters):
        yield f"document {made.__name__}", made()
    for path in ("README.md", "data/templates/README.md"):
        yield f"file {path}", (ROOT / path).read_text()


def masked(value: object) -> object:
    """Without moments of writing and the hash before a widget's own key."""
    if isinstance(value, dict):
        return {key: masked(inner) for key, inner in value.items() if key not in DRAWN}
    if isinstance(value, list | tuple):
        return [masked(inner) for inner in value]
    return TIMES.sub("TIME", IDS.sub("$$ID-", value)) if isinstance(value, str) else value


def record(target: Path, only: Sequence[str]) -> None:
    """Write what is seen to one JSON file."""
    told = {key: text for key, text in words() if wanted(key, only)}
    with tempfile.TemporaryDirectory() as folder:
        for name, pool, links in pools(Path(folder)):
            for key, look in (*answers(name, pool, links), *seen(name, pool, links)):
                if wanted(key, only):
                    text = json.dumps(plain_all(look()), default=str)
                    told[key] = json.loads(text.replace(folder, "FOLDER"))
            pool.close()
    target.write_text(json.dumps(masked(told), ensure_ascii=False, indent=0, sort_keys=True))
    print(f"{len(told)} recorded in {target}")


def plain_all(value: object) -> object:
    """Numbers and dates of any frame as JSON has them."""
    if isinstance(value, dict):
        return {str(key): plain_all(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain_all(inner) for inner in value]
    return plain(value)


def differences(old: object, new: object, where: str = "") -> Iterator[str]:
    """Places where two recordings differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            if key not in old or key not in new:
                yield f"{where}/{key}: {'only before' if key in old else 'only after'}"
            else:
                yield from differences(old[key], new[key], f"{where}/{key}")
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield f"{where}: {len(old)} before, {len(new)} after"
        for place, (one, other) in enumerate(zip(old, new, strict=False)):
            yield from differences(one, other, f"{where}/{place}")
    elif isinstance(old, float) and isinstance(new, float | int):
        if not math.isclose(old, new, rel_tol=1e-12, abs_tol=1e-14):
            yield f"{where}: {old!r} -> {new!r}"
    elif old != new:
        yield f"{where}: {str(old)[:300]!r} -> {str(new)[:300]!r}"


def compare(before: Path, after: Path, only: Sequence[str]) -> int:
    """Print what differs, by key; 1 if anything does."""
    old, new = (
        masked({key: one for key, one in json.loads(path.read_text()).items() if wanted(key, only)})
        for path in (before, after)
    )
    found = list(differences(old, new))
    print("\n".join(found[:200]))
    wrong = {line.split("/")[1] if line.startswith("/") else line for line in found}
    print(f"{len(old)} before, {len(new)} after, {len(wrong)} differ in {len(found)} places")
    return 1 if found else 0


if __name__ == "__main__":
    action, *rest = sys.argv[1:]
    if action == "record":
        record(Path(rest[0]), rest[1:])
    else:
        sys.exit(compare(Path(rest[0]), Path(rest[1]), rest[2:]))
