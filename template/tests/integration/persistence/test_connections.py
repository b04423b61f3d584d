import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from application.errors import RepoUnavailableError
from infrastructure.config import Settings
from infrastructure.persistence.connections import WatchedConnection
from infrastructure.persistence.database import Database
from tests.integration.persistence.relay import Relay

Connect = Callable[..., Database]


@pytest.fixture
async def relay(settings: Settings) -> AsyncIterator[Relay]:
    async with Relay(settings.database_url.get_secret_value()).listening() as relay:
        yield relay


@pytest.fixture(params=[False, True], ids=["direct", "pooler"])
async def connect(
    request: pytest.FixtureRequest, settings: Settings, relay: Relay
) -> AsyncIterator[Connect]:
    """Create a `Database` that connects through the relay, with these settings."""
    async with AsyncExitStack() as made:

        def make(**different: Any) -> Database:
            usual = {
                "database_url": SecretStr(relay.url),
                "database_transaction_pooler": request.param,
                "database_silence_timeout": 0.3,
                "database_idle_check": 0.001,
            }
            database = Database(settings.model_copy(update=usual | different))
            made.push_async_callback(database.close)
            return database

        yield make


async def process(database: Database) -> int:
    """Return the id of the server process of this connection."""
    async with database.sessions.read() as session:
        return int(await session.scalar(text("SELECT pg_backend_pid()")) or 0)


async def test_a_connection_that_was_dropped_without_a_word_is_replaced(
    connect: Connect, relay: Relay
) -> None:
    database = connect()
    before = await process(database)

    relay.drop_all()
    await asyncio.sleep(0.01)

    assert await process(database) != before


async def test_a_recently_used_connection_is_not_checked_but_closed_after_one_failure(
    connect: Connect, relay: Relay
) -> None:
    database = connect(database_idle_check=60.0, database_statement_timeout=0.5)
    before = await process(database)

    relay.drop_all()

    with pytest.raises(RepoUnavailableError):
        await database.ping()
    assert await process(database) != before


async def test_a_statement_without_a_response_is_given_up(connect: Connect, relay: Relay) -> None:
    database = connect(database_statement_timeout=0.5)
    before = await process(database)

    async def transaction() -> None:
        async with database.sessions.write() as session, session.begin():
            await session.execute(text("SELECT 1"))
            relay.drop_all()
            await session.execute(text("SELECT 1"))

    with pytest.raises(RepoUnavailableError):
        await transaction()
    assert await process(database) != before


async def test_a_statement_may_take_longer_than_silence_is_borne(connect: Connect) -> None:
    database = connect(database_silence_timeout=0.1)

    async with database.sessions.read() as session:
        answer = await session.scalar(text("SELECT 1 FROM pg_sleep(0.3)"))

    assert answer == 1


async def test_a_connection_that_was_used_for_long_enough_is_replaced(connect: Connect) -> None:
    database = connect(database_connection_lifetime=1800)
    before = await process(database)
    async with database.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        cast("WatchedConnection", driver).opened -= 1801

    after = await process(database)

    assert after != before
    assert await process(database) == after


async def test_to_close_takes_no_answer_from_a_network_that_is_gone(
    connect: Connect, relay: Relay
) -> None:
    database = connect(database_silence_timeout=60.0)
    await database.ping()

    relay.drop_all()

    async with asyncio.timeout(30):
        await database.close()


async def test_the_network_is_asked_whether_it_still_works(database: Database) -> None:
    async with database.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        connected = driver._transport.get_extra_info("socket")

        assert connected.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) != 0
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
            limits = [socket.TCP_KEEPIDLE, socket.TCP_USER_TIMEOUT]
            assert [connected.getsockopt(socket.IPPROTO_TCP, limit) for limit in limits] == [
                30,
                60_000,
            ]


async def test_a_socket_of_this_machine_needs_no_such_question(settings: Settings) -> None:
    with TemporaryDirectory() as folder:  # pytest's may be too long for a socket
        relay = Relay(settings.database_url.get_secret_value())
        async with relay.listening(Path(folder)):
            url = SecretStr(relay.url)
            database = Database(settings.model_copy(update={"database_url": url}))
            await database.ping()
            await database.close()


@pytest.mark.parametrize("wanted", ["any", "primary"])
async def test_behind_a_server_that_is_silent_the_next_is_tried(
    settings: Settings, relay: Relay, wanted: str
) -> None:
    async with silent_server() as port:
        database = Database(
            settings.model_copy(
                update={
                    "database_url": SecretStr(relay.url_of_several(port, wanted)),
                    "database_connect_timeout": 0.5,
                }
            )
        )
        await database.ping()
        await database.close()


async def test_a_kind_of_server_that_is_only_preferred_is_looked_for_among_all(
    settings: Settings, relay: Relay
) -> None:
    url = SecretStr(relay.url_of_several(1, "prefer-standby"))
    database = Database(settings.model_copy(update={"database_url": url}))

    await database.ping()

    await database.close()


@asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """Listen on a port, and never respond."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


async def test_the_server_ends_idle_transactions(
    settings: Settings,
) -> None:
    impatient = {"database_idle_in_transaction_timeout": 0.05}
    database = Database(settings.model_copy(update=impatient))

    async with database.engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
        await asyncio.sleep(0.3)
        with pytest.raises(RepoUnavailableError):
            await connection.execute(text("SELECT 1"))

    await database.ping()
    await database.close()
