"""The steps that tests of a client share."""

import httpx
from fastapi import FastAPI
from httpx import AsyncClient, Response

from application.identity.dto.user import CreateUserInput

# Not the name of the example in the API document, because the fuzz tests would change that user.
PASSWORD = "purple monkey dishwasher"
NEW_PASSWORD = "staple horse battery"


async def register(client: AsyncClient, name: str = "ada") -> Response:
    body = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
    return await client.post("/users", json=body)


async def log_in(client: AsyncClient, name: str = "ada", password: str = PASSWORD) -> Response:
    form = {"grant_type": "password", "username": name, "password": password}
    return await client.post("/auth/token", data=form)


async def a_member(client: AsyncClient, name: str = "ada") -> httpx.Headers:
    """Register, log in, and return the headers with the access token."""
    (await register(client, name)).raise_for_status()
    return await _authorization(client, name)


async def an_admin(app: FastAPI, client: AsyncClient, name: str = "root") -> httpx.Headers:
    """Create an admin, as the command line does, and return the headers with the access token."""
    data = CreateUserInput(name, f"{name}@example.org", PASSWORD, is_admin=True)
    await app.state.users.create_user(data)
    return await _authorization(client, name)


async def _authorization(client: AsyncClient, name: str) -> httpx.Headers:
    token = (await log_in(client, name)).raise_for_status().json()["access_token"]
    return httpx.Headers({"Authorization": f"Bearer {token}"})
