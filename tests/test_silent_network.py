"""What clients see when the network silently drops the connections to the database.

A relay is between the service and PostgreSQL. It drops connections in two ways: packets are lost, as with a
firewall that has forgotten a connection, or they are acknowledged but not forwarded, as with a load
balancer that has lost its backend. New connections work.
"""

from __future__ import annotations

import asyncio
import ctypes
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import MakeService
from tests.production import (
    PATIENCE,
    BreakablePostgres,
    breakable_postgres,
    eventually,
    migrate,
    production,
)

pytestmark = pytest.mark.anyio  # its pytest plugin comes with httpx

PROMISE = 2.0
"""Seconds within which the next request must get its response."""

SO_ATTACH_FILTER = 26  # Linux: /usr/include/asm-generic/socket.h

numbers = count()


class Relay:
    def __init__(self, target: str, *, packets_vanish: bool) -> None:
        self._target = urlsplit(target)
        self._packets_vanish = packets_vanish
        self._links: set[asyncio.Task[None]] = set()
        self._ends: list[asyncio.StreamWriter] = []
        self._dropped: set[asyncio.StreamWriter] = set()
        self.url = target

    def drop_all(self) -> None:
        self._dropped.update(self._ends)
        if self._packets_vanish:
            for end in self._ends:
                take_nothing(end.get_extra_info("socket"))

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Relay]:
        server = await asyncio.start_server(self._accept, "127.0.0.1")
        port = server.sockets[0].getsockname()[1]
        login = self._target.netloc.rpartition("@")[0]
        self.url = self._target._replace(netloc=f"{login}@127.0.0.1:{port}").geturl()
        try:
            yield self
        finally:
            server.close()
            for link in self._links:
                link.cancel()
            await asyncio.gather(*self._links, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._links.add(asyncio.create_task(self._link(reader, writer)))

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.append(writer)
        from_server, to_server = await asyncio.open_connection(
            self._target.hostname, self._target.port
        )
        try:
            await asyncio.gather(
                self._pass_on(reader, to_server, of=writer),
                self._pass_on(from_server, writer, of=writer),
            )
        finally:
            self._ends.remove(writer)
            for end in (writer, to_server):
                end.transport.abort()

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        of: asyncio.StreamWriter,
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if of not in self._dropped:
                    writer.write(data)
        if of in self._dropped:
            await asyncio.Event().wait()  # so that neither side notices the end of the other
        writer.close()


def take_nothing(connected: socket.socket) -> None:
    """Drop all incoming packets, with a socket filter of one instruction: "keep nothing"."""
    instruction = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
    program = struct.pack("HP", 1, ctypes.addressof(instruction))
    connected.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)


@pytest.fixture(scope="module")
def service(make_service: MakeService) -> Path:
    return make_service().path


@pytest.fixture(scope="module")
def postgres(service: Path) -> Iterator[BreakablePostgres]:
    with breakable_postgres() as postgres:
        migrate(service, postgres.url)
        yield postgres


@pytest.fixture(params=[True, False], ids=["packets-vanish", "nothing-passes"])
async def relay(
    request: pytest.FixtureRequest, postgres: BreakablePostgres
) -> AsyncIterator[Relay]:
    async with Relay(postgres.url, packets_vanish=request.param).listening() as relay:
        yield relay


Serve = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


THROUGH_A_POOLER = pytest.mark.scheduled("without a pooler, the same is asked in every run")


@pytest.fixture(
    params=[
        pytest.param("false", id="direct"),
        pytest.param("true", id="pooler", marks=THROUGH_A_POOLER),
    ]
)
def serve(request: pytest.FixtureRequest, service: Path, relay: Relay, tmp_path: Path) -> Serve:
    """`serve(**settings)` yields a client of a service that connects to its database through the relay."""

    @asynccontextmanager
    async def served(**settings: str) -> AsyncIterator[httpx.AsyncClient]:
        settings = {"DATABASE_TRANSACTION_POOLER": request.param} | settings
        starting = production(service, relay.url, tmp_path / "service.log", **settings)
        running = await asyncio.to_thread(starting.__enter__)
        try:
            async with httpx.AsyncClient(base_url=running.url, timeout=PATIENCE) as client:
                yield client
        finally:
            await asyncio.to_thread(starting.__exit__, None, None, None)

    return served


