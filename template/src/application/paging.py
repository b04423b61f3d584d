"""Parts of a longer list.

A page is found by counting what comes before it, and knows the total: both cost more the longer the
list is. A slice starts after an item that is known, and costs the same wherever it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")
IdT = TypeVar("IdT")


@dataclass(frozen=True, slots=True)
class PageParams:
    """At most `limit` items, after the first `offset`."""

    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`total` counts the whole list, of which `items` is a part."""

    items: Sequence[T]
    total: int


@dataclass(frozen=True, slots=True)
class SliceParams(Generic[IdT]):
    """At most `limit` items, after the one with the id `after`, or from the start."""

    limit: int
    after: IdT | None


@dataclass(frozen=True, slots=True)
class Slice(Generic[T, IdT]):
    """`next` is where the next slice starts after; None at the end of the list."""

    items: Sequence[T]
    next: IdT | None
