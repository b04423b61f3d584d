"""Two services on one machine: the first owns the users, the second verifies their tokens."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.production import (
    PATIENCE,
    BreakablePostgres,
    Production,
    breakable_postgres,
    free_port,
    migrate,
    production,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import MakeService, Service

PASSWORD = "purple monkey dishwasher"
FORGE = Path(__file__).parent / "forge.py"

# Only the service that owns the users can refuse these. Other services accept them until they expire.
KNOWN_TO_THE_FIRST_ONLY = {
    "somebody who does not exist",
    "a subject that is no id",
    "older credentials",
    "newer credentials",
}


class Landscape:
    """The two services. The first can be restarted at the same address, with other keys."""

    def __init__(
        self, first: Service, second: Service, postgres: BreakablePostgres, folder: Path
    ) -> None:
        self._first, self._second, self._postgres = first, second, postgres
        self._folder = folder
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._running: dict[str, ExitStack] = {}
        self._logs = 0

    def make_key(self) -> str:
        """Create a private key as the page says."""
        page = (self._first.path / "docs/authentication.md").read_text()
        found = re.search(r"^(openssl genpkey .*) -out private\.pem$", page, re.M)
        assert found, "the page does not say how a key is made"
        return subprocess.run(
            shlex.split(found[1]), check=True, capture_output=True, text=True
        ).stdout

    def start_first(self, private_key: str, second_key: str = "") -> Production:
        keys = {"JWT_SECRET": "", "JWT_PRIVATE_KEY": private_key, "JWT_SECOND_KEY": second_key}
        names = {"JWT_ISSUER": self.url, "JWT_AUDIENCE": "shop"}
        return self._start("first", self._first, "service", PORT=str(self._port), **keys, **names)

    def start_second(self, **settings: str) -> Production:
        trust = {"OIDC_ISSUER": self.url, "OIDC_AUDIENCE": "shop"}
        return self._start("second", self._second, "second", **trust, **settings)

    def _start(self, name: str, service: Service, database: str, **settings: str) -> Production:
        self.stop(name)
        self._logs += 1
        log = self._folder / f"{self._logs}-{name}.log"
        url = self._postgres.server.url(database)
        running = self._running[name] = ExitStack()
        return running.enter_context(production(service.path, url, log, **settings))

    def stop(self, name: str) -> None:
        if name in self._running:
            self._running.pop(name).close()

    def stop_all(self) -> None:
        for name in list(self._running):
            self.stop(name)

    def register(self, name: str) -> str:
        """Register a user at the first service, and return their token."""
        account = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        httpx.post(f"{self.url}/users", json=account).raise_for_status()
        return self.log_in(name)

    def log_in(self, name: str) -> str:
        form = {"grant_type": "password", "username": name, "password": PASSWORD}
        answer = httpx.post(f"{self.url}/auth/token", data=form).raise_for_status()
        return str(answer.json()["access_token"])

    def id_of(self, token: str) -> str:
        return str(at(self.url, "/users/me", token).raise_for_status().json()["id"])

    def forged(self, good: str, private_key: str) -> dict[str, dict[str, str]]:
        python = self._first.path / ".venv" / "bin" / "python"
        made = subprocess.run(
            [python, FORGE],
            cwd=self._first.path,
            env={"PYTHONPATH": str(self._first.path)},
            input=json.dumps({"good": good, "private_key": private_key}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        tokens: dict[str, dict[str, str]] = json.loads(made.stdout)
        return tokens


def at(url: str, path: str, token: str = "") -> httpx.Response:
    return httpx.get(f"{url}{path}", headers={"Authorization": f"Bearer {token}"} if token else {})


def wait_until(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it has not come to pass"
        time.sleep(0.02)


def questions(first: Production) -> Counter[object]:
    """Return how often the first service was asked for its keys and its discovery document."""
    paths = [line["path"] for line in first.lines("request")]
    return Counter(path for path in paths if str(path).startswith("/.well-known/"))


ONCE = {"/.well-known/openid-configuration": 1, "/.well-known/jwks.json": 1}


@pytest.fixture(scope="module")
def postgres(make_service: MakeService) -> Iterator[BreakablePostgres]:
    with breakable_postgres() as postgres:
        postgres.server.create_database("second")
        migrate(make_service().path, postgres.server.url("service"))
        migrate(make_service(authentication="external").path, postgres.server.url("second"))
        yield postgres


@pytest.fixture
def landscape(
    make_service: MakeService, postgres: BreakablePostgres, tmp_path: Path
) -> Iterator[Landscape]:
    first, second = make_service(), make_service(authentication="external")
    landscape = Landscape(first, second, postgres, tmp_path)
    yield landscape
    landscape.stop_all()
    postgres.run("TRUNCATE users, login_attempts")


def test_whoever_registers_at_the_first_is_known_at_the_second(landscape: Landscape) -> None:
    first, second = landscape.start_first(landscape.make_key()), landscape.start_second()
    ada, bob = landscape.register("ada"), landscape.register("bob")

    for token in [ada, bob] * 50:
        answer = at(second.url, "/me", token)
        assert answer.json() == {"id": landscape.id_of(token), "roles": []}

    assert questions(first) == ONCE
    assert at(second.url, "/me").status_code == 401


def test_keys_rotate_and_nobody_is_signed_out(landscape: Landscape) -> None:
    old, new = landscape.make_key(), landscape.make_key()
    landscape.start_first(old)
    second = landscape.start_second(OIDC_KEYS_PAUSE="0.1")
    before = landscape.register("ada")
    assert at(second.url, "/me", before).status_code == 200

    landscape.start_first(old, second_key=new)
    prepared = landscape.log_in("ada")
    assert at(second.url, "/me", prepared).status_code == 200

    first = landscape.start_first(new, second_key=old)
    rotated = landscape.log_in("ada")
    for token in [before, prepared, rotated] * 20:
        assert at(second.url, "/me", token).status_code == 200
        assert at(first.url, "/users/me", token).status_code == 200
    assert questions(first) == ONCE


def test_a_key_that_is_withdrawn_is_good_for_nothing_after_a_while(
    landscape: Landscape,
) -> None:
    old, new = landscape.make_key(), landscape.make_key()
    landscape.start_first(old)
    second = landscape.start_second(OIDC_KEYS_PAUSE="0.1", OIDC_KEYS_LIFETIME="1")
    before = landscape.register("ada")
    assert at(second.url, "/me", before).status_code == 200

    first = landscape.start_first(new)

    def refused() -> bool:
        return at(second.url, "/me", before).status_code == 401

    wait_until(refused)
    assert at(first.url, "/users/me", before).status_code == 401
    assert at(second.url, "/me", landscape.log_in("ada")).status_code == 200


def test_while_the_first_is_down_the_second_goes_on(landscape: Landscape) -> None:
    key = landscape.make_key()
    landscape.start_first(key)
    second = landscape.start_second(OIDC_KEYS_PAUSE="0.1", OIDC_KEYS_LIFETIME="1")
    ada = landscape.register("ada")
    forged = landscape.forged(ada, landscape.make_key())["insider"]["somebody who does not exist"]
    assert at(second.url, "/me", ada).status_code == 200

    landscape.stop("first")

    def asked_in_vain() -> bool:
        assert at(second.url, "/me", ada).status_code == 200
        return len(second.lines("the issuer's keys could not be fetched")) >= 2

    wait_until(asked_in_vain)
    assert at(second.url, "/me", ada).status_code == 200
    assert at(second.url, "/me", forged).status_code == 401
    assert at(second.url, "/me", "nonsense").status_code == 401
    assert at(second.url, "/health/ready").status_code == 200


def test_a_second_that_starts_first_cannot_judge_tokens_until_it_has_the_keys(
    landscape: Landscape,
) -> None:
    key = landscape.make_key()
    landscape.start_first(key)
    ada = landscape.register("ada")
    landscape.stop("first")

    second = landscape.start_second(OIDC_KEYS_PAUSE="0.1")
    unavailable = at(second.url, "/me", ada)
    assert unavailable.status_code == 503
    assert unavailable.json()["code"] == "unavailable"
    assert int(unavailable.headers["retry-after"]) > 0
    assert at(second.url, "/me", "nonsense").status_code == 401
    assert at(second.url, "/health/ready").status_code == 200

    landscape.start_first(key)

    def known() -> bool:
        return at(second.url, "/me", ada).status_code == 200

    wait_until(known)


def test_every_token_that_the_first_calls_forged_is_refused_at_the_second_too(
    landscape: Landscape,
) -> None:
    key = landscape.make_key()
    first, second = landscape.start_first(key), landscape.start_second()
    ada = landscape.register("ada")
    forged = landscape.forged(ada, key)

    def accepted(url: str, path: str, tokens: dict[str, str]) -> set[str]:
        """Return the accepted tokens; all others must be refused, by the server or by the service."""
        statuses = {name: at(url, path, token).status_code for name, token in tokens.items()}
        refused = {name for name, status in statuses.items() if status in (401, 431)}
        assert statuses["wrong key"] == statuses["expired"] == 401
        return set(statuses) - refused

    for tokens in forged.values():
        assert len(tokens) > 30
        assert accepted(first.url, "/users/me", tokens) == set()
    assert accepted(second.url, "/me", forged["outsider"]) == set()
    assert accepted(second.url, "/me", forged["insider"]) == KNOWN_TO_THE_FIRST_ONLY
    assert at(second.url, "/me", ada).status_code == 200
    assert questions(first) == ONCE
