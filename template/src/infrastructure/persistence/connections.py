"""Connections that notice when nobody is at the other end any more.

Firewalls, load balancers and machines that lose power drop a connection without a word. TCP alone
takes a quarter of an hour to notice that what it sends arrives nowhere, and notices never while it
only waits.
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
"""Seconds to wait for the server to close, too. It is told at once, and may do so when it likes."""


class WatchedConnection(Connection):
    """A connection that does not wait for ever for a network that has fallen silent."""

    _transport: Transport  # asyncpg has it, and its stubs do not

    def watch(self, settings: DatabaseSettings) -> None:
        """Tell the operating system what to bear (Linux: `man 7 tcp`)."""
        self._settings = settings
        self.opened = self.used = time.monotonic()
        connected = self._transport.get_extra_info("socket")
        if connected.family == socket.AF_UNIX:
            return
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        options = {
            "TCP_KEEPIDLE": settings.database_keepalive,
            "TCP_KEEPALIVE": settings.database_keepalive,  # what macOS calls it
            "TCP_KEEPINTVL": _PROBE_INTERVAL,
            "TCP_KEEPCNT": _PROBES,
            # On Linux it also replaces the number of probes: one that is not answered is enough.
            "TCP_USER_TIMEOUT": round(settings.database_silence_timeout * 1000),
        }
        for name, value in options.items():
            if number := getattr(socket, name, None):
                connected.setsockopt(socket.IPPROTO_TCP, number, value)

    def is_ready(self) -> bool:
        """Tell whether it can be used as it is: there is no need to ask the server, or to replace it."""
        return not (self.is_closed() or self.has_rested() or self.has_expired())

    def has_rested(self) -> bool:
        """Tell whether it was unused for so long that the network may have dropped it."""
        return time.monotonic() - self.used > self._settings.database_idle_check

    def has_expired(self) -> bool:
        return time.monotonic() - self.opened > self._settings.database_connection_lifetime

    async def answers(self) -> bool:
        """Tell whether the server answers in time. If not, the connection is closed."""
        try:
            await self.execute("SELECT 1", timeout=self._settings.database_silence_timeout)
        # allow: no-swallowed-errors - that the server does not answer is the answer
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self.terminate()
            return False
        return True

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - asyncpg's
        """Close, within so many seconds, and never longer than silence is borne.

        SQLAlchemy gives a connection time that may have a statement to cancel.
        """
        with suppress(TimeoutError):  # it is closed then, too
            await super().close(
                timeout=min(timeout or _FAREWELL, self._settings.database_silence_timeout)
            )


async def connect(
    *, host: str | list[str], port: int | list[int] | None = None, **options: Any
) -> Connection:
    """Connect to the first of these servers that can be used. Each gets the whole time, as with libpq.

    asyncpg has one limit for all of them, so that behind a silent one the next is never tried.
    """
    if isinstance(host, list) and isinstance(port, list) and _insists(options):
        *others, (host, port) = zip(host, port, strict=True)
        for other_host, other_port in others:
            # allow: no-swallowed-errors - if no server can be used, the last one says why
            with suppress(*_TRY_THE_NEXT):
                return await asyncpg.connect(host=other_host, port=other_port, **options)
    return await asyncpg.connect(host=host, port=port, **options)


def _insists(options: dict[str, Any]) -> bool:
    """Tell whether a server can be judged alone. What only prefers a kind has to see them all."""
    return options.get("target_session_attrs") != "prefer-standby"


def watch_connections(engine: Engine, settings: DatabaseSettings) -> None:
    """Let the pool of this engine hand out connections that work, as far as one can know.

    The driver knows which ones the server has closed. One that was not used for a moment is asked,
    which busy ones are spared. One that has lived its time is replaced, whatever it says.
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
            raise InvalidatePoolError  # what else is in the pool leads to the same network
        if driver.has_expired():
            raise DisconnectionError
