"""Writing books, reading them, and their way onto the market and off it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.catalog.dto_map.book import book_output
from application.catalog.permissions.book import KEEP_BOOK
from application.catalog.refusals.book import BookNotFoundError, IsbnTakenError
from application.errors import RepoConflictError
from application.paging import Page
from application.versions import expect_version
from domain.catalog.book import Book, Edition
from domain.catalog.value_objects.book import Isbn, Label, Note, Price, Title, Year
from domain.shared import Faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from application.actors import Actor
    from application.catalog.dto.book import (
        BookOutput,
        CreateBookInput,
        EditionInput,
        ReviseBookInput,
    )
    from application.catalog.ports.book_repo import BookRepository
    from application.clock import Clock
    from application.paging import PageParams
    from application.sessions import ReadSessions, SessionFactory
    from application.versions import ExpectedVersions
    from domain.catalog.value_objects.book import BookId


async def create_book(
    actor: Actor,
    data: CreateBookInput,
    *,
    session_factory: SessionFactory,
    books: BookRepository,
    clock: Clock,
) -> BookOutput:
    """Write a book, as a draft of the actor's.

    Raises:
        InvalidInputError: something in the input breaks a rule.
        IsbnTakenError: another book has the ISBN.
    """
    with Faults() as faults:
        with faults.at("isbn"):
            isbn = Isbn.parse(data.isbn)
        with faults.at():
            new = _parse(data)
    book = Book.create(actor.id, isbn, new.title, new.price, new.note, new.editions, clock.now())
    try:
        async with session_factory() as session, session.begin():
            await books.insert(session, book)
    except RepoConflictError as exc:
        raise IsbnTakenError from exc
    return book_output(book)


async def get_book(
    actor: Actor, book_id: BookId, *, read_sessions: ReadSessions, books: BookRepository
) -> BookOutput:
    """Return a book.

    Raises:
        BookNotFoundError: there is none, or the actor may not know.
    """
    async with read_sessions() as session:
        return book_output(await _require_book(session, books, actor, book_id))


async def list_books(
    actor: Actor, params: PageParams, *, read_sessions: ReadSessions, books: BookRepository
) -> Page[BookOutput]:
    """Return one page of the actor's books, or for an admin of all, the oldest first."""
    async with read_sessions() as session:
        items, total = await books.list(session, params, KEEP_BOOK.limit_to(actor))
    return Page(items=[book_output(book) for book in items], total=total)


async def revise_book(
    actor: Actor,
    book_id: BookId,
    data: ReviseBookInput,
    expected: ExpectedVersions,
    *,
    session_factory: SessionFactory,
    books: BookRepository,
    clock: Clock,
) -> BookOutput:
    """Describe a book anew.

    Raises:
        InvalidInputError: something in the input breaks a rule.
        BookNotFoundError: there is none, or the actor may not know.
        AppStaleError: the book is of another version than expected.
        WithdrawnError: it is withdrawn.
    """
    new = _parse(data)
    async with session_factory() as session, session.begin():
        book = await _require_book(session, books, actor, book_id)
        expect_version(book.version, expected)
        book.revise(new.title, new.price, new.note, new.editions, clock.now())
        await books.update(session, book)
    return book_output(book)


async def publish_book(
    actor: Actor,
    book_id: BookId,
    expected: ExpectedVersions = None,
    *,
    session_factory: SessionFactory,
    books: BookRepository,
    clock: Clock,
) -> BookOutput:
    """Put a draft on sale.

    Raises:
        BookNotFoundError: there is none, or the actor may not know.
        AppStaleError: the book is of another version than expected.
        NoDraftError: it was published before.
    """
    async with session_factory() as session, session.begin():
        book = await _require_book(session, books, actor, book_id)
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
    """Take a published book off sale, for good.

    Raises:
        BookNotFoundError: there is none, or the actor may not know.
        AppStaleError: the book is of another version than expected.
        NotPublishedError: it is not on sale.
    """
    async with session_factory() as session, session.begin():
        book = await _require_book(session, books, actor, book_id)
        expect_version(book.version, expected)
        book.withdraw(clock.now())
        await books.update(session, book)
    return book_output(book)


async def _require_book(
    session: AsyncSession, books: BookRepository, actor: Actor, book_id: BookId
) -> Book:
    book = await books.find_by_id(session, book_id, KEEP_BOOK.limit_to(actor))
    if book is None:
        raise BookNotFoundError
    return book


@dataclass(frozen=True, slots=True)
class _Description:
    title: Title
    price: Price
    note: Note | None
    editions: Sequence[Edition]


def _parse(data: ReviseBookInput) -> _Description:
    editions: list[Edition] = []
    with Faults() as faults:
        with faults.at("title"):
            title = Title.parse(data.title)
        with faults.at("price"):
            price = Price.parse(data.price.amount, data.price.currency)
        with faults.at("note"):
            note = Note.parse(data.note) if data.note is not None else None
        for place, edition in enumerate(data.editions):
            with faults.at("editions", place):
                editions.append(_parse_edition(edition))
    return _Description(title, price, note, editions)


def _parse_edition(data: EditionInput) -> Edition:
    with Faults() as faults:
        with faults.at("label"):
            label = Label.parse(data.label)
        with faults.at("year"):
            year = Year.parse(data.year)
    return Edition.create(label, year)
