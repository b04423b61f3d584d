"""Books, as they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from application.paging import PageParams
    from application.sessions import WriteSession
    from domain.actors import ActorId
    from domain.catalog.book import Book
    from domain.catalog.value_objects.book import BookId


class BookRepository(Protocol):
    """The books. It works in the caller's session and never begins, commits or rolls back."""

    async def insert(self, session: WriteSession, book: Book) -> None:
        """Add a new book.

        Raises:
            RepoConflictError: another book has the ISBN.
        """

    async def update(self, session: WriteSession, book: Book) -> None:
        """Store the book's new state, and count its `version` up.

        Raises:
            RepoNotFoundError: there is no such book.
            RepoStaleError: the book was changed since it was read.
        """

    async def find_by_id(
        self, session: AsyncSession, book_id: BookId, owner: ActorId | None
    ) -> Book | None:
        """Return a book of the owner's, or of anybody's; None if there is none."""

    async def list(
        self, session: AsyncSession, params: PageParams, owner: ActorId | None
    ) -> tuple[Sequence[Book], int]:
        """Return one page of the owner's books, or of all, the oldest first, and how many there are."""
