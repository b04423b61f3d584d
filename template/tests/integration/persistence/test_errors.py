import asyncio
from decimal import Decimal
from traceback import format_exception

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from application.errors import (
    RepoConflictError,
    RepoError,
    RepoStaleError,
    RepoUnavailableError,
    RepoValueError,
)
from infrastructure.config import Settings
from infrastructure.persistence.database import Database

PRIVATE = "what nobody else may read"
TABLES = (
    "CREATE TEMPORARY TABLE shelves (code text CONSTRAINT pk_shelves PRIMARY KEY) ON COMMIT DROP",
    """CREATE TEMPORARY TABLE books (
        code text CONSTRAINT uq_books_code UNIQUE,
        title text CONSTRAINT ck_books_title CHECK (title <> ''),
        note varchar(5),
        shelf text CONSTRAINT fk_books_shelf REFERENCES shelves DEFERRABLE INITIALLY DEFERRED
    ) ON COMMIT DROP""",
)


@pytest.fixture
async def library(connection: AsyncConnection) -> AsyncConnection:
    for table in TABLES:
        await connection.execute(text(table))
    return connection


async def test_a_taken_value_is_a_conflict_that_names_its_column(library: AsyncConnection) -> None:
    await library.execute(text("INSERT INTO books (code) VALUES ('a')"))

    with pytest.raises(RepoConflictError) as refusal:
        await library.execute(text("INSERT INTO books (code) VALUES ('a')"))

    assert refusal.value.field == "code"


async def test_a_broken_check_is_our_own_mistake_and_no_conflict(library: AsyncConnection) -> None:
    with pytest.raises(RepoError) as refusal:
        await library.execute(text("INSERT INTO books (title) VALUES ('')"))

    assert type(refusal.value) is RepoError


async def test_what_fails_only_at_the_commit_is_a_conflict_too(
    library: AsyncConnection,
) -> None:
    await library.execute(text("INSERT INTO books (shelf) VALUES ('nowhere')"))

    with pytest.raises(RepoConflictError) as refusal:
        await library.commit()

    assert refusal.value.field is None


async def test_an_error_keeps_what_the_driver_said_out_of_its_message(
    library: AsyncConnection,
) -> None:
    await library.execute(text("INSERT INTO books (code) VALUES ('private')"))

    with pytest.raises(RepoConflictError) as refusal:
        await library.execute(text("INSERT INTO books (code) VALUES ('private')"))

    assert str(refusal.value) == "UniqueViolationError, SQLSTATE 23505, uq_books_code"


async def test_a_traceback_shows_nothing_of_the_row_that_was_refused(
    library: AsyncConnection,
) -> None:
    with pytest.raises(RepoError) as refusal:
        await library.execute(text("INSERT INTO books VALUES (:code, '')"), {"code": PRIVATE})

    traceback = "".join(format_exception(refusal.value))
    assert "CheckViolationError, SQLSTATE 23514, ck_books_title" in traceback
    assert PRIVATE not in traceback


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("SELECT CAST(:value AS text)", f"{PRIVATE}\x00"),
        ("SELECT CAST(:value AS text)", f"{PRIVATE}\ud800"),
        ("SELECT CAST(:value AS integer)", 2**31),
        ("SELECT CAST(:value AS numeric(3, 1))", Decimal("1e30")),
        ("INSERT INTO books (note) VALUES (:value)", PRIVATE),
    ],
    ids=["NUL", "surrogate", "integer", "number", "length"],
)
async def test_a_value_that_the_database_cannot_hold_is_refused_and_not_shown(
    library: AsyncConnection, sql: str, value: object
) -> None:
    with pytest.raises(RepoValueError) as refusal:
        await library.execute(text(sql), {"value": value})

    assert PRIVATE not in "".join(format_exception(refusal.value))


