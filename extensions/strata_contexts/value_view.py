"""Computes the view of a value of several fields, which contexts share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from . import names, sample_view
from .columns import columns_of
from .field_types import MoneyField, ValueField
from .field_view import (
    Surroundings,
    field_view,
    guarded,
    no_ref,
    or_none,
    parse_call,
    trusted,
    value_fields,
)
from .literals import literal
from .rule_view import repaired, rule_views
from .satisfying import just_kept, keeping, unlike
from .view import BrokenRule, FieldSample, InnerView, ValueView

if TYPE_CHECKING:
    from .field_types import FieldSpec
    from .models import Page
    from .view import FieldView, RuleView, ValueObject

GOOD: Final = ("valid", "checked", "parsed")
"""What the names of good values begin with: the first that no field begins with."""


def value_view(name: str, page: Page) -> ValueView:
    """Compute all that templates print about a value."""
    value, fields = page.values[name], value_fields(name, page)
    given = unlike(value.fields, value.rules, page)
    given = given or keeping(value.fields, value.rules, page) or {}
    whole = {field.wire: given[field.name] for field in fields}
    wires = {field.name: field.wire for field in fields}
    around = Surroundings(page, "value", name, frozenset(), no_ref)
    itself = field_view("value", ValueField.model_construct(type=name), around)
    wrong = whole | {field.wire: field.refused[0].value for field in fields if field.refused}
    good = next(
        each for each in GOOD if not any(f.attribute.startswith(f"{each}_") for f in fields)
    )
    inner = tuple(
        inner_view(field, spec, f"{good}_{field.attribute}", names.snake(name), page)
        for field, spec in zip(fields, value.fields.values(), strict=True)
    )
    return ValueView(
        name=name,
        snake=names.snake(name),
        label=names.spaced(name),
        doc=names.sentence(value.doc),
        fields=fields,
        inner=inner,
        rules=tuple(
            replace(
                broken_rule(rule, itself, whole, inner),
                kept_calls=tuple(
                    itself.call(whole | {wires[key]: each for key, each in kept.items()})
                    for kept in just_kept(
                        value.rules[rule.name], value.rules, value.fields, given, page
                    )
                ),
            )
            for rule in rule_views(value.rules, value.fields, page, "")
        ),
        value_objects=value_objects(fields),
        sample=sample_view.sample(given, value.fields, fields),
        good=written(itself, whole),
        least=written(itself, sample_view.least(whole, value)),
        wrong_call=itself.call(wrong),
    )


def value_objects(fields: tuple[FieldView, ...]) -> tuple[ValueObject, ...]:
    """Return the classes of some fields, each once."""
    found: dict[str, ValueObject] = {}
    for field in fields:
        for each in (field, field.item):
            if each and each.value_object:
                found.setdefault(each.value_object.name, each.value_object)
    return tuple(found.values())


def written(itself: FieldView, value: dict[str, Any]) -> FieldSample:
    """Write a whole value as code, in each layer."""
    return FieldSample(itself.call(value), itself.as_input(value), literal(value))


def broken_rule(
    rule: RuleView, itself: FieldView, whole: dict[str, Any], inner: tuple[InnerView, ...]
) -> BrokenRule:
    snake = names.snake(itself.class_name)
    fields = {each.field.attribute: each for each in inner}
    broken = {fields[name].field.wire: value for name, value in rule.broken}
    return BrokenRule(
        rule=repaired(rule, {name: each.field for name, each in fields.items()}, snake),
        arguments=", ".join(fields[name].local for name in rule.fields),
        parameters=", ".join(
            f"{name}: {fields[name].field.domain_annotation}" for name in rule.fields
        ),
        call=itself.call(whole | broken),
        kept_calls=(),
    )


def inner_view(field: FieldView, spec: FieldSpec, good: str, snake: str, page: Page) -> InnerView:
    """Compute what the code of a value has of one of its fields."""
    own, raw, is_optional = field.attribute, field.input_name, field.is_optional
    if isinstance(spec, MoneyField):
        return money_view(field, good)
    call = guarded(raw, parse_call(raw, spec, field.class_name, None), is_optional)
    [column] = columns_of(field.name, spec, page)
    is_id = field.is_id
    stored = field.class_name if is_id else column.annotation
    return InnerView(
        field=field,
        local=own if call == raw else good,
        parameters=((raw, field.input_annotation),),
        parse_call=call,
        arguments=f"{raw}=data.{raw}",
        trusted_parameters=((own, or_none(stored, is_optional)),),
        trusted_call=own
        if is_id
        else guarded(own, trusted(own, spec, field.class_name), is_optional),
        stored=f"{own}={snake}.{own}" if is_id else f"{own}={field.row_calls[0][1]}",
    )


def money_view(field: FieldView, good: str) -> InnerView:
    """Compute the same of money, which has an amount and a currency."""
    own, is_optional = field.attribute, field.is_optional
    both = (f"{own}_amount", f"{own}_currency")
    nothing = " or ".join(f"{each} is None" for each in both)

    def made(by: str) -> str:
        call = f"Money.{by}({', '.join(both)})"
        return f"None if {nothing} else {call}" if is_optional else call

    given = f"data.{own}"
    return InnerView(
        field=field,
        local=good,
        parameters=tuple((each, or_none("str", is_optional)) for each in both),
        parse_call=made("parse"),
        arguments=", ".join(
            f"{own}_{part}={guarded(given, f'{given}.{part}', is_optional)}"
            for part in ("amount", "currency")
        ),
        trusted_parameters=(
            (both[0], or_none("Decimal", is_optional)),
            (both[1], or_none("str", is_optional)),
        ),
        trusted_call=made("from_trusted"),
        stored=", ".join(f"{column}={call}" for column, call in field.row_calls),
    )
