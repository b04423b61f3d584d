from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from application.errors import RepoUnavailableError
from infrastructure.config import Settings
from infrastructure.persistence.database import Database


@pytest.fixture
async def pooled(settings: Settings) -> AsyncIterator[Database]:
    """A database with the pooler setting, but without a pooler, so that tests see what it leaves behind."""
    settings = settings.model_copy(
        update={"database_transaction_pooler": True, "database_statement_timeout": 0.2}
    )
    database = Database(settings)
    yield database
    await database.close()


async def test_nothing_is_left_on_a_connection_of_a_pooler(pooled: Database) -> None:
    async with pooled.sessions.read() as session:
        prepared = await session.scalar(text("SELECT count(*) FROM pg_prepared_statements"))
        limit = await session.scalar(text("SHOW statement_timeout"))

    assert prepared == 0
    assert limit == "0"


async def test_behind_a_pooler_the_driver_cancels_slow_statements(pooled: Database) -> None:
    process = text("SELECT pg_backend_pid()")
    async with pooled.engine.connect() as asking:
        async with pooled.engine.connect() as other:
            before = await other.scalar(process)
        with pytest.raises(RepoUnavailableError):
            await asking.execute(text("SELECT pg_sleep(30)"))

    async with pooled.engine.connect() as other, pooled.engine.connect() as another:
        assert before in (await other.scalar(process), await another.scalar(process))
