"""Secrets appear in no log, in no document, and only in the responses that are meant to contain them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import make_url, select, update

from infrastructure.config import Settings
from infrastructure.logs import configure_logging
from infrastructure.persistence.database import Database
from infrastructure.persistence.identity.models.user import UserModel
from presentation.app import create_app
from presentation.deps import close
from tests.settings import JWT_SECRET

PASSWORD, NEW_PASSWORD, WRONG_PASSWORD = "violet lanterns", "copper compasses", "silver harbours"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    yield
    configure_logging("INFO", "json")


@asynccontextmanager
async def talkative(settings: Settings, log_format: str) -> AsyncIterator[httpx.AsyncClient]:
    """The service, with the log settings of somebody who is debugging."""
    logs = {"log_level": "DEBUG", "log_format": log_format}
    app = create_app(settings.model_copy(update=logs))

    @app.get("/_break")
    async def break_down() -> None:
        raise RuntimeError("broken")

    @app.get("/_break-a-row")
    async def break_a_row() -> None:
        async with app.state.database.sessions.write() as session, session.begin():
            await session.execute(update(UserModel).values(username=None))

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        yield client
    await close(app)


@pytest.mark.parametrize("log_format", ["json", "console"])
async def test_no_secret_is_logged_or_returned(
    committing: Database,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    log_format: str,
) -> None:
    async with talkative(settings, log_format) as client:
        token, answers = await _a_day(client)
    async with committing.sessions.read() as session:
        password_hash = (await session.scalars(select(UserModel.password_hash))).one()

    log = "".join(capsys.readouterr())
    assert {answer.status_code for answer in answers} == {200, 201, 204, 401, 403, 409, 422, 500}
    assert "RuntimeError: broken" in log
    assert "NotNullViolationError, SQLSTATE 23502, username" in log
    secrets = {
        "a password": PASSWORD,
        "a new password": NEW_PASSWORD,
        "a wrong password": WRONG_PASSWORD,
        "a hash": password_hash[:50],  # PostgreSQL shortens the values in its messages
        "a token": token,
        "the key of tokens": JWT_SECRET,
        "the password of the database": make_url(settings.database_url.get_secret_value()).password,
    }
    places = {"the log": log, "the settings": f"{settings!r} {settings} {settings.model_dump()}"}
    places |= {f"{a.request.url.path}, {a.status_code}": a.text for a in answers}
    leaks = {
        f"{secret} in {place}"
        for secret, value in secrets.items()
        for place, content in places.items()
        if value and value in content
    }
    assert leaks == set()


async def _a_day(client: httpx.AsyncClient) -> tuple[str, list[httpx.Response]]:
    """Send valid and invalid requests; return a token, and all responses except the one with it."""
    account = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}
    form = {"grant_type": "password", "username": "ada", "password": PASSWORD}
    answers = [await client.post("/users", json=account) for _ in range(2)]
    token: str = (await client.post("/auth/token", data=form)).json()["access_token"]
    ada = {"Authorization": f"Bearer {token}"}
    passwords = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    mistaken = passwords | {"currentPassword": WRONG_PASSWORD}
    answers += [
        await client.get("/users/me", headers=ada),
        await client.get("/users/me", headers={"Authorization": f"Bearer {token}x"}),
        await client.post("/auth/token", data=form | {"password": WRONG_PASSWORD}),
        await client.post("/auth/token", data=form | {"grant_type": PASSWORD}),
        await client.post("/users", json=account | {"password": f"{PASSWORD}\x00"}),
        await client.put("/users/me/password", json=mistaken, headers=ada),
        await client.put("/users/me/password", json=passwords, headers=ada),
        await client.get("/_break", headers=ada),
        await client.get("/_break-a-row", headers=ada),
        await client.get("/openapi.json"),
        await client.get("/docs"),
    ]
    return token, answers
