"""A signature is a declaration; a query is its text.

`@analysis` reads the parameters from the function's signature. From that one declaration come the
check of a link, the canonical text, the widgets, the command line's flags and the Methods page.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import parse_qsl, quote

from igcore.analysis.result import Asked, Note, NoteKind, Result
from igcore.analysis.rule import Rule
from igcore.errors import EmptyCohort, EmptyPool, Refused
from igcore.params import Fold, Kind
from igcore.store import Cohort, Facts, Pool
from igcore.store.cohort import FILTERS


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: its name in the link, its kind and its declared default.

    `fold` says below which heading its control is folded, None where it is in sight; `path` leads
    to it from the function's arguments: its name, or that of a group and of its field.
    """

    name: str
    kind: Kind
    declared: Any = None
    fold: Fold | None = None
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Analysis:
    """A question that can be asked: its function and everything that its signature declares."""

    name: str
    title: str
    function: Callable[..., Result]
    parameters: tuple[Parameter, ...]
    first: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """The function's documentation."""
        return inspect.getdoc(self.function) or ""


@dataclass(frozen=True)
class Query:
    """A checked query: every parameter that applies, with its value, and the data version."""

    analysis: Analysis
    values: Mapping[str, Any]
    facts: Facts

    @property
    def version(self) -> int:
        """The data version that is asked."""
        return self.facts.version

    @property
    def text(self) -> str:
        """The canonical text: declared order, defaults included, lists sorted, `data` last."""
        return linked(self.analysis.name, encoded(self.analysis, self.values), self.version)

    @property
    def cohort(self) -> Cohort:
        """The patients that the query is about, ready to be bound."""
        filters = tuple((f.name, self.values[f.name]) for f in FILTERS)
        return self.facts.settled(Cohort(self.version, filters), Rule().bound())


_EMPTY = inspect.Parameter.empty
Texts = dict[str, list[str]]  # parameters as they are written in a link
ANALYSES: dict[str, Analysis] = {}
_COHORT = tuple(Parameter(filter_.name, filter_.kind) for filter_ in FILTERS)


def analysis(*, title: str, first: tuple[str, ...] = ()) -> Callable:
    """Register a function `(pool, cohort, *, ...) -> Result` as an analysis.

    Args:
        title: what the reader calls it.
        first: parameters that, if given, are read before the cohort's filters, whose defaults
            then depend on them.
    """

    def register(function: Callable[..., Result]) -> Callable[..., Result]:
        hints = typing.get_type_hints(function, include_extras=True)
        arguments = {
            name: argument.default
            for name, argument in inspect.signature(function).parameters.items()
            if argument.kind is inspect.Parameter.KEYWORD_ONLY
        }
        own = tuple(_declared(hints, arguments))
        name = function.__name__
        ANALYSES[name] = Analysis(name, title, function, (*_COHORT, *own), first)
        return function

    return register


def _declared(
    hints: Mapping[str, Any],
    defaults: Mapping[str, Any],
    path: tuple[str, ...] = (),
    outer: Fold | None = None,
) -> Iterator[Parameter]:
    """The parameters of a signature in order; a dataclass of parameters stands for its fields."""
    for name, default in defaults.items():
        of, notes = hints[name], ()
        if typing.get_origin(of) is typing.Annotated:
            of, *notes = typing.get_args(of)
        kind = next((one for one in notes if isinstance(one, Kind)), None)
        fold = next((one for one in notes if isinstance(one, Fold)), None)
        if kind is None:
            inside = typing.get_type_hints(of, include_extras=True)
            values = {one.name: getattr(default, one.name) for one in fields(of)}
            yield from _declared(inside, values, (*path, name), fold or outer)
            continue
        if fold is None and outer is not None and name in (outer.names or (name,)):
            fold = outer
        yield Parameter(name, kind, default, fold, (*path, name))


