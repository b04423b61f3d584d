"""The four stages of an error, from the rule that broke to the answer on the wire.

1. DomainError                  a business rule is broken
   ├── DomainConflictError      by the state of the thing, not by the input
   └── InvalidInputError        by several parts of an input at once
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
   ├── AppStaleError            somebody changed it since the caller read it
   ├── AppTooManyRequestsError  it was tried too often; worth another try later
   └── AppUnavailableError      not now; worth another try
4. the wire                     a status and a problem body: see `presentation.errors`

A use case translates what it has something to say about. `to_app_error` does the rest, so that
every error ends in exactly one place of stage 3. Each refusal has a `code` of its own that clients decide
by: a context declares its refusals as subclasses, in `application/<context>/refusals.py` or beside its
entities.
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
    """Persistence failed. The message is for the log, never for the wire."""


class RepoNotFoundError(RepoError):
    pass


class RepoConflictError(RepoError):
    """`columns` are those whose values were refused together; none where that is not known."""

    def __init__(self, message: str, *, columns: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.columns = columns


class RepoStaleError(RepoError):
    pass


class RepoUnavailableError(RepoError):
    pass


class RepoValueError(RepoError):
    """A value is too long, out of range, or holds a NUL character, and nobody refused it earlier."""


class AppError(Refusal):
    """What a caller is told. Each refusal that clients may want to tell apart has a subclass."""

    code = "unknown"
    detail = "something unforeseen happened"


class AppValidationError(AppError):
    """`faults` are all that is wrong with the input; without any, the error itself is the one."""

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
    """Somebody changed the thing since the caller read it."""

    code = "stale"
    detail = "another change came first; read again before repeating"


class AppTooManyRequestsError(AppError):
    """`retry_after` is how long to wait: until then, the answer stays the same."""

    code = "too_many_requests"
    detail = "too many requests"

    def __init__(self, detail: str | None = None, *, retry_after: timedelta) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class AppUnavailableError(AppError):
    code = "unavailable"
    detail = "the database is not available"


def to_app_error(error: DomainError | RepoError) -> AppError:
    """Return the canonical error for one that no use case has translated."""
    match error:
        case DomainConflictError():
            return AppConflictError(error.detail, code=error.code, path=error.path)
        case DomainError():
            return AppValidationError(error.detail, faults=error.faults)
        case RepoNotFoundError():
            return AppNotFoundError()
        case RepoConflictError():
            # Which columns is the database's own affair: a use case knows what callers call them.
            return AppConflictError()
        case RepoStaleError():
            return AppStaleError()
        case RepoUnavailableError():
            return AppUnavailableError()
        case RepoValueError():
            return AppValidationError("a value is too long, out of range or holds no proper text")
        case _:
            return AppError()
