"""What clients and the database see when something breaks in production.

A single service, started like its image, runs through all faults that do not stop it. So every test also
checks that the service has recovered from the previous fault. Its limits are short, to keep the tests fast.
"""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest

from tests.benchmarks.soak import POOL, soak
from tests.benchmarks.soak import SETTINGS as SOAK_SETTINGS
from tests.conftest import MakeService
from tests.production import (
    DATABASE,
    PATIENCE,
    BreakablePostgres,
    Production,
    breakable_postgres,
    eventually,
    migrate,
    production,
)

pytestmark = pytest.mark.anyio  # its pytest plugin comes with httpx

PASSWORD = "correct horse battery"
MOST_GROWTH = 4.0
"""Permitted growth in MiB during 3,000 requests. During 50,000, it was less than two."""
POOL_TIMEOUT = 0.3
STATEMENT_TIMEOUT = 3.0
LIMITS = {
    "DATABASE_POOL_SIZE": str(POOL),
    "DATABASE_POOL_TIMEOUT": str(POOL_TIMEOUT),
    "DATABASE_CONNECT_TIMEOUT": "1",
    "DATABASE_STATEMENT_TIMEOUT": str(STATEMENT_TIMEOUT),
}
# A request waits for the pool, for a connection, for a response, and for a dead connection to close, and
# most requests query the database twice.
LONGEST_WAIT = 2 * (POOL_TIMEOUT + 1 + STATEMENT_TIMEOUT + 1 + 2)

numbers = count()


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
async def client_of(
    running: Production, patience: float = LONGEST_WAIT
) -> AsyncIterator[httpx.AsyncClient]:
    """A client that fails if a request hangs or its connection is dropped."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=running.url, timeout=patience, limits=limits) as client:
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


async def change_username(client: httpx.AsyncClient, who: httpx.Headers) -> httpx.Response:
    return await client.put("/users/me/username", json={"username": a_name()}, headers=who)


def assert_unavailable(response: httpx.Response) -> None:
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert response.headers["retry-after"] == "5"


def names_kept(postgres: BreakablePostgres) -> set[str]:
    return set(postgres.run("SELECT username FROM users;").split())


@asynccontextmanager
async def locked_rows(postgres: BreakablePostgres) -> AsyncIterator[None]:
    """Lock the users against writes while the block runs."""
    session = await postgres.session()
    try:
        await session.execute("BEGIN; LOCK TABLE users IN EXCLUSIVE MODE")
        yield
    finally:
        await session.close()


async def waiting(postgres: BreakablePostgres, how_many: int) -> None:
    """Return when this number of requests is waiting for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    session = await postgres.session()
    try:

        async def all_wait() -> bool:
            return bool(await session.fetchval(waiting) == how_many)

        await eventually(all_wait)
    finally:
        await session.close()


SESSIONS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


CUT_ALL = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


async def cut_all(postgres: BreakablePostgres) -> int:
    """End all sessions of the service; return how many there were."""
    session = await postgres.session()
    try:
        cut = await session.fetch(f"SELECT pg_terminate_backend(pid, 5000) {SESSIONS}")
        return len(cut)
    finally:
        await session.close()


async def test_what_was_acknowledged_survives_a_killed_server_and_the_service_recovers(
    client: httpx.AsyncClient, postgres: BreakablePostgres
) -> None:
    answers: dict[str, httpx.Response] = {}
    statuses: Counter[int] = Counter()
    enough = asyncio.Event()

    async def one_client() -> None:
        while not enough.is_set():
            name = a_name()
            answers[name] = await register(client, name)
            statuses[answers[name].status_code] += 1

    async def more(status: int, how_many: int) -> None:
        goal = statuses[status] + how_many

        async def reached() -> bool:
            return statuses[status] >= goal

        await eventually(reached)

    postgres.run("CREATE TABLE halves (username text);")
    with trigger(postgres, "INSERT INTO halves VALUES (NEW.username)", "TRIGGER", "AFTER INSERT"):
        clients = [asyncio.create_task(one_client()) for _ in range(16)]
        await more(201, 50)
        await asyncio.to_thread(postgres.kill)
        await more(503, 50)
        await asyncio.to_thread(postgres.start)
        await more(201, 50)
        enough.set()
        await asyncio.gather(*clients)

    acknowledged = {name for name, answer in answers.items() if answer.status_code == 201}
    for name in answers.keys() - acknowledged:
        assert_unavailable(answers[name])
    kept = names_kept(postgres) & answers.keys()
    assert acknowledged <= kept
    assert set(postgres.run("SELECT username FROM halves;").split()) == kept


