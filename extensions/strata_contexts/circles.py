"""Finds aggregates of a context that point to each other, and what breaks each such circle.

Of an order and its invoice, one has to be there first. What it points to later is optional: the aggregates
of tests have nothing there, and its foreign key is added when both tables are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .checks.refs import target
from .field_types import RefField
from .models import AnyOf
from .walk import aggregates, own_fields, part_fields, with_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .mistakes import Path
    from .models import Context, Page
    from .walk import AggregateHere


class Step(NamedTuple):
    """A field of one aggregate that points to another one of its context."""

    tail: str
    name: str
    head: str
    path: Path
    is_optional: bool
    is_wanted: bool
    """Whether a rule asks for one of some fields, and this is one of them."""


def breaking(page: Page, context: Context) -> list[Step]:
    """Return the fields that break the circles of a context, so that none is left."""
    every = list(steps(page, context))
    kept = [step for step in every if not step.is_optional]
    found = []
    for step in sorted(every, key=lambda step: not step.is_wanted):
        if not step.is_optional:
            continue
        if step.tail in reached(step.head, kept):
            found.append(step)
        else:
            kept.append(step)
    return found


def closed(page: Page, context: Context) -> list[Step]:
    """Return the fields of a circle that nothing breaks; none if there is no such circle."""
    kept = [step for step in steps(page, context) if not step.is_optional]
    return [step for step in kept if step.tail in reached(step.head, kept)]


def steps(page: Page, context: Context) -> Iterator[Step]:
    for here in aggregates(page):
        if here.context is not context:
            continue
        rules = here.aggregate.rules.values()
        wanted = {name for rule in rules if isinstance(rule, AnyOf) for name in rule.any_of}
        fields = [("", field) for field in (*own_fields(here), *with_fields(here))]
        for part, key, path in here.parts:
            fields += [(f"{key}.", field) for field in part_fields(part, path)]
        for prefix, field in fields:
            other = target_in_context(page, here, field.spec)
            if other:
                yield Step(
                    here.qualified,
                    f"{prefix}{field.name}",
                    other.qualified,
                    field.path,
                    field.spec.optional,
                    not prefix and field.name in wanted,
                )


def target_in_context(page: Page, here: AggregateHere, spec: object) -> AggregateHere | None:
    """Return another aggregate of the same context that a field points to."""
    other = target(page, here, spec.to) if isinstance(spec, RefField) else None
    if other is None or other.context is not here.context or other.qualified == here.qualified:
        return None
    return other


def reached(start: str, known: Iterable[Step]) -> set[str]:
    """Return what can be reached from an aggregate, that itself included."""
    known = list(known)
    found, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        new = {step.head for step in known if step.tail == here} - found
        found |= new
        waiting += new
    return found
