"""A page as plain mappings, and the places in it that mutants change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]
Place = tuple[str | int, ...]
Operator = Callable[[Spec], Iterator[tuple[Place, str, Spec]]]
"""Yields, of a page, where it changes something, in which way, and the page with that change."""


@dataclass(frozen=True)
class Home:
    """An aggregate, or a value of several fields: whatever has code and tests of its own."""

    context: str
    name: str

    @property
    def label(self) -> str:
        return f"{self.context}.{self.name}" if self.context else self.name


def plain(page: Spec) -> Spec:
    """Write each field as a mapping, and each choice of states or actors as a list."""
    found = deepcopy(page)
    for place in list(aggregates(found)):
        aggregate = at(found, place)
        aggregate["may"] = {key: as_list(who) for key, who in aggregate.get("may", {}).items()}
        lifecycle = aggregate.get("lifecycle", {"transitions": {}})
        lifecycle["final"] = as_list(lifecycle.get("final"))
        for step in lifecycle["transitions"].values():
            step["from"] = as_list(step["from"])
        for guarded in guarded_places(aggregate):
            spec = at(aggregate, guarded)
            if "in" in spec:
                spec["in"] = as_list(spec["in"])
    for holder in list(field_holders(found)):
        fields = at(found, holder)
        for name in fields:
            fields[name] = as_field(fields[name])
            if "of" in fields[name]:
                fields[name]["of"] = as_field(fields[name]["of"])
    return found


def as_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def as_field(value: Any) -> Spec:
    return {"type": value} if isinstance(value, str) else dict(value)


def at(holder: Any, place: Place) -> Any:
    for key in place:
        holder = holder[key]
    return holder


def put(page: Spec, place: Place, value: Any) -> Spec:
    """Return the page with another value at a place, or without what is there if there is none."""
    found = deepcopy(page)
    holder: Any = found
    for key in place[:-1]:
        holder = holder.setdefault(key, {}) if isinstance(key, str) else holder[key]
    if value is None:
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    return found


def aggregates(page: Spec) -> Iterator[Place]:
    for number, context in enumerate(page["contexts"]):
        for inner in range(len(context["aggregates"])):
            yield "contexts", number, "aggregates", inner


def field_holders(page: Spec) -> Iterator[Place]:
    """Yield where fields stand: in values, aggregates, parts, and what steps ask for."""
    for name in page.get("values", {}):
        yield "values", name, "fields"
    for place in aggregates(page):
        aggregate = at(page, place)
        yield (*place, "fields")
        for name in aggregate.get("parts", {}):
            yield (*place, "parts", name, "fields")
        for name, step in steps(aggregate).items():
            if "with" in step:
                yield (*place, "lifecycle", "transitions", name, "with")


def each_field(page: Spec) -> Iterator[Place]:
    """Yield the place of each field, and that of the items of each list."""
    for holder in field_holders(page):
        for name, spec in at(page, holder).items():
            yield (*holder, name)
            if "of" in spec:
                yield (*holder, name, "of")


def rule_holders(page: Spec) -> Iterator[Place]:
    for place in (*(("values", name) for name in page.get("values", {})), *aggregates(page)):
        if "rules" in at(page, place):
            yield (*place, "rules")


def steps(aggregate: Spec) -> Spec:
    found: Spec = aggregate.get("lifecycle", {}).get("transitions", {})
    return found


def states(aggregate: Spec) -> list[str]:
    """Return the states, in the order in which they are named."""
    if not steps(aggregate):
        return []
    found = [aggregate["lifecycle"]["initial"]]
    for step in steps(aggregate).values():
        found += [*step["from"], step["to"]]
    return list(dict.fromkeys(found))


def guarded_places(aggregate: Spec) -> Iterator[Place]:
    """Yield the changes, the parts and the removal, which may be possible in some states only."""
    for key in ("changes", "parts"):
        for name in aggregate.get(key, {}):
            yield key, name
    if isinstance(aggregate.get("remove"), dict):
        yield ("remove",)


def home_of(page: Spec, place: Place) -> Home:
    if place[0] == "values":
        return Home("", str(place[1]))
    context, aggregate = at(page, place[:2]), at(page, place[:4])
    return Home(context["name"], aggregate["name"])


def label_of(page: Spec, place: Place) -> str:
    """Name a place, as in `ordering.Order.parts.lines.fields.sku`."""
    inner = place[2:] if place[0] == "values" else place[4:]
    return ".".join([home_of(page, place).label, *map(str, inner)])
