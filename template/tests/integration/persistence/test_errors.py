import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from traceback import format_exception

import pytest
from pydantic import SecretStr
from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint, text
from sqlalchemy.ext.asyncio import AsyncConnection

from application.errors import (
    RepoConflictError,
    RepoError,
    RepoStaleError,
    RepoUnavailableError,
    RepoValueError,
)
from application.sessions import Sessions
from infrastructure.config import Settings
from infrastructure.persistence.base import Base
from infrastructure.persistence.database import Database

PRIVATE = "what nobody else may read"
TABLES = (
    "CREATE TEMPORARY TABLE _probe_shelves (code text CONSTRAINT pk__probe_shelves PRIMARY KEY) ON COMMIT DROP",
    """CREATE TEMPORARY TABLE _probe_books (
        code text CONSTRAINT uq__probe_books_code UNIQUE,
        title text CONSTRAINT ck__probe_books_title CHECK (title <> ''),
        note varchar(5),
        shelf_mark text,
        CONSTRAINT uq__probe_books_title_shelf_mark UNIQUE (title, shelf_mark),
        shelf text CONSTRAINT fk__probe_books_shelf REFERENCES _probe_shelves DEFERRABLE INITIALLY DEFERRED
    ) ON COMMIT DROP""",
)


@pytest.fixture
async def library(connection: AsyncConnection) -> AsyncIterator[AsyncConnection]:
    """Tables for the duration of a test, declared like those of the service."""
    for table in TABLES:
        await connection.execute(text(table))
    shelves = Table("_probe_shelves", Base.metadata, Column("code", String, primary_key=True))
    books = Table(
        "_probe_books",
        Base.metadata,
        Column("code", String, unique=True),
        Column("title", String),
        Column("shelf_mark", String),
        Column("shelf", ForeignKey(shelves.c.code)),
        UniqueConstraint("title", "shelf_mark"),
    )
    yield connection
    for declared in (books, shelves):
        Base.metadata.remove(declared)


async def test_a_taken_value_is_a_conflict_that_names_its_column(library: AsyncConnection) -> None:
    await library.execute(text("INSERT INTO _probe_books (code) VALUES ('a')"))

    with pytest.raises(RepoConflictError) as refusal:
        await library.execute(text("INSERT INTO _probe_books (code) VALUES ('a')"))

    assert refusal.value.columns == ("code",)


async def test_values_that_are_taken_together_name_all_their_columns(
    library: AsyncConnection,
) -> None:
    taken = text("INSERT INTO _probe_books (title, shelf_mark) VALUES ('Emma', 'A1')")
    await library.execute(taken)

    with pytest.raises(RepoConflictError) as refusal:
        await library.execute(taken)

    assert refusal.value.columns == ("title", "shelf_mark")


async def test_a_table_that_the_service_does_not_know_has_no_columns_to_name(
    connection: AsyncConnection,
) -> None:
    await connection.execute(
        text("CREATE TEMPORARY TABLE _unknown (code text UNIQUE) ON COMMIT DROP")
    )
    await connection.execute(text("INSERT INTO _unknown VALUES ('a')"))

    with pytest.raises(RepoConflictError) as refusal:
        await connection.execute(text("INSERT INTO _unknown VALUES ('a')"))

    assert refusal.value.columns == ()


async def test_a_broken_check_is_our_own_mistake_and_no_conflict(library: AsyncConnection) -> None:
    with pytest.raises(RepoError) as refusal:
        await library.execute(text("INSERT INTO _probe_books (title) VALUES ('')"))

    assert type(refusal.value) is RepoError


async def test_a_constraint_that_fails_at_the_commit_is_a_conflict(
    library: AsyncConnection,
) -> None:
    await library.execute(text("INSERT INTO _probe_books (shelf) VALUES ('nowhere')"))

    with pytest.raises(RepoConflictError) as refusal:
        await library.commit()

    assert refusal.value.columns == ("shelf",)


async def test_what_a_restricting_key_points_to_cannot_be_deleted_which_is_a_conflict(
    library: AsyncConnection,
) -> None:
    """Since version 18, PostgreSQL tells it from other violations of foreign keys."""
    await library.execute(
        text(
            "CREATE TEMPORARY TABLE _probe_copies"
            " (book text REFERENCES _probe_books (code) ON DELETE RESTRICT) ON COMMIT DROP"
        )
    )
    await library.execute(text("INSERT INTO _probe_books (code) VALUES ('a')"))
    await library.execute(text("INSERT INTO _probe_copies VALUES ('a')"))

    with pytest.raises(RepoConflictError):
        await library.execute(text("DELETE FROM _probe_books"))


async def test_the_message_of_an_error_does_not_contain_the_driver_message(
    library: AsyncConnection,
) -> None:
    await library.execute(text("INSERT INTO _probe_books (code) VALUES ('private')"))

    with pytest.raises(RepoConflictError) as refusal:
        await library.execute(text("INSERT INTO _probe_books (code) VALUES ('private')"))

    assert str(refusal.value) == "UniqueViolationError, SQLSTATE 23505, uq__probe_books_code"


