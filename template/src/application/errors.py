"""The four stages of an error, from the rule that broke to the answer on the wire.

1. DomainError                  a business rule is broken
   └── DomainConflictError      by the state of the thing, not by the input
2. RepoError                    the database refused or failed
   ├── RepoNotFoundError        the row to be changed is not there
   ├── RepoConflictError        a unique or foreign key refused a value
   ├── RepoStaleError           another transaction changed it first, or won a deadlock
   ├── RepoValueError           the database cannot hold a value
   └── RepoUnavailableError     the database cannot be reached, or did not answer in time
3. AppError                     what a caller is told; on its own: something unforeseen
   ├── AppValidationError       the input breaks a rule
   ├── AppUnauthorizedError     nobody knows who is asking
   ├── AppForbiddenError        we know who is asking, and they may not
   ├── AppNotFoundError         there is no such thing
   ├── AppConflictError         it contradicts what is stored
   ├── AppTooManyRequestsError  it was tried too often; worth another try later
   └── AppUnavailableError      not now; worth another try
4. the wire                     a status and a problem body: see `presentation.errors`

A use case translates what it has something to say about. `to_app_error` does the rest, so that
every error ends in exactly one place of stage 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.shared import DomainConflictError, DomainError

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = [
    "AppConflictError",
    "AppError",
    "AppForbiddenError",
    "AppNotFoundError",
    "AppTooManyRequestsError",
    "AppUnauthorizedError",
    "AppUnavailableError",
    "AppValidationError",
    "DomainConflictError",
    "DomainError",
    "RepoConflictError",
    "RepoError",
    "RepoNotFoundError",
    "RepoStaleError",
    "RepoUnavailableError",
    "RepoValueError",
    "to_app_error",
]


class RepoError(Exception):
    """Persistence failed. The message is for the log, never for the wire."""


class RepoNotFoundError(RepoError):
    pass


class RepoConflictError(RepoError):
    """`field` is the column whose value was refused, when a single one is."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class RepoStaleError(RepoError):
    pass


class RepoUnavailableError(RepoError):
    pass


class RepoValueError(RepoError):
    """A value is too long, out of range, or holds a NUL character, and nobody refused it earlier."""


class AppError(Exception):
    """`detail` is written for the caller. `field` names the input at fault, if a single one is."""

    def __init__(self, detail: str, *, field: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field


class AppValidationError(AppError):
    pass


class AppUnauthorizedError(AppError):
    pass


class AppForbiddenError(AppError):
    pass


class AppNotFoundError(AppError):
    pass


class AppConflictError(AppError):
    pass


class AppTooManyRequestsError(AppError):
    """`retry_after` is how long to wait: until then, the answer stays the same."""

    def __init__(self, detail: str, *, retry_after: timedelta) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class AppUnavailableError(AppError):
    pass


def to_app_error(error: DomainError | RepoError) -> AppError:
    """Return the canonical error for one that no use case has translated."""
    match error:
        case DomainConflictError():
            return AppConflictError(error.detail, field=error.field)
        case DomainError():
            return AppValidationError(error.detail, field=error.field)
        case RepoNotFoundError():
            return AppNotFoundError("no such thing")
        case RepoConflictError():
            return AppConflictError("conflicts with what is stored", field=error.field)
        case RepoStaleError():
            return AppConflictError("another change came first; read again before repeating")
        case RepoUnavailableError():
            return AppUnavailableError("the database is not available")
        case RepoValueError():
            return AppValidationError("a value is too long, out of range or holds no proper text")
        case _:
            return AppError("persistence failed")
