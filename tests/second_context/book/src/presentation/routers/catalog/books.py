"""Books: writing them, reading them, publishing and withdrawing them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from application.catalog.dto.book import (
    CreateBookInput,
    EditionInput,
    PriceInput,
    ReviseBookInput,
)
from application.catalog.permissions.book import KEEP_BOOK
from application.catalog.refusals.book import (
    IsbnTakenError,
    NoDraftError,
    NotPublishedError,
    WithdrawnError,
)
from application.errors import AppUnavailableError
from application.paging import PageParams
from presentation.deps.actor import ActorDep
from presentation.deps.catalog.books import BookIdDep, BooksDep
from presentation.deps.preconditions import IfMatchDep, RequiredIfMatchDep
from presentation.deps.shared import RootPathDep
from presentation.openapi import CREATED, VERSIONED, problems
from presentation.preconditions import etag
from schemas.catalog.book import BookResponse, CreateBookRequest, ReviseBookRequest
from schemas.paging import PageQuery, PageResponse

router = APIRouter(prefix="/books", tags=["catalog"], responses=problems(AppUnavailableError))


@router.post("", status_code=201, responses=CREATED | problems(IsbnTakenError))
async def create_book_endpoint(
    payload: CreateBookRequest,
    actor: ActorDep,
    response: Response,
    root_path: RootPathDep,
    books: BooksDep,
) -> BookResponse:
    """Write a book, as a draft. The response's `Location` is its address."""
    data = CreateBookInput(
        isbn=payload.isbn,
        title=payload.title,
        price=PriceInput(amount=payload.price.amount, currency=payload.price.currency),
        note=payload.note,
        editions=[EditionInput(label=each.label, year=each.year) for each in payload.editions],
    )
    result = await books.create_book(actor, data)
    response.headers["Location"] = f"{root_path}/books/{result.id.value}"
    response.headers["ETag"] = etag(result.version)
    return BookResponse.from_output(result)


@router.get("")
async def list_books_endpoint(
    page: Annotated[PageQuery, Query()], actor: ActorDep, books: BooksDep
) -> PageResponse[BookResponse]:
    """List one's own books, or for an admin all, the oldest first."""
    params = PageParams(limit=page.limit, offset=page.offset)
    result = await books.list_books(actor, params)
    return PageResponse[BookResponse].from_output(result)


@router.get("/{bookId}", responses=VERSIONED | problems(KEEP_BOOK))
async def get_book_endpoint(
    book_id: BookIdDep, actor: ActorDep, response: Response, books: BooksDep
) -> BookResponse:
    """Read a book."""
    result = await books.get_book(actor, book_id)
    response.headers["ETag"] = etag(result.version)
    return BookResponse.from_output(result)


@router.put("/{bookId}", responses=VERSIONED | problems(KEEP_BOOK, WithdrawnError))
async def revise_book_endpoint(
    book_id: BookIdDep,
    payload: ReviseBookRequest,
    actor: ActorDep,
    expected: RequiredIfMatchDep,
    response: Response,
    books: BooksDep,
) -> BookResponse:
    """Describe a book anew. An edition whose label it had already stays the one it was."""
    data = ReviseBookInput(
        title=payload.title,
        price=PriceInput(amount=payload.price.amount, currency=payload.price.currency),
        note=payload.note,
        editions=[EditionInput(label=each.label, year=each.year) for each in payload.editions],
    )
    result = await books.revise_book(actor, book_id, data, expected)
    response.headers["ETag"] = etag(result.version)
    return BookResponse.from_output(result)


@router.post("/{bookId}/publish", responses=VERSIONED | problems(KEEP_BOOK, NoDraftError))
async def publish_book_endpoint(
    book_id: BookIdDep, actor: ActorDep, expected: IfMatchDep, response: Response, books: BooksDep
) -> BookResponse:
    """Put a draft on sale."""
    result = await books.publish_book(actor, book_id, expected)
    response.headers["ETag"] = etag(result.version)
    return BookResponse.from_output(result)


@router.post("/{bookId}/withdraw", responses=VERSIONED | problems(KEEP_BOOK, NotPublishedError))
async def withdraw_book_endpoint(
    book_id: BookIdDep, actor: ActorDep, expected: IfMatchDep, response: Response, books: BooksDep
) -> BookResponse:
    """Take a published book off sale, for good."""
    result = await books.withdraw_book(actor, book_id, expected)
    response.headers["ETag"] = etag(result.version)
    return BookResponse.from_output(result)
