"""A rendered service as in production, with a PostgreSQL that tests can break."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import asyncpg
import httpx
from dev.postgres import LocalPostgres

from tests.conftest import ROOT, owners_environment

DATABASE = "service"
PATIENCE = 30  # seconds for quick operations, on a machine with other load


class BreakablePostgres:
    """A server that commits durably, keeps its port, and can be killed, frozen and started again."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._port = free_port()
        self._users = ExitStack()
        self.server = self.start()
        self.server.create_database(DATABASE)
        self.url = self.server.url(DATABASE)

    def start(self) -> LocalPostgres:
        with mock.patch("dev.postgres._free_port", return_value=str(self._port)):
            return self._users.enter_context(LocalPostgres(self._home).running())

    def kill(self) -> None:
        """End the server and all its sessions at once, as when the machine loses power."""
        processes = self.signal(signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while any(map(_is_running, processes)) and time.monotonic() < deadline:
            time.sleep(0.01)

    def make_standby(self) -> None:
        """Make it a standby of a primary that does not exist, until it is promoted."""
        signal_file = self._home / "data/standby.signal"
        signal_file.touch()
        signal_file.chmod(0o666)  # as root, PostgreSQL runs as `nobody`

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it neither respond nor refuse, as if the machine were cut off from the network."""
        self.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(signal.SIGCONT)

    def signal(self, number: signal.Signals) -> list[int]:
        postmaster = int((self._home / "data/postmaster.pid").read_text().split()[0])
        processes = [postmaster, *children_of(postmaster)]
        for process in processes:
            os.kill(process, number)
        return processes

    def run(self, script: str) -> str:
        return self.server.psql(DATABASE, script)

    async def session(self) -> asyncpg.Connection[asyncpg.Record]:
        return await asyncpg.connect(self.url.replace("+asyncpg", ""))

    def close(self) -> None:
        self._users.close()


@contextmanager
def breakable_postgres() -> Iterator[BreakablePostgres]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # as root, PostgreSQL runs as `nobody`
        postgres = BreakablePostgres(Path(folder) / "postgres")
        try:
            yield postgres
        finally:
            postgres.close()


@dataclass(frozen=True)
class Production:
    """A running service."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def lines(self, event: str) -> list[dict[str, object]]:
        """Return the log lines of this kind."""
        logged = [json.loads(line) for line in self.log.read_text().splitlines() if line[:1] == "{"]
        return [line for line in logged if line["event"] == event]

    def memory_mib(self) -> float:
        """Return the proportional memory (PSS) of the service, with one worker."""
        lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def render_service(folder: Path, *options: str) -> Path:
    """Render the committed template into a folder and install the service; return the folder."""
    copy = ["copier", "copy", "-q", "--trust", "--defaults", "--vcs-ref=HEAD", *options]
    for command in (
        [*copy, str(ROOT), str(folder)],
        ["uv", "sync", "--quiet", "--directory", str(folder)],
    ):
        subprocess.run(command, check=True, env=owners_environment())
    return folder


def production_command(service: Path, port: int) -> list[str]:
    """Return the command of the image, with a port of this machine."""
    dockerfile = (service / "Dockerfile").read_text().replace("\\\n", "")
    found = re.search(r"^CMD (\[.*\])$", dockerfile, re.M)
    assert found, "the Dockerfile runs nothing"
    program, *arguments = json.loads(found[1])
    arguments[arguments.index("--host") + 1] = "127.0.0.1"
    arguments[arguments.index("--port") + 1] = str(port)
    return [str(service / ".venv/bin" / program), *arguments]


@contextmanager
def production(
    service: Path, database_url: str, log: Path, *options: str, **settings: str
) -> Iterator[Production]:
    """Start the service, yield it when it is live, and stop it. `PORT` sets its port."""
    port = int(settings.get("PORT", free_port()))
    required = {"DATABASE_URL": database_url, "JWT_SECRET": "a-secret-that-only-the-tests-know"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*production_command(service, port), *options],
            cwd=service,
            env=owners_environment() | required | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    started = Production(process, f"http://127.0.0.1:{port}", log)
    try:
        _wait_until_live(started)
        yield started
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_until_live(started: Production) -> None:
    deadline = time.monotonic() + PATIENCE
    while started.process.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(f"{started.url}/health/live").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"the service did not start:\n{started.log.read_text()}")


def migrate(service: Path, database_url: str) -> None:
    environment = owners_environment() | {"DATABASE_URL": database_url}
    alembic = [str(service / ".venv/bin/alembic"), "upgrade", "head"]
    subprocess.run(alembic, check=True, cwd=service, env=environment)


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return as soon as the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not await condition():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children_of(process: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in found.stdout.split()]


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
