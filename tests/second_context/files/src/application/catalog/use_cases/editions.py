"""Looking after the editions of a book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.catalog.access import require_book
from application.catalog.dto_map.book import book_output
from application.catalog.refusals import EditionNotFoundError
from application.versions import expect_version
from domain.catalog.value_objects.book import EditionLabel, Year
from domain.shared import Faults

if TYPE_CHECKING:
    from application.actors import Actor
    from application.catalog.dto.book import AddEditionInput, BookOutput
    from application.catalog.ports.book_repo import BookRepository
    from application.clock import Clock
    from application.sessions import SessionFactory
    from application.versions import ExpectedVersions
    from domain.catalog.value_objects.book import BookId, EditionId


async def add_edition(
    actor: Actor,
    book_id: BookId,
    data: AddEditionInput,
    expected: ExpectedVersions = None,
    *,
    session_factory: SessionFactory,
    books: BookRepository,
    clock: Clock,
) -> BookOutput:
    """Add an edition to a book.

    Raises:
        InvalidInputError: the input breaks a rule, or several.
        BookNotFoundError: there is no such book, or the actor may not know.
        AppStaleError: the book is of another version than expected.
        WithdrawnError: the book is withdrawn.
        LabelTakenError: it has an edition of this label.
        TooManyEditionsError: it has as many as it may.
    """
    with Faults() as faults:
        with faults.at("label"):
            label = EditionLabel.parse(data.label)
        with faults.at("year"):
            year = Year.parse(data.year)

    async with session_factory() as session, session.begin():
        book = await require_book(session, books, actor, book_id)
        expect_version(book.version, expected)
        book.add_edition(label, year, clock.now())
        await books.update(session, book)
    return book_output(book)


async def remove_edition(
    actor: Actor,
    book_id: BookId,
    edition_id: EditionId,
    expected: ExpectedVersions = None,
    *,
    session_factory: SessionFactory,
    books: BookRepository,
    clock: Clock,
) -> BookOutput:
    """Remove an edition from its book.

    Raises:
        BookNotFoundError: there is no such book, or the actor may not know.
        EditionNotFoundError: the book has no such edition.
        AppStaleError: the book is of another version than expected.
        WithdrawnError: the book is withdrawn.
    """
    async with session_factory() as session, session.begin():
        book = await require_book(session, books, actor, book_id)
        expect_version(book.version, expected)
        if not book.has_edition(edition_id):
            raise EditionNotFoundError
        book.remove_edition(edition_id, clock.now())
        await books.update(session, book)
    return book_output(book)
