"""Parts of the mapping table: one row per column of ours, and the words of coded columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import streamlit as st

from igcore.analysis.result import counted
from igcore.ingest.mapping import draft as drafts
from igcore.ingest.mapping.document import DURATIONS, ROLES, Field
from igcore.ingest.mapping.draft import Draft
from pages.shared.text import safe

UNITS = ("g/L", "mg/dL", "g/dL", "mg/mL", "mg/L", "µg/mL")
HOW = {
    ("date", ""): "date",
    ("date", "dmy"): "date, day first",
    ("date", "mdy"): "date, month first",
    ("study day", ""): "study day (1 = first day)",
    ("day from 0", ""): "day counted from 0",
    ("month", ""): "month or name of the visit",
}
NUMBERS = {
    "none": "1,500 and 1.500 are one and a half",
    ",": "1,500 is 1500",
    ".": "1.500 is 1500",
}
CHOOSE = "Please choose"
WORD_LABELS = {"1": "1: it happened", "0": "0: it did not", "": "missing"}


def table(draft: Draft, own: str) -> list[Field]:
    """The mapping table of one sheet; its fields as the reader has them now."""
    _head()
    groups = _groups(draft.mapping.fields)
    return [field for group in groups for field in _row(draft, group, own)]


def _groups(fields: tuple[Field, ...]) -> Iterator[list[int]]:
    """Numbers of the fields that are one row of the table: the months of one analyte are."""
    rows: dict[tuple, list[int]] = {}
    for number, field in enumerate(fields):
        alone = field.month is None
        key = (number,) if alone else (field.ours, field.analyte)
        rows.setdefault(key, []).append(number)
    order = list(ROLES)
    yield from sorted(rows.values(), key=lambda row: (order.index(fields[row[0]].ours), row[0]))


_WIDTHS = [2.2, 3, 3, 4.4]


def _head() -> None:
    titles = ("Ours", "Column in the file", "How it is read", "Examples and why")
    for place, title in zip(st.columns(_WIDTHS), titles, strict=True):
        place.caption(f"**{title}**")


def _row(draft: Draft, group: list[int], own: str) -> list[Field]:
    """One row of the table: ours, theirs, how it is read, why. The fields as they are now."""
    fields = [draft.mapping.fields[number] for number in group]
    first, role = fields[0], ROLES[fields[0].ours]
    key = f"map.{own}.{first.ours}.{first.analyte}.{first.endpoint}.{first.theirs}"
    ours, theirs, how, why = st.columns(_WIDTHS, vertical_alignment="center")
    part = first.analyte or first.endpoint
    ours.markdown(f"**{role.label}**" + (f" of {safe(part)}" if part else ""), help=role.says)
    if len(fields) > 1:
        theirs.markdown(safe(f"{fields[0].theirs} … {fields[-1].theirs}"))
        chosen = first.theirs
    else:
        options = ["", *draft.mapping.columns]
        chosen = theirs.selectbox(
            f"Column for {role.label} {part}",
            options,
            index=options.index(first.theirs),
            key=f"{key}.theirs",
            format_func=lambda name: name or "not in this sheet",
            label_visibility="collapsed",
        )
        if not chosen:
            return []
    # A question about one month's column is a question about the row.
    columns = [chosen, *(field.theirs for field in fields[1:])]
    read = _how(draft, replace(first, theirs=chosen), columns, how, key)
    why.caption(safe(_why(draft, chosen, by_hand=chosen != first.theirs)))
    same = {"unit": read.unit, "form": read.form, "dates": read.dates, "thousands": read.thousands}
    if len(fields) == 1:
        return [replace(first, theirs=chosen, **same)]
    return [replace(field, **same) for field in fields]


def _why(draft: Draft, column: str, *, by_hand: bool) -> str:
    """Three examples, unless the reason shows some, and the reason."""
    examples = draft.look(column).examples[:3]
    reason = "Chosen by hand." if by_hand else draft.reasons.get(column, "")
    shown = any(example in reason for example in examples)
    return reason if shown else f"{' · '.join(examples)}. {reason}" if examples else reason


def _how(draft: Draft, field: Field, columns: list[str], place, key: str) -> Field:
    """How the cells of a row's columns are read: unit, form of dates, sign of thousands."""
    kind = ROLES[field.ours].kind
    asks = {what: text for (theirs, what), text in draft.asked.items() if theirs in columns}
    if kind == "moment":
        return _moment(field, place, key, asks.get(drafts.ORDER))
    if kind == "duration":
        unit = _choice(place, "Unit", list(DURATIONS), field.unit, f"{key}.unit")
        field = replace(field, unit=unit)
    if field.ours == "value" and not draft.mapping.of("unit"):
        options = list(dict.fromkeys([*([field.unit] if field.unit else []), *UNITS]))
        unit = _choice(place, "Unit", options, field.unit, f"{key}.unit", new=True)
        field = replace(field, unit=unit)
    if drafts.GROUPING in asks:
        label = asks[drafts.GROUPING]
        sign = _choice(
            place, label, list(NUMBERS), field.thousands, f"{key}.sign", words=NUMBERS.get
        )
        return replace(field, thousands=sign)
    if kind in ("code", "flag") and draft.look(field.theirs).words:
        place.caption(counted(len(draft.look(field.theirs).words), "word") + ", see below")
    return field


