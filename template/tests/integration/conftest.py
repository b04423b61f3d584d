"""A real PostgreSQL: one server for the whole run, and a migrated database for each process.

`TEST_DATABASE_URL` selects another database, which must be empty and not used by anything else. If the
run has several processes (`pytest -n`, with pytest-xdist), each gets another database on that server.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from application.sessions import Sessions
from dev.environment import LOCAL
from dev.postgres import LocalPostgres
from infrastructure.config import Settings
from infrastructure.persistence.database import Database
from infrastructure.persistence.metadata import metadata
from infrastructure.persistence.sessions import sessions_on
from presentation.garbage import collecting_less_often
from tests.settings import settings_for_tests

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session", autouse=True)
def _collecting_less_often() -> Iterator[None]:
    """Otherwise each application that a test starts would look through all objects of the test run."""
    with collecting_less_often():
        yield


@pytest.fixture(scope="session")
def empty_database_url() -> Iterator[str]:
    """The address of a database without tables."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        if tables := asyncio.run(_tables_in(given)):
            pytest.exit(f"TEST_DATABASE_URL is not empty, it holds {', '.join(tables)}.", 2)
        worker = os.environ.get("PYTEST_XDIST_WORKER")
        if worker is None:
            yield given
            return
        name = f"{make_url(given).database}-{worker}"
        asyncio.run(_run_on(given, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name))
        asyncio.run(_run_on(given, "CREATE DATABASE {}", name))
        yield make_url(given).set(database=name).render_as_string(hide_password=False)
        asyncio.run(_run_on(given, "DROP DATABASE {} WITH (FORCE)", name))
        return
    with LocalPostgres(LOCAL / "postgres-test", durable=False).running() as server:
        name = f"test-{os.getpid()}"
        server.drop_database(name)  # left behind by a run that was killed
        server.create_database(name)
        yield server.url(name)
        server.drop_database(name)


@pytest.fixture(scope="session")
def alembic_config(empty_database_url: str) -> Iterator[Config]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", empty_database_url)
        yield Config(toml_file=PROJECT / "pyproject.toml")


async def _tables_in(url: str) -> list[str]:
    tables = text(
        "SELECT tablename FROM pg_tables"
        " WHERE tablename NOT IN ('alembic_version', 'applied_migrations')"
        " AND schemaname NOT IN ('pg_catalog', 'information_schema')"
    )
    async with _engine(url).connect() as connection:
        return list(await connection.scalars(tables))


async def _run_on(url: str, statement: str, database: str) -> None:
    """Run a statement such as CREATE DATABASE, which cannot run in a transaction."""
    engine = _engine(url).execution_options(isolation_level="AUTOCOMMIT")
    name = engine.dialect.identifier_preparer.quote_identifier(database)
    async with engine.connect() as connection:
        await connection.execute(text(statement.format(name)))


def _engine(url: str) -> AsyncEngine:
    return create_async_engine(
        url,
        poolclass=NullPool,
        # As in the migrations, because the address may be that of a pooler.
        connect_args={"statement_cache_size": 0, "prepared_statement_cache_size": 0},
    )


@pytest.fixture(scope="session")
def database_url(alembic_config: Config, empty_database_url: str) -> Iterator[str]:
    """The address of a fully migrated database."""
    command.upgrade(alembic_config, "head")
    yield empty_database_url
    command.downgrade(alembic_config, "base")


@pytest.fixture(scope="session")
def settings(database_url: str) -> Settings:
    return settings_for_tests(database_url)


@pytest.fixture(scope="session")
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings)
    yield database
    await database.close()


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[AsyncConnection]:
    """A connection whose changes are rolled back after the test."""
    async with database.engine.connect() as connection:
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()


@pytest.fixture
def sessions(connection: AsyncConnection) -> Sessions:
    """Sessions of each kind, in a transaction that is rolled back after the test."""
    return sessions_on(write=connection, standalone=connection)


@pytest.fixture
async def committing(database: Database) -> AsyncIterator[Database]:
    """The database, for tests that need several connections; its tables are emptied after the test."""
    yield database
    async with database.engine.begin() as connection:
        quote = connection.dialect.identifier_preparer.format_table
        if tables := ", ".join(map(quote, metadata.sorted_tables)):
            await connection.execute(text(f"TRUNCATE {tables}"))  # rows may point to each other
