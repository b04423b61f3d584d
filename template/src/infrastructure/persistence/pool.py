"""The pool of connections, and what it says when there is none to be had."""

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

# Where an owner has to look, by the class of a SQLSTATE (PostgreSQL, appendix A) and else by the type.
_REMEDIES_BY_STATE = {
    "28": "look at the user and the password in DATABASE_URL, and at the server's pg_hba.conf",
    "3D": "look at the name of the database in DATABASE_URL",
    "42": "look at what the user in DATABASE_URL may do",
    "53": "look at the server's max_connections, and at DATABASE_POOL_SIZE times the processes",
    "55": "look at ALTER DATABASE ... ALLOW_CONNECTIONS",
}
_REMEDIES_BY_TYPE: dict[type[Exception], str] = {
    gaierror: "look at the host in DATABASE_URL",
    SSLError: "look at sslmode in DATABASE_URL, and at PGSSLROOTCERT",
    TargetServerAttributeNotMatched: "look at target_session_attrs in DATABASE_URL",
    TimeoutError: "nothing answered within DATABASE_CONNECT_TIMEOUT",
}

# SQLAlchemy's own pools are quiet because their names are below its logger.
logging.getLogger(f"{__name__}.TranslatingPool").setLevel(logging.WARNING)


class TranslatingPool(AsyncAdaptedQueuePool):
    """Says of whatever fails before there is a connection that the database is not available.

    Nothing was asked yet, so it can be asked again; and whether a server restarts, a password is
    being changed or an address is wrong, cannot be told apart. The log says what it was.
    """

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
        except Exception as exc:  # whatever it is, nothing was asked yet
            raise RepoUnavailableError(_explain(exc)) from None
        finally:
            self.waiting -= 1

    def take_idle(self) -> ConnectionPoolEntry | None:
        """Return a connection that can be used at once, or None if there is something to wait for.

        It has to be given back. SQLAlchemy itself waits in a greenlet, and `connect` needs one.
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
        """Close this connection, and have all others replaced before they are used again."""
        self._invalidate(cast("PoolProxiedConnection", entry))
        entry.invalidate()


def _explain(error: Exception) -> str:
    """Say what happened and where to look. It quotes no caller, since nobody was served yet."""
    cause = getattr(error, "orig", None) or error  # SQLAlchemy wraps what the driver raises
    remedy = _REMEDIES_BY_STATE.get((getattr(cause, "sqlstate", None) or "")[:2]) or next(
        (remedy for kind, remedy in _REMEDIES_BY_TYPE.items() if isinstance(cause, kind)), None
    )
    return f"no connection to the database: {cause!r}" + (f"; {remedy}" if remedy else "")
