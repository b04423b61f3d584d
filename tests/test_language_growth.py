"""The comparison of two pages: what is added, changed and removed, and what a database is asked."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import yaml

from extensions import strata_contexts
from extensions.strata_contexts.growth import Growth, growth_of
from extensions.strata_contexts.stored import allows_all_of

ORDER = """\
roles: [clerk]
contexts:
  - name: ordering
    aggregates:
      - name: Order
        fields:
          reference: {type: string, max: 40}
          total: money
          weight: {type: decimal, precision: 9, scale: 3}
          note: {type: text, optional: true}
          tags: {type: list, of: string}
        lifecycle:
          initial: draft
          final: sent
          transitions:
            send: {from: draft, to: sent, with: {reason: {type: string, optional: true}}}
"""
NOTE = "          note: {type: text, optional: true}\n"
SEND = "            send:"


def grown(*edits: tuple[str, str]) -> str:
    text = ORDER
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    return text


def growth(*edits: tuple[str, str]) -> Growth:
    pages = [strata_contexts.read(text) for text in (ORDER, grown(*edits))]
    return growth_of(pages[0], pages[1])


def told(found: Growth) -> dict[str, Any]:
    """Return all that is not empty."""
    return {key: value for key, value in dataclasses.asdict(found).items() if value}


CASES: dict[str, tuple[list[tuple[str, str]], dict[str, Any]]] = {
    "nothing": ([], {}),
    "a field that may be missing": (
        [(NOTE, f"{NOTE}          colour: {{type: string, optional: true}}\n")],
        {
            "added": ["ordering.Order.colour"],
            "asked": ["orders: add the column colour"],
            "contexts": ["ordering"],
        },
    ),
    "money with a backfill": (
        [
            (
                NOTE,
                f"{NOTE}          fee: {{type: money, backfill: {{amount: '1.50', currency: EUR}}}}\n",
            )
        ],
        {
            "added": ["ordering.Order.fee"],
            "asked": [
                "orders: add the column fee_amount, which is '1.50' in the rows that are there",
                "orders: add the column fee_currency, which is 'EUR' in the rows that are there",
            ],
            "fills": {"orders": {"fee_amount": "'1.50'", "fee_currency": "'EUR'"}},
            "contexts": ["ordering"],
        },
    ),
    "a list, which is empty in the rows that are there": (
        [(NOTE, f"{NOTE}          marks: {{type: list, of: string, max: 3}}\n")],
        {
            "added": ["ordering.Order.marks"],
            "asked": ["orders: add the column marks, which is '{}' in the rows that are there"],
            "fills": {"orders": {"marks": "'{}'"}},
            "contexts": ["ordering"],
        },
    ),
    "a list of texts with quotes and backslashes": (
        [
            (
                NOTE,
                f"{NOTE}          marks: {{type: list, of: string, backfill: ['a\"b', 'c\\d']}}\n",
            )
        ],
        {
            "added": ["ordering.Order.marks"],
            "asked": [
                "orders: add the column marks, which is "
                """'{"a\\"b","c\\\\d"}' in the rows that are there"""
            ],
            "fills": {"orders": {"marks": """'{"a\\"b","c\\\\d"}'"""}},
            "contexts": ["ordering"],
        },
    ),
    "a default instead of a backfill": (
        [("note: {type: text, optional: true}", 'note: {type: text, default: "it\'s old"}')],
        {
            "changed": ["ordering.Order.note"],
            "asked": ["orders: fill note with 'it''s old' where it is null, and require it"],
            "fills": {"orders": {"note": "'it''s old'"}},
            "contexts": ["ordering"],
        },
    ),
    "fewer characters": (
        [("max: 40", "max: 30")],
        {
            "changed": ["ordering.Order.reference"],
            "asked": [
                "orders: make reference String(30), which was String(40); this fails if a row has more"
            ],
            "contexts": ["ordering"],
        },
    ),
    "more characters": (
        [("max: 40", "max: 50")],
        {
            "changed": ["ordering.Order.reference"],
            "asked": ["orders: make reference String(50), which was String(40)"],
            "contexts": ["ordering"],
        },
    ),
    "a unique field": (
        [("max: 40}", "max: 40, unique: true}")],
        {
            "changed": ["ordering.Order.reference"],
            "asked": ["orders: let no two rows have the same reference; this fails if two have"],
            "contexts": ["ordering"],
        },
    ),
    "a transition to a new state": (
        [
            (
                SEND,
                f"            hold: {{from: draft, to: held}}\n            go_on: {{from: held, to: sent}}\n{SEND}",
            )
        ],
        {
            "added": ["ordering.Order.hold", "ordering.Order.go_on"],
            "asked": ["orders: require state IN ('draft', 'held', 'sent'), which allows more"],
            "contexts": ["ordering"],
        },
    ),
    "a list that is sorted by a text": (
        [("        lifecycle:", "        reads: {sort: [reference]}\n        lifecycle:")],
        {
            "changed": ["ordering.Order (reads)"],
            "asked": [
                "orders: order reference by code points; its indexes are made anew, which blocks the table",
                "orders: create an index on owner_id, reference, id, which blocks nobody",
                "orders: create an index on reference, id, which blocks nobody",
                "orders: drop the index on owner_id, created_at, id",
                "orders: drop the index on created_at, id",
            ],
            "contexts": ["ordering"],
        },
    ),
    "a role and who has it": (
        [
            ("[clerk]", "[clerk, auditor]"),
            ("        fields:\n", "        may: {read: [auditor]}\n        fields:\n"),
        ],
        {
            "added": ["roles.auditor"],
            "changed": ["ordering.Order (may)"],
            "contexts": ["ordering"],
        },
    ),
    "a field with another name": (
        [(NOTE, NOTE.replace("note", "remark"))],
        {
            "added": ["ordering.Order.remark"],
            "removed": ["ordering.Order.note"],
            "asked": [
                "orders: add the column remark",
                "orders: drop the column note, with all that is in it",
            ],
            "contexts": ["ordering"],
        },
    ),
    "another aggregate in place of the first": (
        [("name: Order", "name: Parcel")],
        {
            "added": ["ordering.Parcel"],
            "removed": ["ordering.Order"],
            "asked": ["parcels: create the table", "orders: drop the table, with all of its rows"],
            "contexts": ["ordering"],
        },
    ),
    "a transition that asks for nothing any more": (
        [(", with: {reason: {type: string, optional: true}}", "")],
        {
            "changed": ["ordering.Order.send"],
            "removed": ["ordering.Order.send.reason"],
            "asked": ["orders: drop the column reason, with all that is in it"],
            "contexts": ["ordering"],
        },
    ),
    "no owner any more": (
        [("        fields:\n", "        owner: none\n        fields:\n")],
        {
            "changed": ["ordering.Order (owner)"],
            "removed": ["ordering.Order.owner"],
            "asked": ["orders: drop the column owner_id, with all that is in it"],
            "contexts": ["ordering"],
        },
    ),
    "another table": (
        [("        fields:\n", "        table: sales\n        fields:\n")],
        {
            "removed": ["ordering.Order.table"],
            "asked": ["sales: create the table", "orders: drop the table, with all of its rows"],
            "contexts": ["ordering"],
        },
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_differences_of_two_pages_are_named(name: str) -> None:
    edits, expected = CASES[name]

    assert told(growth(*edits)) == expected


IMPOSSIBLE = {
    "a required field": (
        (NOTE, f"{NOTE}          colour: string\n"),
        "contexts.yml:11: contexts[0].aggregates[0].fields.colour: it is required",
    ),
    "a required field that was optional": (
        ("note: {type: text, optional: true}", "note: text"),
        "contexts.yml:10: contexts[0].aggregates[0].fields.note: it is required",
    ),
    "another type": (
        ("total: money", "total: integer"),
        "contexts.yml:8: contexts[0].aggregates[0].fields.total: it was money, and a field keeps",
    ),
    "fewer digits": (
        ("scale: 3", "scale: 2"),
        "contexts.yml:9: contexts[0].aggregates[0].fields.weight: fewer digits after the point",
    ),
    "a list of something else": (
        ("of: string", "of: integer"),
        "contexts.yml:11: contexts[0].aggregates[0].fields.tags: its column would become",
    ),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_rows_forbid_is_a_mistake_with_its_line(name: str) -> None:
    edit, expected = IMPOSSIBLE[name]

    [line] = strata_contexts.ungrowable(
        strata_contexts.read(ORDER), grown(edit), file="contexts.yml"
    )

    assert line.startswith(expected)


def test_a_page_that_is_written_anew_has_the_same_digest() -> None:
    page = yaml.safe_load(ORDER)

    assert strata_contexts.digest(yaml.safe_load(strata_contexts.written(page))) == (
        strata_contexts.digest({"language": 1, **page})
    )


def with_lines(fields: str) -> str:
    """Return a page whose orders have lines with some fields."""
    parts = f"        parts: {{lines: {{name: OrderLine, fields: {{{fields}}}}}}}\n"
    return ORDER.replace("        lifecycle:", f"{parts}        lifecycle:")


def test_a_new_kind_of_parts_is_a_table() -> None:
    found = growth_of(strata_contexts.read(ORDER), strata_contexts.read(with_lines("sku: string")))

    assert found.added == ["ordering.Order.lines"]
    assert found.asked == ["order_lines: create the table"]


def test_rows_of_parts_get_what_a_new_field_says() -> None:
    before, after = (
        with_lines("sku: string"),
        with_lines("sku: string, copies: {type: integer, default: 1}"),
    )

    found = growth_of(strata_contexts.read(before), strata_contexts.read(after))

    assert found.fills == {"order_lines": {"copies": "1"}}


def test_a_new_field_of_parts_that_says_nothing_is_a_mistake_with_its_place() -> None:
    before, after = with_lines("sku: string"), with_lines("sku: string, copies: integer")

    [line] = strata_contexts.ungrowable(strata_contexts.read(before), after, file="contexts.yml")

    place = "contexts[0].aggregates[0].parts.lines.fields.copies"
    assert line.startswith(f"contexts.yml:12: {place}: it is required, and the rows that are there")


def test_what_gets_states_is_in_the_first_of_them() -> None:
    lifecycle = ORDER[ORDER.index("        lifecycle:") :]
    pages = [strata_contexts.read(text) for text in (grown((lifecycle, "")), ORDER)]

    found = growth_of(pages[0], pages[1])

    assert found.fills == {"orders": {"state": "'draft'"}}
    assert (
        "orders: add the column state, which is 'draft' in the rows that are there" in found.asked
    )


def test_parts_with_another_name_are_a_removal() -> None:
    before = with_lines("sku: string")

    found = growth_of(
        strata_contexts.read(before),
        strata_contexts.read(before.replace("OrderLine", "OrderRow")),
    )

    assert found.removed == ["ordering.Order.lines.name"]
    assert "order_lines: drop the table, with all of its rows" in found.asked


def test_a_field_that_a_value_no_longer_has_is_a_removal() -> None:
    value = "values: {Address: {fields: {street: string, city: string}}}\n"
    before = value + grown((NOTE, f"{NOTE}          home: Address\n"))

    found = growth_of(
        strata_contexts.read(before),
        strata_contexts.read(before.replace(", city: string", "")),
    )

    assert found.removed == ["values.Address.city"]
    assert found.asked == ["orders: drop the column home_city, with all that is in it"]


def test_a_number_of_parts_that_rows_may_not_have_is_counted() -> None:
    before = with_lines("sku: string")
    after = before.replace("{name: OrderLine", "{name: OrderLine, min: 1, max: 100")
    pages = [strata_contexts.read(text) for text in (before, after)]

    found, back = growth_of(pages[0], pages[1]), growth_of(pages[1], pages[0])

    assert [dataclasses.astuple(each) for each in found.numbers] == [
        ("orders", "order_lines", "order_id", 1, 100)
    ]
    assert found.asked == [
        "order_lines: count them for each of orders; this fails if one has fewer than 1 or more than 100"
    ]
    assert (back.numbers, back.asked) == ([], [])


def test_parts_that_rows_would_need_at_once_are_refused_with_a_way() -> None:
    after = with_lines("sku: string").replace("{name: OrderLine", "{name: OrderLine, min: 1")

    [line] = strata_contexts.ungrowable(strata_contexts.read(ORDER), after, file="contexts.yml")

    place = "contexts[0].aggregates[0].parts.lines.min"
    assert line.startswith(
        f"contexts.yml:12: {place}: the orders that are there have no lines: let"
    )


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ("{type: ref, to: Order}", "the rows that are there point to nothing: let it be optional"),
        ("{type: string, unique: true}", "they cannot all have the same: let it be optional"),
        ("{type: string, sensitive: true}", "they cannot all have the same: let it be optional"),
    ],
)
def test_a_required_field_that_no_backfill_helps_says_what_does(field: str, why: str) -> None:
    after = grown((NOTE, f"{NOTE}          other: {field}\n"))

    [line] = strata_contexts.ungrowable(strata_contexts.read(ORDER), after, file="contexts.yml")

    assert line.startswith(
        "contexts.yml:11: contexts[0].aggregates[0].fields.other: it is required"
    )
    assert line.endswith(why)


@pytest.mark.parametrize(
    ("before", "after", "allows"),
    [
        ("n BETWEEN 1 AND 9", "n BETWEEN -1 AND 9.5", True),
        ("n BETWEEN 1 AND 9", "n BETWEEN 2 AND 10", False),
        ("n BETWEEN 1 AND 9", "m BETWEEN 1 AND 9", False),
        ("s IN ('a', 'b')", "s IN ('b', 'c', 'a')", True),
        ("s IN ('a', 'b')", "s IN ('a', 'c')", False),
        ("char_length(s) >= 3", "char_length(s) >= 1", True),
        ("char_length(s) >= 3", "char_length(s) >= 4", False),
        ("a <= b", "a < b", False),
    ],
)
def test_what_allows_all_that_was_allowed_fails_nowhere(
    before: str, after: str, *, allows: bool
) -> None:
    assert allows_all_of(after, before) is allows
