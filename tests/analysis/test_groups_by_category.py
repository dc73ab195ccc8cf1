"""Uploaded categories as groups of survival: from the template to the curve."""

from __future__ import annotations

import pytest

from igcore import analysis
from igcore.errors import Refused
from igcore.figures import style
from igcore.store import Pool
from igcore.store.ledger import check
from igcore.store.relations import composed
from tests.analysis.test_specification import shown
from tests.analysis.test_specification_survival import course, ratio


def staged() -> dict[str, list[dict]]:
    """Freireich's trial with its arms as a category instead, known of all but one patient."""
    tables = course("F", "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+")
    other = course("F", "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23 40")
    for rows in other.values():
        for row in rows:
            row["patient"] = f"p{row['patient']}"
    known = [(row, "6-MP") for row in tables["patients"]]
    known += [(row, "placebo") for row in other["patients"][:-1]]
    tables["categories"] = [
        {"trial": "F", "patient": row["patient"], "category": "Drug, 1963", "level": level}
        for row, level in known
    ]
    for row in tables["patients"][:2]:
        who = {name: row[name] for name in ("trial", "patient")}
        tables["categories"].append({**who, "category": "ISS", "level": "III"})
    return {name: [*rows, *other.get(name, [])] for name, rows in tables.items()}


def test_a_category_makes_groups_like_an_arm(pool: Pool, add) -> None:
    """h9: Efron HR 0.208 (0.093-0.466), log-rank 16.793; the patient without it is left out."""
    report = add(**staged())
    assert not report.errors
    answer = analysis.ask(pool, "survival?group=category:Drug,%201963&reference=placebo")
    assert ratio(answer) == [0.208, 0.093, 0.466]
    assert shown(answer.table("test").statistic, 3) == [16.793]
    assert answer.table("groups").group.tolist() == ["6-MP", "placebo"]
    assert answer.title == "OS by Drug, 1963"
    assert "1 patient without Drug, 1963 left out." in answer.said
    assert "&group=category%3ADrug%2C%201963&" in answer.query
    forest = analysis.ask(pool, "subgroups?group=category:Drug,%201963&reference=placebo")
    assert shown(forest.table("forest").hazard_ratio, 3) == [0.208]


def test_an_unknown_category_is_refused_with_those_that_are_known(pool: Pool, add) -> None:
    add(**staged())
    with pytest.raises(Refused) as refused:
        analysis.read(pool, "survival?group=category:R-ISS")
    assert 'Groups: "category:R-ISS" is not one of response, recovery, infection, arm' in str(
        refused.value
    )
    assert "category:Drug, 1963, category:ISS" in str(refused.value)
    one = analysis.ask(pool, "survival?group=category:ISS")
    assert one.table("groups").n.tolist() == [2]
    assert "42 patients without ISS left out." not in one.said  # 41: one of 43 died at month 40
    assert "41 patients without ISS left out." in one.said


def test_categories_are_checked_and_versioned_like_every_other_table(pool: Pool, add) -> None:
    tables = staged()
    first = tables["categories"][0]
    report = add(**{**tables, "categories": [first, {**first, "level": "placebo"}]})
    assert [p.problem for p in report.errors]  # one patient, one category, two levels
    report = add(**{**tables, "categories": [{**first, "level": ""}]})
    assert any(p.column == "level" for p in report.errors)
    assert not add(**tables).errors
    assert check(pool) == []
    with pool.reading() as cursor:
        stored = cursor.execute(
            composed("select count(*) from categories()"), {"version": pool.newest()}
        ).fetchall()
    assert stored == [(len(tables["categories"]),)]


def test_a_pool_of_an_older_igcore_gets_the_table_and_keeps_its_proofs(pool: Pool, add) -> None:
    tables = staged()
    categories = tables.pop("categories")
    assert not add(**tables).errors
    with pool.writing() as cursor:
        cursor.execute("drop table categories")
        cursor.execute("delete from proofs where table_name = 'categories'")
    path = pool.path
    pool.close()
    again = Pool.open(path)
    assert check(again) == []
    assert again.facts(1).categories(["F"]) == []
    with pytest.raises(Refused, match='Groups: "category:ISS" is not one of'):
        analysis.read(again, "survival?group=category:ISS")
    assert len(categories) == 44
    again.close()


def test_levels_of_a_category_are_told_apart_by_colour_and_dash(pool: Pool, add) -> None:
    add(**staged())
    answer = analysis.ask(pool, "survival?group=category:Drug,%201963")
    looks = {
        (style.colour(name, answer, style.LIGHT), style.dash(name, answer))
        for name in answer.table("groups").group
    }
    assert len({colour for colour, _ in looks}) == len({dash for _, dash in looks}) == 2
