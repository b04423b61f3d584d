"""The engine and the two kinds of sessions that use cases work in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from infrastructure.persistence.errors import TranslatingPool, translate_errors

if TYPE_CHECKING:
    from infrastructure.config import DatabaseSettings
    from infrastructure.telemetry import Telemetry


class Database:
    """One pool of connections, opened when first needed.

    `sessions` are for use cases that write: they begin a transaction. `read_sessions` are for
    those that only read: each statement commits by itself, which saves two round trips. That is
    how connections are opened, and only a writing session changes it, because reads are many.
    """

    def __init__(self, settings: DatabaseSettings, telemetry: Telemetry | None = None) -> None:
        reading = create_async_engine(
            settings.database_url.get_secret_value(),
            poolclass=TranslatingPool,
            pool_size=settings.database_pool_size,
            max_overflow=0,
            pool_timeout=settings.database_pool_timeout,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            connect_args={
                "timeout": settings.database_connect_timeout,
                # For a server that is gone and cannot end the statement itself.
                "command_timeout": settings.database_statement_timeout + 1,
                "server_settings": {
                    "statement_timeout": f"{settings.database_statement_timeout * 1000:.0f}"
                },
            },
        )
        if telemetry:
            # First: once an error is translated, no other listener hears of it.
            telemetry.observe(reading.sync_engine)
        translate_errors(reading.sync_engine)
        self.engine = reading.execution_options(isolation_level="READ COMMITTED")
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.read_sessions = async_sessionmaker(reading, expire_on_commit=False)

    async def ping(self) -> None:
        async with self.read_sessions() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()
