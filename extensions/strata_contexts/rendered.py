"""What this version of the template does not render yet. It is refused, so that nothing is half there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import names, patterns, unrendered_refs, words
from .examples import REFERRED
from .field_view import has_name_of_id, input_name
from .models import (
    BooleanField,
    DateField,
    DatetimeField,
    ListField,
    MoneyField,
    RefField,
    Remove,
    StringField,
    UuidField,
    ValueField,
)
from .satisfying import unlike
from .unrendered_refs import NOT_YET
from .walk import FieldHere, aggregates, attribute, every_field, own_fields, type_name, with_fields
from .wire_view import PORTABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .mistakes import Mistakes, Path
    from .models import FieldSpec, Page, Part
    from .walk import AggregateHere

ITEMS: Final = (BooleanField, DateField, DatetimeField, UuidField)
"""Types that items of lists do not have."""
WITHOUT_DEFAULT: Final = (DateField, DatetimeField, MoneyField, UuidField, ValueField)
NUMBER: Final = 3
"""How many different rows the tests of a repository need."""


def check(page: Page, mistakes: Mistakes) -> None:
    """Add all that is not rendered."""
    for name in page.values:
        check_value(name, page, mistakes)
    for field in every_field(page):
        check_field(field, mistakes)
    for here in aggregates(page):
        check_aggregate(here, page, mistakes)
    unrendered_refs.check(page, mistakes)


def check_value(name: str, page: Page, mistakes: Mistakes) -> None:
    check_inputs(page.values[name].fields, ("values", name, "fields"), mistakes)


def check_field(field: FieldHere, mistakes: Mistakes) -> None:
    spec = field.spec
    if spec.default is not None and isinstance(spec, WITHOUT_DEFAULT):
        mistakes.add(
            (*field.path, "default"), f"a default of a {type_name(spec)} is {NOT_YET}: leave it out"
        )
    if isinstance(spec, ListField):
        check_list(spec, field, mistakes)
    if isinstance(spec, StringField) and spec.pattern:
        check_pattern(spec, field, mistakes)


def check_list(spec: ListField, field: FieldHere, mistakes: Mistakes) -> None:
    if isinstance(spec.of, ITEMS):
        kind = type_name(spec.of)
        mistakes.add((*field.path, "of"), f"a list of {kind} is {NOT_YET}: leave the field out")
    if isinstance(spec.of, StringField) and spec.of.pattern:
        inner = FieldHere(field.name, spec.of, (*field.path, "of"), field.scope, field.holder)
        check_pattern(spec.of, inner, mistakes)
    if spec.default is not None:
        mistakes.add((*field.path, "default"), f"a default of a list is {NOT_YET}: leave it out")


def check_pattern(spec: StringField, field: FieldHere, mistakes: Mistakes) -> None:
    path = (*field.path, "pattern")
    pattern = spec.pattern or ""
    if not PORTABLE.fullmatch(pattern):
        mistakes.add(
            path,
            f"a pattern with (...), [^...] or letters beyond ASCII is {NOT_YET}: write (?:...)",
        )
    elif patterns.parse(pattern).shortest < spec.min:
        mistakes.add(
            path,
            f"a pattern for fewer characters than `min` is {NOT_YET}: let the pattern say how many",
        )


def check_aggregate(here: AggregateHere, page: Page, mistakes: Mistakes) -> None:
    spec, path = here.aggregate, here.path
    if spec.name in words.IMPORTED_CLASSES:
        mistakes.add(
            (*path, "name"), f"an aggregate called {spec.name} is {NOT_YET}: choose another name"
        )
    for part, key, inner in here.parts:
        check_part(part, key, inner, here, page, mistakes)
    groups: list[tuple[dict[str, FieldSpec], Path]] = [(spec.fields, (*path, "fields"))]
    for key, asked in spec.lifecycle.transitions.items() if spec.lifecycle else ():
        groups.append((asked.with_, (*path, "lifecycle", "transitions", key, "with")))
    for fields, place in groups:
        check_inputs(fields, place, mistakes)
        check_locals(fields, place, mistakes)
    for key in (*spec.reads.filter, *spec.reads.sort):
        if key in spec.fields and has_name_of_id(key, spec.fields[key]):
            mistakes.add(
                (*path, "reads"),
                f"a list by {key}, which is called like an id, is {NOT_YET}: leave it out",
            )
    for field in (*own_fields(here), *with_fields(here)):
        if field.name in names_of_code(here, field):
            mistakes.add(
                field.path, f"a field called {field.name} is {NOT_YET}: choose another name"
            )
    check_unique(here, page, mistakes)


def check_inputs(fields: dict[str, FieldSpec], path: Path, mistakes: Mistakes) -> None:
    """Refuse fields that an input would call the same."""
    taken: dict[str, str] = {}
    for name, spec in fields.items():
        given = input_name(attribute(name, spec), spec)
        if given in taken:
            mistakes.add(
                (*path, name),
                f"an input would call it {given}, like {taken[given]}, which is {NOT_YET}: choose"
                " another name",
            )
        taken.setdefault(given, name)


def check_locals(fields: dict[str, FieldSpec], path: Path, mistakes: Mistakes) -> None:
    """Refuse a field that is called as a use case may call another one once it is good."""
    for name in fields:
        other = name.removeprefix("valid_")
        if name != other and other in fields:
            mistakes.add((*path, name), f"{name} beside {other} is {NOT_YET}: choose another name")


def check_part(
    part: Part, key: str, path: Path, here: AggregateHere, page: Page, mistakes: Mistakes
) -> None:
    """Refuse what the code of parts, or that of their tests, cannot say."""
    one = names.singular(key)
    if one in (names.snake(here.aggregate.name), here.plural) or names.snake(part.name) == key:
        mistakes.add(path, f"one of {key} would be called {one}, which is {NOT_YET}: rename them")
    check_inputs(part.fields, (*path, "fields"), mistakes)
    check_locals(part.fields, (*path, "fields"), mistakes)
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


def different(part: Part) -> int:
    """Return how many different parts the tests need: all that must be there, and one that is added."""
    more = 1 if part.min < part.max else 0
    return max(NUMBER, part.min + more)


def check_unique(here: AggregateHere, page: Page, mistakes: Mistakes) -> None:
    """Refuse what is unique and has too few values for the tests of a repository."""
    fields = here.aggregate.fields
    groups = [([name], ("fields", name)) for name, spec in fields.items() if spec.unique]
    groups += [
        (group, ("unique_together", str(place)))
        for place, group in enumerate(here.aggregate.unique_together)
    ]
    for group, place in groups:
        known = [name for name in group if name in fields]
        sets = [
            tuple(
                str((unlike(fields, here.aggregate.rules, page, number) or {}).get(name))
                for name in known
            )
            for number in range(NUMBER)
        ]
        if "owner_id" not in group and len(set(sets)) < NUMBER:
            mistakes.add(
                (*here.path, *place),
                f"what is unique and has fewer than {NUMBER} values is {NOT_YET}: leave it out",
            )
