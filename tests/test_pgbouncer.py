"""A service behind a real PgBouncer in transaction mode, with far fewer connections."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from dev.postgres import LocalPostgres

from tests import debian
from tests.conftest import owners_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import MakeService, Service

PATIENCE = 30  # seconds
SERVER_CONNECTIONS = 3
PASSWORD = "correct horse battery"

# Behind a pooler, the service shares sessions and their prepared statements with others.
DIRECT = [
    "test_connections.py",
    "test_database.py::test_behind_a_pooler_the_driver_cancels_slow_statements",
    "test_errors.py::test_a_server_that_is_of_no_use_is_unavailable_and_left_by_the_whole_pool",
    "test_errors.py::test_an_idle_connection_that_the_server_has_cut_is_replaced",
    "test_errors.py::test_a_statement_prepared_before_a_migration_is_unavailable_once",
    "test_queries.py::test_a_server_that_only_reads_is_left_by_the_whole_pool",
    "test_queries.py::test_a_query_that_takes_too_long_is_ended",
    "test_queries.py::test_a_cancelled_query_is_ended_on_the_server_and_its_connection_closed",
    "test_queries.py::test_an_idle_connection_that_the_server_has_cut_is_replaced",
    "test_queries.py::test_silence_is_unavailable_and_the_server_is_left",
]


@dataclass(frozen=True)
class Pooled:
    """A new database, and its addresses, directly and through the pooler."""

    direct: str
    url: str


@pytest.fixture(scope="module")
def postgres() -> Iterator[LocalPostgres]:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # unlike pytest's folders, because root's server runs as `nobody`
        with LocalPostgres(Path(folder) / "postgres", durable=False).running() as server:
            yield server


@contextmanager
def pgbouncer(server: LocalPostgres, *settings: str) -> Iterator[int]:
    """Run PgBouncer in front of the server, and yield its port."""
    debian.need(pgbouncer="pgbouncer")
    login = urlsplit(server.url(""))
    port = free_port()
    with TemporaryDirectory() as home:
        folder = Path(home)
        (folder / "users.txt").write_text(f'"{login.username}" "{login.password}"\n')
        (folder / "pgbouncer.ini").write_text(
            f"""
            [databases]
            * = host=127.0.0.1 port={login.port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {folder}/users.txt
            pool_mode = transaction
            default_pool_size = {SERVER_CONNECTIONS}
            max_client_conn = 200
            """.replace("    ", "")
            + "\n".join(settings)
        )
        account = None
        if os.geteuid() == 0:  # PgBouncer does not run as root
            account = pwd.getpwnam("nobody").pw_uid
            for path in (folder, *folder.iterdir()):
                os.chown(path, account, -1)
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [str(shutil.which("pgbouncer", path=debian.SBIN)), str(folder / "pgbouncer.ini")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=account,
            )
        try:
            wait_for_port(port, process, folder / "log")
            yield port
        finally:
            process.terminate()
            process.wait(PATIENCE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    pytest.fail(f"nothing listens on port {port}:\n{log.read_text()}")


@contextmanager
def served(service: Service, log: Path, url: str, **settings: str) -> Iterator[httpx.Client]:
    """Run the service as its image does, and yield a client."""
    port = free_port()
    serve = ["uvicorn", "--factory", "presentation.app:create_app", "--port", str(port)]
    serve += ["--http", "presentation.protocol:HttpProtocol"]
    required = {"DATABASE_URL": url, "JWT_SECRET": "only for these tests, and long enough"}
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(service.path / ".venv/bin/python"), "-m", *serve],
            cwd=service.path,
            env=owners_environment() | required | settings,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for_port(port, process, log)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
            yield client
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture
def empty(postgres: LocalPostgres) -> Iterator[Pooled]:
    """A database without tables, behind PgBouncer as its package configures it."""
    with pooled_database(postgres) as database:
        yield database


@contextmanager
def pooled_database(postgres: LocalPostgres, *settings: str) -> Iterator[Pooled]:
    with pgbouncer(postgres, *settings) as port:
        postgres.create_database("pooled")
        direct = postgres.url("pooled")
        yield Pooled(direct, direct.replace(f":{postgres.port}/", f":{port}/"))
    postgres.drop_database("pooled")


def migrate(service: Service, database: Pooled) -> None:
    service.run("uv", "run", "alembic", "upgrade", "head", DATABASE_URL=database.url)


async def connect(database: Pooled) -> asyncpg.Connection:
    return await asyncpg.connect(database.direct.replace("+asyncpg", ""))


async def visit(client: httpx.AsyncClient, number: int) -> list[int]:
    """Register, log in, and read and change the account; return the status codes."""
    name = f"visitor{number}"
    user = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
    form = {"grant_type": "password", "username": name, "password": PASSWORD}
    answers = [await client.post("/users", json=user), await client.post("/auth/token", data=form)]
    if answers[-1].status_code == 200:
        client.headers["Authorization"] = f"Bearer {answers[-1].json()['access_token']}"
    answers += [await client.get("/users/me") for _ in range(5)]
    return [answer.status_code for answer in answers]


async def visit_together(url: httpx.URL, visitors: int) -> list[list[int]]:
    async with asyncio.timeout(PATIENCE):
        clients = [httpx.AsyncClient(base_url=url, timeout=PATIENCE) for _ in range(visitors)]
        try:
            return await asyncio.gather(*(visit(c, n) for n, c in enumerate(clients)))
        finally:
            await asyncio.gather(*(client.aclose() for client in clients))


FINE = [201, 200, 200, 200, 200, 200, 200]


@pytest.mark.scheduled("clients are served behind the pooler in every run")
def test_its_own_tests_pass_behind_the_pooler(make_service: MakeService, empty: Pooled) -> None:
    output = make_service().run(
        "uv",
        "run",
        "pytest",
        "tests/integration",
        *(f"--deselect=tests/integration/persistence/{name}" for name in DIRECT),
        TEST_DATABASE_URL=empty.url,
        DATABASE_TRANSACTION_POOLER="true",
    )

    assert " passed" in output
    assert "skipped" not in output


def test_many_clients_share_the_few_connections_of_the_pooler(
    make_service: MakeService, empty: Pooled, tmp_path: Path
) -> None:
    service = make_service()
    migrate(service, empty)

    with served(service, tmp_path / "log", empty.url, DATABASE_TRANSACTION_POOLER="true") as client:
        answers = asyncio.run(visit_together(client.base_url, visitors=20))

    assert answers == [FINE] * 20


def test_without_the_setting_the_pooler_refuses_the_service(
    make_service: MakeService, empty: Pooled, tmp_path: Path
) -> None:
    service = make_service()
    migrate(service, empty)

    with served(service, tmp_path / "log", empty.url) as client:
        assert client.get("/health/ready").status_code == 503

    assert "ProtocolViolation" in (tmp_path / "log").read_text()


def test_without_the_setting_a_pooler_that_refuses_nothing_mixes_statements_up(
    make_service: MakeService, postgres: LocalPostgres, tmp_path: Path
) -> None:
    service = make_service()

    with pooled_database(
        postgres,
        "ignore_startup_parameters = statement_timeout,idle_in_transaction_session_timeout",
    ) as database:
        migrate(service, database)
        with served(service, tmp_path / "log", database.url) as client:
            answers = asyncio.run(visit_together(client.base_url, visitors=20))

    assert answers != [FINE] * 20
    assert "SQLSTATE 26000" in (tmp_path / "log").read_text()  # no such prepared statement


def test_the_limit_on_statements_holds_behind_the_pooler(
    make_service: MakeService, empty: Pooled, tmp_path: Path
) -> None:
    service = make_service()
    migrate(service, empty)
    settings = {"DATABASE_TRANSACTION_POOLER": "true", "DATABASE_STATEMENT_TIMEOUT": "0.5"}

    with served(service, tmp_path / "log", empty.url, **settings) as client:
        refused = asyncio.run(log_in_while_the_users_are_locked(client, empty))
        answered = log_in(client)

    assert refused.status_code == 503
    assert "Retry-After" in refused.headers
    assert answered.status_code == 401


def log_in(client: httpx.Client) -> httpx.Response:
    form = {"grant_type": "password", "username": "nobody", "password": PASSWORD}
    return client.post("/auth/token", data=form)


async def log_in_while_the_users_are_locked(
    client: httpx.Client, database: Pooled
) -> httpx.Response:
    """Log in, and return the response when the server has finished all its work."""
    locking, watching = await connect(database), await connect(database)
    waiting = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
    """
    try:
        async with asyncio.timeout(PATIENCE), locking.transaction():
            await locking.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
            answer = asyncio.create_task(asyncio.to_thread(log_in, client))
            for is_waiting in (True, False):
                while bool(await watching.fetchval(waiting)) is not is_waiting:  # noqa: ASYNC110 - PostgreSQL has no event for it
                    await asyncio.sleep(0.02)
            return await answer
    finally:
        await locking.close()
        await watching.close()
