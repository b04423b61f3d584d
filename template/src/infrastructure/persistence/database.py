"""The engine, its pool of connections, and what each connection is opened with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import create_async_engine

from infrastructure.persistence.errors import TranslatingPool, translate_errors
from infrastructure.persistence.sessions import sessions_on

if TYPE_CHECKING:
    from sqlalchemy import AdaptedConnection

    from infrastructure.config import DatabaseSettings
    from infrastructure.telemetry import Telemetry


class Database:
    """One pool of connections, opened when first needed, and the sessions that work on it.

    Connections are opened in AUTOCOMMIT, and only a session that writes changes that: reads are
    many, and two round trips shorter so.
    """

    def __init__(self, settings: DatabaseSettings, telemetry: Telemetry | None = None) -> None:
        autocommit = create_async_engine(
            settings.database_url.get_secret_value(),
            poolclass=TranslatingPool,
            pool_size=settings.database_pool_size,
            max_overflow=0,
            pool_timeout=settings.database_pool_timeout,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            connect_args=_connect_args(settings),
        )
        if telemetry:
            # First: once an error is translated, no other listener hears of it.
            telemetry.observe(autocommit.sync_engine)
        translate_errors(
            autocommit.sync_engine, timed_by_driver=settings.database_transaction_pooler
        )
        event.listen(autocommit.sync_engine, "checkout", _replace_if_closed)
        self.engine = autocommit.execution_options(isolation_level="READ COMMITTED")
        self.sessions = sessions_on(write=self.engine, standalone=autocommit)

    async def ping(self) -> None:
        async with self.sessions.read() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


def _replace_if_closed(connection: AdaptedConnection, *_: object) -> None:
    """Have the pool open another connection where the server has closed this one.

    The driver has seen it closed by then. `pool_pre_ping` would ask the server every time.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _connect_args(settings: DatabaseSettings) -> dict[str, Any]:
    limit = settings.database_statement_timeout
    if settings.database_transaction_pooler:
        # The next transaction may run on another connection to the server, so nothing is left on
        # one: no prepared statement, whose name another client may have taken, and no setting. The
        # driver keeps the time, and has the server told when it is over.
        return {
            "timeout": settings.database_connect_timeout,
            "command_timeout": limit,
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
        }
    return {
        "timeout": settings.database_connect_timeout,
        # For a server that is gone and cannot end the statement itself.
        "command_timeout": limit + 1,
        "server_settings": {"statement_timeout": f"{limit * 1000:.0f}"},
    }
