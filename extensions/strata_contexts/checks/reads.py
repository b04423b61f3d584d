"""Filters, sorts, and groups of fields that are unique together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .. import names, words
from ..field_types import BrokenField, ValueField
from ..mistakes import no_field
from ..walk import aggregates, attribute, type_name

if TYPE_CHECKING:
    from ..field_types import FieldSpec
    from ..mistakes import Mistakes, Path
    from ..models import Page
    from ..walk import AggregateHere

RANGES: Final = ("integer", "decimal", "date", "datetime")
"""Types that are filtered by a range, too."""
NOT_FILTERED: Final = ("text", "list", "money")
NOT_SORTED: Final = ("text", "list", "money", "boolean", "uuid", "ref")
NOT_TOGETHER: Final = ("text", "list", "money", "boolean")
TIMES: Final = ("created_at", "updated_at")


def check(page: Page, mistakes: Mistakes, authentication: str) -> None:
    """Add what is wrong with lists, and with what is unique together."""
    for here in aggregates(page):
        has_owner = here.has_owner(authentication)
        check_filters(here, mistakes, has_owner=has_owner)
        check_sorts(here, mistakes)
        check_together(here, mistakes, has_owner=has_owner)


def check_filters(here: AggregateHere, mistakes: Mistakes, *, has_owner: bool) -> None:
    path = (*here.path, "reads", "filter")
    wires: dict[str, str] = {}
    for place, name in enumerate(here.aggregate.reads.filter):
        inner = (*path, place)
        if text := filter_problem(here, name, has_owner=has_owner):
            mistakes.add(inner, text)
            continue
        for wire in parameters(here, name):
            if wire in words.QUERY_PARAMETERS:
                text = f"{wire} is {words.QUERY_PARAMETERS[wire]}: give the field another name"
            elif wires.get(wire) == name:
                text = f"{name} stands here twice: name it once"
            elif wire in wires:
                text = f"its parameter {wire} is one of {wires[wire]}, too: give the field another name"
            else:
                wires[wire] = name
                continue
            mistakes.add(inner, text)
            break


def parameters(here: AggregateHere, name: str) -> list[str]:
    """Return the parameters of the query that a filter is made of."""
    spec = here.aggregate.fields.get(name)
    if isinstance(spec, BrokenField):
        return [name]
    wire = names.camel(attribute(name, spec) if spec else name)
    has_range = name in TIMES or (spec is not None and type_name(spec) in RANGES)
    return [wire, f"{wire}From", f"{wire}To"] if has_range else [wire]


def filter_problem(here: AggregateHere, name: str, *, has_owner: bool) -> str:
    spec = here.aggregate.fields.get(name)
    if spec is None:
        return unknown(here, name, has_owner=has_owner)
    kind = type_name(spec)
    if isinstance(spec, BrokenField):
        return ""
    if spec.sensitive:
        return f"{name} is sensitive, and a filter would let people guess it: leave it out"
    if kind in NOT_FILTERED or isinstance(spec, ValueField):
        return f"{name} is {names.article(kind)}, by which nothing is filtered: leave it out"
    return ""


def unknown(here: AggregateHere, name: str, *, has_owner: bool) -> str:
    """Say what is wrong with a name that is not declared; nothing if it is there anyway."""
    if name in TIMES:
        return ""
    if name == "state":
        return (
            ""
            if here.lifecycle
            else "there is no state without a `lifecycle`: leave it out, or write one"
        )
    if name == "owner_id":
        return "" if has_owner else "its rows have no owner: leave it out"
    if name in here.aggregate.parts:
        return f"{name} are parts, by which nothing is filtered or sorted: leave it out"
    if name == "id":
        return "by its id an aggregate is read, not searched: leave it out"
    extra = ["state"] if here.lifecycle else []
    known = [*here.aggregate.fields, *extra, *TIMES]
    return no_field(name, known)


def check_sorts(here: AggregateHere, mistakes: Mistakes) -> None:
    path = (*here.path, "reads", "sort")
    sort = here.aggregate.reads.sort
    if not sort:
        mistakes.add(path, "an empty list says nothing: leave it out, or name created_at")
    seen: set[str] = set()
    for place, name in enumerate(sort):
        inner = (*path, place)
        if text := sort_problem(here, name):
            mistakes.add(inner, text)
        elif name in seen:
            mistakes.add(inner, f"{name} stands here twice: name it once")
        seen.add(name)


def sort_problem(here: AggregateHere, name: str) -> str:
    if name == "created_at":
        return ""  # it is there, and a field of this name is refused where it stands
    spec = here.aggregate.fields.get(name)
    if name == "updated_at":
        return "updated_at is null before the first change, so it gives no order: use created_at"
    if name.startswith(("-", "+")):
        return f"clients say which way, as in `sort=-createdAt`: write {name[1:]}"
    if name.casefold().endswith((" desc", " asc")):
        return f"clients say which way, as in `sort=-createdAt`: write {name.split()[0]}"
    if spec is None:
        if name in ("owner_id", "state"):
            return f"{name} gives no order that means something: use it as a filter"
        return unknown(here, name, has_owner=True)
    kind = type_name(spec)
    if isinstance(spec, BrokenField):
        return ""
    if spec.sensitive:
        return f"{name} is sensitive, and an order would show it: leave it out"
    if kind in NOT_SORTED or isinstance(spec, ValueField):
        return f"{name} is {names.article(kind)}, which gives no order: leave it out"
    if spec.optional:
        return f"{name} is optional, and rows without it have no place in an order: leave it out"
    return ""


def check_together(here: AggregateHere, mistakes: Mistakes, *, has_owner: bool) -> None:
    path = (*here.path, "unique_together")
    groups: list[set[str]] = []
    for place, group in enumerate(here.aggregate.unique_together):
        inner = (*path, place)
        if len(group) < 2 and not mistakes.within(inner):
            mistakes.add(inner, f"expected two fields or more{remedy_of_few(group)}")
        for index, name in enumerate(group):
            if text := together_problem(here, name, has_owner=has_owner):
                mistakes.add((*inner, index), text)
            if group.index(name) != index:
                mistakes.add((*inner, index), f"{name} stands here twice: name it once")
        if not mistakes.within(inner):
            check_group(set(group), groups, inner, mistakes)
            groups.append(set(group))


def remedy_of_few(group: list[str]) -> str:
    if group == ["owner_id"]:
        return ": one row for each owner is not in this version of the language"
    return f": write `unique: true` at {group[0]}" if group else ""


def check_group(group: set[str], others: list[set[str]], path: Path, mistakes: Mistakes) -> None:
    for other in others:
        if group == other:
            mistakes.add(path, "the same fields stand here twice: keep one group")
        elif group < other or other < group:
            fewer = sorted(group if len(group) < len(other) else other)
            mistakes.add(
                path,
                f"{' and '.join(fewer)} are unique together in any case: leave out the larger group",
            )


def together_problem(here: AggregateHere, name: str, *, has_owner: bool) -> str:
    spec: FieldSpec | None = here.aggregate.fields.get(name)
    if spec is None:
        if name == "owner_id":
            return "" if has_owner else "its rows have no owner: leave it out"
        known = [*here.aggregate.fields, *(["owner_id"] if has_owner else [])]
        return no_field(name, known)
    kind = type_name(spec)
    if isinstance(spec, BrokenField):
        return ""
    if spec.unique:
        return f"{name} is unique by itself: take it out of one of them"
    if spec.optional:
        return f"{name} is optional, and rows without it would never be the same: make it required"
    if kind in NOT_TOGETHER or isinstance(spec, ValueField):
        return f"{name} is {names.article(kind)}, which makes no key: leave it out"
    return ""
