"""Texts generated from the declarations: templates, data dictionary, parameters, commands, methods.

`python -m igcore.documentation` writes what is committed; a test fails when it is stale.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from igcore import analysis, rules
from igcore.analysis.rule import REASONS, VERDICTS
from igcore.definitions import DAYS_PER_MONTH
from igcore.store import ROOT, schema

TEMPLATES = ROOT / "data" / "templates"
MARK = "<!-- generated: {} -->"


def templates() -> dict[str, str]:
    """File name -> text of each empty upload template."""
    return {
        f"{table.name}.csv": ",".join(column.name for column in table.columns) + "\n"
        for table in schema.TABLES
    }


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "\\<")


def data_dictionary() -> str:
    """Every table and column of the templates as Markdown."""
    parts = ["A star marks a required column, a key the columns that identify a row."]
    for table in schema.TABLES:
        parts.append(f"#### {table.name}\n\n{table.says}\n")
        rows = ["| column | unit | allowed | meaning |", "|---|---|---|---|"]
        for column in table.columns:
            marks = ("\\*" if column.required else "") + (" 🔑" if column.key else "")
            default = f" Default {column.default}." if column.default else ""
            rows.append(
                f"| {column.name}{marks} | {column.unit} | {_cell(column.allows())} "
                f"| {_cell(column.says)}{default} |"
            )
        for derived in table.derived:
            rows.append(f"| {derived.name} | {derived.unit} | computed | {_cell(derived.says)} |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def parameters() -> str:
    """Every analysis with its parameters as Markdown."""
    parts = []
    for asked in analysis.ANALYSES.values():
        rows = ["| parameter | meaning | allowed | default | when |", "|---|---|---|---|---|"]
        for parameter in asked.parameters:
            kind = parameter.kind
            default = kind.otherwise
            if parameter.declared not in (None, ""):
                default = ", ".join(kind.encode(parameter.declared))
            rows.append(
                f"| `{parameter.name}` | {_cell(kind.label)}: {_cell(kind.says)} "
                f"| {_cell(kind.allowed())} | {_cell(default)} | {_cell(kind.when) or 'always'} |"
            )
        rows.append("| `data` | Data version | 0 to the newest | the newest | always |")
        parts.append(f"#### {asked.name}\n\n{_summary(asked)}\n\n" + "\n".join(rows))
    return "\n\n".join(parts)


def _summary(asked: analysis.spec.Analysis) -> str:
    return " ".join(asked.says.partition("\n\n")[0].split())


def definitions() -> str:
    """What each analysis does, from its own documentation."""
    parts = [_CONVENTIONS]
    for asked in analysis.ANALYSES.values():
        parts.append(f"#### {asked.title}\n\n{_markdown(asked.says)}")
    verdicts = "\n".join(f"- `{code}`: {words}" for code, words in VERDICTS.items())
    reasons = "\n".join(f"- `{code}`: {words}" for code, words in REASONS.items())
    parts.append(f"#### Verdicts\n\n{verdicts}\n\n#### Reasons\n\n{reasons}")
    return "\n\n".join(parts)


_CONVENTIONS = f"""#### Conventions

- **Study day**: 1 is the day of first treatment, -1 the day before; there is no day 0.
- **time_days**: date - start + 1 (CDISC AVAL), counted from `origin_day`; a response is put on the
  same clock before it is compared.
- **Month**: {DAYS_PER_MONTH} days, everywhere.
- **Event**: it happened. CDISC's CNSR is turned when a file is read: 0 is an event, 1 or more is not.
- **Limits of normal** belong to the record. Where a record has none, the default range applies and
  the view says so.
- **Concentrations** are kept as given and compared in g/L with a relative tolerance of 1e-9, so a
  verdict does not depend on the unit.
- **Cohort**: a patient must meet every filter that is set; an unknown sex, age or arm meets none on
  it. Filters by best response, verdict or follow-up choose by what came later, and the view says so.
