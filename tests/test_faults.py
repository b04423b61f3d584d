"""What clients and the database see when something breaks under a service in production.

One service, started as its image starts it, lives through all faults that do not end it: that it
recovers by itself is what every next test begins with. Its limits are short, so that tests are.
"""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.conftest import MakeService
from tests.production import (
    PATIENCE,
    BreakablePostgres,
    Production,
    breakable_postgres,
    children_of,
    eventually,
    migrate,
    production,
)

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"
POOL = 5
POOL_TIMEOUT = 0.3
STATEMENT_TIMEOUT = 2.0
LIMITS = {
    "DATABASE_POOL_SIZE": str(POOL),
    "DATABASE_POOL_TIMEOUT": str(POOL_TIMEOUT),
    "DATABASE_CONNECT_TIMEOUT": "1",
    "DATABASE_STATEMENT_TIMEOUT": str(STATEMENT_TIMEOUT),
    "ARGON2_MEMORY_KIB": "8",
    "ARGON2_TIME_COST": "1",
}
# A request waits for the pool, for a connection, for an answer and for a hopeless connection to
# close, and most requests ask the database twice.
LONGEST_WAIT = 2 * (POOL_TIMEOUT + 1 + STATEMENT_TIMEOUT + 1 + 2)

numbers = count()


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def service(make_service: MakeService) -> Path:
    return make_service().path


@pytest.fixture(scope="module")
def postgres(service: Path) -> Iterator[BreakablePostgres]:
    with breakable_postgres() as postgres:
        migrate(service, postgres.url)
        yield postgres


@pytest.fixture(scope="module")
def running(
    service: Path, postgres: BreakablePostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Production]:
    log = tmp_path_factory.mktemp("faults") / "service.log"
    with production(service, postgres.url, log, **LIMITS) as running:
        yield running


@pytest.fixture
async def client(running: Production) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(running) as client:
        await eventually_ready(client)
        yield client


@pytest.fixture
async def ada(client: httpx.AsyncClient) -> httpx.Headers:
    return await a_member(client)


@asynccontextmanager
async def client_of(running: Production) -> AsyncIterator[httpx.AsyncClient]:
    """A client for which every hang and every connection that is dropped is an error."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=running.url, timeout=LONGEST_WAIT, limits=limits
    ) as client:
        yield client


async def eventually_ready(client: httpx.AsyncClient) -> None:
    async def ready() -> bool:
        return (await client.get("/health/ready")).status_code == 200

    await eventually(ready)


def a_name() -> str:
    return f"user{next(numbers)}"


async def register(client: httpx.AsyncClient, name: str) -> httpx.Response:
    body = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
    return await client.post("/users", json=body)


async def a_member(client: httpx.AsyncClient) -> httpx.Headers:
    name = a_name()
    (await register(client, name)).raise_for_status()
    form = {"grant_type": "password", "username": name, "password": PASSWORD}
    token = (await client.post("/auth/token", data=form)).raise_for_status().json()
    return httpx.Headers({"Authorization": f"Bearer {token['access_token']}"})


async def change_email(client: httpx.AsyncClient, who: httpx.Headers) -> httpx.Response:
    body = {"email": f"{a_name()}@example.org"}
    return await client.put("/users/me/email", json=body, headers=who)


def assert_unavailable(response: httpx.Response) -> None:
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert response.headers["retry-after"] == "5"


@asynccontextmanager
async def locked_rows(postgres: BreakablePostgres) -> AsyncIterator[None]:
    """Let nobody write users for as long as the block runs."""
    session = await postgres.session()
    try:
        await session.execute("BEGIN; LOCK TABLE users IN EXCLUSIVE MODE")
        yield
    finally:
        await session.close()


async def waiting(postgres: BreakablePostgres, how_many: int) -> None:
    """Return when so many requests wait for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    session = await postgres.session()
    try:

        async def all_wait() -> bool:
            return bool(await session.fetchval(waiting) == how_many)

        await eventually(all_wait)
    finally:
        await session.close()


SESSIONS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


async def cut_all(postgres: BreakablePostgres) -> int:
    """End all sessions of the service; return how many there were."""
    session = await postgres.session()
    try:
        cut = await session.fetch(f"SELECT pg_terminate_backend(pid, 5000) {SESSIONS}")  # noqa: S608
        return len(cut)
    finally:
        await session.close()


