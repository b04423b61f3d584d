"""Computes good values of an aggregate for its tests, as code for each layer."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from . import names
from .examples import example
from .field_types import MoneyField, ValueField
from .field_view import parse_call
from .literals import literal
from .models import AnyOf
from .rules import parse
from .satisfying import breaks_none, is_new
from .view import SampleView

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from .field_types import FieldSpec
    from .models import Aggregate, Page, Rules, Value
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
        input={each.attribute: each.as_input(value) for each, _, value in every},
        json={each.wire: literal(value) for each, _, value in every},
    )


def as_mapping(given: dict[str, str]) -> str:
    """Write values, which are code, under their names."""
    return f"{{{', '.join(f'{literal(name)}: {value}' for name, value in given.items())}}}"


def in_domain(field: FieldView, spec: FieldSpec, value: Any) -> str:
    """Write a value of JSON as the domain has it."""
    if value is None:
        return "None"
    if isinstance(spec, MoneyField):
        return f"Money.parse({literal(value['amount'])}, {literal(value['currency'])})"
    if field.type == "value":
        return field.call(value)
    return parse_call(field.as_input(value), spec, field.class_name, field.item)


def numbered(
    sets: list[dict[str, Any]],
    field: FieldView,
    spec: FieldSpec,
    *,
    may_be_missing: bool,
    place: str = "number - 1",
) -> str:
    """Return the value of a field for a ``number`` from 1 on; the second may have none."""
    each = [one[field.name] for one in sets]
    if all(value is None for value in each):
        return "None"
    if not may_be_missing and None in each:
        return f"[{', '.join(in_domain(field, spec, value) for value in each)}][{place}]"
    if may_be_missing:
        first, _, third = (in_domain(field, spec, value) for value in each)
        return f"[{first}, None, {third}][{place}]"
    if isinstance(spec, MoneyField):
        amounts = ", ".join(literal(value["amount"]) for value in each)
        return f"Money.parse([{amounts}][{place}], {literal(each[0]['currency'])})"
    if all(value == each[0] for value in each):
        return in_domain(field, spec, each[0])
    if field.type == "value":
        return f"[{', '.join(map(field.call, each))}][{place}]"
    listed = ", ".join(map(field.as_input, each))
    return parse_call(f"[{listed}][{place}]", spec, field.class_name, field.item)


def shortened(
    fields: dict[str, FieldSpec], page: Page, sets: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return values in which what is optional in a value of several fields is missing once, as far as its rules let it.

    It is missing in the second one, or in the third one where the second has no such value, or needs it.
    """
    first, second, third, *others = sets
    for name, each in fields.items():
        if isinstance(each, ValueField):
            value = page.values[each.type]
            is_kept = keeps_any_of(value.rules, names.camel)
            for key in (names.camel(key) for key, inner in value.fields.items() if inner.optional):
                places = [third] if each.optional else [second, third]
                shorter = (one for one in places if is_kept(one[name] | {key: None}))
                for one in itertools.islice(shorter, 1):
                    one[name] = one[name] | {key: None}
    return [first, second, third, *others]


def shorter(whole: dict[str, Any], value: Value) -> Iterator[dict[str, Any]]:
    """Yield a value of several fields in which each optional one is missing once, as far as its rules let it."""
    is_kept = keeps_any_of(value.rules, names.camel)
    left = [names.camel(name) for name, each in value.fields.items() if each.optional]
    while left:
        found, kept = whole, []
        for name in left:
            if is_kept(found | {name: None}):
                found = found | {name: None}
            else:
                kept.append(name)
        if kept == left:
            return
        yield found
        left = kept


def left_out(spec: Aggregate, sets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return values in which each optional field that a rule is about is missing once, as far as rules let it.

    A long conversion takes several lines, and otherwise no test would run some of them.
    """
    first, *others = (dict(each) for each in sets)
    is_kept = keeps_any_of(spec.rules)
    for name in dict.fromkeys(each for rule in spec.rules.values() for each in named(rule)):
        field = spec.fields[name]
        if field.optional:
            shorter = next((each for each in others if is_kept(each | {name: None})), {})
            shorter[name] = None
    return [first, *others]


def keeps_any_of(
    rules: Rules, written: Callable[[str], str] = str
) -> Callable[[dict[str, Any]], bool]:
    """Return whether values have one of the fields of each rule that asks for it."""
    asked = [list(map(written, rule.any_of)) for rule in rules.values() if isinstance(rule, AnyOf)]
    return lambda values: all(any(values[name] is not None for name in group) for group in asked)


def least(whole: dict[str, Any], value: Value) -> dict[str, Any]:
    """Return a value of JSON without what may be missing, whatever else there is."""
    ruled = {name for rule in value.rules.values() for name in named(rule)}
    missing = [key for key, each in value.fields.items() if each.optional and key not in ruled]
    return whole | dict.fromkeys(map(names.camel, missing))


def named(rule: str | AnyOf) -> list[str]:
    """Return the fields that a rule names."""
    if isinstance(rule, AnyOf):
        return rule.any_of
    comparison = parse(rule)
    return [comparison.left, comparison.right] if comparison else []


def changed(
    spec: Aggregate, set_here: Collection[str], sets: list[dict[str, Any]], page: Page
) -> dict[str, Any]:
    """Return other values for some fields of a first aggregate, which keep its rules.

    What is unique is that of the last one, since tests store the second beside the first.
    """
    first, last = sets[0], sets[-1]
    keys = {name for name, each in spec.fields.items() if each.unique}
    keys |= {name for group in spec.unique_together for name in group}
    found = [
        first | {name: (last if name in keys else other)[name] for name in set_here}
        for other in sets[::-1]
    ]
    good = [values for values in found if breaks_none(spec.rules, spec.fields, values)]
    values = max(good, key=lambda each: differences(each, first), default=first)
    unchanged = [name for name in set_here if values[name] == first[name] is not None]
    for name, number in itertools.product(unchanged, range(NUMBER)):
        moved = values | {name: example(name, spec.fields[name], page, number)}
        if moved[name] == first[name] or not breaks_none(spec.rules, spec.fields, moved):
            continue
        if is_new(moved, [sets[1]], spec.unique_together):
            values = moved
    return values


def differences(one: dict[str, Any], two: dict[str, Any]) -> int:
    return sum(value != two[name] for name, value in one.items())
