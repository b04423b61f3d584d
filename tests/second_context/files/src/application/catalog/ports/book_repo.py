"""Books, as they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from application.paging import PageParams
    from application.sessions import AutocommitSession, WriteSession
    from domain.actors import ActorId
    from domain.catalog.book import Book
    from domain.catalog.value_objects.book import BookId


class BookRepository(Protocol):
    """The books with their editions. It works in the caller's session and never commits."""

    async def insert(self, session: WriteSession, book: Book) -> None:
        """Add a new book.

        Raises:
            RepoConflictError: its owner has a book of this ISBN.
        """

    async def update(self, session: WriteSession | AutocommitSession, book: Book) -> None:
        """Store the book's new state with its editions, and count its `version` up.

        Raises:
            RepoNotFoundError: there is no such book.
            RepoStaleError: the book was changed since it was read.
        """

    async def find_by_id(self, session: AsyncSession, book_id: BookId) -> Book | None:
        """Return the book with its editions in their order, or None if there is none."""

    async def lock(self, session: WriteSession, book_id: BookId) -> Book | None:
        """Return the book as `find_by_id` does, and let nobody else change it until the end."""

    async def list_of(
        self, session: AsyncSession, owner: ActorId, params: PageParams
    ) -> tuple[Sequence[Book], int]:
        """Return one page of an owner's books, the oldest first, and how many they have."""