async def test_an_idle_connection_that_was_cut_costs_no_client_an_error(
    client: httpx.AsyncClient, ada: httpx.Headers, postgres: BreakablePostgres
) -> None:
    assert await connections_usable(client, ada, postgres) == POOL

    cut = await cut_all(postgres)
    answers = [await client.get("/users/me", headers=ada) for _ in range(20)]

    assert cut == POOL
    assert [answer.status_code for answer in answers] == [200] * 20


async def test_a_request_whose_connection_is_cut_is_told_to_come_back(
    client: httpx.AsyncClient, ada: httpx.Headers, postgres: BreakablePostgres
) -> None:
    async with locked_rows(postgres):
        request = asyncio.create_task(change_username(client, ada))
        await waiting(postgres, 1)
        cut = f"SELECT pg_terminate_backend(pid) {SESSIONS} AND wait_event_type = 'Lock'"
        postgres.run(cut)
        answer = await request
    again = await change_username(client, ada)

    assert_unavailable(answer)
    assert again.status_code == 200


async def test_who_finds_the_pool_exhausted_waits_a_moment_and_is_told_to_come_back(
    client: httpx.AsyncClient, ada: httpx.Headers, postgres: BreakablePostgres
) -> None:
    async with locked_rows(postgres):
        writers = [asyncio.create_task(change_username(client, ada)) for _ in range(POOL)]
        await waiting(postgres, POOL)
        started = time.monotonic()
        reader = await client.get("/users/me", headers=ada)
        waited = time.monotonic() - started
    written = [await writer for writer in writers]

    assert_unavailable(reader)
    assert waited >= POOL_TIMEOUT
    assert sorted(answer.status_code for answer in written) == [200, 409, 409, 409, 409]
    assert (await client.get("/users/me", headers=ada)).status_code == 200


async def test_a_statement_that_waits_too_long_for_a_lock_is_ended(
    client: httpx.AsyncClient, ada: httpx.Headers, postgres: BreakablePostgres
) -> None:
    async with locked_rows(postgres):
        answer = await change_username(client, ada)

    assert_unavailable(answer)
    assert (await change_username(client, ada)).status_code == 200


async def test_a_server_that_answers_nothing_is_given_up(
    client: httpx.AsyncClient, ada: httpx.Headers, postgres: BreakablePostgres
) -> None:
    with postgres.frozen():
        answers = await asyncio.gather(
            change_username(client, ada),
            client.get("/users/me", headers=ada),
            register(client, a_name()),
            client.get("/health/ready"),
            *(client.get("/users/me", headers=ada) for _ in range(2 * POOL)),
        )
    await eventually_ready(client)

    for answer in answers:
        assert_unavailable(answer)
    assert await connections_usable(client, ada, postgres) == POOL


async def test_a_read_only_database_still_serves_readers(
    client: httpx.AsyncClient, ada: httpx.Headers, postgres: BreakablePostgres
) -> None:
    postgres.run("ALTER SYSTEM SET default_transaction_read_only = on; SELECT pg_reload_conf();")

    read = await client.get("/users/me", headers=ada)
    written = await change_username(client, ada)
    postgres.run(
        "SET transaction_read_only = off; ALTER SYSTEM RESET default_transaction_read_only;"
        " SELECT pg_reload_conf();"
    )

    assert read.status_code == 200
    assert_unavailable(written)
    assert (await change_username(client, ada)).status_code == 200


async def test_what_cannot_be_committed_is_never_acknowledged(
    client: httpx.AsyncClient, ada: httpx.Headers, postgres: BreakablePostgres
) -> None:
    refused, cut = a_name(), a_name()

    with at_commit(postgres, "RAISE unique_violation"):
        conflict = await register(client, refused)
    with at_commit(postgres, "PERFORM pg_terminate_backend(pg_backend_pid())"):
        unavailable = await register(client, cut)

    assert (conflict.status_code, conflict.json()["code"]) == (409, "conflict")
    assert_unavailable(unavailable)
    assert names_kept(postgres).isdisjoint({refused, cut})
    assert (await register(client, cut)).status_code == 201


@contextmanager
def at_commit(postgres: BreakablePostgres, action: str) -> Iterator[None]:
    """Run this in the commit of each transaction that adds a user."""
    with trigger(
        postgres, action, "CONSTRAINT TRIGGER", "AFTER INSERT", "DEFERRABLE INITIALLY DEFERRED"
    ):
        yield


