"""Computes statements that each constraint of a table refuses, for the tests of the database."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import values
from .columns import LARGEST_INTEGER, columns_of, sql_string
from .examples import refused
from .literals import literal
from .models import (
    DecimalField,
    EnumField,
    IntegerField,
    ListField,
    MoneyField,
    StringField,
    TextField,
)
from .view import SqlRefusal
from .walk import attribute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .models import FieldSpec, Page
    from .view import RuleView
    from .walk import AggregateHere


def sql_refusals(
    here: AggregateHere, page: Page, rules: Iterable[RuleView]
) -> Iterator[SqlRefusal]:
    """Yield a statement for each constraint of an aggregate's own table that one can break."""
    table = here.table
    ruled = {name for rule in rules if rule.is_comparison for name in rule.fields}
    for name, spec in here.aggregate.fields.items():
        if attribute(name, spec) in ruled:
            continue  # its rule may be the first that is broken
        for column in columns_of(name, spec, page):
            for check in column.checks:
                bad = breaking_value(name, spec, check.name, page)
                if bad is not None:
                    yield made(table, f"{column.name} = {bad}", check.name)
    for rule in rules:
        given = ", ".join(set_to(name, value) for name, value in rule.broken)
        yield made(table, given, rule.name)
    if here.lifecycle:
        yield made(table, "state = 'nowhere'", "state_values")


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
            is_low = spec.min > -LARGEST_INTEGER
            return str(spec.min - 1 if is_low else spec.max + 1)
        case DecimalField():
            return breaking_decimal(spec)
        case MoneyField():
            return "-0.01" if check.endswith("_range") else "'eur'"
        case ListField():
            return empty_or_long(spec)
        case EnumField():
            return "'nothing'" if "nothing" not in spec.values else "'anything'"
        case _:
            return None


def set_to(name: str, value: Any) -> str:
    if isinstance(value, dict):
        amount, currency = sql_literal(value["amount"]), sql_literal(value["currency"])
        return f"{name}_amount = {amount}, {name}_currency = {currency}"
    return f"{name} = {sql_literal(value)}"


def empty_or_long(spec: ListField) -> str:
    """Return a list with too few items, or with too many: copies of the first one that is there."""
    if spec.min:
        return "'{}'"
    return f"array_fill((SELECT NULL), ARRAY[{spec.max + 1}])"


def breaking_decimal(spec: DecimalField) -> str:
    least, greatest = values.decimal_bounds(spec)
    step = Decimal(1).scaleb(-spec.scale)
    if least > -values.most_of(spec):
        return f"{least - step:f}"
    return f"{greatest + step:f}"


def sql_literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return sql_string(str(value))
