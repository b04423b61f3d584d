"""The four stages of an error, from the broken rule to the HTTP response.

1. DomainError                  the input breaks a business rule
   ├── DomainConflictError      the current state forbids the operation, whatever the input
   └── InvalidInputError        one or more parts of the input break a rule each
2. RepoError                    the database refused or failed
   ├── RepoNotFoundError        the row to change does not exist
   ├── RepoConflictError        a value violates a unique or foreign key constraint
   ├── RepoStaleError           another transaction changed the row first, or won a deadlock
   ├── RepoValueError           the database cannot store a value
   └── RepoUnavailableError     the database cannot be reached, or did not answer in time
3. AppError                     the error for the caller; the base class itself: an unforeseen error
   ├── AppValidationError       the input breaks a rule
   ├── AppUnauthorizedError     the caller is not authenticated
   ├── AppForbiddenError        the caller is authenticated, but lacks the permission
   ├── AppNotFoundError         the resource does not exist
   ├── AppConflictError         the request contradicts the stored state
   ├── AppStaleError            the resource has changed since the caller read it
   ├── AppTooManyRequestsError  too many attempts; the caller may retry later
   └── AppUnavailableError      temporarily unavailable; the caller may retry
4. the HTTP response            a status and a problem body: see `presentation.errors`

A use case translates the errors that it can say something specific about. `to_app_error` translates
the rest, so that every error becomes exactly one class of stage 3. Each refusal has its own `code`,
which clients base decisions on. A context declares its refusals as subclasses, in
`application/<context>/refusals.py` or beside its entities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.shared import DomainConflictError, DomainError, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from domain.shared import Fault, Path

__all__ = [
    "AppConflictError",
    "AppError",
    "AppForbiddenError",
    "AppNotFoundError",
    "AppStaleError",
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
    """Persistence failed. The message is for the log, and is never sent to the client."""


class RepoNotFoundError(RepoError):
    pass


class RepoConflictError(RepoError):
    """`columns` are the columns of the violated constraint; empty if they are not known.

    `is_foreign_key` tells a column that points to nothing from one whose value is taken.
    """

    def __init__(
        self, message: str, *, columns: tuple[str, ...] = (), is_foreign_key: bool = False
    ) -> None:
        super().__init__(message)
        self.columns = columns
        self.is_foreign_key = is_foreign_key


class RepoStaleError(RepoError):
    pass


class RepoUnavailableError(RepoError):
    pass


class RepoValueError(RepoError):
    """A value is too long, out of range or contains NUL, and no earlier check refused it."""


class AppError(Refusal):
    """An error for the caller. Each refusal that clients may want to distinguish has a subclass."""

    code = "unknown"
    detail = "something unforeseen happened"


class AppValidationError(AppError):
    """`faults` lists all faults of the input. If it is empty, the error itself is the only fault."""

    code = "validation"
    detail = "the input breaks a rule"

    def __init__(
        self,
        detail: str | None = None,
        *,
        code: str | None = None,
        path: Path | None = None,
        faults: Sequence[Fault] = (),
    ) -> None:
        super().__init__(detail, code=code, path=path)
        self._faults = faults

    @property
    def faults(self) -> Sequence[Fault]:
        return self._faults or super().faults


class AppUnauthorizedError(AppError):
    code = "unauthorized"
    detail = "a valid access token is needed"


class AppForbiddenError(AppError):
    code = "forbidden"
    detail = "you may not do this"


class AppNotFoundError(AppError):
    code = "not_found"
    detail = "there is no such thing"


class AppConflictError(AppError):
    code = "conflict"
    detail = "it contradicts what is stored"


class AppStaleError(AppError):
    """The resource has changed since the caller read it."""

    code = "stale"
    detail = "another change came first; read again before repeating"


class AppTooManyRequestsError(AppError):
    """`retry_after` is the time to wait. An earlier retry gets the same error again."""

    code = "too_many_requests"
    detail = "too many requests"

    def __init__(self, detail: str | None = None, *, retry_after: timedelta) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class AppUnavailableError(AppError):
    code = "unavailable"
    detail = "the database is not available"


def to_app_error(error: DomainError | RepoError) -> AppError:
    """Return the standard `AppError` for an error that no use case has translated."""
    match error:
        case DomainConflictError():
            return AppConflictError(error.detail, code=error.code, path=error.path)
        case DomainError():
            return AppValidationError(error.detail, faults=error.faults)
        case RepoNotFoundError():
            return AppNotFoundError()
        case RepoConflictError():
            # Callers do not know column names; only a use case can translate them.
            return AppConflictError()
        case RepoStaleError():
            return AppStaleError()
        case RepoUnavailableError():
            return AppUnavailableError()
        case RepoValueError():
            return AppValidationError("a value is too long, out of range or holds no proper text")
        case _:
            return AppError()
