"""Who may do what with books."""

from application.catalog.refusals import BookNotFoundError
from application.permissions import Permission

MANAGE_BOOK = Permission(
    "For the owner of the book and for admins: to others there is no such book.",
    owner=True,
    refusal=BookNotFoundError,
)
