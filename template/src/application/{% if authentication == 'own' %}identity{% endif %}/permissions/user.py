"""Who may do what with users."""

from application.identity.refusals.user import UserNotFoundError
from application.permissions import Permission

LIST_USERS = Permission("For admins.")
MANAGE_USERS = Permission("For admins.")
READ_USER = Permission(
    "For the user themselves and for admins. For others, the user does not exist.",
    owner=True,
    refusal=UserNotFoundError,
)
