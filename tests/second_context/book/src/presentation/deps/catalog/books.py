"""Books."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request

from application.actors import Actor
from application.catalog.dto.book import BookOutput, CreateBookInput, ReviseBookInput
from application.catalog.ports.book_repo import BookRepository
from application.catalog.use_cases.book import (
    create_book,
    get_book,
    list_books,
    publish_book,
    revise_book,
    withdraw_book,
)
from application.paging import Page, PageParams
from application.sessions import Sessions
from application.versions import ExpectedVersions
from domain.catalog.value_objects.book import BookId
from infrastructure.clock import SystemClock
from infrastructure.persistence.catalog.book_repo import PgBookRepository


@dataclass(frozen=True, slots=True)
class Books:
    """The use cases of books, bound to what they work with."""

    create_book: Callable[[Actor, CreateBookInput], Awaitable[BookOutput]]
    get_book: Callable[[Actor, BookId], Awaitable[BookOutput]]
    list_books: Callable[[Actor, PageParams], Awaitable[Page[BookOutput]]]
    revise_book: Callable[[Actor, BookId, ReviseBookInput, ExpectedVersions], Awaitable[BookOutput]]
    publish_book: Callable[[Actor, BookId, ExpectedVersions], Awaitable[BookOutput]]
    withdraw_book: Callable[[Actor, BookId, ExpectedVersions], Awaitable[BookOutput]]


def bind_books(sessions: Sessions) -> Books:
    books: BookRepository = PgBookRepository()
    clock = SystemClock()
    return Books(
        create_book=partial(create_book, session_factory=sessions.write, books=books, clock=clock),
        get_book=partial(get_book, read_sessions=sessions.read, books=books),
        list_books=partial(list_books, read_sessions=sessions.read, books=books),
        revise_book=partial(revise_book, session_factory=sessions.write, books=books, clock=clock),
        publish_book=partial(
            publish_book, session_factory=sessions.write, books=books, clock=clock
        ),
        withdraw_book=partial(
            withdraw_book, session_factory=sessions.write, books=books, clock=clock
        ),
    )


async def get_books(request: Request) -> Books:
    books: Books = request.app.state.books
    return books


async def get_book_id(book_id: Annotated[UUID, Path(alias="bookId")]) -> BookId:
    return BookId.from_trusted(book_id)


BooksDep = Annotated[Books, Depends(get_books)]
BookIdDep = Annotated[BookId, Depends(get_book_id)]
