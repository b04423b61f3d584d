"""Types of fields in the view: patterns, lists, defaults, names that meet, and the ends of time."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from extensions import strata_contexts
from extensions.strata_contexts import patterns, wire_patterns
from extensions.strata_contexts.field_types import StringField

if TYPE_CHECKING:
    from extensions.strata_contexts.view import AggregateView, FieldView

BLANKS = " \t\n\f\r"
PATTERNS = [
    *("[A-Z]{2}", "[a-c]+", "[a-c ]+", "[^,]+", "[^,]{1,2}", "[^,]{2,3}", "[^,]?", "a[^ ]*"),
    *("(a|b)c?", "(ab|a )+", "é+", "[à-ÿ]*a", "[^a-z]{3}", "a|b", " a", "[ ,]*", r"\(a\)", "[,-]+"),
]
LETTERS = "ac, éZ\n-\ufffd"
TEXTS = ["".join(each) for length in range(5) for each in itertools.product(LETTERS, repeat=length)]


def aggregate(fields: str, **more: Any) -> AggregateView:
    """View an aggregate `Order` with some fields."""
    order = {"name": "Order", "fields": yaml.safe_load(f"{{{fields}}}"), **more}
    page = {
        "values": {
            "Span": {"fields": {"low": "date", "high": {"type": "money", "optional": True}}}
        },
        "contexts": [{"name": "ordering", "aggregates": [order]}],
    }
    assert strata_contexts.unrendered(page) == []
    return strata_contexts.view_of(strata_contexts.read_answers(page)).contexts[0].aggregates[0]


def only(fields: str, **more: Any) -> FieldView:
    [field] = aggregate(fields, **more).fields
    return field


@pytest.mark.parametrize("least", [1, 2, 3])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_document_says_exactly_what_the_domain_takes(pattern: str, least: int) -> None:
    """The domain cuts white space off, counts, and compares; requests may not have U+FFFD."""
    spec = StringField(type="string", pattern=pattern, min=least)
    declared = wire_patterns.declared(spec)
    longest = patterns.parse(pattern).longest
    if longest is not None and longest < least:
        return  # the language refuses it

    def is_taken(text: str) -> bool:
        cut = text.strip(BLANKS)
        is_good = len(cut) >= least and re.fullmatch(pattern, cut) is not None
        return is_good and "\ufffd" not in text

    if declared:
        said = re.compile(declared[1:-1])
        assert [each for each in TEXTS if bool(said.fullmatch(each)) != is_taken(each)] == []


def test_most_patterns_can_be_said_and_the_others_have_a_format() -> None:
    said = {
        each: wire_patterns.declared(StringField(type="string", pattern=each)) for each in PATTERNS
    }
    field = only('code: {type: string, pattern: "(ab|a )+", min: 3, max: 9}')

    assert [pattern for pattern, declared in said.items() if not declared] == [
        "a[^ ]*",
        "(ab|a )+",
        " a",
    ]
    assert field.wire_type
    assert field.wire_type.format == "order-code"
    assert 'st.sampled_from(["aba' in field.wire_type.strategy


@pytest.mark.parametrize(
    ("kind", "column", "parsed"),
    [
        ("boolean", "ARRAY(Boolean)", "counted(data.them, least=1, most=3)"),
        ("date", "ARRAY(Date)", "counted(data.them, least=1, most=3)"),
        ("datetime", "ARRAY(DateTime(timezone=True))", "counted(data.them, least=1, most=3)"),
        ("uuid", "ARRAY(Uuid)", "parse_each(data.them, ThemItem.parse, least=1, most=3)"),
    ],
)
def test_lists_hold_what_python_knows_itself_and_ids(kind: str, column: str, parsed: str) -> None:
    field = only(f"them: {{type: list, of: {kind}, min: 1, max: 3}}")

    assert field.columns[0].type == column
    assert field.parse_call == parsed


@pytest.mark.parametrize(
    ("field", "default"),
    [
        ("{type: date, default: 2026-01-31}", "date(2026, 1, 31)"),
        (
            '{type: datetime, default: "2026-01-31T01:00:00.5+02:00"}',
            "datetime(2026, 1, 30, 23, 0, 0, 500000, tzinfo=UTC)",
        ),
        (
            "{type: money, default: {amount: 2, currency: EUR}}",
            'MoneyRequest(amount="2.00", currency="EUR")',
        ),
        ("{type: list, of: string, default: [a, b]}", 'Field(default=["a", "b"])'),
        ("{type: list, of: date, default: [2026-01-31]}", "Field(default=[date(2026, 1, 31)])"),
        ("{type: Span, default: {low: 2026-01-31}}", "SpanRequest(low=date(2026, 1, 31))"),
        (
            "{type: Span, default: {low: 2026-01-31, high: {amount: 3, currency: EUR}}}",
            'SpanRequest(low=date(2026, 1, 31), high=MoneyRequest(amount="3.00", currency="EUR"))',
        ),
    ],
)
def test_each_type_has_defaults_as_a_request_has_them(field: str, default: str) -> None:
    assert only(f"it: {field}").request_default == f" = {default}"


def test_an_id_whose_short_name_is_taken_is_given_under_another_one() -> None:
    guest, guest_id, given = aggregate("guest: string, guest_id: uuid, guest_id_given: text").fields

    assert (guest.input_name, given.input_name) == ("guest", "guest_id_given")
    assert guest_id.input_name == "guest_id_given_given"


def test_what_is_good_is_called_as_no_field_is() -> None:
    fields = aggregate("conflict: string, valid_conflict: string, checked_conflict: string").fields

    assert [each.local for each in fields] == [
        *("parsed_conflict", "valid_conflict", "checked_conflict"),
    ]


def test_a_list_is_filtered_by_what_is_called_like_an_id_as_by_an_id() -> None:
    fields = "tax_id: {type: integer, min: 1, max: 9}, kind_id: {type: enum, values: [a, b]}"
    tax, kind = aggregate(fields, reads={"filter": ["tax_id", "kind_id"]}).listing.filters
    exactly, least, _ = tax.criteria

    assert exactly.input_annotation == "Sequence[TaxId]"
    assert exactly.passed == "[TaxId.from_trusted(each) for each in query.tax_id]"
    assert least.input_annotation == "int | None"
    assert kind.criteria[0].passed == "[KindId(each) for each in query.kind_id]"


def test_rows_of_tests_differ_in_what_is_unique_however_few_values_it_has() -> None:
    fields = "one: {type: integer, min: 1, max: 4, unique: true}, two: integer"

    samples = aggregate(fields).samples

    assert len({each.json["one"] for each in samples}) == len(samples) == 3


def test_moments_of_a_page_are_told_in_utc() -> None:
    field = only('began_at: {type: datetime, example: "0001-01-01T14:00:01+14:00"}')

    assert field.example == "0001-01-01T00:00:01Z"


def test_the_page_of_types_has_what_is_less_usual() -> None:
    page = yaml.safe_load((Path(__file__).parent / "contexts/types.yml").read_text())

    assert strata_contexts.unrendered(page) == []


def test_what_nobody_sees_in_a_pattern_is_spelled_out() -> None:
    field = only('code: {type: string, pattern: "[^ \\n\\u00a0]{4}"}')

    assert field.value_object
    assert field.value_object.constants[-1][2] == r'r"[^ \n\u00A0]{4}"'
    assert "~ '^[^ \\n\\u00A0]{4}$'" in field.columns[0].checks[1].sql
    assert field.allowed == r"text of the form `[^ \n\u00A0]{4}`"


def test_a_change_of_a_test_takes_no_key_of_the_second_row() -> None:
    """Where a choice has two values, the second row differs from the first in more than the third."""
    fields = "key: {type: string, max: 9, unique: true}, kind: {type: enum, values: [a, b]}"
    order = aggregate(fields)

    assert order.changes[0].sample.json["key"] == order.samples[2].json["key"]
