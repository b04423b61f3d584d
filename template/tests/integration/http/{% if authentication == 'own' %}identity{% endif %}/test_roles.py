from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from application.identity.roles import ROLES
from application.sessions import Sessions
from infrastructure.config import Settings
from presentation.app import create_app
from presentation.deps import bind, close
from presentation.deps.actor import ActorDep
from presentation.deps.identity.users import bind_users
from tests.integration.http.conftest import client_of
from tests.integration.http.identity.steps import a_member, an_admin, register


@pytest.fixture
async def app(settings: Settings, sessions: Sessions) -> AsyncIterator[FastAPI]:
    """The service as if it had two roles, with a route of another context."""
    app = create_app(settings)
    bind(app, sessions)
    app.state.users = bind_users(sessions, app.state.identity, ("auditor", "clerk"))

    @app.get("/_roles")
    async def roles(actor: ActorDep) -> list[str]:
        return sorted(actor.roles)

    yield app
    await close(app)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client_of(app) as client:
        yield client


async def test_roles_that_an_admin_assigns_apply_from_the_next_request(
    app: FastAPI, client: AsyncClient
) -> None:
    admin, ada = await an_admin(app, client), await a_member(client, "ada")
    user_id = (await client.get("/users/me", headers=ada)).json()["id"]

    assigned = await client.put(
        f"/users/{user_id}/roles", json={"roles": ["clerk", "auditor"]}, headers=admin
    )
    seen = await client.get("/users/me", headers=ada)
    known = await client.get("/_roles", headers=ada)
    removed = await client.put(f"/users/{user_id}/roles", json={"roles": []}, headers=admin)

    assert (assigned.status_code, assigned.headers["etag"]) == (200, '"2"')
    assert assigned.json() == seen.json()
    assert seen.json()["roles"] == known.json() == ["auditor", "clerk"]
    assert removed.json()["roles"] == (await client.get("/_roles", headers=ada)).json() == []


async def test_each_unknown_role_is_named(app: FastAPI, client: AsyncClient) -> None:
    admin = await an_admin(app, client)
    user_id = (await register(client, "ada")).json()["id"]

    response = await client.put(
        f"/users/{user_id}/roles", json={"roles": ["clark", "clerk", "admin"]}, headers=admin
    )

    assert response.status_code == 422
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [
        ("#/roles/0", "unknown_role"),
        ("#/roles/2", "unknown_role"),
    ]


async def test_members_assign_no_roles(client: AsyncClient) -> None:
    ada = await a_member(client, "ada")
    user_id = (await client.get("/users/me", headers=ada)).json()["id"]

    response = await client.put(f"/users/{user_id}/roles", json={"roles": ["clerk"]}, headers=ada)

    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert (await client.get("/users/me", headers=ada)).json()["roles"] == []


async def test_without_a_token_nobody_assigns_roles(client: AsyncClient) -> None:
    user_id = (await register(client, "ada")).json()["id"]

    response = await client.put(f"/users/{user_id}/roles", json={"roles": ["clerk"]})

    assert response.status_code == 401


async def test_a_version_that_has_passed_gets_no_roles(app: FastAPI, client: AsyncClient) -> None:
    admin = await an_admin(app, client)
    user_id = (await register(client, "ada")).json()["id"]

    stale = await client.put(
        f"/users/{user_id}/roles",
        json={"roles": ["clerk"]},
        headers={**admin, "If-Match": '"9"'},
    )

    assert (stale.status_code, stale.json()["code"]) == (412, "stale")


async def test_all_roles_of_the_service_can_be_assigned(
    settings: Settings, sessions: Sessions
) -> None:
    as_it_is = create_app(settings)
    bind(as_it_is, sessions)
    async with client_of(as_it_is) as client:
        admin = await an_admin(as_it_is, client)
        user_id = (await register(client, "ada")).json()["id"]

        response = await client.put(
            f"/users/{user_id}/roles", json={"roles": sorted(ROLES)}, headers=admin
        )
    await close(as_it_is)

    assert (response.status_code, response.json()["roles"]) == (200, sorted(ROLES))
