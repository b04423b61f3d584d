"""Who may do what with books."""

from application.catalog.refusals.book import BookNotFoundError
from application.permissions import Permission

KEEP_BOOK = Permission(
    "For the book's owner and for admins: to others there is no such book.",
    owner=True,
    refusal=BookNotFoundError,
)
