"""Computes statements that each constraint of a table refuses, for the tests of the database.

A test drops the other CHECK constraints of the table before it runs a statement. So a value has to fit
into its column, and may break what else it likes.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from . import patterns, values
from .columns import LARGEST_INTEGER, columns_of, required_column, sql_string, string_room
from .examples import EXACT, example, unknown_value
from .field_types import (
    DecimalField,
    EnumField,
    IntegerField,
    ListField,
    MoneyField,
    StringField,
    TextField,
    ValueField,
)
from .literals import literal
from .rule_view import rule_views
from .satisfying import keeping
from .view import SqlRefusal
from .walk import attribute, type_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .field_types import FieldSpec
    from .models import Page
    from .view import RuleView
    from .walk import AggregateHere

LONG: Final = 40
"""More characters than a test writes out, if they are all the same."""
IN_ARRAYS: Final = {
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
    "decimal": "numeric",
    "integer": "bigint",
    "uuid": "uuid",
}
"""Types of items that PostgreSQL makes no text of."""


def sql_refusals(
    here: AggregateHere, asked: dict[str, FieldSpec], page: Page, rules: Iterable[RuleView]
) -> Iterator[SqlRefusal]:
    """Yield statements for each constraint of an aggregate's own table.

    ``asked`` are the fields that its transitions ask for.
    """
    table = here.table
    yield from fields_refused(table, "", here.aggregate.fields, rules, page)
    yield from fields_refused(table, "", asked, (), page)
    if here.lifecycle:
        nowhere = unknown_value(here.states, "nowhere")
        yield made(table, f"state = {sql_string(nowhere)}", "state_values")


def fields_refused(
    table: str,
    prefix: str,
    fields: dict[str, FieldSpec],
    rules: Iterable[RuleView],
    page: Page,
    there: str = "",
) -> Iterator[SqlRefusal]:
    """Yield statements for each constraint of some fields, and of the rules over them.

    ``prefix`` stands before the names of their columns. ``there`` is what makes a value be there that
    may be missing, and then breaks no rule.
    """
    for name, spec in fields.items():
        yield from field_refused(table, f"{prefix}{name}", spec, page)
    specs = {attribute(name, spec): (name, spec) for name, spec in fields.items()}
    for rule in rules:
        given = [there] if there and not rule.is_comparison else []
        for own, value in rule.broken:
            name, spec = specs[own]
            given.append(set_to(f"{prefix}{name}", spec, value, page))
        yield made(table, ", ".join(given), f"{prefix}{rule.name}")
        is_money = rule.is_comparison and isinstance(fields.get(rule.left), MoneyField)
        if is_money and rule.operator != "!=":
            yield made(table, in_two_currencies(rule, prefix, fields, page), f"{prefix}{rule.name}")


def in_two_currencies(rule: RuleView, prefix: str, fields: dict[str, FieldSpec], page: Page) -> str:
    """Return amounts that keep a rule, in different currencies."""
    kept = keeping(fields, {rule.name: f"{rule.left} {rule.operator} {rule.right}"}, page) or {}
    left, right = kept[rule.left], kept[rule.right]
    other = {**right, "currency": "USD" if left["currency"] != "USD" else "EUR"}
    return ", ".join(
        set_to(f"{prefix}{name}", fields[name], value, page)
        for name, value in ((rule.left, left), (rule.right, other))
    )


def field_refused(table: str, name: str, spec: FieldSpec, page: Page) -> Iterator[SqlRefusal]:
    if isinstance(spec, ValueField):
        yield from value_refused(table, name, spec, page)
        return
    for column in columns_of(name, spec, page):
        for check in column.checks:
            for bad in breaking_values(spec, check.name):
                yield made(table, f"{column.name} = {bad}", check.name)


def value_refused(table: str, name: str, spec: ValueField, page: Page) -> Iterator[SqlRefusal]:
    value = page.values[spec.type]
    given = samples(name, spec, page)
    needed = required_column(name, spec, page)
    there = f"{needed} = {given[needed]}" if spec.optional else ""
    rules = rule_views(value.rules, value.fields, page, "")
    yield from fields_refused(table, f"{name}_", value.fields, rules, page, there)
    inner = []
    for key, each in value.fields.items():
        columns = columns_of(f"{name}_{key}", each, page)
        if each.optional and isinstance(each, MoneyField):
            pair = [column.name for column in columns]
            yield from incomplete(table, f"{name}_{key}", pair, [], given)
        inner += columns
    if spec.optional and len(inner) > 1:
        always = [column.name for column in inner if not column.is_nullable]
        others = [column.name for column in inner if column.is_nullable]
        yield from incomplete(table, name, always, others, given)


def incomplete(
    table: str, name: str, always: list[str], others: list[str], given: dict[str, str]
) -> Iterator[SqlRefusal]:
    """Yield statements that leave a field of several columns there in part.

    ``always`` are the columns that it has whenever it is there, ``others`` those that may be null.
    """
    if len(always) > 1:
        first, second, *_ = always
        yield made(table, f"{first} = {given[first]}, {second} = NULL", f"{name}_complete")
    if others:
        nothing = [f"{column} = NULL" for column in always]
        one = f"{others[0]} = {given[others[0]]}"
        yield made(table, ", ".join([*nothing, one]), f"{name}_complete")


def samples(name: str, spec: FieldSpec, page: Page) -> dict[str, str]:
    """Return a value in SQL for each column of a field."""
    if isinstance(spec, ValueField):
        inner = page.values[spec.type].fields
        each = (samples(f"{name}_{key}", field, page) for key, field in inner.items())
        return {column: value for found in each for column, value in found.items()}
    value = [] if isinstance(spec, ListField) else example(name, spec, page)
    return set_columns(name, spec, value, page)


def made(table: str, given: str, check: str) -> SqlRefusal:
    statement = " ".join(["UPDATE", table, "SET", given])
    return SqlRefusal(literal(statement), f"ck_{table}_{check}")


def breaking_values(spec: FieldSpec, check: str) -> list[str]:
    """Return values in SQL that break a check at each of its ends, as far as the column has room."""
    match spec:
        case StringField(pattern=str(pattern)) if check.endswith("_pattern"):
            misfits = patterns.parse(pattern).misfits(0, string_room(spec))
            return [sql_string(text) for text in misfits][:1]
        case StringField() | TextField():
            return [repeated("x", spec.min - 1)]
        case IntegerField():
            is_small = spec.min >= -LARGEST_INTEGER - 1 and spec.max <= LARGEST_INTEGER
            room = LARGEST_INTEGER if is_small else 2**63 - 1
            return [str(each) for each in (spec.min - 1, spec.max + 1) if -room - 1 <= each <= room]
        case DecimalField():
            return list(breaking_decimals(spec))
        case MoneyField():
            return ["-0.01"] if check.endswith("_range") else ["'eur'"]
        case ListField():
            kind = IN_ARRAYS.get(type_name(spec.of), "text")
            long = f"array_fill(CAST(NULL AS {kind}), ARRAY[{spec.max + 1}])"
            return ["'{}'", long] if spec.min else [long]
        case EnumField():
            return [sql_string(unknown_value(spec.values))]
        case _:
            return []


def repeated(char: str, count: int) -> str:
    """Write a text in SQL that is one character some times over."""
    return f"repeat('{char}', {count})" if count > LONG else sql_string(char * count)


def breaking_decimals(spec: DecimalField) -> Iterator[str]:
    least, greatest = values.decimal_bounds(spec)
    step = Decimal(1).scaleb(-spec.scale)
    if least > values.least_of(spec):
        yield f"{EXACT.subtract(least, step):f}"
    if greatest < values.most_of(spec):
        yield f"{EXACT.add(greatest, step):f}"


def set_to(name: str, spec: FieldSpec, value: Any, page: Page) -> str:
    """Write what sets the columns of a field to a value of JSON."""
    given = set_columns(name, spec, value, page)
    return ", ".join(f"{column} = {each}" for column, each in given.items())


def set_columns(name: str, spec: FieldSpec, value: Any, page: Page) -> dict[str, str]:
    """Return what the columns of a field are in SQL, of a value of JSON."""
    columns = [column.name for column in columns_of(name, spec, page)]
    is_money = isinstance(spec, MoneyField) and value is not None
    given = [value["amount"], value["currency"]] if is_money else [value] * len(columns)
    return {column: sql_literal(each) for column, each in zip(columns, given, strict=True)}


def sql_literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return "'{}'" if value == [] else sql_string(str(value))