def _arguments(asked: Analysis, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the function is called with: groups of parameters with the values in their places."""
    signature = inspect.signature(asked.function).parameters
    given: dict[str, Any] = {
        one: signature[one].default for one in signature if signature[one].default is not _EMPTY
    }
    for parameter in asked.parameters:
        if parameter.path:
            value = values.get(parameter.name, parameter.declared)
            given = _placed(given, parameter.path, value)
    return given


def _placed(given: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The arguments with one value at its place, the groups around it made anew."""
    first, *rest = path
    if not rest:
        return given | {first: value}
    inside = {one.name: getattr(given[first], one.name) for one in fields(given[first])}
    return given | {first: type(given[first])(**_placed(inside, tuple(rest), value))}


def find(name: str) -> Analysis:
    """The analysis of that name, refused in words if there is none."""
    if name not in ANALYSES:
        raise Refused(f'Analysis: "{name}" is not one of {", ".join(ANALYSES)}.')
    return ANALYSES[name]


def encoded(asked: Analysis, values: Mapping[str, Any]) -> Texts:
    """Values as they stand in a link of that analysis, in declared order; others are left out.

    So the values of one analysis make the link of another one, as far as it has the same
    parameters.
    """
    texts = {
        parameter.name: parameter.kind.encode(values[parameter.name])
        for parameter in asked.parameters
        if parameter.name in values
    }
    return {name: written for name, written in texts.items() if written}


def linked(name: str, texts: Mapping[str, Sequence[str]], version: int) -> str:
    """The text of a query: its parameters percent-encoded in the order given, `data` last."""
    pairs = [(key, text) for key, written in texts.items() for text in written]
    pairs.append(("data", str(version)))
    return f"{name}?" + "&".join(f"{key}={quote(text, safe='')}" for key, text in pairs)


def split(text: str) -> tuple[str, Texts]:
    """Query text -> name of the analysis and its parameters as they were written."""
    name, _, rest = text.strip().lstrip("/").partition("?")
    given: Texts = {}
    for key, value in parse_qsl(rest, keep_blank_values=True):
        given.setdefault(key, []).append(value)
    return name, given


def read(pool: Pool, text: str) -> Query:
    """Check a query's text against the declarations and the pool.

    Raises:
        Refused: an unknown analysis or parameter, a wrong value, or one that does not apply.
    """
    name, given = split(text)
    return check(pool, find(name), given)


def check(pool: Pool, asked: Analysis, given: Mapping[str, list[str]]) -> Query:
    """The same for parameters that are split already; `facts` are read as of `data`."""
    known = [parameter.name for parameter in asked.parameters] + ["data"]
    for key in given:
        if key not in known:
            raise Refused(f'{asked.title}: "{key}" is not one of {", ".join(known)}.')
    version = _version(pool, given.get("data"))
    return resolve(asked, given, pool.facts(version))


def resolve(asked: Analysis, given: Mapping[str, list[str]], facts: Facts) -> Query:
    """Values of all parameters that apply, in declared order; missing ones take their default."""
    if not facts.trials:
        raise EmptyPool("The pool holds no trials in this version. Add files on the Upload page.")
    values: dict[str, Any] = {}
    early = asked.first
    for parameter in sorted(
        asked.parameters, key=lambda one: not (one.name in early and one.name in given)
    ):
        kind, texts = parameter.kind, given.get(parameter.name)
        if not kind.applies(values):
            if texts is not None:
                when = f" It applies when {kind.when}." if kind.when else ""
                raise Refused(f"{kind.label} does not apply here; leave it out.{when}")
            continue
        if texts is None:
            values[parameter.name] = kind.default(parameter.declared, facts, values)
        else:
            values[parameter.name] = kind.decode(texts, facts, values)
    return Query(asked, values, facts)


def _version(pool: Pool, texts: list[str] | None) -> int:
    newest = pool.newest()
    if texts is None:
        return newest
    if len(texts) != 1 or not (texts[0].isascii() and texts[0].isdigit()):
        raise Refused(f'Data version: "{", ".join(texts)}" is not one of 0 to {newest}.')
    return int(texts[0][:12])


def size(pool: Pool, cohort: Cohort) -> int:
    """How many patients a cohort has."""
    return int(pool.rows("cohort_size", **cohort.values()).n.iloc[0])


def nobody(cohort: Cohort) -> EmptyCohort:
    """The refusal of a cohort whose filters leave nobody."""
    return EmptyCohort(
        f"Nobody is left: no patient is in all of these: {cohort.words()}. "
        "Leave a filter out, or widen it."
    )


def _conditioned(cohort: Cohort) -> tuple[Note, ...]:
    """What a reader must know when the patients were chosen by what came later (DOMAIN e)."""
    words = cohort.later_words()
    if not words:
        return ()
    told = (
        f"Only patients with this are shown: {words}. It was known only after treatment had begun, "
        "and they had to live long enough for it; so neither survival nor recovery here is that of "
        "all treated patients."
    )
    return (Note(NoteKind.CHOSEN_LATER, told),)


def answer(pool: Pool, query: Query) -> Result:
    """The result of a checked query, signed with its canonical text and what it rests on.

    Raises:
        EmptyCohort: the filters leave nobody.
    """
    facts, cohort = query.facts, query.cohort
    one_patient = "key" in query.values
    if cohort.narrowed() and not one_patient and not size(pool, cohort):
        raise nobody(cohort)
    result = query.analysis.function(pool, cohort, **_arguments(query.analysis, query.values))
    trials = [trial for trial in facts.trials if trial.trial in query.values["trial"]]
    cutoffs = sorted({trial.cutoff.isoformat() for trial in trials if trial.cutoff})
    return replace(
        result,
        notes=(*(() if one_patient else _conditioned(cohort)), *result.notes),
        asked=Asked(query.values),
        query=query.text,
        data_version=query.version,
        simulated=any(trial.simulated for trial in trials),
        cutoff=", ".join(cutoffs),
        labels={name: tuple(facts.labels(name, facts.names)) for name in ("trial", "arm", "sex")},
    )


def ask(pool: Pool, text: str) -> Result:
    """The answer to a query's text, as on the page, in a link and on the command line."""
    return answer(pool, read(pool, text))