async def register(client: httpx.AsyncClient, within: float = PATIENCE) -> int:
    name = f"user{next(numbers)}"
    body = {"username": name, "email": f"{name}@example.org", "password": "correct horse battery"}
    return (await client.post("/users", json=body, timeout=within)).status_code


async def ask(client: httpx.AsyncClient, within: float = PATIENCE) -> int:
    """Send a request that reads from the database."""
    form = {"grant_type": "password", "username": "nobody", "password": "nothing"}
    return (await client.post("/auth/token", data=form, timeout=within)).status_code


async def warm(client: httpx.AsyncClient) -> None:
    assert set(await asyncio.gather(*(register(client) for _ in range(10)))) == {201}


@asynccontextmanager
async def locked_users(postgres: BreakablePostgres) -> AsyncIterator[None]:
    session = await postgres.session()
    try:
        await session.execute("BEGIN; LOCK TABLE users IN EXCLUSIVE MODE")
        yield
    finally:
        await session.close()


async def one_waits(postgres: BreakablePostgres) -> None:
    session = await postgres.session()
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    try:

        async def waits() -> bool:
            return bool(await session.fetchval(waiting) == 1)

        await eventually(waits)
    finally:
        await session.close()


async def test_after_idle_connections_were_dropped_the_next_request_gets_its_answer(
    serve: Serve, relay: Relay, record_property: Callable[[str, object], None]
) -> None:
    async with serve() as client:
        await warm(client)
        relay.drop_all()
        await asyncio.sleep(0.2)

        started = time.monotonic()
        first = await register(client, within=PROMISE)
        record_property("answer after a silent drop, seconds", f"{time.monotonic() - started:.2f}")
        others = await asyncio.gather(*(register(client, within=PROMISE) for _ in range(10)))

    assert first == 201
    assert set(others) == {201}


async def test_a_request_whose_packets_vanish_is_told_to_come_back_and_the_next_gets_its_answer(
    serve: Serve, relay: Relay, request: pytest.FixtureRequest
) -> None:
    limit = {} if "packets-vanish" in request.node.name else {"DATABASE_STATEMENT_TIMEOUT": "0.5"}
    async with serve(DATABASE_IDLE_CHECK="60", DATABASE_POOL_SIZE="1", **limit) as client:
        await warm(client)
        relay.drop_all()

        first = await ask(client, within=PROMISE if not limit else PATIENCE)
        second = await register(client, within=PROMISE)

    assert (first, second) == (503, 201)


async def test_a_request_that_waits_when_its_connection_is_dropped_is_told_to_come_back(
    serve: Serve, relay: Relay, postgres: BreakablePostgres
) -> None:
    async with serve(DATABASE_STATEMENT_TIMEOUT="2") as client:
        await warm(client)
        async with locked_users(postgres):
            request = asyncio.create_task(register(client))
            await one_waits(postgres)
            relay.drop_all()
            answer = await request
        next_answer = await register(client, within=PROMISE)

    assert (answer, next_answer) == (503, 201)


@pytest.mark.parametrize("relay", [True], indirect=True, ids=["packets-vanish"])
async def test_keepalives_notice_a_drop_while_a_request_waits_without_a_limit_of_its_own(
    serve: Serve, relay: Relay, postgres: BreakablePostgres
) -> None:
    async with serve(DATABASE_STATEMENT_TIMEOUT="600", DATABASE_KEEPALIVE="1") as client:
        await warm(client)
        async with locked_users(postgres):
            waiting = asyncio.create_task(register(client))
            await one_waits(postgres)
            relay.drop_all()
            answer = await waiting

    assert answer == 503


@pytest.mark.parametrize("relay", [False], indirect=True, ids=["nothing-dropped"])
async def test_a_long_statement_on_a_connection_that_works_is_left_alone(
    serve: Serve, postgres: BreakablePostgres
) -> None:
    impatient = {"DATABASE_KEEPALIVE": "1", "DATABASE_SILENCE_TIMEOUT": "0.5"}
    async with serve(**impatient) as client:
        async with locked_users(postgres):
            request = asyncio.create_task(register(client))
            await one_waits(postgres)
            await asyncio.sleep(8)  # longer than these limits, shorter than the statement timeout
        answer = await request

    assert answer == 201
