"""The rendered service, the simplified pattern and bare FastAPI, side by side in one run.

    uv run python -m tests.benchmarks.throughput
    uv run python -m tests.benchmarks.throughput --only "by id"
    uv run --with matplotlib python -m tests.benchmarks.throughput --write

All run with one uvicorn worker in the same virtual environment, on the same PostgreSQL with the same
100,000 rows. In each round, the servers answer the same requests one after the other. The main figure is
the processor time of the server process per request, which is steadier than elapsed time. The tables
contain medians over the rounds. A ratio is the median of the ratios within each round, because other load
on the machine slows all servers of a round. The simplified pattern runs a second time with the rendered
service's settings of the garbage collector, and the rendered service a second time with telemetry, which
a collector receives and discards. `--write` writes the tables and a chart to `docs/`.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import io
import itertools
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import httpx

from tests.conftest import ROOT, owners_environment

sys.path.insert(0, str(ROOT / "template"))
from dev.postgres import LocalPostgres

from tests.production import render_service

CONNECTIONS = 8
ROWS = 100_000
DEPTHS = (0, 1_000, 10_000, 90_000)
PASSWORD = "correct horse battery"
RIVALS = Path(__file__).parent / "rivals"


class Kind(NamedTuple):
    """One kind of server: its module, and the arguments of uvicorn."""

    module: str
    arguments: tuple[str, ...]


# All servers log every request: the rendered service itself, the others with uvicorn's access log.
_RENDERED = Kind(
    "rendered",
    (
        *("--factory", "rendered:create_app", "--no-access-log"),
        *("--http", "presentation.protocol:HttpProtocol"),
    ),
)
SERVERS = {
    "rendered": _RENDERED,
    "simplified": Kind("simplified", ("simplified:app",)),
    "simplified, same gc": Kind("simplified_same_gc", ("simplified_same_gc:app",)),
    "bare": Kind("bare", ("bare:app",)),
}
OBSERVED = "rendered, observed"
SAMPLED = "rendered, one in ten traced"
SAMPLER = {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.1"}
ROWS_OF_USERS = f"""
INSERT INTO users
SELECT gen_random_uuid(), 'user' || n, 'user' || n || '@example.org', 'not hashed: {PASSWORD}',
       n = 1, true, now() - make_interval(secs => {ROWS} - n), NULL, 1, 1
FROM generate_series(1, {ROWS}) n;
VACUUM ANALYZE users;
"""


class Scale(NamedTuple):
    """The numbers of rounds, starts and requests."""

    rounds: int = 11
    starts: int = 5
    requests: int = 400
    deep_requests: int = 40  # deep into the list, where the cost grows with the rows


QUICK = Scale(rounds=1, starts=1, requests=16, deep_requests=2)


class Request(NamedTuple):
    """One operation; `make` returns the bytes of the next request."""

    name: str
    status: int
    make: Callable[[], bytes]
    times: int
    clients: int = CONNECTIONS


@dataclass(frozen=True)
class Target:
    """The highest acceptable ratios of processor time to the other servers."""

    simplified: float
    bare: float | None = None


TARGETS = {
    "read one by id": Target(0.42, 1.4),
    "list 20 with total": Target(0.46),
    "create (without hashing)": Target(0.80),
    "read oneself, signed in": Target(0.45),
    "read one by id, signed in": Target(0.47),
}
OBSERVED_TARGET = 1.25


@dataclass(frozen=True)
class Round:
    """The figures of one server in one round of one operation."""

    per_second: float
    cpu_micros: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True)
class Start:
    """The figures of one start of a server, up to its first response."""

    import_cpu_ms: float
    ready_ms: float
    ready_cpu_ms: float
    memory_mib: float


@dataclass(frozen=True)
class Server:
    name: str
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def memory_mib(self) -> float:
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare the cost of requests.")
    parser.add_argument("--write", action="store_true", help="write docs/throughput.{md,svg}")
    parser.add_argument("--quick", action="store_true", help="only check that it runs")
    parser.add_argument("--rounds", type=int, default=Scale().rounds, help="default: %(default)s")
    parser.add_argument("--only", default="", help="only operations whose name contains this")
    arguments = parser.parse_args()
    scale = QUICK if arguments.quick else Scale(rounds=arguments.rounds)
    if arguments.write:
        importlib.import_module("matplotlib")  # fail before the run if it is missing
    load = [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as running:
        Path(scratch).chmod(0o755)  # as root, PostgreSQL runs as `nobody`
        service = render_service(Path(scratch) / "service")
        postgres = running.enter_context(LocalPostgres(Path(scratch) / "postgres").running())
        environment = make_environment(postgres)
        fill(service, postgres, environment)
        starts = {} if arguments.only else _measure_starts(service, environment, scale)
        servers = [
            running.enter_context(serving(service, name, kind, environment))
            for name, kind in SERVERS.items()
        ]
        rendered = servers[0]
        collector = running.enter_context(_collecting())
        observed = [
            running.enter_context(
                serving(service, name, _RENDERED, environment | collector | variables)
            )
            for name, variables in ((OBSERVED, {}), (SAMPLED, SAMPLER))
        ]
        requests = Requests(rendered, postgres, scale)
        operations = [each for each in requests.operations() if arguments.only in each.name]
        results = _measure([*servers, *observed], operations, scale)
        depths: Results = {}
        if not arguments.only:
            depths |= _measure(servers[:2], requests.pages_by_depth(), scale)
            depths |= _measure([rendered], requests.slices_by_depth(), scale)
        memory = {server.name: server.memory_mib() for server in [*servers, *observed]}
    load.append(os.getloadavg()[0])
    report = _report(results, scale, load) + _report_observed(results)
    if not arguments.only:
        report += _report_depths(depths) + _report_starts(starts, memory)
    print(report)
    if arguments.write:
        (ROOT / "docs" / "throughput.md").write_text(report)
        _draw(results, ROOT / "docs" / "throughput.svg")


@contextmanager
def _collecting() -> Iterator[dict[str, str]]:
    """Run a collector that discards all telemetry; return the variables that a service needs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
            "OTEL_SERVICE_NAME": "benchmark",
        }
        server.shutdown()
        serving.join()