@contextmanager
def trigger(
    postgres: BreakablePostgres, action: str, kind: str, when: str, how: str = ""
) -> Iterator[None]:
    postgres.run(
        f"CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN {action}; RETURN NEW; END $$;"
        f"CREATE {kind} planted {when} ON users {how} FOR EACH ROW EXECUTE FUNCTION planted();"
    )
    try:
        yield
    finally:
        postgres.run("DROP FUNCTION planted() CASCADE;")


async def test_who_loses_a_deadlock_is_told_to_try_again(
    client: httpx.AsyncClient, postgres: BreakablePostgres
) -> None:
    name = a_name()
    postgres.run("ALTER ROLE postgres SET deadlock_timeout = '10ms';")
    await cut_all(postgres)  # the setting only applies to new sessions
    gate, rival = await postgres.session(), await postgres.session()
    await gate.execute("SELECT pg_advisory_lock(1)")
    await rival.execute("SET deadlock_timeout = '1min'; BEGIN; SELECT pg_advisory_xact_lock(2)")

    with trigger(
        postgres,
        "PERFORM pg_advisory_xact_lock(1), pg_advisory_xact_lock(2)",
        "TRIGGER",
        "AFTER INSERT",
    ):
        loser = asyncio.create_task(register(client, name))
        await waiting(postgres, 1)  # the loser, which has added the name, waits for the gate
        winner = asyncio.create_task(rival.execute(insert_user(name)))
        await waiting(postgres, 2)  # the rival waits for the name
        await gate.close()  # now the loser waits for the rival, too
        answer = await loser
        await winner
        await rival.execute("ROLLBACK")
        again = await register(client, name)
    await rival.close()
    postgres.run("ALTER ROLE postgres RESET deadlock_timeout;")

    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert again.status_code == 201


def insert_user(name: str) -> str:
    return (
        "INSERT INTO users SELECT gen_random_uuid(),"
        f" '{name}', '{name}@rival.org', '', false, true, now(), NULL, 1, 1"
    )


async def test_of_writers_who_have_read_the_same_state_one_wins(
    client: httpx.AsyncClient, ada: httpx.Headers, postgres: BreakablePostgres
) -> None:
    async with locked_rows(postgres):
        writers = [asyncio.create_task(change_username(client, ada)) for _ in range(POOL)]
        await waiting(postgres, POOL)
    answers = [await writer for writer in writers]
    me = (await client.get("/users/me", headers=ada)).json()

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    (winner,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert me == winner


async def test_a_request_whose_client_leaves_is_finished_and_its_connection_returned(
    running: Production,
    client: httpx.AsyncClient,
    ada: httpx.Headers,
    postgres: BreakablePostgres,
) -> None:
    earlier = len(running.lines("request"))
    before = (await client.get("/users/me", headers=ada)).json()

    async with locked_rows(postgres):
        requests = [asyncio.create_task(change_username(client, ada)) for _ in range(POOL)]
        await waiting(postgres, POOL)
        for request in requests:
            request.cancel()
    statuses = await statuses_logged(running, earlier, "/users/me/username", POOL)
    after = (await client.get("/users/me", headers=ada)).json()

    assert statuses == [200, 409, 409, 409, 409]
    assert after["username"] != before["username"]
    assert await connections_usable(client, ada, postgres) == POOL


async def test_a_client_that_leaves_in_the_middle_of_its_request_changes_nothing(
    running: Production, client: httpx.AsyncClient, postgres: BreakablePostgres
) -> None:
    earlier = len(running.lines("request"))
    name = a_name()
    body = json.dumps({"username": name, "email": f"{name}@example.org", "password": PASSWORD})
    head = f"POST /users HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"

    _, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(running.url).port)
    writer.write((head + body[:-1]).encode())
    await writer.drain()
    await client.get("/health/live")
    writer.close()

    assert await statuses_logged(running, earlier, "/users", 1) == [499]
    assert name not in names_kept(postgres)


async def statuses_logged(running: Production, earlier: int, path: str, how_many: int) -> list[int]:
    """Return the logged statuses of the latest requests to this path."""

    def ended() -> list[int]:
        lines = running.lines("request")[earlier:]
        return [int(str(line["status"])) for line in lines if line["path"] == path]

    async def all_ended() -> bool:
        return len(ended()) >= how_many

    await eventually(all_ended)
    return sorted(ended())