def _moment(field: Field, place, key: str, question: str | None) -> Field:
    options = [how for how in HOW if not (question and how == ("date", ""))]
    current = (field.form or "date", field.dates)
    chosen = place.selectbox(
        question or f"How {field.theirs} is written",
        options,
        index=options.index(current) if current in options else None,
        format_func=lambda how: HOW[how],
        placeholder=CHOOSE,
        key=f"{key}.how",
        label_visibility="visible" if question else "collapsed",
    )
    form, dates = chosen or ("date", "")
    return replace(field, form=form, dates=dates)


def _choice(place, label: str, options: list[str], now: str, key: str, *, words=None, new=False):
    """A choice that starts empty where nobody has decided yet."""
    chosen = place.selectbox(
        label,
        options,
        index=options.index(now) if now in options else None,
        placeholder=CHOOSE,
        key=key,
        format_func=words or str,
        accept_new_options=new,
        label_visibility="collapsed" if now else "visible",
    )
    return (chosen or "").strip()


def words(draft: Draft, own: str) -> Iterator[Field]:
    """The fields with their code lists as the reader has set them, word by word."""
    coded = [
        field
        for field in draft.mapping.fields
        if field.ours in drafts.ALLOWED and draft.look(field.theirs).words
    ]
    unclear = sum(len(draft.unclear_words(field)) for field in coded)
    label = (
        f"Words and what they mean ({unclear} unclear)" if unclear else "Words and what they mean"
    )
    changed: dict[tuple[str, str], tuple] = {}
    if coded:
        with st.expander(label, expanded=bool(unclear), key=f"map.{own}.words"):
            for field in coded:
                changed[field.ours, field.theirs] = _codes(draft, field, own)
    for field in draft.mapping.fields:
        codes = changed.get((field.ours, field.theirs), field.codes)
        yield replace(field, codes=codes)


def _codes(draft: Draft, field: Field, own: str) -> tuple[tuple[str, str], ...]:
    """One choice per word of a column; words that already are ours need no entry."""
    told = {word.strip().lower(): ours for word, ours in field.codes}
    unclear = {word for word, _ in draft.unclear_words(field)}
    st.markdown(f"**{ROLES[field.ours].label}**, column {safe(field.theirs)}")
    places = st.columns(4)
    codes: list[tuple[str, str]] = []
    for number, (word, n) in enumerate(draft.look(field.theirs).words[:60]):
        now = told.get(word.strip().lower(), None if word in unclear else word)
        options = list(dict.fromkeys([*drafts.ALLOWED[field.ours], *([now] if now else []), ""]))
        chosen = places[number % 4].selectbox(
            f"{safe(word)} ({n})",
            options,
            index=options.index(now) if now in options else None,
            placeholder="not understood",
            format_func=lambda ours: WORD_LABELS.get(ours, ours),
            key=f"map.{own}.word.{field.theirs}.{word}",
        )
        if chosen is not None and chosen != word:
            codes.append((word, chosen))
    return tuple(codes)