def make_environment(postgres: LocalPostgres) -> dict[str, str]:
    postgres.create_database("benchmark")
    return owners_environment() | {
        "DATABASE_URL": postgres.url("benchmark"),
        "JWT_SECRET": "a-secret-that-only-benchmarks-know",
        "JWT_ISSUER": "benchmark",
        "JWT_AUDIENCE": "benchmark",
        "ACCESS_TOKEN_LIFETIME": "86400",
    }


def fill(service: Path, postgres: LocalPostgres, environment: dict[str, str]) -> None:
    alembic = [str(service / ".venv/bin/alembic"), "upgrade", "head"]
    subprocess.run(alembic, check=True, cwd=service, env=environment)
    postgres.psql("benchmark", ROWS_OF_USERS)


@contextmanager
def serving(service: Path, name: str, kind: Kind, environment: dict[str, str]) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(service / ".venv/bin/uvicorn"), "--app-dir", str(RIVALS), "--port", str(port)]
    process = subprocess.Popen(
        [*command, *kind.arguments],
        cwd=service,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
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


def _measure_starts(
    service: Path, environment: dict[str, str], scale: Scale
) -> dict[str, list[Start]]:
    starts: dict[str, list[Start]] = {name: [] for name in SERVERS}
    for number in range(scale.starts + 1):
        for name, kind in SERVERS.items():
            start = _start(service, name, kind, environment)
            if number:  # the first start compiles the bytecode
                starts[name].append(start)
    return starts


def _start(service: Path, name: str, kind: Kind, environment: dict[str, str]) -> Start:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [str(service / ".venv/bin/python"), "-c", f"import {kind.module}"],
        check=True,
        cwd=RIVALS,
        env=environment,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    started = time.perf_counter()
    with serving(service, name, kind, environment) as server:
        return Start(
            import_cpu_ms=cpu * 1000,
            ready_ms=(time.perf_counter() - started) * 1000,
            ready_cpu_ms=server.cpu_seconds() * 1000,
            memory_mib=server.memory_mib(),
        )


class Requests:
    """The requests of all operations, with the token of an admin."""

    def __init__(self, rendered: Server, postgres: LocalPostgres, scale: Scale) -> None:
        form = {"grant_type": "password", "username": "user1", "password": PASSWORD}
        answer = httpx.post(f"http://127.0.0.1:{rendered.port}/auth/token", data=form)
        self._token = answer.raise_for_status().json()["access_token"]
        self._ids = postgres.psql(
            "benchmark", "SELECT id FROM users ORDER BY created_at, id;"
        ).split()
        self._next_id = itertools.cycle(self._ids[:: ROWS // 1000])
        self._number = itertools.count(ROWS + 1)
        self._scale = scale

    def operations(self) -> list[Request]:
        def make(name: str, make: Callable[[], bytes], status: int = 200) -> Request:
            # Lists are slow, because PostgreSQL counts all rows.
            times = self._scale.requests // (4 if name.startswith("list") else 1)
            return Request(name, status, make, max(times, CONNECTIONS))

        return [
            make("answer without reading", lambda: self._get("/health/live")),
            make("read one by id", lambda: self._get(f"/public/users/{next(self._next_id)}")),
            make("list 20 with total", lambda: self._get("/public/users?limit=20")),
            make("create (without hashing)", self._create, 201),
            make("read oneself, signed in", lambda: self._get("/users/me")),
            make("read one by id, signed in", lambda: self._get(f"/users/{next(self._next_id)}")),
            make("list 20 with total, signed in", lambda: self._get("/users?limit=20")),
        ]

    def pages_by_depth(self) -> list[Request]:
        return [self._at(f"page {d:,}", f"/users?limit=20&offset={d}") for d in DEPTHS]

    def slices_by_depth(self) -> list[Request]:
        after = {d: f"&after={self._ids[d - 1]}" if d else "" for d in DEPTHS}
        return [self._at(f"slice {d:,}", f"/users/scroll?limit=20{after[d]}") for d in DEPTHS]

    def _at(self, name: str, path: str) -> Request:
        return Request(name, 200, lambda: self._get(path), self._scale.deep_requests, clients=1)

    def _get(self, path: str) -> bytes:
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self._token}\r\n\r\n"
        return head.encode()

    def _create(self) -> bytes:
        name = f"user{next(self._number)}"
        body = f'{{"username":"{name}","email":"{name}@example.org","password":"{PASSWORD}"}}'
        head = f"Content-Type: application/json\r\nContent-Length: {len(body)}"
        return f"POST /users HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n{body}".encode()


Results = dict[tuple[str, str], list[Round]]


def _measure(servers: list[Server], requests: list[Request], scale: Scale) -> Results:
    results: Results = {(request.name, s.name): [] for request in requests for s in servers}
    for request in requests:
        for number in range(scale.rounds + 1):
            for server in servers:
                measured = asyncio.run(one_round(server, request))
                if number:  # the first round only warms up
                    results[request.name, server.name].append(measured)
    return results


async def one_round(server: Server, request: Request) -> Round:
    latencies: list[float] = []
    cpu, started = server.cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(_client(server, request, latencies) for _ in range(request.clients)))
    seconds = time.perf_counter() - started
    return Round(
        per_second=request.times / seconds,
        cpu_micros=(server.cpu_seconds() - cpu) / request.times * 1e6,
        p50_ms=statistics.median(latencies) * 1000,
        p99_ms=statistics.quantiles(latencies, n=100)[98] * 1000,
    )


async def _client(server: Server, request: Request, latencies: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for _ in range(request.times // request.clients):
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


def _report(results: Results, scale: Scale, load: list[float]) -> str:
    out = io.StringIO()
    print("# The cost of a request\n", file=out)
    print(
        f"Medians of {scale.rounds} alternating rounds; one worker each, {CONNECTIONS} connections,"
        f" {ROWS:,} users. Written by `python -m tests.benchmarks.throughput --write` on a machine"
        f" with {os.cpu_count()} processors, which PostgreSQL, the servers and the clients share. The"
        f" load average was {load[0]:.1f} before the run and {load[1]:.1f} after it.\n",
        file=out,
    )
    print(
        "A ratio is the median of the ratios within each round. The target is the highest acceptable"
        " ratio to the simplified pattern and, if there is a second figure, to bare FastAPI. `same gc`"
        " is the simplified pattern with the garbage collector settings of the rendered service.\n",
        file=out,
    )
    print("![processor time per request](throughput.svg)\n", file=out)
    head = ["operation", "server", "CPU µs", "requests/s", "p50 ms", "p99 ms"]
    _row(out, [*head, "CPU / simplified", "CPU / same gc", "CPU / bare", "target"])
    _row(out, ["---"] * 10)
    for operation, server in results:
        if server in (OBSERVED, SAMPLED):
            continue
        target = TARGETS.get(operation) if server == "rendered" else None
        ratios = [
            f"{_ratio(results, operation, server, other):.2f}"
            for other in ("simplified", "simplified, same gc", "bare")
        ]
        _row(
            out,
            [
                operation,
                server,
                f"{_median(results, operation, server, 'cpu_micros'):.0f}",
                f"{_median(results, operation, server, 'per_second'):.0f}",
                f"{_median(results, operation, server, 'p50_ms'):.1f}",
                f"{_median(results, operation, server, 'p99_ms'):.1f}",
                *ratios,
                _named(target),
            ],
        )
    return out.getvalue()


def _report_observed(results: Results) -> str:
    out = io.StringIO()
    print("\n## Observed\n", file=out)
    print(
        "The same requests with telemetry. Each request is measured. Each is traced, with a span for each"
        " statement, or one in ten is (`OTEL_TRACES_SAMPLER=parentbased_traceidratio`). A collector receives"
        f" all data. The target for reads is a ratio of at most {OBSERVED_TARGET} with every request"
        " traced.\n",
        file=out,
    )
    columns = [
        "CPU µs without",
        "each traced",
        "one in ten",
        "ratio",
        "ratio",
        "each traced / simplified",
    ]
    _row(out, ["operation", *columns])
    _row(out, ["---"] * (1 + len(columns)))
    for operation in dict.fromkeys(operation for operation, _ in results):
        cpu = [
            _median(results, operation, server, "cpu_micros")
            for server in ("rendered", OBSERVED, SAMPLED)
        ]
        ratios = [
            _ratio(results, operation, OBSERVED, "rendered"),
            _ratio(results, operation, SAMPLED, "rendered"),
            _ratio(results, operation, OBSERVED, "simplified"),
        ]
        cells = [*(f"{micros:.0f}" for micros in cpu), *(f"{ratio:.2f}" for ratio in ratios)]
        _row(out, [operation, *cells])
    return out.getvalue()


def _report_depths(depths: Results) -> str:
    out = io.StringIO()
    print("\n## Pages and slices by depth\n", file=out)
    print(
        f"Median milliseconds to read 20 of {ROWS:,} users after the given number of users, one request"
        " at a time. A page skips all rows before it, and counts all rows; a slice starts after the last"
        " user of the previous slice.\n",
        file=out,
    )
    _row(out, ["", *(f"{depth:,}" for depth in DEPTHS)])
    _row(out, ["---"] * (1 + len(DEPTHS)))
    for name, kind, server in (
        ("simplified, page", "page", "simplified"),
        ("rendered, page", "page", "rendered"),
        ("rendered, slice", "slice", "rendered"),
    ):
        p50 = [_median(depths, f"{kind} {depth:,}", server, "p50_ms") for depth in DEPTHS]
        _row(out, [name, *(f"{ms:.1f}" for ms in p50)])
    return out.getvalue()


def _report_starts(starts: dict[str, list[Start]], memory: dict[str, float]) -> str:
    out = io.StringIO()
    print("\n## Start-up and memory\n", file=out)
    _row(
        out,
        [
            "server",
            "import, CPU ms",
            "ready, CPU ms",
            "ready, ms",
            "memory when ready, MiB",
            "memory after the load, MiB",
            "memory / simplified",
        ],
    )
    _row(out, ["---"] * 7)
    for server, load in memory.items():
        figures = ("import_cpu_ms", "ready_cpu_ms", "ready_ms", "memory_mib")
        measured = starts.get(server)
        medians = [
            f"{statistics.median(getattr(start, figure) for start in measured):.0f}"
            if measured
            else ""
            for figure in figures
        ]
        _row(out, [server, *medians, f"{load:.0f}", f"{load / memory['simplified']:.2f}"])
    return out.getvalue()


def _row(out: io.StringIO, cells: list[str]) -> None:
    print(f"| {' | '.join(cells)} |", file=out)


def _median(results: Results, operation: str, server: str, figure: str) -> float:
    return float(statistics.median(getattr(r, figure) for r in results[operation, server]))


def _ratio(results: Results, operation: str, server: str, other: str) -> float:
    rounds = zip(results[operation, server], results[operation, other], strict=True)
    return statistics.median(mine.cpu_micros / its.cpu_micros for mine, its in rounds)


def _named(target: Target | None) -> str:
    if target is None:
        return ""
    bare = f", {target.bare:.1f}" if target.bare else ""
    return f"{target.simplified:.2f}{bare}"


def _draw(results: Results, file: Path) -> None:
    pyplot = importlib.import_module("matplotlib.pyplot")

    operations = list(dict.fromkeys(operation for operation, _ in results))
    figure, axes = pyplot.subplots(figsize=(9, 8), layout="constrained")
    colours = {
        "rendered": "#2563eb",
        OBSERVED: "#93c5fd",
        "simplified": "#9ca3af",
        "simplified, same gc": "#c4c8ce",
        "bare": "#e7e5e4",
    }
    for offset, (server, colour) in enumerate(colours.items()):
        cpu = [_median(results, operation, server, "cpu_micros") for operation in operations]
        places = [place + (offset - 2) * 0.17 for place in range(len(operations))]
        bars = axes.barh(places, cpu, height=0.15, label=server, color=colour)
        axes.bar_label(bars, fmt="%.0f", padding=3, fontsize=7)
    axes.set_yticks(range(len(operations)), operations)
    axes.invert_yaxis()
    axes.set_xlabel("processor time of the server per request, µs (less is better)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper right")
    pyplot.rcParams["svg.hashsalt"] = "throughput"
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    main()
