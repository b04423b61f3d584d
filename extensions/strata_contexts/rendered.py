"""What this version of the template does not render yet. It is refused, so that nothing is half there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import names, unrendered_refs, words
from .examples import REFERRED
from .models import (
    RefField,
    Remove,
)
from .satisfying import DIFFERENT, breaking, compared, keeping, unlike
from .unrendered_refs import NOT_YET
from .walk import FieldHere, aggregates, own_fields, with_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .mistakes import Mistakes, Path
    from .models import FieldSpec, Page, Part, Rules
    from .walk import AggregateHere


def check(page: Page, mistakes: Mistakes) -> None:
    """Add all that is not rendered."""
    for name, value in page.values.items():
        check_rules(value.rules, value.fields, ("values", name, "rules"), page, mistakes)
    for here in aggregates(page):
        check_aggregate(here, page, mistakes)
    unrendered_refs.check(page, mistakes)


def check_aggregate(here: AggregateHere, page: Page, mistakes: Mistakes) -> None:
    spec, path = here.aggregate, here.path
    if spec.name in words.IMPORTED_CLASSES or names.snake(spec.name) in words.VARIABLES:
        mistakes.add(
            (*path, "name"), f"an aggregate called {spec.name} is {NOT_YET}: choose another name"
        )
    for part, key, inner in here.parts:
        check_part(part, key, inner, here, page, mistakes)
    for field in (*own_fields(here), *with_fields(here)):
        if field.name in names_of_code(here, field):
            mistakes.add(
                field.path, f"a field called {field.name} is {NOT_YET}: choose another name"
            )
    check_rules(spec.rules, spec.fields, (*path, "rules"), page, mistakes)
    check_unique(here, page, mistakes)


def check_rules(
    rules: Rules, fields: dict[str, FieldSpec], path: Path, page: Page, mistakes: Mistakes
) -> None:
    """Refuse a rule that has no values to be tested with."""
    for each in compared(rules, fields):
        kept = keeping(fields, {each.name: rules[each.name]}, page)
        if kept and not breaking(each.rule, fields, kept, page):
            text = f"no values were found that break it, which is {NOT_YET}: leave it out"
            mistakes.add((*path, each.name), text)


def check_part(
    part: Part, key: str, path: Path, here: AggregateHere, page: Page, mistakes: Mistakes
) -> None:
    """Refuse what the code of parts, or that of their tests, cannot say."""
    one = names.singular(key)
    if one in (names.snake(here.aggregate.name), here.plural) or names.snake(part.name) == key:
        mistakes.add(path, f"one of {key} would be called {one}, which is {NOT_YET}: rename them")
    own = {f"{verb}_{one}" for verb in ("add", "change", "remove", "has")}
    for name in own & {*here.aggregate.fields, *here.changes, *here.transitions}:
        mistakes.add(path, f"{name} is what an aggregate does with one of its {key}: rename it")
    check_unique_parts(part, path, page, mistakes)


def check_unique_parts(part: Part, path: Path, page: Page, mistakes: Mistakes) -> None:
    """Refuse what is unique and has too few values, or no other part that could have the same."""
    needed = different(part)
    for name, spec in part.fields.items():
        if not spec.unique:
            continue
        place = (*path, "fields", name, "unique")
        sets = (unlike(part.fields, {}, page, number) or {} for number in range(needed))
        if part.max == 1:
            mistakes.add(place, "there is one of them at most, so none has the same: leave it out")
        elif isinstance(spec, RefField) and needed > REFERRED:
            mistakes.add(
                place,
                f"a unique ref where there are {REFERRED} parts at least is {NOT_YET}: leave it out",
            )
        elif len({str(each.get(name)) for each in sets}) < needed:
            mistakes.add(
                place,
                f"what is unique and has fewer than {needed} values is {NOT_YET}: leave it out",
            )


def names_of_code(here: AggregateHere, field: FieldHere) -> Iterator[str]:
    """Yield the names that code with a field of this kind has for something else."""
    yield from ("mapped_column", "of_format")
    if field.spec.sensitive:
        yield "field"
    if isinstance(here.aggregate.remove, Remove):
        yield "require_removable"
    if here.aggregate.parts:
        yield from ("require_distinct", "require_number")


def different(part: Part) -> int:
    """Return how many different parts the tests need: all that must be there, and one that is added."""
    more = 1 if part.min < part.max else 0
    return max(DIFFERENT, part.min + more)


def check_unique(here: AggregateHere, page: Page, mistakes: Mistakes) -> None:
    """Refuse groups whose fields have so few values that the rows of tests would be the same."""
    fields, rules = here.aggregate.fields, here.aggregate.rules
    sets = [unlike(fields, rules, page, number) or {} for number in range(DIFFERENT)]
    for place, group in enumerate(here.aggregate.unique_together):
        rows = {tuple(str(each.get(name)) for name in group) for each in sets}
        if "owner_id" not in group and len(rows) < DIFFERENT:
            mistakes.add(
                (*here.path, "unique_together", place),
                f"what is unique together and has so few values is {NOT_YET}: leave it out",
            )
