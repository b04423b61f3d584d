"""Computes good values of an aggregate for its tests, as code for each layer."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from .field_view import parse_call
from .literals import literal
from .models import DateField, DatetimeField, MoneyField
from .satisfying import breaks_none
from .view import SampleView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .models import Aggregate, FieldSpec
    from .view import FieldView

NUMBER = 3
"""How many different aggregates the contract of a repository makes."""


def samples(
    spec: Aggregate, fields: tuple[FieldView, ...], sets: list[dict[str, Any]]
) -> tuple[SampleView, ...]:
    """Return good values for all fields as code, several times and each time others."""
    return tuple(sample(values, spec.fields, fields) for values in sets)


def sample(
    values: dict[str, Any], specs: dict[str, FieldSpec], fields: Iterable[FieldView]
) -> SampleView:
    """Return some values as code."""
    every = [(each, specs[each.name], values[each.name]) for each in fields]
    return SampleView(
        domain={each.attribute: in_domain(each, spec, value) for each, spec, value in every},
        input={each.attribute: as_input(spec, value) for each, spec, value in every},
        json={each.wire: literal(value) for each, _, value in every},
    )


def as_input(spec: FieldSpec, value: Any) -> str:
    """Write a value of JSON as an input has it."""
    if value is None:
        return "None"
    if isinstance(spec, MoneyField):
        return f"MoneyInput({literal(value['amount'])}, {literal(value['currency'])})"
    if isinstance(spec, DateField):
        day = datetime.date.fromisoformat(value)
        return f"date({day.year}, {day.month}, {day.day})"
    if isinstance(spec, DatetimeField):
        moment = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        moment = moment.astimezone(datetime.UTC)
        parts = [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second]
        while len(parts) > 3 and parts[-1] == 0:
            parts.pop()
        return f"datetime({', '.join(map(str, parts))}, tzinfo=UTC)"
    return literal(value)


def in_domain(field: FieldView, spec: FieldSpec, value: Any) -> str:
    """Write a value of JSON as the domain has it."""
    if value is None:
        return "None"
    if isinstance(spec, MoneyField):
        return f"Money.parse({literal(value['amount'])}, {literal(value['currency'])})"
    return parse_call(as_input(spec, value), spec, field.class_name, field.item)


def numbered(
    sets: list[dict[str, Any]], field: FieldView, spec: FieldSpec, *, may_be_missing: bool
) -> str:
    """Return the value of a field for a ``number`` from 1 on; the second may have none."""
    each = [one[field.name] for one in sets]
    if may_be_missing:
        first, _, third = (in_domain(field, spec, value) for value in each)
        return f"[{first}, None, {third}][number - 1]"
    if isinstance(spec, MoneyField):
        amounts = ", ".join(literal(value["amount"]) for value in each)
        return f"Money.parse([{amounts}][number - 1], {literal(each[0]['currency'])})"
    if all(value == each[0] for value in each):
        return in_domain(field, spec, each[0])
    listed = ", ".join(as_input(spec, value) for value in each)
    return parse_call(f"[{listed}][number - 1]", spec, field.class_name, field.item)


def changed(spec: Aggregate, set_here: Iterable[str], sets: list[dict[str, Any]]) -> dict[str, Any]:
    """Return other values for some fields of a first aggregate, which keep its rules."""
    for other in sets[::-1]:
        values = sets[0] | {name: other[name] for name in set_here}
        if breaks_none(spec.rules, spec.fields, values):
            return values
    return sets[0]
