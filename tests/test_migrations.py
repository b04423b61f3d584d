"""Migrations as owners and platforms run them: under traffic, with rollbacks, and merged."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import MakeService, Service, owners_environment
from tests.production import (
    PATIENCE,
    BreakablePostgres,
    breakable_postgres,
    eventually,
    production,
)

pytestmark = pytest.mark.anyio  # its pytest plugin comes with httpx

MODELS = "src/infrastructure/persistence/identity/models/user.py"
COLUMN = "    is_admin: Mapped[bool]\n"
ADA = {"username": "ada", "email": "ada@example.org", "password": "correct horse battery"}
TRIES = 3
OF_THE_TEMPLATE = [
    "0001_create_users",
    "0002_constrain_users",
    "0003_validate_users",
    "0004_add_roles",
]


@pytest.fixture(scope="module")
def service(make_service: MakeService) -> Service:
    """A service with two versions: the branch `newer` has an additional migration."""
    service = make_service(author="Those who migrate")
    service.run("git", "branch", "--force", "older")
    service.run("git", "switch", "--quiet", "-C", "newer")
    add_column(service, "nickname")
    service.run("git", "add", "--all")
    service.run("git", "commit", "--quiet", "--message", "Add nicknames")
    return service


def add_column(service: Service, name: str, **settings: str) -> None:
    models = service.path / MODELS
    column = f"    {name}: Mapped[str | None] = mapped_column(String(40))\n"
    models.write_text(models.read_text().replace(COLUMN, COLUMN + column))
    service.run("uv", "run", "just", "revision", f"add {name}", **settings)


@contextmanager
def version(service: Service, branch: str) -> Iterator[None]:
    """Check one version out, and undo all changes afterwards."""
    service.run("git", "switch", "--quiet", branch)
    try:
        yield
    finally:
        service.run("git", "reset", "--quiet", "--hard")
        service.run("git", "clean", "--quiet", "-d", "--force", "migrations")


@pytest.fixture
def postgres() -> Iterator[BreakablePostgres]:
    with breakable_postgres() as postgres:
        yield postgres


def upgrade(
    service: Service, postgres: BreakablePostgres, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run the migration step of compose and Kubernetes.

    It leaves no bytecode: Python would take that of a version for that of the next one, if their files have
    the same size and were written in the same second.
    """
    alembic = str(service.path / ".venv/bin/alembic")
    environment = {"DATABASE_URL": postgres.url, "PYTHONDONTWRITEBYTECODE": "1", **settings}
    return service.try_to(alembic, "upgrade", "head", **environment)


def applied_to(postgres: BreakablePostgres) -> list[str]:
    return postgres.run("SELECT name FROM applied_migrations ORDER BY name;").split()


def test_a_migration_is_numbered_and_tells_the_service_of_itself(service: Service) -> None:
    with version(service, "newer"):
        written = service.path / "migrations/versions/0005_add_nickname.py"
        head = service.path / "src/infrastructure/persistence/head.py"

        assert written.read_text().startswith('"""Add nickname."""\n')
        assert "###" not in written.read_text()
        assert 'HEAD = "0005_add_nickname"' in head.read_text()
        for check in ("lint", "types", "migrations"):
            service.run("uv", "run", "just", check)


def test_a_migration_that_would_do_nothing_is_not_written(service: Service) -> None:
    with version(service, "newer"):
        said = service.run("uv", "run", "just", "revision", "add nothing")

        assert "Nothing was written" in said
        assert service.run("git", "status", "--porcelain") == ""


def test_a_migration_of_ones_own_gets_the_next_number(service: Service) -> None:
    alembic = ("uv", "run", "python", "-m", "dev.run", "alembic")
    with version(service, "newer"):
        service.run(*alembic, "revision", "-m", r'fill in "every" \name')

        (written,) = (service.path / "migrations/versions").glob("0006_*.py")
        assert written.name == "0006_fill_in_every_name.py"
        assert r'"""Fill in "every" \\name."""' in written.read_text()
        service.run("uv", "run", "just", "lint", "types")


def test_a_migration_must_say_what_it_does(service: Service) -> None:
    with version(service, "newer"):
        ended = service.try_to("uv", "run", "just", "revision", " ... ")

        assert ended.returncode != 0
        assert 'FAILED: Say what the migration does: just revision "add orders"' in ended.stdout
        assert "Traceback" not in ended.stdout


