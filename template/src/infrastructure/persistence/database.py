"""The engine and the two kinds of sessions that use cases work in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from infrastructure.persistence.errors import TranslatingPool, translate_errors

if TYPE_CHECKING:
    from infrastructure.config import DatabaseSettings


class Database:
    """One pool of connections, opened when first needed.

    `sessions` are for use cases that write: they begin a transaction. `read_sessions` are for
    those that only read: each statement commits by itself, which saves two round trips. That is
    how connections are opened, and only a writing session changes it, because reads are many.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        reading = create_async_engine(
            settings.database_url.get_secret_value(),
            poolclass=TranslatingPool,
            pool_size=settings.database_pool_size,
            max_overflow=0,
            pool_timeout=settings.database_pool_timeout,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            connect_args=_connect_args(settings),
        )
        translate_errors(reading.sync_engine)
        self.engine = reading.execution_options(isolation_level="READ COMMITTED")
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.read_sessions = async_sessionmaker(reading, expire_on_commit=False)

    async def ping(self) -> None:
        async with self.read_sessions() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


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
