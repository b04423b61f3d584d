"""Pagination: pages have an offset and a total; slices have a cursor and a constant cost."""

from typing import Generic, TypeVar
from uuid import UUID

from pydantic import Field

from schemas.base import CamelModel, Id

T = TypeVar("T")


class PageQuery(CamelModel):
    """Which part of the list is wanted."""

    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=2**31 - 1)


class PageResponse(CamelModel, Generic[T]):
    """`total` counts the whole list, of which `items` is a part."""

    items: list[T]
    total: int


class SliceQuery(CamelModel):
    """`after` is the `next` of the slice before."""

    limit: int = Field(default=20, ge=1, le=100)
    after: UUID | None = None


class SliceResponse(CamelModel, Generic[T]):
    """`next` is where to go on; null at the end of the list."""

    items: list[T]
    next: Id | None
