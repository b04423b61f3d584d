"""The refusals of the use cases for users and logins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.errors import (
    AppConflictError,
    AppForbiddenError,
    AppNotFoundError,
    AppTooManyRequestsError,
    AppUnauthorizedError,
    to_app_error,
)
from domain.identity.user import (
    AlreadyActiveError,
    AlreadyAdminError,
    AlreadyDeactivatedError,
    DeactivatedError,
)

if TYPE_CHECKING:
    from application.errors import AppError, RepoConflictError


__all__ = [
    "AlreadyActiveError",
    "AlreadyAdminError",
    "AlreadyDeactivatedError",
    "DeactivatedError",
    "EmailTakenError",
    "OwnAccountError",
    "SamePasswordError",
    "TooManyLoginsError",
    "UserNotFoundError",
    "UsernameTakenError",
    "WrongCredentialsError",
    "WrongPasswordError",
    "taken",
]


class UsernameTakenError(AppConflictError):
    code = "username_taken"
    detail = "the username is taken"
    path = ("username",)


class EmailTakenError(AppConflictError):
    code = "email_taken"
    detail = "the e-mail address is taken"
    path = ("email",)


class SamePasswordError(AppConflictError):
    code = "same_password"
    detail = "this is the current password"
    path = ("new_password",)


class WrongPasswordError(AppForbiddenError):
    code = "wrong_password"
    detail = "the current password is wrong"
    path = ("current_password",)


class OwnAccountError(AppForbiddenError):
    code = "own_account"
    detail = "an admin cannot deactivate themselves"


class WrongCredentialsError(AppUnauthorizedError):
    code = "wrong_credentials"
    detail = "wrong username or password"


class TooManyLoginsError(AppTooManyRequestsError):
    code = "too_many_logins"
    detail = "too many attempts to log in"


class UserNotFoundError(AppNotFoundError):
    code = "user_not_found"
    detail = "no such user"


def taken(error: RepoConflictError) -> AppError:
    """Return the refusal for a value that another user already has."""
    match error.columns:
        case ("username",):
            return UsernameTakenError()
        case ("email",):
            return EmailTakenError()
        case _:
            return to_app_error(error)