async def connections_usable(
    client: httpx.AsyncClient, who: httpx.Headers, postgres: BreakablePostgres
) -> int:
    """Return the number of connections that requests can use at the same time."""
    async with locked_rows(postgres):
        requests = [asyncio.create_task(change_username(client, who)) for _ in range(POOL)]
        await waiting(postgres, POOL)
    return len(await asyncio.gather(*requests))


async def test_a_service_that_starts_before_its_database_waits_for_it(
    service: Path, postgres: BreakablePostgres, tmp_path: Path
) -> None:
    postgres.kill()

    with production(service, postgres.url, tmp_path / "service.log", **LIMITS) as early:
        async with client_of(early) as client:
            live = await client.get("/health/live")
            ready = await client.get("/health/ready")
            refused = await register(client, a_name())
            postgres.start()
            await eventually_ready(client)
            accepted = await register(client, a_name())

    assert live.status_code == 200
    assert_unavailable(ready)
    assert_unavailable(refused)
    assert accepted.status_code == 201


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({"password": "of-yesterday"}, "the user and the password in DATABASE_URL"),
        ({"database": "of-nobody"}, "the name of the database in DATABASE_URL"),
        ({"host": "nowhere.invalid"}, "the host in DATABASE_URL"),
        ({"port": "1"}, "ConnectionRefusedError"),
        ({"query": "ssl=require"}, "rejected SSL upgrade"),
        ({"query": "target_session_attrs=standby"}, "target_session_attrs in DATABASE_URL"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
async def test_whatever_is_wrong_before_there_is_a_connection_is_unavailable_and_named_in_the_log(
    service: Path,
    postgres: BreakablePostgres,
    tmp_path: Path,
    wrong: dict[str, str],
    remedy: str,
) -> None:
    url = address(postgres.url, **wrong)

    with production(service, url, tmp_path / "service.log", **LIMITS) as running:
        async with client_of(running) as client:
            live = await client.get("/health/live")
            ready = await client.get("/health/ready")
            refused = await register(client, a_name())
    causes = [str(line["cause"]) for line in running.lines("app error")]

    assert live.status_code == 200
    assert_unavailable(ready)
    assert_unavailable(refused)
    assert all(remedy in cause for cause in causes), causes
    assert url not in running.log.read_text()


def address(url: str, **different: str) -> str:
    """Return the address of a database with some parts replaced."""
    parts = urlsplit(url)
    host, port = str(parts.hostname), str(parts.port)
    login = f"{parts.username}:{different.get('password', parts.password)}"
    server = f"{different.get('host', host)}:{different.get('port', port)}"
    path = f"/{different['database']}" if "database" in different else parts.path
    return urlunsplit((parts.scheme, f"{login}@{server}", path, different.get("query", ""), ""))


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("ALTER DATABASE {} ALLOW_CONNECTIONS false", "ALTER DATABASE {} ALLOW_CONNECTIONS true"),
        ("ALTER DATABASE {} RENAME TO elsewhere", "ALTER DATABASE elsewhere RENAME TO {}"),
        ("ALTER ROLE clerk PASSWORD 'new'", "ALTER ROLE clerk PASSWORD 'old'"),
        ("ALTER ROLE clerk CONNECTION LIMIT 0", "ALTER ROLE clerk CONNECTION LIMIT -1"),
        ("ALTER ROLE clerk NOLOGIN", "ALTER ROLE clerk LOGIN"),
    ],
    ids=["closed", "renamed", "password", "full", "no-login"],
)
async def test_a_service_that_is_refused_for_a_while_goes_on_by_itself(
    service: Path, postgres: BreakablePostgres, tmp_path: Path, broken: str, mended: str
) -> None:
    parts = urlsplit(postgres.url)
    server = parts.netloc.rpartition("@")[2]
    url = parts._replace(netloc=f"clerk:old@{server}").geturl()
    postgres.run(
        "DROP ROLE IF EXISTS clerk; CREATE ROLE clerk LOGIN PASSWORD 'old';"
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO clerk;"
    )

    def as_owner(command: str) -> None:
        postgres.server.psql("postgres", f"{CUT_ALL}; {command};")

    with production(service, url, tmp_path / "service.log", **LIMITS) as running:
        async with client_of(running) as client:
            before = await register(client, a_name())
            await asyncio.to_thread(as_owner, broken.format(DATABASE))
            meanwhile = await register(client, a_name())
            await asyncio.to_thread(as_owner, mended.format(DATABASE))
            after = await register(client, a_name())
    postgres.run("DROP OWNED BY clerk; DROP ROLE clerk;")

    assert before.status_code == 201
    assert_unavailable(meanwhile)
    assert after.status_code == 201


