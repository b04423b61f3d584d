"""Fake for `application.catalog.ports.book_repo`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.catalog.book import Book
from domain.catalog.value_objects.book import BookId
from tests.fakes.repository import FakeRepository

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from application.paging import PageParams
    from domain.actors import ActorId


class FakeBookRepository(FakeRepository[Book, BookId]):
    unique = (("owner", "isbn"),)

    async def list_of(
        self, session: AsyncSession, owner: ActorId, params: PageParams
    ) -> tuple[Sequence[Book], int]:
        return self.page_by(params, owner=owner)
