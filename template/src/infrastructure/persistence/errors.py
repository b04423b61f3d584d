"""The one place where a driver's exception becomes a `RepoError`.

It listens on the engine, so it sees what fails at a flush and what fails only at the commit, such
as a deferred constraint. What happens before there is a connection passes through the pool.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy import event
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import AsyncAdaptedQueuePool

from application.errors import (
    RepoConflictError,
    RepoError,
    RepoStaleError,
    RepoUnavailableError,
)

if TYPE_CHECKING:
    from sqlalchemy import Engine, ExceptionContext, PoolProxiedConnection

# PostgreSQL, appendix A: the class of a SQLSTATE is its first two characters.
_CONFLICTS = ("23503", "23505", "23P01")  # foreign key, unique, exclusion
_TRANSACTION_ROLLBACK = "40"
# Connection, resources, operator; and a login or a database that is not (yet) there.
_UNAVAILABLE = ("08", "28", "3D", "53", "57")


def translate_errors(engine: Engine) -> None:
    """Make every statement and commit on this engine fail with a `RepoError`."""
    event.listen(engine, "handle_error", _raise_repo_error)


# SQLAlchemy's own pools are quiet because their names are below its logger.
logging.getLogger(f"{__name__}.TranslatingPool").setLevel(logging.WARNING)


class TranslatingPool(AsyncAdaptedQueuePool):
    waiting = 0
    """How many want a connection and have none yet."""

    timeouts = 0
    """How many wanted one for too long."""

    def connect(self) -> PoolProxiedConnection:
        self.waiting += 1
        try:
            return super().connect()
        except PoolTimeoutError as exc:
            self.timeouts += 1
            raise RepoUnavailableError("no free connection in the pool") from exc
        except OSError as exc:
            raise RepoUnavailableError(f"the database cannot be reached: {exc!r}") from exc
        finally:
            self.waiting -= 1


def _raise_repo_error(context: ExceptionContext) -> None:
    if not isinstance(context.original_exception, Exception):
        return  # a cancelled task, which is no failure of the database
    cause = context.original_exception.__cause__
    state = getattr(cause, "sqlstate", None) or ""
    message = f"{type(cause or context.original_exception).__name__}, SQLSTATE {state or 'none'}"
    timed_out = isinstance(context.original_exception, TimeoutError)
    if context.is_disconnect or timed_out or state.startswith(_UNAVAILABLE):
        raise RepoUnavailableError(message)
    if state in _CONFLICTS:
        raise RepoConflictError(message, field=_unique_column(cause))
    if state.startswith(_TRANSACTION_ROLLBACK):
        raise RepoStaleError(message)
    raise RepoError(message)


def _unique_column(violation: object) -> str | None:
    """Return the column of a violated `uq_<table>_<column>`, as `Base` names them."""
    prefix = f"uq_{getattr(violation, 'table_name', None)}_"
    constraint = getattr(violation, "constraint_name", None) or ""
    return constraint.removeprefix(prefix) if constraint.startswith(prefix) else None
