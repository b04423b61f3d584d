"""Connections that detect a dead peer.

Firewalls, load balancers and machines that lose power drop connections without a FIN or RST. By
default, TCP takes a quarter of an hour to detect this while it sends, and never detects it while it only
receives.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError, InvalidatePoolError

if TYPE_CHECKING:
    from asyncio import Transport

    from sqlalchemy import AdaptedConnection, Engine
    from sqlalchemy.pool import ConnectionPoolEntry

    from infrastructure.config import DatabaseSettings

    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection

_TRY_THE_NEXT = (OSError, asyncpg.CannotConnectNowError, asyncpg.TargetServerAttributeNotMatched)

_PROBES = 3
_PROBE_INTERVAL = 5

_FAREWELL = 0.1
"""Seconds to wait until the server, which was told to, has closed the connection."""


class WatchedConnection(Connection):
    """A connection that does not wait forever for a server that cannot be reached any more."""

    _transport: Transport  # missing in the stubs of asyncpg

    def watch(self, settings: DatabaseSettings) -> None:
        """Set the options of the socket (Linux: `man 7 tcp`), and record the start of its lifetime."""
        self._settings = settings
        self.opened = self.used = time.monotonic()
        connected = self._transport.get_extra_info("socket")
        if connected.family == socket.AF_UNIX:
            return
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        options = {
            "TCP_KEEPIDLE": settings.database_keepalive,
            "TCP_KEEPALIVE": settings.database_keepalive,  # its name on macOS
            "TCP_KEEPINTVL": _PROBE_INTERVAL,
            "TCP_KEEPCNT": _PROBES,
            # On Linux, it also overrides TCP_KEEPCNT: one unanswered probe is enough.
            "TCP_USER_TIMEOUT": round(settings.database_silence_timeout * 1000),
        }
        for name, value in options.items():
            if number := getattr(socket, name, None):
                connected.setsockopt(socket.IPPROTO_TCP, number, value)

    def is_ready(self) -> bool:
        """Tell whether it can be used without a check of the server or a replacement."""
        return not (self.is_closed() or self.has_rested() or self.has_expired())

    def has_rested(self) -> bool:
        """Tell whether it was idle for so long that the network may have dropped it."""
        return time.monotonic() - self.used > self._settings.database_idle_check

    def has_expired(self) -> bool:
        return time.monotonic() - self.opened > self._settings.database_connection_lifetime

    async def answers(self) -> bool:
        """Tell whether the server answers in time. If not, the connection is closed."""
        try:
            await self.execute("SELECT 1", timeout=self._settings.database_silence_timeout)
        # allow: no-swallowed-errors - the result says that the server does not answer
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self.terminate()
            return False
        return True

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - asyncpg's
        """Close within `timeout` seconds, but at most within `database_silence_timeout`.

        SQLAlchemy sets a timeout if a statement may have to be cancelled.
        """
        with suppress(TimeoutError):  # asyncpg aborts the connection then
            await super().close(
                timeout=min(timeout or _FAREWELL, self._settings.database_silence_timeout)
            )


async def connect(
    *, host: str | list[str], port: int | list[int] | None = None, **options: Any
) -> Connection:
    """Connect to the first usable server. Each one gets the whole timeout, as with libpq.

    asyncpg has a single timeout for all servers, so it never tries the one after a silent server.
    """
    if isinstance(host, list) and isinstance(port, list) and _insists(options):
        *others, (host, port) = zip(host, port, strict=True)
        for other_host, other_port in others:
            # allow: no-swallowed-errors - if no server can be used, the last one says why
            with suppress(*_TRY_THE_NEXT):
                return await asyncpg.connect(host=other_host, port=other_port, **options)
    return await asyncpg.connect(host=host, port=port, **options)


def _insists(options: dict[str, Any]) -> bool:
    """Tell whether each server can be tried on its own: `prefer-standby` has to see all of them."""
    return options.get("target_session_attrs") != "prefer-standby"


def watch_connections(engine: Engine, settings: DatabaseSettings) -> None:
    """Check the connections of this engine's pool before they are handed out.

    A connection that the server has closed is replaced, as the driver knows about it. A connection that
    was idle for a while is checked by a statement. One that exceeds its lifetime is always replaced.
    """

    @event.listens_for(engine, "connect")
    def opened(connection: AdaptedConnection, _: ConnectionPoolEntry) -> None:
        connection.driver_connection.watch(settings)

    @event.listens_for(engine, "checkin")
    def returned(connection: AdaptedConnection | None, _: ConnectionPoolEntry) -> None:
        if connection:
            connection.driver_connection.used = time.monotonic()

    @event.listens_for(engine, "checkout")
    def wanted(connection: AdaptedConnection, *_: Any) -> None:
        driver: WatchedConnection = connection.driver_connection
        if driver.is_closed():
            raise DisconnectionError
        if driver.has_rested() and not connection.run_async(WatchedConnection.answers):
            raise InvalidatePoolError  # the other connections use the same network
        if driver.has_expired():
            raise DisconnectionError
