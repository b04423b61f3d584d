from typing import cast

import pytest
from sqlalchemy import QueuePool, delete, insert, select, text, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from application.errors import RepoError
from application.sessions import Sessions
from infrastructure.persistence.database import Database
from tests.fakes.sessions import FakeSessions, refuse_lost_change


class Base(DeclarativeBase):
    pass


class Setting(Base):
    """A view that exists in every PostgreSQL."""

    __tablename__ = "pg_settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    context: Mapped[str]


def in_use(database: Database) -> int:
    return cast("QueuePool", database.engine.pool).checkedout()


async def test_a_read_session_holds_no_connection_between_statements(database: Database) -> None:
    async with database.sessions.read() as session:
        answer = await session.execute(select(1))

        assert in_use(database) == 0
        assert answer.scalar_one() == 1


async def test_a_statement_that_fails_gives_its_connection_back(database: Database) -> None:
    async with database.sessions.read() as session:
        with pytest.raises(RepoError):
            await session.execute(text("SELECT 1 / 0"))

        assert in_use(database) == 0


async def test_a_read_session_reads_entities_too(database: Database) -> None:
    async with database.sessions.read() as session:
        setting = await session.get(Setting, "port")
        again = await session.scalar(select(Setting).where(Setting.name == "port"))

    assert setting is not None
    assert setting.context == "postmaster"
    assert again is setting
    assert in_use(database) == 0


@pytest.fixture(params=["PostgreSQL", "inside a test", "fake"])
def kinds(request: pytest.FixtureRequest, database: Database, sessions: Sessions) -> Sessions:
    """The sessions of the service, those of the tests that are rolled back, and the fakes."""
    return {
        "PostgreSQL": database.sessions,
        "inside a test": sessions,
        "fake": FakeSessions().kinds,
    }[request.param]


async def test_a_session_that_commits_each_statement_refuses_a_transaction(
    kinds: Sessions,
) -> None:
    for standalone in (kinds.read, kinds.autocommit):
        async with standalone() as session:
            with pytest.raises(TypeError, match="session_factory"):
                session.begin()


@pytest.mark.parametrize("where", ["PostgreSQL", "inside a test"])
async def test_a_session_that_commits_each_statement_refuses_a_stream(
    where: str, database: Database, sessions: Sessions
) -> None:
    kinds = database.sessions if where == "PostgreSQL" else sessions

    for standalone in (kinds.read, kinds.autocommit):
        async with standalone() as session:
            for stream in (session.stream, session.stream_scalars):
                with pytest.raises(TypeError, match="needs a transaction"):
                    await stream(select(Setting))


@pytest.mark.parametrize("where", ["PostgreSQL", "inside a test"])
async def test_a_session_that_only_reads_refuses_to_change_rows(
    where: str, database: Database, sessions: Sessions
) -> None:
    kinds = database.sessions if where == "PostgreSQL" else sessions

    async with kinds.read() as session:
        for change in (insert(Setting), update(Setting).values(context="user"), delete(Setting)):
            with pytest.raises(TypeError, match="session_factory"):
                await session.execute(change)
            with pytest.raises(TypeError, match="session_factory"):
                await session.scalars(change)


async def test_a_change_that_no_transaction_would_keep_is_refused_by_a_fake() -> None:
    kinds = FakeSessions().kinds

    async with kinds.read() as reading, kinds.write() as not_begun:
        for session in (reading, not_begun):
            with pytest.raises(TypeError, match="session_factory"):
                refuse_lost_change(session)

    async with kinds.write() as session, session.begin():
        refuse_lost_change(session)
    async with kinds.autocommit() as alone:
        refuse_lost_change(alone)


async def test_each_statement_of_a_read_session_commits_by_itself(database: Database) -> None:
    transaction = text("SELECT pg_current_xact_id()::text")
    async with database.sessions.read() as session:
        first, second = await session.scalar(transaction), await session.scalar(transaction)

    assert first != second
