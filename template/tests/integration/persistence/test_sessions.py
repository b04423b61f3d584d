from typing import cast

import pytest
from sqlalchemy import QueuePool, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from application.errors import RepoError
from infrastructure.persistence.database import Database


class Base(DeclarativeBase):
    pass


class Setting(Base):
    """A view that every PostgreSQL has."""

    __tablename__ = "pg_settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    context: Mapped[str]


def in_use(database: Database) -> int:
    return cast("QueuePool", database.engine.pool).checkedout()


async def test_a_read_session_holds_no_connection_between_statements(database: Database) -> None:
    async with database.read_sessions() as session:
        answer = await session.execute(select(1))

        assert in_use(database) == 0
        assert answer.scalar_one() == 1


async def test_a_statement_that_fails_gives_its_connection_back(database: Database) -> None:
    async with database.read_sessions() as session:
        with pytest.raises(RepoError):
            await session.execute(text("SELECT 1 / 0"))

        assert in_use(database) == 0


async def test_a_read_session_reads_entities_too(database: Database) -> None:
    async with database.read_sessions() as session:
        setting = await session.get(Setting, "port")
        again = await session.scalar(select(Setting).where(Setting.name == "port"))

    assert setting is not None
    assert setting.context == "postmaster"
    assert again is setting
    assert in_use(database) == 0


async def test_a_session_that_commits_each_statement_refuses_a_transaction(
    database: Database,
) -> None:
    for sessions in (database.read_sessions, database.autocommit_sessions):
        async with sessions() as session:
            with pytest.raises(TypeError, match="session_factory"):
                session.begin()


async def test_each_statement_of_a_read_session_commits_by_itself(database: Database) -> None:
    transaction = text("SELECT pg_current_xact_id()::text")
    async with database.read_sessions() as session:
        first, second = await session.scalar(transaction), await session.scalar(transaction)

    assert first != second
