"""Queries return the same rows and errors through the session and directly through the driver."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from traceback import format_exception
from typing import Any, cast
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    QueuePool,
    Select,
    String,
    Table,
    Uuid,
    bindparam,
    event,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
)
from sqlalchemy import Enum as EnumOf
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession

from application.errors import RepoError, RepoStaleError, RepoUnavailableError, RepoValueError
from application.sessions import Sessions
from infrastructure.config import Settings
from infrastructure.persistence.database import Database
from infrastructure.persistence.queries import Query
from tests.integration.persistence.relay import Relay

PRIVATE = "what nobody else may read"
PROCESS = Query(select(func.pg_backend_pid().label("pid")))

Rows = list[dict[str, Any]]
Read = Callable[..., Awaitable[Rows]]


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


THINGS = Table(
    "_things",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("name", String),
    Column("count", Integer),
    Column("total", BigInteger),
    Column("good", Boolean),
    Column("made_at", DateTime(timezone=True)),
    Column("made_on", Date),
    Column("took", Interval),
    Column("price", Numeric(10, 2)),
    Column("rounded", Numeric(10, 2, asdecimal=False)),
    Column("weight", Float),
    Column("exact_weight", Float(asdecimal=True)),
    Column("picture", LargeBinary),
    Column("details", JSON),
    Column("tags", ARRAY(String)),
    Column("colour", EnumOf(Colour, name="_colour")),
)
THING = {
    "id": UUID(int=7),
    "name": "a thing",
    "count": 3,
    "total": 2**40,
    "good": True,
    "made_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    "made_on": date(2026, 1, 2),
    "took": timedelta(days=1, seconds=2),
    "price": Decimal("12.50"),
    "rounded": 12.5,
    "weight": 0.25,
    "exact_weight": Decimal("0.25"),
    "picture": b"\x00\xff",
    "details": {"of": ["it", None, 1]},
    "tags": ["old", "blue"],
    "colour": Colour.BLUE,
}
NOTHING = dict.fromkeys(THING) | {"id": UUID(int=8)}


@contextmanager
def heard() -> Iterator[list[str]]:
    """Collect the statements that SQLAlchemy executes."""
    statements: list[str] = []

    def listen(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def in_use(database: Database) -> int:
    return cast("QueuePool", database.engine.pool).checkedout()


async def process(database: Database) -> int:
    async with database.sessions.read() as session:
        [row] = await PROCESS.rows(session)
    return int(row["pid"])


@pytest.fixture
async def small(settings: Settings) -> AsyncIterator[Database]:
    """A database with a pool of two connections, one of which is open."""
    async with opened(settings, database_pool_size=2) as database:
        yield database


@asynccontextmanager
async def opened(settings: Settings, **different: Any) -> AsyncIterator[Database]:
    usual = {"database_idle_check": 60.0}
    database = Database(settings.model_copy(update=usual | different))
    try:
        await database.ping()
        yield database
        assert in_use(database) == 0
    finally:
        await database.close()


async def through_session(session: AsyncSession, statement: Select[Any], **values: Any) -> Rows:
    return [dict(row) for row in (await session.execute(statement, values)).mappings()]


async def through_driver(session: AsyncSession, statement: Select[Any], **values: Any) -> Rows:
    return await Query(statement).rows(session, **values)


@pytest.fixture(params=[through_session, through_driver])
def read(request: pytest.FixtureRequest) -> Read:
    return cast("Read", request.param)


@pytest.fixture
async def things(small: Database) -> AsyncIterator[None]:
    async with small.engine.begin() as connection:
        await connection.run_sync(THINGS.metadata.create_all)
        await connection.execute(insert(THINGS), [THING, NOTHING])
    yield
    async with small.engine.begin() as connection:
        await connection.run_sync(THINGS.metadata.drop_all)


@pytest.mark.usefixtures("things")
async def test_values_of_all_types_are_the_same_on_both_ways(small: Database, read: Read) -> None:
    statement = select(THINGS).order_by(THINGS.c.id)

    async with small.sessions.read() as session:
        assert await read(session, statement) == [THING, NOTHING]
        for column in THINGS.c:
            if column.name == "details":
                continue  # JSON is not compared
            matching = statement.where(column == bindparam("wanted", type_=column.type))
            assert await read(session, matching, wanted=THING[column.name]) == [THING]


@pytest.mark.usefixtures("things")
async def test_columns_have_the_same_names_on_both_ways(small: Database, read: Read) -> None:
    other = THINGS.alias()
    statement = (
        select(THINGS.c.name, other.c.name, func.count(), literal(1), THINGS.c.details["of"])
        .where(THINGS.c.id == other.c.id, THINGS.c.name.is_not(None))
        .group_by(THINGS.c.id, other.c.id)
    )

    async with small.sessions.read() as session:
        assert await read(session, statement) == [
            {"name": "a thing", "name_1": "a thing", "count_1": 1, "anon_1": 1}
            | {"anon_2": ["it", None, 1]}
        ]


async def test_a_query_in_a_session_that_reads_goes_past_sqlalchemy(small: Database) -> None:
    async with small.sessions.read() as session:
        with heard() as statements:
            row = await PROCESS.row(session)

    assert row is not None
    assert statements == []


async def test_what_an_owner_executes_goes_through_sqlalchemy_as_ever(small: Database) -> None:
    async with small.sessions.read() as session:
        with heard() as statements:
            await session.execute(text("SELECT 1"))

    assert statements == ["SELECT 1"]


async def test_a_query_in_a_transaction_is_part_of_it(small: Database) -> None:
    async with small.sessions.write() as session, session.begin():
        own = await session.scalar(text("SELECT pg_backend_pid()"))
        with heard() as statements:
            row = await PROCESS.row(session)

    assert row == {"pid": own}
    assert len(statements) == 1


async def test_a_query_sees_what_its_test_has_not_committed(sessions: Sessions) -> None:
    exists = Query(select(func.to_regclass(bindparam("name")).is_not(None).label("exists")))
    async with sessions.write() as session, session.begin():
        await session.execute(text("CREATE TABLE _of_this_test (id int)"))

    async with sessions.read() as reading:
        assert await exists.row(reading, name="_of_this_test") == {"exists": True}


async def test_a_list_of_any_length_is_written_out_by_sqlalchemy(small: Database) -> None:
    number = func.generate_series(1, 5).column_valued("number")
    listed = Query(
        select(number).where(number.in_(bindparam("numbers", expanding=True))).order_by(number)
    )

    async with small.sessions.read() as session:
        for numbers in ([], [1], [2, 3]):
            rows = await listed.rows(session, numbers=numbers)
            assert [row["number"] for row in rows] == numbers


async def test_no_row_is_none(small: Database) -> None:
    nothing = Query(select(literal(1).label("one")).where(literal(1) == 2))

    async with small.sessions.read() as session:
        assert await nothing.row(session) is None


async def test_more_queries_than_connections_wait_their_turn(small: Database) -> None:
    slow = Query(select(literal_column("1").label("one")).select_from(func.pg_sleep(0.01)))

    async def ask() -> Rows:
        async with small.sessions.read() as session:
            return await slow.rows(session)

    answers = await asyncio.gather(*(ask() for _ in range(50)))

    assert answers == [[{"one": 1}]] * 50


async def test_a_connection_that_rested_is_asked_before_it_is_used(settings: Settings) -> None:
    async with opened(settings, database_idle_check=0.01) as database:
        await asyncio.sleep(0.02)
        with heard() as statements:
            await process(database)

    assert len(statements) == 1


async def test_a_query_that_the_server_refuses_leaves_the_connection_as_it_was(
    small: Database, read: Read
) -> None:
    before = await process(small)
    async with small.sessions.read() as session:
        with pytest.raises(RepoError) as refusal:
            await read(session, select(1 / bindparam("by", type_=Integer)), by=0)

    assert type(refusal.value) is RepoError
    assert str(refusal.value) == "DivisionByZeroError, SQLSTATE 22012"
    assert await process(small) == before


@pytest.mark.parametrize("value", [f"{PRIVATE}\x00", f"{PRIVATE}\ud800"])
async def test_a_value_that_the_database_cannot_hold_is_refused_and_not_shown(
    small: Database, read: Read, value: str
) -> None:
    async with small.sessions.read() as session:
        with pytest.raises(RepoValueError) as refusal:
            await read(session, select(bindparam("value", type_=String)), value=value)

    assert PRIVATE not in "".join(format_exception(refusal.value))


async def test_a_parameter_that_is_missing_is_our_own_mistake(small: Database, read: Read) -> None:
    async with small.sessions.read() as session:
        with pytest.raises((RepoError, InvalidRequestError)) as mistake:
            await read(session, select(bindparam("value", type_=String)))

    told = "".join(format_exception(mistake.value))
    assert "A value is required for bind parameter 'value'" in told


@pytest.fixture
async def raising(small: Database) -> AsyncIterator[Select[Any]]:
    """A query that fails with the SQLSTATE in its parameter."""
    async with small.engine.begin() as connection:
        await connection.execute(
            text(
                "CREATE FUNCTION fail(state text) RETURNS int LANGUAGE plpgsql"
                " AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = state; END $$"
            )
        )
    yield select(func.fail(bindparam("state", type_=String)))
    async with small.engine.begin() as connection:
        await connection.execute(text("DROP FUNCTION fail"))


@pytest.mark.parametrize(
    "state", ["25P03", "25P04", "53100", "53300", "55P03", "57P01", "57P03", "58030"]
)
async def test_what_another_moment_may_mend_is_unavailable(
    small: Database, read: Read, raising: Select[Any], state: str
) -> None:
    async with small.sessions.read() as session:
        with pytest.raises(RepoUnavailableError):
            await read(session, raising, state=state)


@pytest.mark.parametrize("state", ["40001", "40P01"], ids=["serialization", "deadlock"])
async def test_a_lost_race_is_stale(
    small: Database, read: Read, raising: Select[Any], state: str
) -> None:
    async with small.sessions.read() as session:
        with pytest.raises(RepoStaleError):
            await read(session, raising, state=state)


async def test_a_server_that_only_reads_is_left_by_the_whole_pool(
    small: Database, read: Read, raising: Select[Any]
) -> None:
    async with small.engine.connect() as other:
        idle = await other.scalar(text("SELECT pg_backend_pid()"))
        before = await process(small)
    assert idle != before

    async with small.sessions.read() as session:
        with pytest.raises(RepoUnavailableError):
            await read(session, raising, state="25006")

    async with small.engine.connect() as one, small.engine.connect() as another:
        after = {await each.scalar(text("SELECT pg_backend_pid()")) for each in (one, another)}
    assert after.isdisjoint({idle, before})


@pytest.mark.parametrize("pooler", [False, True], ids=["server", "driver"])
async def test_a_query_that_takes_too_long_is_ended(
    settings: Settings, read: Read, *, pooler: bool
) -> None:
    limits = {"database_statement_timeout": 0.5, "database_transaction_pooler": pooler}
    async with (
        opened(settings, database_pool_size=1, **limits) as database,
        database.sessions.read() as session,
    ):
        with pytest.raises(RepoUnavailableError):
            await read(session, select(func.pg_sleep(30)))

        assert await read(session, select(literal(1).label("one"))) == [{"one": 1}]


async def test_a_cancelled_query_is_ended_on_the_server_and_its_connection_closed(
    small: Database, read: Read
) -> None:
    before = await process(small)
    async with small.sessions.read() as session:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await read(session, select(func.pg_sleep(30)))

    async with small.engine.connect() as connection:
        busy = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid AND state = 'active'")
        async with asyncio.timeout(10):
            while await connection.scalar(busy, {"pid": before}):
                await connection.rollback()
                await asyncio.sleep(0.01)
    assert await process(small) != before


async def test_a_connection_that_the_server_cuts_in_a_query_is_unavailable(
    small: Database, read: Read
) -> None:
    cut = select(func.pg_terminate_backend(func.pg_backend_pid()))
    before = await process(small)

    async with small.sessions.read() as session:
        with pytest.raises(RepoUnavailableError):
            await read(session, cut)

    assert await process(small) != before


async def test_an_idle_connection_that_the_server_has_cut_is_replaced(
    small: Database, settings: Settings
) -> None:
    before = await process(small)
    async with opened(settings) as other, other.engine.connect() as executioner:
        ended = text("SELECT pg_terminate_backend(:pid, 10000)")
        assert await executioner.scalar(ended, {"pid": before})

    assert await process(small) != before


async def test_silence_is_unavailable_and_the_server_is_left(
    settings: Settings, read: Read
) -> None:
    async with Relay(settings.database_url.get_secret_value()).listening() as relay:
        limits = {"database_silence_timeout": 0.3, "database_statement_timeout": 0.5}
        address = {"database_url": SecretStr(relay.url)}
        async with opened(settings, **address, **limits) as database:
            before = await process(database)
            relay.drop_all()

            async with database.sessions.read() as session:
                with pytest.raises(RepoUnavailableError):
                    await read(session, select(literal(1)))

            assert await process(database) != before


async def test_a_query_prepared_before_a_migration_is_prepared_anew(small: Database) -> None:
    things = Query(select(literal_column("*")).select_from(text("_migrated")))
    async with small.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE _migrated AS SELECT 1 AS n"))
    async with small.sessions.read() as session:
        before = await things.rows(session)
        async with small.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE _migrated ALTER n TYPE text"))

        after = await things.rows(session)

    assert (before, after) == ([{"n": 1}], [{"n": "1"}])
    async with small.engine.begin() as connection:
        await connection.execute(text("DROP TABLE _migrated"))


async def test_a_pooler_finds_no_query_left_on_a_connection(settings: Settings) -> None:
    prepared = Query(
        select(func.count().label("number")).select_from(text("pg_prepared_statements"))
    )
    pooler = {"database_pool_size": 1, "database_transaction_pooler": True}
    async with opened(settings, **pooler) as database, database.sessions.read() as session:
        with heard() as statements:
            assert await prepared.row(session) == {"number": 0}

    assert statements == []
