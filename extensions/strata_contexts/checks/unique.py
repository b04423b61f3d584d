"""What is unique has more than a few values: otherwise a table would be full after two rows."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from ..examples import example
from ..field_types import RefField
from ..satisfying import is_new, rows, unlike
from ..walk import aggregates

if TYPE_CHECKING:
    from ..field_types import FieldSpec
    from ..mistakes import Mistakes, Path
    from ..models import Page, Part
    from ..walk import AggregateHere

NUMBER: Final = 3
"""How many rows a table has room for at least. The tests of a repository store as many."""

NOT_YET: Final = " for each owner, which is not in this version of the language"


def check(page: Page, mistakes: Mistakes) -> None:
    """Add what is unique and has too few values, of a page that is right otherwise."""
    for here in aggregates(page):
        check_aggregate(here, page, mistakes)
        for part, _, path in here.parts:
            check_part(part, path, page, mistakes)


def check_aggregate(here: AggregateHere, page: Page, mistakes: Mistakes) -> None:
    spec = here.aggregate
    for name, each in spec.fields.items():
        if each.unique and (few := several(name, each, page)) < NUMBER:
            mistakes.add((*here.path, "fields", name, "unique"), f"{told(few)}: leave it out")
    for place, group in enumerate(spec.unique_together):
        path = (*here.path, "unique_together", place)
        few = prod(several(name, spec.fields[name], page) for name in group if name in spec.fields)
        if "owner_id" in group:
            if few == 1:
                mistakes.add(path, f"{told(few)}{NOT_YET}: leave the group out")
        elif few < NUMBER:
            mistakes.add(path, f"{told(few)}: leave the group out")
        elif not has_room(here, group, page):
            text = f"no {NUMBER} rows were found that differ in it and keep the rules: leave it out"
            mistakes.add(path, text)


def has_room(here: AggregateHere, group: list[str], page: Page) -> bool:
    """Tell whether several rows were found that differ in some fields."""
    found = rows(here.aggregate, page, NUMBER)
    return all(is_new(each, found[:place], [group]) for place, each in enumerate(found))


def check_part(part: Part, path: Path, page: Page, mistakes: Mistakes) -> None:
    """Refuse what is unique and has too few values, or no other part that could have the same."""
    needed = different(part)
    for name, spec in part.fields.items():
        if not spec.unique:
            continue
        place = (*path, "fields", name, "unique")
        sets = (unlike(part.fields, {}, page, number) or {} for number in range(needed))
        if part.max == 1:
            mistakes.add(place, "there is one of them at most, so none has the same: leave it out")
        elif isinstance(spec, RefField):
            continue
        elif len({str(each.get(name)) for each in sets}) < needed:
            text = f"there are {needed} of them or more, and it has fewer values: leave it out"
            mistakes.add(place, text)


def different(part: Part) -> int:
    """Return how many different parts there are: all that must be there, and one that is added."""
    more = 1 if part.min < part.max else 0
    return max(NUMBER, part.min + more)


def several(name: str, spec: FieldSpec, page: Page) -> int:
    """Count the values of a field, up to the number that is needed."""
    return len({str(example(name, spec, page, number)) for number in range(NUMBER)})


def told(few: int) -> str:
    return f"there would be {'one row' if few == 1 else 'two rows'} at most"
