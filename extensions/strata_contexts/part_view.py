"""Computes the view of a kind of part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import names, sample_view
from .columns import Check, columns_of
from .field_view import field_view
from .satisfying import keeping, unlike
from .sql_view import fields_refused
from .view import PartView, UniquePartView
from .walk import attribute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .field_view import Surroundings
    from .models import Page, Part
    from .view import FieldView, PermissionView, TransitionView

MOST_LEAST = 3
"""How many parts the aggregates of the tests have at most."""
SAMPLES = MOST_LEAST + 1
"""One more than these, to be added."""


def part_fields(part: Part, around: Surroundings) -> tuple[FieldView, ...]:
    return tuple(field_view(name, spec, around) for name, spec in part.fields.items())


def part_view(
    key: str,
    part: Part,
    whole: str,
    fields: tuple[FieldView, ...],
    page: Page,
    *,
    states: tuple[str, ...],
    is_refused_when: str,
    refused_states: str,
    steps_before: tuple[TransitionView, ...],
    steps_to_refusal: tuple[TransitionView, ...],
    permission: PermissionView | None,
    access: PermissionView,
) -> PartView:
    """Compute the view of the parts that an aggregate, the ``whole``, has under a key."""
    snake = names.snake(part.name)
    table = names.plural(snake)
    sets = [
        unlike(part.fields, {}, page, number) or keeping(part.fields, {}, page) or {}
        for number in range(SAMPLES)
    ]
    sets = sample_view.shortened(part.fields, page, sets)
    columns = [
        column for name, spec in part.fields.items() for column in columns_of(name, spec, page)
    ]
    return PartView(
        key=key,
        attribute=key,
        wire=names.camel(key),
        url=names.kebab(key),
        one=names.singular(key),
        name=part.name,
        snake=snake,
        camel=names.camel(snake),
        label=names.spaced(part.name),
        plural_label=names.spaced(key),
        doc=names.sentence(part.doc),
        min=part.min,
        max=part.max,
        table=table,
        parent_column=f"{names.snake(whole)}_id",
        fields=fields,
        unique=tuple(unique_views(key, part, fields)),
        id_class=f"{part.name}Id",
        permission=permission,
        access=access,
        states=states,
        whole=whole,
        is_refused_when=is_refused_when,
        refused_states=refused_states,
        steps_before=steps_before,
        steps_to_refusal=steps_to_refusal,
        columns=tuple(columns),
        checks=tuple(
            Check(f"ck_{table}_{check.name}", check.sql)
            for column in columns
            for check in column.checks
        ),
        sql_refusals=tuple(fields_refused(table, "", part.fields, (), page)),
        samples=tuple(sample_view.sample(values, part.fields, fields) for values in sets),
        numbered={
            field.attribute: sample_view.numbered(
                sets[: sample_view.NUMBER],
                field,
                part.fields[field.name],
                may_be_missing=field.is_optional,
            )
            for field in fields
        },
    )


def unique_views(key: str, part: Part, fields: tuple[FieldView, ...]) -> Iterator[UniquePartView]:
    one, snake = names.singular(key), names.snake(part.name)
    for field in fields:
        if not field.is_unique:
            continue
        own = attribute(field.name, part.fields[field.name])
        same = f"any(other.{own} == {one}.{own} for other in others)"
        yield UniquePartView(
            attribute=own,
            wire=field.wire,
            label=field.label,
            refusal_class=f"{part.name}{names.pascal(own)}TakenError",
            refusal_code=f"{snake}_{own}_taken",
            detail=f"another {names.spaced(one)} has this {field.label}",
            is_optional=field.is_optional,
            taken_when=f"{one}.{own} is not None and {same}" if field.is_optional else same,
        )
