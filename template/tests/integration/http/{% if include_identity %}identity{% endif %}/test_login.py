import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from tests.integration.http.identity.steps import PASSWORD, a_member, an_admin, log_in, register


async def test_a_token_has_the_shape_of_rfc_6749(client: AsyncClient) -> None:
    await register(client, "ada")

    response = await log_in(client, "ada")

    body = response.json()
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert body.pop("access_token")
    assert body == {"token_type": "bearer", "expires_in": 1800}


async def test_an_unknown_user_and_a_wrong_password_get_the_same_answer(
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


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}],
    ids=["nothing", "nonsense", "another scheme"],
)
async def test_without_a_good_token_nobody_is_known(
    client: AsyncClient, headers: dict[str, str]
) -> None:
    response = await client.get("/users/me", headers=headers)

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["detail"] == "a valid access token is needed"


async def test_a_token_stops_working_as_soon_as_its_bearer_is_deactivated(
    app: FastAPI, client: AsyncClient
) -> None:
    ada, admin = await a_member(client, "ada"), await an_admin(app, client)
    ada_id = (await client.get("/users/me", headers=ada)).json()["id"]

    await client.post(f"/users/{ada_id}/deactivate", headers=admin)

    assert (await client.get("/users/me", headers=ada)).status_code == 401
    assert (await log_in(client, "ada")).status_code == 401
