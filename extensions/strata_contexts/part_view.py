"""Computes the view of a kind of part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from . import names, sample_view
from .columns import Check, columns_of
from .field_view import field_view, parse_call
from .literals import literal
from .satisfying import keeping, unlike
from .sql_view import fields_refused
from .view import PartView, UniquePartView
from .walk import attribute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .field_view import Surroundings
    from .models import Page, Part
    from .view import FieldView, HiddenTarget, PermissionView, SampleView, TransitionView

WRITTEN_OUT: Final = 3
"""How many parts the tests write one by one; of more they write one, and repeat it."""


def part_fields(part: Part, around: Surroundings) -> tuple[FieldView, ...]:
    return tuple(field_view(name, spec, around) for name, spec in part.fields.items())


def part_view(
    key: str,
    part: Part,
    whole: str,
    variable: str,
    fields: tuple[FieldView, ...],
    page: Page,
    *,
    states: tuple[str, ...],
    is_refused_when: str,
    allowed_states: str,
    refused_states: str,
    steps_before: tuple[TransitionView, ...],
    steps_to_refusal: tuple[TransitionView, ...],
    permission: PermissionView | None,
    access: PermissionView,
    local: str,
    removal_cells: tuple[tuple[str, tuple[str, ...], int], ...],
    hidden_target: HiddenTarget | None,
) -> PartView:
    """Compute the view of the parts that an aggregate, the ``whole``, has under a key."""
    snake = names.snake(part.name)
    table = names.plural(snake)
    sets = sample_view.shortened(part.fields, page, list(part_values(part, page)))
    count = max(1, part.min)
    columns = [
        column for name, spec in part.fields.items() for column in columns_of(name, spec, page)
    ]
    return PartView(
        key=key,
        attribute=key,
        wire=names.camel(key),
        url=names.kebab(key),
        one=names.singular(key),
        variable=variable,
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
        unique=tuple(unique_views(key, part, variable, fields, sets)),
        id_class=f"{part.name}Id",
        permission=permission,
        access=access,
        local=local,
        removal_cells=removal_cells,
        hidden_target=hidden_target,
        states=states,
        whole=whole,
        is_refused_when=is_refused_when,
        allowed_states=allowed_states,
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
        given=tuple(
            sample_view.sample(values, part.fields, fields)
            for values in (sets[:count] if count <= WRITTEN_OUT else ())
        ),
        repeated=repeated(part, fields, sets) if count > WRITTEN_OUT else None,
        another=sample_view.sample(another(part, sets), part.fields, fields),
        numbered={field.attribute: numbered(part, field, sets) for field in fields},
    )


def part_values(part: Part, page: Page) -> Iterator[dict[str, Any]]:
    """Yield the values of as many parts as the tests need."""
    for number in range(needed(part)):
        yield unlike(part.fields, {}, page, number) or keeping(part.fields, {}, page) or {}


def needed(part: Part) -> int:
    """Return how many different parts the tests need: all of an aggregate, and another one."""
    has_unique = any(spec.unique for spec in part.fields.values())
    return max(sample_view.NUMBER, max(1, part.min) if has_unique else 0) + 1


def another(part: Part, sets: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the values of a part that can be added to those of the tests, or be their first one.

    What is unique may have no value that is left, if there is always the same number.
    """
    has_unique = any(spec.unique for spec in part.fields.values())
    count = max(1, part.min) if has_unique or part.min <= WRITTEN_OUT else 1
    found = dict(sets[count])
    for name, spec in part.fields.items():
        if spec.unique and found[name] in [each[name] for each in sets[:count]]:
            found[name] = sets[0][name]
    return found


def repeated(part: Part, fields: tuple[FieldView, ...], sets: list[dict[str, Any]]) -> SampleView:
    """Return a part as code that has for what is unique the value of a ``number`` from 0 on."""
    count = part.min
    found = sample_view.sample(sets[0], part.fields, fields)
    for field in fields:
        if field.is_unique:
            values = [each[field.name] for each in sets[:count]]
            spec = part.fields[field.name]
            as_input = numbered_value(list(map(field.as_input, values)), "number", 0)
            found.domain[field.attribute] = parse_call(as_input, spec, field.class_name, field.item)
            found.input[field.attribute] = as_input
            found.json[field.wire] = numbered_value(list(map(literal, values)), "number", 0)
    return found


def numbered(part: Part, field: FieldView, sets: list[dict[str, Any]]) -> str:
    """Return the value of a field for a ``number`` from 1 on."""
    spec, few = part.fields[field.name], sets[: sample_view.NUMBER]
    if part.min <= WRITTEN_OUT:
        return sample_view.numbered(few, field, spec, may_be_missing=field.is_optional)
    if not field.is_unique:
        return sample_view.numbered(
            few, field, spec, may_be_missing=field.is_optional, place="(number - 1) % 3"
        )
    values = list(map(field.as_input, [each[field.name] for each in sets[: part.min]]))
    called = parse_call(numbered_value(values, "number - 1", 1), spec, field.class_name, field.item)
    return f"None if number == 2 else {called}" if field.is_optional else called


def numbered_value(values: list[str], place: str, first: int) -> str:
    """Write the value at a place of a list; of numbers that follow each other, the number."""
    if values == [str(number) for number in range(first, first + len(values))]:
        return "number"
    if values == [str(number + 1) for number in range(first, first + len(values))]:
        return "number + 1"
    return f"[{', '.join(values)}][{place}]"


def unique_views(
    key: str,
    part: Part,
    variable: str,
    fields: tuple[FieldView, ...],
    sets: list[dict[str, Any]],
) -> Iterator[UniquePartView]:
    one, snake = names.singular(key), names.snake(part.name)
    for field in fields:
        if not field.is_unique:
            continue
        own = attribute(field.name, part.fields[field.name])
        same = f"any(other.{own} == {variable}.{own} for other in others)"
        yield UniquePartView(
            attribute=own,
            wire=field.wire,
            label=field.label,
            refusal_class=f"{part.name}{names.pascal(field.name)}TakenError",
            refusal_code=f"{snake}_{field.name}_taken",
            detail=f"another {names.spaced(one)} has this {names.quoted(field.name)}",
            is_optional=field.is_optional,
            values=literal([each[field.name] for each in sets[: part.min]]) if part.min > 1 else "",
            taken_when=f"{variable}.{own} is not None and {same}" if field.is_optional else same,
        )
