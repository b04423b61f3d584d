"""Writing books and reading them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.catalog.access import require_book
from application.catalog.dto_map.book import book_output
from application.catalog.refusals import IsbnTakenError
from application.errors import RepoConflictError
from application.paging import Page
from application.versions import expect_version
from domain.catalog.book import Book
from domain.catalog.value_objects.book import Isbn, Note, Price, Title
from domain.shared import Faults

if TYPE_CHECKING:
    from application.actors import Actor
    from application.catalog.dto.book import BookOutput, CreateBookInput, ReviseBookInput
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
    """Write a book, as a draft.

    Raises:
        InvalidInputError: the input breaks a rule, or several.
        IsbnTakenError: the actor has a book of this ISBN.
    """
    with Faults() as faults:
        with faults.at("isbn"):
            isbn = Isbn.parse(data.isbn)
        with faults.at("title"):
            title = Title.parse(data.title)
        with faults.at("price"):
            price = Price.parse(data.price.amount, data.price.currency)
        with faults.at("note"):
            note = None if data.note is None else Note.parse(data.note)

    book = Book.create(actor.id, isbn, title, price, note, clock.now())
    try:
        async with session_factory() as session, session.begin():
            await books.insert(session, book)
    except RepoConflictError as exc:
        raise IsbnTakenError from exc
    return book_output(book)


async def get_book(
    actor: Actor, book_id: BookId, *, read_sessions: ReadSessions, books: BookRepository
) -> BookOutput:
    """Return a book, to its owner or to an admin.

    Raises:
        BookNotFoundError: there is no such book, or the actor may not know.
    """
    async with read_sessions() as session:
        return book_output(await require_book(session, books, actor, book_id))


async def list_books(
    actor: Actor, params: PageParams, *, read_sessions: ReadSessions, books: BookRepository
) -> Page[BookOutput]:
    """Return one page of the actor's own books, the oldest first."""
    async with read_sessions() as session:
        items, total = await books.list_of(session, actor.id, params)
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
        InvalidInputError: the input breaks a rule, or several.
        BookNotFoundError: there is no such book, or the actor may not know.
        AppStaleError: the book is of another version than expected.
        WithdrawnError: the book is withdrawn.
    """
    with Faults() as faults:
        with faults.at("title"):
            title = Title.parse(data.title)
        with faults.at("price"):
            price = Price.parse(data.price.amount, data.price.currency)
        with faults.at("note"):
            note = None if data.note is None else Note.parse(data.note)

    async with session_factory() as session, session.begin():
        book = await require_book(session, books, actor, book_id)
        expect_version(book.version, expected)
        book.revise(title, price, note, clock.now())
        await books.update(session, book)
    return book_output(book)
