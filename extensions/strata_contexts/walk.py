"""Walks over a page: what stands where, and what a field is called in Python and PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from . import names
from .field_types import FIELD_TYPES, BrokenField, FieldSpec, MoneyField, RefField, ValueField
from .models import Aggregate, Context, Page, Part, Value
from .operations import Lifecycle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .mistakes import Path

Scope = Literal["aggregate", "part", "value", "transition"]

SYSTEM_FIELDS = ("id", "version", "state", "owner_id", "created_at", "updated_at")
"""Fields that are there without being declared; `state` and `owner_id` not always."""


@dataclass(frozen=True)
class AggregateHere:
    """An aggregate with its context, and the path to it."""

    context: Context
    aggregate: Aggregate
    path: Path

    @property
    def qualified(self) -> str:
        return f"{self.context.name}.{self.aggregate.name}"

    @property
    def plural(self) -> str:
        return self.aggregate.plural or names.plural(names.snake(self.aggregate.name))

    @property
    def table(self) -> str:
        return self.aggregate.table or self.plural

    @property
    def url(self) -> str:
        return names.kebab(self.plural)

    @property
    def lifecycle(self) -> Lifecycle | None:
        return self.aggregate.lifecycle

    @property
    def states(self) -> list[str]:
        return states_of(self.aggregate.lifecycle) if self.aggregate.lifecycle else []

    @property
    def parts(self) -> Iterator[tuple[Part, str, Path]]:
        for key, part in self.aggregate.parts.items():
            yield part, key, (*self.path, "parts", key)

    @property
    def changes(self) -> list[str]:
        """Return the names of the changes, the default one included."""
        if self.aggregate.changes is not None:
            return list(self.aggregate.changes)
        return (
            ["revise"] if any(spec.set is None for spec in self.aggregate.fields.values()) else []
        )

    @property
    def transitions(self) -> list[str]:
        return list(self.aggregate.lifecycle.transitions) if self.aggregate.lifecycle else []

    def has_owner(self, authentication: str) -> bool:
        """Tell whether its rows have owners: where there are actors, unless it says otherwise."""
        return authentication != "none" and self.aggregate.owner != "none"


@dataclass(frozen=True)
class FieldHere:
    """A field with its name, the path to it, and what it is a field of."""

    name: str
    spec: FieldSpec
    path: Path
    scope: Scope
    holder: str

    @property
    def is_broken(self) -> bool:
        return isinstance(self.spec, BrokenField)

    @property
    def known(self) -> FieldSpec | None:
        """Return what could be read of the field."""
        return self.spec.rest if isinstance(self.spec, BrokenField) else self.spec


def aggregates(page: Page) -> Iterator[AggregateHere]:
    """Yield all aggregates, in the order of the page."""
    for place, context in enumerate(page.contexts):
        for inner, aggregate in enumerate(context.aggregates):
            path = ("contexts", place, "aggregates", inner)
            yield AggregateHere(context, aggregate, path)


def own_fields(here: AggregateHere) -> Iterator[FieldHere]:
    """Yield the fields of an aggregate itself."""
    yield from fields_of(
        here.aggregate.fields, (*here.path, "fields"), "aggregate", here.aggregate.name
    )


def part_fields(part: Part, path: Path) -> Iterator[FieldHere]:
    yield from fields_of(part.fields, (*path, "fields"), "part", part.name)


def with_fields(here: AggregateHere) -> Iterator[FieldHere]:
    """Yield the fields that transitions ask for."""
    if here.lifecycle is None:
        return
    for key, transition in here.lifecycle.transitions.items():
        path = (*here.path, "lifecycle", "transitions", key, "with")
        yield from fields_of(transition.with_, path, "transition", key)


def value_fields(name: str, value: Value) -> Iterator[FieldHere]:
    yield from fields_of(value.fields, ("values", name, "fields"), "value", name)


def fields_of(
    fields: dict[str, FieldSpec], path: Path, scope: Scope, holder: str
) -> Iterator[FieldHere]:
    for name, spec in fields.items():
        yield FieldHere(name, spec, (*path, name), scope, holder)


def every_field(page: Page) -> Iterator[FieldHere]:
    """Yield every field of the page."""
    for name, value in page.values.items():
        yield from value_fields(name, value)
    for here in aggregates(page):
        yield from own_fields(here)
        for part, _, path in here.parts:
            yield from part_fields(part, path)
        yield from with_fields(here)


def states_of(lifecycle: Lifecycle) -> list[str]:
    """Return the states of a lifecycle in the order in which it names them."""
    found = [lifecycle.initial]
    for transition in lifecycle.transitions.values():
        found += [*as_list(transition.from_), transition.to]
    return list(dict.fromkeys(state for state in [*found, *as_list(lifecycle.final)] if state))


def as_list(value: str | list[str] | None) -> list[str]:
    """Take one for a list of one."""
    return [] if value is None else [value] if isinstance(value, str) else value


def attribute(name: str, spec: FieldSpec) -> str:
    """Return what a field is called in Python: a `ref` ends in `_id`."""
    if isinstance(spec, RefField) and not name.endswith("_id"):
        return f"{name}_id"
    return name


def columns(name: str, spec: FieldSpec, page: Page) -> list[str]:
    """Return the names of the columns of a field: money and values have several."""
    if isinstance(spec, MoneyField):
        return [f"{name}_amount", f"{name}_currency"]
    if isinstance(spec, ValueField):
        value = page.values.get(spec.type)
        inner = value.fields.items() if value else ()
        return [f"{name}_{column}" for key, each in inner for column in columns(key, each, Page())]
    return [attribute(name, spec)]


def type_name(spec: FieldSpec) -> str:
    """Return what the page calls the type of a field."""
    return next((name for name, each in FIELD_TYPES.items() if type(spec) is each), spec.type)
