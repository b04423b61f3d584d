"""What lists are filtered and sorted by, and what is unique."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..literals import literal


@dataclass(frozen=True)
class IndexView:
    """An index, or a unique constraint, with its name in PostgreSQL."""

    name: str
    columns: tuple[str, ...]
    is_unique: bool

    @property
    def written_columns(self) -> str:
        return ", ".join(map(literal, self.columns))


@dataclass(frozen=True)
class UniqueView:
    """Fields that no two rows have in common, with the refusal of the second one."""

    columns: tuple[str, ...]
    fields: tuple[str, ...]
    refusal_class: str
    refusal_code: str
    detail: str
    path: tuple[str, ...]

    @property
    def written_columns(self) -> str:
        return as_tuple(self.columns)

    @property
    def has_path(self) -> bool:
        return bool(self.path)

    @property
    def written_path(self) -> str:
        return as_tuple(self.path)


@dataclass(frozen=True)
class FilterView:
    """A filter of a list: equality, repeatable, and a range where the type has an order."""

    name: str
    column: str
    parameter: str
    annotation: str
    has_range: bool
    from_parameter: str
    to_parameter: str
    example: Any


@dataclass(frozen=True)
class SortView:
    """An order of a list, with the names that clients give it."""

    name: str
    column: str
    ascending: str
    descending: str


def as_tuple(texts: tuple[str, ...]) -> str:
    """Write some texts as a tuple in Python."""
    return f"({', '.join(map(literal, texts))}{',' if len(texts) == 1 else ''})"
