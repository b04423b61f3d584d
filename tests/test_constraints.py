"""The constraints of tables: the tests of a service try each of them by a statement in SQL."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from extensions import strata_contexts
from tests.pages import random_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extensions.strata_contexts.view import AggregateView, PartView

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    [*ROOT.glob("docs/examples/*/contexts.yml"), *ROOT.glob("tests/contexts/*.yml")],
    key=lambda file: str(file.relative_to(ROOT)),
)
RANDOM = 8
"""How many random pages are drawn."""


def stored(page: dict[str, Any]) -> Iterator[AggregateView | PartView]:
    """Yield what has a table of its own."""
    model = strata_contexts.view_of(strata_contexts.read_answers(page))
    for context in model.contexts:
        for aggregate in context.aggregates:
            yield aggregate
            yield from aggregate.parts


def untried(page: dict[str, Any]) -> dict[str, set[str]]:
    """Return the constraints of each table that no statement breaks, or that are not there."""
    found = {
        each.table: {check.name for check in each.checks}
        ^ {refusal.constraint for refusal in each.sql_refusals}
        for each in stored(page)
    }
    return {table: names for table, names in found.items() if names}


def statements(page: dict[str, Any], constraint: str) -> list[str]:
    return [
        str(ast.literal_eval(refusal.statement)).partition(" SET ")[2]
        for each in stored(page)
        for refusal in each.sql_refusals
        if refusal.constraint == constraint
    ]


def page_of(fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    aggregate = {"name": "Thing", "fields": fields, **more}
    return {"contexts": [{"name": "store", "aggregates": [aggregate]}]}


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_each_constraint_of_a_page_is_broken_by_a_statement(file: Path) -> None:
    assert untried(yaml.safe_load(file.read_text())) == {}


@pytest.mark.parametrize("seed", range(RANDOM))
def test_each_constraint_of_a_random_page_is_broken_by_a_statement(seed: int) -> None:
    assert untried(random_page(seed)) == {}


@pytest.mark.parametrize(
    ("spec", "constraint", "broken"),
    [
        ({"type": "integer", "min": 1, "max": 9}, "range", ["0", "10"]),
        ({"type": "integer", "min": -(2**31), "max": 9}, "range", ["10"]),
        ({"type": "integer", "min": -(2**31) + 1}, "range", [str(-(2**31))]),
        ({"type": "integer", "max": 2**40}, "range", [str(-(2**31) - 1), str(2**40 + 1)]),
        ({"type": "decimal", "min": "0.5", "max": 9}, "range", ["0.49", "9.01"]),
        ({"type": "list", "of": "integer", "min": 2, "max": 3}, "items", ["'{}'", "array_fill"]),
        ({"type": "text", "min": 90, "max": 100}, "length", ["repeat('x', 89)"]),
        ({"type": "string", "pattern": "[^q]*"}, "pattern", ["'q'"]),
        ({"type": "string", "pattern": "[^\\n]*"}, "pattern", ["'\n'"]),
        ({"type": "string", "pattern": "[^a]|a[^b]"}, "pattern", ["'a'"]),
    ],
)
def test_a_constraint_is_broken_at_each_end_where_the_column_has_room(
    spec: dict[str, Any], constraint: str, broken: list[str]
) -> None:
    found = statements(page_of({"it": spec}), f"ck_things_it_{constraint}")

    assert len(found) == len(broken)
    assert all(one.startswith(f"it = {other}") for one, other in zip(found, broken, strict=True))


def test_amounts_are_tried_in_two_currencies() -> None:
    page = page_of({"low": "money", "high": "money"}, rules={"in_order": "low < high"})

    _, currencies = statements(page, "ck_things_in_order")

    assert currencies.count("'EUR'") == currencies.count("'USD'") == 1


def test_no_state_is_called_like_the_one_that_is_refused() -> None:
    lifecycle = {
        "initial": "here",
        "final": "nowhere",
        "transitions": {"go": {"from": "here", "to": "nowhere"}},
    }
    page = page_of({"it": "string"}, lifecycle=lifecycle)

    assert statements(page, "ck_things_state_values") == ["state = 'annowhere'"]
