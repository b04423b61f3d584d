import asyncio
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import QueuePool
from starlette.requests import Request
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from application.identity.dto.login import LoginLimits
from application.sessions import Sessions
from infrastructure.config import Settings
from infrastructure.persistence.database import Database
from infrastructure.persistence.identity.login_throttle import PgLoginThrottle
from presentation.app import create_app
from presentation.deps import bind, close
from presentation.deps.identity.login import get_client_address
from tests.fakes.identity.password_hasher import FakePasswordHasher
from tests.integration.http.conftest import client_of
from tests.integration.http.identity.steps import PASSWORD, a_member, log_in, register

WRONG = "a wrong password"


class WatchfulHasher(FakePasswordHasher):
    """Also records how many connections are in use while it verifies."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.connections: list[int] = []
        self._pool = database.engine.pool

    async def verify(
        self, password: str, password_hash: str | None, costs: Collection[str] = ()
    ) -> bool:
        assert isinstance(self._pool, QueuePool)
        self.connections.append(self._pool.checkedout())
        return await super().verify(password, password_hash, costs)


@pytest.fixture
def hasher(app: FastAPI, client: AsyncClient, sessions: Sessions) -> Iterator[WatchfulHasher]:
    kept, watchful = app.state.identity, WatchfulHasher(app.state.database)
    app.state.identity = replace(kept, hasher=watchful)
    bind(app, sessions)
    yield watchful
    app.state.identity = kept


@pytest.fixture
def one_attempt_for_each_client(
    app: FastAPI, client: AsyncClient, sessions: Sessions
) -> Iterator[None]:
    kept = app.state.identity
    limits = LoginLimits(0, 0, per_client=1, window=timedelta(minutes=5))
    app.state.identity = replace(kept, throttle=PgLoginThrottle(limits))
    bind(app, sessions)
    yield
    app.state.identity = kept


async def test_a_token_has_the_shape_of_rfc_6749(client: AsyncClient) -> None:
    await register(client, "ada")

    response = await log_in(client, "ada")

    body = response.json()
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert body.pop("access_token")
    assert body == {"token_type": "bearer", "expires_in": 1800}


async def test_an_unknown_user_and_a_wrong_password_get_the_same_response(
    client: AsyncClient,
) -> None:
    await register(client, "ada")

    unknown = await log_in(client, "nobody")
    wrong = await log_in(client, "ada", "a wrong password")

    assert unknown.status_code == wrong.status_code == 401
    assert unknown.json() == wrong.json()
    assert unknown.headers["www-authenticate"] == wrong.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "form",
    [
        {"username": "ada", "password": PASSWORD},
        {"grant_type": "client_credentials", "username": "ada", "password": PASSWORD},
        {"grant_type": "password", "username": "ada"},
    ],
)
async def test_a_form_that_is_no_password_grant_is_refused(
    client: AsyncClient, form: dict[str, str]
) -> None:
    response = await client.post("/auth/token", data=form)

    assert (response.status_code, response.json()["code"]) == (422, "validation")


async def test_the_bearer_of_a_token_is_known(client: AsyncClient) -> None:
    headers = await a_member(client, "ada")

    response = await client.get("/users/me", headers=headers)

    assert (response.status_code, response.json()["username"]) == (200, "ada")


@pytest.mark.parametrize("name", ["ada", "nobody", "no name at all"])
async def test_too_many_guesses_get_429_with_the_time_to_wait(
    client: AsyncClient, settings: Settings, name: str
) -> None:
    await register(client, "ada")

    guesses = [
        await log_in(client, name, WRONG)
        for _ in range(settings.login_attempts_per_account_and_client)
    ]
    refused = await log_in(client, name, PASSWORD)

    assert {guess.status_code for guess in guesses} == {401}
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_logins")
    assert refused.json()["detail"] == "too many attempts to log in"
    assert 0 < int(refused.headers["retry-after"]) <= settings.login_attempts_window


async def test_a_correct_password_in_time_resets_the_count(
    client: AsyncClient, settings: Settings
) -> None:
    await register(client, "ada")
    almost = settings.login_attempts_per_account_and_client - 1

    for _ in range(3):
        for _ in range(almost):
            assert (await log_in(client, "ada", WRONG)).status_code == 401
        assert (await log_in(client, "ada")).status_code == 200


async def test_guesses_at_one_account_do_not_affect_other_accounts_or_issued_tokens(
    client: AsyncClient, settings: Settings
) -> None:
    ada, _ = await a_member(client, "ada"), await register(client, "bob")

    for _ in range(settings.login_attempts_per_account_and_client + 1):
        await log_in(client, "ada", WRONG)

    assert (await log_in(client, "bob")).status_code == 200
    assert (await client.get("/users/me", headers=ada)).status_code == 200


async def test_concurrent_guesses_do_not_exceed_the_limit(
    committing_client: AsyncClient, hasher: WatchfulHasher, settings: Settings
) -> None:
    await register(committing_client, "ada")

    guesses = await asyncio.gather(*(log_in(committing_client, "ada", WRONG) for _ in range(200)))

    limit = settings.login_attempts_per_account_and_client
    assert hasher.verifications == limit
    assert sorted(g.status_code for g in guesses) == [401] * limit + [429] * (200 - limit)


async def test_no_connection_is_held_while_a_password_is_verified(
    committing_client: AsyncClient, hasher: WatchfulHasher
) -> None:
    await register(committing_client, "ada")

    assert (await log_in(committing_client, "ada", WRONG)).status_code == 401
    assert (await log_in(committing_client, "ada")).status_code == 200

    assert hasher.connections == [0, 0]


async def test_the_limit_holds_across_processes(
    committing_client: AsyncClient, settings: Settings
) -> None:
    await register(committing_client, "ada")
    another_process = create_app(settings)

    async with client_of(another_process) as other_client:
        guesses = [
            (await log_in(client, "ada", WRONG)).status_code
            for client in (committing_client, other_client)
            * settings.login_attempts_per_account_and_client
        ]
    await close(another_process)

    limit = settings.login_attempts_per_account_and_client
    assert guesses == [401] * limit + [429] * limit


@pytest.mark.parametrize(
    ("peer", "statuses"),
    [("10.0.0.1", [401, 401, 429]), ("203.0.113.9", [401, 429, 429])],
    ids=["a proxy that is trusted", "anybody else"],
)
@pytest.mark.usefixtures("client", "one_attempt_for_each_client")
async def test_only_a_trusted_proxy_may_set_the_client_address(
    app: FastAPI, peer: str, statuses: list[int]
) -> None:
    # uvicorn, Starlette and httpx each have their own types for an ASGI application.
    served = ProxyHeadersMiddleware(app, trusted_hosts="10.0.0.1")  # type: ignore[arg-type]
    transport = httpx.ASGITransport(served, client=(peer, 4711))  # type: ignore[arg-type]
    answers = []

    for address in ("198.51.100.1", "198.51.100.2", "198.51.100.2"):
        async with httpx.AsyncClient(
            transport=transport,
            base_url="http://service",
            headers={"X-Forwarded-For": address},
        ) as client:
            answers.append(await log_in(client, "ada", WRONG))

    assert [answer.status_code for answer in answers] == statuses


async def test_without_an_address_only_the_account_is_counted() -> None:
    assert await get_client_address(Request({"type": "http", "client": None})) is None
