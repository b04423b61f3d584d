"""The engine, its pool of connections, and what each connection is opened with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import create_async_engine

from infrastructure.persistence.connections import WatchedConnection, connect, watch_connections
from infrastructure.persistence.errors import translate_errors
from infrastructure.persistence.head import HEAD
from infrastructure.persistence.pool import TranslatingPool
from infrastructure.persistence.queries import Shortcut
from infrastructure.persistence.sessions import sessions_on
from infrastructure.persistence.timeline import require_migration

if TYPE_CHECKING:
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
            pool_use_lifo=True,  # a connection that was just used needs not be asked
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            connect_args=_connect_args(settings),
        )
        # First: once an error is translated, no other listener hears of it.
        spans = telemetry.observe(autocommit.sync_engine) if telemetry else None
        timed_by_driver = settings.database_transaction_pooler
        translate_errors(autocommit.sync_engine, timed_by_driver=timed_by_driver)
        watch_connections(autocommit.sync_engine, settings)
        self.engine = autocommit.execution_options(isolation_level="READ COMMITTED")
        self.sessions = sessions_on(
            write=self.engine,
            standalone=autocommit,
            shortcut=Shortcut(autocommit, spans, timed_by_driver=timed_by_driver),
        )

    async def ping(self) -> None:
        async with self.sessions.read() as session:
            await require_migration(session, HEAD)

    async def close(self) -> None:
        await self.engine.dispose()


def _connect_args(settings: DatabaseSettings) -> dict[str, Any]:
    limit = settings.database_statement_timeout
    always = {
        "timeout": settings.database_connect_timeout,
        "connection_class": WatchedConnection,
        "async_creator_fn": connect,
    }
    if settings.database_transaction_pooler:
        # The next transaction may run on another connection to the server, so nothing is left on
        # one: no prepared statement, whose name another client may have taken, and no setting. The
        # driver keeps the time, and has the server told when it is over.
        return always | {
            "command_timeout": limit,
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
        }
    idle = settings.database_idle_in_transaction_timeout
    return always | {
        # For a server that is gone and cannot end the statement itself.
        "command_timeout": limit + 1,
        "server_settings": {
            "statement_timeout": f"{limit * 1000:.0f}",
            # For a service that is gone: its locks would stay until the server notices.
            "idle_in_transaction_session_timeout": f"{idle * 1000:.0f}",
        },
    }
