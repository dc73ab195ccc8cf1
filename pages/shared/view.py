"""Controls <-> link <-> cache; the only module that knows all three.

The link is the one home of a view's state. Controls are drawn from the link, and a changed control
writes a new link; answers are kept by their canonical text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

import pandas as pd
import streamlit as st

from igcore import __version__, analysis
from igcore.analysis import Query, Result
from igcore.analysis.later import Tables
from igcore.analysis.spec import Analysis, Parameter, Texts, encoded
from igcore.errors import EmptyCohort, EmptyPool, Refused
from igcore.ingest import demo
from igcore.params import BESIDE, Bound, Choice, Choices, Number
from igcore.store import Facts
from igcore.store.cohort import FILTERS
from pages.shared import site
from pages.shared.server import pool
from pages.shared.text import safe


@st.cache_data(max_entries=500, show_spinner="Counting")
def _answered(text: str, version: str, path: str) -> Result:
    return analysis.ask(pool(), text)


@st.cache_data(max_entries=500, show_spinner="Counting")
def _counted(text: str, table: str, version: str, path: str) -> pd.DataFrame:
    return _answered(text, version, path).table(table)


def answer(query: Query | str) -> Result:
    """The answer to a query, kept by its canonical text; so are the tables counted later.

    Filters that leave nobody are told in words, with the way back, and stop the page.
    """
    text = query if isinstance(query, str) else query.text
    mark = (__version__, str(pool().path))
    try:
        found = _answered(text, *mark)
    except EmptyCohort as refusal:
        _nobody(refusal)
    if isinstance(found.tables, Tables):
        return replace(found, tables=found.tables.kept(lambda name: _counted(text, name, *mark)))
    return found


def canonical(text: str) -> Query:
    """A checked query from its text."""
    return analysis.read(pool(), text)


def query(name: str) -> Query:
    """The page's query from its link; a wrong link is refused in words, with a way back."""
    asked = analysis.find(name)
    given = {key: st.query_params.get_all(key) for key in st.query_params}
    try:
        read = analysis.check(pool(), asked, given)
    except EmptyPool:
        _empty()
    except EmptyCohort as refusal:
        _nobody(refusal)
    except Refused as refusal:
        refuse(refusal)
    _write(read)
    return read


def _empty() -> None:
    """The empty state: what to do next, and stop the page."""
    st.info("There is nothing here yet: the pool holds no trials.")
    st.page_link(site.page_path("upload"), label="Add files to the pool →")
    st.button("Add the two simulated trials", on_click=demo.fill, args=(pool(),))
    st.stop()


def _nobody(refusal: EmptyCohort) -> NoReturn:
    """Say that the filters leave nobody, offer the way back, and stop the page."""
    st.info(safe(str(refusal)))
    st.button("Show all patients", key="everyone-instead", on_click=everyone, type="primary")
    st.stop()


def everyone() -> None:
    """Take the filters off the page's link; the chosen trials stay, unless nothing else is set."""
    filters = {one.name for one in FILTERS} - {"trial"}
    given = {key: st.query_params.get_all(key) for key in st.query_params}
    # Where the trials alone leave nobody, the way back leads to the usual ones.
    off = filters if filters & set(given) else {"trial"}
    st.query_params.from_dict({key: texts for key, texts in given.items() if key not in off})


def refuse(refusal: Refused) -> None:
    """Say why a link cannot be answered, offer the defaults, and stop the page."""
    st.error(safe(str(refusal)))
    st.button("Show the defaults", on_click=st.query_params.clear, type="primary")
    st.stop()


def _write(read: Query) -> None:
    """The canonical query as the address, so that the address is the link."""
    texts = encoded(read.analysis, read.values) | {"data": [str(read.version)]}
    if {key: st.query_params.get_all(key) for key in st.query_params} != texts:
        st.query_params.from_dict(texts)


def controls(read: Query, *, expanded: Sequence[str] = ()) -> None:
    """The controls of the analysis' own parameters that apply, where their declaration places them.

    Those in sight first, in declared order, then a fold for each heading; `expanded` names the folds
    that stand open from the start.
    """
    own = [one for one in read.analysis.parameters if one.path and one.name in read.values]
    for parameter in own:
        if parameter.fold is None:
            _control(read, parameter, read.facts)
    folds = {one.fold.heading: one.fold for one in own if one.fold not in (None, BESIDE)}
    for heading in sorted(folds, key=lambda name: folds[name].last):
        with st.expander(heading, expanded=heading in expanded):
            for parameter in own:
                if parameter.fold and parameter.fold.heading == heading:
                    _control(read, parameter, read.facts)


