"""Compares two pages of a service: what one adds to the other, changes and removes.

``growth_of`` says it in words, with what the database will be asked. ``find_mistakes`` adds what cannot be done to
a service whose tables have rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import names
from .build import view_of
from .columns import STATE, columns_of
from .field_types import FieldSpec, ListField, MoneyField, RefField, ValueField
from .grown_parts import Number, check_new_parts, numbers_of, renamed_parts
from .models import Aggregate, Page
from .sql_view import sql_literal
from .stored import Stored, questions, stored_tables, type_problem
from .walk import AggregateHere, aggregates, type_name, with_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .mistakes import Mistakes, Path


@dataclass
class Growth:
    """What one page adds to another, changes and removes, by places such as ``ordering.Order.note``."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """What the database will be asked."""
    fills: dict[str, dict[str, str]] = field(default_factory=dict)
    """What rows that are there get, in SQL, by table and column."""
    numbers: list[Number] = field(default_factory=list)
    """How many parts the rows that are there have, which a migration asks."""
    contexts: list[str] = field(default_factory=list)
    """The names of the contexts with differences."""

    @property
    def places(self) -> list[str]:
        return [*self.added, *self.changed, *self.removed]


def growth_of(before: Page, after: Page, authentication: str = "own") -> Growth:
    """Compare two good pages."""
    growth = Growth()
    compare(growth, "roles", dict.fromkeys(before.roles), dict.fromkeys(after.roles))
    compare(growth, "values", before.values, after.values)
    growth.removed += [
        f"values.{name}.{key}"
        for name, value in before.values.items()
        for key in value.fields
        if name in after.values and key not in after.values[name].fields
    ]
    compare(growth, "", contexts_of(before), contexts_of(after))
    olds, news = by_name(before), by_name(after)
    for name in {**olds, **news}:
        old, new = olds.get(name), news.get(name)
        if old and new:
            compare_aggregates(growth, old, new, authentication)
        elif new and new.context.name in contexts_of(before):
            growth.added.append(name)
        elif old and old.context.name in contexts_of(after):
            growth.removed.append(name)
    places = {each.split(".")[0].split(" ")[0] for each in growth.places}
    growth.contexts = [
        name for name in {**contexts_of(before), **contexts_of(after)} if name in places
    ]
    olds_stored = stored_tables(view_of(before, authentication).tables)
    news_stored = stored_tables(view_of(after, authentication).tables)
    growth.fills = fills_of(after, olds_stored, news_stored)
    growth.asked = list(questions(olds_stored, news_stored, growth.fills))
    growth.asked += [each.question for each in growth.numbers]
    return growth


def contexts_of(page: Page) -> dict[str, str | None]:
    return {context.name: context.doc for context in page.contexts}


def by_name(page: Page) -> dict[str, AggregateHere]:
    return {here.qualified: here for here in aggregates(page)}


def compare(
    growth: Growth, place: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Note what two mappings have under the same names, and what only one of them has."""
    start = f"{place}." if place else ""
    growth.added += [f"{start}{key}" for key in after if key not in before]
    growth.removed += [f"{start}{key}" for key in before if key not in after]
    growth.changed += [
        f"{start}{key}" for key in after if key in before and before[key] != after[key]
    ]


def compare_aggregates(
    growth: Growth, old: AggregateHere, new: AggregateHere, authentication: str
) -> None:
    place, before, after = new.qualified, old.aggregate, new.aggregate
    compare(growth, place, without_backfill(before.fields), without_backfill(after.fields))
    compare(growth, place, before.parts, after.parts)
    compare(growth, place, operations(old), operations(new))
    growth.removed += [f"{place}.{name}" for name in inner_fields(old) if gone(name, new)]
    growth.removed += renamed_parts(old, new)
    growth.numbers += numbers_of(old, new)
    if old.has_owner(authentication) and not new.has_owner(authentication):
        growth.removed.append(f"{place}.owner")
    growth.removed += [
        f"{place}.{name}"
        for name in ("table", "plural")
        if getattr(old, name) != getattr(new, name)
    ]
    growth.changed += [
        f"{place} ({names.spaced(key)})"
        for key in ("doc", "owner", "may", "rules", "unique_together", "reads", "remove")
        if getattr(before, key) != getattr(after, key)
    ]


def inner_fields(here: AggregateHere) -> list[str]:
    """Return the fields of parts and transitions: ``lines.sku``, ``cancel.reason``."""
    parts = [f"{key}.{name}" for part, key, _ in here.parts for name in part.fields]
    return [*parts, *(f"{each.holder}.{each.name}" for each in with_fields(here))]


def gone(name: str, new: AggregateHere) -> bool:
    """Tell whether an inner field is gone from something that is still there."""
    holder = name.partition(".")[0]
    return name not in inner_fields(new) and holder in {**operations(new), **new.aggregate.parts}


def without_backfill(fields: Mapping[str, FieldSpec]) -> dict[str, FieldSpec]:
    return {
        name: spec.model_copy(update={"backfill": None}) if spec.backfill is not None else spec
        for name, spec in fields.items()
    }


def operations(here: AggregateHere) -> dict[str, Any]:
    """Return the changes and transitions of an aggregate."""
    lifecycle, changes = here.aggregate.lifecycle, here.aggregate.changes
    found: dict[str, Any] = {name: changes[name] if changes else None for name in here.changes}
    return found | (dict(lifecycle.transitions) if lifecycle else {})


