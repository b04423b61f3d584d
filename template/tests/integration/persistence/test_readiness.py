"""The service is ready if the tables are as new as its code, or newer."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from application.errors import RepoUnavailableError
from application.sessions import Sessions
from infrastructure.persistence.head import HEAD
from infrastructure.persistence.timeline import applied_migrations, require_migration


async def test_tables_that_are_as_new_as_the_code_will_do(
    sessions: Sessions,
) -> None:
    async with sessions.read() as session:
        await require_migration(session, HEAD)


async def test_newer_tables_will_do(connection: AsyncConnection, sessions: Sessions) -> None:
    await connection.execute(applied_migrations.insert().values(name="9999_much_later"))

    async with sessions.read() as session:
        await require_migration(session, HEAD)


async def test_older_tables_will_not_do(sessions: Sessions) -> None:
    async with sessions.read() as session:
        with pytest.raises(RepoUnavailableError, match=f"had {HEAD}, and it needs 9999_much_later"):
            await require_migration(session, "9999_much_later")


async def test_a_database_without_tables_will_not_do(
    connection: AsyncConnection, sessions: Sessions
) -> None:
    await connection.execute(text("DROP TABLE applied_migrations"))

    async with sessions.read() as session:
        with pytest.raises(RepoUnavailableError, match=f"had no migration, and it needs {HEAD}"):
            await require_migration(session, HEAD)
