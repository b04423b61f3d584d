"""The contract of `BookRepository`, for PostgreSQL and for the fake alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from application.paging import PageParams
from domain.actors import ActorId
from domain.catalog.book import Book
from domain.catalog.value_objects.book import (
    EditionLabel,
    Isbn,
    Note,
    Price,
    Title,
    Year,
    check_digit,
)
from infrastructure.persistence.catalog.book_repo import PgBookRepository
from tests.fakes.catalog.book_repo import FakeBookRepository
from tests.integration.persistence.contract import NOW, PagesContract

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from application.catalog.ports.book_repo import BookRepository
    from application.sessions import WriteSession

OWNER, OTHER = ActorId.parse("ada"), ActorId.parse("bob")


class TestBookRepository(PagesContract[Book]):
    repositories = (PgBookRepository, FakeBookRepository)
    unique = (("owner", "isbn"),)

    def make(self, number: int = 1, *, created_at: datetime = NOW) -> Book:
        digits = f"978{number:09}"
        book = Book.create(
            OWNER,
            Isbn.parse(digits + check_digit(digits)),
            Title.parse(f"Title {number}"),
            Price.parse(f"{number}.25", "EUR"),
            Note.parse(f"Note {number}"),
            created_at,
        )
        for label, year in (("second", 1900), ("first", 1843)):
            book.add_edition(EditionLabel.parse(label), Year.parse(year), created_at)
        return book

    def change(self, aggregate: Book, now: datetime) -> None:
        aggregate.revise(Title.parse("Other"), Price.parse("7", "USD"), None, now)
        aggregate.remove_edition(aggregate.editions[0].id, now)
        aggregate.add_edition(EditionLabel.parse("third"), Year.parse(1950), now)
        aggregate.publish(now)

    async def page(
        self, repository: Any, session: AsyncSession, params: PageParams
    ) -> tuple[Sequence[Book], int]:
        items, total = await repository.list_of(session, OWNER, params)
        return list(items), total

    async def test_a_list_has_the_books_of_one_owner(
        self, repository: BookRepository, session: WriteSession
    ) -> None:
        mine, other = self.make(1), replace(self.make(2), owner=OTHER)
        for each in (mine, other):
            await repository.insert(session, each)

        items, total = await repository.list_of(session, OWNER, PageParams(limit=20, offset=0))

        assert (list(items), total) == ([mine], 1)
