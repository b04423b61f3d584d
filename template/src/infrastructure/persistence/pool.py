"""The connection pool, and its errors if no connection is available."""

from __future__ import annotations

import logging
import time
from socket import gaierror
from ssl import SSLError
from typing import TYPE_CHECKING, Any, cast

from asyncpg import TargetServerAttributeNotMatched
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import AsyncAdaptedQueuePool

from application.errors import RepoUnavailableError

if TYPE_CHECKING:
    from sqlalchemy import PoolProxiedConnection
    from sqlalchemy.pool import ConnectionPoolEntry

    from infrastructure.persistence.connections import WatchedConnection

# Remedies by the class of the SQLSTATE (PostgreSQL, appendix A), or else by the type of the error.
_REMEDIES_BY_STATE = {
    "28": "check the user and the password in DATABASE_URL, and the server's pg_hba.conf",
    "3D": "check the name of the database in DATABASE_URL",
    "42": "check the privileges of the user in DATABASE_URL",
    "53": "check the server's max_connections, and DATABASE_POOL_SIZE times the processes",
    "55": "check ALTER DATABASE ... ALLOW_CONNECTIONS",
}
_REMEDIES_BY_TYPE: dict[type[Exception], str] = {
    gaierror: "check the host in DATABASE_URL",
    SSLError: "check sslmode in DATABASE_URL, and PGSSLROOTCERT",
    TargetServerAttributeNotMatched: "check target_session_attrs in DATABASE_URL",
    TimeoutError: "no server answered within DATABASE_CONNECT_TIMEOUT",
}

# SQLAlchemy's own pool classes get this level from the `sqlalchemy` logger.
logging.getLogger(f"{__name__}.TranslatingPool").setLevel(logging.WARNING)


class TranslatingPool(AsyncAdaptedQueuePool):
    """A pool that raises `RepoUnavailableError` for every failure to get a connection.

    No statement was sent yet, so the caller can safely retry. The pool cannot distinguish a restart of
    the server or a change of the password from a wrong setting. The log contains the cause.
    """

    waiting = 0
    """The number of callers that are waiting for a connection."""

    timeouts = 0
    """The number of callers that have waited for too long."""

    def connect(self) -> PoolProxiedConnection:
        self.waiting += 1
        try:
            return super().connect()
        except PoolTimeoutError as exc:
            self.timeouts += 1
            raise RepoUnavailableError("no free connection in the pool") from exc
        except Exception as exc:  # whatever it is, no statement was sent yet
            raise RepoUnavailableError(_explain(exc)) from None
        finally:
            self.waiting -= 1

    def take_idle(self) -> ConnectionPoolEntry | None:
        """Return an idle connection that needs no check, or None. The caller must give it back.

        It never waits. SQLAlchemy's own `connect` may wait, and therefore has to run in a greenlet.
        """
        if self.waiting or not self.checkedin():
            return None
        entry = self._pool.get(block=False)
        outdated = cast("Any", entry)._is_hard_or_soft_invalidated()
        if outdated or not cast("WatchedConnection", entry.driver_connection).is_ready():
            self._do_return_conn(entry)
            return None
        return entry

    def give_back(self, entry: ConnectionPoolEntry) -> None:
        driver: WatchedConnection | None = entry.driver_connection
        if driver:
            driver.used = time.monotonic()
        self._do_return_conn(entry)

    def leave_server(self, entry: ConnectionPoolEntry) -> None:
        """Close this connection, and have all others replaced before their next use."""
        self._invalidate(cast("PoolProxiedConnection", entry))
        entry.invalidate()


def _explain(error: Exception) -> str:
    """Return the cause and the remedy. They contain no data of callers, since no statement was sent."""
    cause = getattr(error, "orig", None) or error  # SQLAlchemy wraps what the driver raises
    remedy = _REMEDIES_BY_STATE.get((getattr(cause, "sqlstate", None) or "")[:2]) or next(
        (remedy for kind, remedy in _REMEDIES_BY_TYPE.items() if isinstance(cause, kind)), None
    )
    return f"no connection to the database: {cause!r}" + (f"; {remedy}" if remedy else "")
