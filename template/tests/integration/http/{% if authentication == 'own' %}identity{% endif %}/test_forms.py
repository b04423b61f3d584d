"""The limit on the size of forms."""

from typing import Annotated

import httpx
from fastapi import Form
from pydantic import Field

from infrastructure.config import Settings
from presentation.app import create_app
from tests.integration.http.conftest import client_of
from tests.integration.http.identity.steps import PASSWORD

Short = Annotated[str, Field(max_length=10)]


async def test_the_longest_form_that_is_right_passes(settings: Settings) -> None:
    app = create_app(settings)

    @app.post("/_forms")
    async def forms(name: Annotated[Short, Form()], other: Annotated[Short, Form()]) -> str:
        return name + other

    emoji = "\U0001f600" * 10
    async with client_of(app) as client:
        urlencoded = await client.post("/_forms", data={"name": emoji, "other": emoji})
        parts = {"name": (None, emoji), "other": (None, emoji)}
        multipart = await client.post("/_forms", files=parts)

    assert urlencoded.json() == multipart.json() == emoji * 2


async def test_a_login_form_that_is_too_long_is_not_parsed(
    client: httpx.AsyncClient,
) -> None:
    honest = {"grant_type": "password", "username": "\U0001f600" * 100, "password": PASSWORD}

    tried = await client.post("/auth/token", data=honest)
    refused = await client.post(
        "/auth/token",
        content=b"%" * 15_000,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )

    assert (tried.status_code, refused.status_code) == (401, 413)
