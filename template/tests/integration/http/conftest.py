"""The whole application, called as a client would, without a network."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from uvicorn import Config, Server

from application.sessions import Sessions
from infrastructure.config import Settings
from infrastructure.persistence.database import Database
from presentation.app import create_app
from presentation.deps import bind, close
from presentation.errors import PROBLEM_MEDIA_TYPE
from presentation.openapi import declared_codes
from presentation.protocol import HttpProtocol


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(settings)
    yield app
    await close(app)


@pytest.fixture
async def client(app: FastAPI, sessions: Sessions) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose requests are rolled back after the test."""
    bind(app, sessions)
    async with client_of(app) as client:
        yield client
    bind(app, app.state.database.sessions)


@pytest.fixture
async def committing_client(app: FastAPI, committing: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose requests really commit, each on its own connection."""
    async with client_of(app) as client:
        yield client


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client that fails if a response is not declared in the API document."""
    document = app.openapi()

    async def check_declared(response: httpx.Response) -> None:
        request = response.request
        for path, operations in document["paths"].items():
            operation = operations.get(request.method.lower())
            pattern = re.sub(r"\{\w+\}", "[^/]+", path)
            if operation and re.fullmatch(pattern, request.url.path):
                declared = operation["responses"].get(str(response.status_code))
                assert declared, f"{request.method} {path}: undeclared {response.status_code}"
                if await response.aread():
                    media_type = response.headers["content-type"]
                    assert media_type in declared["content"]
                    if media_type == PROBLEM_MEDIA_TYPE:
                        assert response.json()["code"] in declared_codes(declared)
                return

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://service",
        event_hooks={"response": [check_declared]},
    ) as client:
        yield client


class PromptServer(Server):
    """A server that stops at once, where uvicorn polls ten times a second."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.stop = asyncio.Event()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.stop.wait()


@asynccontextmanager
async def served(app: FastAPI, **options: Any) -> AsyncIterator[int]:
    """Serve the application as it is served in production, and yield the port."""
    listening = socket.create_server(("127.0.0.1", 0))
    as_in_production: dict[str, Any] = {
        "http": HttpProtocol,
        "access_log": False,
        "server_header": False,
    }
    server = PromptServer(Config(app, log_config=None, **as_in_production | options))
    serving = asyncio.create_task(server.serve([listening]))
    try:
        yield listening.getsockname()[1]
    finally:
        server.stop.set()
        await serving
