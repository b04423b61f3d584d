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
    from sqlalchemy import Connection as SQLAlchemyConnection
    from sqlalchemy import Engine, ExceptionContext

    Connection = asyncpg.Connection[asyncpg.Record]

# PostgreSQL, appendix A: the class of a SQLSTATE is its first two characters.
# `ON DELETE RESTRICT` and foreign key, unique, exclusion.
_FOREIGN_KEY = "23503"
_CONFLICTS = ("23001", _FOREIGN_KEY, "23505", "23P01")
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


def repo_error(
    error: Exception, driver: Connection | None, *, disconnected: bool, timed_by_driver: bool
) -> tuple[RepoError, bool]:
    """Translate an exception of the driver. The second value tells whether to leave the server.

    If so, no connection in the pool is of use, because all of them lead to it.
    """
    state = getattr(error, "sqlstate", None) or ""
    message = _describe(error, state)
    timed_out = isinstance(error, TimeoutError)
    # TimeoutError is a subclass of OSError.
    gone = isinstance(error, OSError) and not (timed_out and timed_by_driver)
    read_only = state == _READ_ONLY or (state == _NOT_SUPPORTED and _is_standby(driver))
    leave_server = gone or read_only
    outdated = isinstance(error, _PREPARED_BEFORE_A_MIGRATION)
    if leave_server or disconnected or timed_out or outdated or state.startswith(_UNAVAILABLE):
        return RepoUnavailableError(message), leave_server
    if state in _CONFLICTS:
        columns, is_foreign_key = _refused_columns(error), state == _FOREIGN_KEY
        return RepoConflictError(message, columns=columns, is_foreign_key=is_foreign_key), False
    if state.startswith(_TRANSACTION_ROLLBACK):
        return RepoStaleError(message), False
    if state in _UNFIT_VALUES or _cannot_be_sent(error):
        return RepoValueError(message), False
    return RepoError(message), False


def _raise_repo_error(context: ExceptionContext, *, timed_by_driver: bool) -> None:
    raised = context.original_exception
    if not isinstance(raised, Exception):
        return  # a cancelled task, not a database error
    # It is None only before a connection is open.
    connection = cast("SQLAlchemyConnection", context.connection)
    cause = raised.__cause__
    error, leave_server = repo_error(
        cause if isinstance(cause, Exception) else raised,
        None if connection.invalidated else connection.connection.driver_connection,
        disconnected=context.is_disconnect,
        timed_by_driver=timed_by_driver,
    )
    if cause is not None:
        # The driver's message may quote values, even a whole row including its secrets, and a log
        # shows a traceback with all its causes.
        raised.args = error.args
        raised.__cause__ = None
    if leave_server:
        context.is_disconnect = context.invalidate_pool_on_disconnect = True
    raise error


def _is_standby(driver: Connection | None) -> bool:
    settings: Any = driver.get_settings() if driver else None
    return getattr(settings, "in_hot_standby", "off") == "on"


def _describe(error: BaseException, state: str) -> str:
    """Describe the error without quoting any value from a caller."""
    message = f"{type(error).__name__}, SQLSTATE {state or 'none'}"
    if state.startswith(_WRONG_SQL) or isinstance(error, asyncpg.ClientConfigurationError):
        return f"{message}: {error.args[0]}"
    place = getattr(error, "constraint_name", None) or getattr(error, "column_name", None)
    return f"{message}, {place}" if place else message


def _cannot_be_sent(error: Exception) -> bool:
    """Tell whether the driver could not encode a value for PostgreSQL."""
    return isinstance(error.__cause__, (OverflowError, UnicodeError))


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
