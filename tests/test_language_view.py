"""The view: what templates print of the example page, and that every good page has one."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extensions import strata_contexts
from extensions.strata_contexts import examples, field_types, models, names, values
from extensions.strata_contexts.literals import grouped
from extensions.strata_contexts.satisfying import rows
from extensions.strata_contexts.view import AggregateView, FieldView, ModelView

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = (ROOT / "extensions/strata_contexts/example.yml").read_text()


def viewed(page: str, authentication: str = "own") -> ModelView:
    read = strata_contexts.read(page, authentication=authentication)
    return strata_contexts.view_of(read, authentication)


def aggregate(body: str, authentication: str = "own") -> AggregateView:
    """View the aggregate `Order`, of which `body` has all but the name."""
    page = f"contexts:\n  - name: ordering\n    aggregates:\n      - name: Order\n{body}"
    return viewed(page, authentication).contexts[0].aggregates[0]


@pytest.fixture(scope="module")
def order() -> AggregateView:
    return viewed(EXAMPLE).contexts[1].aggregates[0]


def field(order: AggregateView, name: str) -> FieldView:
    return next(each for each in order.fields if each.name == name)


def test_an_aggregate_has_all_its_names(order: AggregateView) -> None:
    assert (order.snake, order.camel, order.plural, order.table, order.url) == (
        "order",
        "order",
        "orders",
        "orders",
        "orders",
    )
    assert (order.id_class, order.id_parameter, order.labelled) == (
        "OrderId",
        "orderId",
        "an order",
    )


@pytest.mark.parametrize(
    ("access", "to_caller", "by_actor"),
    [
        (
            "owner: actor\n        may: {list: [owner]}",
            "the caller's own orders, or all if permitted",
            "the actor's orders, or of all if permitted",
        ),
        ("owner: none", "all orders", "all orders"),
    ],
)
def test_the_docstrings_of_lists_say_whose_they_show(
    access: str, to_caller: str, by_actor: str
) -> None:
    order = aggregate(f"        {access}\n        fields: {{name: string}}\n")

    assert (order.listed_to_caller, order.listed_by_actor) == (to_caller, by_actor)


def test_contexts_know_which_others_they_need() -> None:
    catalog, ordering = viewed(EXAMPLE).contexts

    assert (catalog.needs, ordering.needs) == ((), ("catalog",))


DOMAIN = {
    "reference": ("Reference", "Reference.parse(data.reference)"),
    "customer_email": ("Email", "Email.parse(data.customer_email)"),
    "total": ("Money", "Money.parse(data.total.amount, data.total.currency)"),
    "note": ("Note | None", "None if data.note is None else Note.parse(data.note)"),
    "channel": ("Channel", "Channel.parse(data.channel)"),
    "book": ("BookId", "BookId.parse(data.book)"),
    "deliver_to": ("Address", "parse_address(data.deliver_to)"),
    "tags": ("tuple[Tag, ...]", "parse_each(data.tags, Tag.parse, most=10)"),
    "starts_on": ("date", "data.starts_on"),
}


@pytest.mark.parametrize(("name", "expected"), DOMAIN.items())
def test_a_field_is_a_value_object_that_parses(
    name: str, expected: tuple[str, str], order: AggregateView
) -> None:
    view = field(order, name)

    assert (view.domain_annotation, view.parse_call) == expected


COLUMNS = {
    "reference": [("reference", 'String(40, collation="C")', "order.reference.value")],
    "total": [
        ("total_amount", "Numeric(12, 2)", "order.total.amount.value"),
        ("total_currency", "String(3)", "order.total.currency.value"),
    ],
    "note": [("note", "String(2000)", "None if order.note is None else order.note.value")],
    "book": [("book_id", "Uuid", "order.book_id.value")],
    "deliver_to": [
        ("deliver_to_street", "String(120)", "order.deliver_to.street.value"),
        ("deliver_to_city", "String(80)", "order.deliver_to.city.value"),
        ("deliver_to_country", "String(2)", "order.deliver_to.country.value"),
    ],
    "tags": [("tags", "ARRAY(String(30))", "[item.value for item in order.tags]")],
    "ends_on": [("ends_on", "Date", "order.ends_on")],
}


@pytest.mark.parametrize(("name", "expected"), COLUMNS.items())
def test_a_field_has_columns_and_what_is_stored_there(
    name: str, expected: list[tuple[str, str, str]], order: AggregateView
) -> None:
    view = field(order, name)

    stored = dict(view.row_calls)
    assert [(each.name, each.type, stored[each.name]) for each in view.columns] == expected


def test_what_was_stored_is_made_the_domains_again(order: AggregateView) -> None:
    calls = {each.name: each.trusted_call for each in order.fields}

    assert calls["channel"] == 'Channel(row["channel"])'
    assert calls["note"] == 'None if row["note"] is None else Note.from_trusted(row["note"])'
    assert calls["total"] == 'Money.from_trusted(row["total_amount"], row["total_currency"])'
    assert calls["tags"] == 'tuple(Tag.from_trusted(item) for item in row["tags"])'


SCHEMAS = {
    "reference": "ReferenceText",
    "note": "NoteText | None",
    "channel": "ChannelChoice",
    "deliver_to": "AddressRequest",
    "starts_on": "Day",
}


@pytest.mark.parametrize(("name", "expected"), SCHEMAS.items())
def test_a_field_has_a_type_in_requests(name: str, expected: str, order: AggregateView) -> None:
    assert field(order, name).request_annotation == expected


WIRE_TYPES = {
    "ReferenceText": "Annotated[Text, Field(max_length=40, examples=["
    '"A-1001"], description="What the customer calls it.",'
    ' json_schema_extra=of_format("order-reference"))]',
    "NoteText": 'Annotated[FilledText, Field(max_length=2000, examples=["Note"])]',
    "ChannelChoice": 'Literal["web", "store", "phone"]',
}


def test_a_field_brings_a_type_that_says_all_that_the_document_can_say(
    order: AggregateView,
) -> None:
    found = {each.alias: each.annotation for each in order.wire_types}

    assert {name: found[name] for name in WIRE_TYPES} == WIRE_TYPES


def test_the_database_says_what_the_domain_says(order: AggregateView) -> None:
    checks = {check.name: check.sql for check in order.checks}

    assert checks["ck_orders_reference_length"] == "char_length(reference) >= 3"
    assert checks["ck_orders_deliver_to_country_pattern"] == "deliver_to_country ~ '^[A-Z]{2}$'"
    assert checks["ck_orders_channel_values"] == "channel IN ('web', 'store', 'phone')"
    assert checks["ck_orders_ends_after_start"] == "ends_on >= starts_on"
    assert checks["ck_orders_state_values"] == (
        "state IN ('draft', 'submitted', 'delivered', 'cancelled')"
    )


def test_each_filter_and_sort_has_an_index_for_owners_and_one_for_all(order: AggregateView) -> None:
    columns = [index.columns for index in order.indexes if not index.is_unique]

    for name in ("created_at", "reference", "state", "channel", "book_id"):
        assert {("owner_id", name, "id"), (name, "id")} <= set(columns)
    assert [index.name for index in order.indexes if index.is_unique] == ["uq_orders_reference"]


def test_filters_are_parameters_of_the_query(order: AggregateView) -> None:
    view = aggregate(
        "        fields: {starts_on: date, count: integer}\n"
        "        reads: {filter: [starts_on, count, created_at]}\n"
    )

    assert [(each.parameter, each.has_range) for each in order.listing.filters] == [
        ("state", False),
        ("channel", False),
        ("bookId", False),
    ]
    assert [(each.from_parameter, each.to_parameter) for each in view.listing.filters] == [
        ("startsOnFrom", "startsOnTo"),
        ("countFrom", "countTo"),
        ("createdAtFrom", "createdAtTo"),
    ]


def test_by_default_the_owner_may_everything_and_others_nothing(order: AggregateView) -> None:
    by_operation = {each.operation: each for each in order.permissions}

    assert by_operation["create"].is_member
    assert by_operation["read"].is_owner
    assert not by_operation["read"].is_member
    assert by_operation["ship"].roles == ("admin", "clerk")
    assert not by_operation["ship"].is_owner
    assert by_operation["cancel"].is_owner
    assert not any(each.is_open for each in order.permissions)


def test_without_an_owner_members_read_and_admins_write() -> None:
    book = viewed(EXAMPLE).contexts[0].aggregates[0]
    by_operation = {each.operation: each for each in book.permissions}

    assert by_operation["list"].is_member
    assert not by_operation["create"].is_member
    assert by_operation["revise"].roles == ("admin",)


def test_who_may_do_something_is_said_in_a_sentence() -> None:
    view = viewed(
        "{roles: [clerk, driver], contexts: [{name: ordering, aggregates: [{name: Order, fields: {a: string},"
        " may: {create: [clerk, driver], read: [owner, clerk, driver], list: [owner, clerk, driver]}}]}]}"
    )
    told = {each.operation: each.described for each in view.contexts[0].aggregates[0].permissions}

    assert "For clerks, drivers and admins." in told["create"]
    assert "For the order's owner, clerks, drivers and admins." in told["read"]
    assert "For owners, who see their own; clerks, drivers and admins see all." in told["list"]


def test_what_all_may_do_is_refused_with_a_404_though_few_may_read_it() -> None:
    view = aggregate(
        "        fields: {title: string}\n        owner: none\n        may: {read: [], rename: anyone, sign: member}\n"
        "        changes: {rename: {fields: [title]}, sign: {fields: [title]}, strike: {fields: [title]}}\n"
    )
    open_change, members_change, admins_change = (each.access for each in view.changes)

    assert open_change.responses == "VERSIONED | problems(OrderNotFoundError)"
    assert members_change.responses == "VERSIONED | problems(SIGN_ORDER, OrderNotFoundError)"
    assert admins_change.responses == "VERSIONED | problems(STRIKE_ORDER)"
    assert not members_change.or_unknown
    assert admins_change.or_unknown == ", or the actor may not know"


def test_what_is_taken_is_said_without_ids_and_with_whose_it_is() -> None:
    view = viewed(
        "contexts: [{name: ordering, aggregates: [{name: Shop, fields: {a: string}},"
        " {name: Order, fields: {shop: {type: ref, to: Shop}, row: integer, seat: integer},"
        " unique_together: [[shop, row, seat], [seat, owner_id]]}]}]"
    )

    assert [each.detail for each in view.contexts[0].aggregates[1].unique] == [
        "another order has this shop, row and seat",
        "another order of the same owner has this seat",
    ]


def test_where_nobody_is_known_there_are_no_permissions_and_no_owners() -> None:
    view = aggregate("        fields: {title: string}\n", authentication="none")

    assert (view.permissions, view.has_owner) == ((), False)


def test_transitions_know_where_they_are_refused_and_how_to_get_there(order: AggregateView) -> None:
    assert order.lifecycle is not None
    ship = next(each for each in order.lifecycle.transitions if each.name == "ship")

    assert ship.refused_from == ("draft", "delivered", "cancelled")
    assert ship.way == ("submit",)
    assert (ship.refusal_class, ship.refusal_code) == ("CannotShipOrderError", "cannot_ship_order")


def test_what_a_transition_asks_for_is_null_before(order: AggregateView) -> None:
    [reason] = order.transition_fields

    assert (reason.domain_annotation, reason.columns[0].is_nullable) == ("Reason | None", True)
    assert order.lifecycle is not None
    assert order.lifecycle.transitions[2].fields[0].input_annotation == "str"


def test_changes_are_possible_until_a_final_state() -> None:
    view = aggregate(
        "        fields: {title: string, code: {type: string, set: once}}\n"
        "        lifecycle: {initial: draft, final: sent, transitions: {ship: {from: draft, to: sent}}}\n"
    )

    [revise] = view.changes
    assert (revise.name, revise.states, revise.other_states) == ("revise", ("draft",), ("sent",))
    assert [each.name for each in revise.fields] == ["title"]


def test_a_rule_has_values_that_break_it_and_the_example_keeps_it(order: AggregateView) -> None:
    [rule] = order.rules

    broken = dict(rule.broken)
    assert rule.text == "'ends on' is not before 'starts on'"
    assert order.example["endsOn"] >= order.example["startsOn"]
    assert broken["ends_on"] < broken["starts_on"]


def test_a_chain_of_rules_has_an_example_that_keeps_them_all() -> None:
    view = aggregate(
        "        fields: {one: integer, two: integer, three: integer}\n"
        "        rules: {a: one < two, b: three > two}\n"
    )

    assert view.example["one"] < view.example["two"] < view.example["three"]


@pytest.mark.parametrize("rule", ["exact == whole", "whole == exact"])
def test_examples_that_have_to_be_equal_are_such_as_both_fields_accept(rule: str) -> None:
    view = aggregate(
        "        fields:\n"
        "          exact: {type: decimal, precision: 9, scale: 3, min: '-0.001', optional: true}\n"
        "          whole: {type: decimal, precision: 9, scale: 0, min: '-1', max: '0'}\n"
        f"        rules: {{they_are_equal: {rule}}}\n"
    )

    assert {(each.json["exact"], each.json["whole"]) for each in view.samples} <= {
        ('"0.000"', '"0"'),
        ("None", '"0"'),
    }


def test_a_text_about_something_is_a_sentence_that_a_docstring_can_hold() -> None:
    view = aggregate("""        fields: {title: {type: string, doc: 'We call it "the title"'}}\n""")

    assert field(view, "title").doc == 'We call it "the title".'


def test_rules_over_money_hold_for_one_currency_and_missing_fields_keep_them() -> None:
    view = aggregate(
        "        fields: {paid: money, total: money, due: {type: date, optional: true}, on_day: date}\n"
        "        rules: {enough: paid >= total, in_time: on_day <= due}\n"
    )

    enough, in_time = view.rules
    assert enough.sql == "paid_currency = total_currency AND paid_amount >= total_amount"
    assert enough.holds.startswith("paid.currency == total.currency and paid.amount.value >= ")
    assert dict(enough.broken)["paid"]["amount"] < dict(enough.broken)["total"]["amount"]
    assert (in_time.optional, in_time.holds) == (("due",), "due is None or on_day <= due")


def test_amounts_of_two_currencies_differ() -> None:
    view = aggregate(
        "        fields: {paid: money, total: money, fee: {type: money, optional: true}}\n"
        "        rules: {differs: paid != total, other_fee: fee != total}\n"
    )
    differs, other_fee = view.rules

    assert differs.holds == (
        "paid.currency != total.currency or paid.amount.value != total.amount.value"
    )
    assert differs.broken_when == (
        "paid.currency == total.currency and paid.amount.value == total.amount.value"
    )
    assert differs.sql == "paid_currency <> total_currency OR paid_amount <> total_amount"
    assert other_fee.broken_when == f"fee is not None and {differs.broken_when}".replace(
        "paid", "fee"
    )
    assert other_fee.text == "fee differs from total"
    refused = [each.constraint for each in view.sql_refusals]
    assert refused.count("ck_orders_differs") == 1


@pytest.mark.parametrize(
    "noun",
    [
        *(
            "an hour",
            "an honour",
            "an heir",
            "an order",
            "an umbrella",
            "an uncle",
            "an understudy",
        ),
        *(
            "a house",
            "a utility",
            "a utensil",
            "a usb port",
            "a user",
            "a unit",
            "a european",
            "a url",
        ),
    ],
)
def test_nouns_have_the_article_that_people_say(noun: str) -> None:
    assert names.article(noun.partition(" ")[2]) == noun


def test_names_of_several_words_are_quoted_in_sentences() -> None:
    view = aggregate(
        "        fields: {starts_at: datetime, ends_at: datetime, room: string}\n"
        "        rules: {in_order: ends_at > starts_at}\n"
        "        unique_together: [[room, starts_at]]\n"
    )

    assert view.rules[0].text == "'ends at' is after 'starts at'"
    assert view.rules[0].demand == "must be after 'starts at'"
    assert view.unique[0].detail == "another order has this room and 'starts at'"


def test_a_rule_that_one_of_some_is_there_asks_for_columns_that_are_null_only_then() -> None:
    view = aggregate(
        "        fields:\n"
        "          price: {type: money, optional: true}\n"
        "          deliver_to: {type: Address, optional: true}\n"
        "          book: {type: ref, to: Order, optional: true}\n"
        "        rules: {some: {any_of: [price, deliver_to, book]}}\n"
        "values: {Address: {fields: {flat: {type: string, optional: true}, city: string}}}\n"
    )

    [rule] = view.rules
    assert rule.sql == "num_nonnulls(price_amount, deliver_to_city, book_id) >= 1"
    assert rule.holds == "price is not None or deliver_to is not None or book_id is not None"
    assert rule.broken == (("price", None), ("deliver_to", None), ("book_id", None))
    assert [column.is_nullable for column in field(view, "deliver_to").columns] == [True, True]
    assert view.values == ("Address",)


EXAMPLES = {
    "{type: decimal, scale: 3, example: 1.5}": "1.500",
    "{type: decimal, example: '7'}": "7.00",
    "{type: money, example: {amount: 3, currency: CHF}}": {"amount": "3.00", "currency": "CHF"},
    "{type: date, example: 2026-05-01}": "2026-05-01",
    "{type: datetime, example: 2026-05-01T10:00:00Z}": "2026-05-01T10:00:00Z",
    "{type: list, of: date, example: [2026-05-01]}": ["2026-05-01"],
    "{type: Address, example: {zip_code: '3000'}}": {"zipCode": "3000"},
    "{type: integer, max: -5}": None,
    "{type: string, max: 1}": None,
}


@pytest.mark.parametrize(("spec", "expected"), EXAMPLES.items())
def test_examples_are_written_as_json_has_them(spec: str, expected: Any) -> None:
    view = aggregate(
        f"        fields: {{title: {spec}}}\nvalues: {{Address: {{fields: {{zip_code: string}}}}}}\n"
    )

    title = field(view, "title")
    assert title.example == (expected or title.example)
    assert title.is_varied


def test_sensitive_fields_are_not_shown() -> None:
    view = aggregate("        fields: {title: string, pin: {type: string, sensitive: true}}\n")

    assert [each.name for each in view.shown_fields] == ["title"]
    assert "repr=False" in field(view, "pin").request_annotation


def test_classes_that_would_meet_others_are_named_for_their_aggregate() -> None:
    view = aggregate(
        "        fields: {order_line: string, text: string}\n"
        "        parts: {lines: {name: OrderLine, fields: {text: string}}}\n"
    )

    assert [each.name for each in view.value_objects] == [
        "OrderOrderLine",
        "OrderText",
        "OrderLineText",
    ]


# Good fields of every type, with what they may say.
NUMBERS = st.integers(1, 40)


def with_bounds(kind: str, low: int, high: int) -> st.SearchStrategy[dict[str, Any]]:
    bounds = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
    return bounds.map(lambda pair: {"type": kind, "min": pair[0], "max": pair[1]})


DECIMALS = st.tuples(st.integers(1, 12), st.integers(0, 4)).map(
    lambda pair: {"type": "decimal", "precision": max(pair), "scale": min(pair)}
)
ENUMS = st.lists(st.sampled_from(["web", "store", "in-store", "A4"]), min_size=1, unique=True).map(
    lambda found: {"type": "enum", "values": found}
)
PATTERNS = st.sampled_from(["[A-Z]{2}", "[a-z]+(-[a-z]+)*", r"\+[1-9][0-9]{1,14}"]).map(
    lambda pattern: {"type": "string", "pattern": pattern}
)
SIMPLE = (
    with_bounds("string", 1, 200)
    | with_bounds("integer", -50, 50)
    | DECIMALS
    | ENUMS
    | PATTERNS
    | st.sampled_from(["boolean", "date", "datetime", "uuid", "email", "url"]).map(
        lambda kind: {"type": kind}
    )
)
LISTS = st.tuples(SIMPLE, st.integers(0, 3), st.integers(3, 6)).map(
    lambda found: {"type": "list", "of": found[0], "min": found[1], "max": found[2]}
)
SCALARS = (
    SIMPLE | with_bounds("text", 1, 900) | st.just({"type": "money"}) | st.just({"type": "Address"})
)
FIELDS = st.dictionaries(
    st.sampled_from(["title", "code", "count", "weight", "due_on", "note", "kind", "target"]),
    st.tuples(SCALARS, st.booleans()).map(lambda found: {**found[0], "optional": found[1]}) | LISTS,
    min_size=1,
    max_size=6,
)
GOOD = st.tuples(FIELDS, FIELDS, FIELDS, st.sampled_from(["own", "none"]))


def page_of(own: Any, part: Any, asked: Any) -> dict[str, Any]:
    return {
        "values": {
            "Address": {
                "fields": {"city": "string", "zip_code": {"type": "string", "optional": True}}
            }
        },
        "contexts": [
            {
                "name": "ordering",
                "aggregates": [
                    {
                        "name": "Order",
                        "fields": own,
                        "parts": {"lines": {"name": "OrderLine", "fields": part}},
                        "lifecycle": {
                            "initial": "draft",
                            "final": "sent",
                            "transitions": {
                                "ship": {
                                    "from": "draft",
                                    "to": "sent",
                                    "with": {
                                        f"shipped_{name}": {
                                            key: item
                                            for key, item in each.items()
                                            if key != "optional"
                                        }
                                        for name, each in asked.items()
                                    },
                                }
                            },
                        },
                    }
                ],
            }
        ],
    }


@settings(max_examples=60, deadline=None, derandomize=True)
@given(drawn=GOOD)
def test_all_that_is_viewed_as_code_is_python_and_all_examples_are_good(drawn: Any) -> None:
    *fields, authentication = drawn
    page = strata_contexts.read_answers(page_of(*fields), authentication=authentication)

    view = strata_contexts.view_of(page, authentication).contexts[0].aggregates[0]

    specs = page.contexts[0].aggregates[0].fields
    for each in (*view.fields, *view.transition_fields, *view.parts[0].fields):
        for code in (
            each.domain_annotation,
            each.input_annotation,
            each.output_annotation,
            each.parse_call,
            each.output_call,
            each.trusted_call,
            each.request_annotation,
            each.response_annotation,
            each.example_python,
            *(column.type for column in each.columns),
            *(call for _, call in each.row_calls),
        ):
            ast.parse(code, mode="eval")
        assert [name for name, _ in each.row_calls] == [column.name for column in each.columns]
    for each in view.fields:
        spec = specs[each.name]
        assert values.problem(spec, as_on_the_page(spec, each.example), page) == ""
        for refused in each.refused:
            assert refused_by(spec, refused, page), refused


def as_on_the_page(spec: field_types.FieldSpec, value: Any) -> Any:
    """Name the fields of a value as the page does, not as JSON."""
    if isinstance(spec, field_types.ValueField):
        return {re.sub("([A-Z])", r"_\1", key).lower(): item for key, item in value.items()}
    return value


def refused_by(spec: field_types.FieldSpec, refused: examples.Refused, page: models.Page) -> bool:
    return values.problem(spec, as_on_the_page(spec, refused.value), page) != ""


@pytest.mark.parametrize(
    ("pattern", "expected"), [("[A-Z]{2}", "^[A-Z]{2}$"), ("new|used", "^(?:new|used)$")]
)
def test_a_pattern_stands_in_parentheses_only_if_it_has_alternatives(
    pattern: str, expected: str
) -> None:
    assert f"^{grouped(pattern)}$" == expected


SPAN = "values: {Span: {fields: {low: integer, high: integer}, rules: {in_order: low < high}}}\n"


def test_examples_of_a_value_keep_its_rules() -> None:
    view = aggregate(f"        fields: {{span: Span}}\n{SPAN}")

    for example in (view.example["span"], view.other_example["span"]):
        assert example["low"] < example["high"]


def test_the_database_says_the_rules_of_a_value_for_each_field_of_its_type() -> None:
    view = aggregate(
        f"        fields: {{span: Span, other: {{type: Span, optional: true}}}}\n{SPAN}"
    )

    checks = {check.name: check.sql for check in view.checks}
    assert checks["ck_orders_span_in_order"] == "span_low < span_high"
    assert checks["ck_orders_other_in_order"] == "other_low < other_high"


COMPLETE = {
    "{low: integer, high: integer}": "num_nonnulls(span_low, span_high) IN (0, 2)",
    "{low: integer, high: {type: integer, optional: true}}": (
        "span_low IS NOT NULL OR num_nonnulls(span_high) = 0"
    ),
    "{low: money, note: {type: string, optional: true}}": (
        "num_nonnulls(span_low_amount, span_low_currency) IN (0, 2)"
        " AND (span_low_amount IS NOT NULL OR num_nonnulls(span_note) = 0)"
    ),
    "{low: integer}": None,
}


@pytest.mark.parametrize(("fields", "sql"), COMPLETE.items())
def test_an_optional_value_is_stored_as_a_whole_or_not_at_all(fields: str, sql: str | None) -> None:
    page = f"        fields: {{span: {{type: Span, optional: true}}}}\nvalues: {{Span: {{fields: {fields}}}}}\n"

    checks = {check.name: check.sql for check in aggregate(page).checks}

    assert checks.get("ck_orders_span_complete") == sql


def test_what_a_transition_asks_for_is_stored_as_a_whole_or_not_at_all() -> None:
    view = aggregate(
        "        fields: {title: string}\n"
        "        lifecycle: {initial: a, final: b, transitions: {go: {from: a, to: b, with: {over: Span}}}}\n"
        f"{SPAN}"
    )

    checks = {check.name: check.sql for check in view.checks}
    assert checks["ck_orders_over_complete"] == "num_nonnulls(over_low, over_high) IN (0, 2)"


def test_optional_money_in_a_value_is_stored_as_a_whole_or_not_at_all() -> None:
    view = aggregate(
        "        fields: {cost: Cost}\n"
        "values: {Cost: {fields: {net: money, tax: {type: money, optional: true}}}}\n"
    )

    checks = {check.name: check.sql for check in view.checks}
    both = "num_nonnulls(cost_tax_amount, cost_tax_currency) IN (0, 2)"
    assert checks["ck_orders_cost_tax_complete"] == both


def test_a_rule_that_one_is_there_says_nothing_of_a_value_that_is_missing() -> None:
    view = aggregate(
        "        fields: {reach: {type: Reach, optional: true}}\n"
        "values:\n"
        "  Reach:\n"
        "    fields:\n"
        "      name: string\n"
        "      phone: {type: string, optional: true}\n"
        "      contact: {type: email, optional: true}\n"
        "    rules: {somebody_answers: {any_of: [phone, contact]}}\n"
    )

    checks = {check.name: check.sql for check in view.checks}
    assert checks["ck_orders_reach_somebody_answers"] == (
        "reach_name IS NULL OR num_nonnulls(reach_phone, reach_contact) >= 1"
    )


def test_names_of_good_values_are_those_of_no_field() -> None:
    view = viewed(
        "values: {Place: {fields: {code: string, valid_code: string}}}\n"
        "contexts: [{name: ordering, aggregates: [{name: Order, fields: {place: Place}}]}]\n"
    )

    [place] = view.values
    assert [each.local for each in place.inner] == ["checked_code", "checked_valid_code"]


def test_each_rule_of_a_value_is_broken_with_its_place() -> None:
    view = aggregate(
        "        fields: {span: Span}\n"
        "values:\n"
        "  Span:\n"
        "    fields: {low: {type: integer, min: 1, max: 9}, high: integer, kind: {type: enum, values: [a]}}\n"
        "    rules: {in_order: low < high}\n"
    )

    told = [(each.pointer, each.code) for each in field(view, "span").wrong_inside]
    assert told == [
        ("#/span/low", "too_small"),
        ("#/span/low", "too_large"),
        ("#/span/high", "too_small"),
        ("#/span/high", "too_large"),
        ("#/span/kind", "literal_error"),
        ("#/span/low", "in_order"),
    ]


def test_refusals_are_listed_in_the_order_that_ruff_wants() -> None:
    parts = {"handles": {"name": "Handle", "fields": {"colour": "string"}}}
    tool = {"name": "Tool", "fields": {"label": "string"}, "parts": parts}
    page = strata_contexts.read_answers({"contexts": [{"name": "shed", "aggregates": [tool]}]})

    [found] = strata_contexts.view_of(page).contexts[0].aggregates

    assert found.refusal_names == (
        '["HandleNotFoundError", "TooManyHandlesError", "ToolNotFoundError"]'
    )


def test_what_is_called_like_an_id_is_plain_under_another_name_only() -> None:
    view = aggregate("        fields: {tax_id: string, owner_ids: {type: list, of: integer}}\n")

    found = {
        each.name: (each.input_name, each.output_annotation, each.response_annotation)
        for each in view.fields
    }
    assert found == {
        "tax_id": ("tax_id_given", "TaxId", "TextId"),
        "owner_ids": (
            "owner_ids_given",
            "Sequence[OwnerId]",
            'list[Annotated[int, BeforeValidator(attrgetter("value"))]]',
        ),
    }


def test_a_use_case_gives_its_own_names_to_nothing_else() -> None:
    view = aggregate("        fields: {orders: string, taken: string, title: string}\n")

    assert [each.local for each in view.fields] == ["valid_orders", "valid_taken", "title"]


def test_rows_of_the_tests_differ_in_what_is_unique_together_however_few_values_there_are() -> None:
    page = strata_contexts.read((ROOT / "tests/contexts/open.yml").read_text())
    shelf = page.contexts[0].aggregates[2]

    found = rows(shelf, page, 3)

    for group in shelf.unique_together:
        assert len({tuple(each[name] for name in group) for each in found}) == 3
    assert all(each["near"] < each["far"] for each in found)


def test_no_change_of_the_tests_makes_a_row_like_the_second_one() -> None:
    order = aggregate(
        "        fields: {kind: {type: enum, values: [low, high]}, size: {type: enum, values: [small, large]}}\n"
        "        unique_together: [[kind, size]]\n"
        "        changes: {arrange: {fields: [kind]}, resize: {fields: [size]}, sort: {fields: [kind, size]}}\n"
    )
    _, second, _ = order.samples

    for change in order.changes:
        after = order.samples[0].json | change.sample.json
        assert after != second.json
        assert after != order.samples[0].json
    assert [change.name for change in order.early_changes] == ["arrange", "sort"]


@pytest.mark.parametrize(
    ("least", "told"), [(1, "fewer than 1 character"), (2, "fewer than 2 characters")]
)
def test_tests_of_a_length_are_named_in_english(least: int, told: str) -> None:
    spec = field_types.StringField(type="string", min=least)

    refused = examples.refused("title", spec, models.Page())

    assert told in [each.because for each in refused]
