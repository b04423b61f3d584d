"""Which operations the fuzz tests try."""

import json
from typing import Any

import pytest

from tests.integration.http.fuzz_operations import chosen


def document(*paths: str, **changed: str) -> dict[str, Any]:
    return {"paths": {path: {"get": {"summary": changed.get(path, "")}} for path in paths}}


SIX = document(*"abcdef")
BEFORE = json.dumps(SIX)


@pytest.mark.parametrize("most", ["6", "20", "all"])
def test_all_are_tried_where_they_are_few_and_where_all_are_asked_for(most: str) -> None:
    tried = chosen(SIX, BEFORE, turn=1, most=most)

    assert tried == [f"GET {path}" for path in "abcdef"]


def test_others_are_tried_from_turn_to_turn_until_all_have_been() -> None:
    turns = [chosen(SIX, BEFORE, turn=turn, most="2") for turn in range(3)]

    assert turns == [["GET a", "GET b"], ["GET c", "GET d"], ["GET e", "GET f"]]


def test_new_and_changed_ones_are_always_tried() -> None:
    grown = document(*"abcdefg", b="changed")

    turns = [chosen(grown, BEFORE, turn=turn, most="3") for turn in range(2)]

    assert turns == [["GET b", "GET g", "GET a"], ["GET b", "GET g", "GET c"]]


def test_no_more_are_tried_where_all_are_new() -> None:
    assert chosen(SIX, None, turn=1, most="2") == ["GET a", "GET b"]
