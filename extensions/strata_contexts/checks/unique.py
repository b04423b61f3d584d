"""What is unique has more than a few values: otherwise a table would be full after two rows."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from ..examples import example
from ..walk import aggregates

if TYPE_CHECKING:
    from ..mistakes import Mistakes
    from ..models import FieldSpec, Page
    from ..walk import AggregateHere

NUMBER: Final = 3
"""How many rows a table has room for at least. The tests of a repository store as many."""


def check(page: Page, mistakes: Mistakes) -> None:
    """Add what is unique and has too few values, once everything else on a page is right."""
    if not any(True for _ in mistakes):
        for here in aggregates(page):
            check_aggregate(here, page, mistakes)


def check_aggregate(here: AggregateHere, page: Page, mistakes: Mistakes) -> None:
    fields = here.aggregate.fields
    for name, spec in fields.items():
        if spec.unique and (few := several(name, spec, page)) < NUMBER:
            mistakes.add((*here.path, "fields", name, "unique"), f"{told(few)}: leave it out")
    for place, group in enumerate(here.aggregate.unique_together):
        few = prod(several(name, fields[name], page) for name in group if name in fields)
        if "owner_id" not in group and few < NUMBER:
            path = (*here.path, "unique_together", place)
            mistakes.add(path, f"{told(few)}: leave the group out")


def several(name: str, spec: FieldSpec, page: Page) -> int:
    """Count the values of a field, up to the number that is needed."""
    return len({str(example(name, spec, page, number)) for number in range(NUMBER)})


def told(few: int) -> str:
    return f"there would be {'one row' if few == 1 else 'two rows'} at most"