def fills_of(
    page: Page, before: Mapping[str, Stored], after: Mapping[str, Stored]
) -> dict[str, dict[str, str]]:
    """Return what rows get in columns that are required, and were not there or might be null."""
    known = {
        (here.table, STATE): sql_literal(here.lifecycle.initial)
        for here in aggregates(page)
        if here.lifecycle
    }
    known |= {
        (table, column): value
        for table, (fields, _) in fields_of_tables(page).items()
        for name, spec in fields.items()
        for column, value in filled(name, spec, page)
    }
    return {
        table: found
        for table, stored in after.items()
        if table in before
        and (
            found := {
                column: known[table, column]
                for column in stored.newly_required(before[table])
                if (table, column) in known
            }
        )
    }


def fields_of_tables(page: Page) -> dict[str, tuple[dict[str, FieldSpec], Path]]:
    """Return the fields of each table, those of parts included, with the path to what has them."""
    found = {}
    for here in aggregates(page):
        found[here.table] = (here.aggregate.fields, here.path)
        for part, _, path in here.parts:
            found[names.plural(names.snake(part.name))] = (part.fields, path)
    return found


def filled(name: str, spec: FieldSpec, page: Page) -> Iterator[tuple[str, str]]:
    """Yield the columns of a field, each with what its `backfill` or `default` is in SQL."""
    value = spec.default if spec.backfill is None else spec.backfill
    if value is None and isinstance(spec, ListField) and spec.min == 0:
        value = []
    if value is not None:
        yield from in_sql(name, spec, value, page)


def in_sql(name: str, spec: FieldSpec, value: Any, page: Page) -> Iterator[tuple[str, str]]:
    """Yield the columns of a field, each with its part of a value in SQL."""
    match spec:
        case ValueField():
            for key, each in page.values[spec.type].fields.items():
                if value.get(key) is not None:
                    yield from in_sql(f"{name}_{key}", each, value[key], page)
        case MoneyField():
            yield f"{name}_amount", sql_literal(str(value["amount"]))
            yield f"{name}_currency", sql_literal(value["currency"])
        case ListField():
            yield columns_of(name, spec, page)[0].name, array_literal(value)
        case _:
            yield columns_of(name, spec, page)[0].name, sql_literal(value)


def array_literal(items: Iterable[Any]) -> str:
    """Write a list as PostgreSQL reads arrays from text."""
    escaped = (re.sub(r'(["\\])', r"\\\1", str(item)) for item in items)
    return sql_literal("{" + ",".join(f'"{item}"' for item in escaped) + "}")


def find_mistakes(
    before: Page, after: Page, mistakes: Mistakes, authentication: str = "own"
) -> None:
    """Add what a service whose tables have rows cannot become."""
    olds = stored_tables(view_of(before, authentication).tables)
    news = stored_tables(view_of(after, authentication).tables)
    fills = fills_of(after, olds, news)
    places = fields_of_tables(after)
    known = by_name(before)
    for here in aggregates(after):
        old = known.get(here.qualified)
        if old:
            check_types(old.aggregate, here, mistakes)
            check_new_parts(old, here, mistakes)
    for table in news.keys() & olds.keys():
        fields, path = places.get(table, ({}, ()))
        columns = column_paths(fields, path, after)
        for column in news[table].newly_required(olds[table]):
            place = columns.get(column, path)
            if column not in fills.get(table, {}) and not mistakes.within(place):
                spec = fields.get(str(place[-1])) if place != path else None
                mistakes.add(place, value_wanted(column, spec))
        for column, kind in news[table].types.items():
            was = olds[table].types.get(column)
            problem = type_problem(was, kind) if was and was != kind else ""
            if problem and not mistakes.within(columns.get(column, path)):
                mistakes.add(columns.get(column, path), problem)


def check_types(before: Aggregate, here: AggregateHere, mistakes: Mistakes) -> None:
    for name, spec in here.aggregate.fields.items():
        was = before.fields.get(name)
        if was and type_name(was) != type_name(spec):
            mistakes.add(
                (*here.path, "fields", name),
                f"it was {names.article(type_name(was))}, and a field keeps its type: add a field of another"
                " name, and remove this one later",
            )


def value_wanted(column: str, spec: FieldSpec | None) -> str:
    """Say what a required column needs, which is that of a field, or of something else."""
    if column == "owner_id":
        return "the rows that are there have no owner: leave `owner` as it was"
    if spec is None:
        return f"{column} is required, and rows that are there would have none: let it be optional"
    if isinstance(spec, RefField):
        return "it is required, and the rows that are there point to nothing: let it be optional"
    if spec.unique or spec.sensitive:
        return (
            "it is required, the rows that are there have none, and they cannot all have the same: let it be"
            " optional"
        )
    return (
        "it is required, and the rows that are there have none: say what they get as `backfill`, or let"
        " it be optional"
    )


def column_paths(fields: Mapping[str, FieldSpec], path: Path, page: Page) -> dict[str, Path]:
    return {
        column.name: (*path, "fields", name)
        for name, spec in fields.items()
        for column in columns_of(name, spec, page)
    }
