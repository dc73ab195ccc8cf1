"""What a reader of trajectories must be told: title, method, and who or what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from igcore.analysis.result import Note, NoteKind, counted, noted
from igcore.analysis.rule import Rule
from igcore.analysis.states.response import RESPONDERS
from igcore.analysis.trajectories.choices import SCALES, main_units, named
from igcore.definitions import DAYS_PER_MONTH, WASHOUT_DAYS
from igcore.store.schema import ISOTYPES

SAYS = {
    "concentration": "concentration as measured",
    "change": "difference to the baseline value",
    "percent": "percent of the baseline value",
    "multiple": "value over the lower limit of its own record",
    "position": "(value - lower limit) / (upper - lower limit) of its own record, 0 and 1 the limits",
}
BY = {
    "response": ", by response",
    "trial": ", by trial",
    "arm": ", by arm",
    "verdict": ", by verdict",
}


@dataclass(frozen=True)
class Seen:
    """What was found and how it is shown; `positive` when only values above 0 can stand."""

    tables: dict[str, pd.DataFrame]
    counts: pd.DataFrame
    measured: pd.DataFrame
    style: str
    y: str
    group: str
    positive: bool
    grey: bool


def title(analytes: tuple[str, ...], y: str, group: str) -> str:
    """The figure's title, such as "IgA, IgG and IgM: position in the range, by arm"."""
    names = named(pd.DataFrame({"analyte": analytes}))
    first, last = ", ".join(names[:-1]), names[-1]
    listed = f"{first} and {last}" if first else last
    return f"{listed}: {SCALES[y].lower()}{BY.get(group, '')}"


def method(
    style: str, y: str, rule: Rule, group: str, *, responder: str, time: str, judged: bool
) -> str:
    """What is drawn, how it is summarised and who is in a group, for the caption."""
    summary = "median and quartiles (type 7)"
    if style == "mean":
        summary = "geometric mean with 95 % t interval of the logarithms"
    if style == "lines":
        where = "visit" if time == "visits" else "day"
        summary = f"a line per patient through values on their own {where}; thick line: median"
    who = {
        "response": f" Responders: {RESPONDERS[responder]} at any time, before next therapy.",
    }.get(group, "")
    verdict = (
        f" Improved: {rule.words()}; the rest of the rule is Recovery's default." if judged else ""
    )
    limits = "" if rule.range == "own" else f" Limits of immunoglobulins: {rule.range}."
    return (
        f"Shown: {SAYS[y]}; {summary}.{limits} "
        f"Visit: value nearest to month x {DAYS_PER_MONTH} days within 14 days (the later of two "
        "as near), never carried forward; month 0: baseline; n: patients with a value. "
        f"All values count, also after progression or next therapy.{who}{verdict}"
    )


def notes(seen: Seen) -> list[Note]:
    """Notes on limits, on what is left out, and on what else the eye would miss."""
    return [
        *noted(NoteKind.LEFT_OUT, _absent(seen)),
        *noted(NoteKind.LIMITS, _differing(seen)),
        *noted(NoteKind.METHOD, _drawn(seen)),
        *noted(NoteKind.LEFT_OUT, _few(seen)),
        *noted(NoteKind.LEFT_OUT, _mixed(seen)),
        *noted(NoteKind.LEFT_OUT, _left_out(seen)),
        *_values(seen),
        *noted(NoteKind.METHOD, _groups(seen)),
    ]


def _absent(seen: Seen) -> Iterator[str]:
    """Without any immunoglobulin: what else these trials offer."""
    names = named(seen.measured)
    if not set(names) & set(ISOTYPES):
        others = [name for name in names if name not in set(seen.counts.analyte)]
        also = f" Also measured, to choose under Analytes: {', '.join(others)}." if others else ""
        yield (
            "These trials hold no immunoglobulins. "
            f"Shown against their own limits: {', '.join(seen.counts.analyte)}.{also}"
        )


def spans(panels: pd.DataFrame) -> pd.DataFrame:
    """Limits of each analyte over all its panels, and whether they differ between records."""
    ends = {"low_min": "min", "low_max": "max", "high_min": "min", "high_max": "max"}
    found = panels.groupby("analyte", as_index=False).agg({**ends, "unit": "first"})
    differ = (found.low_max > found.low_min * (1 + 1e-9)) | (
        found.high_max > found.high_min * (1 + 1e-9)
    )
    return found.assign(differ=differ)


def one_band(panels: pd.DataFrame) -> bool:
    """True when in every panel all records have the same limits."""
    apart = (panels.low_max > panels.low_min * (1 + 1e-9)) | (
        panels.high_max > panels.high_min * (1 + 1e-9)
    )
    return not apart.any()


