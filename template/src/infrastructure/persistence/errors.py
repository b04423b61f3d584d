"""The one place where a driver's exception becomes a `RepoError`.

It listens on the engine, so it sees what fails at a flush and what fails only at the commit, such
as a deferred constraint. What happens before there is a connection passes through the pool.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy import Index, event
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.schema import ColumnCollectionConstraint

from application.errors import (
    RepoConflictError,
    RepoError,
    RepoStaleError,
    RepoUnavailableError,
    RepoValueError,
)
from infrastructure.persistence.metadata import metadata

if TYPE_CHECKING:
    from sqlalchemy import Engine, ExceptionContext, PoolProxiedConnection

# PostgreSQL, appendix A: the class of a SQLSTATE is its first two characters.
_CONFLICTS = ("23503", "23505", "23P01")  # foreign key, unique, exclusion
_TRANSACTION_ROLLBACK = "40"
_UNFIT_VALUES = ("22001", "22003", "22008", "22021", "22P05")  # length, range, time, encoding
_WRONG_SQL = "42"
# Connection, resources (a full disk, too), operator; a login or a database that is not (yet) there;
# a lock that cannot be had; and a server that only reads, perhaps because it is no longer primary.
_READ_ONLY = "25006"
_UNAVAILABLE = ("08", "28", "3D", "53", "57", "55P03", _READ_ONLY)
# A migration changed a table under a statement that is prepared anew for the next try.
_PREPARED_BEFORE_A_MIGRATION = asyncpg.InvalidCachedStatementError


def translate_errors(engine: Engine, *, timed_by_driver: bool) -> None:
    """Make every statement and commit on this engine fail with a `RepoError`.

    `timed_by_driver` says who ends a statement that takes too long. Where that is the server, one
    that the driver had to end means that the server is gone.
    """

    def raise_repo_error(context: ExceptionContext) -> None:
        _raise_repo_error(context, timed_by_driver=timed_by_driver)

    event.listen(engine, "handle_error", raise_repo_error)


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
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as exc:
            raise RepoUnavailableError(f"the database cannot be reached: {exc!r}") from exc
        finally:
            self.waiting -= 1


def _raise_repo_error(context: ExceptionContext, *, timed_by_driver: bool) -> None:
    if not isinstance(context.original_exception, Exception):
        return  # a cancelled task, which is no failure of the database
    cause = context.original_exception.__cause__
    state = getattr(cause, "sqlstate", None) or ""
    message = _describe(cause or context.original_exception, state)
    if cause is not None:
        # What the driver says may quote values, up to the whole row with all that is secret in it,
        # and a log shows a traceback with all its causes.
        context.original_exception.args = (message,)
        context.original_exception.__cause__ = None

    timed_out = isinstance(context.original_exception, TimeoutError)
    # TimeoutError, too, is an OSError.
    gone = isinstance(context.original_exception, OSError) and not (timed_out and timed_by_driver)
    if gone or state == _READ_ONLY:
        # What is in the pool leads to the same server.
        context.is_disconnect = context.invalidate_pool_on_disconnect = True
    outdated = isinstance(cause, _PREPARED_BEFORE_A_MIGRATION)
    if context.is_disconnect or timed_out or outdated or state.startswith(_UNAVAILABLE):
        raise RepoUnavailableError(message)
    if state in _CONFLICTS:
        raise RepoConflictError(message, columns=_refused_columns(cause))
    if state.startswith(_TRANSACTION_ROLLBACK):
        raise RepoStaleError(message)
    if state in _UNFIT_VALUES or _cannot_be_sent(cause):
        raise RepoValueError(message)
    raise RepoError(message)


def _describe(error: BaseException, state: str) -> str:
    """Name the error, and what it is about as far as that is ours and not a caller's."""
    message = f"{type(error).__name__}, SQLSTATE {state or 'none'}"
    if state.startswith(_WRONG_SQL) or isinstance(error, asyncpg.ClientConfigurationError):
        return f"{message}: {error.args[0]}"
    place = getattr(error, "constraint_name", None) or getattr(error, "column_name", None)
    return f"{message}, {place}" if place else message


def _cannot_be_sent(error: BaseException | None) -> bool:
    """Tell whether the driver itself found a value that has no form in PostgreSQL."""
    return error is not None and isinstance(error.__cause__, (OverflowError, UnicodeError))


def _refused_columns(violation: object) -> tuple[str, ...]:
    """Return the columns that a violated constraint is about, as the tables declare it."""
    table = metadata.tables.get(getattr(violation, "table_name", None) or "")
    name = getattr(violation, "constraint_name", None)
    if table is None or name is None:
        return ()
    for declared in (*table.constraints, *table.indexes):
        if isinstance(declared, ColumnCollectionConstraint | Index) and declared.name == name:
            return tuple(column.name for column in declared.columns)
    return ()
