import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from infrastructure.config import Settings
from presentation.app import create_app
from tests.integration.http.conftest import client_of


async def test_a_running_service_is_live_and_ready(client: httpx.AsyncClient) -> None:
    live = await client.get("/health/live")
    ready = await client.get("/health/ready")

    assert (live.status_code, live.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ok"})


async def test_a_service_without_its_database_is_live_but_not_ready(settings: Settings) -> None:
    url = SecretStr("postgresql+asyncpg://nobody:x@127.0.0.1:1/nothing")

    async with client_of(create_app(settings.model_copy(update={"database_url": url}))) as client:
        live = await client.get("/health/live")
        ready = await client.get("/health/ready")

    assert live.status_code == 200
    assert ready.status_code == 503
    assert ready.json()["code"] == "unavailable"
    assert ready.headers["retry-after"] == "5"


async def test_stopping_the_application_closes_its_connections(settings: Settings) -> None:
    app: FastAPI = create_app(settings)

    async with app.router.lifespan_context(app), client_of(app) as client:
        await client.get("/health/ready")
        open_connections = app.state.database.engine.pool.checkedin()

    assert open_connections == 1
    assert app.state.database.engine.pool.checkedin() == 0