async def test_a_traceback_does_not_contain_the_refused_row(
    library: AsyncConnection,
) -> None:
    with pytest.raises(RepoError) as refusal:
        await library.execute(
            text("INSERT INTO _probe_books VALUES (:code, '')"), {"code": PRIVATE}
        )

    traceback = "".join(format_exception(refusal.value))
    assert "CheckViolationError, SQLSTATE 23514, ck__probe_books_title" in traceback
    assert PRIVATE not in traceback


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("SELECT CAST(:value AS text)", f"{PRIVATE}\x00"),
        ("SELECT CAST(:value AS text)", f"{PRIVATE}\ud800"),
        ("SELECT CAST(:value AS integer)", 2**31),
        ("SELECT CAST(:value AS numeric(3, 1))", Decimal("1e30")),
        ("INSERT INTO _probe_books (note) VALUES (:value)", PRIVATE),
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


@pytest.mark.parametrize(
    "answer",
    ["SELECT pg_sleep(30)", "DO $$ BEGIN RAISE SQLSTATE '25006'; END $$"],
    ids=["none", "read-only"],
)
async def test_a_server_that_is_of_no_use_is_unavailable_and_left_by_the_whole_pool(
    settings: Settings, answer: str
) -> None:
    impatient = {"database_statement_timeout": 0.2, "database_pool_size": 2}
    database = Database(settings.model_copy(update=impatient))
    process = text("SELECT pg_backend_pid()")

    async with database.engine.connect() as asking:
        await asking.execute(text("SET statement_timeout = 0"))
        async with database.engine.connect() as other:
            before = await other.scalar(process)
        with pytest.raises(RepoUnavailableError):
            await asking.execute(text(answer))

        async with database.engine.connect() as other:
            assert await other.scalar(process) != before
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


async def test_an_idle_connection_that_the_server_has_cut_is_replaced(settings: Settings) -> None:
    database = Database(settings.model_copy(update={"database_pool_size": 1}))
    process = text("SELECT pg_backend_pid()")
    async with database.engine.connect() as connection:
        before = await connection.scalar(process)

    await _terminate(before, settings)

    async with database.engine.connect() as connection:
        assert await connection.scalar(process) != before
    await database.close()


async def _terminate(process: int, settings: Settings) -> None:
    """End the server process, and return when it has ended."""
    database = Database(settings)
    async with database.engine.connect() as connection:
        ended = text("SELECT pg_terminate_backend(:process, 10000)")
        assert await connection.scalar(ended, {"process": process})
    await database.close()


@pytest.mark.parametrize(
    "state",
    ["25006", "25P03", "25P04", "53100", "53300", "55P03", "57P01", "57P03", "58030"],
)
async def test_temporary_failures_are_unavailable(database: Database, state: str) -> None:
    async with database.engine.connect() as connection:
        with pytest.raises(RepoUnavailableError):
            await connection.execute(text(f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$"))


@pytest.mark.parametrize("state", ["40001", "40P01"], ids=["serialization", "deadlock"])
async def test_a_lost_race_is_stale(database: Database, state: str) -> None:
    async with database.engine.connect() as connection:
        with pytest.raises(RepoStaleError):
            await connection.execute(text(f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$"))


@pytest.fixture
async def counter(database: Database) -> AsyncIterator[None]:
    """A table that is visible to all connections."""
    async with database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE _counter (n int)"))
        await connection.execute(text("INSERT INTO _counter VALUES (1)"))
    yield
    async with database.engine.begin() as connection:
        await connection.execute(text("DROP TABLE _counter"))


@pytest.mark.usefixtures("counter")
async def test_of_two_serializable_transactions_that_collide_one_is_stale(
    database: Database,
) -> None:
    count_up = text("UPDATE _counter SET n = n + 1")
    async with database.engine.connect() as slow, database.engine.connect() as quick:
        await slow.execution_options(isolation_level="SERIALIZABLE")
        await slow.execute(text("SELECT n FROM _counter"))
        await quick.execute(count_up)
        await quick.commit()

        with pytest.raises(RepoStaleError):
            await slow.execute(count_up)


@pytest.mark.usefixtures("counter")
async def test_a_statement_prepared_before_a_migration_is_unavailable_once(
    database: Database,
) -> None:
    read = text("SELECT n FROM _counter")
    async with database.engine.connect() as reader, database.engine.connect() as migration:
        await reader.execute(read)
        await reader.commit()
        await migration.execute(text("ALTER TABLE _counter ALTER n TYPE bigint"))
        await migration.commit()

        with pytest.raises(RepoUnavailableError):
            await reader.execute(read)
        await reader.rollback()
        assert await reader.scalar(read) == 1


async def test_an_unsupported_feature_on_a_primary_is_a_general_error(
    connection: AsyncConnection,
) -> None:
    with pytest.raises(RepoError) as refusal:
        await connection.execute(text("DO $$ BEGIN RAISE SQLSTATE '0A000'; END $$"))

    assert type(refusal.value) is RepoError


async def test_an_invalid_statement_is_a_general_error(
    connection: AsyncConnection,
) -> None:
    with pytest.raises(RepoError) as refusal:
        await connection.execute(text("SELECT nonsense"))

    assert type(refusal.value) is RepoError
    assert 'column "nonsense" does not exist' in str(refusal.value)


async def test_an_error_before_the_driver_keeps_its_message(
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


async def test_commits_of_a_test_are_only_visible_to_its_own_sessions(
    sessions: Sessions, database: Database
) -> None:
    async with sessions.write() as session, session.begin():
        await session.execute(text("CREATE TABLE _left_behind (id int)"))

    async with sessions.write() as session:
        assert await session.scalar(text("SELECT to_regclass('_left_behind')")) == "_left_behind"
    async with database.sessions.read() as outside:
        assert await outside.scalar(text("SELECT to_regclass('_left_behind')")) is None
