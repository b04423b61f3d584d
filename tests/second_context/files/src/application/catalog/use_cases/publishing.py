"""Putting books on the shelf, and taking them off it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.catalog.access import require_book
from application.catalog.dto_map.book import book_output
from application.versions import expect_version

if TYPE_CHECKING:
    from application.actors import Actor
    from application.catalog.dto.book import BookOutput
    from application.catalog.ports.book_repo import BookRepository
    from application.clock import Clock
    from application.sessions import SessionFactory
    from application.versions import ExpectedVersions
    from domain.catalog.value_objects.book import BookId


async def publish_book(
    actor: Actor,
    book_id: BookId,
    expected: ExpectedVersions = None,
    *,
    session_factory: SessionFactory,
    books: BookRepository,
    clock: Clock,
) -> BookOutput:
    """Put a book on the shelf.

    Raises:
        BookNotFoundError: there is no such book, or the actor may not know.
        AppStaleError: the book is of another version than expected.
        NotADraftError: it is or was on the shelf already.
    """
    async with session_factory() as session, session.begin():
        book = await require_book(session, books, actor, book_id)
        expect_version(book.version, expected)
        book.publish(clock.now())
        await books.update(session, book)
    return book_output(book)


async def withdraw_book(
    actor: Actor,
    book_id: BookId,
    expected: ExpectedVersions = None,
    *,
    session_factory: SessionFactory,
    books: BookRepository,
    clock: Clock,
) -> BookOutput:
    """Take a book off the shelf, for good.

    Raises:
        BookNotFoundError: there is no such book, or the actor may not know.
        AppStaleError: the book is of another version than expected.
        NotPublishedError: it is not on the shelf.
    """
    async with session_factory() as session, session.begin():
        book = await require_book(session, books, actor, book_id)
        expect_version(book.version, expected)
        book.withdraw(clock.now())
        await books.update(session, book)
    return book_output(book)
