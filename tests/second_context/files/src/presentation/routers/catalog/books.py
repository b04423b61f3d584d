"""Writing books, publishing them, and looking after their editions."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from application.catalog.dto.book import (
    AddEditionInput,
    CreateBookInput,
    PriceInput,
    ReviseBookInput,
)
from application.catalog.permissions import MANAGE_BOOK
from application.catalog.refusals import (
    EditionNotFoundError,
    IsbnTakenError,
    LabelTakenError,
    NotADraftError,
    NotPublishedError,
    TooManyEditionsError,
    WithdrawnError,
)
from application.errors import AppUnavailableError
from application.paging import PageParams
from presentation.deps.actor import ActorDep
from presentation.deps.catalog.books import BookIdDep, BooksDep, EditionIdDep
from presentation.deps.preconditions import IfMatchDep, RequiredIfMatchDep
from presentation.deps.shared import RootPathDep
from presentation.openapi import CREATED, VERSIONED, problems
from presentation.preconditions import etag
from schemas.catalog.book import (
    AddEditionRequest,
    BookResponse,
    CreateBookRequest,
    ReviseBookRequest,
)
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
        price=PriceInput(payload.price.amount, payload.price.currency),
        note=payload.note,
    )
    result = await books.create_book(actor, data)
    response.headers["Location"] = f"{root_path}/books/{result.id.value}"
    response.headers["ETag"] = etag(result.version)
    return BookResponse.from_output(result)


@router.get("")
async def list_books_endpoint(
    page: Annotated[PageQuery, Query()], actor: ActorDep, books: BooksDep
) -> PageResponse[BookResponse]:
    """List one's own books, the oldest first."""
    result = await books.list_books(actor, PageParams(limit=page.limit, offset=page.offset))
    return PageResponse[BookResponse].from_output(result)


@router.get("/{bookId}", responses=VERSIONED | problems(MANAGE_BOOK))
async def get_book_endpoint(
    book_id: BookIdDep, actor: ActorDep, response: Response, books: BooksDep
) -> BookResponse:
    """Read a book."""
    result = await books.get_book(actor, book_id)
    response.headers["ETag"] = etag(result.version)
    return BookResponse.from_output(result)


@router.put("/{bookId}", responses=VERSIONED | problems(MANAGE_BOOK, WithdrawnError))
async def revise_book_endpoint(
    payload: ReviseBookRequest,
    book_id: BookIdDep,
    actor: ActorDep,
    expected: RequiredIfMatchDep,
    response: Response,
    books: BooksDep,
) -> BookResponse:
    """Describe a book anew."""
    data = ReviseBookInput(
        title=payload.title,
        price=PriceInput(payload.price.amount, payload.price.currency),
        note=payload.note,
    )
    result = await books.revise_book(actor, book_id, data, expected)
    response.headers["ETag"] = etag(result.version)
    return BookResponse.from_output(result)


@router.post("/{bookId}/publish", responses=VERSIONED | problems(MANAGE_BOOK, NotADraftError))
async def publish_book_endpoint(
    book_id: BookIdDep,
    actor: ActorDep,
    expected: IfMatchDep,
    response: Response,
    books: BooksDep,
) -> BookResponse:
    """Put a book on the shelf."""
    result = await books.publish_book(actor, book_id, expected)
    response.headers["ETag"] = etag(result.version)
    return BookResponse.from_output(result)


@router.post("/{bookId}/withdraw", responses=VERSIONED | problems(MANAGE_BOOK, NotPublishedError))
async def withdraw_book_endpoint(
    book_id: BookIdDep,
    actor: ActorDep,
    expected: IfMatchDep,
    response: Response,
    books: BooksDep,
) -> BookResponse:
    """Take a book off the shelf, for good."""
    result = await books.withdraw_book(actor, book_id, expected)
    response.headers["ETag"] = etag(result.version)
    return BookResponse.from_output(result)


@router.post(
    "/{bookId}/editions",
    responses=VERSIONED
    | problems(MANAGE_BOOK, WithdrawnError, LabelTakenError, TooManyEditionsError),
)
async def add_edition_endpoint(
    payload: AddEditionRequest,
    book_id: BookIdDep,
    actor: ActorDep,
    expected: IfMatchDep,
    response: Response,
    books: BooksDep,
) -> BookResponse:
    """Add an edition to a book."""
    data = AddEditionInput(label=payload.label, year=payload.year)
    result = await books.add_edition(actor, book_id, data, expected)
    response.headers["ETag"] = etag(result.version)
    return BookResponse.from_output(result)


@router.delete(
    "/{bookId}/editions/{editionId}",
    responses=VERSIONED | problems(MANAGE_BOOK, EditionNotFoundError, WithdrawnError),
)
async def remove_edition_endpoint(
    book_id: BookIdDep,
    edition_id: EditionIdDep,
    actor: ActorDep,
    expected: IfMatchDep,
    response: Response,
    books: BooksDep,
) -> BookResponse:
    """Remove an edition from its book."""
    result = await books.remove_edition(actor, book_id, edition_id, expected)
    response.headers["ETag"] = etag(result.version)
    return BookResponse.from_output(result)
