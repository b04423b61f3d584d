"""Fields that point to other aggregates: what they become, and which of them are not rendered yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from extensions import strata_contexts
from extensions.strata_contexts.satisfying import rows

if TYPE_CHECKING:
    from extensions.strata_contexts.view import AggregateView, ModelView

PAGES = Path(__file__).parent / "contexts"
PAGE = yaml.safe_load((PAGES / "refs.yml").read_text())


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


@pytest.fixture
def circles() -> ModelView:
    return viewed(yaml.safe_load((PAGES / "circles.yml").read_text()))


def named(model: ModelView, name: str) -> AggregateView:
    return next(each for each in model.contexts[0].aggregates if each.name == name)


def test_a_filter_asks_for_ids_of_what_is_pointed_to(circles: ModelView) -> None:
    order = named(circles, "Order")

    criteria = {each.parameter: each for each in order.listing.criteria}
    assert list(criteria) == ["customerId", "replacesId", "bookId", "invoiceId"]
    book = criteria["bookId"]
    assert (book.input_annotation, book.query_annotation) == ("Sequence[BookId]", "AnyOf[UUID]")
    assert (book.is_repeatable, book.wrong) == (True, '"none"')
    assert ("owner_id", "book_id", "id") in [index.columns for index in order.indexes]


def test_a_filter_by_what_tests_leave_out_still_finds_nothing(circles: ModelView) -> None:
    [search] = [
        each for each in named(circles, "Order").listing.searches if "invoiceId" in each.query
    ]

    assert search.count == 0


def test_tables_that_point_to_each_other_are_there_before_the_keys_that_close_the_circle(
    circles: ModelView,
) -> None:
    tables = [table.name for table in circles.tables]

    assert tables == [
        "customers",
        "phones",
        "orders",
        "order_lines",
        "invoices",
        "reviews",
        "books",
    ]
    added = [key.created.split(", ")[0] for key in circles.keys_between_tables]
    assert added == [
        *('"fk_customers_favourite_id"', '"fk_orders_invoice_id"', '"fk_orders_bill_id"'),
    ]
    inline = " ".join(text for table in circles.tables for text in table.constraints)
    assert "fk_orders_customer_id" in inline
    assert not [name for name in added if name in inline]


def test_the_first_field_that_would_close_a_circle_is_null_in_tests(circles: ModelView) -> None:
    customer, order, invoice = (named(circles, each) for each in ("Customer", "Order", "Invoice"))

    assert {sample.json["favouriteId"] for sample in customer.samples} == {"None"}
    assert {sample.json["invoiceId"] for sample in order.samples} == {"None"}
    assert "None" not in {sample.json["customerId"] for sample in order.samples}
    assert [each.plural for each in customer.stored_rows] == []
    assert [each.plural for each in order.stored_rows] == ["customers"]
    assert [each.plural for each in order.circle] == ["orders", "invoices"]
    assert [each.plural for each in invoice.stored_rows] == ["customers", "orders"]


def test_an_example_is_the_id_of_something_that_tests_store(circles: ModelView) -> None:
    given = "01977a3e-5d5c-7a61-9a44-0f2f6d1c9b10"
    customer, order = named(circles, "Customer"), named(circles, "Order")

    assert customer.sample_ids[-1] == given
    assert len(customer.sample_ids) == 3
    assert order.samples[0].json["payerId"] == f'"{given}"'
    assert order.example["payerId"] == given


def test_rules_compare_what_fields_point_to(circles: ModelView) -> None:
    order = named(circles, "Order")
    rules = {rule.name: rule for rule in order.rules}

    assert rules["others_pay"].sql == "customer_id <> payer_id"
    assert rules["sent_by_the_customer"].broken_when == "customer_id != sender_id"
    assert rules["known"].sql == "num_nonnulls(copied_from_id, book_id, isbn) >= 1"
    for sample in order.samples:
        assert sample.json["customerId"] == sample.json["senderId"] != sample.json["payerId"]
    [told] = [ref for ref in order.asked_refs if ref.attribute == "customer_id"]
    assert told.nowhere == "customer=NOWHERE, sender=NOWHERE"
    assert "sender_id" not in [ref.attribute for ref in order.asked_refs]
    assert [(each.given, each.needs_first) for each in order.missing_refs] == [("book=None", False)]


def test_bodies_of_the_fuzz_tests_point_to_two_where_they_have_to_differ(
    circles: ModelView,
) -> None:
    repairs = named(circles, "Order").repairs_of_refs

    assert 'point_to_created(body, "customerId", "/customers")' in repairs
    assert 'point_to_another(body, "payerId", "/customers")' in repairs
    assert 'point_to_created(body, "nextId", "/orders")' in repairs
    assert not [each for each in repairs if "replacesId" in each]


def test_what_is_unique_and_left_out_is_no_conflict_of_a_copy(circles: ModelView) -> None:
    order = named(circles, "Order")

    assert [each.columns for each in order.copied] == [("reference", "customer_id")]
    assert [ref.attribute for ref in order.unique_self_keys] == ["replaces_id"]


def test_a_transition_that_needs_another_one_says_in_tests_which(circles: ModelView) -> None:
    order = named(circles, "Order")
    send, replace = order.steps[0], order.steps[1]

    assert send.written_input["follows_id"] == "NOWHERE"
    assert send.more_input == ", replace(SEND, follows=str(created.id.value))"
    assert send.more_json == ', json=SEND | {"followsId": address.rpartition("/")[2]}'
    assert replace.without == "next=str(created.id.value), bill=None, note=None"
    assert [ref.attribute for ref in replace.local_refs] == ["bill_id", "next_id"]


def test_whoever_is_not_signed_in_may_not_point_to_what_not_anyone_may_read(
    circles: ModelView,
) -> None:
    create = named(circles, "Review").access["create"]

    assert (create.is_checked, create.actor, create.actor_dep) == (
        *(False, "Actor | None", "ActorIfAnyDep"),
    )
    assert {who: status for who, _, status in create.cells} == {
        **{"nobody": 409, "stranger": 409, "clerk": 409, "admin": 201},
    }
    assert named(circles, "Review").access["read"].has_actor is False
    refs = {ref.attribute: ref for ref in named(circles, "Review").checked_refs}
    assert refs["order_id"].is_unknown_when == "order is None or actor is None"
    assert refs["order_id"].owner_argument == ", READ_ORDER.limit_to(actor) if actor else None"


def test_an_actor_is_asked_for_no_more_than_needed(model: ModelView) -> None:
    assert not model.asks_who


CANNOT_BE_FIRST = {
    "a required ref to its own kind": (
        [{"name": "Order", "fields": {"next": {"type": "ref", "to": "Order"}}}],
        "needs one of itself to be there first",
    ),
    "a rule that only its own kind keeps": (
        [
            {
                "name": "Order",
                "fields": {
                    "next": {"type": "ref", "to": "Order", "optional": True},
                    "last": {"type": "ref", "to": "Order", "optional": True},
                },
                "rules": {"known": {"any_of": ["next", "last"]}},
            }
        ],
        "needs one of itself to be there first",
    ),
    "two that need each other": (
        [
            {"name": "Order", "fields": {"book": {"type": "ref", "to": "Book"}}},
            {"name": "Book", "fields": {"order": {"type": "ref", "to": "Order"}}},
        ],
        "so none of them can be the first",
    ),
}


@pytest.mark.parametrize(("aggregates", "message"), CANNOT_BE_FIRST.values(), ids=CANNOT_BE_FIRST)
def test_what_could_never_be_created_is_a_mistake_of_the_page(
    aggregates: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(strata_contexts.PageError) as refusal:
        strata_contexts.read_answers({"contexts": [{"name": "shop", "aggregates": aggregates}]})

    assert [line for line in refusal.value.lines if message in line] != []
    assert "not in this version" not in " ".join(refusal.value.lines)


def test_more_examples_than_tests_store_are_refused() -> None:
    ids = [f"01977a3e-5d5c-7a61-9a44-0f2f6d1c9b1{number}" for number in range(4)]
    fields = {
        f"book{number}": {"type": "ref", "to": "Book", "example": each}
        for number, each in enumerate(ids)
    }
    order = {"name": "Order", "fields": fields}

    with pytest.raises(strata_contexts.PageError) as refusal:
        strata_contexts.read_answers({"contexts": [{"name": "shop", "aggregates": [BOOK, order]}]})

    [line] = refusal.value.lines
    assert "book3.example: there are 3 other examples of what it points to: use one of them" in line


def test_whoever_adds_a_part_without_a_token_is_asked_for_none() -> None:
    """To remove one points to nothing, so there it does not matter who it is."""
    page = yaml.safe_load((PAGES / "open.yml").read_text())
    model = strata_contexts.view_of(strata_contexts.read_answers(page))

    [lines, _] = model.contexts[0].aggregates[1].parts

    assert lines.access.actor_dep == "ActorIfAnyDep"
    assert not lines.removal_access.has_actor


BOOK = {"name": "Book", "fields": {"title": "string"}}
NOT_YET = {
    "one of a part to what has the part": (
        {"name": "Order", "fields": {"a": "string"}, "parts": {"links": {"name": "Link", "fields": {"other": {"type": "ref", "to": "Order"}}}}},
        "a part that points to an order is not in this version: leave the field out",
    ),
    "a transition that needs what points back": (
        {"name": "Order", "fields": {"a": "string"}, "lifecycle": {"initial": "open", "final": "gone", "transitions": {"close": {"from": "open", "to": "gone", "with": {"bill": {"type": "ref", "to": "Bill"}}}}}},
        "a transition that needs what points back is not in this version: make it `optional: true`",
    ),
    "one to what an owner has room for two of": (
        {"name": "Order", "fields": {"size": {"type": "enum", "values": ["small", "large"]}}, "unique_together": [["owner_id", "size"]]},
        "an owner could have fewer than 3 of them, and something points to them, which is not in this version: leave the group out",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("aggregate", "message"), NOT_YET.values(), ids=NOT_YET)
def test_what_is_not_rendered_of_refs_is_refused_with_its_remedy(
    aggregate: dict[str, Any], message: str
) -> None:
    bill = {"name": "Bill", "fields": {"order": {"type": "ref", "to": "Order"}}}
    page = {"contexts": [{"name": "shop", "aggregates": [BOOK, aggregate, bill]}]}
    strata_contexts.read_answers(page)

    told = strata_contexts.unrendered(page)

    assert [line for line in told if message in line] != []


def test_what_a_field_points_to_has_several_of_one_owner() -> None:
    fields = {
        "kind": {"type": "enum", "values": ["run", "swim"]},
        "week": {"type": "integer", "min": 1, "max": 2},
    }
    goal = {"name": "Goal", "fields": fields, "unique_together": [["owner_id", "kind", "week"]]}
    badge = {"name": "Badge", "fields": {"goal": {"type": "ref", "to": "Goal"}}}
    page = strata_contexts.read_answers(
        {"contexts": [{"name": "training", "aggregates": [goal, badge]}]}
    )

    found = rows(page.contexts[0].aggregates[0], page, 3)

    assert len({(each["kind"], each["week"]) for each in found}) == 3