async def test_a_value_of_the_wrong_type_is_our_own_mistake(connection: AsyncConnection) -> None:
    with pytest.raises(RepoError) as refusal:
        await connection.execute(text("SELECT CAST(:value AS integer)"), {"value": PRIVATE})

    assert type(refusal.value) is RepoError
    assert PRIVATE not in "".join(format_exception(refusal.value))


async def test_a_statement_that_takes_too_long_is_unavailable(connection: AsyncConnection) -> None:
    await connection.execute(text("SET LOCAL statement_timeout = 10"))

    with pytest.raises(RepoUnavailableError):
        await connection.execute(text("SELECT pg_sleep(30)"))


async def test_a_server_that_does_not_answer_at_all_is_unavailable(settings: Settings) -> None:
    database = Database(settings.model_copy(update={"database_statement_timeout": 0.01}))

    async with database.engine.connect() as connection:
        await connection.execute(text("SET statement_timeout = 0"))
        with pytest.raises(RepoUnavailableError):
            await connection.execute(text("SELECT pg_sleep(30)"))

    await database.close()


async def test_a_database_that_does_not_exist_is_unavailable(settings: Settings) -> None:
    url = SecretStr(f"{settings.database_url.get_secret_value()}-of-nobody")
    database = Database(settings.model_copy(update={"database_url": url}))

    with pytest.raises(RepoUnavailableError):
        await database.ping()


async def test_a_cancelled_task_is_cancelled_and_no_failure(connection: AsyncConnection) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await connection.execute(text("SELECT pg_sleep(30)"))


async def test_a_connection_that_the_server_cuts_is_unavailable(database: Database) -> None:
    async with database.engine.connect() as victim, database.engine.connect() as executioner:
        process = await victim.scalar(text("SELECT pg_backend_pid()"))
        await executioner.execute(
            text("SELECT pg_terminate_backend(:process)"), {"process": process}
        )

        with pytest.raises(RepoUnavailableError):
            await victim.execute(text("SELECT 1"))


async def test_a_lost_race_is_stale(database: Database) -> None:
    raised = "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"
    async with database.engine.connect() as connection:
        with pytest.raises(RepoStaleError):
            await connection.execute(text(raised))


async def test_a_statement_that_makes_no_sense_is_nothing_but_an_error(
    connection: AsyncConnection,
) -> None:
    with pytest.raises(RepoError) as refusal:
        await connection.execute(text("SELECT nonsense"))

    assert type(refusal.value) is RepoError
    assert 'column "nonsense" does not exist' in str(refusal.value)


async def test_a_mistake_that_never_reached_the_driver_keeps_its_words(
    connection: AsyncConnection,
) -> None:
    with pytest.raises(RepoError) as refusal:
        await connection.execute(text("SELECT :value"))

    assert "A value is required for bind parameter 'value'" in str(refusal.value.__cause__)


async def test_a_server_that_is_not_there_is_unavailable(settings: Settings) -> None:
    url = SecretStr("postgresql+asyncpg://nobody:x@127.0.0.1:1/nothing")
    database = Database(settings.model_copy(update={"database_url": url}))

    with pytest.raises(RepoUnavailableError):
        await database.ping()


async def test_a_pool_without_a_free_connection_is_unavailable(settings: Settings) -> None:
    narrow = {"database_pool_size": 1, "database_pool_timeout": 0.01}
    database = Database(settings.model_copy(update=narrow))

    async with database.engine.connect():
        with pytest.raises(RepoUnavailableError):
            await database.ping()

    await database.close()


async def test_a_session_that_only_reads_opens_no_transaction(database: Database) -> None:
    async with database.read_sessions() as session:
        first = await session.scalar(text("SELECT now()"))
        second = await session.scalar(text("SELECT now()"))

    assert first != second


async def test_a_committed_change_inside_a_test_is_gone_after_it(
    sessions: async_sessionmaker[AsyncSession],
) -> None:
    async with sessions() as session, session.begin():
        await session.execute(text("CREATE TABLE left_behind (id int)"))

    async with sessions() as session:
        assert await session.scalar(text("SELECT to_regclass('left_behind')")) == "left_behind"
