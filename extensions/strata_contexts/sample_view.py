"""Computes good values of an aggregate for its tests, as code for each layer."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from . import names
from .field_view import parse_call
from .literals import literal
from .models import DateField, DatetimeField
from .satisfying import breaks_none, keeping
from .view import SampleView
from .walk import attribute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .models import Aggregate, FieldSpec, Page
    from .view import FieldView

NUMBER = 3
"""How many different aggregates the contract of a repository makes."""


def samples(spec: Aggregate, fields: tuple[FieldView, ...], page: Page) -> tuple[SampleView, ...]:
    """Return good values for all fields, several times and each time others."""
    first = keeping(spec.fields, spec.rules, page) or {}
    sets = [keeping(spec.fields, spec.rules, page, number) or first for number in range(NUMBER)]
    return tuple(sample(values, spec.fields, fields) for values in sets)


def sample(
    values: dict[str, Any], specs: dict[str, FieldSpec], fields: Iterable[FieldView]
) -> SampleView:
    """Return some values as code."""
    given = {each.name: as_input(specs[each.name], values[each.name]) for each in fields}
    return SampleView(
        domain={
            each.attribute: in_domain(each, specs[each.name], given[each.name]) for each in fields
        },
        input={each.attribute: given[each.name] for each in fields},
        json={each.wire: literal(values[each.name]) for each in fields},
    )


def as_input(spec: FieldSpec, value: Any) -> str:
    """Write a value of JSON as an input has it."""
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


def in_domain(field: FieldView, spec: FieldSpec, given: str) -> str:
    return parse_call(given, spec, field.class_name, field.item)


def numbered(
    sets: tuple[SampleView, ...], attribute_name: str, field: FieldView, spec: FieldSpec
) -> str:
    """Return the value of a field for a ``number`` from 1 on."""
    each = [one.input[attribute_name] for one in sets]
    if len(set(each)) == 1:
        return in_domain(field, spec, each[0])
    return in_domain(field, spec, f"[{', '.join(each)}][number - 1]")


def changed(spec: Aggregate, set_here: Iterable[str], sets: list[dict[str, Any]]) -> dict[str, Any]:
    """Return other values for some fields of a first aggregate, which keep its rules."""
    for other in sets[::-1]:
        values = sets[0] | {name: other[name] for name in set_here}
        if breaks_none(spec.rules, spec.fields, values):
            return values
    return sets[0]


def wire_name(name: str, spec: FieldSpec) -> str:
    return names.camel(attribute(name, spec))
