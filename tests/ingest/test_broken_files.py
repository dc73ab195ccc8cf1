"""Every broken file of the corpus: a sentence and a cure, nothing stored but what is sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from igcore.store import Pool, history
from tests.ingest.corpus import CASES, Case
from tests.ingest.corpus.child import measure
from tests.ingest.corpus.examine import base_pool, send

QUICK = [case for case in CASES if not case.heavy]
HEAVY = [case for case in CASES if case.heavy]


@pytest.fixture(scope="module")
def shared_pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """One pool for all quick cases; each case that stores rows names a trial of its own."""
    pool = base_pool(tmp_path_factory.mktemp("corpus"))
    yield pool
    assert history.check(pool) == []
    pool.close()


def named(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", QUICK, ids=named)
def test_a_broken_file_gets_a_sentence_and_a_cure_and_changes_nothing(
    case: Case, shared_pool: Pool, tmp_path: Path
):
    folder = tmp_path / "files"
    folder.mkdir()
    assert send(shared_pool, case, folder, case.make(folder)).faults == []


@pytest.mark.slow
@pytest.mark.parametrize("case", HEAVY, ids=named)
def test_a_swollen_file_is_refused_within_thirty_seconds_and_one_gigabyte(case: Case):
    assert measure(case).faults == []


def test_the_corpus_has_eighty_files_or_more_and_no_two_of_one_name():
    assert len(CASES) >= 80
    assert len({case.name for case in CASES}) == len(CASES)
