"""Many mixed requests to one service, to find leaks of connections or memory.

    uv run python -m tests.benchmarks.soak

Clients read, list, register, log in, mistype their password and send invalid requests. Some disconnect
without waiting for the response, or in the middle of a request. Occasionally, the database cuts a
connection. The tests run a short version.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import NamedTuple

import httpx

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "template"))

from tests.production import (
    BreakablePostgres,
    Production,
    breakable_postgres,
    migrate,
    production,
    render_service,
)

REQUESTS = 50_000
CLIENTS = 8
ACCOUNTS = 50
SAMPLES = 10
CUT_EVERY = 500
POOL = 5
SETTINGS = {
    "DATABASE_POOL_SIZE": str(POOL),
    "LOG_LEVEL": "ERROR",
}
PASSWORD = "correct horse battery"
SESSIONS = (
    "FROM pg_stat_activity WHERE datname = current_database() AND application_name = ''"
    " AND pid <> pg_backend_pid()"
)


class Kind(NamedTuple):
    """One kind of request: its weight, the expected statuses, and a function for the next request."""

    weight: int
    statuses: tuple[int, ...]
    make: Callable[[], bytes]


@dataclass
class Soak:
    """The requests and their responses, and the resources of the service in the meantime."""

    sent: int = 0
    cut: int = 0
    left: int = 0
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    surprises: Counter[tuple[str, int]] = field(default_factory=Counter)
    memory: list[tuple[int, float]] = field(default_factory=list)
    sessions: tuple[int, int] = (0, 0)
    busy: int = 0

    @property
    def unavailable(self) -> int:
        return sum(times for (_, status), times in self.answers.items() if status == 503)

    @property
    def growth(self) -> float:
        """The growth of the process in MiB since the first sample, after a tenth of the requests."""
        return self.memory[-1][1] - self.memory[0][1]


async def soak(running: Production, postgres: BreakablePostgres, requests: int) -> Soak:
    mix = await _mix(running, postgres)
    port = int(running.url.rpartition(":")[2])
    names, weights = list(mix), [kind.weight for kind in mix.values()]
    chance = random.Random(4)  # noqa: S311 - the same requests every time
    done = Soak()
    database = await postgres.session()

    async def one_client() -> None:
        connection = await asyncio.open_connection("127.0.0.1", port)
        while done.sent < requests:
            done.sent += 1
            number, (name,) = done.sent, chance.choices(names, weights)
            request = mix[name].make()
            if number % (requests // SAMPLES) == 0:
                done.memory.append((number, running.memory_mib()))
            if number % CUT_EVERY == 0:
                victim = f"SELECT pg_terminate_backend(pid) {SESSIONS} ORDER BY random() LIMIT 1"
                done.cut += await database.fetchval(victim) is True
            if chance.random() < 0.03:
                await _leave(connection[1], request[: chance.choice([None, -1])])
                done.left += 1
                connection = await asyncio.open_connection("127.0.0.1", port)
                continue
            status = await _ask(*connection, request)
            done.answers[name, status] += 1
            if status not in (*mix[name].statuses, 503):
                done.surprises[name, status] += 1
        connection[1].close()

    await _fill_the_pool(running.url)
    before = await database.fetchval(f"SELECT count(*) {SESSIONS}")
    await asyncio.gather(*(one_client() for _ in range(CLIENTS)))
    await _fill_the_pool(running.url)
    after = await database.fetchval(f"SELECT count(*) {SESSIONS}")
    done.sessions = before, after
    done.busy = await database.fetchval(f"SELECT count(*) {SESSIONS} AND state <> 'idle'")
    await database.close()
    return done


async def _mix(running: Production, postgres: BreakablePostgres) -> dict[str, Kind]:
    numbers = count()
    async with httpx.AsyncClient(base_url=running.url, timeout=30) as client:
        for number in range(ACCOUNTS):
            body = _account(f"soak-account-{number}")
            (await client.post("/users", json=body)).raise_for_status()
        form = {"grant_type": "password", "username": "soak-account-0", "password": PASSWORD}
        token = (await client.post("/auth/token", data=form)).json()["access_token"]
    postgres.run("UPDATE users SET is_admin = true WHERE username = 'soak-account-0';")
    ids = postgres.run("SELECT id FROM users;").split()

    def get(path: str) -> bytes:
        return _request("GET", path, {"Authorization": f"Bearer {token}"})

    def register(name: str) -> bytes:
        return _json("POST", "/users", _account(name))

    def log_in(password: str) -> bytes:
        form = f"grant_type=password&username=soak-account-{next(numbers) % ACCOUNTS}"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return _request("POST", "/auth/token", headers, f"{form}&password={password}")

    def change_email() -> bytes:
        body = {"email": f"soak{next(numbers)}@example.org", "currentPassword": PASSWORD}
        return _json("PUT", "/users/me/email", body, {"Authorization": f"Bearer {token}"})

    # The limit on logins may refuse one, as expected.
    return {
        "read oneself": Kind(25, (200,), lambda: get("/users/me")),
        "read another": Kind(20, (200,), lambda: get(f"/users/{ids[next(numbers) % len(ids)]}")),
        "list": Kind(15, (200,), lambda: get(f"/users?limit=20&offset={next(numbers) % 100}")),
        "register": Kind(15, (201,), lambda: register(f"soak-{next(numbers)}")),
        "register twice": Kind(5, (409,), lambda: register("soak-account-1")),
        "change e-mail": Kind(5, (200, 409), change_email),
        "log in": Kind(3, (200, 429), lambda: log_in(PASSWORD.replace(" ", "+"))),
        "wrong password": Kind(2, (401, 429), lambda: log_in("a+wrong+password")),
        "nonsense": Kind(5, (422,), lambda: _json("POST", "/users", {"username": 7})),
        "nowhere": Kind(2, (404,), lambda: get("/nowhere")),
        "stranger": Kind(3, (401,), lambda: _request("GET", "/users/me", {})),
    }


def _account(name: str) -> dict[str, object]:
    return {"username": name, "email": f"{name}@example.org", "password": PASSWORD}


def _json(
    method: str, path: str, body: Mapping[str, object], headers: Mapping[str, str] | None = None
) -> bytes:
    return _request(
        method, path, {"Content-Type": "application/json", **(headers or {})}, json.dumps(body)
    )


def _request(method: str, path: str, headers: dict[str, str], body: str = "") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: soak", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split(b"\r")[0]))
    return int(head.split(b" ")[1])


async def _leave(writer: asyncio.StreamWriter, words: bytes) -> None:
    writer.write(words)
    await writer.drain()
    writer.close()


async def _fill_the_pool(url: str) -> None:
    """Use all connections of the pool at the same time, several times."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        for _ in range(5):
            await asyncio.gather(*(client.get("/health/ready") for _ in range(4 * POOL)))


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, breakable_postgres() as postgres:
        service = render_service(Path(scratch) / "service")
        migrate(service, postgres.url)
        log = Path(scratch) / "service.log"
        with production(service, postgres.url, log, **SETTINGS) as running:
            done = asyncio.run(soak(running, postgres, REQUESTS))
    for (kind, status), times in sorted(done.answers.items()):
        print(f"{kind:16}{status:>5}{times:>8}")
    print(f"clients that left       {done.left}")
    print(f"connections cut         {done.cut}, which cost {done.unavailable} answers 503")
    print(f"unexpected answers      {dict(done.surprises) or 'none'}")
    print(f"server's sessions       {done.sessions[0]} before, {done.sessions[1]} after")
    print("memory, MiB (PSS)       " + ", ".join(f"{mib:.1f} at {n}" for n, mib in done.memory))


if __name__ == "__main__":
    main()