async def test_a_service_waits_until_a_standby_has_become_the_primary(
    service: Path, postgres: BreakablePostgres, tmp_path: Path
) -> None:
    postgres.kill()
    postgres.make_standby()
    postgres.start()

    url = address(postgres.url, query="target_session_attrs=primary")
    with (
        production(service, url, tmp_path / "primary.log", **LIMITS) as picky,
        production(service, postgres.url, tmp_path / "any.log", **LIMITS) as content,
    ):
        async with client_of(picky) as client, client_of(content) as other:
            refused = [
                await register(client, a_name()),
                await register(other, a_name()),
                await log_in(other),
            ]
            postgres.run("SELECT pg_promote();")
            accepted = [
                await register(client, a_name()),
                await register(other, a_name()),
                await log_in(other),
            ]

    for answer in refused:
        assert_unavailable(answer)
    assert [answer.status_code for answer in accepted] == [201, 201, 401]


async def log_in(client: httpx.AsyncClient) -> httpx.Response:
    form = {"grant_type": "password", "username": "nobody", "password": PASSWORD}
    return await client.post("/auth/token", data=form)


async def test_a_service_that_is_stopped_finishes_what_it_has_begun(
    service: Path, postgres: BreakablePostgres, tmp_path: Path
) -> None:
    with production(service, postgres.url, tmp_path / "service.log", **LIMITS) as running:
        async with client_of(running) as client:
            ada = await a_member(client)
            async with locked_rows(postgres):
                request = asyncio.create_task(change_username(client, ada))
                await waiting(postgres, 1)
                running.process.terminate()
                await eventually_stopping(running)
                with pytest.raises(httpx.ConnectError):
                    await client.get("/health/live")
            answer = await request
        code = await asyncio.to_thread(running.process.wait, PATIENCE)

    assert answer.status_code == 200
    assert answer.headers["connection"] == "close"
    assert code == -signal.SIGTERM


async def eventually_stopping(running: Production) -> None:
    async def stopping() -> bool:
        return running.lines("Shutting down") != []

    await eventually(stopping)


async def test_a_request_that_never_ends_does_not_keep_a_service_from_stopping(
    service: Path, postgres: BreakablePostgres, tmp_path: Path
) -> None:
    log = tmp_path / "service.log"
    endless = LIMITS | {"DATABASE_STATEMENT_TIMEOUT": "600"}
    grace = ["--timeout-graceful-shutdown", "1"]
    with production(service, postgres.url, log, *grace, **endless) as running:
        async with client_of(running) as client:
            ada = await a_member(client)
            before = (await client.get("/users/me", headers=ada)).json()
            async with locked_rows(postgres):
                request = asyncio.create_task(change_username(client, ada))
                await waiting(postgres, 1)
                running.process.terminate()
                answer = await request
                code = await asyncio.to_thread(running.process.wait, PATIENCE)
                await waiting(postgres, 0)  # the database has ended the statement, too
    after = postgres.run("SELECT username FROM users;").split()

    assert_unavailable(answer)
    assert code == -signal.SIGTERM
    assert before["username"] in after


async def test_of_200_who_register_the_same_name_at_once_one_gets_it(
    service: Path, postgres: BreakablePostgres, tmp_path: Path
) -> None:
    name = a_name()
    log = tmp_path / "service.log"
    many = LIMITS | {"DATABASE_POOL_TIMEOUT": str(PATIENCE)}
    with production(service, postgres.url, log, "--workers", "2", **many) as running:
        async with client_of(running, patience=PATIENCE) as client:
            answers = await asyncio.gather(*(register(client, name) for _ in range(200)))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 199}
    assert postgres.run("SELECT username FROM users;").split().count(name) == 1


async def test_a_long_life_leaks_neither_connections_nor_memory(
    service: Path, postgres: BreakablePostgres, tmp_path: Path
) -> None:
    with production(service, postgres.url, tmp_path / "service.log", **SOAK_SETTINGS) as running:
        done = await soak(running, postgres, 3000)

    assert done.surprises == {}
    assert done.unavailable <= done.cut
    assert done.sessions == (POOL, POOL)
    assert done.busy == 0
    assert done.growth < MOST_GROWTH
