"""Who may do what with users."""

from application.identity.refusals.user import UserNotFoundError
from application.permissions import Permission

LIST_USERS = Permission("For admins.")
MANAGE_USERS = Permission("For admins.")
READ_USER = Permission(
    "For the user and for admins: to others there is no such user.",
    owner=True,
    refusal=UserNotFoundError,
)
