"""The book that a use case is about, found as the actor may find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.catalog.permissions import MANAGE_BOOK
from application.catalog.refusals import BookNotFoundError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from application.actors import Actor
    from application.catalog.ports.book_repo import BookRepository
    from domain.catalog.book import Book
    from domain.catalog.value_objects.book import BookId


async def require_book(
    session: AsyncSession, books: BookRepository, actor: Actor, book_id: BookId
) -> Book:
    """Return the book.

    Raises:
        BookNotFoundError: there is no such book, or the actor may not know.
    """
    book = await books.find_by_id(session, book_id)
    if book is None:
        raise BookNotFoundError
    MANAGE_BOOK.require(actor, owner=book.owner)
    return book
