"""Fields that point to other aggregates: what they become, and which of them are not rendered yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from extensions import strata_contexts

if TYPE_CHECKING:
    from extensions.strata_contexts.view import AggregateView, ModelView

PAGE = yaml.safe_load((Path(__file__).parent / "contexts/refs.yml").read_text())


def viewed(page: dict[str, Any]) -> ModelView:
    return strata_contexts.view_of(strata_contexts.read_answers(page))


@pytest.fixture
def model() -> ModelView:
    return viewed(PAGE)


@pytest.fixture
def order(model: ModelView) -> AggregateView:
    return next(each for each in model.contexts[0].aggregates if each.name == "Order")


def test_tables_come_after_those_that_they_point_to(model: ModelView) -> None:
    tables = [table.name for table in model.tables]

    assert tables == ["regions", "customers", "carriers", "orders", "books"]


def test_only_what_points_to_its_own_context_is_a_foreign_key(order: AggregateView) -> None:
    assert [ref.attribute for ref in order.keys] == [
        *("customer_id", "payer_id", "carrier_id", "replaces_id"),
    ]
    indexed = {index.columns[0] for index in order.indexes}
    assert {"customer_id", "payer_id", "carrier_id", "replaces_id"} <= indexed
    assert "book_id" not in indexed


def test_another_context_is_asked_by_a_port_of_ones_own(model: ModelView) -> None:
    ordering, catalog = model.contexts

    assert (ordering.needs, catalog.needs) == (("catalog",), ())
    assert [(each.port, each.adapter_class) for each in ordering.foreign] == [
        ("Books", "CatalogBooks")
    ]


def test_tests_store_what_is_needed_those_first_that_others_point_to(order: AggregateView) -> None:
    assert [each.plural for each in order.stored] == ["regions", "customers", "books", "carriers"]
    assert [each.plural for each in order.stored_rows] == ["regions", "customers", "carriers"]


def test_the_matrix_of_access_knows_who_may_not_read_what_is_pointed_to(
    order: AggregateView,
) -> None:
    """What the tests point to is the owner's. Another context is asked before all else."""

    def statuses(operation: str) -> dict[str, int]:
        return {who: status for who, _, status in order.access[operation].cells}

    assert statuses("create") == {
        **{"nobody": 401, "owner": 201, "stranger": 409, "clerk": 409, "admin": 201},
    }
    assert statuses("cancel")["stranger"] == 409
    assert statuses("ship") == {
        **{"nobody": 401, "owner": 403, "stranger": 404, "clerk": 200, "admin": 200},
    }
    assert order.hidden_target is not None
    assert (order.hidden_target.who, order.hidden_target.wire) == ("stranger", "bookId")


def test_each_field_points_to_another_one_than_its_neighbours(order: AggregateView) -> None:
    for sample in order.samples:
        assert sample.json["customerId"] != sample.json["payerId"]
    assert len({sample.json["customerId"] for sample in order.samples}) == 3


BOOK = {"name": "Book", "fields": {"title": "string"}}
NOT_YET = {
    "one of a part to what has the part": (
        {"name": "Order", "fields": {"a": "string"}, "parts": {"links": {"name": "Link", "fields": {"other": {"type": "ref", "to": "Order"}}}}},
        "a part that points to an order is not in this version: leave the field out",
    ),
    "one to an aggregate with parts": (
        {"name": "Trip", "fields": {"order": {"type": "ref", "to": "Order"}}},
        "a ref to an aggregate with parts is not in this version: leave the field out",
    ),
    "an example": (
        {"name": "Order", "fields": {"book": {"type": "ref", "to": "Book", "example": "01977a3e-5d5c-7a61-9a44-0f2f6d1c9b10"}}},
        "an example of a ref is not in this version: leave it out",
    ),
    "a rule": (
        {"name": "Order", "fields": {"book": {"type": "ref", "to": "Book", "optional": True}, "isbn": {"type": "string", "optional": True}}, "rules": {"some": {"any_of": ["book", "isbn"]}}},
        "a rule over a ref is not in this version: leave it out",
    ),
    "a transition that needs another one": (
        {"name": "Order", "fields": {"a": "string"}, "lifecycle": {"initial": "open", "final": "gone", "transitions": {"replace": {"from": "open", "to": "gone", "with": {"next": {"type": "ref", "to": "Order"}}}}}},
        "a transition that needs another order is not in this version: make it `optional: true`",
    ),
    "a unique one to its own kind": (
        {"name": "Order", "fields": {"next": {"type": "ref", "to": "Order", "optional": True, "unique": True}}},
        "a unique ref to another order is not in this version: leave it out",
    ),
    "a name that its use cases have": (
        {"name": "Order", "fields": {"books": "string", "book": {"type": "ref", "to": "Book"}}},
        "a field called books is not in this version: choose another name",
    ),
    "two that an input calls alike": (
        {"name": "Order", "fields": {"novel": "string", "novel_id": {"type": "ref", "to": "Book"}}},
        "novel_id beside novel is not in this version: choose another name",
    ),
    "what anyone may create and not read": (
        {"name": "Order", "owner": "none", "may": {"create": "anyone"}, "fields": {"book": {"type": "ref", "to": "Book"}}},
        "let `anyone` read it, or say who else may create",
    ),
    "tables that point to each other": (
        {"name": "Book", "fields": {"order": {"type": "ref", "to": "Order", "optional": True}}},
        "aggregates of one context that point to each other are not in this version",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("aggregate", "message"), NOT_YET.values(), ids=NOT_YET)
def test_what_is_not_rendered_of_refs_is_refused_with_its_remedy(
    aggregate: dict[str, Any], message: str
) -> None:
    order: dict[str, Any] = {"name": "Order", "fields": {"book": {"type": "ref", "to": "Book"}}}
    if aggregate["name"] == "Trip":
        order["parts"] = {"lines": {"name": "Line", "fields": {"sku": "string"}}}
    others = {"Book": [order], "Trip": [BOOK, order]}.get(str(aggregate["name"]), [BOOK])
    page = {"contexts": [{"name": "shop", "aggregates": [*others, aggregate]}]}
    strata_contexts.read_answers(page)

    told = strata_contexts.unrendered(page)

    assert [line for line in told if message in line] != []
