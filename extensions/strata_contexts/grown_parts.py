"""What becomes of the parts of rows that are there, where another number of them is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .mistakes import Mistakes
    from .walk import AggregateHere


@dataclass(frozen=True)
class Number:
    """How many rows of ``parts`` each row of ``table`` has: no constraint says so, a migration asks once.

    ``parent`` is the column of ``parts`` with the id of the row of ``table``.
    """

    table: str
    parts: str
    parent: str
    least: int
    most: int

    @property
    def question(self) -> str:
        return (
            f"{self.parts}: count them for each of {self.table}; this fails if one has fewer than"
            f" {self.least} or more than {self.most}"
        )


def numbers_of(old: AggregateHere, new: AggregateHere) -> Iterator[Number]:
    """Yield what fewer parts may be than before: ``min`` is larger, or ``max`` is smaller."""
    for key, part in new.aggregate.parts.items():
        before = old.aggregate.parts.get(key)
        if before and (part.min > before.min or part.max < before.max):
            parent = f"{names.snake(new.aggregate.name)}_id"
            table = names.plural(names.snake(part.name))
            yield Number(new.table, table, parent, part.min, part.max)


def check_new_parts(old: AggregateHere, new: AggregateHere, mistakes: Mistakes) -> None:
    """Refuse new parts of which each row would need one: those that are there have none."""
    for part, key, path in new.parts:
        if key not in old.aggregate.parts and part.min > 0:
            mistakes.add(
                (*path, "min"),
                f"the {names.spaced(new.plural)} that are there have no {names.spaced(key)}: let it be 0,"
                " and raise it by a later growth, once each has enough",
            )


def renamed_parts(old: AggregateHere, new: AggregateHere) -> list[str]:
    """Return the places of parts with another name, which is that of their table."""
    return [
        f"{new.qualified}.{key}.name"
        for key, part in old.aggregate.parts.items()
        if key in new.aggregate.parts and new.aggregate.parts[key].name != part.name
    ]
