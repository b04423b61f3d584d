"""Names that the code of an aggregate has for something else, so that one of both would be hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import names, words
from ..operations import Remove
from ..walk import aggregates, own_fields, with_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..mistakes import Mistakes
    from ..models import Page
    from ..walk import AggregateHere, FieldHere


def check(page: Page, mistakes: Mistakes) -> None:
    """Add names that are taken, of a page that is right otherwise."""
    for here in aggregates(page):
        check_aggregate(here, mistakes)


def check_aggregate(here: AggregateHere, mistakes: Mistakes) -> None:
    spec, path = here.aggregate, here.path
    if spec.name in words.IMPORTED_CLASSES or names.snake(spec.name) in words.VARIABLES:
        text = f"the code of an aggregate calls something else {spec.name}: choose another name"
        mistakes.add((*path, "name"), text)
    for part, key, inner in here.parts:
        one = names.singular(key)
        if one in (names.snake(spec.name), here.plural) or names.snake(part.name) == key:
            text = f"one of {key} would be called {one}, as something else is: rename them"
            mistakes.add(inner, text)
        own = {f"{verb}_{one}" for verb in ("add", "change", "remove", "has")}
        for name in own & {*spec.fields, *here.changes, *here.transitions}:
            text = f"{name} is what an aggregate does with one of its {key}: rename it"
            mistakes.add(inner, text)
    for field in (*own_fields(here), *with_fields(here)):
        if field.name in taken(here, field):
            text = (
                f"the code of an aggregate calls something else {field.name}: choose another name"
            )
            mistakes.add(field.path, text)


def taken(here: AggregateHere, field: FieldHere) -> Iterator[str]:
    """Yield the names that code with a field of this kind has for something else."""
    yield from ("mapped_column", "of_format")
    if field.spec.sensitive:
        yield "field"
    if isinstance(here.aggregate.remove, Remove):
        yield "require_removable"
    if here.aggregate.parts:
        yield from ("require_distinct", "require_number")
