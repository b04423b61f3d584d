"""Pagination, by pages and by slices.

A page starts at an offset and comes with the total. The cost of both grows with the length of the
list. A slice starts after a known item, and costs the same anywhere in the list.
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
    """Request at most `limit` items, after skipping the first `offset` items."""

    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`items` is one page of the list, `total` the number of items in the whole list."""

    items: Sequence[T]
    total: int


@dataclass(frozen=True, slots=True)
class SliceParams(Generic[IdT]):
    """Request at most `limit` items after the item with the id `after`; None is the start."""

    limit: int
    after: IdT | None


@dataclass(frozen=True, slots=True)
class Slice(Generic[T, IdT]):
    """`next` is the cursor: the `after` of the next slice, or None at the end of the list."""

    items: Sequence[T]
    next: IdT | None
