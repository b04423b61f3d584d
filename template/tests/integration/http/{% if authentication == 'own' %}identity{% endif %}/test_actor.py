"""How other contexts see a user: as an actor."""

from collections.abc import AsyncIterator

import pytest
import structlog
from fastapi import FastAPI
from httpx import AsyncClient

from application.sessions import Sessions
from infrastructure.config import Settings
from presentation.app import create_app
from presentation.deps import bind, close
from presentation.deps.actor import ActorDep
from tests.integration.http.conftest import client_of
from tests.integration.http.identity.steps import a_member, an_admin


@pytest.fixture
async def other_context(settings: Settings, sessions: Sessions) -> AsyncIterator[FastAPI]:
    """The service, with a route of another context."""
    app = create_app(settings)
    bind(app, sessions)

    @app.get("/_who")
    async def who(actor: ActorDep) -> dict[str, object]:
        return {"id": actor.id.value, "roles": sorted(actor.roles)}

    yield app
    await close(app)


@pytest.fixture
async def client(other_context: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client_of(other_context) as client:
        yield client


async def test_an_actor_is_the_user_whose_token_it_is(client: AsyncClient) -> None:
    ada = await a_member(client, "ada")
    ada_id = (await client.get("/users/me", headers=ada)).json()["id"]

    assert (await client.get("/_who", headers=ada)).json() == {"id": ada_id, "roles": []}


async def test_an_admin_has_a_role(other_context: FastAPI, client: AsyncClient) -> None:
    root = await an_admin(other_context, client)

    assert (await client.get("/_who", headers=root)).json()["roles"] == ["admin"]


async def test_without_a_valid_token_there_is_no_actor(
    other_context: FastAPI, client: AsyncClient
) -> None:
    ada, root = await a_member(client, "ada"), await an_admin(other_context, client)
    ada_id = (await client.get("/users/me", headers=ada)).json()["id"]
    await client.post(f"/users/{ada_id}/deactivate", headers=root)

    assert (await client.get("/_who")).status_code == 401
    assert (await client.get("/_who", headers=ada)).status_code == 401


async def test_the_log_names_the_actor_of_a_request_and_of_no_other(client: AsyncClient) -> None:
    ada = await a_member(client, "ada")
    ada_id = (await client.get("/users/me", headers=ada)).json()["id"]

    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        await client.get("/_who", headers=ada)
        await client.get("/_who")

    assert [line.get("actor") for line in lines if line["event"] == "request"] == [ada_id, None]