def beside(read: Query, name: str) -> None:
    """The control of one parameter that stands beside what it is about."""
    parameter = next(one for one in read.analysis.parameters if one.name == name)
    _control(read, parameter, read.facts)


def filters(read: Query, names: Sequence[str]) -> None:
    """Draw the controls of these filters of the cohort, in declared order."""
    for parameter in read.analysis.parameters:
        if parameter.name in names:
            _control(read, parameter, read.facts)


def _control(read: Query, parameter: Parameter, facts: Facts) -> None:
    kind, value = parameter.kind, read.values[parameter.name]
    key = f"{read.analysis.name}.{parameter.name}"
    own = {
        "label": kind.label,
        "key": key,
        "help": kind.says or None,
        "on_change": _changed,
        "args": (read.analysis.name, parameter.name),
    }
    if isinstance(kind, Number):
        st.session_state[key] = None if value is None else float(value)
        own["label"] = f"{kind.label} ({kind.unit})" if kind.unit else kind.label
        if isinstance(kind, Bound):
            own |= {"value": None, "placeholder": "Any"}
        st.number_input(
            **own,
            min_value=float(kind.low),
            max_value=float(kind.high),
            step=float(kind.step),
            format="%g",
        )
    elif isinstance(kind, Choices):
        codes = kind.codes(facts, read.values)
        if len(codes) > 1 or value:
            st.session_state[key] = [code for code in codes if code in value]
            st.multiselect(
                **own,
                options=list(codes),
                format_func=lambda code: codes[code],
                placeholder="All of them",
            )
    elif isinstance(kind, Choice):
        codes = kind.codes(facts, read.values)
        st.session_state[key] = value
        st.selectbox(**own, options=list(codes), format_func=lambda code: codes[code])


def _changed(name: str, changed: str) -> None:
    """A control was changed: write the link that the reader now means."""
    asked = analysis.find(name)
    value = st.session_state[f"{name}.{changed}"]
    parameter = next(one for one in asked.parameters if one.name == changed)
    if value is None and not isinstance(parameter.kind, Bound):
        return
    texts = parameter.kind.encode(value)
    st.query_params.from_dict(moved(asked, changed, texts))


def go(name: str, changed: str, texts: list[str]) -> None:
    """Change one parameter of the page's link, as a control would."""
    st.query_params.from_dict(moved(analysis.find(name), changed, texts))


def moved(asked: Analysis, changed: str, texts: list[str]) -> Texts:
    """The link after one change: chosen values stay, defaults are chosen afresh.

    What was chosen before and cannot be kept beside the change falls back to its default.
    """
    given = {key: st.query_params.get_all(key) for key in st.query_params}
    before = analysis.check(pool(), asked, given)
    version = texts[0] if changed == "data" else str(before.version)
    facts = pool().facts(int(version))
    kept: Texts = {}
    values: dict[str, Any] = {}
    for parameter in asked.parameters:
        kind = parameter.kind
        if parameter.name == changed:
            wanted = texts
        elif _chosen(parameter, before, pool().facts(before.version)):
            wanted = kind.encode(before.values[parameter.name])
        else:
            wanted = []
        if not kind.applies(values):
            continue
        try:
            values[parameter.name] = (
                kind.decode(wanted, facts, values)
                if wanted
                else kind.default(parameter.declared, facts, values)
            )
        except Refused:
            values[parameter.name] = kind.default(parameter.declared, facts, values)
            wanted = []
        if wanted:
            kept[parameter.name] = wanted
    return {**kept, "data": [version]}


def _chosen(parameter: Parameter, before: Query, facts: Facts) -> bool:
    """True when the reader chose a value that differs from the default.

    The defaults of filters depend on what a link reads first, if that was chosen.
    """
    if parameter.name not in before.values:
        return False
    earlier = dict(_earlier(before, parameter))
    for one in before.analysis.parameters:
        first = one.name in before.analysis.first and one.name != parameter.name
        if first and _chosen(one, before, facts):
            earlier[one.name] = before.values[one.name]
    default = parameter.kind.default(parameter.declared, facts, earlier)
    return parameter.kind.encode(before.values[parameter.name]) != parameter.kind.encode(default)


def _earlier(read: Query, until: Parameter) -> Mapping[str, Any]:
    names = [parameter.name for parameter in read.analysis.parameters]
    earlier = names[: names.index(until.name)]
    return {name: read.values[name] for name in earlier if name in read.values}


def dark() -> bool:
    """True when the reader's page is dark."""
    return st.context.theme.type == "dark"
