"""The merge of a growth with random edits of an owner, and the comparison of pages, without a service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from extensions import strata_contexts
from tests.growths import CHANGES, EDITS, make_pair
from tests.pages import random_page

PAIRS = st.tuples(
    st.integers(0, 40),
    st.integers(0, len(CHANGES) - 1),
    st.integers(0, len(EDITS)),
    st.integers(0, 10**6),
)


def merge_pairs(number: int) -> Counter[str]:
    """Merge some random pairs; return how many ended how.

    Raises:
        AssertionError: a line was lost, or conflicted although only one side had changed the file.
    """
    counted: Counter[str] = Counter()

    @settings(max_examples=number, deadline=None, derandomize=True, database=None)
    @given(drawn=PAIRS)
    def merge(drawn: tuple[int, int, int, int]) -> None:
        pair = make_pair(*drawn)
        if pair is None:
            return
        counted[pair.outcome] += 1
        assert list(pair.lost()) == [], (pair.change, pair.edit, pair.path)
        if pair.old.get(pair.path) == pair.new.get(pair.path):
            assert pair.outcome == "untouched"

    merge()
    return counted


def test_random_growths_lose_no_line_of_an_owner(
    record_property: Callable[[str, object], None],
) -> None:
    counted = merge_pairs(25)

    record_property("growths", dict(counted))
    assert sum(counted.values()) > 10


@pytest.mark.scheduled("merges hundreds of pairs, which takes minutes")
def test_hundreds_of_random_growths_lose_no_line_of_an_owner(
    record_property: Callable[[str, object], None],
) -> None:
    counted = merge_pairs(1200)

    record_property("growths", dict(counted))
    assert sum(counted.values()) >= 500


@pytest.mark.parametrize("seed", range(12))
def test_a_page_that_is_written_reads_as_the_same(seed: int) -> None:
    page = random_page(seed)

    read = yaml.safe_load(strata_contexts.written(page))

    assert {key: value for key, value in read.items() if value} == {
        "language": 1,
        **{key: value for key, value in page.items() if value},
    }
