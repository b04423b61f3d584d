"""What this version of the template does not render yet of fields that point to other aggregates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import names
from .checks.access import operations
from .checks.refs import circle_from, target
from .field_view import input_name
from .models import AnyOf, RefField
from .ref_view import every_set_by
from .rules import parse
from .walk import aggregates, as_list, attribute, own_fields, part_fields, with_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .mistakes import Mistakes, Path
    from .models import FieldSpec, Page
    from .walk import AggregateHere, FieldHere

NOT_YET: Final = "not in this version"


def check(page: Page, mistakes: Mistakes) -> None:
    """Add all about refs that is not rendered."""
    for here in aggregates(page):
        for part, _, path in here.parts:
            for field in part_fields(part, path):
                if isinstance(field.spec, RefField):
                    check_ref_of_part(page, field, field.spec, here, mistakes)
        for field, spec in refs_of(here):
            other = target(page, here, spec.to)
            if other:
                check_ref(field, here, other, mistakes)
        check_words(page, here, mistakes)
        check_rules(here, mistakes)
        check_actors(page, here, mistakes)
    check_circles(page, mistakes)


def check_ref_of_part(
    page: Page, field: FieldHere, spec: RefField, here: AggregateHere, mistakes: Mistakes
) -> None:
    other = target(page, here, spec.to)
    if other and other.qualified == here.qualified:
        kind = names.spaced(here.aggregate.name)
        text = f"a part that points to {names.article(kind)} is {NOT_YET}: leave the field out"
        mistakes.add((*field.path, "to"), text)
    elif other:
        check_target(field, spec, other, mistakes)


def refs_of(here: AggregateHere) -> Iterator[tuple[FieldHere, RefField]]:
    """Yield the fields of an aggregate, and of its transitions, that point to something."""
    for field in (*own_fields(here), *with_fields(here)):
        if isinstance(field.spec, RefField):
            yield field, field.spec


def check_ref(
    field: FieldHere, here: AggregateHere, other: AggregateHere, mistakes: Mistakes
) -> None:
    check_target(field, field.spec, other, mistakes)
    if field.scope == "aggregate" and field.name in here.aggregate.reads.filter:
        text = f"a filter by a ref is {NOT_YET}: leave it out"
        mistakes.add((*here.path, "reads", "filter"), text)
    if other.qualified != here.qualified:
        return
    kind = names.spaced(here.aggregate.name)
    if not field.spec.optional:
        text = f"a transition that needs another {kind} is {NOT_YET}: make it `optional: true`"
        mistakes.add(field.path, text)
    if field.spec.unique or any(field.name in group for group in here.aggregate.unique_together):
        mistakes.add(field.path, f"a unique ref to another {kind} is {NOT_YET}: leave it out")


def check_target(
    field: FieldHere, spec: FieldSpec, other: AggregateHere, mistakes: Mistakes
) -> None:
    if spec.example is not None:
        text = f"an example of a ref is {NOT_YET}: leave it out, the tests make ids up"
        mistakes.add((*field.path, "example"), text)
    if other.aggregate.parts:
        text = f"a ref to an aggregate with parts is {NOT_YET}: leave the field out"
        mistakes.add((*field.path, "to"), text)


def check_words(page: Page, here: AggregateHere, mistakes: Mistakes) -> None:
    """Refuse names that the code of a use case has for what it asks for targets."""
    asked = {
        other.plural
        for _, spec in refs_of(here)
        for other in [target(page, here, spec.to)]
        if other
    }
    own = {here.plural, names.snake(here.aggregate.name)}
    stems: dict[str, FieldHere] = {}
    for field in (*own_fields(here), *with_fields(here)):
        stem = input_name(attribute(field.name, field.spec), field.spec)
        is_ref = isinstance(field.spec, RefField)
        if field.name in asked - own or (is_ref and stem in own and field.name not in own):
            text = f"a field called {field.name} is {NOT_YET}: choose another name"
            mistakes.add(field.path, text)
        other = stems.setdefault(stem, field)
        if other.name != field.name and (is_ref or isinstance(other.spec, RefField)):
            text = f"{field.name} beside {other.name} is {NOT_YET}: choose another name"
            mistakes.add(field.path, text)


def check_rules(here: AggregateHere, mistakes: Mistakes) -> None:
    for name, rule in here.aggregate.rules.items():
        comparison = None if isinstance(rule, AnyOf) else parse(rule)
        fields = [comparison.left, comparison.right] if comparison else []
        fields = rule.any_of if isinstance(rule, AnyOf) else fields
        if any(isinstance(here.aggregate.fields.get(field), RefField) for field in fields):
            path = (*here.path, "rules", name)
            mistakes.add(path, f"a rule over a ref is {NOT_YET}: leave it out")


def check_actors(page: Page, here: AggregateHere, mistakes: Mistakes) -> None:
    """Refuse what anyone may set, and only some may read."""
    for operation in operations(here):
        if "anyone" not in as_list(here.aggregate.may.get(operation)):
            continue
        for spec in (each for fields in every_set_by(here, operation) for each in fields.values()):
            other = target(page, here, spec.to) if isinstance(spec, RefField) else None
            if other and "anyone" not in as_list(other.aggregate.may.get("read")):
                text = (
                    f"what anyone may do to point to {other.qualified}, which not anyone may read,"
                    f" is {NOT_YET}: let `anyone` read it, or say who else may {operation}"
                )
                mistakes.add((*here.path, "may", operation), text)


def check_circles(page: Page, mistakes: Mistakes) -> None:
    """Refuse tables that point to each other: none of them could be the first in the migration."""
    needed: dict[str, list[tuple[str, Path]]] = {}
    for here in aggregates(page):
        parts = (field for part, _, path in here.parts for field in part_fields(part, path))
        inner = ((field, field.spec) for field in parts if isinstance(field.spec, RefField))
        for field, spec in (*refs_of(here), *inner):
            other = target(page, here, spec.to)
            if other and other.context is here.context and other.qualified != here.qualified:
                needed.setdefault(here.qualified, []).append((other.qualified, field.path))
    for start in needed:
        if way := circle_from(start, needed):
            text = f"aggregates of one context that point to each other are {NOT_YET}"
            mistakes.add(way[-1][1], f"{text}: leave one of the fields out")
            return
