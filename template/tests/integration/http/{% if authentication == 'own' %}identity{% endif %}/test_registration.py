import asyncio

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import func, select

from infrastructure.persistence.database import Database
from infrastructure.persistence.identity.models.user import UserModel
from tests.integration.http.identity.steps import PASSWORD, a_member, register


async def test_the_address_of_a_new_user_is_below_the_path_of_the_proxy(
    app: FastAPI, client: AsyncClient
) -> None:
    transport = ASGITransport(app, root_path="/api/v1")
    async with AsyncClient(transport=transport, base_url="http://service/api/v1") as outside:
        response = await register(outside, "ada")

    assert response.headers["location"] == f"/api/v1/users/{response.json()['id']}"


async def test_a_new_user_is_created_and_has_an_address(client: AsyncClient) -> None:
    response = await register(client, "ada")

    body = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == f"/users/{body['id']}"
    assert body | {"id": "", "createdAt": ""} == {
        "id": "",
        "username": "ada",
        "email": "ada@example.org",
        "isAdmin": False,
        "isActive": True,
        "roles": [],
        "createdAt": "",
        "updatedAt": None,
    }


async def test_the_address_of_a_new_user_leads_to_them(client: AsyncClient) -> None:
    headers = await a_member(client, "ada")
    me = (await client.get("/users/me", headers=headers)).json()

    response = await client.get(f"/users/{me['id']}", headers=headers)

    assert (response.status_code, response.json()) == (200, me)


async def test_a_registration_cannot_create_an_admin(client: AsyncClient) -> None:
    body = {"username": "eve", "email": "eve@example.org", "password": PASSWORD, "isAdmin": True}

    response = await client.post("/users", json=body)

    assert response.json()["isAdmin"] is False


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"username": "a"}, "#/username"),
        ({"username": "x" * 101}, "#/username"),
        ({"email": "nowhere"}, "#/email"),
        ({"username": "\N{KELVIN SIGN}evin"}, "#/username"),
        ({"username": "\x1fada"}, "#/username"),
        ({"email": "ada@example.org\x85"}, "#/email"),
        ({"password": "short"}, "#/password"),
        ({"password": "a" * 15}, "#/password"),
        ({"password": "ada ada ada ada"}, "#/password"),
        ({"password": "correct horse battery\r"}, "#/password"),
        ({"password": "x" * 1025}, "#/password"),
    ],
)
async def test_invalid_input_is_refused_at_its_place(
    client: AsyncClient, change: dict[str, str], pointer: str
) -> None:
    body = {"username": "ada", "email": "ada@example.org", "password": PASSWORD} | change

    response = await client.post("/users", json=body)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


async def test_one_response_lists_all_faults(client: AsyncClient) -> None:
    body = {"username": "a", "email": "nowhere", "password": "short"}

    response = await client.post("/users", json=body)

    assert (response.status_code, response.json()["code"]) == (422, "validation")
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [
        ("#/username", "invalid_username"),
        ("#/email", "invalid_email"),
        ("#/password", "password_length"),
    ]


@pytest.mark.parametrize(
    ("taken", "code", "pointer"),
    [
        ({"username": "ADA"}, "username_taken", "#/username"),
        ({"email": "Ada@example.org"}, "email_taken", "#/email"),
    ],
)
async def test_a_name_or_email_that_is_taken_is_a_conflict(
    client: AsyncClient, taken: dict[str, str], code: str, pointer: str
) -> None:
    await register(client, "ada")
    body = {"username": "bob", "email": "bob@example.org", "password": PASSWORD} | taken

    response = await client.post("/users", json=body)

    assert (response.status_code, response.json()["code"]) == (409, code)
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


async def test_concurrent_registrations_of_one_name_succeed_once(
    committing: Database, committing_client: AsyncClient
) -> None:
    responses = await asyncio.gather(*(register(committing_client, "ada") for _ in range(20)))

    assert sorted(response.status_code for response in responses) == [201] + [409] * 19
    async with committing.sessions.read() as session:
        assert await session.scalar(select(func.count()).select_from(UserModel)) == 1