def test_two_branches_that_add_a_migration_each_meet_when_they_are_merged(
    service: Service, postgres: BreakablePostgres
) -> None:
    with version(service, "older"):
        service.run("git", "switch", "--quiet", "-C", "rival")
        add_column(service, "hobby", DATABASE_URL=postgres.url)
        service.run("git", "add", "--all")
        service.run("git", "commit", "--quiet", "--message", "Add hobbies")

        merged = service.try_to("git", "merge", "newer")
        service.run("git", "checkout", "--quiet", "--theirs", ".")
        ended = service.try_to("uv", "run", "just", "migrate", DATABASE_URL=postgres.url)

    assert "Merge conflict in src/infrastructure/persistence/head.py" in merged.stdout
    assert ended.returncode != 0
    both = "0005_add_hobby.py and 0005_add_nickname.py are both migration 0005. Let one come after"
    assert both in ended.stdout
    assert "Traceback" not in ended.stdout


def test_a_migration_is_not_written_against_the_database_of_another_branch(
    service: Service,
) -> None:
    with version(service, "older"):  # its database has the newer migration
        ended = service.try_to("uv", "run", "just", "revision", "add hobby")

    assert ended.returncode != 0
    assert "FAILED: The database is at 0005, which is newer than these migrations." in ended.stdout
    assert "or begin with a new database" in ended.stdout


def test_a_version_that_is_rolled_back_finds_its_database_up_to_date(
    service: Service, postgres: BreakablePostgres
) -> None:
    with version(service, "newer"):
        assert upgrade(service, postgres).returncode == 0
    with version(service, "older"):
        ended = upgrade(service, postgres)

    assert ended.returncode == 0
    assert ended.stdout.strip() == (
        "The database is at 0005, which is newer than these migrations."
        " It has had all of them: there is nothing to do."
    )


def test_a_database_of_another_service_is_refused_though_its_numbers_are_the_same(
    service: Service, postgres: BreakablePostgres, make_service: MakeService
) -> None:
    other = make_service(authentication="none")
    assert upgrade(other, postgres).returncode == 0

    with version(service, "newer"):
        ended = upgrade(service, postgres)

    assert ended.returncode != 0
    assert "it has never had 0001_create_users" in ended.stdout
    assert "Traceback" not in ended.stdout
    assert postgres.run("SELECT name FROM applied_migrations;") == "0001_start"


def test_what_the_migrations_do_can_be_read_and_run_by_somebody_else(
    service: Service, postgres: BreakablePostgres
) -> None:
    alembic = str(service.path / ".venv/bin/alembic")
    with version(service, "newer"):
        first = subprocess.run(
            [alembic, "upgrade", "0001", "--sql"],
            **bare_environment(service),
        )
        rest = subprocess.run(
            [alembic, "upgrade", "0001:head", "--sql"],
            **bare_environment(service),
        )
        back = subprocess.run(
            [alembic, "downgrade", "0005:0001", "--sql"],
            **bare_environment(service),
        )
        for script in (first, rest, back, rest):
            postgres.run(script.stdout)
        after = upgrade(service, postgres)
        check = service.try_to(alembic, "check", DATABASE_URL=postgres.url)

    assert "BEGIN;\n\nSET LOCAL lock_timeout = '2000ms';" in rest.stdout
    assert (after.returncode, after.stdout) == (0, "")
    assert "No new upgrade operations" in check.stdout
    assert applied_to(postgres) == [
        *OF_THE_TEMPLATE,
        "0005_add_nickname",
    ]


def bare_environment(service: Service) -> Any:
    """An environment without a database and without settings."""
    return {
        "cwd": service.path,
        "env": {"PATH": os.environ["PATH"]},
        "stdout": subprocess.PIPE,
        "text": True,
        "check": True,
    }


# The constraints of users


BAD_USERS = (
    "UPDATE users SET username = 'Ada' WHERE username = 'ada'",
    "UPDATE users SET email = 'nowhere' WHERE username = 'ada'",
)


@pytest.mark.parametrize("spoil", BAD_USERS)
def test_users_that_the_domain_would_refuse_are_counted_before_anything_is_changed(
    service: Service, postgres: BreakablePostgres, spoil: str
) -> None:
    with version(service, "older"):
        first = [str(service.path / ".venv/bin/alembic"), "upgrade", "0001"]
        service.run(*first, DATABASE_URL=postgres.url)
        for name in ("ada", "bob"):
            postgres.run(insert_user(name))
        postgres.run(spoil)

        refused = upgrade(service, postgres)
        listed = re.findall(r"To list them: (.*)", refused.stdout)
        before = applied_to(postgres)
        found = postgres.run(listed[0]).splitlines()
        postgres.run("DELETE FROM users WHERE username <> 'bob'")
        ended = upgrade(service, postgres)

    said = "FAILED: Users whose name or e-mail address the service would refuse today: 1."
    assert refused.returncode != 0
    assert said in refused.stdout
    assert "Traceback" not in refused.stdout
    assert before == OF_THE_TEMPLATE[:1]
    assert len(found) == 1
    assert "bob" not in found[0]
    assert (ended.returncode, applied_to(postgres)) == (0, OF_THE_TEMPLATE)


