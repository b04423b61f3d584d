"""Translating the driver's exceptions to `RepoError`.

The translation listens on the engine, so it covers errors at a flush as well as errors at the
commit, such as a violated deferred constraint. `pool.py` covers errors while connecting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import asyncpg
from sqlalchemy import Index, event
from sqlalchemy.schema import ColumnCollectionConstraint

from application.errors import (
    RepoConflictError,
    RepoError,
    RepoStaleError,
    RepoUnavailableError,
    RepoValueError,
)
from infrastructure.persistence.base import Base

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, ExceptionContext

# PostgreSQL, appendix A: the class of a SQLSTATE is its first two characters.
_CONFLICTS = ("23503", "23505", "23P01")  # foreign key, unique, exclusion
_TRANSACTION_ROLLBACK = "40"
_UNFIT_VALUES = ("22001", "22003", "22008", "22021", "22P05")  # length, range, time, encoding
_WRONG_SQL = "42"
_READ_ONLY = "25006"  # the server may no longer be the primary
_NOT_SUPPORTED = "0A000"  # a standby raises it for an unlogged table
# Connection, login, missing database, resources (such as a full disk), operator intervention,
# system error, timeouts of a transaction, and a lock that is not available.
_UNAVAILABLE = ("08", "28", "3D", "53", "57", "58", "25P03", "25P04", "55P03")
# A migration changed a table after the statement was prepared. A retry prepares it again.
_PREPARED_BEFORE_A_MIGRATION = asyncpg.InvalidCachedStatementError


def translate_errors(engine: Engine, *, timed_by_driver: bool) -> None:
    """Make every statement and commit on this engine fail with a `RepoError`.

    `timed_by_driver` tells whether the driver ends a statement that takes too long. If the server
    does so, a timeout in the driver means that the server no longer responds.
    """

    def raise_repo_error(context: ExceptionContext) -> None:
        _raise_repo_error(context, timed_by_driver=timed_by_driver)

    event.listen(engine, "handle_error", raise_repo_error)


def _raise_repo_error(context: ExceptionContext, *, timed_by_driver: bool) -> None:
    if not isinstance(context.original_exception, Exception):
        return  # a cancelled task, not a database error
    cause = context.original_exception.__cause__
    state = getattr(cause, "sqlstate", None) or ""
    message = _describe(cause or context.original_exception, state)
    if cause is not None:
        # The driver's message may quote values, even a whole row including its secrets, and a log
        # shows a traceback with all its causes.
        context.original_exception.args = (message,)
        context.original_exception.__cause__ = None

    timed_out = isinstance(context.original_exception, TimeoutError)
    # TimeoutError is a subclass of OSError.
    gone = isinstance(context.original_exception, OSError) and not (timed_out and timed_by_driver)
    read_only = state == _READ_ONLY or (state == _NOT_SUPPORTED and _is_standby(context))
    if gone or read_only:
        # All connections in the pool lead to the same server.
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


def _is_standby(context: ExceptionContext) -> bool:
    connection = cast("Connection", context.connection)  # None only before a connection is open
    settings = cast("Any", connection.connection.driver_connection).get_settings()
    return getattr(settings, "in_hot_standby", "off") == "on"


def _describe(error: BaseException, state: str) -> str:
    """Describe the error without quoting any value from a caller."""
    message = f"{type(error).__name__}, SQLSTATE {state or 'none'}"
    if state.startswith(_WRONG_SQL) or isinstance(error, asyncpg.ClientConfigurationError):
        return f"{message}: {error.args[0]}"
    place = getattr(error, "constraint_name", None) or getattr(error, "column_name", None)
    return f"{message}, {place}" if place else message


def _cannot_be_sent(error: BaseException | None) -> bool:
    """Tell whether the driver could not encode a value for PostgreSQL."""
    return error is not None and isinstance(error.__cause__, (OverflowError, UnicodeError))


def _refused_columns(violation: object) -> tuple[str, ...]:
    """Return the columns of the violated constraint, as the tables declare it."""
    name = getattr(violation, "constraint_name", None)
    table = Base.metadata.tables.get(getattr(violation, "table_name", None) or "")
    declared = () if table is None else (*table.constraints, *table.indexes)
    return next(
        (
            tuple(column.name for column in each.columns)
            for each in declared
            if isinstance(each, ColumnCollectionConstraint | Index) and each.name == name
        ),
        (),
    )
