"""Questions name relations; each becomes one CTE per distinct arguments of one statement."""

from __future__ import annotations

import re

import pytest

from igcore.store import Pool, relations
from igcore.store.relations import SQL, composed, known, question
from tests.store.conftest import rows

QUESTIONS = sorted(path.stem for path in SQL.glob("*.sql") if path.stem != "expressions")
WHO = {"version": 1, "who": {"trial": ["A", "B"], "members": None}}


def ctes(text: str) -> list[str]:
    """Names of a statement's CTEs that are relations, in order."""
    return re.findall(r"^(\w+_\d+) as (?:(?:not )?materialized )?\($", text, re.MULTILINE)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_one_statement_in_which_each_relation_stands_once_and_before_its_use(name):
    text, _ = question(name)
    made = ctes(f"\n{text}".replace("\nwith ", "\n"))
    assert len(made) == len(set(made))
    for name in made:
        assert text.index(f"{name} as ") < text.replace(f"{name} as ", "", 1).index(name)
    called = re.findall(r"\b(\w+)\(", text)
    assert not set(called) & (known().keys() | relations._expressions().keys())


def test_a_relation_is_made_again_only_where_its_arguments_are_others():
    text, asked = question("recovery_sensitivity")
    made = ctes(f"\n{text}".replace("\nwith ", "\n"))
    # What the final value does not touch is shared by its four rules.
    assert [name for name in made if name.startswith("verdicts")] == [
        f"verdicts_{n}" for n in (1, 2, 3, 4)
    ]
    assert [name for name in made if name.startswith(("samples", "observation", "ranges"))] == [
        "observation_1",
        "samples_1",
        "ranges_1",
    ]
    assert "$rule['final']" not in text
    assert asked == {"version", "who", "rule"}


def test_an_argument_reaches_what_the_relation_is_made_of():
    text = composed("from next_therapies(version := $before) union all from next_therapies()")
    assert ctes(f"\n{text}".replace("\nwith ", "\n")) == [
        "therapies_1",
        "next_therapies_1",
        "therapies_2",
        "next_therapies_2",
    ]
    assert "r.added <= ($before)" in text and "r.added <= $version" in text


def test_a_field_of_a_value_cannot_be_another_where_the_whole_value_is_used(monkeypatch):
    whole = known() | {"whole": "select $rule as rule"}
    monkeypatch.setattr(relations, "known", lambda: whole)
    with pytest.raises(ValueError, match="A field of \\$rule is another here"):
        composed("from whole(rule['final'] := 'best')")


def test_the_ctes_go_before_those_of_the_question_and_behind_the_name_of_a_new_table():
    text = composed("create temp table x as with own as (select 1) from own, trials()")
    assert re.match(r"create temp table x as with trials_1 as .*\),\nown as \(", text, re.DOTALL)
    assert text.endswith("from own, trials_1")


def test_words_in_texts_and_comments_are_left_alone():
    assert composed("select 'cohort() -- $x' -- cohort()\n") == "select 'cohort() -- $x'"


def test_a_scalar_rule_is_written_out_with_those_by_which_it_is_said():
    assert composed("select elapsed(a.day), elapsed(b + 1)") == (
        "select (case when a.day > 0 then a.day - 1 else a.day end), "
        "(case when (b + 1) > 0 then (b + 1) - 1 else (b + 1) end)"
    )
    assert "U Chicago" in composed("select laboratory_of($rule['range'], laboratory)")


def test_no_cte_of_a_file_is_named_as_one_that_is_made_of_a_relation():
    for path in SQL.rglob("*.sql"):
        assert not re.search(r"\b\w+_\d+ as (not )?(materialized )?\(", path.read_text()), path


def test_a_question_may_be_given_the_relation_that_one_of_its_names_means(eight: Pool):
    mine = {"relations": {"response_days": "next_therapies"}}
    text, _ = question("responders", tuple(mine["relations"].items()))
    assert "next_therapies_1" in text and "response_days" not in text
    assert len(eight.rows("responders", **mine, **WHO)) == 1  # one patient has a next therapy
    assert len(eight.rows("responders", **WHO, least_depth=3)) > 1


@pytest.mark.parametrize("chosen", [{"response_days": "patients; drop"}, {"spans": "cohort"}])
def test_only_known_relations_are_chosen_and_only_for_names_that_are_called(chosen, eight: Pool):
    with pytest.raises(LookupError, match="no relations, or not called here"):
        eight.rows("responders", relations=chosen, **WHO, least_depth=3)


def test_a_value_that_is_missing_is_named_and_one_too_many_is_left_out(eight: Pool):
    with pytest.raises(TypeError, match="responders also asks for least_depth"):
        eight.rows("responders", **WHO)
    n = eight.rows("cohort_size", **WHO, endpoint="OS").n.iloc[0]
    assert n == len(rows()["patients"])
