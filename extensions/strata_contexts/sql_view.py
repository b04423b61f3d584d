"""Computes statements that each constraint of a table refuses, for the tests of the database."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from . import values
from .columns import LARGEST_INTEGER, columns_of, required_column, sql_string
from .examples import EXACT, refused, unknown_value
from .literals import literal
from .models import (
    DecimalField,
    EnumField,
    IntegerField,
    ListField,
    MoneyField,
    StringField,
    TextField,
    ValueField,
)
from .rule_view import rule_views
from .view import SqlRefusal
from .walk import attribute, type_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .models import FieldSpec, Page
    from .view import RuleView
    from .walk import AggregateHere


def sql_refusals(
    here: AggregateHere, page: Page, rules: Iterable[RuleView]
) -> Iterator[SqlRefusal]:
    """Yield a statement for each constraint of an aggregate's own table that one can break."""
    table, fields = here.table, here.aggregate.fields
    yield from fields_refused(table, "", fields, rules, page)
    if here.lifecycle:
        yield made(table, "state = 'nowhere'", "state_values")


def fields_refused(
    table: str,
    prefix: str,
    fields: dict[str, FieldSpec],
    rules: Iterable[RuleView],
    page: Page,
) -> Iterator[SqlRefusal]:
    """Yield a statement for each constraint of some fields, and of the rules over them.

    ``prefix`` stands before the names of their columns.
    """
    rules = tuple(rules)
    ruled = {name for rule in rules if rule.is_comparison for name in rule.fields}
    for name, spec in fields.items():
        if attribute(name, spec) not in ruled:  # its rule may be the first that is broken
            yield from field_refused(table, f"{prefix}{name}", spec, page)
    specs = {attribute(name, spec): (name, spec) for name, spec in fields.items()}
    for rule in rules:
        given = []
        for own, value in rule.broken:
            name, spec = specs[own]
            given.append(set_to(f"{prefix}{name}", spec, value, page))
        yield made(table, ", ".join(given), f"{prefix}{rule.name}")


def field_refused(table: str, name: str, spec: FieldSpec, page: Page) -> Iterator[SqlRefusal]:
    columns = columns_of(name, spec, page)
    if not isinstance(spec, ValueField):
        for column in columns:
            for check in column.checks:
                bad = breaking_value(name, spec, check.name, page)
                if bad is not None:
                    yield made(table, f"{column.name} = {bad}", check.name)
        return
    value = page.values[spec.type]
    rules = rule_views(value.rules, value.fields, page, "")
    yield from fields_refused(table, f"{name}_", value.fields, rules, page)
    for key, each in value.fields.items():
        if each.optional and isinstance(each, MoneyField):
            yield made(table, f"{name}_{key}_currency = NULL", f"{name}_{key}_complete")
    if spec.optional and len(columns) > 1:
        needed = required_column(name, spec, page)
        yield made(table, f"{needed} = NULL", f"{name}_complete")


def made(table: str, given: str, check: str) -> SqlRefusal:
    statement = " ".join(["UPDATE", table, "SET", given])
    return SqlRefusal(literal(statement), f"ck_{table}_{check}")


def breaking_value(name: str, spec: FieldSpec, check: str, page: Page) -> str | None:
    """Return a value in SQL that breaks a check, and no other; None where there is none."""
    match spec:
        case StringField() | TextField() if check.endswith("_pattern"):
            wrong = next(
                (each for each in refused(name, spec, page) if each.code == "wrong_form"), None
            )
            return sql_literal(wrong.value) if wrong else None
        case StringField(pattern=str()):
            return None
        case StringField() | TextField():
            return sql_string("x" * (spec.min - 1))
        case IntegerField():
            is_low = spec.min >= -LARGEST_INTEGER
            return str(spec.min - 1 if is_low else spec.max + 1)
        case DecimalField():
            return breaking_decimal(spec)
        case MoneyField():
            return "-0.01" if check.endswith("_range") else "'eur'"
        case ListField():
            return empty_or_long(spec)
        case EnumField():
            return sql_string(unknown_value(spec))
        case _:
            return None


def set_to(name: str, spec: FieldSpec, value: Any, page: Page) -> str:
    """Write what sets the columns of a field to a value of JSON."""
    columns = [column.name for column in columns_of(name, spec, page)]
    is_money = isinstance(spec, MoneyField) and value is not None
    given = [value["amount"], value["currency"]] if is_money else [value] * len(columns)
    return ", ".join(
        f"{column} = {sql_literal(each)}" for column, each in zip(columns, given, strict=True)
    )


IN_ARRAYS: Final = {
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
    "decimal": "numeric",
    "integer": "bigint",
    "uuid": "uuid",
}
"""Types of items that PostgreSQL makes no text of."""


def empty_or_long(spec: ListField) -> str:
    """Return a list with too few items, or with too many."""
    if spec.min:
        return "'{}'"
    kind = IN_ARRAYS.get(type_name(spec.of), "text")
    return f"array_fill(CAST(NULL AS {kind}), ARRAY[{spec.max + 1}])"


def breaking_decimal(spec: DecimalField) -> str:
    least, greatest = values.decimal_bounds(spec)
    step = Decimal(1).scaleb(-spec.scale)
    if least > values.least_of(spec):
        return f"{EXACT.subtract(least, step):f}"
    return f"{EXACT.add(greatest, step):f}"


def sql_literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return sql_string(str(value))