async def test_what_was_acknowledged_survives_a_killed_server_and_the_service_recovers(
    client: httpx.AsyncClient, postgres: BreakablePostgres
) -> None:
    answers: dict[str, httpx.Response] = {}
    longest = 0.0
    goal = asyncio.Event()
    seen: Counter[int] = Counter()

    async def one_client() -> None:
        nonlocal longest
        while not goal.is_set():
            name = a_name()
            started = time.monotonic()
            answers[name] = await register(client, name)
            longest = max(longest, time.monotonic() - started)
            seen[answers[name].status_code] += 1

    async def more(status: int, how_many: int) -> None:
        target = seen[status] + how_many

        async def reached() -> bool:
            return seen[status] >= target

        await eventually(reached)

    clients = [asyncio.create_task(one_client()) for _ in range(16)]
    await more(201, 100)
    await asyncio.to_thread(postgres.kill)
    await more(503, 50)
    await asyncio.to_thread(postgres.start)
    await more(201, 100)
    goal.set()
    await asyncio.gather(*clients)

    print(seen, longest)
    for answer in answers.values():
        if answer.status_code != 201:
            assert_unavailable(answer)
    kept = set(postgres.run("SELECT username FROM users").split())
    acknowledged = {name for name, answer in answers.items() if answer.status_code == 201}
    assert acknowledged - kept == set()


async def test_an_idle_connection_that_was_cut_costs_no_client_an_error(
    client: httpx.AsyncClient, ada: httpx.Headers, postgres: BreakablePostgres
) -> None:
    await asyncio.gather(*(client.get("/users/me", headers=ada) for _ in range(20)))

    cut = await cut_all(postgres)
    answers = [await client.get("/users/me", headers=ada) for _ in range(20)]

    assert cut == POOL
    assert [answer.status_code for answer in answers] == [200] * 20


async def test_a_request_whose_connection_is_cut_is_told_to_come_back(
    client: httpx.AsyncClient, ada: httpx.Headers, postgres: BreakablePostgres
) -> None:
    async with locked_rows(postgres):
        request = asyncio.create_task(change_email(client, ada))
        await waiting(postgres, 1)
        cut = f"SELECT pg_terminate_backend(pid) {SESSIONS} AND wait_event_type = 'Lock'"  # noqa: S608
        postgres.run(cut)
        answer = await request
    again = await change_email(client, ada)

    assert_unavailable(answer)
    assert again.status_code == 200


async def test_who_finds_the_pool_exhausted_waits_a_moment_and_is_told_to_come_back(
    client: httpx.AsyncClient, ada: httpx.Headers, postgres: BreakablePostgres
) -> None:
    async with locked_rows(postgres):
        writers = [asyncio.create_task(change_email(client, ada)) for _ in range(POOL)]
        await waiting(postgres, POOL)
        started = time.monotonic()
        reader = await client.get("/users/me", headers=ada)
        waited = time.monotonic() - started
    written = [await writer for writer in writers]

    print("pool", waited)
    assert_unavailable(reader)
    assert waited >= POOL_TIMEOUT
    assert sorted(answer.status_code for answer in written) == [200, 409, 409, 409, 409]
    assert (await client.get("/users/me", headers=ada)).status_code == 200


async def test_a_statement_that_waits_too_long_for_a_lock_is_ended(
    client: httpx.AsyncClient, ada: httpx.Headers, postgres: BreakablePostgres
) -> None:
    async with locked_rows(postgres):
        answer = await change_email(client, ada)

    assert_unavailable(answer)
    assert (await change_email(client, ada)).status_code == 200


async def test_a_server_that_answers_nothing_is_given_up(
    client: httpx.AsyncClient, ada: httpx.Headers, postgres: BreakablePostgres
) -> None:
    with postgres.frozen():
        started = time.monotonic()
        answers = await asyncio.gather(
            change_email(client, ada),
            client.get("/users/me", headers=ada),
            register(client, a_name()),
            client.get("/health/ready"),
        )
        print("frozen", time.monotonic() - started)
        started = time.monotonic()
        answers += await asyncio.gather(
            *(client.get("/users/me", headers=ada) for _ in range(10))
        )
        print("frozen again", time.monotonic() - started)
    started = time.monotonic()
    await eventually_ready(client)
    print("recovered", time.monotonic() - started)

    for answer in answers:
        assert_unavailable(answer)


async def test_a_read_only_database_still_serves_readers(
    client: httpx.AsyncClient, ada: httpx.Headers, postgres: BreakablePostgres
) -> None:
    postgres.run("ALTER SYSTEM SET default_transaction_read_only = on; SELECT pg_reload_conf();")

    read = await client.get("/users/me", headers=ada)
    written = await change_email(client, ada)
    postgres.run(
        "SET transaction_read_only = off; ALTER SYSTEM RESET default_transaction_read_only;"
        " SELECT pg_reload_conf();"
    )

    assert read.status_code == 200
    assert_unavailable(written)
    assert (await change_email(client, ada)).status_code == 200
