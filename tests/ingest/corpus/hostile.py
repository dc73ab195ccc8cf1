"""Text that means something to a browser, a spreadsheet, a database or a terminal."""

from __future__ import annotations

import csv
import io
import itertools
from pathlib import Path

from igcore.store import schema
from tests.ingest.corpus.case import Case, Make, write

HTML = "<img src=x onload=alert(1)><script>alert('x')</script>"
TEXTS = {
    "markup": (
        HTML,
        "**b** [a](javascript:alert(1)) ![i](https://example.org/x.png) # h",
        ":red[x] $\\input{a}$ :material/home: :smile:",
    ),
    "formulas of a spreadsheet": (
        "=cmd|' /C calc'!A0",
        '+HYPERLINK("https://example.org/","x")',
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
    ),
    "pieces of SQL": ("x'); drop table patients; --", "\"; attach 'x' as y; --", "' or 1=1 --"),
    "holes of templates and paths": (
        "{{7*7}} ${7*7} %s %(x)s {0} \\x41 $1",
        "../../../etc/passwd",
        "$(touch x) `touch x`",
    ),
    "sequences of a terminal": ("\u009b31mred\u009b0m",),
}


def templates(texts: tuple[str, ...]) -> dict[str, list[dict[str, str]]]:
    """A row for each template and text, with it in every column of text; the rest is sound."""
    sound = {"reading": "5", "number": "5", "day": "5", "flag": "1", "date": "2008-01-15"}
    rows: dict[str, list[dict[str, str]]] = {}
    for table, text in itertools.product(schema.TABLES, texts):
        row = {}
        for column in table.columns:
            if column.kind == "text":
                row[column.name] = text
            elif column.kind == "choice":
                row[column.name] = column.allowed[0]
            else:
                row[column.name] = sound.get(column.kind, "")
        rows.setdefault(table.name, []).append(row)
    return rows


def _delivery(texts: tuple[str, ...]) -> Make:
    files: dict[str, str | bytes] = {}
    for name, rows in templates(texts).items():
        target = io.StringIO(newline="")
        writer = csv.DictWriter(target, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        files[f"{name}.csv"] = target.getvalue()
    return write(files)


def _tall(folder: Path) -> list[Path]:
    """A column of text for each kind, so that a problem quotes what is wrong."""
    lines = ["trial,patient,sex"]
    for number, text in enumerate(itertools.chain(*TEXTS.values())):
        lines.append(f'A,{number},"{text.replace(chr(34), chr(34) * 2)}"')
    path = folder / "patients.csv"
    path.write_text("\n".join(lines) + "\n")
    return [path]


CASES = (
    *(
        Case(
            f"In every field of text {name}",
            _delivery(texts),
            stored=(0, len(schema.TABLES) * len(texts)),
            words="character",
        )
        for name, texts in TEXTS.items()
    ),
    Case("Hostile text where a code belongs", _tall, words="F or M|F, M|sex"),
    Case(
        "Columns named by HTML and SQL beside those of a template",
        write(
            {
                "patients.csv": "trial,patient,<script>alert(1)</script>,arm); drop table patients;--,"
                "=cmd|' /C calc'!A0\nHeaders,1,a,b,c\n"
            }
        ),
        stored=(0, 1),
        words="column",
    ),
    Case(
        "A header of HTML and nothing known",
        write({"a.csv": f"{HTML},=1+1\n1,2\n"}),
        words="layout|header|column",
    ),
)
