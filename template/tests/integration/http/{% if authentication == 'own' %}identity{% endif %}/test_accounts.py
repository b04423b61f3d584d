from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, QueryParams

from tests.integration.http.identity.steps import (
    NEW_PASSWORD,
    PASSWORD,
    a_member,
    an_admin,
    log_in,
    register,
)


async def _id_of(client: AsyncClient, name: str) -> str:
    headers = await a_member(client, name)
    user_id: str = (await client.get("/users/me", headers=headers)).json()["id"]
    return user_id


async def test_members_cannot_see_other_users(client: AsyncClient) -> None:
    ada, bob_id = await a_member(client, "ada"), await _id_of(client, "bob")

    response = await client.get(f"/users/{bob_id}", headers=ada)

    assert (response.status_code, response.json()["code"]) == (404, "user_not_found")


async def test_an_admin_reads_anyone(app: FastAPI, client: AsyncClient) -> None:
    admin, bob_id = await an_admin(app, client), await _id_of(client, "bob")

    response = await client.get(f"/users/{bob_id}", headers=admin)

    assert (response.status_code, response.json()["username"]) == (200, "bob")


async def test_an_admin_gets_404_for_a_missing_user(app: FastAPI, client: AsyncClient) -> None:
    admin = await an_admin(app, client)

    response = await client.get(f"/users/{uuid4()}", headers=admin)

    assert (response.status_code, response.json()["code"]) == (404, "user_not_found")


async def test_an_invalid_id_is_refused(client: AsyncClient) -> None:
    ada = await a_member(client, "ada")

    response = await client.get("/users/42", headers=ada)

    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "userId"


async def test_an_admin_pages_through_the_users(app: FastAPI, client: AsyncClient) -> None:
    admin = await an_admin(app, client, "root")
    for name in ("ada", "bob"):
        await a_member(client, name)

    first = (await client.get("/users?limit=2", headers=admin)).json()
    second = (await client.get("/users?limit=2&offset=2", headers=admin)).json()

    assert [user["username"] for user in first["items"]] == ["root", "ada"]
    assert [user["username"] for user in second["items"]] == ["bob"]
    assert first["total"] == second["total"] == 3


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "offset=-1", "limit=many"])
async def test_a_page_out_of_range_is_refused(
    app: FastAPI, client: AsyncClient, query: str
) -> None:
    admin = await an_admin(app, client)

    response = await client.get(f"/users?{query}", headers=admin)

    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == query.split("=")[0]


async def test_an_admin_walks_through_all_users(app: FastAPI, client: AsyncClient) -> None:
    admin = await an_admin(app, client)
    await register(client, "ada")
    await register(client, "bob")

    first = (await client.get("/users/scroll?limit=2", headers=admin)).json()
    after = QueryParams(limit=2, after=first["next"])
    second = (await client.get("/users/scroll", params=after, headers=admin)).json()

    assert [user["username"] for user in first["items"]] == ["root", "ada"]
    assert [user["username"] for user in second["items"]] == ["bob"]
    assert second["next"] is None


async def test_members_may_not_list_the_users(client: AsyncClient) -> None:
    ada = await a_member(client, "ada")

    assert (await client.get("/users", headers=ada)).status_code == 403


@pytest.mark.parametrize(
    ("field", "value"), [("username", "countess"), ("email", "countess@example.org")]
)
async def test_members_change_their_name_and_email(
    client: AsyncClient, field: str, value: str
) -> None:
    ada = await a_member(client, "ada")

    body = {field: value, "currentPassword": PASSWORD}
    response = await client.put(f"/users/me/{field}", json=body, headers=ada)

    assert (response.status_code, response.json()[field]) == (200, value)
    assert (await client.get("/users/me", headers=ada)).json() == response.json()


@pytest.mark.parametrize(("field", "value"), [("username", "bob"), ("email", "bob@example.org")])
async def test_a_name_or_email_of_somebody_else_is_refused(
    client: AsyncClient, field: str, value: str
) -> None:
    ada, _ = await a_member(client, "ada"), await a_member(client, "bob")

    body = {field: value, "currentPassword": PASSWORD}
    response = await client.put(f"/users/me/{field}", json=body, headers=ada)

    assert response.status_code == 409
    assert response.json()["errors"][0]["pointer"] == f"#/{field}"


async def test_an_email_is_not_changed_without_the_password(client: AsyncClient) -> None:
    ada = await a_member(client, "ada")
    body = {"email": "ada@example.com", "currentPassword": "a wrong password"}

    wrong = await client.put("/users/me/email", json=body, headers=ada)
    missing = await client.put("/users/me/email", json={"email": "ada@example.com"}, headers=ada)

    assert (wrong.status_code, missing.status_code) == (403, 422)
    assert wrong.json()["errors"][0]["pointer"] == "#/currentPassword"
    assert (await client.get("/users/me", headers=ada)).json()["email"] == "ada@example.org"


async def test_members_change_their_password(client: AsyncClient) -> None:
    ada = await a_member(client, "ada")
    body = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}

    response = await client.put("/users/me/password", json=body, headers=ada)

    assert response.status_code == 204
    assert (await log_in(client, "ada", NEW_PASSWORD)).status_code == 200
    assert (await log_in(client, "ada", PASSWORD)).status_code == 401


async def test_a_password_is_not_changed_without_the_current_one(client: AsyncClient) -> None:
    ada = await a_member(client, "ada")
    body = {"currentPassword": "a wrong password", "newPassword": NEW_PASSWORD}

    response = await client.put("/users/me/password", json=body, headers=ada)

    assert response.status_code == 403
    assert response.json()["errors"][0]["pointer"] == "#/currentPassword"


async def test_a_new_password_is_another_one(client: AsyncClient) -> None:
    ada = await a_member(client, "ada")
    body = {"currentPassword": PASSWORD, "newPassword": PASSWORD}

    response = await client.put("/users/me/password", json=body, headers=ada)

    assert response.status_code == 409
    assert response.json()["errors"][0]["pointer"] == "#/newPassword"
    assert (await client.get("/users/me", headers=ada)).status_code == 200


async def test_an_admin_deactivates_and_reactivates_a_member(
    app: FastAPI, client: AsyncClient
) -> None:
    admin, bob_id = await an_admin(app, client), await _id_of(client, "bob")

    off = await client.post(f"/users/{bob_id}/deactivate", headers=admin)
    again = await client.post(f"/users/{bob_id}/deactivate", headers=admin)
    on = await client.post(f"/users/{bob_id}/reactivate", headers=admin)

    assert (off.status_code, off.json()["isActive"]) == (200, False)
    assert (again.status_code, again.json()["code"]) == (409, "already_deactivated")
    assert (on.status_code, on.json()["isActive"]) == (200, True)


@pytest.mark.parametrize("verb", ["deactivate", "reactivate"])
async def test_members_may_not_deactivate_or_reactivate(client: AsyncClient, verb: str) -> None:
    ada, bob_id = await a_member(client, "ada"), await _id_of(client, "bob")

    assert (await client.post(f"/users/{bob_id}/{verb}", headers=ada)).status_code == 403
