import asyncio

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from tests.integration.http.identity.steps import (
    NEW_PASSWORD,
    PASSWORD,
    a_member,
    an_admin,
    register,
)


async def test_a_version_goes_with_every_answer_that_returns_a_user(
    app: FastAPI, client: AsyncClient
) -> None:
    registered = await register(client, "ada")
    ada = await a_member(client, "bob")

    read = await client.get("/users/me", headers=ada)
    renamed = await client.put("/users/me/username", json={"username": "bobby"}, headers=ada)
    again = await client.get(f"/users/{read.json()['id']}", headers=ada)

    assert registered.headers["etag"] == read.headers["etag"] == '"1"'
    assert renamed.headers["etag"] == again.headers["etag"] == '"2"'


async def test_an_unchanged_user_is_not_sent_again(client: AsyncClient) -> None:
    ada = await a_member(client, "ada")

    known = await client.get("/users/me", headers={**ada, "If-None-Match": '"1"'})
    await client.put("/users/me/username", json={"username": "countess"}, headers=ada)
    changed = await client.get("/users/me", headers={**ada, "If-None-Match": '"1"'})

    assert (known.status_code, known.content) == (304, b"")
    assert (changed.status_code, changed.json()["username"]) == (200, "countess")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("username", {"username": "countess"}),
        ("email", {"email": "countess@example.org", "currentPassword": PASSWORD}),
        ("password", {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}),
    ],
)
async def test_a_version_that_has_passed_is_not_changed(
    client: AsyncClient, path: str, body: dict[str, str]
) -> None:
    ada = await a_member(client, "ada")
    before = (await client.get("/users/me", headers=ada)).json()

    stale = await client.put(f"/users/me/{path}", json=body, headers={**ada, "If-Match": '"9"'})
    unchanged = (await client.get("/users/me", headers=ada)).json()
    seen = await client.put(f"/users/me/{path}", json=body, headers={**ada, "If-Match": '"1"'})

    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert unchanged == before
    assert seen.is_success


@pytest.mark.parametrize("change", ["deactivate", "reactivate"])
async def test_an_admin_changes_no_version_that_has_passed(
    app: FastAPI, client: AsyncClient, change: str
) -> None:
    admin = await an_admin(app, client)
    user_id = (await register(client, "ada")).json()["id"]
    if change == "reactivate":
        await client.post(f"/users/{user_id}/deactivate", headers=admin)

    stale = await client.post(f"/users/{user_id}/{change}", headers={**admin, "If-Match": '"9"'})

    assert (stale.status_code, stale.json()["code"]) == (412, "stale")


async def test_of_concurrent_changes_to_one_version_one_succeeds(
    committing_client: AsyncClient,
) -> None:
    ada = await a_member(committing_client, "ada")

    responses = await asyncio.gather(
        *(
            committing_client.put(
                "/users/me/username",
                json={"username": f"ada{number}"},
                headers={**ada, "If-Match": '"1"'},
            )
            for number in range(200)
        )
    )

    assert sorted(response.status_code for response in responses) == [200] + [412] * 199