- **Involved isotype**: what the myeloma itself makes is tumour, not immunity, and never counts.
- **Values below or above quantification** are judged by bounds; where that leaves it open the
  verdict is "indeterminate". In plots "\\<x" stands at x/2 with a hollow marker.
- **Words**: a hazard ratio here is an association. It never says that response prolongs survival."""


def _markdown(text: str) -> str:
    """A docstring with its sections as bold words."""
    lines = []
    for line in text.splitlines():
        stripped = line.strip()
        head, colon, rest = stripped.partition(":")
        if head in ("Returns", "Raises", "Source", "Args") and colon:
            lines.append(f"\n**{head}.** {rest.strip()}")
        else:
            lines.append(_cell(stripped))
    return "\n".join(lines)


PARTS: dict[str, Callable[[], str]] = {
    "Definitions": definitions,
    "Rules": rules.markdown,
    "Parameters": parameters,
    "Data dictionary": data_dictionary,
}


def mapping_dictionary() -> str:
    """What a mapping document may say, as Markdown."""
    from igcore.ingest.mapping import document

    rows = ["| ours | how its cells are read | meaning |", "|---|---|---|"]
    rows += [
        f"| {role.name} | {role.kind} | {_cell(role.says)} |" for role in document.ROLES.values()
    ]
    listed = "\n".join(rows)
    several = ", ".join(document.REPEATABLE)
    return (
        "A mapping says what the columns of a sheet mean. It is JSON, made by the Upload page or by "
        "`add --suggest FILE`, and read by `add --mapping FILE`:\n\n```\n"
        '{"format": "' + document.FORMAT + '", "sheets": [{"trial": "Ward A", '
        '"columns": ["Pat-Nr", "Datum", "IgA"], "fields": [\n'
        '  {"ours": "patient", "theirs": "Pat-Nr"},\n'
        '  {"ours": "when", "theirs": "Datum", "form": "date", "dates": "dmy"},\n'
        '  {"ours": "value", "theirs": "IgA", "analyte": "IgA", "unit": "mg/dL"}]}]}\n```\n\n'
        "`columns` is the header of the sheet, in its order; a sheet without `fields` is left out. "
        f"Of one role a sheet has one column; several of {several}. A field may also say: `form` "
        f"({', '.join(document.FORMS)}), `dates` (dmy, mdy), `thousands` (the sign that groups "
        "them, or none), `unit` (as the laboratory writes it; of a duration one of "
        f"{', '.join(document.DURATIONS)}), `analyte` and `month` of a value column, `endpoint` of "
        'a time or event column, and `codes`, their word to ours (`{"weiblich": "F"}`). A `"?"` is '
        f"a question that is still open.\n\n{listed}"
    )


def commands() -> str:
    """The command line's own help, as a block."""
    from igcore.__main__ import parser

    return f"```\n{parser().format_help().strip()}\n```"


def put(text: str, name: str, generated: str) -> str:
    """A text with the part between the marks of that name renewed."""
    start, end = MARK.format(name), MARK.format(f"{name}, end")
    before, _, rest = text.partition(start)
    _, _, after = rest.partition(end)
    return f"{before}{start}\n{generated}\n{end}{after}"


def files() -> dict[Path, str]:
    """Every committed file that is generated, wholly or in part, with the text it should have."""
    made = {TEMPLATES / name: text for name, text in templates().items()}
    made[TEMPLATES / "README.md"] = (
        "# Upload templates\n\n"
        "Generated from igcore/store/schema.py and igcore/ingest/mapping; do not edit.\n\n"
        f"{data_dictionary()}\n\n## Mapping files\n\n{mapping_dictionary()}\n"
    )
    readme = ROOT / "README.md"
    made[readme] = put(readme.read_text(), "commands", commands())
    return made


def main() -> None:
    """Write every generated file."""
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
