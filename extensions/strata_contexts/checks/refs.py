"""References: that what they point to exists, and that a first one can be created."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import names, words
from ..examples import REFERRED, given_id
from ..field_types import RefField
from ..mistakes import listed, quoted, suggestion
from ..models import AnyOf
from ..walk import aggregates, every_field, own_fields, part_fields, with_fields

if TYPE_CHECKING:
    from ..mistakes import Mistakes, Path
    from ..models import Page
    from ..walk import AggregateHere


def target(page: Page, here: AggregateHere, to: str) -> AggregateHere | None:
    """Return the aggregate that a `ref` of another one points to."""
    wanted = to if "." in to else f"{here.context.name}.{to}"
    return next((each for each in aggregates(page) if each.qualified == wanted), None)


def check(page: Page, mistakes: Mistakes) -> None:
    """Add references to nothing, and circles of them."""
    needed: dict[str, list[tuple[str, Path]]] = {}
    for here in aggregates(page):
        fields = [*own_fields(here), *with_fields(here)]
        for part, _, path in here.parts:
            fields += part_fields(part, path)
        for field in fields:
            if isinstance(field.known, RefField) and field.known.to:
                check_target(page, here, field.known.to, field.path, mistakes)
        for name, path in required(page, here):
            needed.setdefault(here.qualified, []).append((name, path))
        check_rules(page, here, mistakes)
    check_circles(needed, mistakes)
    check_examples(page, mistakes)


def check_target(page: Page, here: AggregateHere, to: str, path: Path, mistakes: Mistakes) -> None:
    if target(page, here, to):
        return
    context, _, name = to.rpartition(".")
    if any(
        names.pascal(each.aggregate.name) == name
        and each.context.name == (context or here.context.name)
        for each in aggregates(page)
    ):
        return  # its name is told to be written like this
    homes = [each.context.name for each in aggregates(page) if each.aggregate.name == name]
    parts = {part.name: each for each in aggregates(page) for part, _, _ in each.parts}
    if context == words.IDENTITY or (name in ("User", "Actor") and not homes):
        text = "users are not on this page: whose a row is says `owner`, and others are a `string`"
    elif to in page.values:
        text = f"{to} is a value, which has no id: write `type: {to}`"
    elif name in parts:
        owner = parts[name].aggregate.name
        text = f"{name} is a part of {owner}, which nothing but {owner} points to: point to {owner}"
    elif homes:
        text = f"there is no {to} here: write {listed([f'{home}.{name}' for home in homes], 'or')}"
    else:
        known = [
            each.aggregate.name if each.context.name == here.context.name else each.qualified
            for each in aggregates(page)
        ]
        text = f"there is no aggregate {quoted(to)}: {suggestion(to, known)}"
    mistakes.add((*path, "to"), text)


def required(page: Page, here: AggregateHere) -> list[tuple[str, Path]]:
    """Return what has to be there before an aggregate can be: the targets of its required refs."""
    fields = list(own_fields(here))
    for part, _, path in here.parts:
        fields += part_fields(part, path) if part.min > 0 else ()
    found = []
    for field in fields:
        if isinstance(field.spec, RefField) and not field.spec.optional:
            other = target(page, here, field.spec.to)
            if other:
                found.append((other.qualified, field.path))
    return found


def check_rules(page: Page, here: AggregateHere, mistakes: Mistakes) -> None:
    """Refuse rules that ask a first aggregate to point to another one of its kind."""
    for name, rule in here.aggregate.rules.items():
        asked = rule.any_of if isinstance(rule, AnyOf) else []
        specs = [here.aggregate.fields.get(each) for each in asked]
        if specs and all(
            isinstance(spec, RefField) and is_of_own_kind(page, here, spec) for spec in specs
        ):
            text = "needs one of itself to be there first: name a field, too, that points elsewhere"
            mistakes.add((*here.path, "rules", name), text)


def is_of_own_kind(page: Page, here: AggregateHere, spec: RefField) -> bool:
    other = target(page, here, spec.to)
    return other is not None and other.qualified == here.qualified


def check_circles(needed: dict[str, list[tuple[str, Path]]], mistakes: Mistakes) -> None:
    """Name each circle once, at the first of its references on the page."""
    done: set[str] = set()
    for start in needed:
        if start in done:
            continue
        circle = circle_from(start, needed)
        if circle:
            done |= {name for name, _ in circle}
            names = [start, *(name for name, _ in circle)]
            text = (
                "needs one of itself to be there first"
                if len(circle) == 1
                else f"{names[0]} needs {', which needs '.join(names[1:])}, so none of them can be the first"
            )
            mistakes.add(circle[0][1], f"{text}: make a `ref` of them `optional: true`")


def circle_from(start: str, needed: dict[str, list[tuple[str, Path]]]) -> list[tuple[str, Path]]:
    """Return the shortest way from an aggregate back to itself, or nothing."""
    waiting: list[list[tuple[str, Path]]] = [[step] for step in needed.get(start, [])]
    seen: set[str] = set()
    for way in waiting:
        name = way[-1][0]
        if name == start:
            return way
        if name not in seen:
            seen.add(name)
            waiting += [[*way, step] for step in needed.get(name, [])]
    return []


def check_examples(page: Page, mistakes: Mistakes) -> None:
    """Refuse more examples of one kind than the tests make aggregates of it."""
    known: dict[str, set[str]] = {}
    for field in every_field(page):
        if isinstance(field.spec, RefField) and (given := given_id(field.spec, page)):
            ids = known.setdefault(field.spec.to.rpartition(".")[2], set())
            ids.add(given)
            if len(ids) > REFERRED:
                text = f"there are {REFERRED} other examples of what it points to: use one of them"
                mistakes.add((*field.path, "example"), text)