def _differing(seen: Seen) -> Iterator[str]:
    found = spans(seen.tables["panels"])
    listed = "; ".join(
        f"{row.analyte} {_span(row.low_min, row.low_max)} for the lower and "
        f"{_span(row.high_min, row.high_max)} {row.unit} for the upper"
        for row in found[found.differ].itertuples()
    )
    if not listed:
        return
    if seen.y == "concentration" and one_band(seen.tables["panels"]):
        yield f"Limits differ between records: {listed}. Each panel's band is its own records' range."
        return
    yield f"Limits differ between records: {listed}. " + {
        "position": "Each value is shown by its position in its own record's range: 0 is the "
        "lower limit, 1 the upper one.",
        "multiple": "Each value is divided by its own record's lower limit.",
        "concentration": "No single band is true for all: the darker band is within every "
        "record's range, the paler one within some. Position in the range avoids this.",
    }.get(seen.y, "Changes from baseline are shown without a normal band.")


def _span(low: float, high: float) -> str:
    return f"{low:g}" if high <= low * (1 + 1e-9) else f"{low:g} to {high:g}"


def sampled(tables: dict[str, pd.DataFrame]) -> bool:
    """True when there are more values than lines are drawn through."""
    return 0 < len(tables["lines"]) < tables["panels"][["points", "grey_points"]].to_numpy().sum()


def _drawn(seen: Seen) -> Iterator[str]:
    if seen.style != "lines":
        return
    drawn = seen.tables["lines"].patient_key.nunique()
    points = seen.tables["panels"][["points", "grey_points"]].to_numpy().sum()
    if sampled(seen.tables):
        yield (
            f"{points:,} values are too many for lines. Median and quartiles are of all patients; "
            f"the pale lines are {drawn:,} patients drawn by a fixed order of their keys."
        )


def _few(seen: Seen) -> Iterator[str]:
    hidden = seen.tables["summary"][~seen.tables["summary"].drawn]
    if len(hidden):
        yield (
            f"Not drawn: {counted(len(hidden), 'visit')} with fewer than 5 patients; the numbers are "
            "in the table."
        )


def _mixed(seen: Seen) -> Iterator[str]:
    shown = seen.measured[seen.measured.analyte.isin(seen.counts.analyte)]
    units = main_units(shown) if len(shown) else {}
    for row in shown.itertuples():
        if row.unit != units[row.analyte]:
            yield (
                f"{row.analyte}: {counted(row.records, 'value')} of trial {row.trial} in {row.unit} "
                f"cannot be put on the axis of the others ({units[row.analyte]}) and are left out."
            )


def _left_out(seen: Seen) -> Iterator[str]:
    rows = seen.counts[seen.counts.involved + seen.counts.unknown > 0]
    parts = [
        f"{row.analyte} of "
        + " and ".join(
            f"{n:,} ({words})"
            for n, words in ((row.involved, "involved"), (row.unknown, "type unknown"))
            if n
        )
        for row in rows.itertuples()
    ]
    if parts:
        how = "is grey and in no summary" if seen.grey else "is hidden"
        yield (
            "What contains M-protein, or may because the type is not known, "
            f"{how}: {', '.join(parts)} patients."
        )
    for row in seen.counts[seen.counts.without_group > 0].itertuples():
        if seen.group in ("arm", "verdict"):
            yield (
                f"{row.analyte}: {counted(row.without_group, 'patient')} without "
                f"{'an arm' if seen.group == 'arm' else 'a verdict'} are left out."
            )


def _values(seen: Seen) -> Iterator[Note]:
    """Values by what they lack or what else is to be known of them, over all analytes."""
    sums = seen.counts.sum(numeric_only=True)

    def told(kind: NoteKind, name: str, words: str) -> Iterator[Note]:
        if sums.get(name, 0):
            yield Note(kind, f"{counted(int(sums[name]), 'value')} {words}")

    if seen.y in ("multiple", "position"):
        yield from told(NoteKind.LEFT_OUT, "without_limits_values", "without both limits left out.")
    laboratory = " and ".join(sorted(set(seen.counts.laboratory.dropna())))
    yield from told(
        NoteKind.LIMITS,
        "default_limits_values",
        f"came without limits; the range of {laboratory} applies.",
    )
    yield from told(
        NoteKind.LEFT_OUT, "without_baseline_values", "of patients without a baseline left out."
    )
    if seen.positive:
        yield from told(
            NoteKind.LEFT_OUT,
            "not_positive_values",
            "of 0 cannot stand on a log scale and left out.",
        )
    hollow = ", hollow" if seen.style == "lines" else ""
    yield from told(
        NoteKind.METHOD,
        "bound_values",
        f'below or above quantification: "<x" stands at x/2{hollow}, ">x" at x.',
    )
    yield from told(
        NoteKind.LEFT_OUT,
        "replaced_values",
        f"of IgG under immunoglobulin replacement, or within {WASHOUT_DAYS:g} days after it, in no "
        "summary.",
    )


def _groups(seen: Seen) -> Iterator[str]:
    if seen.group in ("response", "verdict"):
        yield (
            "Groups are made by what happened later, and who responds is followed longer: "
            "the panels describe, they do not show what response brings about."
        )
