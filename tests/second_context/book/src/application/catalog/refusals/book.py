"""What the use cases of books refuse."""

from application.errors import AppConflictError, AppNotFoundError
from domain.catalog.book import NoDraftError, NotPublishedError, WithdrawnError

__all__ = [
    "BookNotFoundError",
    "IsbnTakenError",
    "NoDraftError",
    "NotPublishedError",
    "WithdrawnError",
]


class BookNotFoundError(AppNotFoundError):
    code = "book_not_found"
    detail = "no such book"


class IsbnTakenError(AppConflictError):
    code = "isbn_taken"
    detail = "another book has this ISBN"
    path = ("isbn",)
