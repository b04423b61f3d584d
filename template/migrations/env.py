"""How Alembic reaches the database: by the service's own settings, without its limits on time."""

import asyncio

from alembic import context
from sqlalchemy import Connection, NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from infrastructure.config import DatabaseSettings, load_settings
from infrastructure.persistence.metadata import metadata


def run_migrations(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()


async def migrate() -> None:
    settings = load_settings(DatabaseSettings)
    engine = create_async_engine(
        settings.database_url.get_secret_value(),
        poolclass=NullPool,
        # No statement runs twice, and behind a pooler its name could be another client's.
        connect_args={"statement_cache_size": 0, "prepared_statement_cache_size": 0},
    )
    async with engine.connect() as connection:
        await connection.run_sync(run_migrations)


asyncio.run(migrate())
