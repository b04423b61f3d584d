"""What the use cases of the catalogue refuse, each with the code that clients decide by."""

from application.errors import AppConflictError, AppNotFoundError
from domain.catalog.book import (
    LabelTakenError,
    NotADraftError,
    NotPublishedError,
    TooManyEditionsError,
    WithdrawnError,
)

__all__ = [
    "BookNotFoundError",
    "EditionNotFoundError",
    "IsbnTakenError",
    "LabelTakenError",
    "NotADraftError",
    "NotPublishedError",
    "TooManyEditionsError",
    "WithdrawnError",
]


class BookNotFoundError(AppNotFoundError):
    code = "book_not_found"
    detail = "no such book"


class EditionNotFoundError(AppNotFoundError):
    code = "edition_not_found"
    detail = "the book has no such edition"


class IsbnTakenError(AppConflictError):
    code = "isbn_taken"
    detail = "you have a book of this ISBN"
    path = ("isbn",)
