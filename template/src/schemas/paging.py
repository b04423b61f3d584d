"""Pagination: pages have an offset and a total; slices have a cursor and a constant cost."""

from typing import Generic, TypeVar
from uuid import UUID

from pydantic import Field

from schemas.base import CamelModel, Id

T = TypeVar("T")


class PageQuery(CamelModel):
    """The part of the list to return."""

    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=2**31 - 1)


class PageResponse(CamelModel, Generic[T]):
    """`items` is a part of the list, and `total` the length of the whole list."""

    items: list[T]
    total: int


class SliceQuery(CamelModel):
    """`after` is the `next` of the previous slice."""

    limit: int = Field(default=20, ge=1, le=100)
    after: UUID | None = None


class SliceResponse(CamelModel, Generic[T]):
    """`next` is the `after` of the next slice; null at the end of the list."""

    items: list[T]
    next: Id | None