def insert_user(name: str) -> str:
    return (
        "INSERT INTO users SELECT gen_random_uuid(),"
        f" '{name}', '{name}@example.org', '', false, true, now(), NULL, 1, 1"
    )


# Under traffic


async def test_reads_go_on_while_a_migration_waits_for_a_long_reader(
    service: Service,
    postgres: BreakablePostgres,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    with version(service, "older"):
        assert upgrade(service, postgres).returncode == 0
        with production(service.path, postgres.url, tmp_path / "service.log") as running:
            async with httpx.AsyncClient(base_url=running.url, timeout=PATIENCE) as client:
                ada = await a_member(client)
                reader = await postgres.session()
                await reader.execute("BEGIN; SELECT count(*) FROM users")
                service.run("git", "switch", "--quiet", "newer")
                async with reading(client, ada) as reads:
                    migration = await start_migration(service, postgres, lock_timeout=0.3)
                    tries = await tries_of(migration, TRIES)
                    before = len(reads)
                    await reader.close()
                    output, _ = await migration.communicate()
                    await more_than(reads, before + 20)
                ready = await client.get("/health/ready")

    assert migration.returncode == 0, output
    assert Counter(status for status, _ in reads) == {200: len(reads)}
    assert before > 0
    assert len(tries) == TRIES
    assert ready.status_code == 200  # the tables are newer than the code
    longest = max(wait for _, wait in reads)
    record_property(
        f"reads while a migration tried {TRIES + 1} times",
        f"{len(reads)}, none failed, the longest took {longest * 1000:.0f} ms",
    )


async def a_member(client: httpx.AsyncClient) -> httpx.Headers:
    (await client.post("/users", json=ADA)).raise_for_status()
    form = {"grant_type": "password", "username": ADA["username"], "password": ADA["password"]}
    token = (await client.post("/auth/token", data=form)).raise_for_status().json()
    return httpx.Headers({"Authorization": f"Bearer {token['access_token']}"})


@asynccontextmanager
async def reading(
    client: httpx.AsyncClient, who: httpx.Headers
) -> AsyncIterator[list[tuple[int, float]]]:
    """Read continuously with four clients; collect the status and the duration of each read."""
    reads: list[tuple[int, float]] = []
    enough = asyncio.Event()

    async def one_client() -> None:
        while not enough.is_set():
            started = time.monotonic()
            answer = await client.get("/users/me", headers=who)
            reads.append((answer.status_code, time.monotonic() - started))
            await asyncio.sleep(0.01)

    clients = [asyncio.create_task(one_client()) for _ in range(4)]
    yield reads
    enough.set()
    await asyncio.gather(*clients)


async def more_than(reads: list[tuple[int, float]], how_many: int) -> None:
    async def enough() -> bool:
        return len(reads) > how_many

    await eventually(enough)


async def start_migration(
    service: Service, postgres: BreakablePostgres, *, lock_timeout: float
) -> asyncio.subprocess.Process:
    settings = {
        "DATABASE_URL": postgres.url,
        "MIGRATION_LOCK_TIMEOUT": str(lock_timeout),
        "PYTHONUNBUFFERED": "1",
    }
    return await asyncio.create_subprocess_exec(
        str(service.path / ".venv/bin/alembic"),
        *("upgrade", "head"),
        cwd=service.path,
        env=owners_environment() | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def tries_of(migration: asyncio.subprocess.Process, how_many: int) -> list[bytes]:
    """Return the messages about failed attempts."""
    assert migration.stdout
    async with asyncio.timeout(PATIENCE):
        said = [await migration.stdout.readline() for _ in range(how_many)]
    return [line for line in said if b"got no lock in time" in line]


async def test_a_migration_that_gets_no_lock_in_all_its_time_says_who_may_have_it(
    service: Service, postgres: BreakablePostgres
) -> None:
    with version(service, "older"):
        assert upgrade(service, postgres).returncode == 0
    reader = await postgres.session()
    await reader.execute("BEGIN; SELECT count(*) FROM users")
    impatient = {"MIGRATION_LOCK_TIMEOUT": "0.05", "MIGRATION_PATIENCE": "0.5"}

    with version(service, "newer"):
        ended = await asyncio.to_thread(upgrade, service, postgres, **impatient)
    await reader.close()

    assert ended.returncode != 0
    assert "FAILED: No lock in 0.5 seconds, so this was rolled back: ALTER TABLE users ADD" in (
        ended.stdout
    )
    assert "FROM pg_stat_activity" in ended.stdout
    assert "Traceback" not in ended.stdout
    assert applied_to(postgres) == OF_THE_TEMPLATE


CONCURRENTLY = """
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_users_nickname",
            "users",
            ["nickname"],
            if_not_exists=True,
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("ix_users_nickname", "users")
"""


async def test_an_index_that_is_made_beside_the_traffic_may_wait_as_long_as_it_takes(
    service: Service, postgres: BreakablePostgres
) -> None:
    with version(service, "newer"):
        assert upgrade(service, postgres).returncode == 0
        (service.path / "migrations/versions/0006_index.py").write_text(CONCURRENTLY)
        writer = await postgres.session()
        await writer.execute("BEGIN; LOCK TABLE users IN ROW EXCLUSIVE MODE")

        migration = await start_migration(service, postgres, lock_timeout=0.05)
        await index_waits(postgres)
        await asyncio.sleep(0.2)  # longer than a migration waits for a lock
        await writer.close()
        output, _ = await migration.communicate()

    assert (migration.returncode, output) == (0, b"")
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_users_nickname'::regclass;"
    assert postgres.run(valid) == "t"


async def index_waits(postgres: BreakablePostgres) -> None:
    session = await postgres.session()
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"

    async def waits() -> bool:
        return bool(await session.fetchval(waiting))

    await eventually(waits)
    await session.close()


def test_a_service_is_not_ready_before_its_tables_are_as_new_as_its_code(
    service: Service, postgres: BreakablePostgres, tmp_path: Path
) -> None:
    with version(service, "older"):
        assert upgrade(service, postgres).returncode == 0
    with (
        version(service, "newer"),
        production(service.path, postgres.url, tmp_path / "service.log") as running,
    ):
        early = httpx.get(f"{running.url}/health/ready")
        assert upgrade(service, postgres).returncode == 0
        in_time = httpx.get(f"{running.url}/health/ready")

    assert (early.status_code, early.json()["code"]) == (503, "unavailable")
    assert in_time.status_code == 200
    (said,) = running.lines("app error")
    assert "they have had 0004_add_roles, and it needs 0005_add_nickname" in str(said["cause"])


# Linting with squawk

MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    {statements}


def downgrade() -> None: ...
"""
REFUSED = """
    op.drop_column("users", "nickname")
    op.create_index(
        "ix_nickname",
        "users",
        ["nickname"],
    )
    op.alter_column("users", "nickname", nullable=False)
    op.execute("ALTER TABLE users RENAME nickname TO nick")
    # squawk-ignore: ban-drop-table
    op.drop_table("users")
    # squawk-ignore: ban-drop-table - it is empty
    op.execute("SELECT 1")
"""
ACCEPTED = """
    op.drop_column("users", "nickname")  # squawk-ignore: ban-drop-column - it is empty
    # Nobody has read it since 0001.
    # squawk-ignore: ban-drop-column, renaming-column - it is empty
    op.execute("ALTER TABLE users DROP is_admin; ALTER TABLE users RENAME version TO v")
    op.add_column("users", sa.Column("age", sa.Integer()))
    op.create_table("hobbies", sa.Column("user", sa.Uuid(), sa.ForeignKey("users.id")))
    op.create_index("ix_hobbies_user", "hobbies", ["user"])
    with op.get_context().autocommit_block():
        op.create_index("ix_age", "users", ["age"], postgresql_concurrently=True)
"""


def test_a_migration_that_would_stop_a_service_is_refused_by_its_line(service: Service) -> None:
    with version(service, "newer"):
        file = service.path / "migrations/versions/0006_x.py"
        file.write_text(MIGRATION.format(statements=REFUSED.strip()))

        ended = service.try_to("uv", "run", "just", "migrations")

    found = re.findall(r"^migrations/versions/0006_x.py:(\d+): ([\w-]+): ", ended.stdout, re.M)
    assert ended.returncode != 0
    assert found == [
        ("10", "ban-drop-column"),
        ("11", "require-concurrent-index-creation"),
        ("16", "adding-not-nullable-field"),
        ("17", "renaming-column"),
        ("19", "ban-drop-table"),  # an exception needs a reason
        ("21", "ban-drop-table"),  # and must be necessary
    ]


def test_a_migration_that_stops_nobody_or_says_why_is_accepted(service: Service) -> None:
    with version(service, "newer"):
        file = service.path / "migrations/versions/0006_x.py"
        file.write_text(MIGRATION.format(statements=ACCEPTED.strip()))

        service.run("uv", "run", "just", "migrations")
