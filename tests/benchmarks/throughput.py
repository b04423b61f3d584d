"""The rendered service, the simplified pattern and bare FastAPI, side by side in one run.

    uv run python -m tests.benchmarks.throughput

All three are served by the same uvicorn settings from the same environment, on the same PostgreSQL
and the same 100,000 rows, one worker each. In each round every server answers the same requests in
turn. What counts is the processor time of the server's process per request, which is steadier than
seconds; the tables hold medians over the rounds, and their ratios.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import httpx

from tests.conftest import ROOT, owners_environment

sys.path.insert(0, str(ROOT / "template"))
from dev.postgres import LocalPostgres

ROUNDS = 5
CONNECTIONS = 8
REQUESTS = 1600
ROWS = 100_000
PASSWORD = "correct horse battery"
RIVALS = Path(__file__).parent / "rivals"
TICKS = os.sysconf("SC_CLK_TCK")

SERVERS = {
    "rendered": ["--factory", "rendered:create_app"],
    "simplified": ["simplified:app"],
    "bare": ["bare:app"],
}
ROWS_OF_USERS = f"""
INSERT INTO users
SELECT gen_random_uuid(), 'user' || n, 'user' || n || '@example.org', 'not hashed: {PASSWORD}',
       n = 1, true, now() - make_interval(secs => {ROWS} - n), NULL, 1, 1
FROM generate_series(1, {ROWS}) n;
VACUUM ANALYZE users;
"""


class Request(NamedTuple):
    """One operation; `make` gives the bytes of the next request."""

    name: str
    status: int
    make: Callable[[], bytes]


@dataclass(frozen=True)
class Round:
    """What one server did in one round of one operation."""

    per_second: float
    cpu_micros: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True)
class Server:
    name: str
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mib(self) -> float:
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as running:
        Path(scratch).chmod(0o755)  # as root, PostgreSQL runs as `nobody`
        service = _render(Path(scratch) / "service")
        postgres = running.enter_context(LocalPostgres(Path(scratch) / "postgres").running())
        environment = _environment(postgres)
        _fill(service, postgres, environment)
        servers = [running.enter_context(_serving(service, name, environment)) for name in SERVERS]
        results = _measure(servers, _requests(servers[0], postgres))
        memory = {server.name: server.memory_mib() for server in servers}
    _print(results, memory)


def _render(folder: Path) -> Path:
    for command in (
        ["copier", "copy", "-q", "--trust", "--defaults", "--vcs-ref=HEAD", str(ROOT), str(folder)],
        ["uv", "sync", "--quiet", "--directory", str(folder)],
    ):
        subprocess.run(command, check=True, env=owners_environment())
    return folder


def _environment(postgres: LocalPostgres) -> dict[str, str]:
    postgres.create_database("benchmark")
    return owners_environment() | {
        "DATABASE_URL": postgres.url("benchmark"),
        "JWT_SECRET": "a-secret-that-only-benchmarks-know",
        "JWT_ISSUER": "benchmark",
        "JWT_AUDIENCE": "benchmark",
        "ACCESS_TOKEN_LIFETIME": "86400",
    }


def _fill(service: Path, postgres: LocalPostgres, environment: dict[str, str]) -> None:
    alembic = [str(service / ".venv/bin/alembic"), "upgrade", "head"]
    subprocess.run(alembic, check=True, cwd=service, env=environment)
    postgres.psql("benchmark", ROWS_OF_USERS)


@contextmanager
def _serving(service: Path, name: str, environment: dict[str, str]) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(service / ".venv/bin/uvicorn"), "--app-dir", str(RIVALS), "--port", str(port)]
    command += ["--no-access-log", "--log-level", "warning", *SERVERS[name]]
    process = subprocess.Popen(command, cwd=service, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_until_ready(process, f"http://127.0.0.1:{port}/health/ready")
        yield Server(name, port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    while process.poll() is None:
        try:
            httpx.get(url).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    sys.exit(f"a server did not start: {process.args!r}")


def _requests(rendered: Server, postgres: LocalPostgres) -> list[Request]:
    form = {"grant_type": "password", "username": "user1", "password": PASSWORD}
    answer = httpx.post(f"http://127.0.0.1:{rendered.port}/auth/token", data=form)
    token = answer.raise_for_status().json()["access_token"]
    ids = postgres.psql("benchmark", "SELECT id FROM users ORDER BY id LIMIT 1000;").split()
    next_id, number = itertools.cycle(ids), itertools.count(ROWS + 1)

    def get(path: str) -> bytes:
        return f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()

    def create() -> bytes:
        name = f"user{next(number)}"
        body = f'{{"username":"{name}","email":"{name}@example.org","password":"{PASSWORD}"}}'
        head = f"Content-Type: application/json\r\nContent-Length: {len(body)}"
        return f"POST /users HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n{body}".encode()

    return [
        Request("read one by id", 200, lambda: get(f"/users/{next(next_id)}")),
        Request("list 20 with total", 200, lambda: get("/users?limit=20")),
        Request("authenticated read of oneself", 200, lambda: get("/users/me")),
        Request("create (without hashing)", 201, create),
    ]


Results = dict[tuple[str, str], list[Round]]


def _measure(servers: list[Server], requests: list[Request]) -> Results:
    results: Results = {(request.name, s.name): [] for request in requests for s in servers}
    for request in requests:
        for number in range(ROUNDS + 1):
            for server in servers:
                measured = asyncio.run(_round(server, request))
                if number:  # the first round only warms up
                    results[request.name, server.name].append(measured)
    return results


async def _round(server: Server, request: Request) -> Round:
    latencies: list[float] = []
    cpu, started = server.cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(_client(server, request, latencies) for _ in range(CONNECTIONS)))
    seconds = time.perf_counter() - started
    return Round(
        per_second=REQUESTS / seconds,
        cpu_micros=(server.cpu_seconds() - cpu) / REQUESTS * 1e6,
        p50_ms=statistics.median(latencies) * 1000,
        p99_ms=statistics.quantiles(latencies, n=100)[98] * 1000,
    )


async def _client(server: Server, request: Request, latencies: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for _ in range(REQUESTS // CONNECTIONS):
        started = time.perf_counter()
        writer.write(request.make())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r")[0])
        body = await reader.readexactly(length)
        latencies.append(time.perf_counter() - started)
        if not head.startswith(f"HTTP/1.1 {request.status} ".encode()):
            sys.exit(f"{server.name}, {request.name}: {head.decode()}{body.decode()}")
    writer.close()
    await writer.wait_closed()


def _print(results: Results, memory: dict[str, float]) -> None:
    def median(operation: str, server: str, figure: str) -> float:
        return float(statistics.median(getattr(r, figure) for r in results[operation, server]))

    print(
        "| operation | server | CPU µs | requests/s | p50 ms | p99 ms | CPU / simplified | CPU / bare |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for operation, server in results:
        cpu = median(operation, server, "cpu_micros")
        row = [
            operation,
            server,
            f"{cpu:.0f}",
            f"{median(operation, server, 'per_second'):.0f}",
            f"{median(operation, server, 'p50_ms'):.1f}",
            f"{median(operation, server, 'p99_ms'):.1f}",
            f"{cpu / median(operation, 'simplified', 'cpu_micros'):.2f}",
            f"{cpu / median(operation, 'bare', 'cpu_micros'):.2f}",
        ]
        print(f"| {' | '.join(row)} |")
    print(f"\nMemory, MiB: {', '.join(f'{n} {mib:.0f}' for n, mib in memory.items())}")


if __name__ == "__main__":
    main()
